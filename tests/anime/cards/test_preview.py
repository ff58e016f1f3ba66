"""Short cards of posted links: little text, no spoilers, and the way to the whole card."""

from __future__ import annotations

from typing import Any

import pytest
from discord import ui
from hypothesis import HealthCheck, given

from bot.anime.api.model import Cover, Media, Studio, Title
from bot.anime.cards.preview import build_anime_preview
from bot.cards.text import size
from bot.navigation.frame import PageView
from bot.navigation.viewer import Viewer
from bot.playground.engine.components import walk
from bot.preview.card import LINKS_AT_MOST, build_preview, share_text
from bot.service.record import Card
from tests.anime import strategies as odd
from tests.support.discord_limits import check_view, read_addresses, read_pictures, read_texts
from tests.support.examples import examples
from tests.vndb.strategies import cards, viewers

GATE = Media(
    id=9253,
    type="ANIME",
    title=Title(romaji="Gate", native="ゲート"),
    is_adult=False,
    format="TV",
    season_year=2011,
    average_score=89,
    studios=[Studio(id=1, name="White Fox", is_animation_studio=True), Studio(id=2, name="Money")],
    description="Somebody builds<br>a machine. ~!It works.!~",
    cover_image=Cover(large="https://i.example/l.jpg"),
)
ADULT = Media(id=5, type="ANIME", is_adult=True, title=Title(romaji="Evening"), cover_image=GATE.cover_image)


def show(*media: Media, age_restricted: bool = False, spoiler: bool = False) -> PageView:
    viewer = Viewer(asker_id=7, age_restricted=age_restricted)
    container = build_anime_preview(
        [Card(one, age_s=7200, stale=True) for one in media], viewer=viewer, spoiler=spoiler
    )
    return build_preview([container], more=0)


def test_a_card_says_the_most_in_a_few_lines() -> None:
    assert ("### Gate\nゲート\nTV series · 2011 · 8.9/10\nBy White Fox\nSomebody builds a machine.") in read_texts(
        show(GATE)
    )


def test_nothing_in_it_is_a_spoiler() -> None:
    assert "It works" not in read_texts(show(GATE, age_restricted=True))


@pytest.mark.parametrize("age_restricted", [False, True])
def test_it_links_to_sites_for_adults_in_age_restricted_channels_only(*, age_restricted: bool) -> None:
    media = Media(id=1, is_adult=False, description="From [a shop](https://www.fakku.net/x).")
    texts = read_texts(show(media, age_restricted=age_restricted))
    assert ("[a shop](<https://www.fakku.net/x>)" if age_restricted else "From a shop.") in texts


def test_its_button_leads_to_the_whole_card() -> None:
    assert "anime/9253" in read_addresses(show(GATE))
    assert "More: Gate" in read_texts(show(GATE, Media(id=1, is_adult=False)))


@pytest.mark.parametrize("is_adult", [True, None])
def test_a_work_that_may_not_stand_here_is_only_said_to_be_one(*, is_adult: bool | None) -> None:
    page = show(GATE, Media(id=5, is_adult=is_adult, title=ADULT.title, cover_image=ADULT.cover_image))
    texts = read_texts(page)
    assert "previewed in age-restricted channels only" in texts
    assert "Evening" not in texts
    assert "anime/5" not in read_addresses(page)
    assert read_pictures(page) == [("https://i.example/l.jpg", False)]


def test_its_cover_is_a_spoiler_where_it_may_stand() -> None:
    assert read_pictures(show(ADULT, age_restricted=True)) == [("https://i.example/l.jpg", True)]


def test_all_of_it_can_be_covered() -> None:
    assert check_view(show(GATE, spoiler=True))[0]["spoiler"] is True


def test_an_answer_from_before_says_how_old_it_is() -> None:
    assert "-# AniList · from 2 h ago (AniList is away)" in read_texts(show(GATE))


def test_one_work_linked_twice_is_shown_once() -> None:
    assert read_texts(show(GATE, GATE)).count("### Gate") == 1


def test_the_longest_work_takes_no_more_than_its_share() -> None:
    long = "||" * 250
    media = Media(
        id=9253,
        type="ANIME",
        format=long,
        status=long,
        is_adult=False,
        title=Title(romaji=long, english=long, native=long + "a"),
        description=long,
        studios=[Studio(id=number, name=long, is_animation_studio=True) for number in range(9)],
    )
    viewer = Viewer(1, age_restricted=False)
    container: ui.Container[Any] = build_anime_preview([Card(media, age_s=10.0**18, stale=True)], viewer=viewer)
    texts = [str(one.get("content") or "") for one in walk([container.to_component_dict()])]
    assert sum(map(size, texts)) <= share_text(LINKS_AT_MOST)


@examples(40, suppress_health_check=[HealthCheck.too_slow])
@given(card=cards(odd.media), viewer=viewers)
async def test_any_work_takes_no_more_than_its_share(card: Card[Media], viewer: Viewer) -> None:
    container: ui.Container[Any] = build_anime_preview([card], viewer=viewer)
    components = list(walk([container.to_component_dict()]))
    assert len(components) <= 7
    texts = [str(one.get("content") or "") for one in components]
    assert sum(map(size, texts)) <= share_text(LINKS_AT_MOST)
