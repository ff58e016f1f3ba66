"""A misspelt name ends in near matches: private, to be pressed, and only what may stand there."""

from __future__ import annotations

from typing import Any

import pytest

from bot.playground.engine import buttons, texts
from bot.playground.service.anilist.data import AnilistSample
from tests.flow.anime_message import list_variables, run
from tests.flow.conftest import Place
from tests.flow.vn_message import press

Payload = dict[str, Any]


def list_near(message: Payload) -> list[str]:
    """What the buttons of a note are called that lead to what may have been meant."""
    return [str(button["label"]) for button in buttons(message) if "url" not in button]


@pytest.mark.parametrize(
    ("command", "options", "near", "card"),
    [
        ("vn info", {"title": "Stiens Gate"}, "STEINS;GATE (2009)", "STEINS;GATE"),
        ("vn info", {"title": "Clanad"}, "CLANNAD (2004)", "CLANNAD"),
        ("vn info", {"title": "シュタインズゲト"}, "STEINS;GATE (2009)", "STEINS;GATE"),
        ("vn info", {"title": "シュタゲ"}, "STEINS;GATE (2009)", "STEINS;GATE"),
        ("anime info", {"title": "シュタゲ"}, "Steins;Gate (2011)", "Steins;Gate"),
        ("vn search", {"title": "Clanad", "min_votes": 1}, "CLANNAD (2004)", "CLANNAD"),
        ("vn similar", {"title": "Stiens Gate"}, "STEINS;GATE (2009)", "Visual novels like this one"),
        ("vn quote", {"title": "Stiens Gate"}, "STEINS;GATE (2009)", "Quotes"),
        ("vn character info", {"name": "Kurissu Makise"}, "Makise Kurisu (STEINS;GATE)", "Makise Kurisu"),
        ("vn producer info", {"name": "Nitro Pluss"}, "NITRO PLUS (Company)", "NITRO PLUS"),
        ("vn tag info", {"name": "Time Travle"}, "Time Travel (Content)", "Time Travel"),
        ("vn trait info", {"name": "Tsunedre"}, "Tsundere (Personality)", "Tsundere"),
        ("anime info", {"title": "Stiens Gate"}, "Steins;Gate (2011)", "Steins;Gate"),
        ("anime search", {"title": "Stiens Gate", "genre": "Sci-Fi"}, "Steins;Gate (2011)", "Steins;Gate"),
        ("anime character info", {"name": "Rintaro Okabbe"}, "Rintarou Okabe", "Rintarou Okabe"),
        ("anime staff info", {"name": "Haruka Minasse"}, "Haruka Minase", "Haruka Minase"),
        ("anime studio info", {"name": "Whiet Fox"}, "White Fox", "White Fox"),
    ],
)
async def test_what_may_have_been_meant_is_named_and_opens(
    shared: Place, command: str, options: dict[str, Any], near: str, card: str
) -> None:
    exchange = await run(shared, command, **options)
    note = await exchange.message()
    assert "has no" in texts(note)
    assert "Did you mean" in texts(note)
    assert exchange.ephemeral
    assert list_near(note)[0] == near
    assert len(list_near(note)) <= 5
    assert card in texts(await (await press(shared.reader, note, near)).message())
    assert shared.moderator.messages(shared.general) == []


@pytest.mark.parametrize(("kind", "place"), [("character", "characters"), ("staff", "staff"), ("studio", "studios")])
async def test_who_is_not_found_can_be_searched_for_on_anilist(shared: Place, kind: str, place: str) -> None:
    note = await (await run(shared, f"anime {kind} info", name="nobody & all")).message()
    (link,) = [button for button in buttons(note) if "url" in button]
    assert (link["label"], link["url"]) == (
        "Search on AniList",
        f"https://anilist.co/search/{place}?search=nobody%20%26%20all",
    )


