"""What people do to link accounts and to show them: by the panel that `/me` leads to."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

from bot.playground.engine import Channel, Exchange, Person, texts
from tests.flow.conftest import Place
from tests.flow.setting_message import Panel, open_panel

Payload = dict[str, Any]


async def open_accounts(place: Place, person: Person | None = None, where: Channel | None = None) -> Panel:
    """The panel of what somebody linked."""
    panel = await open_panel(person or place.reader, where or place.general, "me")
    assert "## Your lists" in await panel.press("acc:open")
    return panel


async def type_name(panel: Panel, service: str, name: str) -> Exchange:
    """Type a name into the modal of a service."""
    opened = await panel.person.press(panel.message, f"acc:link:{service}")
    return await panel.person.submit(opened, {"name": name})


async def link(place: Place, service: str, name: str, *, by: Person | None = None, show: bool = False) -> str:
    """Have somebody link an account, and show it to the server. Returns what the panel says then."""
    panel = await open_accounts(place, by)
    panel.message = await (await type_name(panel, service, name)).message()
    assert "✅ Linked" in panel.text
    return await panel.press("acc:show") if show else panel.text


async def ask(place: Place, command: str, /, *, by: Person | None = None, **options: Any) -> tuple[str, bool]:
    """What a command answers, and whether to the asker alone."""
    where = options.pop("where", place.general)
    exchange = await (by or place.reader).slash(where, command, **options)
    return texts(await exchange.message()), exchange.ephemeral


def read_table(place: Place, name: str) -> list[tuple[Any, ...]]:
    """The rows of a table."""
    with closing(sqlite3.connect(place.data_dir / "shiori.db")) as connection:
        return list(connection.execute(f"SELECT * FROM {name}"))  # noqa: S608
