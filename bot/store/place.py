"""Places that are too long for a button: it carries a key of what is kept here for 30 days."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable

from sqlalchemy import Delete, delete, insert, select, update

from bot.store.database import Database
from bot.store.table import kept_place

DAY_S = 86_400
KEPT_S = 30 * DAY_S
_KEY_BYTES = 16


class PlaceRecords:
    """The records, in the database alone. Every method raises StoreError when it cannot be asked.

    The key is a digest of the place, so that the same one is kept once, and only who knows it all could guess its key.
    """

    _database: Database
    _find_now_s: Callable[[], float]

    async def keep_place(self, place: str) -> str:
        """Keep a place for 30 days from now. Return its key: 22 letters, digits, `-` and `_`."""
        digest = hashlib.sha256(place.encode()).digest()[:_KEY_BYTES]
        key = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        now_s = int(self._find_now_s())
        if not await self._database.insert(insert(kept_place).values(key=key, place=place, used_s=now_s)):
            # Once a day is enough.
            old = (kept_place.c.key == key) & (kept_place.c.used_s < now_s - DAY_S)
            async with self._database.write() as connection:
                await connection.execute(update(kept_place).where(old).values(used_s=now_s))
        return key

    async def find_place(self, key: str) -> str | None:
        """What is kept under a key; None if that is longer ago than 30 days, or never was."""
        known = (kept_place.c.key == key) & (kept_place.c.used_s > self._find_now_s() - KEPT_S)
        async with self._database.read() as connection:
            return await connection.scalar(select(kept_place.c.place).where(known))


def forget_places(now_s: float) -> Delete:
    """The statement that forgets what is kept no longer."""
    return delete(kept_place).where(kept_place.c.used_s <= now_s - KEPT_S)
