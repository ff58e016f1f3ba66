"""The file of a running bot is deleted, or another one put in its place: nothing is said to be saved from then on, and
the next start has what is in that one.
"""

from __future__ import annotations

import asyncio
import resource
import shutil
import sqlite3
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator
from contextlib import closing
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.gate.setting import ANIME, BLOCKED_TAGS, VNDB
from bot.store.store import Store, open_store
from tests.store.database import eventually, run_sql
from tests.support.clock import FakeClock

ROOT = Path(__file__).parents[2]
OLD, NEW, OTHER = 1, 2, 3
GONE = "was deleted or replaced while it was open"
ALL = ("", "-wal", "-shm")
TAGS = tuple(f"tag {number:0100}" for number in range(20))

SERVE = """
import asyncio, sys
from bot.http import SystemClock
from bot.store.store import open_store

async def main():
    store = await open_store(sys.argv[1], clock=SystemClock())
    await store.peers.announce()
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    await store.close()

asyncio.run(main())
"""
READ = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN")
connection.execute("SELECT * FROM setting").fetchall()
print("ready", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "shiori.db"


@pytest.fixture
async def store(path: Path, clock: FakeClock, new_database: Path) -> AsyncGenerator[Store]:
    path.parent.mkdir()
    shutil.copy(new_database, path)
    store = await open_store(f"sqlite:///{path}", clock=clock)
    await store.change_server(OLD, lambda known: known.put(VNDB, True))
    yield store
    await store.close()


@pytest.fixture
async def backup(store: Store, path: Path, new_database: Path) -> Path:
    """What a host has of last week: something else was chosen, for another server."""
    backup = path.parent.with_name("backup.db")
    shutil.copy(new_database, backup)
    await run_sql(
        f"sqlite:///{backup}",
        """INSERT INTO setting (kind, id, revision, document) VALUES ('server', 3, 7, '{"vndb": false}')""",
        "UPDATE revision SET number = 7",
    )
    return backup


def replace(path: Path, backup: Path) -> Path:
    """Where the former file is then."""
    path.rename(aside := path.with_name("aside.db"))
    backup.rename(path)
    return aside


async def start(code: str, argument: object) -> Process:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, str(argument), cwd=ROOT, stdin=PIPE, stdout=PIPE, stderr=PIPE
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"ready\n"
    return process


async def demand_refused(store: Store) -> None:
    """Neither what is stored nor what memory has is changed."""
    with pytest.raises(StoreError, match=GONE):
        await store.change_server(NEW, lambda known: known.put(VNDB, True))
    with pytest.raises(StoreError, match=GONE):
        await store.ping()
    assert [store.server(one).get(VNDB) for one in (OLD, NEW, OTHER)] == [True, None, None]


async def read_after_restart(path: Path, clock: FakeClock) -> list[bool | None]:
    """What servers chose, for whoever opens the file at a path next."""
    store = await open_store(f"sqlite:///{path}", clock=clock)
    found = [store.server(one).get(VNDB) for one in (OLD, NEW, OTHER)]
    await store.close()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    return found


async def test_after_the_folder_was_deleted_nothing_is_saved_and_no_file_is_made(
    store: Store, path: Path, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.rmtree(path.parent)
    await eventually(lambda: GONE in caplog.text, clock=clock)
    await demand_refused(store)
    await eventually(lambda: "The database is away; settings are as they were" in caplog.text, clock=clock)
    assert [record.levelname for record in caplog.records if "NOTHING IS SAVED" in record.message] == ["ERROR"]
    await store.close()
    assert not path.parent.exists()
    assert await read_after_restart(path, clock) == [None, None, None]


@pytest.mark.parametrize("deleted", [ALL, ("",)], ids=["with its log", "alone"])
@pytest.mark.parametrize("looked_at", [True, False])
async def test_a_file_that_was_replaced_is_not_asked_and_the_other_one_stays_as_it_is(
    store: Store, path: Path, backup: Path, clock: FakeClock, deleted: tuple[str, ...], looked_at: bool
) -> None:
    """A log that is left is of the former file: read with the other one, it would damage that."""
    for tail in deleted:
        path.with_name(path.name + tail).unlink()
    shutil.move(backup, path)
    if looked_at:
        await demand_refused(store)
        assert [one.name for one in path.parent.iterdir()] == [path.name]
    await store.close()
    assert await read_after_restart(path, clock) == [None, None, False]


async def test_a_backup_that_is_copied_there_seconds_later_is_whole(
    store: Store, path: Path, backup: Path, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    """`rm shiori.db*` and `cp backup.db shiori.db`, which writes into a file that is there."""
    for tail in ALL:
        path.with_name(path.name + tail).unlink()
    await eventually(lambda: "The database is away" in caplog.text, clock=clock)
    shutil.copyfile(backup, path)
    await demand_refused(store)
    await store.close()
    assert await read_after_restart(path, clock) == [None, None, False]


async def test_where_the_file_was_moved_to_all_is_in_it(store: Store, path: Path, clock: FakeClock) -> None:
    await store.change_server(NEW, lambda known: known.put(ANIME, True))
    shutil.move(path, aside := path.with_name("aside.db"))
    with pytest.raises(StoreError, match=GONE):
        await store.change_server(NEW, lambda known: known.put(VNDB, True))
    assert [one.name for one in path.parent.iterdir()] == [aside.name]
    assert await read_after_restart(aside, clock) == [True, None, None]


async def test_after_it_was_moved_back_it_is_used_from_the_next_start_on(
    store: Store, path: Path, clock: FakeClock
) -> None:
    shutil.move(path, aside := path.with_name("aside.db"))
    await demand_refused(store)
    shutil.move(aside, path)
    await demand_refused(store)
    await store.close()
    assert await read_after_restart(path, clock) == [True, None, None]


async def test_no_process_writes_the_log_of_another_file_into_its_own(
    store: Store, path: Path, backup: Path, clock: FakeClock
) -> None:
    process = await start(SERVE, f"sqlite:///{path}")
    aside = replace(path, backup)
    await demand_refused(store)
    restarted = await start(SERVE, f"sqlite:///{path}")
    assert process.stderr is not None
    while b"NOTHING IS SAVED" not in await process.stderr.readline():
        pass
    for one in (process, restarted):
        await one.communicate(b"\n")
    assert await read_after_restart(path, clock) == [None, None, False]
    assert await read_after_restart(aside, clock) == [True, None, None]


async def test_a_log_that_somebody_reads_is_kept_under_another_name(
    store: Store, path: Path, backup: Path, clock: FakeClock
) -> None:
    process = await start(READ, path)
    await store.change_server(NEW, lambda known: known.put(VNDB, False))
    aside = replace(path, backup)
    with pytest.raises(StoreError, match=GONE):
        await store.ping()
    await process.communicate(b"\n")
    assert await read_after_restart(path, clock) == [None, None, False]
    (kept,) = path.parent.glob("shiori.db.before-*-wal")
    kept.rename(aside.with_name(f"{aside.name}-wal"))
    assert await read_after_restart(aside, clock) == [True, False, None]


async def test_a_log_for_which_the_disk_has_no_room_is_kept_under_another_name(
    store: Store, path: Path, backup: Path, clock: FakeClock
) -> None:
    """The disk is full, which is why somebody puts another file there."""
    for one in range(100, 160):
        await store.change_server(one, lambda known: known.put(BLOCKED_TAGS, TAGS))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    replace(path, backup)
    resource.setrlimit(resource.RLIMIT_FSIZE, (65_536, before[1]))
    try:
        await demand_refused(store)
        await store.close()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert len(list(path.parent.glob("shiori.db.before-*-wal"))) == 1
    assert await read_after_restart(path, clock) == [None, None, False]
