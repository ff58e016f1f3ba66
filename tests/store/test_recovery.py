from __future__ import annotations

import asyncio
import itertools
import sqlite3
from contextlib import closing

import pytest

from bot.errors import StoreError
from bot.gate.setting import VNDB
from bot.store.recovery import SELDOM
from bot.store.store import Store
from tests.store.database import noted_statements, run_sql
from tests.support.clock import FakeClock


@pytest.fixture
def url(sqlite_url: str) -> str:
    return sqlite_url


async def refuse(store: Store) -> None:
    with pytest.raises(StoreError):
        await store.change_server(1, lambda known: known.put(VNDB, True))


async def test_where_nothing_is_refused_nothing_is_tried(store: Store) -> None:
    with noted_statements() as statements:
        await store.recovery.look()
    assert statements == []


async def test_whoever_waits_goes_on_when_a_change_is_taken_again(store: Store, url: str, clock: FakeClock) -> None:
    waiting = asyncio.create_task(store.recovery.sleep(3600))
    await run_sql(url, "ALTER TABLE setting RENAME TO hidden", "ALTER TABLE revision RENAME TO lost")
    await refuse(store)
    with pytest.raises(StoreError):
        await store.recovery.look()
    assert not waiting.done()
    await run_sql(url, "ALTER TABLE hidden RENAME TO setting", "ALTER TABLE lost RENAME TO revision")
    await store.recovery.look()
    assert await waiting
    rested = asyncio.create_task(store.recovery.sleep(60))
    await clock.advance(60)
    assert not await rested


async def test_while_it_is_tried_nobody_takes_it_for_well(store: Store, url: str) -> None:
    await run_sql(url, "ALTER TABLE setting RENAME TO hidden")
    assert not store.recovery.refuses
    await refuse(store)
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        looking = asyncio.create_task(store.recovery.look())
        await asyncio.sleep(0.1)
        assert not looking.done()
        assert store.recovery.takes_nothing
        other.execute("ROLLBACK")
    await looking
    assert not store.recovery.takes_nothing


async def test_what_refuses_one_thing_alone_is_tried_seldomer_and_seldomer(store: Store, url: str) -> None:
    await run_sql(url, "ALTER TABLE setting RENAME TO hidden")
    woken: list[int] = []
    waiting = asyncio.create_task(store.recovery.sleep(3600))
    for number in range(10 * SELDOM):
        await refuse(store)
        await store.recovery.look()
        await asyncio.sleep(0)
        if waiting.done():
            woken.append(number)
            waiting = asyncio.create_task(store.recovery.sleep(3600))
        await asyncio.sleep(0)
    waits = [later - earlier for earlier, later in itertools.pairwise(woken)]
    assert (waits[:4], max(waits)) == ([2, 4, 8, 16], SELDOM)
    waiting.cancel()


async def test_a_database_that_refuses_one_thing_alone_is_not_said_to_take_no_changes(store: Store, url: str) -> None:
    """Until it takes none: then it is said as soon as that was tried."""
    await run_sql(url, "ALTER TABLE setting RENAME TO hidden")
    for _ in range(3 * SELDOM):
        await refuse(store)
        await store.recovery.look()
        assert not store.recovery.takes_nothing
    await run_sql(url, "ALTER TABLE revision RENAME TO lost")
    with pytest.raises(StoreError):
        for _ in range(SELDOM):
            await refuse(store)
            await store.recovery.look()
    await store.recovery.look()
    assert store.recovery.takes_nothing
