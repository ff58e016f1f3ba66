"""After a start the database is asked once for all servers, however many there are."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import discord
import pytest

from bot.gate.rules import HOSTED_DEFAULT
from bot.playground.engine import LocalDiscord
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


async def catch_up(store: Store, clock: FakeClock, guild_ids: Iterable[int]) -> tuple[list[int], list[str]]:
    """The messages that were looked at when Discord had told of these servers, one after the other, and the questions
    that the database was asked for it.
    """
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
        with noted_statements() as statements:
            for guild_id in guild_ids:
                catching_up.add(guild_id)
                await asyncio.sleep(0)
            await eventually(lambda: len(looked) == len(WITH_PREVIEW), clock=clock)
            asked = [statement for statement in statements if "FROM preview" in statement]
        await catching_up.close()
        await leaver.close()
    await local.stop()
    return looked, asked


@pytest.mark.parametrize("guild_ids", [WITH_PREVIEW, SERVERS])
async def test_one_question_catches_up_for_all_servers(
    store: Store, clock: FakeClock, guild_ids: tuple[int, ...]
) -> None:
    for number in WITH_PREVIEW:
        message_id = NOW_ID + number
        await PreviewRecords(store.database).begin_preview(
            message_id=message_id, channel_id=number, guild_id=number, poster_id=4
        )
        await PreviewRecords(store.database).finish_preview(message_id, reply_id=number, shown="")
    looked, asked = await catch_up(store, clock, guild_ids)
    assert sorted(looked) == [NOW_ID + number for number in WITH_PREVIEW]
    assert len(asked) == 2  # what has to go, and what may have changed
