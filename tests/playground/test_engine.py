"""The local Discord, tried with discord.py itself: connection, commands, messages."""

from __future__ import annotations

import asyncio
import io
from typing import Any

import discord
import pytest
from discord import app_commands
from discord.http import Route

from bot.playground.engine import LocalDiscord, Permission, Person, PersonError, texts
from tests.support.connected import Probe, code_of, connected, pointed_at, until


def add_echo(client: Probe) -> None:
    """Registers /echo say word: (with suggestions)."""
    group = app_commands.Group(name="echo", description="Says things back")

    async def suggest(_: discord.Interaction[Probe], current: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=f"{current}!", value=current)]

    @group.command(description="Says a word")
    @app_commands.autocomplete(word=suggest)
    async def say(interaction: discord.Interaction[Probe], word: str) -> None:
        await interaction.response.send_message(f"You said {word}")

    del say
    client.tree.add_command(group)


async def test_slash_command_is_answered():
    client = Probe()
    add_echo(client)
    async with LocalDiscord() as local, connected(client, local):
        person = Person(local.world, local.world.reader)
        exchange = await person.slash(local.world.general, "echo say", word="hello")
        message = await exchange.message()
    assert exchange.kind == "message"
    assert not exchange.failed
    assert exchange.acknowledged_after_s is not None
    assert not exchange.ephemeral
    assert message["content"] == "You said hello"
    assert message["type"] == 20
    assert message["interaction_metadata"]["user"]["id"] == local.world.reader.id


async def test_autocompletion_gives_the_choices():
    client = Probe()
    add_echo(client)
    async with LocalDiscord() as local, connected(client, local):
        person = Person(local.world, local.world.reader)
        choices = await person.autocomplete(local.world.general, "echo say", focused="word", word="stei")
    assert [(choice["name"], choice["value"]) for choice in choices] == [("stei!", "stei")]


async def test_the_client_checks_options():
    client = Probe()
    add_echo(client)
    async with LocalDiscord() as local, connected(client, local):
        person = Person(local.world, local.world.reader)
        with pytest.raises(PersonError, match="required"):
            await person.slash(local.world.general, "echo say")
        with pytest.raises(PersonError, match="no option"):
            await person.slash(local.world.general, "echo say", word="x", other="y")
        with pytest.raises(PersonError, match="no command"):
            await person.slash(local.world.general, "nothing")
        with pytest.raises(PersonError, match="subcommand"):
            await person.slash(local.world.general, "echo")


async def test_interaction_carries_what_discord_sends():
    client = Probe()
    seen: list[discord.Interaction[Probe]] = []

    @client.tree.command(description="Looks")
    @app_commands.allowed_installs(guilds=True, users=True)
    async def look(interaction: discord.Interaction[Probe]) -> None:
        seen.append(interaction)
        await interaction.response.send_message("ok", ephemeral=True)

    del look
    async with LocalDiscord() as local, connected(client, local):
        world = local.world
        person = Person(world, world.reader)
        places = [
            world.general,
            world.after_dark,
            world.general_thread,
            world.after_dark_thread,
            world.dm,
            world.elsewhere_after_dark,
        ]
        for place in places:
            await person.slash(place, "look")
        await person.slash(world.general, "look", user_install=True)
    restricted = [
        interaction.channel.is_nsfw()
        for interaction in seen
        if isinstance(interaction.channel, (discord.TextChannel, discord.Thread))
    ]
    assert restricted == [False, True, False, True, True, False]
    assert isinstance(seen[4].channel, discord.DMChannel)
    assert [i.is_user_integration() for i in seen] == [False] * 5 + [True, True]
    assert [i.context.dm_channel for i in seen] == [False] * 4 + [True, False, False]
    assert seen[0].permissions.send_messages
    assert seen[0].app_permissions.embed_links
    assert seen[0].user.id == int(world.reader.id)


