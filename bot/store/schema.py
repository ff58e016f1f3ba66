"""The version of the tables: looked up at the start. A new database gets today's; an older one is migrated."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Literal

import sqlalchemy
from sqlalchemy import Column, MetaData, String, Table, insert, select, text
from sqlalchemy.exc import DBAPIError

from bot.errors import StoreError
from bot.store.connection import Connection
from bot.store.database import Database
from bot.store.table import metadata, revision

VERSIONS = Path(__file__).parent / "migrations" / "versions"
TIMEOUT_S = 120.0
LOCK_ID = 7_311_001
"""Any number that nobody else takes: PostgreSQL's advisory locks go by numbers."""
_NO_TABLE = "42P01"  # PostgreSQL's SQLSTATE of undefined_table

# Not by `-m`, which looks for the module in the folder that the process stands in.
_PROCESS = (
    "import sys; sys.path.insert(0, sys.argv[1]); from bot.store.migrations.process import main; sys.exit(main())"
)
_ROOT = Path(__file__).parent.parent.parent

# Alembic's own table.
_version = Table("alembic_version", MetaData(), Column("version_num", String(32), primary_key=True))


NEWER = "a newer version of Shiori has changed its tables"

State = Literal["ready", "older", "empty", "foreign"]
"""How tables stand: as this code needs them; to be migrated; not there; or there are somebody else's alone."""


class _Undone(Exception):
    """All was tried, and nothing is to be kept."""


def find_head() -> str:
    """The version that this code needs: migrations are numbered (`0001_….py`)."""
    return max(path.name[:4] for path in VERSIONS.glob("[0-9]*.py"))


async def migrate(database: Database) -> bool:
    """Bring a new or older database to the version of this code; of processes that try at once, one does it. Whether
    this one found no tables, and made them.

    Raises:
        StoreError: the database cannot be used, or is of a newer version.
    """
    head = find_head()
    if await fetch_version(database) == head:
        return False
    async with change_tables(database) as connection:
        is_new = not await connection.run_sync(_has_version)
        if is_new:  # and no other process was faster
            await connection.run_sync(_create)
            await connection.execute(insert(_version).values(version_num=head))
    if not is_new and await fetch_version(database) != head:
        await _run_migrations(database.url)
    return is_new


async def look(database: Database) -> State:
    """How its tables stand, and that a start could use it. Nothing is changed in it.

    Raises:
        StoreError: as `migrate`.
    """
    head, version = find_head(), await fetch_version(database)
    if version is not None:
        if version > head:
            raise StoreError(NEWER)
        async with database.write() as connection:
            await connection.execute(select(revision.c.number).with_for_update())
        return "ready" if version == head else "older"
    tables: list[str] = []
    with suppress(_Undone):
        async with change_tables(database) as connection:
            tables = await connection.run_sync(lambda one: sqlalchemy.inspect(one).get_table_names())
            await connection.run_sync(_create)
            raise _Undone
    return "foreign" if tables else "empty"


@asynccontextmanager
async def change_tables(database: Database) -> AsyncGenerator[Connection]:
    """A transaction that no other process changes tables in. Raises StoreError."""
    async with database.write(timeout_s=TIMEOUT_S) as connection:
        # SQLite's transaction is the only writer already. PostgreSQL's lock ends with the transaction.
        if not database.is_sqlite:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:id)"), {"id": LOCK_ID})
        yield connection


def _has_version(connection: sqlalchemy.Connection) -> bool:
    return sqlalchemy.inspect(connection).has_table(_version.name)


def _create(connection: sqlalchemy.Connection) -> None:
    """Make what all migrations together make. Fails where there is such a table: it is somebody else's."""
    for table in (_version, *metadata.sorted_tables):
        table.create(connection)
    connection.execute(insert(revision).values(id=1, number=0, reset=0))


async def _run_migrations(url: str) -> None:
    """Run them in a process of their own, which takes Alembic's 10 MB with it when it ends."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _PROCESS, str(_ROOT), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        reason, _ = await process.communicate(url.encode())
    finally:
        if process.returncode is None:
            process.kill()  # whoever waited is gone; the database undoes what is not committed
            await process.wait()
    if process.returncode:
        raise StoreError(reason.decode(errors="replace") or "its tables could not be brought up to date")


async def fetch_version(database: Database) -> str | None:
    """The version of the tables. None: there are none. Raises StoreError."""
    try:
        async with database.read() as connection:
            return await connection.scalar(select(_version.c.version_num))
    except StoreError as error:
        if misses_table(error):
            return None
        raise


def misses_table(error: StoreError) -> bool:
    """Whether the database could be asked, and has no such table."""
    driver = error.__cause__.orig if isinstance(error.__cause__, DBAPIError) else None
    return getattr(driver, "sqlstate", None) == _NO_TABLE or str(driver).startswith("no such table")
