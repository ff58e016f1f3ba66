"""SQLite's driver, asked as seldom as can be.

It hands each call to a thread of the connection, and SQLAlchemy makes four of a statement: a cursor, the statement, its
rows, the cursor's end. The way there and back is dearer than what SQLite does meanwhile. Here a statement is one call;
the beginning of a transaction that only reads comes along with it, and an end of none is none.
"""

from __future__ import annotations

import sqlite3
from typing import Any, Self, cast

import sqlalchemy
from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_cursor,
    AsyncAdapt_aiosqlite_dbapi,
    SQLiteDialect_aiosqlite,
)

_Told = tuple[str, Any, bool]
"""A transaction's beginning if there is to be one, the parameters, and whether they are many."""


class _Rows(list[Any]):
    """All rows of a statement, and what its cursor said of them."""

    description: Any = None
    rowcount = -1
    lastrowid: int | None = None


class _RawCursor(sqlite3.Cursor):
    def fetchall(self) -> _Rows:
        rows = _Rows(super().fetchall())
        rows.description, rows.rowcount, rows.lastrowid = self.description, self.rowcount, self.lastrowid
        self.close()
        return rows


class _RawConnection(sqlite3.Connection):
    """In the thread. What goes before a statement comes with its parameters."""

    def execute(self, statement: str, told: _Told, /) -> _RawCursor:
        beginning, parameters, many = told
        cursor = self.cursor(_RawCursor)
        if beginning:
            cursor.execute(beginning)
        return cursor.executemany(statement, parameters) if many else cursor.execute(statement, parameters)


class _Statement:
    """What SQLAlchemy takes for a cursor of the driver's. Once executed it has all rows."""

    arraysize = 1

    def __init__(self, connection: _Connection) -> None:
        self._connection = connection
        self._rows = _Rows()

    async def __aenter__(self) -> Self:
        return self

    @property
    def description(self) -> Any:
        return self._rows.description

    @property
    def rowcount(self) -> int:
        return self._rows.rowcount

    @property
    def lastrowid(self) -> int | None:
        return self._rows.lastrowid

    async def execute(self, statement: str, parameters: Any = ()) -> Self:
        self._rows = await self._connection.run(statement, parameters)
        return self

    async def executemany(self, statement: str, parameters: Any) -> Self:
        self._rows = await self._connection.run(statement, parameters, many=True)
        return self

    async def fetchall(self) -> _Rows:
        return self._rows

    async def close(self) -> None:
        """Nothing: what was read from is closed already."""


class _Cursor(AsyncAdapt_aiosqlite_cursor):
    __slots__ = ()

    def _make_new_cursor(self, connection: Any) -> Any:  # noqa: ARG002 - it has all of it
        return _Statement(cast("_Connection", self._adapt_connection))

    def _aenter_cursor(self, cursor: Any) -> Any:
        return cursor


class _Connection(AsyncAdapt_aiosqlite_connection):
    """What SQLAlchemy asks."""

    __slots__ = ("_beginning", "_begun")

    _cursor_cls = _Cursor

    def __init__(self, dbapi: Any, connection: Any) -> None:
        super().__init__(dbapi, connection)
        self._beginning = ""
        self._begun = False

    def begin_reading(self) -> None:
        """Begin a transaction, which takes no lock yet, with the first statement that is run in it."""
        self._beginning = "BEGIN"

    async def run(self, statement: str, parameters: Any, *, many: bool = False) -> _Rows:
        beginning, self._beginning = self._beginning, ""
        self._begun = self._begun or bool(beginning) or statement.startswith("BEGIN")
        rows: _Rows = await self._connection.execute_fetchall(statement, (beginning, parameters, many))
        return rows

    def commit(self) -> None:
        self._beginning = ""
        if self._begun:
            super().commit()
            self._begun = False

    def rollback(self) -> None:
        self._beginning = ""
        if self._begun:
            super().rollback()
            self._begun = False


class _Driver(AsyncAdapt_aiosqlite_dbapi):
    def connect(self, *arguments: Any, **options: Any) -> AsyncAdapt_aiosqlite_connection:
        made = super().connect(*arguments, factory=_RawConnection, **options)
        return _Connection(self, made.driver_connection)


def begin_reading(connection: sqlalchemy.Connection) -> None:
    """Begin a transaction that reads alone."""
    cast("_Connection", connection.connection.dbapi_connection).begin_reading()


def build_driver() -> Any:
    """What SQLAlchemy takes for the driver's module."""
    known = SQLiteDialect_aiosqlite.import_dbapi()
    return _Driver(known.aiosqlite, known.sqlite)
