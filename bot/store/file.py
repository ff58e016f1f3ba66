"""The file of a database. While it is open it may be deleted, or another one put in its place, which SQLite does not
notice: it would go on writing into the old one, of which nothing is left at the next start.
"""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Engine, event
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

from bot.errors import StoreError

_OPENED = "shiori_opened"


class File:
    """Made where there is none, whenever a connection is opened; one to a file that is not there any more is closed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.was_replaced = False
        """Whether it is another one, since this was last set back: by whoever knew what was in the one before."""

    def watch(self, engine: Engine) -> None:
        """Look after the connections of an engine."""
        event.listen(engine, "do_connect", self._make)
        event.listen(engine, "checkout", self._look)

    def _make(self, _dialect: Dialect, entry: ConnectionPoolEntry, *_: object) -> None:
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._path.touch(mode=0o600)  # what people chose is nobody else's, whatever folder it is in
        except OSError as error:
            raise StoreError(f"its file {self._path} cannot be made or opened ({error.strerror})") from error
        entry.info[_OPENED] = self._identify()

    def _look(self, connection: sqlite3.Connection, entry: ConnectionPoolEntry, _: object) -> None:
        if entry.info[_OPENED] == self._identify():
            return
        self.was_replaced = True
        with suppress(sqlite3.Error):  # its disk may be gone, too
            # Else a log that is left would be taken for the other file's.
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        raise DisconnectionError("its file is another one")

    def _identify(self) -> tuple[int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino
