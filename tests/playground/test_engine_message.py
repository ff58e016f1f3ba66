"""What happens to messages: bots and webhooks write them, links are unfurled, many go at once."""

from __future__ import annotations

import discord
import pytest
from discord.http import Route

from bot.playground.engine import ApiError, LocalDiscord, Permission, Person, Webhook
from bot.playground.engine.unfurl import build_link_embeds
from tests.support.clock import FakeClock
from tests.support.connected import Probe, code_of, connected, until

LINK = "https://books.example/1"


class Listener(Probe):
    """Keeps the edits and deletions of messages."""

    def __init__(self) -> None:
        intents = discord.Intents(guilds=True, messages=True, message_content=True)
        super().__init__(intents=intents)
        self.edits: list[discord.RawMessageUpdateEvent] = []
        self.gone: list[set[int]] = []

    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        self.edits.append(payload)

    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        self.gone.append(payload.message_ids)


async def test_messages_of_other_bots_and_of_webhooks_say_so():
    client = Listener()
    async with LocalDiscord() as local, connected(client, local):
        world = local.world
        other = world.create_user("other", bot=True)
        webhook = Webhook(world, world.after_dark)
        await Person(world, other).post(world.after_dark, "from a bot")
        await webhook.post("from a webhook")
        late = await webhook.post("in a thread", thread=world.after_dark_thread)
        await webhook.edit(late, "in a thread, later")
        await until(lambda: len(client.seen) == 3 and client.edits)
    bots = [(m.author.bot, isinstance(m.author, discord.Member), m.webhook_id is not None) for m in client.seen]
    assert bots == [(True, True, False), (True, False, True), (True, False, True)]
    assert client.seen[1].author.name == "News"
    assert client.edits[0].message.content == "in a thread, later"
    assert client.edits[0].message.webhook_id == int(webhook.user.id)


async def test_people_delete_many_messages_at_once_with_the_permission():
    client = Listener()
    async with LocalDiscord() as local, connected(client, local):
        world = local.world
        reader = Person(world, world.reader)
        messages = [await reader.post(world.general, str(number)) for number in range(3)]
        with pytest.raises(ApiError) as refused:
            await reader.bulk_delete(messages)
        await Person(world, world.moderator).bulk_delete(messages)
        await until(lambda: client.gone)
    assert refused.value.code == 50013
    assert client.gone == [{int(message["id"]) for message in messages}]
    assert reader.messages(world.general) == []


async def test_the_bot_deletes_many_messages_at_once():
    client = Listener()
    async with LocalDiscord() as local, connected(client, local):
        world = local.world
        reader = Person(world, world.reader)
        for number in range(3):
            await reader.post(world.general, str(number))
        await until(lambda: len(client.seen) == 3)
        channel = client.get_channel(int(world.general.id))
        assert isinstance(channel, discord.TextChannel)
        denied = await code_of(channel.delete_messages(client.seen))
        world.grant(world.general, world.bot, Permission.MANAGE_MESSAGES)
        route = Route("POST", "/channels/{channel_id}/messages/bulk-delete", channel_id=channel.id)
        alone = await code_of(client.http.request(route, json={"messages": [client.seen[0].id]}))
        await channel.delete_messages(client.seen)
        await until(lambda: client.gone)
    assert (denied, alone) == (50013, 50016)
    assert reader.messages(world.general) == []


async def test_messages_of_two_weeks_ago_are_not_deleted_many_at_once():
    client, clock = Probe(), FakeClock()
    async with LocalDiscord(clock=clock) as local, connected(client, local):
        world = local.world
        world.grant(world.general, world.bot, Permission.MANAGE_MESSAGES)
        reader = Person(world, world.reader)
        ids = [(await reader.post(world.general, str(number)))["id"] for number in range(2)]
        await clock.advance(15 * 24 * 3600)
        route = Route("POST", "/channels/{channel_id}/messages/bulk-delete", channel_id=world.general.id)
        code = await code_of(client.http.request(route, json={"messages": ids}))
    assert code == 50034
    assert len(reader.messages(world.general)) == 2


async def test_embeds_of_links_come_later_without_an_edit():
    client = Listener()
    async with LocalDiscord() as local, connected(client, local):
        world = local.world
        posted = await Person(world, world.reader).post(world.general, f"look: {LINK}")
        world.unfurl(posted)
        await until(lambda: client.edits)
        shown = client.edits[0].message
    assert posted["embeds"] == []
    assert [embed.url for embed in shown.embeds] == [LINK]
    assert shown.edited_at is None
    assert shown.content == f"look: {LINK}"
    assert client.edits[0].data["author"]["id"] == world.reader.id


