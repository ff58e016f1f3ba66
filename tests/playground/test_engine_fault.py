"""A Discord that is not well, and an application that may not read messages."""

from __future__ import annotations

import asyncio

import aiohttp
import discord
import pytest

from bot.playground.engine import LocalDiscord, Permission, Person, RestFault
from bot.playground.engine.permission import PRIVILEGED, Intent
from tests.support.clock import FakeClock
from tests.support.connected import Probe, connected, until


def statuses(local: LocalDiscord) -> list[int]:
    """How the messages that the bot sent were answered."""
    return [one.status for one in local.world.requests if one.path.endswith("/messages")]


async def test_too_many_requests_are_asked_again():
    client = Probe()
    async with LocalDiscord() as local, connected(client, local):
        local.world.rest_faults.append(RestFault(429, count=2, path="/messages$", retry_after_s=0.01))
        sent = await client.get_partial_messageable(int(local.world.general.id)).send("at last")
    assert sent.content == "at last"
    assert statuses(local) == [429, 429, 200]


async def test_an_error_of_the_server_reaches_the_bot():
    client = Probe()
    async with LocalDiscord() as local, connected(client, local):
        local.world.rest_faults.append(RestFault(503, method="POST"))
        channel = client.get_partial_messageable(int(local.world.general.id))
        with pytest.raises(discord.DiscordServerError) as failed:
            await channel.send("lost")
        sent = await channel.send("found")
    assert (failed.value.status, failed.value.text) == (503, "503: Service Unavailable")
    assert sent.content == "found"


async def test_a_connection_is_cut_off():
    client = Probe()
    async with LocalDiscord() as local, connected(client, local):
        local.world.rest_faults.append(RestFault(0, path="/messages$"))
        channel = client.get_partial_messageable(int(local.world.general.id))
        with pytest.raises(aiohttp.ClientError):
            await channel.send("lost")
        sent = await channel.send("found")
    assert sent.content == "found"


async def test_only_the_requests_that_were_named_go_wrong():
    client = Probe()
    async with LocalDiscord() as local, connected(client, local):
        world = local.world
        world.rest_faults.append(RestFault(503, method="PATCH", path=f"^/channels/{world.general.id}/"))
        general = await client.get_partial_messageable(int(world.general.id)).send("one")
        dark = await client.get_partial_messageable(int(world.after_dark.id)).send("one")
        await dark.edit(content="two")
        with pytest.raises(discord.DiscordServerError):
            await general.edit(content="two")


async def test_a_late_answer_lets_other_things_happen_before_it():
    clock = FakeClock()
    client = Probe(intents=discord.Intents(guilds=True, messages=True, message_content=True))
    async with LocalDiscord(clock=clock) as local, connected(client, local):
        world = local.world
        person = Person(world, world.reader)
        posted = await person.post(world.general, "hello")
        await until(lambda: client.seen)
        world.rest_faults.append(RestFault(None, path="/messages$", delay_s=1.0))
        replying = asyncio.create_task(client.seen[0].reply("too late"))
        await until(lambda: clock.next_at is not None)
        await person.delete(posted)
        await clock.advance(1.1)
        with pytest.raises(discord.HTTPException, match="message_reference"):
            await replying
    assert person.messages(world.general) == []


async def test_an_application_without_message_content_says_so_and_is_refused_it():
    client = Probe()
    asked = discord.Intents(guilds=True, guild_messages=True, message_content=True)
    async with LocalDiscord() as local:
        local.world.privileged_intents = PRIVILEGED & ~Intent.MESSAGE_CONTENT
        async with connected(client, local):
            told = await client.application_info()
        with pytest.raises(discord.PrivilegedIntentsRequired):
            async with connected(Probe(intents=asked), local):
                pass
    assert client.application_flags.gateway_message_content_limited is False
    assert told.flags.gateway_message_content_limited is False
    assert told.flags.gateway_guild_members_limited is True


async def test_without_the_intent_the_message_menu_still_has_the_whole_message():
    client = Probe(intents=discord.Intents(guilds=True, guild_messages=True))

    @client.tree.context_menu(name="Count letters")
    async def count(interaction: discord.Interaction[Probe], message: discord.Message) -> None:
        await interaction.response.send_message(str(len(message.content)))

    del count
    async with LocalDiscord() as local, connected(client, local):
        world = local.world
        world.privileged_intents = 0
        world.revoke(world.after_dark, world.bot, Permission.READ_MESSAGE_HISTORY)
        person = Person(world, world.reader)
        posted = await person.post(world.after_dark, "letters")
        answer = await (await person.context_menu(world.after_dark, "Count letters", posted)).message()
    assert answer["content"] == "7"
    assert [message.content for message in client.seen][:1] == [""]
