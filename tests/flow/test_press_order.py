"""What was pressed last on a message stays, whatever took longer before it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.playground.engine import selects, texts
from tests.flow.conftest import Place
from tests.flow.vn_message import choose, press

Payload = dict[str, Any]

SLOW_S = 1.5


async def open_first(place: Place) -> Payload:
    """The first page of a list whose second one is at hand."""
    listed = await (await place.reader.slash(place.general, "vn top")).message()
    second = await (await press(place.reader, listed, "Next")).message()
    return await (await press(place.reader, second, "Previous")).message()


def find_novel(listed: Payload) -> Payload:
    """The first novel of the list, as the select has it that leads to its card."""
    return selects(listed)[0]["options"][0]


def read_now(place: Place, message: Payload) -> str:
    return texts(place.world.messages[message["id"]].payload)


@pytest.mark.parametrize("deferred", [True, False])
async def test_a_page_that_took_long_does_not_come_in_place_of_what_was_pressed_after_it(
    place: Place, monkeypatch: pytest.MonkeyPatch, deferred: bool
) -> None:
    if deferred:
        monkeypatch.setattr("bot.interaction.reply.DEFER_AFTER_S", 0.3)
    listed = await open_first(place)
    place.services.vndb.latency_s = SLOW_S
    slow = asyncio.create_task(choose(place.reader, listed, find_novel(listed)["value"]))
    await asyncio.sleep(0.5)
    turned = await (await press(place.reader, listed, "Next")).message()
    assert "Page 2" in texts(turned)
    exchange = await slow
    assert await exchange.acknowledged()
    await asyncio.sleep(SLOW_S)
    assert exchange.kind == "deferred_update"
    assert read_now(place, listed) == texts(turned)
    assert place.reader.messages(place.general) == [place.world.messages[listed["id"]].payload]


async def test_a_page_that_took_long_comes_where_what_was_pressed_after_it_failed(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.interaction.reply.DEFER_AFTER_S", 0.3)
    listed = await open_first(place)
    place.services.vndb.latency_s = SLOW_S
    slow = await choose(place.reader, listed, find_novel(listed)["value"])
    opened = await press(place.reader, listed, "Go to…")
    refused = await place.reader.submit(opened, {"number": "0"})
    assert refused.ephemeral
    card = await slow.message()
    assert card["id"] == listed["id"]
    assert "Open on VNDB" in texts(card)
