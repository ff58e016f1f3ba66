"""Other processes of the bot on the same database: whether there are any, and which of them takes something on."""

from __future__ import annotations

import logging
import math
import secrets
from typing import Protocol, cast

from sqlalchemy import delete, extract, func, or_, select, update

from bot.store.connection import Connection
from bot.store.database import Database
from bot.store.table import claim, process, revision

BEAT_S = 60.0
"""How often a process says that it is there."""
LASTS_S = 150.0
"""How long that holds: so long others reckon with one that was killed."""


_SET_BACK_MS = 60_000
_OFF_S = 60.0

log = logging.getLogger(__name__)


class Clock(Protocol):
    """What is needed of a clock, in seconds."""

    def time(self) -> float:
        """Since the epoch."""
        ...


class Peers:
    """Nobody knows of this process before it has announced itself. Every coroutine raises StoreError."""

    def __init__(self, database: Database, *, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._id = secrets.token_hex(8)
        self._beat_s = math.inf  # when it is to say again that it is there
        self._is_said = False  # so that the others have looked
        self.others: int | None = None
        """How many others there are, with those that were killed a moment ago; None if that was never known."""

    @property
    def alone(self) -> bool:
        """Whether nobody else is known to be there. Another one shows before it does anything (`noticed_within_s`)."""
        return not self.others

    async def announce(self) -> None:
        """Say that this process is there. If that fails it is said by `keep_up`, which is called again and again."""
        self._beat_s = now_s = self._clock.time()
        async with self._database.write() as connection:
            await self._compare_clocks(connection)
            await connection.execute(delete(process).where(process.c.until_s <= int(now_s)))
            await self._write_down(connection, now_s)
            # Others look for it again and again.
            await connection.execute(update(revision).values(number=revision.c.number + 1))
        self._is_said = True
        await self.look()

    async def keep_up(self) -> None:
        """Say so again if it is time."""
        now_s = self._clock.time()
        if now_s < self._beat_s <= now_s + BEAT_S or self._beat_s == math.inf:
            return
        if not self._is_said:
            await self.announce()
            return
        async with self._database.write() as connection:
            await self._write_down(connection, now_s)
        await self.look()

    async def look(self) -> None:
        """See who else is there."""
        now_s = self._clock.time()
        # It goes by its own clock, which may be ahead; one that is there for longer wrote it down before the clock was
        # set back.
        there = process.c.until_s.between(int(now_s) + 1, int(now_s + 2 * LASTS_S))
        others = select(func.count()).where(there, process.c.id != self._id)
        async with self._database.read() as connection:
            self.others = await connection.scalar(others)

    async def leave(self) -> None:
        """Say that this process is there no more."""
        if self._beat_s == math.inf:
            return
        self._beat_s = math.inf
        async with self._database.write() as connection:
            await connection.execute(delete(process).where(process.c.id == self._id))

    async def _write_down(self, connection: Connection, now_s: float) -> None:
        until_s = int(now_s + LASTS_S)
        row = self._database.build_insert(process).values(id=self._id, until_s=until_s)
        await connection.execute(row.on_conflict_do_update(index_elements=[process.c.id], set_={"until_s": until_s}))
        self._beat_s = now_s + BEAT_S

    async def _compare_clocks(self, connection: Connection) -> None:
        """Warn where this computer's clock is not the one that others go by."""
        off_s = abs(await self._find_now_ms(connection) / 1000 - self._clock.time())
        if off_s > _OFF_S:
            log.warning(
                "the clock of this computer is %.0f s from the database's: processes know of each other by their "
                "clocks, so have all of them set by NTP",
                off_s,
            )

    async def claim(self, name: str, for_s: float) -> float:
        """Take something on, alone of all processes. How many seconds it is still somebody else's; 0: it is taken."""
        for_ms = math.ceil(for_s * 1000)
        async with self._database.write() as connection:
            now_ms = await self._find_now_ms(connection)
            values = {"until_ms": now_ms + for_ms}
            row = self._database.build_insert(claim).values(name=name, **values)
            # One that lasts much longer is from before the clock was set back. (A little longer lasts that of whoever
            # was faster by a moment: the time was read before this one waited for the row.)
            latest_ms = now_ms + for_ms + _SET_BACK_MS
            free = or_(claim.c.until_ms <= now_ms, claim.c.until_ms > latest_ms)
            taking = row.on_conflict_do_update(index_elements=[claim.c.name], set_=values, where=free)
            if (await connection.execute(taking)).rowcount:
                return 0.0
            until_ms = await connection.scalar(select(claim.c.until_ms).where(claim.c.name == name))
            return max(1, (until_ms or now_ms) - now_ms) / 1000

    async def prune(self) -> None:
        """Forget what nobody has taken on any more."""
        async with self._database.write() as connection:
            now_ms = await self._find_now_ms(connection)
            await connection.execute(delete(claim).where(claim.c.until_ms <= now_ms))

    async def _find_now_ms(self, connection: Connection) -> int:
        """By the clock that all of them have: a file's processes are on one computer, others ask the database."""
        if self._database.is_sqlite:
            return int(self._clock.time() * 1000)
        now_s = await connection.scalar(select(extract("epoch", func.clock_timestamp())))
        return int(cast("float", now_s) * 1000)
