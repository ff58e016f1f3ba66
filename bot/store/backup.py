"""A database in a file: copied into another one while the bot writes, and brought back from there.

What is asked here is asked of SQLite itself, by its own copying of a database that is in use: a copy of the bare file
lacks what lies in the write-ahead log. It all waits for the disk, so no bot calls it.
"""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Generator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from bot.errors import StoreError
from bot.store.database import Database
from bot.store.schema import find_head, migrate

BUSY_S = 5.0
ALONE_MS = 1_000
"""A bot does not leave within these; somebody who only looks does."""

_NO_DATABASE = sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT
_BASE = 0xFF
"""Of an error's code; what is above it tells more."""
_FULL = errno.ENOSPC, errno.EDQUOT, errno.EFBIG


class Restored(NamedTuple):
    """What was brought back: the version of its tables, and where what was there before is kept (None: nothing was)."""

    version: str
    aside: Path | None


def find_file(url: str) -> Path | None:
    """The file that a database is in; None, if it is in none."""
    return Path(url.partition(":///")[2]) if url.startswith("sqlite") else None


def back_up(path: Path, target: Path) -> None:
    """Write what is in `path` at one moment into a new file `target`, which is there once it is whole and durable.

    Whoever is killed in between leaves a file beside it that ends in `.part`, and nothing else.

    Raises:
        StoreError: there is no such database, it is damaged, or the file is there already or cannot be written.
    """
    with _plain_errors(path, written=target), closing(_connect(path)) as source:
        source.execute("BEGIN")  # of all that is read from here on, it is this moment's
        if _find_version(source) is None:
            raise StoreError(f"{path} is no database of Shiori's")
        _write(source, target, verified=True)


async def restore(file: Path, path: Path, *, aside: Path) -> Restored:
    """Put what is in `file` into the database `path`, and before that what is there now into a new file `aside`.

    It is looked over and brought up to date apart, then written in one transaction: whoever is killed in between
    leaves what was there. Nobody may have the database open, which SQLite's own locks tell.

    Raises:
        StoreError: the file is damaged, or of a newer version; the database is in use; or the disk refuses.
    """
    with _plain_errors(path, written=path), _staged(file, path) as stage:
        version = _look_over(stage, name=file)
        await _bring_up_to_date(stage)
        _look_over(stage, name=file)
        kept = _replace(path, stage, aside)
    return Restored(version, aside if kept else None)


@contextmanager
def _staged(file: Path, path: Path) -> Generator[Path]:
    """A copy of the file beside the database, for as long as it takes: the file itself is only read."""
    if not file.is_file():
        raise StoreError(f"there is no file “{file}”")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=path.parent) as folder:
        stage = Path(folder) / "shiori.db"
        shutil.copyfile(file, stage)
        log = file.with_name(f"{file.name}-wal")  # beside a copy that was made by hand
        if log.is_file():
            shutil.copyfile(log, stage.with_name(f"{stage.name}-wal"))
        yield stage


def _look_over(stage: Path, *, name: Path) -> str:
    """The version of a copy that is whole, and no newer than this code. Leaves it without a write-ahead log."""
    try:
        with closing(_connect(stage)) as copy:
            _demand_whole(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
            version = _find_version(copy)
    except sqlite3.DatabaseError as error:
        if _is_full(error):
            raise
        raise StoreError(f"{name} is damaged, or no database ({error})") from error
    if version is None:
        raise StoreError(f"{name} is no database of Shiori's")
    if version > find_head():
        raise StoreError(f"{name} is of a newer version ({version}) than this program ({find_head()})")
    return version


async def _bring_up_to_date(stage: Path) -> None:
    database = Database(f"sqlite:///{stage}")
    try:
        await migrate(database)
    finally:
        await database.close()


def _replace(path: Path, stage: Path, aside: Path) -> bool:
    """Whether there was anything before, which is kept then."""
    path.touch(mode=0o600)
    try:
        with closing(_connect(path)) as current, closing(_connect(stage)) as copy:
            _take_alone(current)
            kept = current.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] > 0
            if kept:
                _write(current, aside, verified=False)
            copy.backup(current)
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & _BASE not in _NO_DATABASE:
            raise
        # Nobody can have it open: it cannot be opened.
        path.rename(aside)
        for tail in ("-wal", "-shm", "-journal"):
            path.with_name(path.name + tail).unlink(missing_ok=True)
        _publish(stage, path)
        return True
    return kept


def _take_alone(connection: sqlite3.Connection) -> None:
    """Lock a database until the connection is closed. A bot has it open all the time, and its log with it."""
    try:
        connection.execute(f"PRAGMA busy_timeout = {ALONE_MS}")
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("PRAGMA journal_mode = DELETE")  # only the last one who has it open may end its log
        connection.execute("PRAGMA synchronous = EXTRA")
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("COMMIT")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & _BASE == sqlite3.SQLITE_BUSY:
            raise StoreError("it is in use: stop every bot on it first") from error
        raise


def _write(source: sqlite3.Connection, target: Path, *, verified: bool) -> None:
    """Write a copy into a new file."""
    if target.exists():
        raise StoreError(f"{target} is there already, and is not overwritten")
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
    except OSError as error:
        raise StoreError(f"no file can be made in the folder {target.parent} ({error.strerror})") from error
    os.close(handle)
    part = Path(name)
    try:
        with closing(_connect(part)) as copy:
            copy.execute("PRAGMA journal_mode = MEMORY")  # there is nothing to go back to
            source.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # in one file, without a log beside it
            if verified:
                _demand_whole(copy)
        with part.open("rb+") as written:
            os.fsync(written.fileno())
        _publish(part, target)
    finally:
        part.unlink(missing_ok=True)


def _publish(part: Path, target: Path) -> None:
    """Give a whole file its name, unless another has that."""
    try:
        os.link(part, target)
    except FileExistsError:
        raise StoreError(f"{target} is there already, and is not overwritten") from None
    except OSError:  # a disk that knows no links
        if target.exists():
            raise StoreError(f"{target} is there already, and is not overwritten") from None
        part.rename(target)
    with suppress(OSError):  # Windows opens no folders
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _connect(path: Path) -> sqlite3.Connection:
    """To a file that is there."""
    return sqlite3.connect(f"file:{quote(str(path))}?mode=rw", uri=True, timeout=BUSY_S, isolation_level=None)


def _demand_whole(connection: sqlite3.Connection) -> None:
    found = [line for (line,) in connection.execute("PRAGMA integrity_check(1)")]
    if found != ["ok"]:
        raise sqlite3.DatabaseError(found[0])


def _find_version(connection: sqlite3.Connection) -> str | None:
    """None: it has no tables of Shiori's."""
    known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
    found = connection.execute("SELECT version_num FROM alembic_version").fetchone() if known else None
    return str(found[0]) if found else None


def _is_full(error: Exception) -> bool:
    """Whether a disk has no more room for what is written to it."""
    if isinstance(error, OSError):
        return error.errno in _FULL
    code = getattr(error, "sqlite_errorcode", 0)  # which those that are raised here have not
    return code & _BASE == sqlite3.SQLITE_FULL or code == sqlite3.SQLITE_IOERR_WRITE


@contextmanager
def _plain_errors(path: Path, *, written: Path) -> Generator[None]:
    """Name the database `path`, or what is `written` where its disk is full: until it is whole it has another name."""
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(f"{written if _is_full(error) else path}: {error}") from error
    except OSError as error:
        name = written if _is_full(error) else error.filename or path
        raise StoreError(f"{name}: {error.strerror}") from error
