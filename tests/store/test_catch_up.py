"""After a start the database is asked once for all servers, however many there are, and each has its turn."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import discord
import pytest

from bot.gate.rules import HOSTED_DEFAULT
from bot.playground.engine import LocalDiscord, RestFault
from bot.preview.catch_up import CatchUp
from bot.preview.leaver import Leaver
from bot.preview.record import PreviewRecord, PreviewRecords
from bot.preview.replies import Replies
from bot.store.store import Store
from tests.store.database import eventually, noted_statements
from tests.support.clock import EPOCH_S, FakeClock
from tests.support.connected import Probe, connected

SERVERS = range(1, 2501)
WITH_PREVIEW = (1, 1250, 2500)
DISCORD_EPOCH_MS = 1_420_070_400_000
NOW_ID = (int(EPOCH_S * 1000) - DISCORD_EPOCH_MS) << 22


@dataclass
class Looking:
    """The messages that were looked at, one after the other."""

    catching_up: CatchUp
    local: LocalDiscord
    looked: list[int]


@asynccontextmanager
async def open_catch_up(store: Store, clock: FakeClock) -> AsyncGenerator[Looking]:
    looked: list[int] = []

    def look(message_id: int, message: discord.Message | None, _record: PreviewRecord) -> None:
        assert message is None  # none of them is there any more
        looked.append(message_id)

    local, client = LocalDiscord(), Probe()
    await local.start()
    leaver = Leaver(PreviewRecords(store.database), Replies(client, clock=clock), recovery=store.recovery)
    catching_up = CatchUp(
        client,
        store=store,
        records=PreviewRecords(store.database),
        leaver=leaver,
        clock=clock,
        hosted=HOSTED_DEFAULT,
        look=look,
    )
    async with connected(client, local):
        yield Looking(catching_up, local, looked)
        await catching_up.close()
        await leaver.close()
    await local.stop()


async def record(store: Store, message_id: int, *, guild_id: int) -> None:
    records = PreviewRecords(store.database)
    await records.begin_preview(message_id=message_id, channel_id=guild_id, guild_id=guild_id, poster_id=4)
    await records.finish_preview(message_id, reply_id=message_id + 1, shown="")


@pytest.mark.parametrize("guild_ids", [WITH_PREVIEW, SERVERS])
async def test_one_question_catches_up_for_all_servers(
    store: Store, clock: FakeClock, guild_ids: tuple[int, ...]
) -> None:
    for number in WITH_PREVIEW:
        await record(store, NOW_ID + number, guild_id=number)
    async with open_catch_up(store, clock) as looking:
        with noted_statements() as statements:
            for guild_id in guild_ids:
                looking.catching_up.add(guild_id)
                await asyncio.sleep(0)
            await eventually(lambda: len(looking.looked) == len(WITH_PREVIEW), clock=clock)
            asked = [statement for statement in statements if "FROM preview" in statement]
    assert sorted(looking.looked) == [NOW_ID + number for number in WITH_PREVIEW]
    assert len(asked) == 2  # what has to go, and what may have changed


@pytest.mark.parametrize("anew", [False, True])
async def test_the_many_messages_of_one_server_keep_none_of_another_waiting(
    store: Store, clock: FakeClock, anew: bool
) -> None:
    for number in range(20):
        await record(store, NOW_ID + 2 * number, guild_id=1)
    other_id = NOW_ID + 100
    await record(store, other_id, guild_id=2)
    async with open_catch_up(store, clock) as looking:
        looking.local.world.rest_faults.append(RestFault(None, count=20, path="/channels/1$", delay_s=0.2))
        looking.catching_up.add(1)
        await eventually(lambda: bool(looking.looked), clock=clock)
        looking.catching_up.add(2, anew=anew)
        await eventually(lambda: other_id in looking.looked, clock=clock)
        assert len(looking.looked) < 20
