"""What somebody's Discord sends that still knows the commands of another version, or has a form of one open."""

from __future__ import annotations

from typing import Any

import pytest

from bot.playground.engine import Exchange, texts
from bot.playground.engine.interactions import AUTOCOMPLETE, MODAL_SUBMIT, begin
from tests.flow.conftest import Place
from tests.flow.setting_message import open_panel

Payload = dict[str, Any]

_TEXT, _SUBCOMMAND, _GROUP = 3, 1, 2


def build_typed(place: Place, path: str, *options: str) -> Payload:
    """What is sent while somebody types into the last of these options of a command."""
    root, *groups = path.split()
    typed: list[Payload] = [
        {"type": _TEXT, "name": name, "value": "ever", "focused": name == options[-1]} for name in options
    ]
    for depth, name in reversed(list(enumerate(groups, 1))):
        typed = [{"type": _SUBCOMMAND if depth == len(groups) else _GROUP, "name": name, "options": typed}]
    found = next((one["id"] for one in place.world.commands if one["name"] == root), place.world.new_id())
    return {"id": found, "name": root, "type": 1, "options": typed}


async def suggest(place: Place, data: Payload) -> list[Payload] | None:
    exchange = Exchange(place.world, begin(place.world, place.reader.user, place.general, AUTOCOMPLETE, data))
    await exchange.acknowledged()
    return exchange.choices


@pytest.mark.parametrize(
    ("path", "options"),
    [
        ("vn info", ["name"]),  # it is called otherwise
        ("vn search", ["title", "released_after"]),  # it has no suggestions
        ("vn info", []),  # nothing is typed into
        ("vn lookup", ["title"]),
        ("vn character", ["name"]),
        ("novel info", ["title"]),
    ],
    ids=str,
)
async def test_for_an_option_that_there_is_no_more_nothing_is_suggested(
    shared: Place, path: str, options: list[str]
) -> None:
    assert await suggest(shared, build_typed(shared, path, *options)) == []


async def test_for_one_that_there_is_suggestions_come_beside_one_that_is_gone(shared: Place) -> None:
    assert await suggest(shared, build_typed(shared, "vn search", "gone", "title"))


@pytest.mark.parametrize("custom_id", ["tags-modal:x9:blocked_tags", "number:1:2:3:v17", "link-modal:Elsewhere", "x"])
@pytest.mark.parametrize("below", [True, False])
async def test_a_form_that_nobody_reads_ends_in_a_sentence(shared: Place, custom_id: str, below: bool) -> None:
    """Below a message, or opened by a command."""
    panel = await open_panel(shared.reader, shared.general, "me")
    source = shared.world.messages[panel.message["id"]] if below else None
    data: Payload = {"custom_id": custom_id, "components": []}
    begun = begin(shared.world, shared.reader.user, shared.general, MODAL_SUBMIT, data, source=source)
    exchange = Exchange(shared.world, begun)
    await exchange.acknowledged()
    assert "form is from another version of Shiori; use the command again" in texts(await exchange.message())
    assert exchange.ephemeral
