"""Links to AniList and MyAnimeList that are posted, where the server has that on."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from bot.playground.engine import pictures, texts, walk
from bot.playground.service.anilist.data import AnilistSample
from tests.flow.conftest import Place
from tests.flow.preview_message import (
    find_message,
    list_replies,
    post,
    set_channel,
    set_reader,
    set_server,
    settle,
)
from tests.flow.vn_message import press, read_contents

Payload = dict[str, Any]

STEINS = "https://anilist.co/anime/9253"
STEINS_MAL = "https://myanimelist.net/anime/9253/Steins_Gate"
CLANNAD = "https://anilist.co/anime/2167/Clannad/"
MANGA = "https://anilist.co/manga/45489"
REFUSED = "That entry is for adults, or may be: it is previewed in age-restricted channels only."


def link(sample: AnilistSample) -> str:
    return f"https://anilist.co/anime/{sample.value}"


async def find_reply(place: Place, text: str) -> Payload:
    await post(place, place.general, text)
    (reply,) = list_replies(place, place.general)
    return reply


def list_containers(message: Payload) -> list[Payload]:
    return [one for one in walk(message["components"]) if one["type"] == 17]


@pytest.mark.parametrize("url", [STEINS, STEINS_MAL, MANGA])
async def test_they_are_left_alone_where_nobody_wants_them(place: Place, url: str) -> None:
    await set_server(place, anime=False)
    await post(place, place.general, url)
    assert list_replies(place, place.general) == []
    assert place.services.anilist.requests == []


@pytest.mark.parametrize("url", [STEINS, STEINS_MAL, MANGA, f"look: {STEINS}/SteinsGate, nice", f"{STEINS}?x=1#y"])
async def test_they_get_a_card_from_the_start(shared: Place, url: str) -> None:
    reply = await find_reply(shared, url)
    assert texts(reply).startswith("### Steins;Gate\n")
    assert [picture["spoiler"] for picture in pictures(reply)] == [False]


async def test_a_channel_may_have_it_otherwise(shared: Place) -> None:
    await set_server(shared, anime=True)
    await set_channel(shared, shared.general, anime=False)
    await post(shared, shared.general, STEINS)
    assert list_replies(shared, shared.general) == []


async def test_whoever_wants_no_previews_gets_none(shared: Place) -> None:
    await set_server(shared, anime=True)
    await set_reader(shared, previews=False)
    await post(shared, shared.general, STEINS)
    assert list_replies(shared, shared.general) == []


@pytest.mark.parametrize(
    "text",
    [
        f"<{STEINS}>",
        f"`{STEINS}`",
        "https://anilist.co/anime/",
        "https://anilist.co/character/",
        "https://anilist.co.example.com/anime/9253",
        "https://example.com/anilist.co/anime/9253",
        "https://anilist.co/anime/0",
    ],
)
async def test_what_is_no_link_to_a_work_gets_none(place: Place, text: str) -> None:
    await set_server(place, anime=True)
    await post(place, place.general, text)
    assert list_replies(place, place.general) == []
    assert place.services.anilist.requests == []


async def test_a_link_inside_a_spoiler_gets_a_covered_card(shared: Place) -> None:
    await set_server(shared, anime=True)
    reply = await find_reply(shared, f"{CLANNAD} and ||{STEINS}||")
    assert [(one["spoiler"], texts({"components": [one]}).split("\n")[0]) for one in list_containers(reply)] == [
        (False, "### Clannad"),
        (True, "### Steins;Gate"),
    ]


async def test_both_sites_and_vndb_stand_in_one_reply(shared: Place) -> None:
    await set_server(shared, anime=True, vndb=True)
    reply = await find_reply(shared, f"https://vndb.org/v24 {STEINS_MAL} {CLANNAD}")
    for heading in ("Umineko no Naku Koro ni", "### Steins;Gate", "### Clannad"):
        assert heading in texts(reply)
    assert len(list(walk(reply["components"]))) <= 40
    assert len(read_contents(reply)) <= 4000


async def test_the_same_work_on_both_sites_is_shown_once(place: Place) -> None:
    await set_server(place, anime=True)
    reply = await find_reply(place, f"{STEINS} {STEINS_MAL}")
    assert texts(reply).count("### Steins;Gate") == 1


async def test_vndb_alone_is_shown_where_only_that_is_on(shared: Place) -> None:
    await set_server(shared, anime=False)
    reply = await find_reply(shared, f"https://vndb.org/v24 {STEINS}")
    assert "Steins;Gate" not in texts(reply)


async def test_five_long_cards_fit_one_message(shared: Place) -> None:
    await set_server(shared, anime=True)
    samples = ("LONG", "MARKUP", "MANY_RELATIONS", "EMOJI", "PLAIN", "SEQUEL")
    reply = await find_reply(shared, " ".join(link(AnilistSample[sample]) for sample in samples))
    shown = read_contents(reply)
    assert len(list(walk(reply["components"]))) <= 40
    assert len(shown) <= 4000
    assert "@everyone" not in shown


async def test_more_leads_to_the_whole_card_for_whoever_presses(shared: Place) -> None:
    await set_server(shared, anime=True)
    reply = await find_reply(shared, STEINS)
    exchange = await press(shared.moderator, reply, "Show more")
    assert "8.9/10 · 24 episodes · 2011" in texts(await exchange.message())
    assert exchange.ephemeral


@pytest.mark.parametrize(
    "sample", [AnilistSample.ADULT, AnilistSample.ADULT_WITHOUT_MARKS, AnilistSample.ADULT_UNKNOWN]
)
async def test_works_for_adults_are_not_shown_in_ordinary_channels(shared: Place, sample: AnilistSample) -> None:
    await set_server(shared, anime=True)
    reply = await find_reply(shared, link(sample))
    assert texts(reply).startswith(REFUSED)
    assert pictures(reply) == []
    assert not any(title in str(reply) for title in shared.services.anilist.library.works[sample].names)


async def test_age_restricted_channels_show_them_with_a_covered_cover(shared: Place) -> None:
    await set_server(shared, anime=True)
    await post(shared, shared.world.after_dark, link(AnilistSample.ADULT))
    (reply,) = list_replies(shared, shared.world.after_dark)
    assert texts(reply).startswith("### Yuuyake no Chouchin\n")
    assert [picture["spoiler"] for picture in pictures(reply)] == [True]


async def test_what_a_card_shows_goes_when_the_channel_becomes_ordinary(place: Place) -> None:
    await set_server(place, anime=True)
    message = await post(place, place.world.after_dark, link(AnilistSample.ADULT))
    place.world.set_nsfw(place.world.after_dark, nsfw=False)
    await place.reader.edit(message, f"{link(AnilistSample.ADULT)} again")
    await settle(place)
    assert not any(
        "Yuuyake" in str(find_message(place, reply)) for reply in list_replies(place, place.world.after_dark)
    )


async def test_a_card_follows_its_message(place: Place) -> None:
    await set_server(place, anime=True)
    message = await post(place, place.general, STEINS)
    await place.reader.edit(message, CLANNAD)
    await settle(place)
    assert [texts(reply).split("\n")[0] for reply in list_replies(place, place.general)] == ["### Clannad"]
    await place.reader.delete(message)
    await settle(place)
    assert list_replies(place, place.general) == []


@pytest.mark.parametrize("url", ["https://anilist.co/anime/199999", "https://myanimelist.net/anime/999999"])
async def test_a_work_that_is_gone_gets_no_card(shared: Place, url: str) -> None:
    await set_server(shared, anime=True)
    await post(shared, shared.general, url)
    assert list_replies(shared, shared.general) == []


async def test_what_cannot_be_had_costs_nothing_else(place: Place) -> None:
    await set_server(place, anime=True, vndb=True)
    place.services.anilist.fault = "500"
    reply = await find_reply(place, f"https://vndb.org/v24 {STEINS}")
    assert "Umineko no Naku Koro ni" in texts(reply)


async def test_asked_for_by_hand_they_are_shown_without_any_setting(shared: Place) -> None:
    message = await shared.reader.post(shared.general, f"{STEINS} {link(AnilistSample.ADULT)}")
    shown = await (await shared.reader.context_menu(shared.general, "Preview links", message)).message()
    assert "### Steins;Gate" in texts(shown)
    assert "Yuuyake" not in str(shown)


async def test_spoilers_are_left_out(shared: Place) -> None:
    await set_server(shared, anime=True)
    await set_reader(shared, spoiler_level=2)
    reply = await find_reply(shared, f"{link(AnilistSample.ONLY_A_SECRET)} {STEINS}")
    assert "secret" not in texts(reply)
    assert "never the dangerous part" not in texts(reply)


def list_profiles(place: Place) -> dict[str, tuple[str, str]]:
    """A link to one of each kind, and what its card begins with."""
    library = place.services.anilist.library
    person = next(iter(library.staff.values()))
    user = next(iter(library.users.values()))
    number, studio = list(library.studios.items())[-1]
    return {
        "character": ("https://anilist.co/character/35252", "### Rintarou Okabe\nCharacter"),
        "staff": (f"https://anilist.co/staff/{person.id}", f"### {person.name}\nStaff"),
        "studio": (f"https://anilist.co/studio/{number}", f"### {studio}\nStudio"),
        "user": (f"https://anilist.co/user/{user.name}/", f"### {user.name}\nAniList user"),
    }


@pytest.mark.parametrize("kind", ["character", "staff", "studio", "user"])
async def test_people_studios_and_profiles_have_cards_too(shared: Place, kind: str) -> None:
    await set_server(shared, anime=True)
    url, begins = list_profiles(shared)[kind]
    reply = await find_reply(shared, url)
    assert texts(reply).replace("\\", "").startswith(begins)
    shown = await (await press(shared.reader, reply, "Show more")).message()
    assert begins.split("\n")[0].removeprefix("### ") in texts(shown).replace("\\", "")


async def test_a_character_and_somebody_of_the_same_number_are_two(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    await set_server(place, anime=True)
    library = place.services.anilist.library
    character = next(iter(library.characters.values()))
    person = next(iter(library.staff.values()))
    monkeypatch.setitem(library.staff, character.id, msgspec.structs.replace(person, id=character.id))
    links = [f"https://anilist.co/{kind}/{character.id}" for kind in ("character", "staff")]
    await post(place, place.world.after_dark, " ".join(links))
    (reply,) = list_replies(place, place.world.after_dark)
    assert "\nCharacter" in texts(reply)
    assert "\nStaff" in texts(reply)


@pytest.mark.parametrize("kind", ["character", "staff", "studio", "user"])
async def test_the_menu_shows_them_also_where_they_are_not_previewed(shared: Place, kind: str) -> None:
    url, begins = list_profiles(shared)[kind]
    exchange = await shared.reader.context_menu(
        shared.general, "Preview links", await shared.moderator.post(shared.general, url)
    )
    assert texts(await exchange.message()).replace("\\", "").startswith(begins)


@pytest.mark.parametrize("path", ["character/17", "people/1", "profile/Aya"])
async def test_the_menu_says_of_what_myanimelist_has_alone_that_it_does_not_map(shared: Place, path: str) -> None:
    posted = await shared.moderator.post(shared.general, f"https://myanimelist.net/{path}")
    exchange = await shared.reader.context_menu(shared.general, "Preview links", posted)
    assert "AniList knows MyAnimeList's numbers of anime and manga alone" in texts(await exchange.message())
