"""Which servers were greeted, so that none is twice, whichever process hears that the bot joined it."""

from __future__ import annotations

from sqlalchemy import delete, insert

from bot.store.database import Database
from bot.store.table import greeting

KEPT_S = 14 * 86_400
"""Somebody who invites the bot again after that long is greeted again."""


class GreetingRecords:
    """The records, in the database alone. They outlast the bot's leaving: who is greeted twice in a day has enough."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(self, guild_id: int, *, now_s: float) -> bool:
        """Whether this is the first time that it is asked for a server in 14 days, in all processes.

        Raises StoreError.
        """
        await self.prune(now_s=now_s)
        return await self._database.insert(insert(greeting).values(guild_id=guild_id, greeted_s=int(now_s)))

    async def prune(self, *, now_s: float) -> None:
        """Forget which servers were greeted longer ago than that. Raises StoreError."""
        async with self._database.write() as connection:
            await connection.execute(delete(greeting).where(greeting.c.greeted_s <= now_s - KEPT_S))
