"""What somebody follows, as they can have it: with all that they are to be told of it, and were."""

from __future__ import annotations

import msgspec
from sqlalchemy import select

from bot.follow.mine import FOLLOW
from bot.follow.model import Follow
from bot.store.connection import Connection
from bot.store.table import follow, notice


async def export_follows(connection: Connection, user_id: int) -> list[object]:
    """Ready for JSON, each follow with its notices."""
    mine = follow.c.user_id == user_id
    told: dict[int, list[object]] = {}
    query = select(notice).where(notice.c.follow_id.in_(select(follow.c.id).where(mine)))
    for row in (await connection.execute(query.order_by(notice.c.due_s))).mappings():
        told.setdefault(row["follow_id"], []).append({name: row[name] for name in row if name != "follow_id"})
    follows = [Follow(*row) for row in await connection.execute(select(*FOLLOW).where(mine))]
    return [{**msgspec.to_builtins(one), "notices": told.get(one.id, [])} for one in follows]
