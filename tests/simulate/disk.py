"""SQLite without a thread: what aiosqlite hands to its own runs on the virtual loop, after a moment."""

from __future__ import annotations

import asyncio
import functools
import random
import sqlite3
from collections import deque
from collections.abc import Callable
from typing import Any

from tests.simulate.loop import OWNER, Owner

_Work = tuple["asyncio.Future[Any] | None", Callable[[], Any]]

LOCKED_FOR_S = 5.0
"""How long a connection waits for another's lock, as the bot has told SQLite."""
_LOOK_AGAIN_S = 0.02
_TAKES_TIME = {"execute", "executemany", "_execute_fetchall", "commit", "rollback", "connect"}


class Disk:
    """The connections of all processes."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(f"disk {seed}")
        self.pace = 1
        self.open: dict[Owner | None, list[sqlite3.Connection]] = {}
        self.full_for = 0
        """So many more changes find no room."""
        self.stalled_until = 0.0
        """Until when nothing is written or read."""

    def lose(self, owner: Owner) -> None:
        """A process died: what it had not committed is undone."""
        for connection in self.open.pop(owner, []):
            connection.close()

    def close(self) -> None:
        for connections in self.open.values():
            for connection in connections:
                connection.close()
        self.open.clear()


class InlineQueue:
    """In the place of the queue to aiosqlite's thread, and of the thread."""

    disk: Disk

    def __init__(self) -> None:
        self._waiting: deque[_Work] = deque()
        self._busy = False
        self._waited_s = 0.0

    def put_nowait(self, work: _Work) -> None:
        self._waiting.append(work)
        if not self._busy:
            self._begin()

    def _begin(self) -> None:
        loop = asyncio.get_running_loop()
        self._busy, self._waited_s = True, 0.0
        function = self._waiting[0][1]
        inner = function.func if isinstance(function, functools.partial) else function
        if getattr(inner, "__name__", "connect") in _TAKES_TIME:
            late_s = max(0.0, self.disk.stalled_until - loop.time())
            loop.call_later(late_s + 0.0002 + 0.003 * self.disk.pace * self.disk.rng.random() ** 3, self._run)
        else:
            self._run()

    def _run(self) -> None:
        future, function = self._waiting[0]
        try:
            self._find_room(function)
            result = function()
        except sqlite3.OperationalError as error:
            if "locked" in str(error) and self._waited_s < LOCKED_FOR_S:
                self._waited_s += _LOOK_AGAIN_S
                asyncio.get_running_loop().call_later(_LOOK_AGAIN_S, self._run)
                return
            self._tell(future, error=error)
        except Exception as error:  # noqa: BLE001 - as the thread does
            self._tell(future, error=error)
        else:
            if isinstance(result, sqlite3.Connection):
                sqlite3.Connection.execute(result, "PRAGMA busy_timeout = 0")
                self.disk.open.setdefault(OWNER.get(), []).append(result)
            self._tell(future, result)
        self._waiting.popleft()
        self._busy = False
        if self._waiting:
            self._begin()

    def _find_room(self, function: Callable[[], Any]) -> None:
        if self.disk.full_for <= 0 or not isinstance(function, functools.partial):
            return
        statement = str(function.args[0]) if function.args else ""
        if statement.startswith(("INSERT", "UPDATE", "DELETE")) or function.func.__name__ == "commit":
            self.disk.full_for -= 1
            raise sqlite3.OperationalError("database or disk is full")

    def _tell(self, future: asyncio.Future[Any] | None, result: object = None, error: Exception | None = None) -> None:
        if future is None or future.done():
            return
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)


class NoThread:
    """What aiosqlite starts."""

    daemon = True

    def __init__(self, *_: object, **__: object) -> None:
        pass

    def start(self) -> None:
        pass
