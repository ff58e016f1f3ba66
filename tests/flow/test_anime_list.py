"""`/anime search`, `season`, `trending`, `popular`, `airing` and `random`."""

from __future__ import annotations

import copy
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp.test_utils import TestServer

from bot.playground.engine import buttons, selects, texts
from bot.playground.engine.components import walk
from bot.playground.service import SampleAnilist
from bot.playground.service.anilist.data import AnilistSample, Work, load_library
from tests.flow.anime_message import CLOSED, ask, list_variables, run
from tests.flow.conftest import Place
from tests.flow.entry_message import open_page, turn
from tests.flow.preview_message import forge_button
from tests.flow.test_jump import jump
from tests.flow.vn_message import choose, find_button, list_pages, list_values, press, read_contents

Payload = dict[str, Any]

AGAIN = "Another one"
GALLERY = 12
END_BEFORE = "The release date ends before it begins."
_WORK = re.compile(r"(?:anime|manga)/([0-9]+)")


def list_works(message: Payload) -> list[int]:
    """The works that a list leads to, in its order."""
    values = [option["value"] for select in selects(message) for option in select["options"]]
    return [int(match[1]) for value in values if (match := _WORK.fullmatch(value))]


def list_gallery(message: Payload) -> list[str]:
    """The pictures of a list's covers."""
    items = [item for one in walk(message["components"]) if one["type"] == GALLERY for item in one["items"]]
    return [item["media"]["url"] for item in items]


# Search


@pytest.mark.parametrize(
    ("options", "heading"),
    [
        ({"title": "steins"}, "## Anime for “steins”\n"),
        ({"title": "シュタイン"}, "## Anime for “シュタイン”\n"),
        ({"genre": "Horror"}, "## Anime (Horror)\n"),
        ({"format": "OVA"}, "## Anime (OVA)\n"),
        ({"season": "spring", "year": 2011}, "## Anime of spring 2011\n"),
        ({"min_rating": 8.8, "sort": "rating"}, "## Best rated anime (rated 8.8 or more)\n"),
        ({"status": "HIATUS", "sort": "newest"}, "## Newest anime (On hiatus)\n"),
    ],
)
async def test_a_search_says_what_was_looked_for_and_lists_it(
    shared: Place, options: dict[str, Any], heading: str
) -> None:
    message = await ask(shared, "anime search", **options)
    assert texts(message).startswith(heading)
    assert list_works(message)


async def test_every_condition_holds_for_what_is_listed(shared: Place) -> None:
    message = await ask(shared, "anime search", genre="Drama", format="TV", status="FINISHED", min_rating=8)
    works = [shared.services.anilist.library.works[number] for number in list_works(message)]
    assert works
    assert {one.format for one in works} == {"TV"}
    assert all("Drama" in one.genres and (one.score or 0) >= 80 for one in works)


async def test_nothing_found_is_said_to_the_asker_alone(shared: Place) -> None:
    exchange = await run(shared, "anime search", title="no such thing")
    assert texts(await exchange.message()).splitlines()[0] == "AniList has no anime called “no such thing”."
    assert exchange.ephemeral


async def test_what_is_called_so_and_is_not_like_the_rest_is_not_said_to_be_missing(shared: Place) -> None:
    exchange = await run(shared, "anime search", title="steins;gate", genre="Drama", year=1999)
    first = texts(await exchange.message()).splitlines()[0]
    assert first == "AniList has no anime like that: “steins;gate” · of 1999 · Drama."
    assert exchange.ephemeral


async def test_a_search_goes_on_over_pages_and_back_after_a_restart(unconnected: Place) -> None:
    async with unconnected.connected():
        first = await ask(unconnected, "anime search", genre="Drama")
    async with unconnected.connected():
        second = await (await press(unconnected.reader, first, "Next")).message()
        assert not set(list_works(first)) & set(list_works(second))
        assert "Anime (Drama)" in texts(second)
    async with unconnected.connected():
        card = await (await choose(unconnected.reader, second, f"anime/{list_works(second)[0]}")).message()
        returned = await (await press(unconnected.reader, card, "Back")).message()
        assert texts(returned) == texts(second)
        again = await (await press(unconnected.reader, returned, "Previous")).message()
    assert texts(again) == texts(first)


