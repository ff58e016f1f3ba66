"""Which of the anime that are followed are for adults, in the database."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import and_, func, select, update

from bot.follow import held
from bot.follow.forget import forget_follows
from bot.follow.mine import FOLLOW
from bot.follow.model import Follow
from bot.store.database import Database
from bot.store.table import follow, notice


class MarkRecords:
    """The marks, in the database alone. Every method raises StoreError when it cannot be asked."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def mark_adult(self, anime_ids: Collection[int]) -> list[Follow]:
        """Have follows of these anime be named in age-restricted channels only. Those by direct message end.

        Return what ended and was followed by itself, each to one process.
        """
        if not anime_ids:
            return []
        for_all = and_(follow.c.kind == "anime", follow.c.subject_id.in_(anime_ids), follow.c.adult.is_(False))
        async with self._database.read() as connection:
            if not await connection.scalar(select(func.count()).where(for_all)):
                return []
        async with self._database.write() as connection:
            direct = for_all & follow.c.channel_id.is_(None)
            rows = (await connection.execute(select(*FOLLOW).where(direct).with_for_update())).all()
            await forget_follows(connection, direct)
            await connection.execute(update(follow).where(for_all).values(adult=True))
        return [one for one in (Follow(*row) for row in rows) if one.part_of is None]

    async def mark_for_everybody(self, anime_ids: Collection[int]) -> None:
        """Have follows of these anime be named everywhere again: their mark was a mistake."""
        these = and_(follow.c.kind == "anime", follow.c.subject_id.in_(anime_ids))
        marked = these & follow.c.adult.is_(True)
        # What waits is corrected with its time.
        waits = held.WAITS & notice.c.adult.is_(True) & notice.c.follow_id.in_(select(follow.c.id).where(these))
        async with self._database.read() as connection:
            if not any([await connection.scalar(select(func.count()).where(one)) for one in (marked, waits)]):
                return
        async with self._database.write() as connection:
            await connection.execute(update(follow).where(marked).values(adult=False))
            await connection.execute(update(notice).where(waits).values(adult=False))
