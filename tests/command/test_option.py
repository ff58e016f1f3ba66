"""Options of commands: one declaration each, and what is asked for what was typed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date
from typing import Any

import discord
import pytest
from discord import app_commands
from discord.app_commands import Choice

from bot.anime.api.wish import MediaWish, build_date
from bot.command import anime
from bot.command.option import Option, Values, pick, takes
from bot.command.vndb import RELEASE_OPTIONS, VN_OPTIONS, VN_TITLE, Asked, Read, find_entry_id, read_wish
from bot.errors import InvalidInput
from bot.gate.rules import Rules
from bot.navigation.address import NOWHERE
from bot.navigation.page import State, Visit
from bot.navigation.viewer import Viewer
from bot.vndb.api import kind as kinds
from bot.vndb.api import where
from bot.vndb.api.client import Vndb
from bot.vndb.api.filter import Filter, Json
from bot.vndb.api.model import Vn
from tests.vndb.fake import FakeVndb, Record

VIEWER = Viewer(asker_id=7, age_restricted=False, rules=Rules())
ADULT = Viewer(asker_id=7, age_restricted=True, rules=Rules())
TAGS: list[Record] = [
    {"id": "g1", "name": "Kissing Scene", "category": "ero", "aliases": ["Kiss"]},
    {"id": "g2", "name": "Kissing Scene under a Tree", "category": "cont", "aliases": []},
    {"id": "g3", "name": "Tree", "category": "cont", "aliases": [], "searchable": False},
    {"id": "g4", "name": "Old Tree", "category": "cont", "aliases": []},
]


@dataclass(frozen=True)
class Sources:
    vndb: Vndb
    places: None = None


async def read(options: tuple[Option[Any], ...], values: Values) -> Json:
    fake = FakeVndb()
    fake.get["schema"] = b'{"enums":{}}'  # the names that are built in will do
    visit = Visit(VIEWER, Sources(fake.vndb), State(NOWHERE))
    task = asyncio.create_task(read_wish(options, values, visit))
    await fake.clock.run(task)
    found: Filter[Any] | None = task.result()
    return found and found.json


async def find_tag(typed: str, viewer: Viewer) -> str:
    fake = FakeVndb(TAGS)
    fake.get["schema"] = b'{"enums":{}}'
    task = asyncio.create_task(find_entry_id(fake.vndb, kinds.TAG, typed, viewer))
    await fake.clock.run(task)
    return task.result()


@pytest.mark.parametrize(
    ("typed", "found"), [("kissing scene", "g1"), ("KISS", "g1"), ("kissing", "g1"), ("under a tree", "g2")]
)
async def test_what_is_typed_is_the_tag_that_is_called_so_or_the_best_match(typed: str, found: str) -> None:
    assert await find_tag(typed, ADULT) == found


@pytest.mark.parametrize(
    ("typed", "sentence"), [("Kissing Scene", "sexual content"), ("kiss", "sexual content"), ("tree", "searched by")]
)
async def test_no_other_tag_stands_in_for_the_one_that_is_called_so(typed: str, sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        await find_tag(typed, VIEWER)
    assert await find_tag("kissing", VIEWER) == "g2"  # it is what no tag is called


async def complete_moods(_interaction: discord.Interaction[Any], current: str) -> list[Choice[str]]:
    return [Choice(name=f"{current}!", value=current)]


async def read_mood(_asked: Asked, typed: str) -> list[Filter[Vn]]:
    return [where.VN.search.eq(typed)]


MOOD: Option[Read[Vn]] = Option(
    "mood", app_commands.Range[str, 2, 9], "How it feels", read_mood, complete=complete_moods
)


def build_command(*options: Option[Any]) -> app_commands.Command[Any, ..., Any]:
    @takes(VN_TITLE, *options)
    async def search(interaction: discord.Interaction[Any], title: str, **options: Any) -> None: ...

    return app_commands.Command(name="search", description="Finds some", callback=search)


async def test_one_declaration_makes_an_option() -> None:
    command = build_command(*VN_OPTIONS, MOOD)
    found = command.get_parameter("mood")
    assert found is not None
    assert (str(found.description), found.required, found.min_value, found.max_value) == ("How it feels", False, 2, 9)
    assert found.autocomplete
    assert await read((*VN_OPTIONS, MOOD), {"mood": "calm", "length": 2}) == (
        "and",
        ("length", "=", 2),
        ("search", "=", "calm"),
    )


def test_what_a_callback_cannot_do_without_is_required() -> None:
    command = build_command(MOOD)
    title = command.get_parameter("title")
    assert title is not None
    assert title.required
    assert title.max_value == 200


def test_choices_are_declared_with_the_option() -> None:
    length = build_command(*VN_OPTIONS).get_parameter("length")
    assert length is not None
    assert [choice.value for choice in length.choices] == [1, 2, 3, 4, 5]


def test_an_option_that_is_in_no_table_cannot_be_picked() -> None:
    with pytest.raises(KeyError):
        pick(VN_OPTIONS, "mood")


@pytest.mark.parametrize("options", [VN_OPTIONS, RELEASE_OPTIONS])
@pytest.mark.parametrize("values", [{}, {"language": None}, {"spoilers": 2}])
async def test_nothing_typed_is_no_filter(options: tuple[Option[Any], ...], values: Values) -> None:
    assert await read(options, values) is None


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"original_language": "ja"}, ("olang", "=", "ja")),
        ({"original_language": " japanese"}, ("olang", "=", "ja")),
        ({"language": "en"}, ("lang", "=", "en")),
        ({"platform": "win"}, ("platform", "=", "win")),
        ({"length": 5}, ("length", "=", 5)),
        ({"min_rating": 8.3}, ("rating", ">=", 83)),
        ({"min_rating": 8.31}, ("rating", ">=", 84)),
        ({"min_votes": 1}, ("votecount", ">=", 1)),
        ({"developer": "p24"}, ("developer", "=", ("id", "=", "p24"))),
        ({"tags": "g19"}, ("tag", "=", "g19")),
        ({"tags": "g19, g20,"}, ("and", ("tag", "=", "g19"), ("tag", "=", "g20"))),
        ({"has_anime": True}, ("has_anime", "=", 1)),
        ({"has_anime": False}, ("has_anime", "!=", 1)),
        ({"status": 0}, ("devstatus", "=", 0)),
        ({"released_after": "2004"}, ("and", ("released", ">=", "2004-01-01"), ("released", "!=", "tba"))),
        ({"released_before": "2004"}, ("and", ("released", ">=", "1980-01-01"), ("released", "<=", "2004"))),
        (
            {"released_after": "2004", "released_before": "2005"},
            ("and", ("released", ">=", "2004-01-01"), ("released", "<=", "2005")),
        ),
    ],
)
async def test_each_option_of_novels_asks_for_something(values: Values, expected: Json) -> None:
    assert await read(VN_OPTIONS, values) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"language": "en"}, ("lang", "=", "en")),
        ({"platform": "swi"}, ("platform", "=", "swi")),
        ({"date": "tba"}, ("released", "=", "tba")),
        ({"type": "trial"}, ("rtype", "=", "trial")),
        ({"voiced": 4}, ("voiced", "=", 4)),
        ({"engine": "ren'py"}, ("engine", "=", "Ren'Py")),
        ({"resolution": ">=1280x720"}, ("resolution", ">=", (1280, 720))),
        ({"medium": "dvd"}, ("medium", "=", "dvd")),
        ({"age": "under"}, ("minage", "<", 18)),
        ({"developer": "p24"}, ("developer_id", "=", "p24")),
        ({"official": True}, ("official", "=", 1)),
        ({"patch": False}, ("patch", "!=", 1)),
        ({"freeware": True}, ("freeware", "=", 1)),
        ({"doujin": True}, ("doujin", "=", 1)),
        ({"uncensored": True}, ("uncensored", "=", 1)),
        ({"has_ero": False}, ("has_ero", "!=", 1)),
    ],
)
async def test_each_option_of_releases_asks_for_something(values: Values, expected: Json) -> None:
    assert await read(RELEASE_OPTIONS, values) == expected


@pytest.mark.parametrize(
    ("options", "values", "sentence"),
    [
        (VN_OPTIONS, {"original_language": "klingon"}, "original language"),
        (VN_OPTIONS, {"tags": ",".join(f"g{number}" for number in range(1, 12))}, "10 at most"),
        (VN_OPTIONS, {"tags": "g1,-g2"}, "only be asked for"),
        (VN_OPTIONS, {"released_after": "2005", "released_before": "2004"}, "ends before"),
        (VN_OPTIONS, {"filter": "https://vndb.org/c?f=022gja"}, "not one for visual novels"),
        (RELEASE_OPTIONS, {"date": "tba", "released_after": "2004"}, "leave one of the two out"),
        (RELEASE_OPTIONS, {"resolution": "wide"}, "1280x720"),
    ],
)
async def test_what_cannot_be_asked_is_refused(options: tuple[Option[Any], ...], values: Values, sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        await read(options, values)


def test_every_option_of_anime_changes_what_is_asked_for() -> None:
    values = {
        "genre": "Drama",
        "format": "TV",
        "status": "FINISHED",
        "season": "fall",
        "year": 2004,
        "min_rating": 6.91,
        "released_after": "2004-02",
        "released_before": "2005",
    }
    assert {option.name for option in anime.ANIME_OPTIONS} == set(values)
    assert anime.read_wish(anime.ANIME_OPTIONS, values, MediaWish(kind="ANIME", text="a")) == MediaWish(
        kind="ANIME",
        text="a",
        genres=("Drama",),
        format="TV",
        status="FINISHED",
        season="FALL",
        season_year=2004,
        min_score=70,
        released_after=20040200,
        released_before=20059999,
    )


@pytest.mark.parametrize(
    ("today", "first"),
    [
        (date(2026, 11, 15), 2026_11_00),  # November without a day may still be to come
        (date(2026, 11, 30), 2026_11_00),
        (date(2026, 12, 31), 2026_12_00),
        (date(2026, 1, 9), 2026_01_00),
    ],
)
async def test_what_is_upcoming_begins_with_this_month_without_a_day(today: date, first: int) -> None:
    visit: Any = Visit(VIEWER, Sources(FakeVndb().vndb), State(NOWHERE))
    page = await anime.list_upcoming(anime.ANIME_DATED, {}, "ANIME", today, visit)
    assert (page.wish.released_after, page.wish.sort) == (first, "upcoming")
    page = await anime.list_new(anime.ANIME_DATED, {"released_before": "2999"}, "ANIME", today, visit)
    assert (page.wish.released_before, page.wish.sort) == (build_date(today), "newest")
