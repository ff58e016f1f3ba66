from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bot.errors import StoreError
from bot.store.database import Database
from bot.store.schema import VERSIONS, find_head
from bot.store.store import Store, open_store
from bot.store.table import metadata
from tests.store.database import Opener, fetch_value, run_sql
from tests.support.clock import FakeClock

ROOT = Path(__file__).parent.parent.parent


def find_differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, metadata))


async def test_the_migrations_make_the_tables(store: Store, url: str) -> None:
    database = Database(url)
    async with database.read() as connection:
        assert await connection.run_sync(find_differences) == []
    await database.close()


def test_migrations_are_one_line_and_end_at_the_head() -> None:
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
print(*sorted({"alembic", "asyncpg"} & set(sys.modules)))
"""


async def run_open(url: str) -> str:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", OPEN, url, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    out, err = await process.communicate()
    assert (process.returncode, err) == (0, b"")
    return out.decode().strip()


async def test_processes_that_start_at_once_on_a_new_database_do_not_collide(url: str) -> None:
    assert len(await asyncio.gather(*(run_open(url) for _ in range(2)))) == 2


async def test_a_second_start_needs_no_alembic_and_a_file_no_asyncpg(sqlite_url: str) -> None:
    assert await run_open(sqlite_url) == "alembic"
    assert await run_open(sqlite_url) == ""


async def test_a_database_of_a_newer_version_is_refused_and_left_as_it_is(
    opened: Opener, url: str, clock: FakeClock
) -> None:
    await (await opened()).take_note(1, 2)
    await run_sql(url, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="newer version"):
        await open_store(url, clock=clock)
    assert await fetch_value(url, "SELECT version_num FROM alembic_version") == "9999"
    assert await fetch_value(url, "SELECT count(*) FROM note") == 1


async def test_a_database_that_lost_its_version_is_refused_and_left_as_it_is(
    opened: Opener, url: str, clock: FakeClock
) -> None:
    await (await opened()).take_note(1, 2)
    await run_sql(url, "DELETE FROM alembic_version")
    with pytest.raises(StoreError):
        await open_store(url, clock=clock)
    assert await fetch_value(url, "SELECT count(*) FROM note") == 1
