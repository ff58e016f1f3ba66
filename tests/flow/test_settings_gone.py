"""What is stored goes with its server or channel, and is followed across processes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

import pytest

from bot.app import build_bot
from bot.gate.chosen import NOTHING_CHOSEN
from bot.gate.setting import GALLERIES
from bot.playground.engine import Channel, RestFault
from bot.playground.engine.model import CATEGORY
from bot.playground.service import Sample
from tests.flow.conftest import Place
from tests.flow.follow_message import AIRING, say
from tests.flow.preview_message import finish_work, leave_guild, post, settle
from tests.flow.setting_message import (
    choose_for_channel,
    choose_for_server,
    open_panel,
    open_where,
    read_rows,
    read_why,
    rename_table,
    set_own,
)

# What is polled once a second, and a machine with other things to do.
FOLLOWED_WITHIN_S = 2.5


async def follow(reached: Callable[[], bool]) -> None:
    async with asyncio.timeout(FOLLOWED_WITHIN_S):
        while not reached():  # noqa: ASYNC110 - there is no event for what another process stores
            await asyncio.sleep(0.01)


async def fill(place: Place) -> None:
    await choose_for_server(place, "previews", "set:s:vndb", "off")
    await choose_for_channel(place, place.world.after_dark, "vndb", "off")
    gallery = place.services.ehentai.library[Sample.PLAIN].url
    for channel in (place.world.after_dark, place.world.after_dark_thread):
        await post(place, channel, gallery)


async def test_nothing_of_a_server_is_kept_when_the_bot_leaves_it(place: Place) -> None:
    await fill(place)
    assert any(place.world.guild_id in row for row in read_rows(place))
    await leave_guild(place)
    assert read_rows(place) == []


async def test_nothing_is_kept_of_a_server_that_the_bot_left_while_it_was_away(unconnected: Place) -> None:
    async with unconnected.connected():
        await fill(unconnected)
        await set_own(unconnected, unconnected.reader, "previews", "off")
    unconnected.world.bot_in_guild = False
    async with unconnected.connected():
        await unconnected.shiori.wait_until_ready()
        await follow(lambda: not any(unconnected.world.guild_id in row for row in read_rows(unconnected)))
        assert [row for row in read_rows(unconnected) if unconnected.reader.user.id in row]


async def test_a_server_that_is_away_at_the_moment_keeps_everything(unconnected: Place) -> None:
    async with unconnected.connected():
        await fill(unconnected)
        before = read_rows(unconnected)
    unconnected.world.guild_after_s = 30.0  # Discord names it, and tells nothing of it yet
    async with unconnected.connected():
        await unconnected.shiori.wait_until_ready()
        await finish_work()
        assert read_rows(unconnected) == before


async def keep_in_channel_and_thread(place: Place) -> tuple[Channel, Channel]:
    """Have something chosen for a channel, and a series followed in a thread of another one."""
    channel = place.world.after_dark
    thread = place.world.create_thread(place.general, "Tonight")
    await choose_for_channel(place, channel, "vndb", "off")
    await say(place.moderator, place.general, "follow anime", title=f"#{AIRING}", channel=thread)
    assert all(any(one.id in row for row in read_rows(place)) for one in (channel, thread))
    return channel, thread


async def test_nothing_is_kept_of_channels_that_were_deleted_while_the_bot_was_away(
    unconnected: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.settings.panel.ASK_EVERY_S", 0.05)
    async with unconnected.connected():
        kept = await keep_in_channel_and_thread(unconnected)
    for one in kept:
        unconnected.world.remove_channel(one)
    async with unconnected.connected():
        await unconnected.shiori.wait_until_ready()
        await follow(lambda: not any(one.id in row for one in kept for row in read_rows(unconnected)))
        panel = await open_panel(unconnected.moderator, unconnected.general)
        assert f"<#{kept[0].id}>" not in panel.text


@pytest.mark.parametrize("status", [0, 403, 404, 503])
async def test_of_a_channel_that_discord_does_not_say_is_deleted_everything_is_kept(
    unconnected: Place, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    monkeypatch.setattr("bot.settings.panel.ASK_EVERY_S", 0.05)
    async with unconnected.connected():
        kept = await keep_in_channel_and_thread(unconnected)
        before = read_rows(unconnected)
    unconnected.world.change_channel(kept[1], archived=True)  # Discord tells of it only who asks
    unconnected.world.remove_channel(kept[0])
    path = f"/channels/{kept[0].id}$"
    unconnected.world.rest_faults.append(RestFault(status, count=1000, method="GET", path=path))
    async with unconnected.connected():
        await unconnected.shiori.wait_until_ready()
        asked = [f"/channels/{one.id}" for one in kept[: 2 if status else 1]]
        await follow(lambda: all(any(one.path.endswith(path) for one in unconnected.world.requests) for path in asked))
        await finish_work()
        assert read_rows(unconnected) == before


async def test_another_bot_on_the_same_database_deletes_nothing(
    unconnected: Place, caplog: pytest.LogCaptureFixture
) -> None:
    async with unconnected.connected():
        await fill(unconnected)
    before = read_rows(unconnected)
    async with build_bot(unconnected.build_config()) as other:
        await other.panels.forget_servers(is_in=lambda _: False, bot_id=1)
    assert read_rows(unconnected) == before
    assert "of another bot" in caplog.text


@asynccontextmanager
async def without_settings(place: Place) -> AsyncGenerator[None]:
    """The database refuses meanwhile."""
    await rename_table(place, "setting", "hidden")
    yield
    await rename_table(place, "hidden", "setting")


@pytest.mark.parametrize("comes_back", [False, True])
async def test_a_server_that_left_while_the_database_was_away_is_forgotten_unless_it_came_back(
    place: Place, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, comes_back: bool
) -> None:
    monkeypatch.setattr("bot.store.again.FIRST_WAIT_S", 0.05)
    await fill(place)
    async with without_settings(place):
        place.world.leave_guild()
        await follow(lambda: "may still be stored" in caplog.text)
        if comes_back:
            place.world.join_guild()
            # Before the database takes anything again: what is tried next looks where the bot is by then.
            await follow(lambda: place.shiori.get_guild(int(place.world.guild_id)) is not None)
    if comes_back:
        await open_panel(place.moderator, place.general)
        assert any("vndb" in row for row in read_rows(place))
    else:
        await follow(lambda: not read_rows(place))


async def test_what_people_chose_for_themselves_outlives_the_server(place: Place) -> None:
    await set_own(place, place.reader, "previews", "off")
    await leave_guild(place)
    assert [row for row in read_rows(place) if place.reader.user.id in row]


async def test_a_server_that_is_joined_again_begins_anew(place: Place) -> None:
    await fill(place)
    await leave_guild(place)
    place.world.join_guild()
    panel = await open_panel(place.moderator, place.general)
    assert panel.read("set:s:vndb") == ["on"]


async def test_nothing_of_a_channel_and_its_threads_is_kept_when_it_is_deleted(place: Place) -> None:
    await fill(place)
    gone = (place.world.after_dark.id, place.world.after_dark_thread.id)
    place.world.remove_channel(place.world.after_dark)
    await settle(place)
    assert [row for row in read_rows(place) if any(one in row for one in gone)] == []
    assert (await open_panel(place.moderator, place.general)).read("set:s:vndb") == ["off"]


async def test_nothing_of_a_thread_is_kept_when_it_is_deleted(place: Place) -> None:
    await fill(place)
    thread = place.world.after_dark_thread
    place.world.remove_channel(thread)
    await settle(place)
    assert [row for row in read_rows(place) if thread.id in row] == []
    assert [row for row in read_rows(place) if place.world.after_dark.id in row]


async def test_a_listed_channel_that_is_deleted_is_said_to_be(place: Place) -> None:
    listed = place.world.create_channel("Late", kind=CATEGORY)
    panel = await open_where(place)
    await panel.set("setc:s:channels", listed)
    place.world.remove_channel(listed)
    panel = await open_where(place)
    assert "A listed channel no longer exists" in panel.text
    assert "no longer exists" not in await panel.set("setc:s:channels", place.general)


async def test_a_chosen_role_that_is_deleted_is_said_to_be(place: Place) -> None:
    role = place.world.create_role("Readers")
    panel = await open_where(place)
    assert "no longer exists" not in await panel.set("setr:s:roles", role)
    place.world.emit("GUILD_ROLE_DELETE", {"guild_id": place.world.guild_id, "role_id": role.id})
    del place.world.roles[role.id]
    panel = await open_where(place)
    assert "A role that was chosen here no longer exists" in panel.text
    assert "no longer exists" not in await panel.set("setr:s:roles", place.world.moderators)


async def test_what_another_process_changes_is_followed(place: Place) -> None:
    guild_id = int(place.world.guild_id)
    async with build_bot(place.build_config()) as other:
        await choose_for_server(place, "previews", "set:s:galleries", "off")
        await follow(lambda: other.store.server(guild_id).get(GALLERIES) is False)
        await other.store.change_server(guild_id, lambda _: NOTHING_CHOSEN)
        await follow(lambda: place.shiori.store.server(guild_id) == NOTHING_CHOSEN)
    assert "since this channel is age-restricted" in await read_why(place, place.world.after_dark)
