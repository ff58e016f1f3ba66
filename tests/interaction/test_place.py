"""What Discord's objects say of a place: read from a real connection."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import discord
import pytest
from msgspec.structs import replace

from bot.gate.chosen import NOTHING_CHOSEN
from bot.gate.rules import Hosted, Place
from bot.gate.setting import ANIME, DM_GALLERIES, IMAGE_LEVEL, PREVIEWS, VNDB
from bot.interaction.place import build_viewer, is_told, watch_rules
from bot.playground.engine import LocalDiscord, Person
from bot.playground.engine.model import CATEGORY, Channel
from bot.store.store import Store, open_store
from tests.support.clock import FakeClock
from tests.support.connected import Probe, connected, until

HOSTED = Hosted()
EVERYTHING = discord.Intents(guilds=True, guild_messages=True, dm_messages=True, message_content=True)


class Watcher(Probe):
    """Keeps the interactions."""

    def __init__(self) -> None:
        super().__init__(intents=EVERYTHING)
        self.asked: list[discord.Interaction[Any]] = []

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        self.asked.append(interaction)


class Scene:
    """A connected client, a store, and a reader who asks."""

    def __init__(self, client: Watcher, local: LocalDiscord, store: Store) -> None:
        self.client, self.local, self.world, self.store = client, local, local.world, store
        self.reader = Person(self.world, self.world.reader)

    async def ask(self, channel: Channel) -> discord.Interaction[Any]:
        """What the client gets when the reader uses a command there."""
        await self.reader.slash(channel, "look")
        return self.client.asked[-1]

    async def ask_in_group(self) -> discord.Interaction[Any]:
        """The same for a conversation of several people, which the client knows from the interaction alone."""
        world, count = self.world, len(self.client.asked)
        user = world.reader.payload()
        channel: dict[str, Any] = {
            "id": world.new_id(),
            "type": 3,
            "name": None,
            "recipients": [user, world.owner.payload()],
        }
        world.emit(
            "INTERACTION_CREATE",
            {
                "id": world.new_id(),
                "application_id": world.application_id,
                "type": 2,
                "token": "a-group",
                "version": 1,
                "data": {"id": world.new_id(), "name": "elsewhere", "type": 1},
                "channel_id": channel["id"],
                "channel": channel,
                "context": 2,
                "authorizing_integration_owners": {"1": user["id"]},
                "app_permissions": "0",
                "entitlements": [],
                "attachment_size_limit": 0,
                "locale": "en-US",
                "user": user,
            },
        )
        await until(lambda: len(self.client.asked) > count)
        return self.client.asked[-1]

    async def write(self, channel: Channel) -> discord.Message:
        """A message of the reader, as the client gets it."""
        count = len(self.client.seen)
        await self.reader.post(channel, "hello")
        await until(lambda: len(self.client.seen) > count)
        return self.client.seen[-1]


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncGenerator[Scene]:
    client = Watcher()

    @client.tree.command(description="Looks")
    async def look(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_message("ok", ephemeral=True)

    del look
    async with contextlib.AsyncExitStack() as stack:
        local = await stack.enter_async_context(LocalDiscord())
        await stack.enter_async_context(connected(client, local))
        store = await open_store(f"sqlite:///{tmp_path / 'shiori.db'}", clock=FakeClock())
        stack.push_async_callback(store.close)
        yield Scene(client, local, store)


async def test_a_place_is_what_discord_says_it_is(scene: Scene) -> None:
    world = scene.world
    section = world.create_channel("Books", kind=CATEGORY)
    shelf = world.create_channel("shelf", category=section)
    thread = world.create_thread(shelf, "One book")
    expected = {
        world.general: Place(channel_ids=(int(world.general.id),)),
        world.after_dark: Place(age_restricted=True, channel_ids=(int(world.after_dark.id),)),
        world.after_dark_thread: Place(
            age_restricted=True, channel_ids=(int(world.after_dark_thread.id), int(world.after_dark.id))
        ),
        shelf: Place(channel_ids=(int(shelf.id), int(section.id))),
        thread: Place(channel_ids=(int(thread.id), int(shelf.id), int(section.id))),
        world.dm: Place(kind="dm"),
    }
    for channel, place in expected.items():
        viewer = build_viewer(await scene.ask(channel), scene.store, hosted=HOSTED)
        assert viewer.rules.place == place
        assert viewer.age_restricted == place.age_restricted
        assert viewer.asker_id == int(world.reader.id)


async def test_a_conversation_of_several_people_is_no_direct_message(scene: Scene) -> None:
    asked = await scene.ask_in_group()
    viewer = build_viewer(asked, scene.store, hosted=HOSTED)
    assert viewer.rules.place == Place(kind="group")
    await scene.store.change_person(int(scene.world.reader.id), lambda old: old.put(DM_GALLERIES, True))
    allowed = build_viewer(asked, scene.store, hosted=HOSTED)
    assert allowed.rules.person.get(DM_GALLERIES)
    assert not allowed.rules.rule_galleries().shows


async def test_nothing_is_age_restricted_where_the_host_shows_nothing_adult(scene: Scene) -> None:
    hosted = replace(HOSTED, adult=False)
    assert not build_viewer(await scene.ask(scene.world.after_dark), scene.store, hosted=hosted).age_restricted


async def test_a_thread_goes_by_the_settings_of_its_channel(scene: Scene) -> None:
    world, store = scene.world, scene.store
    guild_id, reader_id = int(world.guild_id), int(world.reader.id)
    await store.change_server(guild_id, lambda old: old.put(VNDB, True))
    await store.change_channel(guild_id, int(world.general.id), lambda old: old.put(ANIME, True))
    await store.change_person(reader_id, lambda old: old.put(PREVIEWS, False))
    for channel in (world.general, world.general_thread):
        rules = build_viewer(await scene.ask(channel), store, hosted=HOSTED).rules
        chosen = (rules.server.get(VNDB), rules.channel.get(ANIME), rules.person.get(PREVIEWS))
        assert chosen == (True, True, False)
    other = build_viewer(await scene.ask(world.after_dark), store, hosted=HOSTED).rules
    assert (other.server.get(VNDB), other.channel) == (True, NOTHING_CHOSEN)
    private = build_viewer(await scene.ask(world.dm), store, hosted=HOSTED).rules
    assert (private.server, private.channel) == (NOTHING_CHOSEN, NOTHING_CHOSEN)
    assert private.person.get(PREVIEWS) is False


async def test_the_roles_of_who_asks_are_known(scene: Scene) -> None:
    world = scene.world
    role = world.create_role("Readers")
    world.change_roles(world.reader, [role])
    rules = build_viewer(await scene.ask(world.general), scene.store, hosted=HOSTED).rules
    assert int(role.id) in rules.role_ids
    assert build_viewer(await scene.ask(world.dm), scene.store, hosted=HOSTED).rules.role_ids == frozenset()


async def test_a_change_of_settings_is_noticed_until_an_answer_is_there(scene: Scene) -> None:
    still_holds = watch_rules(await scene.ask(scene.world.general), scene.store, hosted=HOSTED)
    assert still_holds()
    await scene.store.change_server(int(scene.world.guild_id), lambda old: old.put(IMAGE_LEVEL, 0))
    assert not still_holds()


async def test_a_channel_that_is_age_restricted_no_more_is_noticed(scene: Scene) -> None:
    world = scene.world
    dark = watch_rules(await scene.ask(world.after_dark), scene.store, hosted=HOSTED)
    assert dark()
    world.set_nsfw(world.after_dark, nsfw=False)
    known = scene.client.get_channel(int(world.after_dark.id))
    assert isinstance(known, discord.TextChannel)
    await until(lambda: not known.is_nsfw())
    assert not dark()


async def test_a_channel_that_came_back_with_its_server_is_looked_at_anew(scene: Scene) -> None:
    """Then discord.py makes objects of its own for it; that of the interaction stays as it was."""
    world = scene.world
    asked = await scene.ask(world.after_dark)
    dark = watch_rules(asked, scene.store, hosted=HOSTED)
    world.emit("GUILD_DELETE", {"id": world.guild_id, "unavailable": True})
    payload: dict[str, Any] = {**world.guild_payload(), "unavailable": False}
    channels = [{**one, "nsfw": False} for one in payload["channels"]]
    world.emit("GUILD_CREATE", {**payload, "channels": channels})
    await until(lambda: scene.client.get_channel(int(world.after_dark.id)) is not asked.channel)
    assert not dark()


async def test_what_is_told_of_a_message_decides_whether_it_is_looked_at(scene: Scene) -> None:
    world = scene.world
    for channel in (world.general, world.general_thread, world.dm):
        assert is_told(await scene.write(channel))


async def test_of_an_unknown_thread_and_of_a_server_that_is_away_nothing_is_told(scene: Scene) -> None:
    world = scene.world
    seen = scene.client.seen
    first = await scene.write(world.general)
    payload: dict[str, Any] = {
        "id": world.new_id(),
        "channel_id": world.new_id(),
        "guild_id": world.guild_id,
        "type": 0,
        "content": "hello",
        "author": world.reader.payload(),
        "timestamp": world.now(),
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "pinned": False,
    }
    world.emit("MESSAGE_CREATE", payload)
    world.emit("MESSAGE_CREATE", {**payload, "id": world.new_id(), "guild_id": world.new_id()})
    await until(lambda: len(seen) == 3)
    assert [is_told(message) for message in seen] == [True, False, False]
    world.emit("GUILD_DELETE", {"id": world.guild_id, "unavailable": True})
    guild = first.guild
    assert guild is not None
    await until(lambda: guild.unavailable)
    assert not is_told(first)
