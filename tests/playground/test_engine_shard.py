"""Shards at the local Discord: who is told of what, and what is refused."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import discord
import pytest

from bot.playground.engine import LocalDiscord, Person
from bot.playground.engine.shard import Shard, ShardRules, parse_shard
from tests.support.clock import FakeClock
from tests.support.connected import connected, until


class Sharded(discord.AutoShardedClient):
    """Keeps which messages it was told of."""

    def __init__(self, **options: Any) -> None:
        intents = discord.Intents(guilds=True, guild_messages=True, dm_messages=True, message_content=True)
        super().__init__(intents=intents, max_messages=None, guild_ready_timeout=0.02, **options)
        self.seen: list[str] = []

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """No waiting here."""

    async def on_message(self, message: discord.Message) -> None:
        self.seen.append(message.content)


@pytest.fixture
async def local() -> AsyncGenerator[LocalDiscord]:
    async with LocalDiscord() as local:
        yield local


async def test_each_shard_is_told_of_its_servers_and_the_first_of_direct_messages(local: LocalDiscord) -> None:
    world = local.world
    home = (int(world.guild_id) >> 22) % 2
    local.gateway.shards.recommended = 2
    async with connected(client := Sharded(), local):
        assert local.gateway.list_shards() == [0, 1]
        assert [guild.shard_id for guild in client.guilds] == [home]
    for shard_id, told in ((0, "direct"), (1, "")):
        async with connected(client := Sharded(shard_count=2, shard_ids=[shard_id]), local):
            await Person(world, world.reader).post(world.general, "in a server")
            await Person(world, world.reader).post(world.dm, "direct")
            wanted = {*([told] if told else []), *(["in a server"] if shard_id == home else [])}
            await until(lambda client=client, wanted=wanted: set(client.seen) >= wanted)
            await asyncio.sleep(0.05)
            assert set(client.seen) == wanted
            assert len(client.guilds) == (shard_id == home)


async def test_one_shard_is_lost_and_resumed_alone(local: LocalDiscord) -> None:
    async with connected(Sharded(shard_count=3), local):
        local.gateway.disconnect(4000, shard_id=1)
        await until(lambda: local.gateway.resumes == 1)
        local.gateway.invalidate(shard_id=2)
        await until(lambda: local.gateway.identifies == 4)
        assert [shard.id for shard in local.gateway.shards.identified] == [0, 1, 2, 2]


@pytest.mark.parametrize(("needed", "code"), [(1, 4010), (3, 4011)])
async def test_shards_that_there_are_not_are_refused(local: LocalDiscord, needed: int, code: int) -> None:
    local.gateway.shards.needed = needed
    client = Sharded(shard_count=2, shard_ids=[2 if code == 4010 else 1])
    with pytest.raises(discord.ConnectionClosed) as caught:
        async with connected(client, local):
            pass
    assert caught.value.code == code


async def test_sessions_that_begin_too_soon_are_a_violation() -> None:
    clock = FakeClock()
    rules = ShardRules(clock)
    rules.judges, rules.max_concurrency = True, 2
    assert [rules.take(Shard(number, 4)) for number in (0, 1, 2)] == [True, True, False]
    await clock.advance(4.9)
    assert not rules.take(Shard(3, 4))
    await clock.advance(5.0)
    assert rules.take(Shard(0, 4))
    assert rules.violations == 2


def test_what_is_no_shard_is_none() -> None:
    assert [parse_shard(one) for one in (None, [1, 2], [2, 2], ["0", 1], [0], 3)] == [
        Shard(0, 1), Shard(1, 2), None, None, None, None,
    ]  # fmt: skip
