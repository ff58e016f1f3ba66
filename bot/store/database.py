"""One database, SQLite or PostgreSQL: connections, transactions, time-outs, and errors without secrets."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Iterable
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from weakref import WeakSet

import sqlalchemy
from sqlalchemy import URL, Engine, Insert, Table, create_engine, event
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from bot.errors import StoreError, Unconfirmed, Unread, describe_failure
from bot.http.digest import Digests
from bot.store.connection import Connection, Run, Worker, connect
from bot.store.file import File
from bot.store.forgetting import guard, refuse_forgotten

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

CONNECT_TIMEOUT_S = 5
TIMEOUT_S = 10.0
"""For one reading or one transaction, with the wait for a connection and for those before it."""

OPEN_TIMEOUT_S = 8.0
"""For a connection of PostgreSQL, opened or found to be alive: one that went silent says nothing for hours."""

CLOSE_TIMEOUT_S = 2.0

HURRY_S = 2.5
"""For all that is still asked for once the bot ends, and a second more to close."""
_LAST_S = 0.5

POOL_SIZE = 5

# What hosts put behind the `?` for libpq or for a pooler, and asyncpg would hand to the server as a setting.
_NOT_FOR_ASYNCPG = {"channel_binding", "connect_timeout", "gssencmode", "keepalives", "pgbouncer", "sslcompression"}

_READS = "shiori_reads"

T = TypeVar("T")


class Raw(Protocol):
    """A connection of asyncpg, as far as it is needed here."""

    async def close(self, *, timeout: float) -> None:
        """End it, without a word of the server's after so many seconds."""

    def terminate(self) -> None:
        """End it without a word to the server, which may not answer."""


