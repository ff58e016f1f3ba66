"""The connection to what processes share, and whether it is there. The only file that knows redis-py.

A server that is away, slow or refuses to keep anything costs whoever notices a quarter of a second, and nobody else
anything: until it can be used again, each command fails at once (`SharedAway`), and whoever asked goes on alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Sequence
from typing import Any, cast
from urllib.parse import parse_qsl, unquote, urlsplit

from redis.asyncio.connection import AbstractConnection, BlockingConnectionPool, RedisSSLContext, SSLConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import (
    AuthenticationError,
    ClusterCrossSlotError,
    ClusterDownError,
    MovedError,
    NoPermissionError,
    NoScriptError,
    OutOfMemoryError,
    ReadOnlyError,
    ResponseError,
)
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.maint_notifications import MaintNotificationsConfig

from bot.errors import SharedAway, describe_failure
from bot.http.clock import Clock, time_limit

log = logging.getLogger(__name__)

FORMAT = 1
"""Of all that is kept there: another version of the bot that keeps it differently has another number."""
ANSWER_WITHIN_S = 0.25
"""For all of a command, once a connection is free for it."""
CONNECTIONS = 16
FIRST_TRY_S, LAST_TRY_S = 1.0, 8.0
"""While it is away. The time between tries doubles."""
SILENT_S = 10.0
SETTLED_S = 60.0
"""Who was there for so long is tried soon again when it goes: one that comes and goes is not told of each second."""

_LOOKS = 20  # more than an answer takes that is there already
# A Redis Cluster keeps two names on two servers, and runs no script that needs both.
_KNOCK = "return redis.call('SET', KEYS[1], redis.call('EXISTS', KEYS[2]), 'PX', 1000)"
_CLOSE_WITHIN_S = 0.5
_NET_S = 2.0  # redis-py's own time-outs: they only hold what happens outside of a command, such as closing
# What it says where nothing can be kept, in the words of whoever has to mend it.
_ONE_SERVER = "name one server that takes all changes in CACHE_URL"
_REASONS: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str], ...] = (
    (TimeoutError, f"no answer within {ANSWER_WITHIN_S * 1000:.0f} ms"),
    (RedisTimeoutError, "no answer in time"),
    (AuthenticationError, "it does not take the user and password of CACHE_URL, or wants one"),
    (NoPermissionError, "the user of CACHE_URL may not do what is needed"),
    (OutOfMemoryError, "it is full and throws nothing out: set its maxmemory-policy to volatile-lru"),
    (ReadOnlyError, "it is a replica and takes no changes"),
    (
        (ClusterCrossSlotError, ClusterDownError, MovedError),
        f"it is a Redis Cluster, which cannot be used: {_ONE_SERVER}",
    ),
)

_NO_SCRIPTS = re.compile(r"unknown command \W?EVAL\b", re.IGNORECASE)

Argument = str | bytes | int | float
OnChange = Callable[[bool], object]
"""Is told whether it can be used from now on."""


class _NoScriptHere(Exception):
    """The server does not know the script."""


class _Fault(SharedAway):
    """A command is wrong, and the server is well."""


def build_key(*parts: str) -> str:
    """Where something is kept: apart from what others keep on the same server, and from other formats of our own."""
    return ":".join(("shiori", str(FORMAT), *parts))


def begin(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """Do something in the background whose failure nobody waits for: it is an error in the log."""
    task = asyncio.create_task(work)
    task.add_done_callback(_tell_failure)
    return task


async def keep_on(step: Callable[[], Awaitable[object]], *, clock: Clock) -> None:
    """Do something again and again. A failure is an error in the log, and not the end of it."""
    while True:
        try:
            await step()
        except Exception:
            log.exception("what keeps this process together with the others failed, and goes on")
            await clock.sleep(FIRST_TRY_S)


def _tell_failure(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("what keeps this process together with the others failed", exc_info=error)


class Redis:
    """A bounded pool of connections. Needs a running event loop; `open` it first, and `close` it in the end.

    Whoever is cancelled amid a command leaves no connection behind on which its late answer would be read as another's:
    redis-py closes it. Whether the command was carried out nobody knows then, nor after `SharedAway`.
    """

    def __init__(self, url: str, *, clock: Clock) -> None:
        self.clock = clock
        self._pool = _build_pool(url)
        self._database = _find_database(url)
        self._free = asyncio.Semaphore(CONNECTIONS)
        self._away: str | None = "not tried yet"
        self._since_s = clock.monotonic()
        self._wait_s = FIRST_TRY_S
        self._trying: asyncio.Task[None] | None = None
        self._watchers: list[OnChange] = []

    @property
    def is_there(self) -> bool:
        """Whether it can be used, as far as is known."""
        return self._away is None

    def build_channel(self, name: str) -> str:
        """Where something is said to those with the same database: a channel is all databases' of a server."""
        return build_key(name, str(self._database))

    def watch(self, on_change: OnChange) -> None:
        """Call `on_change` whenever the server goes or comes back."""
        self._watchers.append(on_change)

    async def open(self) -> None:
        """Find out whether it is there. If it is not, that is logged, and it is tried again in the background."""
        try:
            await self.knock()
        except SharedAway as error:
            self._leave(error.reason)
        else:
            self._away = None

    async def run(self, *command: Argument, waits_s: float = 0.0) -> Any:
        """The answer to a command, with texts as bytes. `waits_s`: for how long the server itself waits with it.

        Raises:
            SharedAway: nobody knows whether it was carried out.
        """
        try:
            async with self._free:
                self._refuse()
                return await self._run(command, within_s=ANSWER_WITHIN_S + waits_s)
        except _Fault as error:
            log.error("what is asked of what processes share is wrong: %s", error.reason)  # noqa: TRY400 - its words say all
            raise
        except SharedAway as error:
            self._leave(error.reason)
            raise

    async def hear(self, channels: Sequence[str]) -> AsyncGenerator[tuple[str, bytes] | None]:
        """None from the moment on at which it listens, and then what is said on each of the channels.

        Raises:
            SharedAway: something may have been said that it did not hear.
        """
        connection = self._pool.make_connection()
        try:
            with time_limit(self.clock, ANSWER_WITHIN_S, looks=_LOOKS):
                await connection.send_command("SUBSCRIBE", *channels)  # which connects it
                for _ in channels:
                    await connection.read_response(push_request=True)
            yield None
            async for said in _listen(connection):
                yield said
        except Exception as error:  # noqa: BLE001 - as with a command
            self._leave(_explain(error))
            raise SharedAway(_explain(error)) from None
        finally:
            await connection.disconnect(nowait=True)

    async def close(self) -> None:
        """Close all connections. Nothing can be asked from then on."""
        self._away = "closed"
        self._watchers.clear()
        if self._trying is not None:
            self._trying.cancel()
            await asyncio.gather(self._trying, return_exceptions=True)
        with contextlib.suppress(TimeoutError), time_limit(self.clock, _CLOSE_WITHIN_S):
            await self._drop_connections()

    def _refuse(self) -> None:
        if self._away is not None:
            raise SharedAway(self._away)

    async def _run(self, command: Sequence[Argument], *, within_s: float) -> Any:
        try:
            with time_limit(self.clock, within_s, looks=_LOOKS):
                connection = await self._pool.get_connection()
                try:
                    await connection.send_command(*command)
                    return cast("Any", await connection.read_response())
                except NoScriptError:
                    raise _NoScriptHere from None
                except ResponseError as error:
                    if error.status_code == "ERR":
                        raise _Fault(_explain(error)) from None
                    raise
                finally:
                    await self._pool.release(connection)
        except (_NoScriptHere, SharedAway):
            raise
        except Exception as error:  # noqa: BLE001 - redis-py lets out whatever fails on what is no answer, or no name
            raise SharedAway(_explain(error)) from None

    async def knock(self, *, connects_within_s: float = 0.0) -> None:
        """Raises SharedAway if nothing can be kept there now, or no script be run.

        `connects_within_s`: for a connection, where nobody waits for it; one that takes long to make (TLS, far away) is
        there then for those who do.
        """
        command = ("EVAL", _KNOCK, 2, build_key("there"), build_key("here"))
        if connects_within_s:
            await self._run(command, within_s=connects_within_s)
        await self._run(command, within_s=ANSWER_WITHIN_S)

    def _leave(self, reason: str) -> None:
        if self._trying is not None or self._away == "closed":
            return
        if self.clock.monotonic() - self._since_s >= SETTLED_S:
            self._wait_s = FIRST_TRY_S
        self._away = reason
        log.warning("what processes share cannot be used, so this one goes on alone until it can: %s", reason)
        self._trying = begin(self._try_again())
        self._tell()

    async def _try_again(self) -> None:
        while True:
            await self._drop_connections()  # its name may stand for another server by now
            await self.clock.sleep(self._wait_s)
            self._wait_s = min(2 * self._wait_s, LAST_TRY_S)
            try:
                await self.knock(connects_within_s=_NET_S)
            except SharedAway as error:
                self._away = error.reason
            else:
                break
        self._trying = None
        self._away = None
        self._since_s = self.clock.monotonic()
        log.warning("what processes share can be used again")
        self._tell()

    def _tell(self) -> None:
        for on_change in tuple(self._watchers):
            try:
                on_change(self.is_there)
            except Exception:  # of one, which the others and the next try do not depend on
                log.exception("what follows what processes share failed")

    async def _drop_connections(self) -> None:
        try:
            await self._pool.disconnect()
        except Exception as error:  # noqa: BLE001 - it is gone in any case
            log.debug("a connection could not be closed in order: %s", _explain(error))


