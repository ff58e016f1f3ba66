"""The version of the tables: looked up at the start, brought up to date if it is another one."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import OperationalError, ProgrammingError

from bot.errors import StoreError
from bot.store.database import Database

VERSIONS = Path(__file__).parent / "migrations" / "versions"
TIMEOUT_S = 120.0
LOCK_ID = 7_311_001
"""Any number that nobody else takes: PostgreSQL's advisory locks go by numbers."""


def find_head() -> str:
    """The version that this code needs: migrations are numbered (`0001_….py`)."""
    return max(path.name[:4] for path in VERSIONS.glob("[0-9]*.py"))


async def migrate(database: Database) -> None:
    """Bring a new or older database to the version of this code; of processes that try at once, one does it.

    Raises:
        StoreError: the database cannot be used, or is of a newer version.
    """
    if await _fetch_version(database) == find_head():
        return
    from bot.store.migrations import upgrade  # noqa: PLC0415 - Alembic is wanted only now

    async with database.write(timeout_s=TIMEOUT_S) as connection:
        # SQLite's transaction is the only writer already. PostgreSQL's lock ends with the transaction.
        if not database.is_sqlite:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:id)"), {"id": LOCK_ID})
        await connection.run_sync(upgrade)


async def _fetch_version(database: Database) -> str | None:
    """None: nothing was migrated here, or that cannot be told, and Alembic finds out why."""
    try:
        async with database.read() as connection:
            return await connection.scalar(text("SELECT version_num FROM alembic_version"))
    except StoreError as error:
        if isinstance(error.__cause__, OperationalError | ProgrammingError):
            return None
        raise
