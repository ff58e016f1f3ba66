"""What happened to messages with previews while the bot was not connected is made up for when it is again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bot.playground.engine import Channel, Permission, Person, RestFault, Role, World, texts
from bot.playground.engine.permission import ALL_PERMISSIONS, EVERYONE
from bot.playground.service import Sample
from tests.flow.conftest import Place
from tests.flow.preview_message import (
    REMOVE,
    Change,
    delete,
    edit_around,
    edit_to_another,
    edit_to_nothing,
    exists,
    find_url,
    finish_work,
    list_calls,
    list_gids,
    list_replies,
    post,
    preview,
    set_reader,
    set_server,
    settle,
    wait_until,
)
from tests.flow.setting_message import open_where, rename_table

Payload = dict[str, Any]


async def come_back(place: Place) -> None:
    """Wait until the bot, which is connected again, has looked at what it missed."""
    await place.shiori.wait_until_ready()
    await settle(place)


def list_shown(place: Place, channel: Channel | None = None) -> list[list[int]]:
    return [list_gids(reply) for reply in list_replies(place, channel or place.world.after_dark)]


async def _open_channel(place: Place, message: Payload) -> list[list[int]]:
    place.world.set_nsfw(place.world.channels[message["channel_id"]], False)
    return []


async def _nothing(place: Place, message: Payload) -> list[list[int]]:
    return [[Sample.PLAIN]]


@pytest.mark.parametrize("change", [edit_to_another, edit_to_nothing, edit_around, delete, _open_channel, _nothing])
async def test_a_reply_is_what_its_message_became(unconnected: Place, change: Change) -> None:
    async with unconnected.connected():
        message, _ = await preview(unconnected, find_url(unconnected, Sample.PLAIN))
    wanted = await change(unconnected, message)
    async with unconnected.connected():
        await come_back(unconnected)
        assert list_shown(unconnected) == wanted


async def test_a_database_that_is_away_at_the_start_only_delays_it(
    unconnected: Place, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("bot.store.again.FIRST_WAIT_S", 0.05)
    async with unconnected.connected():
        message, _ = await preview(unconnected, find_url(unconnected, Sample.PLAIN))
    await edit_to_nothing(unconnected, message)
    await rename_table(unconnected, "preview", "hidden")
    async with unconnected.connected():
        await wait_until(lambda: "stay as they are" in caplog.text)
        assert list_shown(unconnected) == [[Sample.PLAIN]]
        await rename_table(unconnected, "hidden", "preview")
        await wait_until(lambda: list_shown(unconnected) == [])


@pytest.mark.parametrize("change", [edit_to_another, delete])
async def test_so_it_is_in_direct_messages(unconnected: Place, change: Change) -> None:
    dm = unconnected.world.dm
    async with unconnected.connected():
        await set_reader(unconnected, dm_galleries=True)
        message, _ = await preview(unconnected, find_url(unconnected, Sample.PLAIN), channel=dm)
    wanted = await change(unconnected, message)
    async with unconnected.connected():
        await come_back(unconnected)
        assert list_shown(unconnected, dm) == wanted


async def test_a_thread_that_is_gone_is_forgotten(unconnected: Place) -> None:
    thread = unconnected.world.create_thread(unconnected.world.after_dark, "Short")
    async with unconnected.connected():
        message, _ = await preview(unconnected, find_url(unconnected, Sample.PLAIN), channel=thread)
    unconnected.world.remove_channel(thread)
    async with unconnected.connected():
        await come_back(unconnected)
        assert await unconnected.shiori.preview_records.find_preview(int(message["id"])) is None


async def test_whoever_lost_the_role_has_no_new_card_and_whoever_has_it_keeps_theirs(unconnected: Place) -> None:
    role = unconnected.world.create_role("Collectors")
    collector = Person(unconnected.world, unconnected.world.create_user("collector", roles=[role]))
    former = Person(unconnected.world, unconnected.world.create_user("former", roles=[role]))
    channel, url = unconnected.world.after_dark, find_url(unconnected, Sample.PLAIN)
    async with unconnected.connected():
        await set_server(unconnected, roles=(int(role.id),))
        messages = [(person, await person.post(channel, url)) for person in (collector, former)]
        await settle(unconnected)
        assert list_shown(unconnected) == [[Sample.PLAIN], [Sample.PLAIN]]
    unconnected.world.change_roles(former.user, [])
    for person, message in messages:
        await person.edit(message, find_url(unconnected, Sample.MANGA))
    async with unconnected.connected():
        await come_back(unconnected)
        assert list_shown(unconnected) == [[Sample.MANGA]]


async def test_a_removed_preview_stays_removed(unconnected: Place) -> None:
    async with unconnected.connected():
        message, reply = await preview(unconnected, find_url(unconnected, Sample.PLAIN))
        await unconnected.reader.press(reply, REMOVE)
        await settle(unconnected)
    await unconnected.reader.edit(message, find_url(unconnected, Sample.MANGA))
    async with unconnected.connected():
        await come_back(unconnected)
        assert list_shown(unconnected) == []


async def test_without_the_intent_nobody_knows_what_was_edited_but_what_was_deleted(unconnected: Place) -> None:
    async with unconnected.connected():
        edited, stays = await preview(unconnected, find_url(unconnected, Sample.PLAIN))
        deleted = await unconnected.reader.post(unconnected.world.after_dark, find_url(unconnected, Sample.MANGA))
        await settle(unconnected)
    await unconnected.reader.edit(edited, "never mind")
    await unconnected.reader.delete(deleted)
    unconnected.world.privileged_intents = 0
    async with unconnected.connected(message_content=False):
        await come_back(unconnected)
        assert list_shown(unconnected) == [[Sample.PLAIN]]
        assert exists(unconnected, stays)


async def test_without_the_intent_an_edit_whose_text_is_not_told_takes_no_preview_away(unconnected: Place) -> None:
    place = unconnected
    async with place.connected():
        edited, _ = await preview(place, find_url(place, Sample.PLAIN))
        deleted = await place.reader.post(place.world.after_dark, find_url(place, Sample.MANGA))
        await settle(place)
    place.world.privileged_intents = 0
    async with place.connected(message_content=False):
        await come_back(place)
        await place.reader.edit(edited, "never mind")
        await place.reader.delete(deleted)
        await settle(place)
        assert list_shown(place) == [[Sample.PLAIN]]


@pytest.mark.parametrize("edited", [True, False])
async def test_without_the_intent_a_card_goes_that_may_have_a_tag_which_is_blocked_now(
    unconnected: Place, edited: bool
) -> None:
    place = unconnected
    if not edited:
        async with place.connected():
            await preview(place, find_url(place, Sample.PLAIN))
    place.world.privileged_intents = 0
    async with place.connected(message_content=False):
        if edited:
            message, _ = await preview(place, f"<@{place.world.bot.id}> {find_url(place, Sample.PLAIN)}")
            await place.reader.edit(message, "never mind")
        await come_back(place)
        assert list_shown(place) == [[Sample.PLAIN]]
        await (await open_where(place)).type_tags("s", "glasses")
        await wait_until(lambda: list_shown(place) == [])


async def test_without_the_intent_a_card_that_was_being_changed_at_the_last_stop_stays(
    unconnected: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.preview.catch_up.ARRIVES_WITHIN_S", 0.05)
    async with unconnected.connected():
        message, _ = await preview(unconnected, find_url(unconnected, Sample.PLAIN))
        records = unconnected.shiori.preview_records
        record = await records.find_preview(int(message["id"]))
        assert record is not None
        await records.note_change(record)
    unconnected.world.privileged_intents = 0
    async with unconnected.connected(message_content=False):
        await wait_until(lambda: len(list_calls(unconnected, "GET", f"/messages/{message['id']}")) > 1)
        await come_back(unconnected)
        assert list_shown(unconnected) == [[Sample.PLAIN]]


@pytest.mark.parametrize("connected", [True, False])
@pytest.mark.parametrize("where", ["after_dark", "dm"])
async def test_without_the_intent_a_preview_follows_what_is_said_to_the_bot(
    unconnected: Place, where: str, connected: bool
) -> None:
    """Of such messages Discord tells all, at the gateway as when they are fetched."""
    place, channel = unconnected, getattr(unconnected.world, where)
    addressed = "" if where == "dm" else f"<@{place.world.bot.id}> "
    place.world.privileged_intents = 0
    async with place.connected(message_content=False):
        message = await post(place, channel, f"{addressed}https://vndb.org/v17")
        if connected:
            await place.reader.edit(message, f"{addressed}https://vndb.org/v2002")
            await settle(place)
    if not connected:
        await place.reader.edit(message, f"{addressed}https://vndb.org/v2002")
    async with place.connected(message_content=False):
        await come_back(place)
        assert ["STEINS;GATE" in texts(reply) for reply in list_replies(place, channel)] == [True]


async def test_a_message_that_discord_does_not_show_keeps_its_preview(unconnected: Place) -> None:
    async with unconnected.connected():
        message, _ = await preview(unconnected, find_url(unconnected, Sample.PLAIN))
    fault = RestFault(403, method="GET", path=f"/messages/{message['id']}$")
    unconnected.world.rest_faults.append(fault)
    async with unconnected.connected():
        await come_back(unconnected)
        assert list_shown(unconnected) == [[Sample.PLAIN]]
    assert fault.count == 0


async def test_a_message_that_cannot_be_looked_at_is_looked_at_a_little_later(
    unconnected: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.preview.catch_up._TRY_AGAIN_AFTER_S", (0.05,) * 3)
    async with unconnected.connected():
        message, _ = await preview(unconnected, find_url(unconnected, Sample.PLAIN))
    await delete(unconnected, message)
    path = rf"/messages/{message['id']}"
    unconnected.world.rest_faults.append(RestFault(0, count=2, method="GET", path=path))
    async with unconnected.connected():
        await wait_until(lambda: list_shown(unconnected) == [])
        assert len(list_calls(unconnected, "GET", path)) > 2


async def test_what_an_outage_of_discord_swallowed_is_made_up_for(place: Place) -> None:
    message, _ = await preview(place, find_url(place, Sample.PLAIN))
    del place.world.messages[message["id"]]  # and nobody is told
    place.world.emit("GUILD_DELETE", {"id": place.world.guild_id, "unavailable": True})
    place.world.emit("GUILD_CREATE", {**place.world.guild_payload(), "unavailable": False})
    await settle(place)
    assert list_shown(place) == []


def _change_role(world: World, role: Role, permissions: int) -> None:
    role.permissions = permissions
    world.emit("GUILD_ROLE_UPDATE", {"guild_id": world.guild_id, "role": role.payload()})


def _allow_bot(world: World) -> None:
    world.grant(world.after_dark, world.bot, Permission.VIEW_CHANNEL)


def _allow_role(world: World) -> None:
    _change_role(world, world.bot_role, EVERYONE)


def _give_role(world: World) -> None:
    seeing = world.create_role("Seeing", EVERYONE)
    world.change_roles(world.bot, [world.bot_role, seeing])


@pytest.mark.parametrize("show", [_allow_bot, _allow_role, _give_role])
async def test_what_became_of_a_message_that_the_bot_could_not_see_is_made_up_for(
    place: Place, show: Callable[[World], None]
) -> None:
    message, _ = await preview(place, find_url(place, Sample.PLAIN))
    for role in (place.world.everyone, place.world.bot_role):
        _change_role(place.world, role, role.permissions & ~Permission.VIEW_CHANNEL)
    await delete(place, message)
    await settle(place)
    show(place.world)
    await settle(place)
    assert list_shown(place) == []


async def test_what_may_not_stand_goes_as_soon_as_the_bot_is_shown_its_channel_again(place: Place) -> None:
    await preview(place, find_url(place, Sample.PLAIN))
    for role in (place.world.everyone, place.world.bot_role):
        _change_role(place.world, role, role.permissions & ~Permission.VIEW_CHANNEL)
    await settle(place)
    place.world.set_nsfw(place.world.after_dark, False)
    await settle(place)
    assert list_shown(place) == [[Sample.PLAIN]]
    _allow_bot(place.world)
    await settle(place)
    assert list_shown(place) == []


async def test_a_role_that_shows_the_bot_nothing_new_has_no_message_looked_at(place: Place) -> None:
    message, _ = await preview(place, find_url(place, Sample.PLAIN))
    _change_role(place.world, place.world.moderators, ALL_PERMISSIONS)
    _change_role(place.world, place.world.bot_role, EVERYONE | Permission.MANAGE_MESSAGES)
    await settle(place)
    assert list_calls(place, "GET", message["id"]) == []


@pytest.mark.parametrize("place_of", ["thread", "post", "channel"])
async def test_a_preview_stays_while_discord_has_not_told_of_its_server(unconnected: Place, place_of: str) -> None:
    world = unconnected.world
    channel = {"thread": world.after_dark_thread, "post": world.after_dark_post, "channel": world.after_dark}[place_of]
    async with unconnected.connected():
        message, _ = await preview(unconnected, find_url(unconnected, Sample.PLAIN), channel=channel)
    await unconnected.reader.edit(message, f"this: {find_url(unconnected, Sample.PLAIN)}")
    world.guild_after_s = 0.5
    async with unconnected.connected():
        await unconnected.shiori.wait_until_ready()
        world.unfurl(world.messages[message["id"]].payload)
        await finish_work()
        assert list_shown(unconnected, channel) == [[Sample.PLAIN]]
        # Not for the event: on a busy machine it may have come already.
        await wait_until(lambda: not unconnected.shiori.guilds[0].unavailable)
        await settle(unconnected)
        assert list_shown(unconnected, channel) == [[Sample.PLAIN]]


@pytest.mark.parametrize(("text", "shown"), [("never mind", []), ("another", [[Sample.MANGA]])])
async def test_an_edit_that_is_heard_of_meanwhile_is_newer_than_what_was_fetched(
    unconnected: Place, text: str, shown: list[list[int]]
) -> None:
    async with unconnected.connected():
        message, _ = await preview(unconnected, find_url(unconnected, Sample.PLAIN))
    await unconnected.reader.edit(message, f"this: {find_url(unconnected, Sample.PLAIN)}")
    fault = RestFault(None, method="GET", path="/members/", delay_s=0.5)
    unconnected.world.rest_faults.append(fault)
    async with unconnected.connected():
        await wait_until(lambda: fault.count == 0)
        await unconnected.reader.edit(message, text.replace("another", find_url(unconnected, Sample.MANGA)))
        await come_back(unconnected)
        assert list_shown(unconnected) == shown


async def test_of_two_processes_that_reply_one_takes_its_own_back(unconnected: Place) -> None:
    fault = RestFault(None, method="POST", path="/messages$", delay_s=0.5)
    unconnected.world.rest_faults.append(fault)
    async with unconnected.connected():
        first = unconnected.shiori
        async with unconnected.connected():
            await unconnected.shiori.wait_until_ready()  # beside another one it connects a little later
            message = await unconnected.reader.post(unconnected.world.after_dark, find_url(unconnected, Sample.PLAIN))
            await wait_until(lambda: fault.count == 0)
            await unconnected.reader.edit(message, f"this: {find_url(unconnected, Sample.PLAIN)}")
            await settle(unconnected)
            unconnected.connected_bot = first
            await settle(unconnected)
            assert list_shown(unconnected) == [[Sample.PLAIN]]
            await unconnected.reader.delete(message)
            await settle(unconnected)
            assert list_shown(unconnected) == []
            unconnected.connected_bot = None


async def test_the_bot_may_stop_while_it_looks(unconnected: Place) -> None:
    async with unconnected.connected():
        message, _ = await preview(unconnected, find_url(unconnected, Sample.PLAIN))
    async with unconnected.connected():
        await unconnected.shiori.wait_until_ready()
    async with unconnected.connected():
        await come_back(unconnected)
        assert list_shown(unconnected) == [[Sample.PLAIN]]
    assert list_calls(unconnected, "GET", f"/messages/{message['id']}")
