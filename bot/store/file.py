"""The file of a database. While it is open it may be deleted, or another one put in its place, which SQLite does not
notice: it would go on writing into the old one, of which nothing is left at the next start.
"""

from __future__ import annotations

import datetime as dt
import logging
import sqlite3
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Engine, event

from bot.errors import StoreError

log = logging.getLogger(__name__)


class File:
    """Made where there is none, for the first connection. Once another one is found at the path, or none, nothing is
    asked of either until the process is started anew: whoever puts a file there may not be done with it yet.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._log, self._index = (path.with_name(path.name + tail) for tail in ("-wal", "-shm"))
        self._opened: dict[Path, int | None] = {}
        self._is_gone = False

    def watch(self, engine: Engine) -> None:
        """Look after the connections of an engine, which has one at a time."""
        event.listen(engine, "do_connect", self._make)
        event.listen(engine, "connect", self._note_log)
        event.listen(engine, "checkout", self._look)
        event.listen(engine, "close", self._let_go)

    def _make(self, *_: object) -> None:
        if self._opened:
            self._look()
            return
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._path.touch(mode=0o600)  # what people chose is nobody else's, whatever folder it is in
            self._opened[self._path] = _identify(self._path)
        except OSError as error:
            raise StoreError(f"its file {self._path} cannot be made or opened ({error.strerror})") from error

    def _note_log(self, connection: sqlite3.Connection, _: object) -> None:
        connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall()  # which opens it
        for path in (self._log, self._index):
            self._opened[path] = _identify(path)

    def _look(self, *_: object) -> None:
        if self._is_there(self._path) and not self._is_gone:
            return
        reason = (
            f"its file {self._path} was deleted or replaced while it was open; see that the right one is there, and"
            " restart Shiori"
        )
        if not self._is_gone:
            log.error("NOTHING IS SAVED IN THE DATABASE ANY MORE: %s", reason)
        self._is_gone = True
        raise StoreError(reason)  # the pool closes the connection then

    def _let_go(self, connection: sqlite3.Connection, _: object) -> None:
        """Leave no log beside another file: the next start would take it for that one's, and damage the file by it."""
        with suppress(OSError):  # its disk may be gone, too
            if self._is_there(self._path):
                return
            with suppress(sqlite3.Error):  # such as a full disk
                # The old one may have been moved aside, to be kept. The log is not empty then if somebody reads it.
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            if self._is_there(self._index):
                self._index.unlink()  # it is made anew from the log
            if self._is_there(self._log):
                self._take_away_log()

    def _take_away_log(self) -> None:
        if not self._log.stat().st_size:
            self._log.unlink()
            return
        aside = self._path.with_name(f"{self._path.name}.before-{dt.datetime.now(dt.UTC):%Y%m%d-%H%M%S}-wal")
        self._log.rename(aside)
        log.error("What the database's former file does not have yet is kept in %s", aside)

    def _is_there(self, path: Path) -> bool:
        found = _identify(path)
        return found is not None and found == self._opened.get(path)


def _identify(path: Path) -> int | None:
    """None: it is not there. Raises OSError where that cannot be told just now.

    By the number that SQLite itself goes by: a device has another one when it is mounted anew.
    """
    try:
        return path.stat().st_ino
    except (FileNotFoundError, NotADirectoryError):
        return None