class Database:
    """`url` is `sqlite:///path` or `postgresql://…`, as hosts hand it out. `secret`: what nobody has who reads the
    database, and all processes of the bot do. `looks`: its file is there, and is left as it is. Nothing is opened yet.

    Raises:
        StoreError: the URL cannot be used.
    """

    def __init__(self, url: str, *, secret: str = "", looks: bool = False) -> None:
        scheme = url.partition(":")[0].partition("+")[0]
        if scheme not in {"sqlite", "postgresql", "postgres"}:
            raise StoreError("the URL of the database must begin with sqlite:// or postgresql://")
        self.url = url
        """With its password: for the process that migrates, and nobody's eyes."""
        self.is_sqlite = scheme == "sqlite"
        self.digests = Digests(secret)
        self._opened: WeakSet[Raw] = WeakSet()
        self._in_use: set[Raw] = set()
        self._worker = Worker("sqlite") if self.is_sqlite else None
        # Whoever waited for it in the thread would keep out the one who has it.
        self._only_connection = asyncio.Lock()
        self._path = url.partition(":///")[2] if self.is_sqlite else ""
        self._engine = _create_sqlite(self._path) if self.is_sqlite else _create_postgresql(url, self._opened)
        if self.is_sqlite and not looks:
            event.listen(self._engine, "connect", _keep_log)
            File(Path(self._path)).watch(self._engine)
        event.listen(self._engine, "before_cursor_execute", refuse_forgotten)
        self._users: set[object] = set()
        self._unused = asyncio.Event()
        self._unused.set()
        self._closed = False
        self._limits: set[asyncio.Timeout] = set()
        self._ends_at_s = math.inf
        self.refusals = 0
        """How often it refused something, or was away."""

    @asynccontextmanager
    async def turn(self, lock: asyncio.Lock) -> AsyncGenerator[float]:
        """A lock inside of which the database is asked, waited for no longer than for that itself: who comes last would
        wait for all before them, each up to their time-out. How much of `TIMEOUT_S` is left.
        """
        loop = asyncio.get_running_loop()
        ends_at_s = loop.time() + TIMEOUT_S
        with _plain_errors(self._path):
            async with self._limit(TIMEOUT_S):
                await lock.acquire()
        try:
            yield ends_at_s - loop.time()
        finally:
            lock.release()

    @asynccontextmanager
    async def read(self, *, timeout_s: float | None = None) -> AsyncGenerator[Connection]:
        """A connection to read with, within `TIMEOUT_S` if nothing else is said. Raises Unread: the database is away,
        locked, or refuses.

        All other methods raise StoreError then.
        """
        try:
            with _plain_errors(self._path), self._used():
                async with self._limit(timeout_s), self._connect() as connection:
                    connection.set_option(_READS, True)
                    yield connection
        except StoreError as error:
            self.refusals += 1
            raise Unread(error.reason) from error.__cause__  # which tells what is missing

    @asynccontextmanager
    async def write(self, *, timeout_s: float | None = None) -> AsyncGenerator[Connection]:
        """A transaction, committed and durable when the block has ended; within `TIMEOUT_S` if nothing else is said.

        Raises Unconfirmed where nobody knows whether it was committed, `Forgotten` where it would store something of
        who had everything deleted meanwhile.
        """
        saving = False
        with _plain_errors(self._path), self._used():
            try:
                async with (
                    self._limit(timeout_s),
                    self._connect() as connection,
                    connection.begin() as transaction,
                ):
                    await guard(connection, self)
                    yield connection
                    saving = True
                    await transaction.commit()
            except (TimeoutError, OSError, SQLAlchemyError, StoreError) as error:
                self.refusals += not isinstance(error, IntegrityError)
                if saving and _is_doubtful(error):
                    raise Unconfirmed(f"it did not confirm a change ({type(error).__name__})") from error
                raise

    async def repeat(self, change: Callable[[], Awaitable[T]]) -> T:
        """Make a change that may be made twice, and make it again if it was not confirmed.

        Raises Unconfirmed where the second time fails too, since the first may have been saved.
        """
        try:
            return await change()
        except Unconfirmed as lost:
            try:
                return await change()
            except StoreError:
                raise lost from None

    async def insert(self, statement: Insert) -> bool:
        """Insert one row. False: there is one with this key."""
        try:
            async with self.write() as connection:
                await connection.execute(statement)
        except StoreError as error:
            if isinstance(error.__cause__, IntegrityError):
                return False
            raise
        return True

    def build_insert(self, table: Table) -> sqlite.Insert | postgresql.Insert:
        """An insert that may say what is done where there is a row with its key."""
        if self.is_sqlite:
            return sqlite.insert(table)
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415 - 2 MB that a file as the database does without

        return postgresql.insert(table)

    def hurry(self) -> None:
        """The bot ends: whatever is asked for now, or is from here on, is given up `HURRY_S` from now."""
        if self._is_hurried:
            return
        self._ends_at_s = asyncio.get_running_loop().time() + HURRY_S
        for limit in self._limits:
            if not limit.expired():
                limit.reschedule(min(limit.when() or math.inf, self._ends_at_s))

    @property
    def _is_hurried(self) -> bool:
        return self._ends_at_s < math.inf

    async def close(self) -> None:
        """Close all connections, when nobody uses one any more; also where whoever closes is cancelled meanwhile.

        Whoever was cancelled amid a question still gives its connection back; without the wait that never ends, and
        the process with it. Whoever still asks afterwards is refused: nobody would close that connection.
        """
        closing = asyncio.create_task(self._close())
        try:
            await asyncio.shield(closing)
        finally:  # a connection that is half closed is a thread that speaks to a loop which is gone
            await asyncio.wait([closing])

    async def _close(self) -> None:
        with suppress(TimeoutError):
            async with self._limit(TIMEOUT_S, more_s=_LAST_S):  # who was given up gives its connection back
                while self._users:  # whoever was done may have asked anew before this is heard of
                    await self._unused.wait()
        if self._closed:
            return
        self._closed = True
        timeout_s = _LAST_S if self._is_hurried else CLOSE_TIMEOUT_S
        # Not through the pool alone, which has no patience of its own and logs what it had to give up.
        closing = (raw.close(timeout=timeout_s) for raw in self._opened)
        await asyncio.gather(*closing, return_exceptions=True)
        with suppress(TimeoutError):  # the thread may wait for a disk; it closes what it has after that
            async with asyncio.timeout(_LAST_S if self._is_hurried else None):
                await self._run(self._engine.dispose)
        if self._worker is not None:
            self._worker.close()

    @asynccontextmanager
    async def _limit(self, within_s: float | None, *, more_s: float = 0.0) -> AsyncGenerator[None]:
        """Raises TimeoutError after that time, or once the bot has to have ended."""
        within_s = TIMEOUT_S if within_s is None else within_s
        at_s = min(asyncio.get_running_loop().time() + within_s, self._ends_at_s + more_s)
        async with asyncio.timeout_at(at_s) as limit:
            self._limits.add(limit)
            try:
                yield
            finally:
                self._limits.discard(limit)

    @asynccontextmanager
    async def _connect(self) -> AsyncGenerator[Connection]:
        """A connection, given back in the end.

        It is opened to the end even if nobody waits for it any more: a half opened one is closed by nobody. Where one
        says nothing, those that nobody uses are thrown away with it: they went silent at the same time. So they are
        where one takes no changes: after a failover they lead to a server that never will again.
        """
        opening = asyncio.create_task(self._open())
        raw: Raw | None = None
        try:
            connection, raw = await asyncio.shield(opening)
            yield connection
        except (TimeoutError, asyncio.CancelledError, DBAPIError) as error:
            if not isinstance(error, DBAPIError) or _takes_no_changes(error):
                if raw is not None:
                    self._in_use.discard(raw)
                self._terminate(self._opened - self._in_use)
            raise
        finally:
            giving_back = asyncio.create_task(self._give_back(opening))
            self._enter(giving_back)
            giving_back.add_done_callback(self._leave)
            if opening.done():
                await asyncio.shield(giving_back)

    async def _open(self) -> tuple[Connection, Raw | None]:
        if self.is_sqlite:
            return await self._open_only(), None
        async with asyncio.timeout(OPEN_TIMEOUT_S):
            connection = await connect(self._engine, self._run)
            # Before anybody else's turn, who might throw away what nobody uses.
            raw = cast("Raw", await connection.fetch_driver_connection())
            self._in_use.add(raw)
            return connection, raw

    async def _open_only(self) -> Connection:
        await self._only_connection.acquire()
        try:
            return await connect(self._engine, self._run)
        except BaseException:
            self._only_connection.release()
            raise

    async def _give_back(self, opening: asyncio.Task[tuple[Connection, Raw | None]]) -> None:
        with suppress(Exception):  # whoever wanted it was told what failed
            connection, raw = await opening
            if raw is None:
                try:
                    await connection.close()
                finally:
                    self._only_connection.release()
            else:
                self._in_use.discard(raw)
                async with asyncio.timeout(OPEN_TIMEOUT_S):
                    await connection.close()

    @property
    def _run(self) -> Run:
        if self._worker is not None:
            return self._worker.run
        from sqlalchemy.util.concurrency import greenlet_spawn  # noqa: PLC0415 - a file does without greenlets

        return greenlet_spawn

    def _terminate(self, connections: Iterable[Raw]) -> None:
        for raw in tuple(connections):
            raw.terminate()

    @contextmanager
    def _used(self) -> Generator[None]:
        if self._closed:
            raise StoreError("it is closed")
        user = object()
        self._enter(user)
        try:
            yield
        finally:
            self._leave(user)

    def _enter(self, user: object) -> None:
        self._users.add(user)
        self._unused.clear()

    def _leave(self, user: object) -> None:
        self._users.discard(user)
        if not self._users:
            self._unused.set()