@pytest.mark.parametrize(
    ("command", "title", "near", "card"),
    [
        ("anime info", "v2002", "v2002 (VNDB)", "Open on VNDB"),
        ("vn info", "#9253", "#9253 (AniList)", "Open on AniList"),
        ("vn info", "97", "v97 (VNDB)", "Saya no Uta"),
        ("vn similar", "2002", "v2002 (VNDB)", "% alike"),
        ("vn quote", "97", "v97 (VNDB)", "Quotes"),
        ("follow vn", "97", "v97 (VNDB)", "Saya no Uta"),
        ("vn character info", "34", "c34 (VNDB)", "Okabe"),
        ("anime info", "9253", "#9253 (AniList)", "Steins;Gate"),
    ],
)
async def test_an_id_of_the_other_service_or_a_number_alone_may_have_been_meant(
    shared: Place, command: str, title: str, near: str, card: str
) -> None:
    options: dict[str, Any] = {"name" if command.count(" ") == 2 else "title": title}
    note = await (await run(shared, command, **options)).message()
    assert texts(note).splitlines()[0].endswith(f" called “{title}”. Did you mean this?")
    assert list_near(note) == [near]
    assert card in texts(await (await press(shared.reader, note, near)).message())


async def test_what_is_followed_may_be_misspelt_too(place: Place) -> None:
    exchange = await run(place, "follow vn", title="Clanad")
    assert list_near(await exchange.message())[0] == "CLANNAD (2004)"


@pytest.mark.parametrize(
    ("command", "option"),
    [
        ("vn info", "title"),
        ("vn character info", "name"),
        ("vn staff info", "name"),
        ("vn tag info", "name"),
        ("anime info", "title"),
        ("manga info", "title"),
        ("anime studio info", "name"),
    ],
)
@pytest.mark.parametrize("typed", ["qwzx vbnq", "漢漢漢漢漢"])
async def test_nonsense_is_near_to_nothing(shared: Place, command: str, option: str, typed: str) -> None:
    options: dict[str, Any] = {option: typed}
    exchange = await run(shared, command, **options)
    note = await exchange.message()
    assert texts(note).splitlines()[0].endswith(f"called “{typed}”.")
    assert list_near(note) == []
    assert exchange.ephemeral


@pytest.mark.parametrize("title", ["v999999", "#199999"])
async def test_an_id_has_no_near_matches(shared: Place, title: str) -> None:
    command = "anime info" if title.startswith("#") else "vn info"
    note = await (await run(shared, command, title=title)).message()
    assert "has no" in texts(note)
    assert list_near(note) == []


async def test_where_vndb_fails_meanwhile_the_sentence_is_the_plain_one(place: Place) -> None:
    typed = "Stiens Gate"
    assert await place.reader.autocomplete(place.general, "vn similar", focused="title", title=typed) == []
    place.services.vndb.fault = "500"
    note = await (await run(place, "vn similar", title=typed)).message()
    assert texts(note).splitlines()[0] == f"VNDB has no visual novel called “{typed}”."
    assert list_near(note) == []


async def test_where_vndb_fails_meanwhile_what_was_suggested_lately_is_named(place: Place) -> None:
    typed = "Clanad"
    for text in ("clann", typed):
        await place.moderator.autocomplete(place.general, "vn similar", focused="title", title=text)
    place.services.vndb.fault = "500"
    note = await (await run(place, "vn similar", title=typed)).message()
    assert list_near(note)[0] == "CLANNAD (2004)"


async def test_where_anilist_fails_meanwhile_the_sentence_is_the_plain_one(place: Place) -> None:
    typed = "stiens gate"
    assert await place.reader.autocomplete(place.general, "anime info", focused="title", title=typed) == []
    place.services.anilist.fault = "500"
    note = await (await run(place, "anime info", title=typed)).message()
    assert texts(note).splitlines()[0] == f"AniList has no anime called “{typed}”."
    assert list_near(note) == []


async def test_two_more_questions_are_asked_at_most(place: Place) -> None:
    await run(place, "vn info", title="qwzx vbnq")
    await run(place, "anime info", title="qwzx vbnq")
    assert len([one for one in place.services.vndb.requests if one.path.endswith("/vn")]) == 3
    assert len(list_variables(place, "Search")) == 3


