"""What a novel's pages cost: how many requests go to VNDB, from a cold start and again."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from bot.playground.engine import selects
from tests.flow.conftest import Place
from tests.flow.vn_message import choose, list_pages, press

HUGE, GATE = "v90001", "v2002"
PAGES = ("", "/characters", "/releases", "/staff", "/tags", "/screenshots", "/relations", "/quotes", "/links")
AT_MOST = 3


async def test_a_page_of_the_largest_novel_costs_three_requests_at_most_and_nothing_again(
    unconnected: Place,
) -> None:
    """Each page by a bot that has just started."""
    asked = unconnected.services.vndb.requests
    async with unconnected.connected():
        exchange = await unconnected.reader.slash(unconnected.general, "vn info", title=HUGE)
        shown = await exchange.message()
    for end in PAGES:
        async with unconnected.connected():
            asked.clear()
            page = await (await choose(unconnected.reader, shown, f"{HUGE}{end}")).message()
            assert 1 <= len(asked) <= AT_MOST, end
            asked.clear()
            await list_pages(unconnected.reader, page)
            await (await choose(unconnected.moderator, shown, f"{HUGE}{end}")).message()
            assert asked == [], end


@pytest.mark.parametrize(
    ("command", "title"),
    [("vn info", HUGE), ("vn info", "Abyssal Omnibus"), ("vn similar", HUGE), ("vn similar", GATE), ("vn search", "e")],
)
async def test_a_command_costs_three_requests_at_most_and_nothing_again(place: Place, command: str, title: str) -> None:
    asked = place.services.vndb.requests
    options: dict[str, Any] = {"title": title}
    await (await place.reader.slash(place.general, command, **options)).message()
    assert 1 <= len(asked) <= AT_MOST
    asked.clear()
    await (await place.moderator.slash(place.general, command, **options)).message()
    assert asked == []


async def test_all_the_pages_of_a_novel_share_what_was_asked_for(place: Place) -> None:
    shown = await (await place.reader.slash(place.general, "vn info", title=HUGE)).message()
    for end in PAGES:
        await (await choose(place.reader, shown, f"{HUGE}{end}")).message()
    kinds = [request.path.rsplit("/", 1)[-1] for request in place.services.vndb.requests]
    assert sorted(kinds) == ["character", "character", "quote", "release", "schema", "vn", "vn"]


async def test_five_pages_of_a_list_are_one_request(place: Place) -> None:
    asked = place.services.vndb.requests
    shown = await (await place.reader.slash(place.general, "vn top")).message()
    asked.clear()
    for _ in range(4):
        shown = await (await press(place.reader, shown, "Next")).message()
    assert asked == []


@pytest.mark.parametrize(
    ("command", "options", "question"),
    [
        ("vn search", {"title": "e", "language": "en"}, "vn list"),
        ("vn search", {"title": "ever"}, "vn list"),
        ("vn top", {}, "vn list"),
        ("vn tag search", {"name": "e"}, "tag list"),
        ("anime search", {"title": "a"}, "what=Search"),
        ("anime info", {"title": "a"}, "what=Search"),
    ],
)
async def test_a_list_asks_once_not_even_what_is_remembered(
    place: Place, command: str, options: dict[str, Any], question: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "bot.http"):
        shown = await (await place.reader.slash(place.general, command, **options)).message()
    assert selects(shown)
    asked = [record.getMessage() for record in caplog.records if record.name == "bot.http"]
    assert len([line for line in asked if question in line]) == 1, asked
