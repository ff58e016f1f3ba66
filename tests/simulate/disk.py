"""SQLite without a thread: what the store hands to its own runs on the virtual loop, after a moment."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy
from sqlalchemy.exc import OperationalError
from sqlalchemy.sql.dml import UpdateBase

from tests.simulate.loop import OWNER, Owner

T = TypeVar("T")

LOCKED_FOR_S = 5.0
"""How long a connection waits for another's lock, as the bot has told SQLite."""
_LOOK_AGAIN_S = 0.02
_TAKES_NONE = {"close", "dispose", "__exit__"}


@dataclass(slots=True)
class _Work:
    future: asyncio.Future[Any]
    function: Callable[..., Any]
    arguments: tuple[Any, ...]


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


class InlineWorker:
    """In the place of the store's thread."""

    disk: Disk

    def __init__(self, _: str) -> None:
        self._waiting: deque[_Work] = deque()
        self._busy = False
        self._waited_s = 0.0

    async def run(self, function: Callable[..., T], /, *arguments: Any) -> T:
        """What the function returns, or raises."""
        work = _Work(asyncio.get_running_loop().create_future(), function, arguments)
        self._waiting.append(work)
        if not self._busy:
            self._begin()
        return await work.future

    def close(self) -> None:
        """There is nothing to end."""

    def _begin(self) -> None:
        loop = asyncio.get_running_loop()
        self._busy, self._waited_s = True, 0.0
        if self._waiting[0].function.__name__ in _TAKES_NONE:
            self._run()
        else:
            late_s = max(0.0, self.disk.stalled_until - loop.time())
            loop.call_later(late_s + 0.0002 + 0.003 * self.disk.pace * self.disk.rng.random() ** 3, self._run)

    def _run(self) -> None:
        work = self._waiting[0]
        try:
            self._find_room(work)
            result = work.function(*work.arguments)
        except OperationalError as error:
            if "locked" in str(error) and self._waited_s < LOCKED_FOR_S:
                self._waited_s += _LOOK_AGAIN_S
                asyncio.get_running_loop().call_later(_LOOK_AGAIN_S, self._run)
                return
            self._tell(work, error=error)
        except Exception as error:  # noqa: BLE001 - as the thread does
            self._tell(work, error=error)
        else:
            if isinstance(result, sqlalchemy.Connection):
                self._note_opened(result.connection.driver_connection)
            self._tell(work, result)
        self._waiting.popleft()
        self._busy = False
        if self._waiting:
            self._begin()

    def _note_opened(self, connection: Any) -> None:
        opened = self.disk.open.setdefault(OWNER.get(), [])
        if connection not in opened:
            connection.execute("PRAGMA busy_timeout = 0")
            opened.append(connection)

    def _find_room(self, work: _Work) -> None:
        changes = any(isinstance(one, UpdateBase) for one in work.arguments) or work.function.__name__ == "commit"
        if changes and self.disk.full_for > 0:
            self.disk.full_for -= 1
            raise OperationalError("", {}, sqlite3.OperationalError("database or disk is full"))

    def _tell(self, work: _Work, result: object = None, error: Exception | None = None) -> None:
        if work.future.done():
            return
        if error is None:
            work.future.set_result(result)
        else:
            work.future.set_exception(error)