class Script:
    """A Lua script. The server keeps it; where it has none, after a restart, it is sent again."""

    def __init__(self, redis: Redis, text: str) -> None:
        self._redis = redis
        self._text = text
        self._sha = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()

    async def run(self, keys: Sequence[str], *arguments: Argument) -> Any:
        """What the script returns. Raises SharedAway."""
        try:
            return await self._redis.run("EVALSHA", self._sha, len(keys), *keys, *arguments)
        except _NoScriptHere:
            return await self._redis.run("EVAL", self._text, len(keys), *keys, *arguments)


async def _listen(connection: AbstractConnection) -> AsyncGenerator[tuple[str, bytes]]:
    """What is said there. One that is silent is asked whether it is still there: some networks forget such."""
    asked = False
    while True:
        said = cast("Any", await connection.read_response(timeout=SILENT_S, push_request=True))
        if said is None and asked:
            raise TimeoutError
        asked = said is None
        if asked:
            await connection.send_command("PING")
        elif isinstance(said, list) and said[0] == b"message":
            yield said[1].decode(), said[2]


class _TlsConnection(SSLConnection):
    """One that does not read all of the system's certificates anew: that would be half of its time."""

    def __init__(self, *, context: RedisSSLContext, **options: Any) -> None:
        super().__init__(**options)
        self.ssl_context = context


