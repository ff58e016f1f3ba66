"""Several shards in one process: each is lost and comes back by itself, and nobody notices."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncGenerator, Callable

import discord
import pytest

from bot.playground.engine import Channel, RestFault, texts
from bot.playground.service import Sample
from tests.flow.conftest import Place
from tests.flow.follow_message import TITLE, air_soon, follow, list_sent
from tests.flow.preview_message import find_url, list_replies, post, preview, set_server, settle
from tests.flow.vn_message import press


@dataclasses.dataclass(frozen=True)
class Split:
    """Into how many shards the servers are split, so that the first one, of direct messages, is not the server's.

    `home`: the server's; `other`: one that is told of neither.
    """

    count: int
    home: int

    @property
    def other(self) -> int:
        return 1 if self.home == 2 else 2

    @property
    def all(self) -> list[int]:
        return list(range(self.count))

    @property
    def elsewhere(self) -> str:
        """What `SHARD_IDS` is where nothing is told of the server."""
        return ",".join(str(one) for one in self.all if one != self.home)


def find_split(place: Place) -> Split:
    number = int(place.world.guild_id) >> 22
    return next(Split(count, number % count) for count in range(3, 100) if number % count)


async def reached(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 - what a socket brings has no event
            await asyncio.sleep(0.01)


async def answers(place: Place, where: Channel | None = None) -> bool:
    exchange = await place.reader.slash(where or place.general, "vn info", title="v17")
    return "Ever17" in texts(await exchange.message())


@pytest.fixture(autouse=True)
def split(unconnected: Place) -> Split:
    found = find_split(unconnected)
    unconnected.discord.gateway.shards.recommended = found.count
    return found


@pytest.fixture
async def place(unconnected: Place, split: Split) -> AsyncGenerator[Place]:
    """Everything, with all shards connected."""
    async with unconnected.connected():
        await unconnected.shiori.wait_until_ready()
        yield unconnected


async def test_as_many_shards_as_discord_recommends_begin_as_slowly_as_it_wants(
    unconnected: Place, split: Split, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.gateway.turn.IDENTIFY_EVERY_S", 0.3)
    monkeypatch.setattr("bot.gateway.turn.SLACK_S", 0.1)
    gateway = unconnected.discord.gateway
    gateway.shards.judges, gateway.shards.every_s = True, 0.3
    async with unconnected.connected():
        await unconnected.shiori.wait_until_ready()
        assert gateway.list_shards() == split.all
        gateway.disconnect(4000, forget=True)
        await reached(lambda: gateway.list_shards() == split.all)
        assert await answers(unconnected)
    assert [shard.id for shard in gateway.shards.identified[: split.count]] == split.all
    assert (gateway.shards.violations, gateway.identifies) == (0, 2 * split.count)


async def test_large_bots_begin_several_at_once(
    unconnected: Place, split: Split, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.gateway.turn.IDENTIFY_EVERY_S", 60.0)
    monkeypatch.setattr("bot.gateway.turn.SLACK_S", 30.0)
    gateway = unconnected.discord.gateway
    gateway.shards.judges, gateway.shards.max_concurrency = True, 16
    async with unconnected.connected():
        await asyncio.wait_for(unconnected.shiori.wait_until_ready(), timeout=30)
    assert (gateway.shards.violations, gateway.identifies) == (0, split.count)


async def test_a_shard_that_is_lost_comes_back_alone_and_hears_what_it_missed(place: Place, split: Split) -> None:
    gateway = place.discord.gateway
    for lose in (
        lambda: gateway.disconnect(4000, shard_id=split.home),
        lambda: gateway.ask_to_reconnect(shard_id=split.home),
        lambda: gateway.disconnect(1001, shard_id=split.other),
    ):
        before = gateway.resumes
        lose()
        message = await place.reader.post(place.world.after_dark, find_url(place, Sample.PLAIN))
        assert await answers(place, place.world.dm)
        await reached(lambda before=before: gateway.resumes == before + 1)
        await settle(place)
        (reply,) = list_replies(place, place.world.after_dark)
        assert reply["message_reference"]["message_id"] == message["id"]
        await place.reader.delete(message)
        await settle(place)
    assert (gateway.identifies, gateway.resumes) == (split.count, 3)


async def test_what_was_said_during_an_outage_is_heard_after_it(
    place: Place, split: Split, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.gateway.connected._FIRST_WAIT_S", 0.05)
    gateway = place.discord.gateway
    gateway.is_away = True
    gateway.disconnect(1001)
    await reached(lambda: caplog.text.count("has no connection to Discord") >= split.count)
    message = await place.reader.post(place.world.after_dark, find_url(place, Sample.PLAIN))
    gateway.is_away = False
    await reached(lambda: list_replies(place, place.world.after_dark))
    (reply,) = list_replies(place, place.world.after_dark)
    assert reply["message_reference"]["message_id"] == message["id"]
    await reached(lambda: gateway.resumes == split.count)
    assert gateway.identifies == split.count
    await reached(lambda: "has a connection to Discord again" in caplog.text)
    gateway.disconnect(1001)
    await reached(lambda: gateway.resumes == 2 * split.count)
    await settle(place)
    assert caplog.text.count("has a connection to Discord again") == split.count


async def test_a_shard_whose_session_is_none_any_more_begins_another_and_the_others_go_on(
    place: Place, split: Split
) -> None:
    gateway = place.discord.gateway
    gateway.invalidate(shard_id=split.home)
    assert await answers(place, place.world.dm)
    await reached(lambda: gateway.list_shards() == split.all)
    assert await answers(place)
    assert (gateway.identifies, gateway.resumes) == (split.count + 1, 0)


async def test_status_tells_that_some_servers_are_lost_just_now(
    place: Place, split: Split, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.gateway.connected.RESTS_S", 0.1)  # it is refused ten times before /status is answered
    gateway, lost = place.discord.gateway, "has lost the bot for some servers"
    gateway.refusal, gateway.refused_shard = 4000, split.home
    gateway.disconnect(4000, shard_id=split.home)
    await reached(lambda: split.home not in place.shiori.standing)
    card = await (await place.reader.slash(place.world.dm, "status")).message()
    assert lost in texts(card)
    gateway.refusal = None
    await reached(lambda: split.home in place.shiori.standing)
    assert lost not in texts(await (await press(place.reader, card, "Update")).message())


async def test_what_a_resume_tells_again_has_no_second_card(place: Place, split: Split) -> None:
    await preview(place, find_url(place, Sample.PLAIN))
    place.discord.gateway.disconnect(4000, shard_id=split.home)
    await reached(lambda: place.discord.gateway.resumes)
    place.discord.gateway.repeat("MESSAGE_CREATE")
    await settle(place)
    assert len(list_replies(place, place.world.after_dark)) == 1


async def test_a_shard_that_is_never_ready_connects_again_alone(
    unconnected: Place, split: Split, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway = unconnected.discord.gateway
    async with unconnected.connected():
        await unconnected.shiori.wait_until_ready()
        monkeypatch.setattr("bot.gateway.connected.READY_WITHIN_S", 0.2)
        gateway.silent_shards.add(split.other)
        gateway.invalidate(shard_id=split.other)
        await reached(lambda: "never said that it is ready" in caplog.text)
        assert await answers(unconnected)
        gateway.silent_shards.clear()
        await reached(lambda: gateway.list_shards() == split.all)


async def test_a_shard_that_is_let_go_at_once_rests_while_the_others_serve(
    unconnected: Place, split: Split, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.gateway.connected.RESTS_S", 0.2)
    gateway = unconnected.discord.gateway
    async with unconnected.connected():
        await unconnected.shiori.wait_until_ready()
        gateway.refusal, gateway.refused_shard = 4000, split.other
        gateway.disconnect(4000, shard_id=split.other)
        said = f"closes each connection at once (code 4000) of shard {split.other} of {split.count}"
        await reached(lambda: caplog.text.count(said) >= 2)
        assert await answers(unconnected)
        gateway.refusal = None
        await reached(lambda: gateway.list_shards() == split.all)


async def test_servers_of_other_shards_are_not_forgotten_and_those_that_went_are(
    unconnected: Place, split: Split
) -> None:
    world = unconnected.world
    async with unconnected.connected():
        await set_server(unconnected, suppress=True)
        await unconnected.shiori.wait_until_ready()
    async with unconnected.connected(shard_count=split.count, shard_ids=split.elsewhere):
        await unconnected.shiori.wait_until_ready()
        await asyncio.sleep(0.3)
        assert await unconnected.shiori.store.list_servers() == {int(world.guild_id)}
    async with unconnected.connected():
        await unconnected.shiori.wait_until_ready()
        world.bot_in_guild = False
        unconnected.discord.gateway.invalidate(shard_id=split.home)
        await reached(lambda: unconnected.shiori.get_guild(int(world.guild_id)) is None)
        async with asyncio.timeout(30):
            while await unconnected.shiori.store.list_servers():  # noqa: ASYNC110 - nor has what is stored
                await asyncio.sleep(0.02)


async def test_a_process_without_the_server_pings_the_role_when_the_other_is_away(
    unconnected: Place, split: Split, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = unconnected
    role = place.world.moderators
    place.world.grant(place.general, place.world.bot_role, discord.Permissions(mention_everyone=True).value)
    async with place.connected():
        await place.shiori.wait_until_ready()
        assert TITLE in await follow(place, by=place.person(place.world.owner), channel=place.general, role=role)
    air_soon(place)
    async with place.connected(shard_count=split.count, shard_ids=split.elsewhere):
        await place.shiori.wait_until_ready()
        await place.shiori.follower.work()
        assert list_sent(place, place.general) == []  # it is left to whoever is told of the server
        monkeypatch.setattr("bot.follow.messenger._ELSEWHERE_AFTER_S", 0.0)
        async with asyncio.timeout(30):
            while not list_sent(place, place.general):
                await place.shiori.follower.work()
    (sent,) = list_sent(place, place.general)
    assert sent["allowed_mentions"] == {"parse": [], "roles": [int(role.id)]}
    assert f"<@&{role.id}>" in texts(sent)


async def test_a_shard_that_does_not_come_keeps_nobody_else_from_being_told(
    unconnected: Place, split: Split, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.follow.messenger._ALL_READY_WITHIN_S", 0.0)
    place, gateway = unconnected, unconnected.discord.gateway
    gateway.silent_shards.add(split.other)
    async with place.connected():
        await reached(lambda: split.home in place.shiori.standing and place.shiori.guilds)
        assert TITLE in await follow(place, channel=place.general)
        message = await place.reader.post(place.world.after_dark, find_url(place, Sample.PLAIN))
        await reached(lambda: list_replies(place, place.world.after_dark))
        await place.reader.delete(message)
        await reached(lambda: not list_replies(place, place.world.after_dark))
        air_soon(place)
        monkeypatch.setattr("bot.follow.follower.SCHEDULE_S", 0.0)
        async with asyncio.timeout(30):
            while not list_sent(place, place.general):
                await place.shiori.follower.work()
        assert not place.shiori.is_ready()
        gateway.silent_shards.clear()
        gateway.disconnect(4000)


@pytest.mark.parametrize(
    "fault",
    [
        RestFault(429, retry_after_s=0.1),
        RestFault(429, retry_after_s=0.1, for_all=True),
        RestFault(502, taken=True),
        RestFault(None, delay_s=1.0),
    ],
    ids=["limit of a route", "limit of all routes", "taken, but said not to be", "slow"],
)
async def test_what_discord_does_to_an_answer_leaves_one(place: Place, fault: RestFault) -> None:
    fault.method, fault.path = "POST", "/callback|/messages$"
    place.world.rest_faults.append(fault)
    assert await answers(place)
    fault.count = 1
    await post(place, place.world.after_dark, find_url(place, Sample.PLAIN))
    assert len(list_replies(place, place.world.after_dark)) == 1