async def test_dm_installed_and_nsfw_rules():
    client = Probe()

    @client.tree.command(description="Adults only", nsfw=True)
    async def late(interaction: discord.Interaction[Probe]) -> None:
        await interaction.response.send_message("late")

    @client.tree.command(description="For servers")
    @app_commands.guild_only()
    async def here(interaction: discord.Interaction[Probe]) -> None:
        await interaction.response.send_message("here")

    @client.tree.command(description="For moderators")
    @app_commands.default_permissions(manage_messages=True)
    async def tidy(interaction: discord.Interaction[Probe]) -> None:
        await interaction.response.send_message("tidy")

    del late, here, tidy
    async with LocalDiscord() as local, connected(client, local):
        world = local.world
        reader, moderator = Person(world, world.reader), Person(world, world.moderator)
        for channel in (world.general, world.general_thread, world.dm):
            with pytest.raises(PersonError, match="age-restricted"):
                await reader.slash(channel, "late")
        for channel in (world.after_dark, world.after_dark_thread):
            assert (await (await reader.slash(channel, "late")).message())["content"] == "late"
        with pytest.raises(PersonError, match="direct messages"):
            await reader.slash(world.dm, "here")
        with pytest.raises(PersonError, match="installed"):
            await reader.slash(world.elsewhere, "here")
        with pytest.raises(PersonError, match="permissions"):
            await reader.slash(world.general, "tidy")
        assert (await (await moderator.slash(world.general, "tidy")).message())["content"] == "tidy"


async def test_context_menus_carry_their_target():
    client = Probe()

    async def quote(interaction: discord.Interaction[Any], message: discord.Message) -> None:
        await interaction.response.send_message(f"{message.author.name}: {message.content}")

    async def greet(interaction: discord.Interaction[Any], user: discord.User) -> None:
        await interaction.response.send_message(f"Hello {user.name}")

    client.tree.add_command(app_commands.ContextMenu(name="Quote", callback=quote))
    client.tree.add_command(app_commands.ContextMenu(name="Greet", callback=greet))
    async with LocalDiscord() as local, connected(client, local):
        world = local.world
        person = Person(world, world.reader)
        posted = await person.post(world.general, "a line")
        quoted = await (await person.context_menu(world.general, "Quote", posted)).message()
        greeted = await (await person.context_menu(world.general, "Greet", world.moderator)).message()
    assert quoted["content"] == "reader: a line"
    assert quoted["type"] == 23
    assert greeted["content"] == "Hello moderator"


async def test_wrong_token_is_refused():
    async with LocalDiscord() as local:
        with pointed_at(local):
            client = Probe()
            with pytest.raises(discord.LoginFailure):
                await client.login("wrong")
            await client.close()
    assert [(one.path, one.status) for one in local.world.requests] == [("/users/@me", 401)]


async def test_privileged_intent_that_is_off_is_refused():
    intents = discord.Intents(guilds=True, message_content=True)
    async with LocalDiscord() as local:
        local.world.privileged_intents = 0
        with pytest.raises(discord.PrivilegedIntentsRequired):
            async with connected(Probe(intents=intents), local):
                pass


async def test_messages_arrive_empty_without_the_content_intent():
    client = Probe(intents=discord.Intents(guilds=True, guild_messages=True))
    async with LocalDiscord() as local, connected(client, local):
        world = local.world
        person = Person(world, world.reader)
        await person.post(world.general, "secret")
        await person.post(world.general, f"<@{world.bot.id}> hello")
        await until(lambda: len(client.seen) == 2)
        world.privileged_intents = 0
        fetched = [message.content async for message in client.seen[0].channel.history(oldest_first=True)]
    assert [message.content for message in client.seen] == fetched == ["", f"<@{world.bot.id}> hello"]


async def test_messages_arrive_whole_with_the_content_intent():
    intents = discord.Intents(guilds=True, messages=True, message_content=True)
    client = Probe(intents=intents)
    async with LocalDiscord() as local, connected(client, local):
        world = local.world
        person = Person(world, world.reader)
        await person.post(world.general, "open")
        await person.post(world.dm, "in private")
        await until(lambda: len(client.seen) == 2)
    assert [message.content for message in client.seen] == ["open", "in private"]


async def test_a_lost_connection_is_resumed_with_what_was_missed():
    client = Probe(intents=discord.Intents(guilds=True, messages=True, message_content=True))
    async with LocalDiscord() as local, connected(client, local):
        world = local.world
        local.gateway.disconnect(4000)
        await until(lambda: not world.bot_connected)
        await Person(world, world.reader).post(world.general, "meanwhile")
        async with asyncio.timeout(30):
            await client.resumed.wait()
        await until(lambda: client.seen)
    assert [message.content for message in client.seen] == ["meanwhile"]
    assert (local.gateway.identifies, local.gateway.resumes) == (1, 1)


async def test_an_unknown_session_identifies_anew():
    client = Probe()
    async with LocalDiscord() as local, connected(client, local):
        local.gateway.disconnect(4000, forget=True)
        async with asyncio.timeout(30):
            await until(lambda: local.gateway.identifies == 2)
        await until(lambda: local.world.bot_connected)
    assert local.gateway.resumes == 0


