"""Whoever waits for the database goes on as soon as it is well again, however long it was away."""

from __future__ import annotations

import asyncio

from sqlalchemy import update

from bot.store.again import Clock
from bot.store.database import Database
from bot.store.table import revision

SELDOM = 60
"""Of how many looks one tries the database at least, where it takes this and refuses other things, time after time."""


class Recovery:
    """Waits between tries, which a look ends when the database takes changes again."""

    def __init__(self, database: Database, *, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._past = database.refusals
        self._waiting: set[asyncio.Future[None]] = set()
        self._every = 1
        self._passed = 0
        self._failed = False

    @property
    def refuses(self) -> bool:
        """Whether the database refused something, or was away, and has taken no change since a look."""
        return self._database.refusals > self._past

    @property
    def takes_nothing(self) -> bool:
        """Whether the database takes no changes, by the latest try. Where it refuses one thing alone, most looks pass
        without one.
        """
        return self.refuses and (self._failed or self._every == 1)

    async def sleep(self, duration_s: float) -> bool:
        """Wait. Whether it was cut short, since the database is well again."""
        well = asyncio.get_running_loop().create_future()
        sleeping = asyncio.ensure_future(self._clock.sleep(duration_s))
        self._waiting.add(well)
        try:
            await asyncio.wait({well, sleeping}, return_when=asyncio.FIRST_COMPLETED)
            return well.done()
        finally:
            self._waiting.discard(well)
            well.cancel()
            sleeping.cancel()

    async def look(self) -> None:
        """Try it, if it refused anything since the last look. Raises StoreError while it takes no changes."""
        if not self.refuses:
            self._every = max(1, self._every - 1)
            return
        self._passed += 1
        if self._passed < self._every:
            return
        self._passed = 0
        past = self._database.refusals  # whatever fails from here on is looked at the next time
        self._failed = True
        async with self._database.write() as connection:
            await connection.execute(update(revision).values(number=revision.c.number))
        self._failed = False
        self._past = past
        self._every = min(2 * self._every, SELDOM)
        for well in self._waiting:
            if not well.done():
                well.set_result(None)
