"""Which reply of ours answers which message."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from operator import attrgetter

import msgspec
from sqlalchemy import ColumnElement, Delete, Select, Update, and_, delete, false, insert, not_, or_, select, update
from sqlalchemy.exc import IntegrityError

from bot.errors import StoreError
from bot.store.connection import Connection
from bot.store.database import Database
from bot.store.holding import Holding, Owner
from bot.store.table import preview

_OWNERS = {"server": preview.c.guild_id, "channel": preview.c.channel_id, "person": preview.c.poster_id}
_DISCORD_EPOCH_MS = 1_420_070_400_000
_IDS_AT_ONCE = 5_000
"""PostgreSQL takes no more than 32,767 values in a statement, and a large bot has more servers and posters."""
OVERTAKEN = "overtaken"
"""In the place of what a reply shows: it is being changed, or has to be."""
INCOMPLETE = "incomplete "
"""Begins what is noted of a reply in which links have no card."""
BEGUN_ANSWER = 0
"""In the place of a reply's id: which message it is, if any, is found by the interaction that it answers."""


class PreviewRecord(msgspec.Struct, frozen=True):
    """A message with links, and our reply to it.

    `parent_id`: the channel whose flag counts, which a thread is not. `guild_id` None: in direct messages. `reply_id`
    None: not sent yet; `message_id`: it answers a command that `poster_id` used; 0: it may have been sent as the answer
    to a command, and `message_id` is that of the interaction. `removed`: somebody who may took the
    preview away, so no edit brings it back. `restricted`: it may show what stands only where galleries may. `leaving`:
    it has to go. `shown`: a digest of what it shows, that only its maker reads.
    """

    message_id: int
    channel_id: int
    parent_id: int
    guild_id: int | None
    poster_id: int
    reply_id: int | None
    removed: bool
    restricted: bool
    leaving: bool
    shown: str

    @property
    def is_answer(self) -> bool:
        """Whether this is an answer to a command, which is message and reply in one."""
        return self.message_id == self.reply_id

    @property
    def is_begun_answer(self) -> bool:
        """Whether this may become an answer to a command, whose message is not known yet."""
        return self.reply_id == BEGUN_ANSWER