async def test_pages_of_a_search_never_say_how_many_there_are(shared: Place) -> None:
    """AniList's totals are not true, so the last page is known when it is reached."""
    pages = await list_pages(shared.reader, await ask(shared, "anime search"))
    works = [number for page in pages for number in list_works(page)]
    assert len(works) == len(set(works)) > 50
    assert find_button(pages[-1], "Next") is None
    assert not any(" of " in str(button.get("label")) for page in pages for button in buttons(page))


@pytest.mark.parametrize("title", ["魔法使いの夜 刻の街 " * 4, "👩‍👩‍👧‍👦" * 20, "@everyone " * 9, "a/b?c=d~2:e" * 6])
async def test_a_title_of_any_length_and_script_can_be_looked_for(shared: Place, title: str) -> None:
    exchange = await run(shared, "anime search", title=title)
    message = await exchange.message()
    assert "@everyone" not in read_contents(message)
    assert texts(message).startswith(("## Anime for “", "The ", "AniList has no anime called"))


# What is in season


async def test_a_season_that_is_named(shared: Place) -> None:
    message = await ask(shared, "anime season", season="spring", year=2011)
    assert texts(message).startswith("## Most popular anime of spring 2011\n")
    assert list_works(message) == [AnilistSample.PLAIN]


async def test_without_a_name_it_is_this_season(place: Place) -> None:
    await ask(place, "anime season")
    (asked,) = list_variables(place, "Search")
    assert asked["season"] in {"WINTER", "SPRING", "SUMMER", "FALL"}
    assert asked["seasonYear"] == datetime.now(UTC).year


@pytest.mark.parametrize(
    ("command", "key"),
    [("anime trending", "trending"), ("manga trending", "trending"), ("anime top", "score"), ("manga top", "score")],
)
async def test_what_is_watched_now_and_what_always_was(shared: Place, command: str, key: str) -> None:
    first = await ask(shared, command)
    listed = [*list_works(first), *list_works(await turn(shared, first, "Next"))]
    works = [shared.services.anilist.library.works[number] for number in listed]
    values = [getattr(one, key) or 0 for one in works]
    assert len(values) > 10
    assert values == sorted(values, reverse=True)


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("anime season", {"season": "spring", "year": 2011}),
        ("anime trending", {}),
        ("manga trending", {}),
    ],
)
async def test_what_one_looks_around_in_begins_with_covers_and_stands_as_rows_too(
    shared: Place, command: str, options: dict[str, Any]
) -> None:
    covers = await ask(shared, command, **options)
    works = list_works(covers)
    assert len(list_gallery(covers)) == len(works) == min(len(works), 10)
    rows = await turn(shared, covers, "List")
    assert list_gallery(rows) == []
    assert list_works(rows) == works[:6]
    assert list_gallery(await turn(shared, rows, "Covers")) == list_gallery(covers)


async def test_a_card_of_the_covers_leads_back_to_them_after_a_restart(unconnected: Place) -> None:
    async with unconnected.connected():
        covers = await turn(unconnected, await ask(unconnected, "anime trending"), "Next")
        card = await (await choose(unconnected.reader, covers, f"anime/{list_works(covers)[0]}")).message()
    async with unconnected.connected():
        assert list_gallery(await turn(unconnected, card, "Back")) == list_gallery(covers)


@pytest.mark.parametrize("command", ["anime search", "anime top", "manga search"])
async def test_what_is_searched_for_begins_with_rows(shared: Place, command: str) -> None:
    assert list_gallery(await ask(shared, command, genre="Drama")) == []


# What came and what comes


@pytest.fixture(scope="module")
def undated() -> SampleAnilist:
    """A library with works of this month of which nobody knows the day."""
    month = f"{datetime.now(UTC):%Y-%m}"
    library = copy.copy(load_library())
    works = [
        Work(300_000 + at, (title, None, None), kind=kind, status=status, start=month)
        for at, (title, kind, status) in enumerate(
            [
                (f"{word} {kind}", kind, status)
                for kind in ("ANIME", "MANGA")
                for word, status in (("Came", "RELEASING"), ("Comes", "NOT_YET_RELEASED"))
            ]
        )
    ]
    library.works = {**library.works, **{one.id: one for one in works}}
    return SampleAnilist(library=library)


