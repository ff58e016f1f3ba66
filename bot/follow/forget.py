"""How follows end in the database."""

from __future__ import annotations

from sqlalchemy import ColumnElement, delete, select

from bot.follow import mine
from bot.store.connection import Connection
from bot.store.table import follow, notice


async def forget_follows(connection: Connection, condition: ColumnElement[bool]) -> int:
    """Delete follows (locked before their notices, as others do) and parts. Return how many people made."""
    rows = (await connection.execute(select(follow.c.part_of).where(condition).with_for_update())).all()
    gone = notice.c.follow_id.in_(select(follow.c.id).where(condition))
    await connection.execute(delete(notice).where(gone))
    await mine.forget_lists(connection, condition)
    await connection.execute(delete(follow).where(condition))
    return sum(row.part_of is None for row in rows)
