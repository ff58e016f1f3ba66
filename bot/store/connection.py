"""A connection of SQLAlchemy's, asked from asyncio.

As that of `sqlalchemy.ext.asyncio`, whose package brings the whole ORM along: 7 MB and a tenth of a second that nothing
here uses. Both run SQLAlchemy's plain connection in a greenlet, which waits where the driver does.
"""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Any, Self, TypeVar

import sqlalchemy
from sqlalchemy import CursorResult, Engine, Executable, ScalarResult
from sqlalchemy.util.concurrency import greenlet_spawn

T = TypeVar("T")


class Connection:
    """Made by `connect`. Rows of a result are all here already. Raises what SQLAlchemy and the driver raise."""

    def __init__(self, connection: sqlalchemy.Connection) -> None:
        self._connection = connection

    async def execute(
        self, statement: Executable, parameters: dict[str, object] | list[dict[str, object]] | None = None
    ) -> CursorResult[*tuple[Any, ...]]:
        """Run a statement; with a list of parameters once with each."""
        return await greenlet_spawn(self._connection.execute, statement, parameters)

    async def scalar(self, statement: Executable) -> Any:
        """The first column of the first row; None if there is no row."""
        return await greenlet_spawn(self._connection.scalar, statement)

    async def scalars(self, statement: Executable) -> ScalarResult[Any]:
        """The first column of all rows."""
        return await greenlet_spawn(self._connection.scalars, statement)

    async def exec_driver_sql(self, statement: str) -> CursorResult[*tuple[Any, ...]]:
        """Run a text as it is."""
        return await greenlet_spawn(self._connection.exec_driver_sql, statement)

    async def run_sync(self, work: Callable[[sqlalchemy.Connection], T]) -> T:
        """Run a function that takes SQLAlchemy's connection, and knows nothing of asyncio."""
        return await greenlet_spawn(work, self._connection)

    def begin(self) -> Transaction:
        """Begin a transaction where the block begins; undone at its end if it was not committed."""
        return Transaction(self._connection)

    def set_option(self, name: str, value: object) -> None:
        """Set an option of the next transaction, for whoever listens to it."""
        self._connection.execution_options(**{name: value})

    async def fetch_driver_connection(self) -> object:
        """What the driver calls a connection."""
        raw = await greenlet_spawn(getattr, self._connection, "connection")
        return raw.driver_connection

    async def close(self) -> None:
        """Give it back to the pool."""
        await greenlet_spawn(self._connection.close)


class Transaction:
    """Made by `Connection.begin`."""

    def __init__(self, connection: sqlalchemy.Connection) -> None:
        self._connection = connection

    async def __aenter__(self) -> Self:
        self._transaction = await greenlet_spawn(self._connection.begin)
        return self

    async def commit(self) -> None:
        """Make it durable."""
        await greenlet_spawn(self._transaction.commit)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await greenlet_spawn(self._transaction.__exit__, kind, error, traceback)


async def connect(engine: Engine) -> Connection:
    """Take a connection out of the engine's pool, opened if there is none."""
    return Connection(await greenlet_spawn(engine.connect))


async def dispose(engine: Engine) -> None:
    """Close the connections of the pool."""
    await greenlet_spawn(engine.dispose)
