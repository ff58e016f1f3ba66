"""What is typed about one's own list: it is written to the list that the form was about, and never lost unsaid."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

import pytest

from bot.playground.engine import texts
from tests.flow.conftest import Place
from tests.flow.my_list_message import (
    OTHER,
    connected,
    fail_writes,
    find_listed,
    link,
    list_writes,
    open_panel,
    type_into,
)
from tests.flow.vn_message import press

Payload = dict[str, Any]


@pytest.fixture
async def linked(unconnected: Place, registered: list[dict[str, Any]]) -> AsyncGenerator[Place]:
    """Everything, with a reader who linked their token."""
    async with connected(unconnected, registered):
        await link(unconnected, unconnected.reader)
        yield unconnected


# Whose list it is


@pytest.mark.parametrize(
    ("label", "typed"), [("Notes", {"notes": "private thoughts"}), ("Vote", {"vote": "5"}), ("Start and finish", {})]
)
async def test_a_form_about_one_list_is_not_written_to_another_that_was_looked_at_since(
    linked: Place, label: str, typed: dict[str, str]
) -> None:
    opened = await press(linked.reader, await open_panel(linked, linked.reader), label)
    await link(linked, linked.reader, OTHER)
    await open_panel(linked, linked.reader)
    said = texts(await (await linked.reader.submit(opened, typed)).message())
    assert "Nothing was changed. The form was about the list of the token that was linked before." in said
    assert list_writes(linked) == []


async def test_a_form_about_one_list_is_not_written_to_another_after_a_restart(
    unconnected: Place, registered: list[dict[str, Any]]
) -> None:
    place = unconnected
    async with connected(place, registered):
        await link(place, place.reader)
        opened = await press(place.reader, await open_panel(place, place.reader), "Notes")
        await link(place, place.reader, OTHER)
    async with connected(place, registered):
        said = texts(await (await place.reader.submit(opened, {"notes": "private thoughts"})).message())
        assert "The form was about the list of the token that was linked before." in said
        assert list_writes(place) == []


async def test_a_form_is_written_after_a_restart_and_when_the_same_account_is_linked_anew(
    unconnected: Place, registered: list[dict[str, Any]]
) -> None:
    place = unconnected
    async with connected(place, registered):
        await link(place, place.reader)
        opened = await press(place.reader, await open_panel(place, place.reader), "Notes")
    async with connected(place, registered):
        await link(place, place.reader)
        await place.reader.submit(opened, {"notes": "a thought"})
        assert find_listed(place).notes == "a thought"


@pytest.mark.parametrize("answer", ["Remove", "Take it away"])
async def test_a_question_about_one_list_is_not_answered_on_another(linked: Place, answer: str) -> None:
    panel = await open_panel(linked, linked.reader)
    if answer == "Remove":
        asked = await (await press(linked.reader, panel, "Remove")).message()
    else:
        asked = await type_into(linked.reader, panel, "Start and finish", started="", finished="2022-02-01")
    await link(linked, linked.reader, OTHER)
    await type_into(linked.reader, await open_panel(linked, linked.reader), "Start and finish", started="2024-01-01")
    said = texts(await (await press(linked.reader, asked, answer)).message())
    assert "Nothing was changed. The question was about the list of the token that was linked before." in said
    other = linked.services.vndb.lists.find("u7")
    assert other is not None
    assert other.entries["v17"].started == "2024-01-01"


async def test_nothing_of_one_list_is_shown_as_another_while_vndb_is_away(linked: Place) -> None:
    panel = await open_panel(linked, linked.reader)
    await link(linked, linked.reader, OTHER)
    fail_writes(linked, reads=("502",) * 9)
    opened = await press(linked.reader, panel, "Vote")
    refused = texts(await (await linked.reader.submit(opened, {"vote": "5"})).message())
    assert refused == "The form was about the list of the token that was linked before."
