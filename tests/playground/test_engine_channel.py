"""Kinds of channels, threads, permissions, roles and the guild, as discord.py sees them."""

from __future__ import annotations

import discord
import pytest

from bot.playground.engine import ApiError, LocalDiscord, Permission, Person, PersonError, World
from bot.playground.engine.model import CATEGORY, NEWS, VOICE
from tests.support.connected import Probe, code_of, connected, until

EVERYTHING = discord.Intents(guilds=True, messages=True, message_content=True)


class Listener(Probe):
    """Keeps what happens to channels and threads."""

    def __init__(self) -> None:
        super().__init__(intents=EVERYTHING)
        self.heard: list[str] = []

    async def on_guild_channel_update(self, _: discord.abc.GuildChannel, after: discord.abc.GuildChannel) -> None:
        self.heard.append(f"changed {after.name}")

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        self.heard.append(f"deleted {channel.name}")

    async def on_thread_create(self, thread: discord.Thread) -> None:
        self.heard.append(f"created {thread.name}")

    async def on_thread_join(self, thread: discord.Thread) -> None:
        self.heard.append(f"joined {thread.name}")

    async def on_thread_update(self, _: discord.Thread, after: discord.Thread) -> None:
        self.heard.append(f"changed {after.name}, archived {after.archived}")

    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        self.heard.append(f"deleted thread {payload.thread_id}")

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        self.heard.append(f"left {guild.name}")

    async def on_guild_join(self, guild: discord.Guild) -> None:
        self.heard.append(f"joined {guild.name}")


def home(client: discord.Client, world: World) -> discord.Guild:
    guild = client.get_guild(int(world.guild_id))
    assert guild is not None
    return guild


async def test_every_kind_of_channel_is_read():
    client = Probe()
    async with LocalDiscord() as local:
        world = local.world
        section = world.create_channel("Books", kind=CATEGORY)
        news = world.create_channel("news", kind=NEWS, category=section)
        thread = world.create_thread(news, "Corrections")
        async with connected(client, local):
            guild = home(client, world)
            kinds = {str(channel.type) for channel in guild.channels}
            late = guild.get_channel(int(world.voice_after_dark.id))
            early = guild.get_channel(int(world.voice.id))
            child = guild.get_channel(int(news.id))
            sub = guild.get_thread(int(thread.id))
    assert kinds == {"text", "forum", "voice", "category", "news"}
    assert isinstance(late, discord.VoiceChannel)
    assert isinstance(early, discord.VoiceChannel)
    assert (early.is_nsfw(), late.is_nsfw()) == (False, True)
    assert child is not None
    assert child.category is not None
    assert child.category.name == "Books"
    assert sub is not None
    assert sub.type is discord.ChannelType.news_thread


async def test_a_post_belongs_to_its_forum_and_begins_with_a_message_of_its_own_id():
    client = Probe(intents=EVERYTHING)
    async with LocalDiscord() as local, connected(client, local):
        world = local.world
        post, first = await Person(world, world.reader).create_post(world.after_dark_forum, "A book", "About it")
        await until(lambda: client.seen)
        message = client.seen[0]
        known = home(client, world).get_thread(int(world.after_dark_post.id))
    assert first["id"] == post.id
    assert message.id == int(post.id)
    assert isinstance(message.channel, discord.Thread)
    assert isinstance(message.channel.parent, discord.ForumChannel)
    assert message.channel.is_nsfw()
    assert known is not None
    assert known.is_nsfw()


async def test_nothing_is_sent_into_a_forum_itself():
    client = Probe()
    async with LocalDiscord() as local, connected(client, local):
        world = local.world
        with pytest.raises(ApiError) as refused:
            await Person(world, world.reader).post(world.after_dark_forum, "hello")
        code = await code_of(client.get_partial_messageable(int(world.after_dark_forum.id)).send("hello"))
    assert (refused.value.code, code) == (50008, 50008)


async def test_people_and_the_bot_write_in_posts_and_in_voice_chats():
    client = Probe(intents=EVERYTHING)
    async with LocalDiscord() as local, connected(client, local):
        world = local.world
        person = Person(world, world.reader)
        for place in (world.after_dark_post, world.voice_after_dark):
            await person.post(place, "hello")
        await until(lambda: len(client.seen) == 2)
        for message in client.seen[:2]:
            await message.reply("hello too")
        answers = [person.messages(place)[-1] for place in (world.after_dark_post, world.voice_after_dark)]
    assert [answer["content"] for answer in answers] == ["hello too", "hello too"]
    assert [answer["type"] for answer in answers] == [19, 19]