def _build_tls(query: str) -> dict[str, Any]:
    options: dict[str, Any] = dict(parse_qsl(query))  # `ssl_…` alone, as the configuration sees to
    context = SSLConnection(**options).ssl_context
    context.get()
    return {**options, "context": context, "connection_class": _TlsConnection}


def _build_pool(url: str) -> BlockingConnectionPool:
    parts = urlsplit(url)
    options = _build_tls(parts.query) if parts.scheme in {"rediss", "valkeys"} else {}
    return BlockingConnectionPool(
        max_connections=CONNECTIONS + 2,  # one to knock with
        timeout=_NET_S,
        host=parts.hostname or "localhost",
        port=parts.port or 6379,
        db=_find_database(url),
        username=unquote(parts.username or "") or None,
        password=unquote(parts.password or "") or None,
        # None: `time_limit` holds all of it. With a time-out of its own each write is a task on Python 3.11, which
        # swallows a cancellation that comes as it ends.
        socket_timeout=None,
        socket_connect_timeout=_NET_S,
        retry=Retry(NoBackoff(), 0),  # by default a frozen server is tried for six seconds
        protocol=3,
        client_name="shiori",
        driver_info=None,
        maint_notifications_config=MaintNotificationsConfig(enabled=False),
        **options,
    )


def _find_database(url: str) -> int:
    return int(urlsplit(url).path.strip("/") or "0")


def _explain(error: Exception) -> str:
    """Why it cannot be used. Nothing secret stands in errors of redis-py."""
    for kind, reason in _REASONS:
        if isinstance(error, kind):
            return reason
    if _NO_SCRIPTS.match(str(error)):
        return f"it runs no scripts, as a Sentinel does not: {_ONE_SERVER}"
    if isinstance(cause := error.__cause__ or error.__context__, OSError):
        return f"it cannot be reached ({describe_failure(cause)})"
    return (str(error) or type(error).__name__).splitlines()[0][:200].rstrip(".")
