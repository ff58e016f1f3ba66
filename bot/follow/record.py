"""What people follow, and the notices that are due: which channel or person is told of what, exactly once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Literal

from msgspec.structs import replace
from sqlalchemy import ColumnElement, Insert, Select, and_, case, delete, func, not_, or_, select, update

from bot.follow import held, mine
from bot.follow.export import export_follows
from bot.follow.forget import forget_follows
from bot.follow.mark import MarkRecords
from bot.follow.model import (
    BY_CLOCK,
    DAY_S,
    DIGEST,
    KINDS,
    SENDING,
    TOLD,
    WAITING,
    Follow,
    FollowKind,
    Notice,
    Wanted,
    name_target,
)
from bot.follow.plan import Known, plan_notices
from bot.store.connection import Connection
from bot.store.database import Database
from bot.store.holding import Holding, Owner
from bot.store.table import follow, notice

Added = Literal["added", "changed", "known", "full"]
Changed = Literal["changed", "gone", "known", "full", "busy"]

PER_PERSON = 25
PER_SERVER = 50

LATE_S = DAY_S
"""A notice that is later than this is not told at all."""
DIGEST_LATE_S = 6 * DAY_S
"""A digest that is later is not sent: the next one, which has the same, is a day away."""
KEPT_S = 30 * DAY_S
LEASE_S = 120
"""How long a notice that is being sent belongs to the process that sends it."""
AGAIN_S = 600
"""How long a notice that Discord refused waits."""
REFUSALS_AT_MOST = 3
REFUSED_S = 3600
"""Of a follow's refusals one in this time counts: what passes within minutes must not end it."""
CLOSED_S = DAY_S
"""The same where a person takes no direct messages: many do so for an evening. A notice is tried for a day, so of what
comes once a week each notice counts once.
"""
_CHOSEN = ("adult", "role_id", "delay_s", "threads", "offset_s")
"""What becomes as it is wanted where the same is followed once more."""
_IDS = range(2**63)
"""What the database takes for an id. Somebody may make up a larger one."""