@pytest.mark.parametrize("kind", ["anime", "manga"])
async def test_a_work_of_this_month_without_a_day_is_new_or_upcoming_by_whether_it_is_out(
    unconnected: Place, undated: SampleAnilist, kind: str
) -> None:
    async with (
        TestServer(undated.build_app()) as server,
        unconnected.connected(anilist_api_url=str(server.make_url(""))),
    ):
        new = [texts(page) for page in await list_pages(unconnected.reader, await ask(unconnected, f"{kind} new"))]
        upcoming = texts(await ask(unconnected, f"{kind} upcoming"))
    came, comes = f"Came {kind.upper()}**", f"Comes {kind.upper()}**"
    assert any(came in page for page in new)
    assert not any(comes in page for page in new)
    assert comes in upcoming
    assert came not in upcoming


@pytest.mark.parametrize("command", ["anime new", "anime upcoming", "manga new", "manga upcoming"])
async def test_that_nothing_came_or_comes_so_and_that_the_service_is_away_are_sentences(
    place: Place, command: str
) -> None:
    word, _, when = command.partition(" ")
    exchange = await run(place, command, genre="Mahou Shoujo", released_after="2099")
    assert texts(await exchange.message()) == f"AniList has no {word} like that: Mahou Shoujo · from 2099."
    assert exchange.ephemeral
    beyond: dict[str, Any] = {"released_after": "2090"} if when == "new" else {"released_before": "2010"}
    said = "from 2090" if when == "new" else "until 2010"
    assert texts(await ask(place, command, **beyond)) == f"AniList has no {word} like that: {said}."
    assert texts(await ask(place, command, released_after="2091", released_before="2090")) == END_BEFORE
    place.services.anilist.fault = "502"
    exchange = await run(place, command, genre="Horror")
    assert texts(await exchange.message()).startswith("AniList answered with an error.")
    assert exchange.ephemeral


@pytest.mark.parametrize("command", ["anime similar", "manga similar"])
async def test_what_is_similar_to_nothing_and_while_the_service_is_away_is_a_sentence(
    place: Place, command: str
) -> None:
    exchange = await run(place, command, title="no such thing")
    assert texts(await exchange.message()).startswith(f"AniList has no {command.partition(' ')[0]} called")
    assert exchange.ephemeral
    place.services.anilist.fault = "502"
    exchange = await run(place, command, title="#9253")
    assert texts(await exchange.message()).startswith("AniList answered with an error.")
    assert exchange.ephemeral


async def test_a_page_behind_the_last_of_what_is_similar_is_a_sentence(shared: Place) -> None:
    listed = await ask(shared, "anime similar", title="#9253")
    said = await jump(shared.reader, listed, "5")
    assert texts(await said.message()) == "There is no page 5: the list is shorter."


async def test_what_is_similar_to_a_work_for_adults_stands_in_age_restricted_channels_alone(shared: Place) -> None:
    wanted = f"#{AnilistSample.ADULT.value}"
    assert texts(await ask(shared, "anime similar", title=wanted)).startswith(CLOSED)
    shown = texts(await ask(shared, "anime similar", shared.world.after_dark, title=wanted))
    assert "Recommended to those who liked it" in shown


# What airs


async def test_what_airs_this_week_is_in_the_order_and_the_time_of_the_reader(shared: Place) -> None:
    message = await ask(shared, "anime airing", when="week")
    times = [int(found) for found in re.findall(r"<t:([0-9]+):f>", texts(message))]
    assert len(times) > 5
    assert times == sorted(times)
    assert times[-1] - times[0] <= 7 * 86_400


async def test_the_menu_leads_from_the_day_to_the_week_and_back_after_a_restart(unconnected: Place) -> None:
    async with unconnected.connected():
        today = await ask(unconnected, "anime airing")
        assert "## Airing schedule\n-# 24 hours from <t:" in texts(today)
    async with unconnected.connected():
        week = await open_page(unconnected, today, "Seven days")
        assert "-# Seven days from <t:" in texts(week)
        assert texts(await open_page(unconnected, week, "24 hours")) == texts(today)


async def test_a_schedule_of_another_day_says_which_one_it_is(shared: Place) -> None:
    begin = int(datetime.now(UTC).timestamp()) // 3600 * 3600 - 7 * 86_400
    button = forge_button(shared, shared.general, f"see:airing/today/{begin}")
    shown = texts(await (await shared.reader.press(button, f"see:airing/today/{begin}")).message())
    assert f"24 hours from <t:{begin}:f>" in shown
    assert "today" not in shown.lower()


