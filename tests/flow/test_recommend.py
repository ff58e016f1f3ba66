"""`/vn recommend`, as people use it."""

from __future__ import annotations

from typing import Any

from bot.playground.engine import texts
from tests.flow.account_message import ask, link
from tests.flow.conftest import Place
from tests.flow.vn_message import press

Payload = dict[str, Any]


async def test_it_names_novels_that_are_not_on_the_list_and_why(shared: Place) -> None:
    said, _ = await ask(shared, "vn recommend", user="testreader")
    assert said.startswith("## What testreader may like\n-# By the tags of what they voted on")
    assert "Time Travel" in said
    listed, _ = await ask(shared, "vndb list", user="testreader")
    titles = [line.split(". ", 1)[1].split("**")[0] for line in said.splitlines() if line.startswith("**")]
    assert titles
    assert not [title for title in titles if title in listed]


async def test_who_linked_an_account_needs_no_name(shared: Place) -> None:
    await link(shared, "VNDB", "testreader")
    said, private = await ask(shared, "vn recommend")
    assert "What testreader may like" in said
    assert private


async def test_without_an_account_it_is_said_how_to_link_one(shared: Place) -> None:
    said, _ = await ask(shared, "vn recommend")
    assert "You have not linked an account on VNDB yet" in said


async def test_who_voted_on_too_few_is_told_how_many_it_takes(shared: Place) -> None:
    said, _ = await ask(shared, "vn recommend", user="u7")
    assert said.startswith("VNDB has no recommendation for ")
    assert "that takes 5 public votes" in said


async def test_pages_turn_and_come_back_after_a_restart(unconnected: Place) -> None:
    async with unconnected.connected():
        exchange = await unconnected.reader.slash(unconnected.general, "vn recommend", user="testreader")
        message = await exchange.message()
    async with unconnected.connected():
        covers = await (await press(unconnected.reader, message, "Covers")).message()
        assert "What testreader may like" in texts(covers)


async def test_while_vndb_is_down_it_says_so(place: Place) -> None:
    place.services.vndb.fault = "500"
    said, _ = await ask(place, "vn recommend", user="testreader")
    assert "VNDB" in said
    assert "##" not in said
