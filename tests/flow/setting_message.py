"""What people do with panels of settings: open one, set something in it, read what it says."""

from __future__ import annotations

import asyncio
import copy
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from bot.gate.declaration import Level
from bot.playground.engine import Channel, Exchange, Person, Role, User, find_by_custom_id, find_component, texts
from bot.playground.engine.components import ACTION_ROW, BUTTON, STRING_SELECT
from bot.playground.engine.interactions import COMPONENT, begin
from bot.settings.form import find_page, parse_scope
from tests.flow.conftest import Place
from tests.flow.preview_message import list_replies, post

Payload = dict[str, Any]
Value = str | User | Role | Channel

_ROLES, _CHANNELS = 6, 8
_KINDS = {
    **dict.fromkeys(("set", "panel"), STRING_SELECT),
    **dict.fromkeys(("setc", "panelc"), _CHANNELS),
    **dict.fromkeys(("tags", "panelb", "me", "sw", "why"), BUTTON),
    "setr": _ROLES,
}

SAVED = "✅ Saved"


@dataclass
class Panel:
    """A panel as one person sees it, with what was done to it."""

    person: Person
    message: Payload

    @property
    def text(self) -> str:
        return texts(self.message)

    async def set(self, name: str, *values: Value) -> str:
        """Pick values of the select with that custom id, or turn what is a switch. Returns what the panel says then."""
        await self.turn_to(name)
        if self._find_switch(name) is not None:
            return await self._switch(name, str(values[0]))
        return await self._follow(await self.person.select(self.message, name, values))

    async def _switch(self, name: str, wanted: str) -> str:
        """Press a switch; one that stands so is pressed twice."""
        if self.read(name) == [wanted]:
            await self._switch(name, "off" if wanted == "on" else "on")
        return await self.press(f"{name.replace('set:', 'sw:', 1)}:{wanted}")

    def _find_switch(self, name: str) -> Payload | None:
        beginning = f"{name.replace('set:', 'sw:', 1)}:"
        return find_component(self.message, lambda one: str(one.get("custom_id", "")).startswith(beginning))

    async def turn_to(self, name: str) -> None:
        """Turn to the page on which a setting stands, if it is not shown."""
        kind, scope, setting = [*name.split(":"), "", ""][:3]
        if kind in ("panel", "") or self._has(name):
            return
        whose = parse_scope(scope)
        page = find_page(whose.level, setting) if whose else ""
        if page and find_by_custom_id(self.message, f"panel:{scope}") is not None:
            await self._follow(await self.person.select(self.message, f"panel:{scope}", [page]))

    def _has(self, name: str) -> bool:
        return find_by_custom_id(self.message, name) is not None or self._find_switch(name) is not None

    async def press(self, name: str) -> str:
        """Press the button with that custom id."""
        return await self._follow(await self.person.press(self.message, name))

    async def type_tags(self, scope: str, *tags: str) -> str:
        """Replace the blocked tags in the modal."""
        return await self._follow(await self.submit_tags(scope, *tags))

    async def submit_tags(self, scope: str, *tags: str) -> Exchange:
        await self.turn_to(f"tags:{scope}:blocked_tags")
        opened = await self.person.press(self.message, f"tags:{scope}:blocked_tags")
        return await self.person.submit(opened, {"tags0": "\n".join(tags)})

    def read(self, name: str) -> list[str]:
        """The values that the select with that custom id, or a switch, shows as chosen."""
        if (switch := self._find_switch(name)) is not None:
            return [switch["label"].lower()]
        select = find_by_custom_id(self.message, name)
        assert select is not None, f"there is no select {name!r}"
        chosen = [str(option["value"]) for option in select.get("options") or () if option.get("default")]
        return chosen + [str(one["id"]) for one in select.get("default_values") or ()]

    async def _follow(self, exchange: Exchange) -> str:
        self.message = await exchange.message()
        return self.text


async def open_panel(person: Person, where: Channel, command: str = "settings server", /, **options: Any) -> Panel:
    """Use the command that shows a panel."""
    exchange = await person.slash(where, command, **options)
    assert exchange.ephemeral
    return Panel(person, await exchange.message())


