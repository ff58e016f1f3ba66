"""What somebody's Discord sends that still knows the commands of another version, or has a form of one open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bot.playground.engine import Exchange, texts
from bot.playground.engine.interactions import AUTOCOMPLETE, COMMAND, MODAL_SUBMIT, begin
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


def list_commands(one: Payload, path: str = "") -> Iterator[tuple[str, list[Payload]]]:
    """A command with its options, or all that are in it."""
    here = f"{path} {one['name']}".strip()
    within = [part for part in one.get("options", []) if part["type"] in {_SUBCOMMAND, _GROUP}]
    if within or one.get("type", 1) not in {_SUBCOMMAND, _GROUP}:
        for part in within:
            yield from list_commands(part, here)
    else:
        yield here, one.get("options", [])


def build_option(place: Place, option: Payload, value: object) -> Payload | None:
    """An option with that value; None: with one that it takes if it is needed, else not at all."""
    if value is None:
        if not option.get("required"):
            return None
        choices = option.get("choices")
        value = choices[0]["value"] if choices else {_TEXT: "v17", 7: place.general.id}.get(option["type"], 1)
    return {"type": option["type"], "name": option["name"], "value": value}


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


async def test_a_choice_of_another_version_ends_in_a_sentence(place: Place) -> None:
    """Every option with choices, also of numbers."""
    tried = 0
    for root in place.world.commands:
        for path, options in list_commands(root):
            for option in options:
                if not option.get("choices"):
                    continue
                value = "gone" if option["type"] == _TEXT else 77
                typed = [build_option(place, one, value if one is option else None) for one in options]
                data = build_typed(place, path)
                leaf = data
                while leaf.get("options"):
                    leaf = leaf["options"][0]
                leaf["options"] = [one for one in typed if one is not None]
                exchange = Exchange(place.world, begin(place.world, place.reader.user, place.general, COMMAND, data))
                await exchange.acknowledged()
                said = texts(await exchange.message())
                assert said.endswith("is none of those to choose from; if it was, reload Discord (Ctrl+R)."), path
                tried += 1
    assert tried > 50


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
