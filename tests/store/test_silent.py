"""Connections that go silent, as in a failover: nothing is waited for without end, and all is well again afterwards."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager

import pytest
from msgspec.structs import replace as replace_follow

from bot.errors import StoreError, Unconfirmed
from bot.follow.record import FollowRecords
from bot.gate.setting import ANIME, VNDB
from bot.preview.record import PreviewRecord, PreviewRecords
from bot.store.database import Database
from bot.store.schema import fetch_version, migrate
from bot.store.store import Store, open_store
from tests.store.database import eventually, open_whole, run_sql
from tests.store.test_follow import FOLLOW
from tests.support.clock import FakeClock
from tests.support.wire import relayed


@contextmanager
def impatience() -> Generator[None]:
    """Who says nothing for that long is silent. Half a second is what who answers may take on a busy machine, too."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("TIMEOUT_S", "OPEN_TIMEOUT_S", "CLOSE_TIMEOUT_S"):
            patch.setattr(f"bot.store.database.{name}", 1.5)
        yield


@pytest.fixture
def impatient() -> Generator[None]:
    with impatience():
        yield


async def test_connections_that_went_silent_are_thrown_away_and_new_ones_work(
    postgresql_url: str, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    async with relayed(postgresql_url) as (wire, url):
        store = await open_store(url, clock=clock)
        await asyncio.gather(*(PreviewRecords(store.database).find_preview(number) for number in range(5)))
        wire.silence()
        with impatience():
            failed = await asyncio.gather(
                *(PreviewRecords(store.database).find_preview(number) for number in range(5)), return_exceptions=True
            )
        assert all(isinstance(one, StoreError) for one in failed)
        assert await PreviewRecords(store.database).find_preview(1) is None
        await store.change_server(1, lambda known: known.put(VNDB, True))
        assert store.server(1).get(VNDB)
        await eventually(lambda: "is away" not in caplog.text or "is back" in caplog.text, clock=clock)
        await store.close()


@pytest.mark.usefixtures("impatient")
async def test_a_store_whose_connections_are_silent_closes(postgresql_url: str, clock: FakeClock) -> None:
    async with relayed(postgresql_url) as (wire, url):
        store = await open_store(url, clock=clock)
        await asyncio.gather(*(PreviewRecords(store.database).find_preview(number) for number in range(5)))
        wire.silence()
        asking = asyncio.create_task(PreviewRecords(store.database).find_preview(1))
        await asyncio.sleep(0)
        async with asyncio.timeout(10):
            await store.close()
        assert isinstance((await asyncio.gather(asking, return_exceptions=True))[0], StoreError)


@pytest.mark.usefixtures("impatient")
async def test_a_change_whose_confirmation_is_lost_is_looked_for(postgresql_url: str, clock: FakeClock) -> None:
    async with relayed(postgresql_url) as (wire, url):
        store = await open_store(url, clock=clock)
        wire.deaf_to = b"COMMIT\x00Z"  # what the server says of a transaction that is saved
        changed = await store.change_server(1, lambda known: known.put(VNDB, True))
        assert changed.get(VNDB)
        assert store.server(1).get(VNDB)
        assert wire.silent
        wire.deaf_to = None
        await store.close()


BEGUN = PreviewRecord(
    1, 1, 1, 8, FOLLOW.user_id, reply_id=None, removed=False, restricted=True, leaving=False, shown=""
)
CHANGES: list[tuple[Callable[[Store, FollowRecords], Awaitable[object]], object]] = [
    (lambda _, follows: follows.add_follow(replace_follow(FOLLOW, id=2, subject_id=2)), "added"),
    (lambda _, follows: follows.add_follow(FOLLOW), "known"),
    (lambda _, follows: follows.delete_follow(FOLLOW.id), False),
    (lambda store, _: store.delete_person(FOLLOW.user_id), 1),  # the preview has to go, and goes after it
    (lambda store, _: PreviewRecords(store.database).mark_removed(BEGUN), True),
    (lambda store, _: PreviewRecords(store.database).finish_preview(1, reply_id=5, shown="v17"), True),
]


@pytest.mark.parametrize(("change", "said"), CHANGES)
@pytest.mark.usefixtures("impatient")
async def test_what_may_be_done_twice_is_when_its_confirmation_is_lost(
    postgresql_url: str,
    clock: FakeClock,
    change: Callable[[Store, FollowRecords], Awaitable[object]],
    said: object,
) -> None:
    async with relayed(postgresql_url) as (wire, url):
        store = await open_whole(url, clock=clock)
        follows = FollowRecords(store.database)
        await follows.add_follow(FOLLOW)
        await PreviewRecords(store.database).begin_preview(
            message_id=1, channel_id=1, guild_id=8, poster_id=FOLLOW.user_id
        )
        wire.once, wire.deaf_to = True, b"COMMIT\x00Z"
        assert await change(store, follows) == said
        assert bool(wire.silent) == (said != "known")
        await store.close()


@pytest.mark.usefixtures("impatient")
async def test_where_nobody_can_look_it_is_said_that_nobody_knows(postgresql_url: str, clock: FakeClock) -> None:
    async with relayed(postgresql_url) as (wire, url):
        store = await open_store(url, clock=clock)
        wire.deaf_to = b"COMMIT\x00Z"
        with pytest.raises(Unconfirmed):
            await PreviewRecords(store.database).mark_removed(BEGUN)
        wire.deaf_to = None
        await store.close()


async def test_an_empty_database_gets_its_tables_and_the_host_is_told(
    postgresql_url: str, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "bot.store")
    store = await open_store(postgresql_url, clock=clock)
    await store.change_server(1, lambda known: known.put(VNDB, True))
    await run_sql(postgresql_url, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
    await eventually(lambda: "THE DATABASE WAS EMPTY" in caplog.text, clock=clock)
    assert not store.server(1).get(VNDB)
    await store.change_server(1, lambda known: known.put(ANIME, True))
    assert store.server(1).get(ANIME)
    await store.close()


async def test_a_table_that_is_back_in_a_moment_is_not_taken_for_an_empty_database(
    postgresql_url: str, clock: FakeClock, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.WARNING, "bot.store")
    looked: list[bool] = []

    async def put_back(database: Database) -> bool:
        await run_sql(postgresql_url, "ALTER TABLE gone RENAME TO revision")
        looked.append(await migrate(database))
        return looked[-1]

    store = await open_store(postgresql_url, clock=clock)
    await store.change_server(1, lambda known: known.put(VNDB, True))
    monkeypatch.setattr("bot.store.store.migrate", put_back)
    await run_sql(postgresql_url, "ALTER TABLE revision RENAME TO gone")
    await eventually(lambda: looked == [False], clock=clock)
    await store.change_server(2, lambda known: known.put(VNDB, True))
    assert "EMPTY" not in caplog.text
    assert store.server(1).get(VNDB)
    await store.close()


async def test_tables_that_may_not_be_read_are_not_taken_for_missing(
    postgresql_url: str, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "bot.store")
    await run_sql(postgresql_url, "CREATE ROLE keeper", "GRANT ALL ON SCHEMA public TO keeper")
    store = await open_store(f"{postgresql_url}{'&' if '?' in postgresql_url else '?'}role=keeper", clock=clock)
    await run_sql(postgresql_url, "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM keeper")
    with pytest.raises(StoreError, match="may not do what is needed"):
        await fetch_version(store.database)
    await eventually(lambda: bool(caplog.text), clock=clock)
    assert "The database is away; settings are as they were: the user of DATABASE_URL may not do what is" in caplog.text
    await store.close()
    await run_sql(postgresql_url, "DROP OWNED BY keeper", "DROP ROLE keeper")
