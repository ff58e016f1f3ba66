"""What `bot.store.schema` runs in a process of its own: it migrates one database, and ends, and Alembic leaves with it.

The database's URL comes by the standard input, since others may read a process' arguments.
"""

from __future__ import annotations

import asyncio
import sys

from bot.errors import StoreError
from bot.store.database import Database
from bot.store.migrations import upgrade
from bot.store.schema import change_tables


async def migrate(url: str) -> None:
    """Bring a database to the version of this code. Raises StoreError."""
    database = Database(url)
    try:
        async with change_tables(database) as connection:
            await connection.run_sync(upgrade)
    finally:
        await database.close()


def main() -> int:
    """Migrate the database that is named on the standard input. Returns 0; else 1, with the reason on the output."""
    try:
        asyncio.run(migrate(sys.stdin.read()))
    except StoreError as error:
        sys.stdout.write(error.reason)
        return 1
    return 0