class FollowRecords(Holding):
    """The records, in the database alone. Every method raises StoreError when it cannot be asked."""

    name = "follows"

    def __init__(self, database: Database) -> None:
        self._database = database
        self.lists = mine.MineRecords(database)
        self.marks = MarkRecords(database)

    # Follows

    async def add_follow(self, added: Follow) -> Added:
        """`known`: there is an equal one. `changed`: one told the same to the same, with another role or delay.

        `full`: the person, or the server, has as many as there may be.
        """
        lost = False

        async def add() -> Added:
            nonlocal lost
            before, lost = lost, True
            outcome = await self._add_follow(added)
            return "added" if before and outcome == "known" else outcome

        return await self._database.repeat(add)

    async def _add_follow(self, added: Follow) -> Added:
        beside, most = _choose_beside(added)
        async with self._database.read() as connection:
            chosen = [follow.c[name] for name in _CHOSEN]
            same = select(*chosen).where(follow.c.target == name_target(added), follow.c.part_of.is_(None))
            known = (await connection.execute(same)).first()
            count = await connection.scalar(select(func.count()).where(beside))
        if known is not None:
            equal = tuple(known) == tuple(getattr(added, name) for name in _CHOSEN)
            return "known" if equal else await self._change_follow(added)
        if (count or 0) >= most:
            return "full"
        values = {name: getattr(added, name) for name in Follow.__struct_fields__}
        row = self._database.build_insert(follow).values(**values, target=name_target(added))
        async with self._database.write() as connection:
            if added.channel_id is None and (part_id := await mine.take_over(connection, added, name_target(added))):
                await _move_notices(connection, replace(added, id=part_id), by_s=added.delay_s)
                return "added"
            if not (await connection.execute(row.on_conflict_do_nothing())).rowcount:
                return "known"  # another one was faster
            await _share_clock(connection, added)
        return "added"

    async def _change_follow(self, wanted: Follow) -> Added:
        """Give the follow of the same to the same this role and delay; its notices move by as much."""
        this = follow.c.target == name_target(wanted)
        async with self._database.write() as connection:
            locked = select(follow.c.id, follow.c.delay_s).where(this).with_for_update()
            known = (await connection.execute(locked)).first()
            if known is None:
                return "known"  # it was ended just now
            follow_id, delay_s = known
            values = {name: getattr(wanted, name) for name in _CHOSEN}
            await connection.execute(update(follow).where(this).values(**values))
            await _move_notices(connection, replace(wanted, id=follow_id), by_s=wanted.delay_s - delay_s)
            await _share_clock(connection, wanted)
        return "changed"

    async def change_follow(self, wanted: Follow, now_s: int) -> Changed:
        """Have the follow of that id tell another channel, mention another role, or tell later.

        `known`: another one tells the same to the same. `full`: the server has as many as there may be. `busy`: it is
        being told, and what became of that is to be found where it was. `gone`: it was ended.
        """

        async def change() -> Changed:
            return await self._change_by_id(wanted, now_s)

        return await self._database.repeat(change)

    async def _change_by_id(self, wanted: Follow, now_s: int) -> Changed:
        this = follow.c.id == wanted.id
        target = name_target(wanted)
        async with self._database.write() as connection:
            locked = select(follow.c.delay_s, follow.c.target, follow.c.guild_id).where(this).with_for_update()
            known = (await connection.execute(locked)).first()
            if known is None:
                return "gone"
            if known.target != target:
                same = and_(follow.c.target == target, follow.c.part_of.is_(None))
                if await connection.scalar(select(func.count()).where(same)):
                    return "known"
                beside, most = _choose_beside(wanted)
                there = select(func.count()).where(beside)
                if known.guild_id != wanted.guild_id and (await connection.scalar(there) or 0) >= most:
                    return "full"
                # Nobody looks any more for one that is too late, once its lease has ended.
                late_s = DIGEST_LATE_S if wanted.kind == DIGEST else LATE_S
                looked_for = or_(notice.c.due_s > now_s - late_s, notice.c.claimed_s > now_s - LEASE_S)
                sending = and_(notice.c.follow_id == wanted.id, notice.c.state == SENDING, looked_for)
                if await connection.scalar(select(func.count()).where(sending)):
                    return "busy"
                if wanted.channel_id is None:
                    await self.lists.take_back(connection, wanted, by_s=known.delay_s)
            columns = ("guild_id", "channel_id", "role_id", "delay_s", "threads")
            values = {name: getattr(wanted, name) for name in columns}
            if known.target != target:
                values["refusals"] = 0  # which were of another place
            await connection.execute(update(follow).where(this).values(**values, target=target))
            await _move_notices(connection, wanted, by_s=wanted.delay_s - known.delay_s)
            if known.guild_id is None and wanted.guild_id is not None and wanted.kind in mine.SERVICES:
                await self.lists.hand_on(connection, wanted)
        return "changed"

    async def list_follows(
        self,
        *,
        kinds: Sequence[FollowKind] = KINDS,
        user_id: int | None = None,
        guild_id: int | None = None,
    ) -> list[Follow]:
        """Follows of these kinds: everybody's, or what this person is told by direct message and what the server is."""
        condition = follow.c.kind.in_(kinds)
        if user_id is not None:
            own = and_(follow.c.user_id == user_id, follow.c.channel_id.is_(None), follow.c.part_of.is_(None))
            condition &= or_(own, follow.c.guild_id == guild_id) if guild_id is not None else own
        async with self._database.read() as connection:
            rows = await connection.execute(select(*mine.FOLLOW).where(condition).order_by(follow.c.id))
            return [Follow(*row) for row in rows]

    async def find_follow(self, follow_id: int) -> Follow | None:
        """The follow of that id."""
        if follow_id not in _IDS:
            return None
        async with self._database.read() as connection:
            row = (await connection.execute(select(*mine.FOLLOW).where(follow.c.id == follow_id))).first()
        return Follow(*row) if row else None

    async def delete_follow(self, follow_id: int) -> bool:
        """Forget it, with its notices. Whether a list that the same person follows tells of it from then on."""

        async def forget() -> bool:
            async with self._database.write() as connection:
                goes_on = await self.lists.end_single(connection, follow_id)
                await forget_follows(connection, follow.c.id == follow_id)
            return goes_on

        return await self._database.repeat(forget)

    # Of whom they are (documented in `Holding`)

    def select_servers(self) -> Select[int]:
        return select(follow.c.guild_id).where(follow.c.guild_id.is_not(None)).distinct()

    def select_channels(self) -> Select[int, int]:
        return select(follow.c.guild_id, follow.c.channel_id).where(follow.c.guild_id.is_not(None)).distinct()

    async def forget(self, connection: Connection, owner: Owner, id_: int) -> int:
        return await forget_follows(connection, _OWNERS[owner] == id_)

    async def export(self, connection: Connection, user_id: int) -> list[object]:
        return await export_follows(connection, user_id)

    # Notices

    async def keep_notices(
        self,
        kinds: Sequence[FollowKind],
        wanted: Iterable[Wanted],
        *,
        exact: bool,
        subject_ids: Collection[int] | None = None,
        held_due: range = range(0),
    ) -> None:
        """Add what is missing of these kinds, or of these subjects of them alone.

        `exact`: what still waits becomes what is wanted, too, and goes if it is not; what was told waits again if it
        was told too early by more than `MOVED_S`, and what is held for a digest if it was too early at all.
        `held_due`: all that was due then is wanted, so that what is held and is not goes, too.
        """
        meant = follow.c.kind.in_(kinds)
        if subject_ids is not None:
            meant &= follow.c.subject_id.in_(subject_ids)
        of_kinds = notice.c.follow_id.in_(select(follow.c.id).where(meant))
        columns = [notice.c[name] for name in Known.__struct_fields__]
        async with self._database.read() as connection:
            rows = (await connection.execute(select(*columns).where(of_kinds))).all()
        plan = plan_notices(wanted, (Known(*row) for row in rows), exact=exact, held_due=held_due)
        if not plan:
            return
        async with self._database.write() as connection:
            for one in plan.missing:
                await connection.execute(self._build_insert(one))
            for one in plan.changed:
                waits = _is_notice(one.follow_id, one.key) & (notice.c.state == WAITING)
                await connection.execute(update(notice).where(waits).values(due_s=one.due_s, adult=one.adult))
            for one in plan.moved:
                was_told = _is_notice(one.follow_id, one.key) & ((notice.c.state == TOLD) | held.WAITS)
                anew = {"state": WAITING, "due_s": one.due_s, "adult": one.adult, "begun_s": 0, "claimed_s": 0}
                await connection.execute(update(notice).where(was_told).values(**anew))
            for follow_id, key in plan.gone:
                waits = _is_notice(follow_id, key) & ((notice.c.state == WAITING) | held.WAITS)
                await connection.execute(delete(notice).where(waits))

    async def hold_due(self, now_s: int) -> None:
        """Hold what is due where a digest tells it, until then."""
        async with self._database.read() as connection:
            if not await held.is_any_to_hold(connection, now_s, LATE_S):
                return
        async with self._database.write() as connection:
            await held.hold(connection, now_s, LATE_S)

    async def count_late(self, one: Follow, now_s: int) -> int:
        """How much of what is held for a digest would not be told if that digest, or that follow of it, went."""
        async with self._database.read() as connection:
            return await held.count_late(connection, one, now_s - LATE_S)

    async def hold_again(self, left_out: Iterable[Notice]) -> None:
        """Have what a digest that was taken on was made without wait for the next one."""
        async with self._database.write() as connection:
            await held.hold_again(connection, left_out)

    async def list_held(self, digest: Follow) -> list[Notice]:
        """What a digest has that was taken on, the earliest first."""
        return await self._list_notices(held.is_held_for(digest))

    async def find_digests(self, channel_ids: Collection[int]) -> set[int]:
        """Which of these channels have a digest."""
        found = select(follow.c.channel_id).where(follow.c.kind == DIGEST, follow.c.channel_id.in_(channel_ids))
        async with self._database.read() as connection:
            return set((await connection.execute(found)).scalars())

    async def find_due(self, now_s: int) -> list[Notice]:
        """What is to be told now, the earliest first: due, not late, and not being sent by another process."""
        return await self._list_notices(_is_due(now_s))

    async def count_due(self, now_s: int) -> int:
        """How many are to be told now."""
        joined = notice.join(follow, follow.c.id == notice.c.follow_id)
        counted = select(func.count()).select_from(joined).where(_is_due(now_s))
        async with self._database.read() as connection:
            return int(await connection.scalar(counted))

    async def _list_notices(self, condition: ColumnElement[bool]) -> list[Notice]:
        joined = notice.join(follow, follow.c.id == notice.c.follow_id)
        statement = (
            select(*mine.FOLLOW, *_NOTICE).select_from(joined).where(condition).order_by(notice.c.due_s, follow.c.id)
        )
        async with self._database.read() as connection:
            return [
                Notice(Follow(*row[: len(mine.FOLLOW)]), *row[len(mine.FOLLOW) :])
                for row in map(tuple, await connection.execute(statement))
            ]

    async def claim_notice(self, claimed: Notice, now_s: int) -> bool:
        """Begin to send a notice, or to find out what became of it. False: another process does, or it, or
        its follow, was moved.
        """
        as_it_was = and_(
            _is_notice(claimed.follow.id, claimed.key),
            notice.c.state == claimed.state,
            notice.c.claimed_s == claimed.claimed_s,
            notice.c.due_s == claimed.due_s,
        )
        values = {"state": SENDING, "claimed_s": now_s, "begun_s": claimed.begun_s if claimed.sending else now_s}
        # A follow that was moved meanwhile would be told where it was, and whoever looks for that would look elsewhere.
        target = select(follow.c.target).where(follow.c.id == claimed.follow.id).with_for_update()
        async with self._database.write() as connection:
            if await connection.scalar(target) != name_target(claimed.follow):
                return False
            claims = (await connection.execute(update(notice).where(as_it_was).values(**values))).rowcount > 0
            if claims and claimed.follow.kind == DIGEST and not claimed.sending:
                await held.bind(connection, claimed.follow)
        return claims

    async def begin_again(self, lost: Notice, now_s: int) -> None:
        """Record that a notice that is being sent has not arrived so far, and is sent once more."""
        sending = _is_notice(lost.follow.id, lost.key) & (notice.c.state == SENDING)
        async with self._database.write() as connection:
            await connection.execute(update(notice).where(sending).values(begun_s=now_s))

    async def finish_notice(self, told: Notice) -> None:
        """Record that it was told."""
        async with self._database.write() as connection:
            # First the follow, as all others do: so nobody waits for a row of whoever waits for theirs.
            for follow_id in filter(None, (told.follow.part_of, told.follow.id)):  # a list before its parts
                refused = (follow.c.id == follow_id) & (follow.c.refusals > 0)
                await connection.execute(update(follow).where(refused).values(refusals=0))
            await connection.execute(update(notice).where(_is_notice(told.follow.id, told.key)).values(state=TOLD))
            if told.follow.kind == DIGEST:
                await held.settle(connection, told.follow)

    async def put_off(self, unmade: Notice, now_s: int) -> None:
        """Record that a notice (as it was before the claim) could not be made, and was not sent: it waits a little."""
        values = {"state": WAITING, "begun_s": unmade.begun_s, "claimed_s": now_s}
        async with self._database.write() as connection:
            await connection.execute(update(notice).where(_is_notice(unmade.follow.id, unmade.key)).values(**values))
            if unmade.follow.kind == DIGEST:
                await held.release(connection, unmade.follow)

    async def was_told(self, same: Follow, key: str) -> bool:
        """Whether the follow that tells the same to the same has told that, or is about to."""
        this = notice.c.follow_id.in_(select(follow.c.id).where(follow.c.target == name_target(same)))
        told = this & (notice.c.key == key) & (notice.c.state != WAITING)
        async with self._database.read() as connection:
            return bool(await connection.scalar(select(func.count()).where(told)))

    async def find_offset(self, guild_id: int) -> int:
        """How far ahead of UTC a server's own clock is, in seconds."""
        timed = (follow.c.guild_id == guild_id) & follow.c.kind.in_(BY_CLOCK)
        async with self._database.read() as connection:
            return await connection.scalar(select(func.max(follow.c.offset_s)).where(timed)) or 0

    async def note_thread(self, told: Follow, error: int) -> None:
        """Record why its last notice has no thread: Discord's code, 0 if it has one."""
        changed = (follow.c.id == told.id) & (follow.c.thread_error != error)
        async with self._database.write() as connection:
            await connection.execute(update(follow).where(changed).values(thread_error=error))

    async def refuse_notice(self, refused: Notice, now_s: int, *, closed: bool = False) -> bool:
        """Record that Discord did not take it (as it was before the claim). True: so often that the follow is deleted.

        One refusal in `REFUSED_S` counts, or in `CLOSED_S` if the person is `closed` to all that is told: that counts
        for the whole list of which this is a part. When that was stands in the notices that were refused, as `begun_s`.
        """
        counted_id = refused.follow.part_of if closed and refused.follow.part_of else refused.follow.id
        this = follow.c.id == counted_id
        beside = select(follow.c.id).where(this | (follow.c.part_of == counted_id))
        of_this = notice.c.follow_id.in_(beside) & (notice.c.state == WAITING)
        async with self._database.write() as connection:
            await connection.execute(select(follow.c.id).where(this).with_for_update())
            if refused.follow.kind == DIGEST:
                await held.release(connection, refused.follow)
            counted_s = await connection.scalar(select(func.max(notice.c.begun_s)).where(of_this)) or 0
            counted_s = max(counted_s, 0 if refused.sending else refused.begun_s)
            counts = now_s - counted_s >= (CLOSED_S if closed else REFUSED_S)
            values = {"state": WAITING, "begun_s": now_s if counts else counted_s}
            await connection.execute(update(notice).where(_is_notice(refused.follow.id, refused.key)).values(**values))
            if not counts:
                return False
            counted = update(follow).where(this).values(refusals=follow.c.refusals + 1).returning(follow.c.refusals)
            refusals = await connection.scalar(counted)
            if refusals is None or refusals < REFUSALS_AT_MOST:
                return False
            return await forget_follows(connection, this) > 0

    async def prune_notices(self, now_s: int) -> None:
        """Forget notices that are a month old."""
        async with self._database.write() as connection:
            await connection.execute(delete(notice).where(notice.c.due_s < now_s - KEPT_S))
            await mine.prune_parts(connection, now_s - KEPT_S)

    def _build_insert(self, one: Wanted) -> Insert:
        row = self._database.build_insert(notice).values(
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


_OWNERS = {"server": follow.c.guild_id, "channel": follow.c.channel_id, "person": follow.c.user_id}
_NOTICE = tuple(notice.c[name] for name in ("key", "due_s", "adult", "detail", "state", "begun_s", "claimed_s"))


async def _move_notices(connection: Connection, of: Follow, *, by_s: int) -> None:
    """Have the notices of a follow go with its delay; what comes at an hour of the day is planned anew.

    Those that were told too: when one was told for is compared with when it airs then.
    """
    if of.kind in BY_CLOCK:
        await _plan_anew(connection, follow.c.id == of.id, of.created_s)
    else:
        moved = update(notice).where(notice.c.follow_id == of.id)
        await connection.execute(moved.values(due_s=notice.c.due_s + by_s))


async def _share_clock(connection: Connection, one: Follow) -> None:
    """Have all that comes at an hour of the day in a server go by the same clock: that of `one`."""
    if one.kind in BY_CLOCK:
        others = and_(follow.c.guild_id == one.guild_id, follow.c.kind.in_(BY_CLOCK), follow.c.offset_s != one.offset_s)
        await _plan_anew(connection, others, one.created_s)
        await connection.execute(update(follow).where(others).values(offset_s=one.offset_s))


async def _plan_anew(connection: Connection, condition: ColumnElement[bool], changed_s: int) -> None:
    """Forget when these come next. An hour that had passed when they were changed is one of tomorrow."""
    waits = notice.c.follow_id.in_(select(follow.c.id).where(condition)) & (notice.c.state == WAITING)
    await connection.execute(delete(notice).where(waits))
    await connection.execute(update(follow).where(condition).values(created_s=changed_s))


def _choose_beside(one: Follow) -> tuple[ColumnElement[bool], int]:
    """What counts with it, the person's own or the server's, and how many of these there may be."""
    if one.channel_id is None:
        own = and_(follow.c.user_id == one.user_id, follow.c.channel_id.is_(None), follow.c.part_of.is_(None))
        return own, PER_PERSON
    return follow.c.guild_id == one.guild_id, PER_SERVER


def _is_due(now_s: int) -> ColumnElement[bool]:
    """Due, not late, and not being sent by another process."""
    # One that was claimed after now was claimed before the clock was set back.
    early = notice.c.claimed_s > now_s + LEASE_S
    waits = and_(notice.c.state == WAITING, or_(notice.c.claimed_s <= now_s - AGAIN_S, early))
    waits &= not_(held.is_in_digest())
    lost = and_(notice.c.state == SENDING, or_(notice.c.claimed_s <= now_s - LEASE_S, early))
    late_s = case((follow.c.kind == DIGEST, DIGEST_LATE_S), else_=LATE_S)
    return and_(notice.c.due_s <= now_s, notice.c.due_s > now_s - late_s, or_(waits, lost))


def _is_notice(follow_id: int, key: str) -> ColumnElement[bool]:
    return (notice.c.follow_id == follow_id) & (notice.c.key == key)