class PreviewRecords(Holding):
    """The records, in the database alone. Every method raises StoreError when it cannot be asked."""

    name = "previews"

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin_preview(
        self,
        *,
        message_id: int,
        channel_id: int,
        parent_id: int | None = None,
        guild_id: int | None,
        poster_id: int,
        reply_id: int | None = None,
        restricted: bool = True,
        shown: str = "",
    ) -> bool:
        """Record that a reply is about to be made, or which one was. False: there is a record, which stays as it is.

        `parent_id` None: the channel is no thread. `shown`: what its maker has to know of it until then.
        """
        row = insert(preview).values(
            message_id=message_id,
            channel_id=channel_id,
            parent_id=channel_id if parent_id is None else parent_id,
            guild_id=guild_id,
            poster_id=poster_id,
            reply_id=reply_id,
            removed=False,
            restricted=restricted,
            leaving=False,
            shown=shown,
        )
        return await self._database.insert(row)

    async def finish_preview(
        self, message_id: int, *, reply_id: int, shown: str, restricted: bool = True, begun: str = ""
    ) -> bool:
        """Record the reply. False: it has to go, since the record was deleted, removed or is leaving by now, or another
        process was faster with a reply of its own, or has begun one. `begun`: what was noted as `shown` until then.
        """
        is_begun = and_(preview.c.reply_id.is_(None), preview.c.shown == begun)
        is_ours = or_(is_begun, preview.c.reply_id == reply_id)
        is_this = preview.c.message_id == message_id
        values = {"reply_id": reply_id, "shown": shown, "restricted": restricted}
        return await self._set(is_this, _stays(), is_ours, **values) > 0

    async def finish_answer(self, interaction_id: int, *, message_id: int) -> bool:
        """Record which message it is that was begun as an answer. False: there is no record of that."""
        is_this = and_(preview.c.message_id == interaction_id, preview.c.reply_id == BEGUN_ANSWER)
        try:
            return await self._set(is_this, message_id=message_id, reply_id=message_id) > 0
        except StoreError as error:
            if not isinstance(error.__cause__, IntegrityError):
                raise
        # Another process turned a page on it, and so has recorded it already.
        await self.drop_answer(interaction_id)
        return True

    async def find_preview(self, message_id: int) -> PreviewRecord | None:
        """The record of a message."""
        return await self._find_one(preview.c.message_id == message_id)

    async def find_preview_by_reply(self, reply_id: int) -> PreviewRecord | None:
        """The record of the message that this reply of ours answers."""
        return await self._find_one(preview.c.reply_id == reply_id)

    async def mark_removed(self, record: PreviewRecord) -> bool:
        """Record that somebody took the preview away. False: it has to go, so that it was the bot, or it was begun anew
        or forgotten since it was read.
        """
        return await self._set(_is_as_read(record), preview.c.leaving.is_(False), removed=True) > 0

    async def begin_removal(self, message_id: int) -> None:
        """Record that the preview is about to be taken away: whatever comes between, it has to go."""
        await self._set(preview.c.message_id == message_id, removed=True, leaving=True)

    async def mark_restricted(self, message_id: int) -> None:
        """Record that the preview is about to show what stands only where galleries may."""
        await self._set(preview.c.message_id == message_id, restricted=True)

    async def note_change(self, record: PreviewRecord) -> None:
        """Record that a reply is about to show something else: what it shows is not known until that is noted."""
        await self._set(_is_as_read(record), shown=OVERTAKEN)

    async def move_preview(self, message_id: int, *, poster_id: int) -> None:
        """Record that a message was somebody else's all along, who may remove its preview from now on."""
        await self._set(preview.c.message_id == message_id, poster_id=poster_id)

    async def drop_preview(self, message_id: int, *, begun: str) -> None:
        """Forget what was begun and refused. `begun`: what was noted as `shown`."""
        await self._delete(preview.c.message_id == message_id, preview.c.reply_id.is_(None), preview.c.shown == begun)

    async def drop_answer(self, interaction_id: int) -> None:
        """Forget an answer that was begun and that not all can read."""
        await self._delete(preview.c.message_id == interaction_id, preview.c.reply_id == BEGUN_ANSWER)

    async def delete_preview(self, record: PreviewRecord) -> bool:
        """Forget a message whose reply is gone. False: it is not as it was read, or is forgotten already."""
        return await self._delete(_is_as_read(record)) > 0

    async def forget_gone(self, records: Sequence[PreviewRecord]) -> None:
        """Forget what had to go and is gone, but that somebody took it away: no edit brings that back. What was begun
        anew since these were read stays.
        """

        async def forget() -> None:
            these = and_(or_(false(), *map(_is_as_read, records)), preview.c.leaving)
            async with self._database.write() as connection:
                await connection.execute(delete(preview).where(these, preview.c.removed.is_(False)))
                await connection.execute(update(preview).where(these).values(leaving=False))

        await self._database.repeat(forget)

    async def prune(self, before_s: float) -> None:
        """Forget messages and replies of before (Unix time), unless they have to go, or would if their channel were
        opened.
        """
        reply_is_old = or_(preview.c.reply_id.is_(None), preview.c.reply_id < _find_first_id(before_s))
        may_stay = or_(preview.c.restricted.is_(False), preview.c.removed)
        await self._execute(
            delete(preview).where(posted_before(before_s), reply_is_old, may_stay, preview.c.leaving.is_(False))
        )

    # Of whom they are (documented in `Holding`)

    def select_servers(self) -> Select[int]:
        return select(preview.c.guild_id).where(preview.c.guild_id.is_not(None)).distinct()

    async def forget(self, connection: Connection, owner: Owner, id_: int) -> int:
        theirs = _OWNERS[owner] == id_
        if owner == "person":
            # What has to go is forgotten when it is gone, also if they took it away themselves. What stands still was
            # made after it was noted that theirs has to go: forgotten, it would stand there for ever.
            await connection.execute(update(preview).where(theirs, _stays()).values(leaving=True))
            await connection.execute(update(preview).where(theirs, preview.c.leaving).values(removed=False))
            theirs &= preview.c.leaving.is_(False)
        return (await connection.execute(delete(preview).where(theirs))).rowcount

    async def export(self, connection: Connection, user_id: int) -> list[object]:
        rows = await connection.execute(select(preview).where(preview.c.poster_id == user_id))
        # Those of age-restricted channels are kept for good: after years somebody has tens of thousands.
        return await asyncio.to_thread(lambda: [dict(row) for row in rows.mappings()])

    # What has to go: it is noted first, and forgotten when it is gone

    async def leave_messages(self, message_ids: Sequence[int]) -> int:
        """Note that the previews of these messages have to go. Return how many do."""
        return await self._leave(preview.c.message_id.in_(message_ids))

    async def leave_preview(self, record: PreviewRecord) -> int:
        """Note that this preview has to go, if it was not begun anew since it was read."""
        return await self._leave(_is_as_read(record))

    async def leave_stray(self, reply_id: int, *, channel_id: int, guild_id: int | None) -> None:
        """Note that a reply has to go that no record knows of."""
        if await self.find_preview_by_reply(reply_id) is None:
            await self.begin_preview(
                message_id=reply_id, channel_id=channel_id, guild_id=guild_id, poster_id=0, reply_id=reply_id
            )
            await self.leave_messages([reply_id])

    async def leave_channels(self, channel_ids: Sequence[int]) -> int:
        """Note that nothing may stay in these channels, and in their threads, that is not for everybody."""
        return await self._leave(
            *(
                preview.c.restricted & or_(preview.c.parent_id.in_(ids), preview.c.channel_id.in_(ids))
                for ids in _split(channel_ids)
            )
        )

    async def leave_direct_messages(self, poster_ids: Sequence[int]) -> int:
        """Note the same of these people's direct messages."""
        direct = preview.c.restricted & preview.c.guild_id.is_(None)
        return await self._leave(*(direct & preview.c.poster_id.in_(ids) for ids in _split(poster_ids)))

    async def leave_person(self, poster_id: int) -> int:
        """Note that the previews of somebody's messages have to go."""
        return await self._leave(preview.c.poster_id == poster_id)

    async def _leave(self, *these: ColumnElement[bool]) -> int:
        """Note all of it at once that any of the conditions names."""

        async def leave() -> int:
            left = update(preview).where(_stays()).values(leaving=True)
            async with self._database.write() as connection:
                return sum([(await connection.execute(left.where(one))).rowcount for one in these])

        return await self._database.repeat(leave)

    async def _set(self, *conditions: ColumnElement[bool], **values: object) -> int:
        return await self._database.repeat(lambda: self._execute(update(preview).where(*conditions).values(**values)))

    async def _delete(self, *conditions: ColumnElement[bool]) -> int:
        return await self._database.repeat(lambda: self._execute(delete(preview).where(*conditions)))

    async def _execute(self, statement: Update | Delete) -> int:
        async with self._database.write() as connection:
            return (await connection.execute(statement)).rowcount

    async def list_leaving(self, *, before_id: int, limit: int) -> list[PreviewRecord]:
        """Those that have to go, of messages with smaller ids, the latest first."""
        condition = and_(preview.c.leaving, preview.c.message_id < before_id)
        return await self._list(condition, limit=limit)

    async def list_restricted_places(self, guild_ids: Sequence[int]) -> list[tuple[int, int]]:
        """Where something stands that is not for everybody: pairs of a server and a channel."""
        query = select(preview.c.guild_id, preview.c.parent_id).where(_stays(), preview.c.restricted).distinct()
        async with self._database.read() as connection:
            return [
                (guild_id, parent_id)
                for ids in _split(guild_ids)
                for guild_id, parent_id in await connection.execute(query.where(preview.c.guild_id.in_(ids)))
            ]

    async def list_direct_posters(self) -> list[int]:
        """In whose direct messages something stands that is not for everybody."""
        query = select(preview.c.poster_id).where(_stays(), preview.c.restricted, preview.c.guild_id.is_(None))
        async with self._database.read() as connection:
            return list(await connection.scalars(query.distinct()))

    async def list_recorded_ids(self, *, limit: int) -> list[int]:
        """The messages that have a record, the latest first."""
        query = select(preview.c.message_id).order_by(preview.c.message_id.desc()).limit(limit)
        async with self._database.read() as connection:
            return list(await connection.scalars(query))

    async def list_previews(
        self, *, poster_id: int | None = None, channel_ids: Sequence[int] = ()
    ) -> list[PreviewRecord]:
        """The previews of somebody's messages, or in these channels, the latest first."""
        return await self._list(or_(preview.c.poster_id == poster_id, preview.c.channel_id.in_(channel_ids)))

    async def list_latest_previews(
        self, guild_ids: Sequence[int | None], since_s: float, *, limit: int
    ) -> list[PreviewRecord]:
        """Those that stand (or were begun) under people's messages of servers (None: direct messages) posted since then
        (Unix time), the latest first; also those that have to go: who is at one makes it anew, of what its message is.
        """
        of_people = or_(preview.c.reply_id.is_(None), preview.c.reply_id.not_in([preview.c.message_id, BEGUN_ANSWER]))
        wanted = and_(not_(posted_before(since_s)), of_people, preview.c.removed.is_(False))
        places = [preview.c.guild_id.in_(ids) for ids in _split([one for one in guild_ids if one is not None])]
        if None in guild_ids:
            places.append(preview.c.guild_id.is_(None))
        found = [record for place in places for record in await self._list(wanted & place, limit=limit)]
        return sorted(found, key=attrgetter("message_id"), reverse=True)[:limit]

    async def _list(self, condition: ColumnElement[bool], *, limit: int | None = None) -> list[PreviewRecord]:
        query = select(preview).where(condition).order_by(preview.c.message_id.desc()).limit(limit)
        async with self._database.read() as connection:
            return [PreviewRecord(**row) for row in (await connection.execute(query)).mappings()]

    async def _find_one(self, condition: ColumnElement[bool]) -> PreviewRecord | None:
        async with self._database.read() as connection:
            row = (await connection.execute(select(preview).where(condition))).mappings().first()
        return PreviewRecord(**row) if row else None


def _split(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for first in range(0, len(ids), _IDS_AT_ONCE):
        yield ids[first : first + _IDS_AT_ONCE]


def _stays() -> ColumnElement[bool]:
    return and_(preview.c.removed.is_(False), preview.c.leaving.is_(False))


def _is_as_read(record: PreviewRecord) -> ColumnElement[bool]:
    """The condition that it is the same reply still. Of several processes another may have taken it away, too, and
    begun one anew.
    """
    reply = preview.c.reply_id == record.reply_id
    if record.reply_id is None:  # sent or not, it is known by what was noted for that
        reply = and_(preview.c.reply_id.is_(None), preview.c.shown == record.shown)
    return and_(preview.c.message_id == record.message_id, reply)


def posted_before(time_s: float) -> ColumnElement[bool]:
    """The condition on records of messages from before a time: an id begins with when its message was posted."""
    return preview.c.message_id < _find_first_id(time_s)


def _find_first_id(time_s: float) -> int:
    """The smallest id that Discord gives at a time."""
    return (int(time_s * 1000) - _DISCORD_EPOCH_MS) << 22