@pytest.mark.parametrize("typed", ["Yuuyake no Chouchim", "Evening Lantrens", "夕焼けの提汀"])
async def test_what_is_for_adults_is_named_in_age_restricted_channels_alone(shared: Place, typed: str) -> None:
    dark = await (await run(shared, "anime info", shared.world.after_dark, title=typed)).message()
    work = shared.services.anilist.library.works[AnilistSample.ADULT]
    assert any(str(work.title[0]) in label for label in list_near(dark))
    shown = await (await run(shared, "anime info", title=typed)).message()
    assert not any(str(work.title[0]) in label for label in list_near(shown))


async def test_a_sexual_tag_is_named_in_age_restricted_channels_alone(shared: Place) -> None:
    typed = "Hihg Sexual Contnet"
    dark = await (await run(shared, "vn tag info", shared.world.after_dark, name=typed)).message()
    assert "High Sexual Content (Sexual content)" in list_near(dark)
    shown = await (await run(shared, "vn tag info", name=typed)).message()
    assert "High Sexual Content" not in str(shown)


@pytest.mark.parametrize(
    ("command", "options", "near"),
    [
        ("vn search", {"developer": "Nitro Pluss"}, "“NITRO PLUS”"),
        ("vn top", {"tags": "Time Travle"}, "“Time Travel”"),
        ("vn random", {"tags": "g19, Time Travle"}, "“Time Travel”"),
        ("vn release search", {"developer": "Nitro Pluss"}, "“NITRO PLUS”"),
        ("vn character search", {"trait": "Tsunedre"}, "“Tsundere”"),
        ("vn search", {"language": "Japanise"}, "“Japanese”"),
        ("vn search", {"platform": "Windos"}, "“Windows”"),
    ],
)
async def test_where_an_option_is_misspelt_the_sentence_names_what_may_have_been_meant(
    shared: Place, command: str, options: dict[str, Any], near: str
) -> None:
    exchange = await run(shared, command, **options)
    note = await exchange.message()
    assert "Did you mean “" in texts(note)
    assert near in texts(note)
    assert list_near(note) == []
    assert exchange.ephemeral


async def test_an_option_names_a_sexual_tag_in_age_restricted_channels_alone(shared: Place) -> None:
    typed = "Hihg Sexual Contnet"
    dark = await (await run(shared, "vn top", shared.world.after_dark, tags=typed)).message()
    assert "“High Sexual Content”" in texts(dark)
    shown = await (await run(shared, "vn top", tags=typed)).message()
    assert "High Sexual Content" not in str(shown)


async def test_the_same_misspelt_name_is_asked_for_once(place: Place) -> None:
    for _ in range(3):
        note = await (await run(place, "vn info", title="Clanad")).message()
        assert list_near(note)[0] == "CLANNAD (2004)"
    asked = len(place.services.vndb.requests)
    await run(place, "vn info", title="Clanad")
    assert len(place.services.vndb.requests) == asked


async def test_near_matches_fit_the_other_options(shared: Place) -> None:
    note = await (await run(shared, "vn search", title="Clanad", released_after="2020")).message()
    assert "CLANNAD" not in str(list_near(note))


async def test_near_matches_open_after_a_restart(unconnected: Place) -> None:
    async with unconnected.connected():
        note = await (await run(unconnected, "vn info", title="Clanad")).message()
    async with unconnected.connected():
        card = await (await press(unconnected.reader, note, "CLANNAD (2004)")).message()
        assert "CLANNAD" in texts(card)


@pytest.mark.parametrize(
    ("site", "name", "typo", "search"),
    [
        ("vndb", "AyaReads", "AyaRaeds", "https://vndb.org/u/all?q=AyaRaeds"),
        ("anilist", "Natsukaze", "Natsukaz3", "https://anilist.co/search/users?search=Natsukaz3"),
    ],
)
async def test_people_seen_before_are_near_to_whoever_saw_them(
    place: Place, site: str, name: str, typo: str, search: str
) -> None:
    await run(place, f"{site} user", user=name)
    for command in (f"{site} user", f"{site} list"):
        note = await (await run(place, command, user=typo)).message()
        assert f"Did you mean “{name}”?" in texts(note)
        assert [one["url"] for one in buttons(note) if "url" in one] == [search]
    other = await (await place.moderator.slash(place.general, f"{site} user", user=typo)).message()
    assert "Did you mean" not in texts(other)
    assert [one["url"] for one in buttons(other) if "url" in one] == [search]
