"""What people follow, and the notices that are due: which channel or person is told of what, exactly once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import ColumnElement, and_, delete, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import Database
from bot.store.table import follow, notice

FollowKind = Literal["anime", "vn", "developer"]
Added = Literal["added", "known", "full"]

WAITING, SENDING, TOLD = "waiting", "sending", "told"

PER_PERSON = 25
PER_SERVER = 50

DAY_S = 86_400
LATE_S = DAY_S
"""A notice that is later than this is not told at all."""
KEPT_S = 30 * DAY_S
LEASE_S = 120
"""How long a notice that is being sent belongs to the process that sends it."""
AGAIN_S = 600
"""How long a notice that Discord refused waits."""
REFUSALS_AT_MOST = 3


@dataclass(frozen=True, slots=True)
class Follow:
    """Who is told of what. `channel_id` None: `user_id`, who made it, by direct message. Times are in seconds.

    `subject_id` is the number of the anime, novel or developer; `title` what it was called then. `adult`: it may be
    named in age-restricted channels only. `language` and `platform` are VNDB's codes.
    """

    id: int
    kind: FollowKind
    subject_id: int
    title: str
    adult: bool
    user_id: int
    guild_id: int | None
    channel_id: int | None
    role_id: int | None
    delay_s: int
    language: str | None
    platform: str | None
    created_s: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """A notice as it should be. `key` is `e5` (an episode) or `r17` (a release), `detail` the release's title."""

    follow_id: int
    key: str
    due_s: int
    adult: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice that is due. `key`, `adult` and `detail` as in `Wanted`."""

    follow: Follow
    key: str
    due_s: int
    adult: bool
    detail: str
    state: str
    begun_s: int
    claimed_s: int

    @property
    def sending(self) -> bool:
        """Whether it was begun before, at `begun_s`, and nobody knows what became of it."""
        return self.state == SENDING

    @property
    def nonce(self) -> str:
        """By this Discord knows that it has the message already: 25 characters at most, the same each time."""
        return f"{self.follow.id:x}{self.key}"


class FollowRecords:
    """The records, in the database alone. Every method raises StoreError when it cannot be asked."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # Follows

    async def add_follow(self, added: Follow) -> Added:
        """`known`: there is an equal one. `full`: the person, or the server, has as many as there may be."""
        if added.channel_id is None:
            mine, most = (follow.c.user_id == added.user_id) & follow.c.channel_id.is_(None), PER_PERSON
        else:
            mine, most = follow.c.guild_id == added.guild_id, PER_SERVER
        async with self._database.read() as connection:
            known = await connection.scalar(select(func.count()).where(follow.c.target == _name_target(added)))
            count = await connection.scalar(select(func.count()).where(mine))
        if known:
            return "known"
        if (count or 0) >= most:
            return "full"
        values = {name: getattr(added, name) for name in Follow.__slots__}
        row = insert(follow).values(**values, target=_name_target(added), refusals=0)
        return "added" if await self._database.insert(row) else "known"

    async def list_follows(
        self,
        *,
        kinds: Sequence[FollowKind] = ("anime", "vn", "developer"),
        user_id: int | None = None,
        guild_id: int | None = None,
    ) -> list[Follow]:
        """Follows of these kinds: everybody's, or what this person is told by direct message and what the server is."""
        condition = follow.c.kind.in_(kinds)
        if user_id is not None:
            own = and_(follow.c.user_id == user_id, follow.c.channel_id.is_(None))
            condition &= or_(own, follow.c.guild_id == guild_id) if guild_id is not None else own
        async with self._database.read() as connection:
            rows = await connection.execute(select(*_FOLLOW).where(condition).order_by(follow.c.id))
            return [Follow(*row) for row in rows]

    async def find_follow(self, follow_id: int) -> Follow | None:
        """The follow of that id."""
        async with self._database.read() as connection:
            row = (await connection.execute(select(*_FOLLOW).where(follow.c.id == follow_id))).first()
        return Follow(*row) if row else None

    async def delete_follow(self, follow_id: int) -> bool:
        """Forget it, with its notices. False: there is none."""
        async with self._database.write() as connection:
            return await forget_follows(connection, follow.c.id == follow_id) > 0

    # Notices

    async def keep_notices(self, kinds: Sequence[FollowKind], wanted: Iterable[Wanted], *, exact: bool) -> None:
        """Add what is missing. `exact`: what still waits becomes what is wanted, too, and goes if it is not."""
        target = {(one.follow_id, one.key): one for one in wanted}
        of_kinds = notice.c.follow_id.in_(select(follow.c.id).where(follow.c.kind.in_(kinds)))
        async with self._database.read() as connection:
            columns = (notice.c.follow_id, notice.c.key, notice.c.state, notice.c.due_s, notice.c.adult)
            rows = (await connection.execute(select(*columns).where(of_kinds))).all()
        known = {(follow_id, key) for follow_id, key, *_ in rows}
        waiting = {(follow_id, key): (due_s, adult) for follow_id, key, state, due_s, adult in rows if state == WAITING}
        missing = [one for name, one in target.items() if name not in known]
        changed = [one for name, one in target.items() if exact and waiting.get(name, _of(one)) != _of(one)]
        gone = [name for name in waiting if exact and name not in target]
        if not missing and not changed and not gone:
            return
        async with self._database.write() as connection:
            for one in missing:
                await connection.execute(self._build_insert(one))
            for one in changed:
                waits = _is_notice(one.follow_id, one.key) & (notice.c.state == WAITING)
                await connection.execute(update(notice).where(waits).values(due_s=one.due_s, adult=one.adult))
            for follow_id, key in gone:
                waits = _is_notice(follow_id, key) & (notice.c.state == WAITING)
                await connection.execute(delete(notice).where(waits))

    async def find_due(self, now_s: int) -> list[Notice]:
        """What is to be told now, the earliest first: due, not late, and not being sent by another process."""
        waits = and_(notice.c.state == WAITING, notice.c.claimed_s <= now_s - AGAIN_S)
        lost = and_(notice.c.state == SENDING, notice.c.claimed_s <= now_s - LEASE_S)
        due = and_(notice.c.due_s <= now_s, notice.c.due_s > now_s - LATE_S, or_(waits, lost))
        joined = notice.join(follow, follow.c.id == notice.c.follow_id)
        statement = select(*_FOLLOW, *_NOTICE).select_from(joined).where(due).order_by(notice.c.due_s, follow.c.id)
        async with self._database.read() as connection:
            return [
                Notice(Follow(*row[: len(_FOLLOW)]), *row[len(_FOLLOW) :])
                for row in map(tuple, await connection.execute(statement))
            ]

    async def claim_notice(self, claimed: Notice, now_s: int) -> bool:
        """Begin to send a notice, or to find out what became of it. False: another process does."""
        as_it_was = and_(
            _is_notice(claimed.follow.id, claimed.key),
            notice.c.state == claimed.state,
            notice.c.claimed_s == claimed.claimed_s,
        )
        values = {"state": SENDING, "claimed_s": now_s, "begun_s": claimed.begun_s if claimed.sending else now_s}
        async with self._database.write() as connection:
            return (await connection.execute(update(notice).where(as_it_was).values(**values))).rowcount > 0

    async def finish_notice(self, told: Notice) -> None:
        """Record that it was told."""
        async with self._database.write() as connection:
            await connection.execute(update(notice).where(_is_notice(told.follow.id, told.key)).values(state=TOLD))
            refused = (follow.c.id == told.follow.id) & (follow.c.refusals > 0)
            await connection.execute(update(follow).where(refused).values(refusals=0))

    async def refuse_notice(self, refused: Notice) -> bool:
        """Record that Discord did not take it. True: it was so often that the follow is deleted."""
        this = follow.c.id == refused.follow.id
        async with self._database.write() as connection:
            again = update(notice).where(_is_notice(refused.follow.id, refused.key)).values(state=WAITING)
            await connection.execute(again)
            counted = update(follow).where(this).values(refusals=follow.c.refusals + 1).returning(follow.c.refusals)
            refusals = await connection.scalar(counted)
            if refusals is None or refusals < REFUSALS_AT_MOST:
                return False
            return await forget_follows(connection, this) > 0

    async def prune_notices(self, now_s: int) -> None:
        """Forget notices that are a month old."""
        async with self._database.write() as connection:
            await connection.execute(delete(notice).where(notice.c.due_s < now_s - KEPT_S))

    def _build_insert(self, one: Wanted) -> postgresql.Insert | sqlite.Insert:
        build = sqlite.insert if self._database.is_sqlite else postgresql.insert
        row = build(notice).values(
            follow_id=one.follow_id,
            key=one.key,
            due_s=one.due_s,
            adult=one.adult,
            detail=one.detail,
            state=WAITING,
            begun_s=0,
            claimed_s=0,
        )
        return row.on_conflict_do_nothing()


_FOLLOW = tuple(follow.c[name] for name in Follow.__slots__)
_NOTICE = tuple(notice.c[name] for name in ("key", "due_s", "adult", "detail", "state", "begun_s", "claimed_s"))


async def forget_follows(connection: AsyncConnection, condition: ColumnElement[bool]) -> int:
    """Delete follows with their notices. Return how many follows."""
    gone = notice.c.follow_id.in_(select(follow.c.id).where(condition))
    await connection.execute(delete(notice).where(gone))
    return (await connection.execute(delete(follow).where(condition))).rowcount


def _name_target(one: Follow) -> str:
    """The same for follows that tell the same to the same."""
    to = f"user {one.user_id}" if one.channel_id is None else f"channel {one.channel_id}"
    return f"{one.kind} {one.subject_id} {one.language or '-'} {one.platform or '-'} {to}"


def _is_notice(follow_id: int, key: str) -> ColumnElement[bool]:
    return (notice.c.follow_id == follow_id) & (notice.c.key == key)


def _of(one: Wanted) -> tuple[int, bool]:
    return one.due_s, one.adult