async def test_a_private_thread_is_heard_only_when_the_bot_was_added():
    client = Listener()
    async with LocalDiscord() as local, connected(client, local):
        world = local.world
        secret = world.create_thread(world.general, "Secret", private=True, owner=world.reader)
        person = Person(world, world.reader)
        await person.post(secret, "one")
        with pytest.raises(ApiError) as stranger:
            await Person(world, world.create_user("stranger")).post(secret, "let me in")
        hidden = await code_of(client.fetch_channel(int(secret.id)))
        world.add_to_thread(secret, world.bot)
        await person.post(secret, "two")
        await until(lambda: client.seen)
    assert stranger.value.code == 50001
    assert hidden == 50001
    assert [message.content for message in client.seen] == ["two"]
    assert client.heard == ["joined Secret"]
    assert isinstance(client.seen[0].channel, discord.Thread)
    assert client.seen[0].channel.is_private()


async def test_an_archived_thread_comes_back_when_somebody_writes():
    client = Listener()
    async with LocalDiscord() as local:
        world = local.world
        world.change_channel(world.after_dark_thread, archived=True)
        async with connected(client, local):
            before = home(client, world).get_thread(int(world.after_dark_thread.id))
            await Person(world, world.reader).post(world.after_dark_thread, "back")
            await until(lambda: client.seen)
            channel = client.seen[0].channel
    assert before is None
    assert not world.after_dark_thread.archived
    assert isinstance(channel, discord.Thread)
    assert channel.is_nsfw()
    assert client.heard == ["joined Late shift"]


async def test_in_an_archived_thread_nothing_can_be_changed():
    client = Listener()
    async with LocalDiscord() as local, connected(client, local):
        world = local.world
        channel = client.get_partial_messageable(int(world.general_thread.id))
        sent = await channel.send("one")
        world.change_channel(world.general_thread, archived=True)
        await until(lambda: client.heard)
        codes = [await code_of(sent.edit(content="two")), await code_of(sent.delete())]
    assert codes == [50083, 50083]
    assert client.heard == ["changed What are you reading?, archived True"]


async def test_a_locked_thread_is_for_moderators():
    client = Probe()
    async with LocalDiscord() as local, connected(client, local):
        world = local.world
        world.change_channel(world.general_thread, locked=True)
        code = await code_of(client.get_partial_messageable(int(world.general_thread.id)).send("x"))
        posted = await Person(world, world.moderator).post(world.general_thread, "closed")
    assert code == 160005
    assert posted["content"] == "closed"


async def test_changes_of_a_channel_arrive():
    client = Listener()
    async with LocalDiscord() as local, connected(client, local):
        world = local.world
        world.change_channel(world.general, name="all", nsfw=True)
        await until(lambda: client.heard)
        channel = home(client, world).get_channel(int(world.general.id))
    assert client.heard == ["changed all"]
    assert isinstance(channel, discord.TextChannel)
    assert channel.is_nsfw()


async def test_deleted_channels_and_threads_are_gone():
    client = Listener()
    async with LocalDiscord() as local, connected(client, local):
        world = local.world
        posted = await Person(world, world.reader).post(world.after_dark_thread, "hello")
        world.remove_channel(world.general_thread)
        world.remove_channel(world.after_dark)
        await until(lambda: len(client.heard) == 3)
        code = await code_of(client.fetch_channel(int(world.after_dark_thread.id)))
    assert client.heard == [
        f"deleted thread {world.general_thread.id}",
        "deleted after-dark",
        f"deleted thread {world.after_dark_thread.id}",
    ]
    assert code == 10003
    assert posted["id"] not in world.messages


async def test_threads_are_told_when_the_bot_sees_their_channel_again():
    client = Listener()
    async with LocalDiscord() as local:
        world = local.world
        world.revoke(world.after_dark, world.bot_role, Permission.VIEW_CHANNEL)
        async with connected(client, local):
            guild = home(client, world)
            before = guild.get_thread(int(world.after_dark_thread.id))
            world.grant(world.after_dark, world.bot_role, Permission.VIEW_CHANNEL)
            await until(lambda: guild.get_thread(int(world.after_dark_thread.id)))
    assert before is None


async def test_writing_in_threads_is_a_permission_of_its_own():
    client = Probe()
    async with LocalDiscord() as local, connected(client, local):
        world = local.world
        world.revoke(world.general, world.everyone, Permission.SEND_MESSAGES_IN_THREADS)
        code = await code_of(client.get_partial_messageable(int(world.general_thread.id)).send("x"))
        sent = await client.get_partial_messageable(int(world.general.id)).send("x")
    assert code == 50013
    assert sent.content == "x"


