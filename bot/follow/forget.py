"""How follows end in the database."""

from __future__ import annotations

from sqlalchemy import ColumnElement, delete, select

from bot.follow import held, mine
from bot.store.connection import Connection
from bot.store.table import follow, notice


async def forget_follows(connection: Connection, condition: ColumnElement[bool]) -> int:
    """Delete follows (locked before their notices, as others do) and parts. Return how many people made."""
    rows = (await connection.execute(select(follow.c.part_of).where(condition).with_for_update())).all()
    gone = select(follow.c.id).where(condition)
    await held.let_go_of(connection, gone)
    await connection.execute(delete(notice).where(notice.c.follow_id.in_(gone)))
    await mine.forget_lists(connection, condition)
    await connection.execute(delete(follow).where(condition))
    return sum(row.part_of is None for row in rows)