async def test_the_bot_takes_embeds_off_others_messages_with_the_permission():
    client = Listener()
    async with LocalDiscord() as local, connected(client, local):
        world = local.world
        reader = Person(world, world.reader)
        posted = await reader.post(world.general, LINK)
        await until(lambda: client.seen)
        world.unfurl(posted)
        message = client.seen[0]
        denied = await code_of(message.edit(suppress=True))
        world.grant(world.general, world.bot, Permission.MANAGE_MESSAGES)
        await message.edit(suppress=True, allowed_mentions=discord.AllowedMentions.none())
        hidden = reader.messages(world.general)[0]
        await message.edit(suppress=False)
        back = reader.messages(world.general)[0]
    assert denied == 50013
    assert (hidden["embeds"], hidden["flags"], hidden["edited_timestamp"]) == ([], 4, None)
    assert ([embed["url"] for embed in back["embeds"]], back["flags"]) == ([LINK], 0)


async def test_what_comes_after_the_suppression_is_dropped():
    async with LocalDiscord() as local:
        world = local.world
        reader = Person(world, world.reader)
        posted = await reader.post(world.general, LINK)
        await reader.suppress_embeds(posted)
        world.unfurl(posted)
        assert reader.messages(world.general)[0]["embeds"] == []


async def test_people_take_embeds_off_their_own_messages_only():
    async with LocalDiscord() as local:
        world = local.world
        posted = await Person(world, world.moderator).post(world.general, LINK)
        world.unfurl(posted)
        with pytest.raises(ApiError) as refused:
            await Person(world, world.reader).suppress_embeds(posted)
        own = await Person(world, world.moderator).suppress_embeds(posted)
    assert refused.value.code == 50013
    assert own["embeds"] == []


async def test_an_edit_keeps_the_embeds_of_links_that_stay():
    async with LocalDiscord() as local:
        world = local.world
        reader = Person(world, world.reader)
        posted = await reader.post(world.general, f"{LINK} {LINK}2")
        world.unfurl(posted)
        edited = await reader.edit(posted, f"only {LINK}2 now")
    assert [embed["url"] for embed in edited["embeds"]] == [f"{LINK}2"]
    assert edited["edited_timestamp"] is not None


async def test_suppressed_embeds_of_the_bot_survive_an_edit():
    client = Probe()
    async with LocalDiscord() as local, connected(client, local):
        world = local.world
        channel = client.get_partial_messageable(int(world.general.id))
        sent = await channel.send(embed=discord.Embed(title="A title"))
        await sent.edit(suppress=True)
        await sent.edit(content="words", suppress=True)
        hidden = Person(world, world.reader).messages(world.general)[0]
        await sent.edit(suppress=False)
        back = Person(world, world.reader).messages(world.general)[0]
    assert hidden["embeds"] == []
    assert [embed["title"] for embed in back["embeds"]] == ["A title"]


async def test_links_are_unfurled_of_themselves_when_that_is_on():
    clock = FakeClock()
    async with LocalDiscord(clock=clock) as local:
        world = local.world
        world.unfurl_links = True
        reader = Person(world, world.reader)
        posted = await reader.post(world.general, LINK)
        await clock.advance(world.unfurl_after_s - 0.1)
        early = reader.messages(world.general)[0]["embeds"]
        await clock.advance(0.2)
        first = reader.messages(world.general)[0]["embeds"]
        await reader.edit(posted, f"{LINK}2")
        await clock.advance(world.unfurl_after_s)
        second = reader.messages(world.general)[0]["embeds"]
    assert early == []
    assert [embed["url"] for embed in first + second] == [LINK, f"{LINK}2"]


async def test_a_link_of_who_may_not_embed_links_stays_a_link():
    async with LocalDiscord() as local:
        world = local.world
        world.revoke(world.general, world.everyone, Permission.EMBED_LINKS)
        reader = Person(world, world.reader)
        world.unfurl(await reader.post(world.general, LINK))
        assert reader.messages(world.general)[0]["embeds"] == []


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        (f"see {LINK}, {LINK}2.", [LINK, f"{LINK}2"]),
        (f"{LINK} {LINK}", [LINK]),
        (f"||{LINK}||", [LINK]),
        (f"[a book]({LINK})", [LINK]),
        (f"<{LINK}>", []),
        (f"`{LINK}`", []),
        (f"```\n{LINK}\n```", []),
        ("no link", []),
    ],
)
def test_which_links_get_an_embed(text: str, urls: list[str]):
    assert [embed["url"] for embed in build_link_embeds(text)] == urls


async def test_closed_direct_messages_are_refused():
    client = Probe()
    async with LocalDiscord() as local, connected(client, local):
        world = local.world
        world.reader.closed_dms = True
        user = await client.fetch_user(int(world.reader.id))
        code = await code_of(user.send("hello"))
        posted = await Person(world, world.reader).post(world.dm, "hello")
    assert code == 50007
    assert posted["content"] == "hello"


async def test_a_reply_to_a_message_that_is_gone_is_refused_unless_it_may_stand_alone():
    client = Listener()
    async with LocalDiscord() as local, connected(client, local):
        world = local.world
        person = Person(world, world.reader)
        posted = await person.post(world.general, "hello")
        await until(lambda: client.seen)
        await person.delete(posted)
        message = client.seen[0]
        with pytest.raises(discord.HTTPException, match="message_reference") as refused:
            await message.reply("hello too")
        alone = await message.channel.send("hello", reference=message.to_reference(fail_if_not_exists=False))
    assert refused.value.code == 50035
    assert alone.reference is None
