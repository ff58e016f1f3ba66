"""Which servers were greeted, so that none is twice, whichever process hears that the bot joined it."""

from __future__ import annotations

from sqlalchemy import delete, select, update

from bot.store.database import Database
from bot.store.table import greeting

KEPT_S = 14 * 86_400
"""Somebody who invites the bot again after that long is greeted again."""
LEASE_S = 120
"""How long a server belongs to the process that greets it: whatever became of that, another one sees to it then."""


class GreetingRecords:
    """The records, in the database alone. They outlast the bot's leaving: who is greeted twice in a day has enough.

    Every method raises StoreError when it cannot be asked.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, guild_id: int, *, now_s: float) -> int | None:
        """Take it on to greet a server. None: it was greeted in the last 14 days, or another process does that.

        Otherwise the channel in which somebody began to, and nobody knows what became of it; 0: there is none.
        """
        await self.prune(now_s=now_s)
        this = greeting.c.guild_id == guild_id
        known = select(greeting.c.done, greeting.c.greeted_s, greeting.c.channel_id).where(this).with_for_update()
        row = self._database.build_insert(greeting).values(
            guild_id=guild_id, greeted_s=int(now_s), channel_id=0, done=False
        )
        async with self._database.write() as connection:
            if (await connection.execute(row.on_conflict_do_nothing())).rowcount:
                return 0
            begun = (await connection.execute(known)).first()
            # One that was begun after now was begun before the clock was set back.
            if begun is None or begun.done or abs(now_s - begun.greeted_s) < LEASE_S:
                return None
            await connection.execute(update(greeting).where(this).values(greeted_s=int(now_s)))
            return begun.channel_id

    async def begin(self, guild_id: int, channel_id: int) -> None:
        """Record where a greeting is about to be sent."""
        await self._change(guild_id, channel_id=channel_id)

    async def finish(self, guild_id: int) -> None:
        """Record that it is there."""
        await self._change(guild_id, done=True)

    async def _change(self, guild_id: int, **values: object) -> None:
        async with self._database.write() as connection:
            await connection.execute(update(greeting).where(greeting.c.guild_id == guild_id).values(**values))

    async def prune(self, *, now_s: float) -> None:
        """Forget which servers were greeted longer ago than that."""
        async with self._database.write() as connection:
            await connection.execute(delete(greeting).where(greeting.c.greeted_s <= now_s - KEPT_S))