@pytest.mark.parametrize("start", ["9999999999", "2147483647", "0", "3599"])
async def test_a_time_that_cannot_be_is_not_asked_about(place: Place, start: str) -> None:
    button = forge_button(place, place.general, f"see:airing/week/{start}")
    exchange = await place.reader.press(button, f"see:airing/week/{start}")
    assert texts(await exchange.message()) == "AniList has no schedule of that time."
    assert list_variables(place, "Airing") == []


async def test_who_asks_within_one_hour_asks_the_same(place: Place) -> None:
    begin = 1_800_000_000 // 3600 * 3600
    for second in (begin, begin + 61, begin + 3599):
        button = forge_button(place, place.general, f"see:airing/week/{second}")
        await (await place.reader.press(button, f"see:airing/week/{second}")).message()
    (asked,) = list_variables(place, "Airing")
    assert (asked["after"], asked["before"]) == (begin - 1, begin + 7 * 86_400)


async def test_a_week_with_many_episodes_goes_on_over_pages_without_leaving_any_out_and_ends_with_the_last(
    unconnected: Place,
) -> None:
    titles = [f"Weekly {number}" for number in range(70)]
    library = copy.copy(load_library())
    works = [
        Work(300_000 + at, (title, None, None), status="RELEASING", airs=(at % 7, "12:00", 2))
        for at, title in enumerate(titles)
    ]
    library.works = {**library.works, **{one.id: one for one in works}}
    anilist = SampleAnilist(library=library)
    async with (
        TestServer(anilist.build_app()) as server,
        unconnected.connected(anilist_api_url=str(server.make_url(""))),
    ):
        pages = await list_pages(unconnected.reader, await ask(unconnected, "anime airing", when="week"))
        said = await jump(unconnected.reader, pages[-1], "999")
    assert said.ephemeral and texts(await said.message()) == "There is no page 999: the list is shorter."
    assert [texts(one) for one in unconnected.moderator.messages(unconnected.general)] == [texts(pages[-1])]
    shown = [title for page in pages for title in re.findall(r"\*\*(Weekly [0-9]+)\*\*", texts(page))]
    assert sorted(shown) == sorted(titles)
    assert len(anilist.requests) == (len(pages) + 1) // 2 + 1


# By chance


async def test_a_random_work_fits_every_condition(shared: Place) -> None:
    message = await ask(shared, "anime random", genre="Horror", min_rating=7)
    number = int(next(value for value in list_values(message) if _WORK.fullmatch(value)).rpartition("/")[2])
    work = shared.services.anilist.library.works[number]
    assert "Horror" in work.genres
    assert (work.score or 0) >= 70


async def test_no_work_like_that_is_said_to_the_asker_alone(shared: Place) -> None:
    exchange = await run(shared, "anime random", genre="Music", status="HIATUS")
    assert texts(await exchange.message()) == "AniList has no anime like that: Music · On hiatus."
    assert exchange.ephemeral


async def test_another_one_is_drawn_with_the_same_conditions_after_a_restart(unconnected: Place) -> None:
    async with unconnected.connected():
        message = await ask(unconnected, "anime random", genre="Horror")
    drawn: set[str] = set()
    async with unconnected.connected():
        for _ in range(8):
            message = await (await press(unconnected.reader, message, AGAIN)).message()
            (number,) = [int(value.rpartition("/")[2]) for value in list_values(message) if _WORK.fullmatch(value)]
            assert "Horror" in unconnected.services.anilist.library.works[number].genres
            drawn.add(texts(message).split("\n", 1)[0])
    assert len(drawn) > 1


# Addresses that no button of this version has


@pytest.mark.parametrize(
    "address",
    [
        "al/a/0.0.0.0.0.0.0.0.0/a",
        "al/a/9.9.9999.9999.9999.9999.99999999.99999999.9999",
        "al/a/0.0.0.0.0.0.0.0.0/_____w",
        "al-find/character/match/a",
        "al-find/character/name",
        "al-find/studio/match/____",
        "airing/today/9999999999",
        "airing/week/0",
        "al/a/0.0.0.0.0.0.0.0.0~999999",
        "anime/9999999999",
        "al-user/-_",
    ],
)
async def test_an_address_of_another_version_ends_in_an_answer(shared: Place, address: str) -> None:
    button = forge_button(shared, shared.general, f"see:{address}")
    exchange = await shared.reader.press(button, f"see:{address}")
    assert texts(await exchange.message())
    assert exchange.ephemeral