# SQLite


def _create_sqlite(path: str) -> Engine:
    if path in {"", ":memory:"}:
        raise StoreError("the URL of the database needs a path, such as sqlite:///data/shiori.db")
    engine = create_engine(
        URL.create("sqlite", database=path),
        # Whoever waits for another process's lock gives up by a word of SQLite's, and not amid a call. It is always
        # the same thread that asks, but whoever forgets a connection may be in another.
        connect_args={"timeout": TIMEOUT_S / 2, "check_same_thread": False},
        # There is one writer at a time anyway, and readings take microseconds.
        poolclass=QueuePool,
        pool_size=1,
        max_overflow=0,
        hide_parameters=True,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    """FULL: what was acknowledged survives a power cut too, for one sync of the disk (3 ms a change in place of 2)."""
    connection.isolation_level = None  # the driver's own transactions begin too late: after the first reading
    connection.text_factory = _decode  # one damaged row must not keep the others from being read
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA cache_size = -500")  # KiB, of 2,000: the system has the file in memory anyway
    cursor.close()


def _keep_log(connection: Any, _record: object) -> None:
    """Which is written down in the file: readers need not wait for whoever writes."""
    connection.execute("PRAGMA journal_mode = WAL")


def _decode(text: bytes) -> str:
    return text.decode(errors="replace")


def _begin_sqlite(connection: sqlalchemy.Connection) -> None:
    """A transaction that reads and then writes must be the only writer from its beginning, or it fails half-way."""
    reads = connection.get_execution_options().get(_READS)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


# PostgreSQL


def _create_postgresql(url: str, opened: WeakSet[Raw]) -> Engine:
    # asyncpg reads the URL itself, since it knows what its query means (sslmode, a socket as host, several hosts).
    dsn = _build_dsn(url)

    async def open_one() -> object:
        import asyncpg  # noqa: PLC0415 - 10 MiB that a file as the database does without

        try:
            connection = cast("Raw", await asyncpg.connect(dsn, timeout=CONNECT_TIMEOUT_S))
        except asyncpg.UndefinedObjectError as error:  # what it does not read itself it hands on as settings
            names = ", ".join(name for name, _ in parse_qsl(urlsplit(dsn).query))
            raise StoreError(f"it does not know all that stands behind the ? of DATABASE_URL ({names})") from error
        except asyncpg.PostgresError as error:
            raise StoreError(_say_refusal(error)) from error
        except (asyncpg.InterfaceError, ValueError) as error:  # ClientConfigurationError among them
            raise StoreError(f"its URL cannot be used ({type(error).__name__})") from None
        opened.add(connection)
        return connection

    return create_engine(
        "postgresql+asyncpg://",
        connect_args={"async_creator_fn": open_one},
        pool_size=POOL_SIZE,
        max_overflow=0,
        pool_pre_ping=True,
        hide_parameters=True,
    )


def _build_dsn(url: str) -> str:
    parts = urlsplit(url)
    query = [(name, value) for name, value in parse_qsl(parts.query) if name not in _NOT_FOR_ASYNCPG]
    return urlunsplit(parts._replace(scheme="postgresql", query=urlencode(query)))


# Errors


def _is_doubtful(error: Exception) -> bool:
    """Whether nobody knows what became of a change that was being saved."""
    if isinstance(error, DBAPIError):
        return error.connection_invalidated
    return isinstance(error, TimeoutError | OSError)


_READ_ONLY = "25006"  # the SQLSTATE of read_only_sql_transaction


def _takes_no_changes(error: DBAPIError) -> bool:
    return getattr(error.orig, "sqlstate", None) == _READ_ONLY


_POOLER = "a pooler in transaction mode is before it, which cannot be used: name the database itself in DATABASE_URL"

# What PostgreSQL refuses, by its SQLSTATE.
_REFUSALS = {
    "26000": _POOLER,  # what was prepared is in another session
    "42P05": _POOLER,
    "28000": "it does not let the user of DATABASE_URL in",
    "28P01": "it does not take the user and password of DATABASE_URL",
    "3D000": "there is no database of that name",
    "3F000": "the user of DATABASE_URL may use no schema",
    "42P07": "it has another table of a name that Shiori needs",
    "42501": "the user of DATABASE_URL may not do what is needed (for tables: GRANT CREATE ON SCHEMA public)",
    _READ_ONLY: "it takes no changes, as a replica",
    "53100": "its disk is full",
    "53300": "it has as many connections as it takes",
    "57P03": "it is starting or ending",
}


@contextmanager
def _plain_errors(path: str) -> Generator[None]:
    try:
        yield
    except TimeoutError as error:
        raise StoreError("it did not answer in time") from error
    except OSError as error:
        raise StoreError(f"it cannot be reached ({describe_failure(error)})") from error
    except DBAPIError as error:
        raise StoreError(_name(error, path)) from error
    except SQLAlchemyError as error:
        raise StoreError(f"it failed ({type(error).__name__})") from error


def _name(error: DBAPIError, path: str) -> str:
    """What SQLite says ("database is locked") names no values; what PostgreSQL says may, so its kind has to do."""
    driver = error.orig
    if type(driver).__module__ == "sqlite3":
        return f"{driver} ({path})"
    cause = driver.__cause__ if driver is not None else None
    return _say_refusal(cause or driver)


def _say_refusal(error: BaseException | None) -> str:
    return _REFUSALS.get(getattr(error, "sqlstate", None) or "", f"it refused ({type(error).__name__})")
