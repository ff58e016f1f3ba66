from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import Connection, inspect

from bot.errors import StoreError
from bot.store.database import Database
from bot.store.schema import VERSIONS, find_head, look
from bot.store.store import open_store
from bot.store.table import metadata
from tests.store.database import Opener, fetch_everything, fetch_value, migrate_to, run_sql
from tests.support.clock import FakeClock

T = TypeVar("T")
ROOT = Path(__file__).parent.parent.parent
# Alembic is imported where it is used: every process of a run reads this file, and one or two run a test of it.


def find_differences(connection: Connection) -> list[object]:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, metadata))


def describe(connection: Connection) -> dict[str, object]:
    """All that SQL says of the tables: SQLite keeps the words that made them, so those are compared after parsing."""
    inspected = inspect(connection)
    return {
        name: (
            sorted((one["name"], str(one["type"]), one["nullable"]) for one in inspected.get_columns(name)),
            inspected.get_pk_constraint(name)["constrained_columns"],
            sorted((str(one["name"]), one["column_names"], bool(one["unique"])) for one in inspected.get_indexes(name)),
        )
        for name in inspected.get_table_names()
    }


async def run_described(url: str, work: Callable[[Connection], T]) -> T:
    database = Database(url)
    async with database.read() as connection:
        found = await connection.run_sync(work)
    await database.close()
    return found


async def test_the_tables_of_a_new_database_are_those_that_all_migrations_make(url: str, clock: FakeClock) -> None:
    from bot.store.migrations.process import migrate as migrate_in_process

    await migrate_in_process(url)
    assert await run_described(url, find_differences) == []
    migrated = await run_described(url, describe), await fetch_everything(url)
    await run_sql(url, *(f"DROP TABLE {name}" for name in migrated[0]))
    store = await open_store(url, clock=clock)
    await store.close()
    assert (await run_described(url, describe), await fetch_everything(url)) == migrated
    assert await fetch_value(url, "SELECT version_num FROM alembic_version") == find_head()


async def test_an_older_database_is_migrated_in_a_process_of_its_own(url: str, clock: FakeClock) -> None:
    await migrate_to(url, "0001")
    await run_sql(url, "INSERT INTO note VALUES (1, 2)")
    assert "kept_place" not in await run_described(url, describe)
    await asyncio.gather(*(run_open(url) for _ in range(2)))  # which has no Alembic in it, not even then
    assert await run_described(url, find_differences) == []
    store = await open_store(url, clock=clock)
    assert not await store.take_note(1, 2, "")
    await store.close()


async def test_a_look_tells_what_a_start_would_do_and_changes_nothing(url: str, clock: FakeClock) -> None:
    async def look_at() -> str:
        database = Database(url, looks=True)
        try:
            return await look(database)
        finally:
            await database.close()

    await run_sql(url, "CREATE TABLE theirs (id INTEGER)")
    assert await look_at() == "foreign"
    await run_sql(url, "CREATE TABLE note (id INTEGER)")
    with pytest.raises(StoreError):
        await look_at()
    assert sorted(await run_described(url, describe)) == ["note", "theirs"]
    await run_sql(url, "DROP TABLE note", "DROP TABLE theirs")
    assert await look_at() == "empty"
    assert await run_described(url, describe) == {}
    await migrate_to(url, "0001")
    assert await look_at() == "older"
    assert await fetch_value(url, "SELECT version_num FROM alembic_version") == "0001"
    store = await open_store(url, clock=clock)
    assert await look_at() == "ready"
    await store.close()
    await run_sql(url, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="newer version"):
        await look_at()


def test_migrations_are_one_line_and_end_at_the_head() -> None:
    from alembic.script import ScriptDirectory

    script = ScriptDirectory(str(VERSIONS.parent))
    revisions = [found.revision for found in script.walk_revisions()]
    assert script.get_heads() == [find_head()]
    assert sorted(revisions) == [f"{number:04}" for number in range(1, len(revisions) + 1)]


OPEN = """
import asyncio, sys
from bot.http import SystemClock
from bot.store.store import open_store

async def main():
    store = await open_store(sys.argv[1], clock=SystemClock())
    await store.close()

asyncio.run(main())
heavy = {"alembic", "mako", "sqlalchemy.orm", "sqlalchemy.ext.asyncio"}
only_postgresql = {"asyncpg", "sqlalchemy.dialects.postgresql"} if sys.argv[1].startswith("sqlite") else set()
assert not (heavy | only_postgresql) & set(sys.modules), sys.modules
"""


async def run_open(url: str) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", OPEN, url, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    _, err = await process.communicate()
    assert (process.returncode, err.decode()) == (0, "")


async def test_processes_that_start_at_once_on_a_new_database_do_not_collide(url: str) -> None:
    await asyncio.gather(*(run_open(url) for _ in range(2)))
    assert await fetch_value(url, "SELECT version_num FROM alembic_version") == find_head()


async def test_a_database_of_a_newer_version_is_refused_and_left_as_it_is(
    opened: Opener, url: str, clock: FakeClock
) -> None:
    await (await opened()).take_note(1, 2, "")
    await run_sql(url, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="newer version"):
        await open_store(url, clock=clock)
    assert await fetch_value(url, "SELECT version_num FROM alembic_version") == "9999"
    assert await fetch_value(url, "SELECT count(*) FROM note") == 1


async def test_a_database_that_lost_its_version_is_refused_and_left_as_it_is(
    opened: Opener, url: str, clock: FakeClock
) -> None:
    await (await opened()).take_note(1, 2, "")
    await run_sql(url, "DELETE FROM alembic_version")
    with pytest.raises(StoreError):
        await open_store(url, clock=clock)
    assert await fetch_value(url, "SELECT count(*) FROM note") == 1
