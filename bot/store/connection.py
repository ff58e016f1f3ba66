"""A connection of SQLAlchemy's, asked from asyncio.

As that of `sqlalchemy.ext.asyncio`, whose package brings the whole ORM along: 7 MB and a tenth of a second that nothing
here uses. SQLAlchemy's plain connection is asked: for SQLite in a thread, for PostgreSQL in a greenlet, which waits
where the driver does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar, cast

import sqlalchemy
from sqlalchemy import CursorResult, Engine, Executable, ScalarResult

from bot.errors import StoreError

T = TypeVar("T")


class Run(Protocol):
    """Calls a function that may wait for the database, and has the loop do other things meanwhile."""

    async def __call__(self, function: Callable[..., T], /, *arguments: Any) -> T:
        """What it returns, or raises."""
        ...


class Worker:
    """A thread that does one thing after the other. What nobody waits for any more is done to its end all the same,
    before the next.
    """

    def __init__(self, name: str) -> None:
        self._executor: ThreadPoolExecutor | None = ThreadPoolExecutor(1, name)

    async def run(self, function: Callable[..., T], /, *arguments: Any) -> T:
        """Call a function in the thread. Raises StoreError: it has ended."""
        if self._executor is None:
            raise StoreError("it is closed")
        return await asyncio.get_running_loop().run_in_executor(self._executor, function, *arguments)

    def close(self) -> None:
        """End it when it has done what it was asked."""
        if self._executor is not None:
            self._executor.shutdown(wait=False)
            self._executor = None


class Connection:
    """Made by `connect`. Rows of a result are all here already. Raises what SQLAlchemy and the driver raise."""

    def __init__(self, connection: sqlalchemy.Connection, run: Run) -> None:
        self._connection = connection
        self._run = run

    async def execute(
        self, statement: Executable, parameters: dict[str, object] | list[dict[str, object]] | None = None
    ) -> CursorResult[*tuple[Any, ...]]:
        """Run a statement; with a list of parameters once with each."""
        return await self._run(_fetch, self._connection.execute, statement, parameters)

    async def scalar(self, statement: Executable) -> Any:
        """The first column of the first row; None if there is no row."""
        return await self._run(self._connection.scalar, statement)

    async def scalars(self, statement: Executable) -> ScalarResult[Any]:
        """The first column of all rows."""
        return (await self.execute(statement)).scalars()

    async def exec_driver_sql(self, statement: str) -> CursorResult[*tuple[Any, ...]]:
        """Run a text as it is."""
        return await self._run(_fetch, self._connection.exec_driver_sql, statement)

    async def run_sync(self, work: Callable[[sqlalchemy.Connection], T]) -> T:
        """Run a function that takes SQLAlchemy's connection, and knows nothing of asyncio."""
        return await self._run(work, self._connection)

    def begin(self) -> Transaction:
        """Begin a transaction where the block begins; undone at its end if it was not committed."""
        return Transaction(self._connection, self._run)

    def set_option(self, name: str, value: object) -> None:
        """Set an option of the next transaction, for whoever listens to it."""
        self._connection.execution_options(**{name: value})

    async def fetch_driver_connection(self) -> object:
        """What the driver calls a connection."""
        raw = await self._run(getattr, self._connection, "connection")
        return raw.driver_connection

    async def close(self) -> None:
        """Give it back to the pool."""
        await self._run(self._connection.close)


class Transaction:
    """Made by `Connection.begin`."""

    def __init__(self, connection: sqlalchemy.Connection, run: Run) -> None:
        self._connection = connection
        self._run = run

    async def __aenter__(self) -> Self:
        self._transaction = await self._run(self._connection.begin)
        return self

    async def commit(self) -> None:
        """Make it durable."""
        await self._run(self._transaction.commit)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is not None or self._transaction.is_active:  # what is committed needs nobody to end it
            await self._run(self._transaction.__exit__, kind, error, traceback)


async def connect(engine: Engine, run: Run) -> Connection:
    """Take a connection out of the engine's pool, opened if there is none."""
    return Connection(await run(engine.connect), run)


def _fetch(ask: Callable[..., CursorResult[*tuple[Any, ...]]], *arguments: Any) -> CursorResult[*tuple[Any, ...]]:
    """A result with its rows, since to read on would be to wait for the disk again."""
    result = ask(*arguments)
    # What is frozen answers as it did, but for how many rows were changed, which only those without rows are asked.
    return cast("CursorResult[*tuple[Any, ...]]", result.freeze()()) if result.returns_rows else result
