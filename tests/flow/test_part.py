"""Pages that are made of several answers: what is shown when VNDB fails for one of them, or only an old one is left."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, cast

import pytest

from bot.http import Lifetime
from bot.playground.engine import texts
from bot.playground.service import SampleVndb, SeenRequest
from tests.flow.conftest import Place
from tests.flow.entry_message import list_files, open_page
from tests.flow.vn_message import choose

Payload = dict[str, Any]

AWAY = "(VNDB is away)"
ALWAYS_OLD = Lifetime(fresh_s=0.0, stale_s=86_400.0, empty_s=600.0)


class Failing(list[SeenRequest]):
    """What the service has seen; it fails for those requests that `fails` names."""

    def __init__(self, vndb: SampleVndb, fails: Callable[[SeenRequest], bool]) -> None:
        super().__init__()
        self.vndb = vndb
        self.fails = fails

    def append(self, seen: SeenRequest, /) -> None:
        super().append(seen)
        self.vndb.fault = "500" if self.fails(seen) else None


def fail(place: Place, fails: Callable[[SeenRequest], bool]) -> None:
    vndb = place.services.vndb
    vndb.requests = Failing(vndb, fails)


def is_block(seen: SeenRequest, path: str, page: int) -> bool:
    """Whether that page of a list is asked for."""
    body = cast("dict[str, object]", seen.body or {})
    return seen.path.endswith(path) and body.get("page", 1) == page


async def ask(place: Place, command: str, **options: Any) -> Payload:
    return await (await place.reader.slash(place.general, command, **options)).message()


# A part that fails


async def test_somebody_is_shown_without_the_names_of_their_lists(place: Place) -> None:
    fail(place, lambda seen: seen.path.endswith("/ulist_labels"))
    shown = await ask(place, "vndb user", user="u3")
    assert texts(shown).startswith("## testreader\n**Votes:** 6")
    assert list_files(shown) == ["chart.png"]


async def test_a_list_is_shown_without_the_names_of_the_others(place: Place) -> None:
    fail(place, lambda seen: seen.path.endswith("/ulist_labels"))
    shown = await ask(place, "vndb list", user="u3", sort="vote")
    assert "**1. STEINS;GATE**" in texts(shown)


@pytest.mark.parametrize(
    ("command", "entry", "path", "heading"),
    [
        ("vn producer info", "p24", "/vn", "## Key"),
        ("vn staff info", "s33", "/vn", "## Hanazawa Kana"),
        ("vn tag info", "g19", "/vn", "## Time Travel"),
        ("vn trait info", "i42", "/character", "## Tsundere"),
    ],
)
async def test_an_entry_is_shown_without_the_list_that_belongs_to_it(
    place: Place, command: str, entry: str, path: str, heading: str
) -> None:
    fail(place, lambda seen: seen.path.endswith(path))
    said = texts(await ask(place, command, name=entry))
    assert said.startswith(heading)
    assert "A part is missing. VNDB answered with an error." in said


async def test_the_first_characters_are_shown_without_the_others(place: Place) -> None:
    fail(place, lambda seen: is_block(seen, "/character", 2))
    shown = await ask(place, "vn info", title="v90001")
    opened = await (await choose(place.reader, shown, "v90001/characters")).message()
    said = texts(opened)
    assert said.startswith("## Abyssal Omnibus")
    assert "Omnibus Person" in said
    assert any(is_block(seen, "/character", 2) for seen in place.services.vndb.requests)


async def test_without_the_first_characters_there_is_a_sentence(place: Place) -> None:
    fail(place, lambda seen: is_block(seen, "/character", 1))
    shown = await ask(place, "vn info", title="v90001")
    opened = await choose(place.reader, shown, "v90001/characters")
    assert "VNDB answered with an error." in texts(await opened.message())
    assert texts(place.world.messages[shown["id"]].payload) == texts(shown)


# A part that is old


async def wait_until_old(place: Place, show: Callable[[], Any]) -> str:
    """What the page says as soon as it says that VNDB is away: a part is asked for again behind the first look."""
    place.services.vndb.fault = "500"
    async with asyncio.timeout(30):
        while True:
            said = texts(await show())
            if AWAY in said:
                return said


@pytest.mark.parametrize(
    ("command", "options", "part"),
    [
        ("vn producer info", {"name": "p24"}, "CLANNAD"),
        ("vn staff info", {"name": "s33"}, "STEINS;GATE"),
        ("vn tag info", {"name": "g19"}, "STEINS;GATE"),
        ("vn trait info", {"name": "i42"}, "Makise Kurisu"),
        ("vn quote", {"title": "v90001"}, "line 1,"),
    ],
)
async def test_a_part_that_is_old_is_said_to_be(
    place: Place, monkeypatch: pytest.MonkeyPatch, command: str, options: dict[str, Any], part: str
) -> None:
    monkeypatch.setattr("bot.vndb.api.client.SEARCH_LIFETIME", ALWAYS_OLD)
    fresh = texts(await ask(place, command, **options))
    assert part in fresh
    assert AWAY not in fresh
    old = await wait_until_old(place, lambda: ask(place, command, **options))
    assert part in old


async def test_characters_that_are_old_are_said_to_be(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.vndb.api.client.SEARCH_LIFETIME", ALWAYS_OLD)
    shown = await ask(place, "vn info", title="v2002")

    async def show() -> Payload:
        return await (await choose(place.moderator, shown, "v2002/characters")).message()

    assert AWAY not in texts(await show())
    assert "Okabe Rintarou" in await wait_until_old(place, show)


async def test_votes_that_are_old_are_said_to_be(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.vndb.api.endpoint.LIST_LIFETIME", ALWAYS_OLD)
    assert AWAY not in texts(await ask(place, "vndb user", user="u3"))
    assert "**Votes:** 6" in await wait_until_old(place, lambda: ask(place, "vndb user", user="u3"))


async def test_a_list_that_is_old_is_said_to_be_on_each_page(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.vndb.api.client.SEARCH_LIFETIME", ALWAYS_OLD)
    card = await ask(place, "vn tag info", name="g23")
    listed = await open_page(place, card, "Visual novels")
    assert AWAY not in texts(listed)

    async def show() -> Payload:
        return await (await choose(place.moderator, card, "g23/novels")).message()

    assert "Best rated" in await wait_until_old(place, show)
