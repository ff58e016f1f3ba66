"""What gives away more than a place is to know is shown to who asked alone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.flow.conftest import Place
from tests.flow.preview_message import set_reader, set_server
from tests.flow.vn_message import choose

EPHEMERAL = 64
COMMANDS: list[tuple[str, dict[str, Any]]] = [
    ("vn info", {"title": "v17"}),
    ("vn search", {"title": "Steins"}),
    ("vn random", {}),
    ("vn top", {}),
    ("vn quote", {"title": "v17"}),
    ("vn character info", {"name": "c34"}),
    ("vn character search", {"name": "a"}),
    ("vn character random", {}),
    ("vn release info", {"title": "omni"}),
    ("vn staff info", {"name": "s1"}),
    ("vn producer info", {"name": "p24"}),
    ("vn tag info", {"name": "g23"}),
    ("vn trait info", {"name": "i1"}),
]


async def is_private(place: Place, command: str, **options: Any) -> bool:
    exchange = await place.reader.slash(place.general, command, **options)
    return bool((await exchange.message()).get("flags", 0) & EPHEMERAL)


@pytest.mark.parametrize(("command", "options"), COMMANDS, ids=[command for command, _ in COMMANDS])
async def test_a_command_that_asks_for_more_is_answered_privately(
    shared: Place, command: str, options: dict[str, Any]
) -> None:
    for_all = await shared.reader.slash(shared.general, command, **options)
    await for_all.acknowledged()
    alone = await shared.reader.slash(shared.general, command, **options, spoilers=2)
    await alone.acknowledged()
    assert (for_all.ephemeral, alone.ephemeral) == (False, True)


async def test_these_are_all_commands_with_that_option(shared: Place) -> None:
    found = [name for one in shared.world.commands for name in list_asking(one)]
    assert sorted(found) == sorted(command for command, _ in COMMANDS)


def list_asking(told: dict[str, Any]) -> list[str]:
    """The commands of what Discord was told that take spoilers, by their whole names."""
    parts: list[dict[str, Any]] = told.get("options", [])
    here = [told["name"]] if any(part["name"] == "spoilers" for part in parts) else []
    return here + [f"{told['name']} {name}" for part in parts if part["type"] <= 2 for name in list_asking(part)]


async def test_what_the_place_wants_is_for_all(shared: Place) -> None:
    assert not await is_private(shared, "vn info", title="v17")
    assert not await is_private(shared, "vn info", title="v17", spoilers=0)
    await set_server(shared, spoiler_level=1)
    assert not await is_private(shared, "vn info", title="v17", spoilers=1)
    assert await is_private(shared, "vn info", title="v17", spoilers=2)
    message = await (await shared.reader.slash(shared.world.dm, "vn info", title="v17", spoilers=2)).message()
    assert message["channel_id"] == shared.world.dm.id


async def test_one_s_own_choice_of_more_is_for_oneself(shared: Place) -> None:
    await set_reader(shared, spoiler_level=2)
    assert await is_private(shared, "vn info", title="v17")
    await set_server(shared, spoiler_level=2)
    assert not await is_private(shared, "vn info", title="v17")


async def test_a_page_of_a_public_card_is_the_asker_s_alone_once_the_place_wants_less(shared: Place) -> None:
    await set_server(shared, spoiler_level=2)
    card = await (await shared.reader.slash(shared.general, "vn info", title="v17", spoilers=2)).message()
    await set_server(shared, spoiler_level=0)
    turned = await choose(shared.reader, card, "v17/characters~1b")
    assert turned.ephemeral
    assert (await turned.message())["id"] != card["id"]
