"""Which reply of ours answers which message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, delete, insert, not_, or_, select, update

from bot.store.database import Database
from bot.store.table import preview

_DISCORD_EPOCH_MS = 1_420_070_400_000


@dataclass(frozen=True, slots=True)
class PreviewRecord:
    """A message with links, and our reply to it.

    `guild_id` None: in direct messages. `reply_id` None: not sent yet. `removed`: somebody who may took the preview
    away, so no edit brings it back. `shown`: a digest of what it shows, that only its maker reads.
    """

    message_id: int
    channel_id: int
    guild_id: int | None
    poster_id: int
    reply_id: int | None
    removed: bool
    shown: str


class PreviewRecords:
    """The records, in the database alone. Every method raises StoreError when it cannot be asked."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin_preview(self, *, message_id: int, channel_id: int, guild_id: int | None, poster_id: int) -> bool:
        """Record that a reply is about to be made. False: there is a record, which stays as it is."""
        row = insert(preview).values(
            message_id=message_id,
            channel_id=channel_id,
            guild_id=guild_id,
            poster_id=poster_id,
            reply_id=None,
            removed=False,
            shown="",
        )
        return await self._database.insert(row)

    async def finish_preview(self, message_id: int, *, reply_id: int, shown: str) -> bool:
        """Record the reply. False: it has to go, since the record was deleted or removed meanwhile, or another process
        was faster with a reply of its own.
        """
        is_ours = or_(preview.c.reply_id.is_(None), preview.c.reply_id == reply_id)
        statement = update(preview).where(preview.c.message_id == message_id, preview.c.removed.is_(False), is_ours)
        async with self._database.write() as connection:
            done = await connection.execute(statement.values(reply_id=reply_id, shown=shown))
        return done.rowcount > 0

    async def find_preview(self, message_id: int) -> PreviewRecord | None:
        """The record of a message."""
        return await self._find_one(preview.c.message_id == message_id)

    async def find_preview_by_reply(self, reply_id: int) -> PreviewRecord | None:
        """The record of the message that this reply of ours answers."""
        return await self._find_one(preview.c.reply_id == reply_id)

    async def mark_removed(self, message_id: int) -> bool:
        """Record that the preview was taken away. False: there is no record."""
        async with self._database.write() as connection:
            done = await connection.execute(
                update(preview).where(preview.c.message_id == message_id).values(removed=True)
            )
        return done.rowcount > 0

    async def delete_preview(self, message_id: int) -> None:
        """Forget a message."""
        async with self._database.write() as connection:
            await connection.execute(delete(preview).where(preview.c.message_id == message_id))

    async def list_previews(
        self, *, poster_id: int | None = None, channel_ids: Sequence[int] = ()
    ) -> list[PreviewRecord]:
        """The previews of somebody's messages, or in these channels, the latest first."""
        condition = or_(preview.c.poster_id == poster_id, preview.c.channel_id.in_(channel_ids))
        async with self._database.read() as connection:
            rows = await connection.execute(select(preview).where(condition).order_by(preview.c.message_id.desc()))
            return [PreviewRecord(**row) for row in rows.mappings()]

    async def list_latest_previews(self, guild_id: int | None, since_s: float, *, limit: int) -> list[PreviewRecord]:
        """Those that stand (or were begun) under messages of a server (None: direct messages) posted since then (Unix
        time), the latest first.
        """
        condition = and_(
            not_(posted_before(since_s)),
            preview.c.guild_id.is_not_distinct_from(guild_id),
            preview.c.removed.is_(False),
        )
        query = select(preview).where(condition).order_by(preview.c.message_id.desc()).limit(limit)
        async with self._database.read() as connection:
            return [PreviewRecord(**row) for row in (await connection.execute(query)).mappings()]

    async def _find_one(self, condition: ColumnElement[bool]) -> PreviewRecord | None:
        async with self._database.read() as connection:
            row = (await connection.execute(select(preview).where(condition))).mappings().first()
        return PreviewRecord(**row) if row else None


def posted_before(time_s: float) -> ColumnElement[bool]:
    """The condition on records of messages from before a time: an id begins with when its message was posted."""
    return preview.c.message_id < (int(time_s * 1000) - _DISCORD_EPOCH_MS) << 22
