"""Settings of a server of which Discord tells the bot nothing, or nothing yet: nobody is told what may be false."""

from __future__ import annotations

import pytest

from bot.playground.engine import texts
from tests.flow.conftest import Place
from tests.flow.preview_message import leave_guild
from tests.flow.setting_message import SAVED, Panel, open_panel, open_where, read_rows, use_forged
from tests.flow.test_greeting import greet

NO_MEMBER, NOT_TOLD = "Shiori is not a member of this server", "Discord has not told Shiori of this server yet."


@pytest.mark.parametrize("command", ["settings server", "settings channel", "settings why"])
async def test_what_discord_has_not_told_yet_is_not_said_to_be_gone(unconnected: Place, command: str) -> None:
    place = unconnected
    async with place.connected():
        panel = await open_where(place)
        await panel.set("setr:s:roles", place.world.moderators)
        await panel.set("setc:s:channels", place.general)
    place.world.guild_after_s = 30.0
    async with place.connected():
        said = texts(await (await place.moderator.slash(place.general, command)).message())
    assert NOT_TOLD in said
    assert not any(wrong in said for wrong in ("no longer exists", "not one of this server", "you have none of them"))


async def test_who_lacks_the_permission_is_told_that_first(unconnected: Place) -> None:
    unconnected.world.guild_after_s = 30.0
    async with unconnected.connected():
        said = texts(await (await unconnected.reader.slash(unconnected.general, "settings server")).message())
    assert "Manage Server" in said


@pytest.mark.parametrize("pressed", ["sw:s:vndb:off", "setr:s:roles", "tags:s:blocked_tags", "panelb:s", "why"])
async def test_nothing_can_be_chosen_where_the_bot_is_no_member(place: Place, pressed: str) -> None:
    panel = await open_panel(place.moderator, place.general)
    await leave_guild(place)
    said = texts(await (await use_forged(place, panel, place.moderator.user, pressed)).message())
    assert NO_MEMBER in said
    assert SAVED not in said
    assert read_rows(place) == []


async def test_nothing_is_switched_below_a_greeting_of_a_server_that_the_bot_left(place: Place) -> None:
    greeting = await greet(place)
    await leave_guild(place)
    said = texts(await (await place.moderator.press(greeting, "greet:links:off")).message())
    assert NO_MEMBER in said
    assert not [row for row in read_rows(place) if "vndb" in row]


async def test_ones_own_settings_can_be_chosen_there_all_the_same(place: Place) -> None:
    await leave_guild(place)
    opened = await place.reader.slash(place.general, "me", user_install=True)
    panel = Panel(place.reader, await opened.message())
    assert SAVED in await panel.set("set:me:title_language", "native")
