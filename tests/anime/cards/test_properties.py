"""Whatever AniList says, its pages are such as Discord takes, and show nothing that may not stand there."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import HealthCheck, given
from msgspec.structs import replace

from bot.anime.api.model import (
    AiringEpisode,
    AnimeUser,
    Appearance,
    CastMember,
    Character,
    Credit,
    ListEntry,
    Media,
    MediaRow,
    Person,
    Studio,
)
from bot.anime.cards.airing import render_airing
from bot.anime.cards.cast import render_cast
from bot.anime.cards.comparison import render_comparison
from bot.anime.cards.credit import render_credits
from bot.anime.cards.link import render_links
from bot.anime.cards.list import render_media_list
from bot.anime.cards.media import render_media
from bot.anime.cards.person import (
    render_appearances,
    render_character,
    render_character_details,
    render_character_list,
    render_person,
    render_person_details,
    render_person_list,
    render_person_roles,
    render_person_works,
)
from bot.anime.cards.preview import build_anime_preview
from bot.anime.cards.relation import render_recommendations, render_relations
from bot.anime.cards.studio import render_studio, render_studio_list, render_studio_works
from bot.anime.cards.user import render_user, render_user_list
from bot.errors import NoPage
from bot.navigation.address import Address
from bot.navigation.frame import PageView
from bot.navigation.viewer import Viewer
from bot.service.record import Card, Found
from tests.anime import strategies as odd
from tests.support.examples import examples
from tests.vndb.strategies import addresses, cards, check_page, viewers

quickly = examples(40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
places = addresses("anime/9253/page")


@quickly
@given(card=cards(odd.media), viewer=viewers, address=places)
async def test_the_first_page(card: Card[Media], viewer: Viewer, address: Address) -> None:
    check_page(render_media(card, viewer=viewer, address=address), viewer=viewer, spoiler=address.spoiler)


@quickly
@given(card=cards(odd.media), viewer=viewers, address=places)
async def test_relations_and_links(card: Card[Media], viewer: Viewer, address: Address) -> None:
    check_page(render_relations(card, viewer=viewer, address=address), viewer=viewer, levels=False)
    check_page(render_links(card, viewer=viewer, address=address), viewer=viewer, levels=False)


@quickly
@given(
    card=cards(odd.media), cast=odd.found(odd.cast), made=odd.found(odd.credit), viewer=viewers, address=places
)  # fmt: skip
async def test_cast_and_staff(
    card: Card[Media], cast: Found[CastMember], made: Found[Credit], viewer: Viewer, address: Address
) -> None:
    with suppress(NoPage):
        check_page(render_cast(card, cast, viewer=viewer, address=address), viewer=viewer, spoiler=address.spoiler)
    with suppress(NoPage):
        check_page(render_credits(card, made, viewer=viewer, address=address), viewer=viewer, spoiler=address.spoiler)


@quickly
@given(card=cards(odd.media), found=odd.found(odd.rows), viewer=viewers, address=places)
async def test_lists_and_recommendations(
    card: Card[Media], found: Found[MediaRow], viewer: Viewer, address: Address
) -> None:
    with suppress(NoPage):
        listed = render_media_list(found, heading="Trending " * 50, viewer=viewer, address=address)
        check_page(listed, viewer=viewer, spoiler=address.spoiler)
    with suppress(NoPage):
        check_page(render_recommendations(card, found, viewer=viewer, address=address), viewer=viewer)


@quickly
@given(found=odd.found(odd.episodes), viewer=viewers, address=places)
async def test_schedules(found: Found[AiringEpisode], viewer: Viewer, address: Address) -> None:
    with suppress(NoPage):
        today = render_airing(found, span="today", start_s=1_800_000_000, viewer=viewer, address=address)
        check_page(today, viewer=viewer)
        check_page(render_airing(found, span="week", start_s=0, viewer=viewer, address=address), viewer=viewer)


@quickly
@given(card=cards(odd.characters), found=odd.found(odd.appearances), viewer=viewers, address=places)
async def test_characters(card: Card[Character], found: Found[Appearance], viewer: Viewer, address: Address) -> None:
    for render in (render_character, render_character_details):
        check_page(render(card, found, viewer=viewer, address=address), viewer=viewer, spoiler=address.spoiler)
    with suppress(NoPage):
        check_page(render_appearances(card, found, viewer=viewer, address=address), viewer=viewer)


@quickly
@given(card=cards(odd.people), found=odd.found(odd.appearances), viewer=viewers, address=places)
async def test_people(card: Card[Person], found: Found[Appearance], viewer: Viewer, address: Address) -> None:
    for render in (render_person, render_person_details):
        check_page(render(card, found, viewer=viewer, address=address), viewer=viewer, spoiler=address.spoiler)
    for render in (render_person_works, render_person_roles):
        with suppress(NoPage):
            check_page(render(card, found, viewer=viewer, address=address), viewer=viewer)


@quickly
@given(card=cards(odd.studios), found=odd.found(odd.appearances), viewer=viewers, address=places)
async def test_studios(card: Card[Studio], found: Found[Appearance], viewer: Viewer, address: Address) -> None:
    check_page(render_studio(card, found, viewer=viewer, address=address), viewer=viewer)
    with suppress(NoPage):
        check_page(render_studio_works(card, found, viewer=viewer, address=address), viewer=viewer)


@quickly
@given(
    characters=odd.found(odd.characters), people=odd.found(odd.people), studios=odd.found(odd.studios),
    viewer=viewers, address=places,
)  # fmt: skip
async def test_lists_of_characters_people_and_studios(
    characters: Found[Character], people: Found[Person], studios: Found[Studio], viewer: Viewer, address: Address
) -> None:
    heading = "Found"
    with suppress(NoPage):
        check_page(render_character_list(characters, heading=heading, viewer=viewer, address=address), viewer=viewer)
    with suppress(NoPage):
        check_page(render_person_list(people, heading=heading, viewer=viewer, address=address), viewer=viewer)
    with suppress(NoPage):
        check_page(render_studio_list(studios, heading=heading, viewer=viewer, address=address), viewer=viewer)


@quickly
@given(
    card=cards(odd.users), other=odd.users, first=odd.found(odd.entries), second=odd.found(odd.entries),
    viewer=viewers, address=places,
)  # fmt: skip
async def test_users(
    card: Card[AnimeUser],
    other: AnimeUser,
    first: Found[ListEntry],
    second: Found[ListEntry],
    viewer: Viewer,
    address: Address,
) -> None:
    check_page(render_user(card, viewer=viewer, address=address), viewer=viewer)
    check_page(render_user_list(card, first, kind="MANGA", viewer=viewer, address=address), viewer=viewer)
    page = render_comparison(
        (card.entry, other),
        (first, replace(second, items=[*first.items, *second.items] * 4)),
        kind="ANIME",
        viewer=viewer,
        address=address,
    )
    check_page(page, viewer=viewer)


@quickly
@given(found=odd.many(cards(odd.media), 8).filter(len), viewer=viewers)
async def test_previews(found: list[Card[Media]], viewer: Viewer) -> None:
    view = PageView()
    view.add_item(build_anime_preview(found, viewer=viewer))
    check_page(view, viewer=viewer)
