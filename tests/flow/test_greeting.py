"""A server that the bot joins is greeted: once, where it may speak, with what can be switched at once."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import update

from bot.interaction.rule import NO_INTENT
from bot.playground.engine import Permission, find_by_custom_id, texts
from bot.playground.engine.model import RestFault
from bot.store.table import greeting
from bot.welcome.record import KEPT_S, LEASE_S, GreetingRecords
from tests.flow.conftest import Place
from tests.flow.preview_message import Payload, finish_work, leave_guild, list_replies, post, settle

NOVEL = "https://vndb.org/v2002"


async def join(place: Place) -> None:
    """Take the bot out of the server and put it in again, now; wait until it is done with that."""
    await leave_guild(place)
    heard = place.shiori.wait_for("guild_join", timeout=30)
    place.world.join_guild()
    await heard
    await settle(place)


async def greet(place: Place) -> Payload:
    await join(place)
    (greeting,) = list_replies(place, place.general)
    return greeting


def forget_nonces(place: Place) -> None:
    """Minutes later Discord knows none any more."""
    for message in place.world.messages.values():
        message.payload.pop("nonce", None)


async def test_who_was_there_before_is_not_greeted(place: Place) -> None:
    await settle(place)
    assert list_replies(place, place.general) == []


async def test_a_server_is_greeted_once(place: Place) -> None:
    greeting = await greet(place)
    assert "Gallery links" in texts(greeting)
    assert "`/help`" in texts(greeting)
    assert greeting["mentions"] == []
    await join(place)
    assert len(list_replies(place, place.general)) == 1


async def test_who_invites_it_again_weeks_later_is_greeted_again(place: Place) -> None:
    await greet(place)
    records = GreetingRecords(place.shiori.store.database)
    await records.prune(now_s=place.shiori.clock.time() + KEPT_S + 1)
    forget_nonces(place)
    await join(place)
    assert len(list_replies(place, place.general)) == 2


async def test_of_several_processes_one_greets(place: Place) -> None:
    records = GreetingRecords(place.shiori.store.database)
    taken = await asyncio.gather(*(records.take(1, now_s=place.shiori.clock.time()) for _ in range(3)))
    assert sorted(taken, key=str) == [0, None, None]


async def let_lease_end(place: Place) -> None:
    """Whoever took it on to greet the server has had their time."""
    async with place.shiori.store.database.write() as connection:
        await connection.execute(update(greeting).values(greeted_s=greeting.c.greeted_s - LEASE_S))


async def greet_again(place: Place) -> None:
    """What the bot does every few minutes."""
    (guild,) = place.shiori.guilds
    await place.shiori.greeter.greet(guild)


async def test_where_discord_refuses_it_the_greeting_goes_elsewhere(place: Place) -> None:
    place.world.rest_faults.append(RestFault(403, method="POST", path=f"/{place.general.id}/messages$"))
    await join(place)
    assert list_replies(place, place.general) == []
    assert len(list_replies(place, place.world.after_dark)) == 1


async def test_what_could_not_be_sent_is_sent_when_it_can(place: Place) -> None:
    place.world.rest_faults.append(RestFault(403, count=9, method="POST", path="/messages$"))
    await join(place)
    place.world.rest_faults.clear()
    await greet_again(place)
    assert list_replies(place, place.general) == []  # whoever was at it still may be
    await let_lease_end(place)
    for _ in range(2):
        await greet_again(place)
        await let_lease_end(place)
    assert len(list_replies(place, place.general)) == 1


@pytest.mark.parametrize("taken", [True, False])
async def test_a_greeting_of_which_nobody_knows_whether_it_arrived_is_there_once(place: Place, taken: bool) -> None:
    place.world.rest_faults.append(RestFault(0, method="POST", path="/messages$", taken=taken))
    await join(place)
    assert len(list_replies(place, place.general)) == int(taken)
    forget_nonces(place)
    for _ in range(2):
        await let_lease_end(place)
        await greet_again(place)
    assert len(list_replies(place, place.general)) == 1


async def test_a_process_that_ends_before_it_greets_leaves_that_to_another(unconnected: Place) -> None:
    place = unconnected
    async with place.connected():
        records, guild_id = GreetingRecords(place.shiori.store.database), int(place.world.guild_id)
        assert await records.take(guild_id, now_s=place.shiori.clock.time() - LEASE_S) == 0
        await join(place)
        assert len(list_replies(place, place.general)) == 1


async def test_the_greeting_goes_where_discord_greets(place: Place) -> None:
    place.world.system_channel = place.world.create_channel("welcome")
    await join(place)
    assert list_replies(place, place.general) == []
    assert len(list_replies(place, place.world.system_channel)) == 1


async def test_else_to_the_first_channel_that_it_may_write_to(place: Place) -> None:
    place.world.system_channel = place.world.create_channel("welcome")
    for channel in (place.world.system_channel, place.general):
        place.world.revoke(channel, place.world.bot, Permission.SEND_MESSAGES)
    await join(place)
    assert len(list_replies(place, place.world.after_dark)) == 1


async def test_where_it_may_speak_nowhere_it_stays_silent(place: Place) -> None:
    for channel in (place.general, place.world.after_dark):
        place.world.revoke(channel, place.world.bot, Permission.SEND_MESSAGES)
    await join(place)
    assert list_replies(place, place.general) == list_replies(place, place.world.after_dark) == []


async def test_a_server_that_was_joined_while_it_was_away_for_a_moment_is_greeted(unconnected: Place) -> None:
    unconnected.world.bot.joined_at = unconnected.world.now()
    async with unconnected.connected():
        await settle(unconnected)
        assert len(list_replies(unconnected, unconnected.general)) == 1
    async with unconnected.connected():
        await settle(unconnected)
        assert len(list_replies(unconnected, unconnected.general)) == 1


@pytest.mark.parametrize("key", ["galleries", "links", "suppress"])
async def test_a_switch_says_what_holds_and_turns_it(place: Place, key: str) -> None:
    greeting = await greet(place)
    pressed = await (await place.moderator.press(greeting, f"greet:{key}:off")).message()
    button = find_by_custom_id(pressed, f"greet:{key}:on")
    assert button is not None
    assert button["label"] == "Off"
    again = await (await place.moderator.press(pressed, f"greet:{key}:on")).message()
    assert find_by_custom_id(again, f"greet:{key}:off") is not None


async def test_what_is_switched_off_holds_after_a_restart(unconnected: Place) -> None:
    async with unconnected.connected():
        greeting = await greet(unconnected)
        await (await unconnected.moderator.press(greeting, "greet:links:off")).message()
        await post(unconnected, unconnected.general, NOVEL)
        await finish_work()
        assert len(list_replies(unconnected, unconnected.general)) == 1
    async with unconnected.connected():
        greeting = unconnected.world.messages[greeting["id"]].payload
        await (await unconnected.moderator.press(greeting, "greet:links:on")).message()
        await post(unconnected, unconnected.general, NOVEL)
        assert "STEINS;GATE" in texts(list_replies(unconnected, unconnected.general)[-1])


async def test_a_member_may_switch_nothing(place: Place) -> None:
    greeting = await greet(place)
    refused = await (await place.reader.press(greeting, "greet:galleries:off")).message()
    assert "Manage Server" in texts(refused)
    assert find_by_custom_id(place.world.messages[greeting["id"]].payload, "greet:galleries:off") is not None


async def test_the_settings_open_beside_it(place: Place) -> None:
    greeting = await greet(place)
    opened = await (await place.moderator.press(greeting, "panelb:s")).message()
    assert opened["id"] != greeting["id"]
    assert "Settings of this server" in texts(opened)


async def test_without_the_intent_a_server_is_told_that_before_it_switches_anything(unconnected: Place) -> None:
    async with unconnected.connected(message_content=False):
        assert f"⚠️ {NO_INTENT}" in texts(await greet(unconnected))


async def test_what_is_not_shown_anywhere_has_no_switch(unconnected: Place) -> None:
    async with unconnected.connected(feature_galleries=False):
        greeting = await greet(unconnected)
        assert "Gallery" not in texts(greeting)
        assert find_by_custom_id(greeting, "greet:links:off") is not None