async def test_the_bot_sends_edits_and_deletes_messages():
    client = Probe()
    async with LocalDiscord() as local, connected(client, local):
        world = local.world
        queue = world.subscribe()
        channel = client.get_channel(int(world.general.id))
        assert isinstance(channel, discord.TextChannel)
        sent = await channel.send("one", embed=discord.Embed(title="A title", description="Text"))
        reply = await sent.reply("two")
        fetched = await channel.fetch_message(sent.id)
        await sent.edit(content="three")
        await reply.delete()
        history = [message.content async for message in channel.history()]
        user = await client.fetch_user(int(world.moderator.id))
        await user.send("in private")
    assert fetched.content == "one"
    assert reply.reference is not None
    assert history == ["three"]
    assert [queue.get_nowait()["type"] for _ in range(queue.qsize())] == [
        "message",
        "message",
        "message",
        "message_deleted",
        "message",
        "connection",
    ]
    assert "A title" in texts(Person(world, world.reader).messages(world.general)[0])


async def test_missing_permissions_have_their_codes():
    client = Probe()
    async with LocalDiscord() as local, connected(client, local):
        world = local.world
        person = Person(world, world.reader)
        posted = await person.post(world.general, "mine")
        channel = client.get_partial_messageable(int(world.general.id))
        world.revoke(world.general, world.bot, Permission.EMBED_LINKS)
        assert await code_of(channel.send(embed=discord.Embed(title="x"))) == 50013
        world.revoke(world.general, world.bot, Permission.SEND_MESSAGES)
        assert await code_of(channel.send("x")) == 50013
        message = channel.get_partial_message(int(posted["id"]))
        assert await code_of(message.delete()) == 50013
        assert await code_of(message.edit(content="x")) == 50005
        world.revoke(world.general, world.bot, Permission.VIEW_CHANNEL)
        assert await code_of(channel.send("x")) == 50001
        assert await code_of(client.fetch_channel(1)) == 10003
        assert await code_of(client.fetch_channel(int(world.elsewhere.id))) == 50001
        open_channel = client.get_partial_messageable(int(world.after_dark.id))
        assert await code_of(open_channel.fetch_message(1)) == 10008
        assert await code_of(open_channel.send("")) == 50006


async def test_files_arrive_and_can_be_fetched():
    client = Probe()
    async with LocalDiscord() as local, connected(client, local):
        channel = client.get_partial_messageable(int(local.world.general.id))
        sent = await channel.send(file=discord.File(io.BytesIO(b"data"), "a.txt"))
        content = await sent.attachments[0].read()
    assert (sent.attachments[0].filename, content) == ("a.txt", b"data")


async def test_commands_come_back_with_defaults_and_stable_ids():
    client = Probe()
    add_echo(client)
    async with LocalDiscord() as local, connected(client, local):
        first = await client.tree.fetch_commands()
        versions = [one["version"] for one in local.world.commands]
        await client.tree.sync()
        assert [one["version"] for one in local.world.commands] == versions
        add: app_commands.Command[Any, ..., Any] = app_commands.Command(name="more", description="More", callback=_more)
        client.tree.add_command(add)
        await client.tree.sync()
        second = await client.tree.fetch_commands()
    assert [one.id for one in second][:1] == [one.id for one in first]
    stored = local.world.commands[0]
    assert stored["dm_permission"] is True
    assert stored["nsfw"] is False
    assert stored["integration_types"] == [0]
    assert stored["options"][0]["options"][0]["required"] is True
    puts = [one for one in local.world.requests if one.method == "PUT"]
    assert len(puts) == 3


async def _more(interaction: discord.Interaction[Any]) -> None:
    await interaction.response.send_message("more")


async def test_broken_command_definitions_are_refused():
    client = Probe()
    async with LocalDiscord() as local, connected(client, local):
        path = f"/applications/{local.world.application_id}/commands"
        bad: list[dict[str, Any]] = [
            {"name": "Upper", "description": "x"},
            {"name": "same", "description": "x"},
            {"name": "same", "description": "y" * 101},
        ]
        route = Route("PUT", path)
        with pytest.raises(discord.HTTPException) as caught:
            await client.http.request(route, json=bad)
    assert caught.value.code == 50035
    text = str(caught.value)
    for part in ("0.name", "2.name", "2.description"):
        assert part in text