async def test_a_reply_needs_the_message_history():
    client = Probe(intents=EVERYTHING)
    async with LocalDiscord() as local, connected(client, local):
        world = local.world
        world.revoke(world.general, world.bot, Permission.READ_MESSAGE_HISTORY)
        await Person(world, world.reader).post(world.general, "hello")
        await until(lambda: client.seen)
        code = await code_of(client.seen[0].reply("hello too"))
    assert code == 160002


async def test_an_interaction_says_what_the_bot_may_do_there():
    client = Probe()
    seen: list[discord.Permissions] = []

    @client.tree.command(description="Looks")
    async def look(interaction: discord.Interaction[Probe]) -> None:
        seen.append(interaction.app_permissions)
        await interaction.response.send_message("ok")

    del look
    async with LocalDiscord() as local, connected(client, local):
        world = local.world
        world.revoke(world.general, world.bot, Permission.SEND_MESSAGES)
        await Person(world, world.reader).slash(world.general, "look")
        await Person(world, world.reader).slash(world.voice_after_dark, "look")
    assert [(one.view_channel, one.send_messages, one.embed_links) for one in seen] == [
        (True, False, False),
        (True, True, True),
    ]


async def test_age_restricted_commands_are_offered_in_restricted_posts_and_voice_chats():
    client = Probe()

    @client.tree.command(description="Adults only", nsfw=True)
    async def late(interaction: discord.Interaction[Probe]) -> None:
        await interaction.response.send_message("late")

    del late
    async with LocalDiscord() as local, connected(client, local):
        world = local.world
        person = Person(world, world.reader)
        for place in (world.after_dark_post, world.voice_after_dark):
            assert (await (await person.slash(place, "late")).message())["content"] == "late"
        with pytest.raises(PersonError, match="age-restricted"):
            await person.slash(world.voice, "late")


async def test_roles_reach_the_bot_and_come_with_interactions():
    client = Probe()
    seen: list[list[str]] = []

    @client.tree.command(description="Looks")
    async def look(interaction: discord.Interaction[Probe]) -> None:
        assert isinstance(interaction.user, discord.Member)
        seen.append([role.name for role in interaction.user.roles])
        await interaction.response.send_message("ok")

    del look
    async with LocalDiscord() as local, connected(client, local):
        world = local.world
        readers = world.create_role("Readers")
        guild = home(client, world)
        await until(lambda: guild.get_role(int(readers.id)))
        world.change_roles(world.reader, [readers])
        await Person(world, world.reader).slash(world.general, "look")
    assert seen == [["@everyone", "Readers"]]


async def test_a_role_can_allow_what_everyone_is_denied():
    async with LocalDiscord() as local:
        world = local.world
        guests = world.create_role("Guests")
        world.revoke(world.general, world.everyone, Permission.VIEW_CHANNEL)
        world.grant(world.general, guests, Permission.VIEW_CHANNEL)
        guest = world.create_user("guest", roles=[guests])
        assert (world.sees(guest, world.general), world.sees(world.reader, world.general)) == (True, False)


async def test_the_bot_leaves_a_server_and_comes_back():
    client = Listener()

    @client.tree.command(description="Goes")
    async def go(interaction: discord.Interaction[Probe]) -> None:
        await interaction.response.send_message("gone")

    del go
    async with LocalDiscord() as local, connected(client, local):
        world = local.world
        world.leave_guild()
        await until(lambda: client.heard)
        code = await code_of(client.get_partial_messageable(int(world.general.id)).send("x"))
        with pytest.raises(PersonError, match="installed"):
            await Person(world, world.reader).slash(world.general, "go")
        await Person(world, world.reader).post(world.general, "are you there?")
        world.join_guild()
        await until(lambda: len(client.heard) == 2)
    assert code == 50001
    assert client.seen == []
    assert client.heard == ["left Playground", "joined Playground"]


async def test_the_chat_of_another_person_with_the_bot_is_closed():
    async with LocalDiscord() as local:
        world = local.world
        with pytest.raises(ApiError) as refused:
            await Person(world, world.moderator).post(world.dm, "who are you?")
    assert refused.value.code == 50001


def test_a_category_holds_no_messages():
    world = World()
    section = world.create_channel("Books", kind=CATEGORY)
    talk = world.create_channel("Talk", kind=VOICE, category=section)
    assert world.channel_payload(talk)["parent_id"] == section.id
    assert not talk.age_restricted
