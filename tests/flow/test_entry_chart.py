"""The chart on a producer's card."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.cards.chart_picture import draw_chart
from bot.playground.engine import pictures, texts
from tests.flow.conftest import Place
from tests.flow.entry_message import list_files, open_page, pick

Payload = dict[str, Any]


async def ask(place: Place, name: str) -> Payload:
    return await (await place.reader.slash(place.general, "vn producer info", name=name)).message()


async def test_a_producer_comes_with_a_chart_that_is_described(place: Place) -> None:
    message = await ask(place, "p24")
    assert list_files(message) == ["chart.png"]
    *_covers, picture = pictures(message)
    assert picture["description"].startswith("Novels by year. 1999: 1 novel, 2000: 1 novel, 2004: 2 novels")
    (file,) = place.world.attachments.values()
    assert file.startswith(b"\x89PNG")


async def test_a_producer_of_a_year_or_two_has_no_chart(shared: Place) -> None:
    message = await ask(shared, "p90001")
    assert list_files(message) == []
    assert pictures(message) == []


@pytest.mark.parametrize("slow", [False, True])
@pytest.mark.usefixtures("hurried")
async def test_a_chart_stays_on_its_own_page(place: Place, slow: bool) -> None:
    if slow:
        place.services.vndb.latency_s = 0.8
    message = await ask(place, "p24")
    novels = await open_page(place, message, "Visual novels")
    assert list_files(novels) == []
    again = await open_page(place, novels, "Overview")
    assert list_files(again) == ["chart.png"]
    assert [one["url"] for one in pictures(again) if "chart" in one["url"]] == [pictures(again)[-1]["url"]]
    novel = await open_page(place, again, "CLANNAD")
    assert texts(novel).startswith("## CLANNAD")
    assert list_files(novel) == []


async def test_a_chart_comes_along_in_a_private_copy(shared: Place) -> None:
    message = await open_page(shared, await ask(shared, "p24"), "Visual novels")
    exchange = await pick(shared.moderator, message, "Overview")
    assert list_files(await exchange.message()) == ["chart.png"]
    assert exchange.ephemeral


async def test_two_people_who_want_the_same_chart_have_it_drawn_once(shared: Place) -> None:
    draw_chart.cache_clear()
    exchanges = await asyncio.gather(
        *(person.slash(shared.general, "vn producer info", name="p24") for person in (shared.reader, shared.moderator))
    )
    for exchange in exchanges:
        assert list_files(await exchange.message()) == ["chart.png"]
    assert draw_chart.cache_info().misses == 1