async def open_where(place: Place) -> Panel:
    """The page of the server's panel with channels, roles and tags."""
    panel = await open_panel(place.moderator, place.general)
    await panel.set("panel:s", "where")
    return panel


async def choose_for_server(place: Place, page: str, name: str, *values: Value) -> None:
    """Have a moderator set something for the whole server."""
    panel = await open_panel(place.moderator, place.general)
    await panel.set("panel:s", page)
    assert SAVED in await panel.set(name, *values)


async def choose_for_channel(place: Place, channel: Channel, field: str, value: str) -> None:
    """Have a moderator set something for one channel."""
    panel = await open_panel(place.moderator, place.general, "settings channel", channel=channel)
    assert SAVED in await panel.set(f"set:c{channel.id}:{field}", value)


async def set_own(place: Place, person: Person, field: str, value: str) -> None:
    """Have somebody set something for themselves."""
    assert SAVED in await (await open_panel(person, place.world.general, "me")).set(f"set:me:{field}", value)


async def use_forged(place: Place, panel: Panel, user: User, custom_id: str, values: Sequence[str] = ()) -> Exchange:
    """Use a component that this panel has not, as if it had, or another person's, as no client of Discord's would."""
    kind = _KINDS[custom_id.partition(":")[0]]
    component: Payload = {"type": kind, "id": 99, "custom_id": custom_id}
    component |= {"style": 2, "label": "Forged"} if kind == BUTTON else {"options": []} if kind == STRING_SELECT else {}
    shown = copy.deepcopy(place.world.messages[panel.message["id"]])
    shown.payload["components"].append({"type": ACTION_ROW, "id": 98, "components": [component]})
    data = {"custom_id": custom_id, "component_type": kind, "id": 99, "values": list(values)}
    channel = place.world.channels[shown.channel.id]
    exchange = Exchange(place.world, begin(place.world, user, channel, COMPONENT, data, source=shown))
    await exchange.acknowledged()
    return exchange


async def ask_preview(person: Person, channel: Channel, text: str) -> str:
    """What the menu says to whoever asks for the links of a new message."""
    message = await person.post(channel, text)
    return texts(await (await person.context_menu(channel, "Preview links", message)).message())


async def read_reply(place: Place, channel: Channel, text: str, *, by: Person | None = None) -> str:
    """Post a message (the reader does). Returns what the bot replies to it; empty if that is nothing."""
    message = await post(place, channel, text, by=by)
    replies = {one["message_reference"]["message_id"]: one for one in list_replies(place, channel)}
    return texts(replies[message["id"]]) if message["id"] in replies else ""


async def read_why(place: Place, channel: Channel, person: Person | None = None) -> str:
    """What `/settings why` says to a moderator."""
    return texts(await (await (person or place.moderator).slash(channel, "settings why")).message())


def read_rows(place: Place) -> list[str]:
    """Every row that the bot has stored, as text."""
    with closing(sqlite3.connect(place.data_dir / "shiori.db")) as connection:
        tables = ("setting", "preview", "note", "follow", "notice", "account", "opt_in", "kept_list", "listed_work")
        return [repr(row) for table in tables for row in connection.execute(f"SELECT * FROM {table}")]  # noqa: S608


async def damage(place: Place, level: Level, id_: str, document: str) -> None:
    """Have something else stand where settings do, and the bot read it."""
    guild = "NULL" if level == "person" else place.world.guild_id
    await asyncio.to_thread(
        run_sql,
        place,
        # Both at once: a bot that read the number between would have seen the row, too.
        "UPDATE revision SET number = number + 1",
        "INSERT OR REPLACE INTO setting (kind, id, guild_id, document, revision) "  # noqa: S608
        f"SELECT '{level}', {id_}, {guild}, '{document}', number FROM revision",
    )
    await place.shiori.store.refresh()


async def rename_table(place: Place, old: str, new: str) -> None:
    # In a thread: the bot may be in the middle of a transaction, which this waits for.
    await asyncio.to_thread(run_sql, place, f"ALTER TABLE {old} RENAME TO {new}")


def run_sql(place: Place, *statements: str) -> None:
    with closing(sqlite3.connect(place.data_dir / "shiori.db", timeout=5)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
