"""The file of a running bot is deleted, or another one put in its place: what is said to be saved is in the new one."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import AsyncGenerator
from contextlib import closing
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.gate.setting import ANIME, VNDB
from bot.store.store import Store, open_store
from tests.store.database import eventually, run_sql
from tests.support.clock import FakeClock

OLD, NEW, OTHER = 1, 2, 3


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


async def read_after_restart(path: Path, clock: FakeClock) -> list[bool | None]:
    """What servers chose, for whoever opens the file at a path next."""
    store = await open_store(f"sqlite:///{path}", clock=clock)
    found = [store.server(one).get(VNDB) for one in (OLD, NEW, OTHER)]
    await store.close()
    return found


async def test_what_is_saved_after_the_folder_was_deleted_is_kept(
    store: Store, path: Path, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.rmtree(path.parent)
    with pytest.raises(StoreError, match="no such table"):
        await store.change_server(NEW, lambda known: known.put(VNDB, True))
    await eventually(lambda: "THE DATABASE WAS EMPTY" in caplog.text, clock=clock)
    assert store.server(OLD).get(VNDB) is None
    await store.change_server(NEW, lambda known: known.put(VNDB, True))
    assert await read_after_restart(path, clock) == [None, True, None]


@pytest.mark.parametrize("replaced", [("", "-wal", "-shm"), ("",)], ids=["with its log", "alone"])
async def test_what_is_saved_after_the_file_was_replaced_is_kept_with_what_the_other_has(
    store: Store,
    path: Path,
    clock: FakeClock,
    new_database: Path,
    caplog: pytest.LogCaptureFixture,
    replaced: tuple[str, ...],
) -> None:
    """A log that is left is of the former file: read with the other one, it would damage that."""
    other = path.with_name("other.db")
    shutil.copy(new_database, other)
    await run_sql(
        f"sqlite:///{other}",
        """INSERT INTO setting (kind, id, revision, document) VALUES ('server', 3, 7, '{"vndb": false}')""",
        "UPDATE revision SET number = 7",
    )
    for tail in replaced:
        path.with_name(path.name + tail).unlink()
    other.rename(path)
    await eventually(lambda: "is another one" in caplog.text, clock=clock)
    assert [store.server(one).get(VNDB) for one in (OLD, OTHER)] == [None, False]
    await store.change_server(NEW, lambda known: known.put(VNDB, True))
    assert await read_after_restart(path, clock) == [None, True, False]
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


async def test_where_the_file_was_moved_to_all_is_in_it(store: Store, path: Path, clock: FakeClock) -> None:
    shutil.move(path, aside := path.with_name("aside.db"))
    with pytest.raises(StoreError, match="no such table"):
        await store.change_server(NEW, lambda known: known.put(ANIME, True))
    assert await read_after_restart(aside, clock) == [True, None, None]
