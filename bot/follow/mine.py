"""Follows of a list of one's own: who has what on it, and a follow of each work that has something to tell.

Such a follow is made with the first episode or release, part of the one of the list: so a notice of it is as any other.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from typing import Literal

from sqlalchemy import ColumnElement, Select, Table, and_, delete, exists, func, literal, select, update

from bot.account.list_record import BELIEVED_S
from bot.account.model import Account, Service
from bot.account.own import drop_unused, find_own, own
from bot.follow.model import DAY_S, MINE, SENDING, TOLD, WAITING, Follow
from bot.store.connection import Connection
from bot.store.database import Database
from bot.store.table import follow, kept_list, listed_work, notice

Listed = Literal["anime", "vn"]
Pairs = Collection[tuple[int, int]]
"""The ids of the follow of a list, and of a work on it."""

SERVICES: Mapping[Listed, Service] = {"anime": "AniList", "vn": "VNDB"}
STATUSES = ("current", "planned")
_BEGINS_S = 3600
"""So long after it was followed all that is on a list counts as having been there: the list and its schedule are read
within a quarter of an hour, or a little later if AniList is away.
"""
FOLLOW = tuple(follow.c[name] for name in Follow.__struct_fields__)
WORKS_AT_MOST = 2000
"""So many works are asked about, beside those that are followed singly: what people watch first, then the newest."""


class MineRecords:
    """The records, in the database alone. Every method raises StoreError when it cannot be asked."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find_account(self, user_id: int, service: Service) -> Account | None:
        """Somebody's own account: what everybody may read of its list is told."""
        async with self._database.read() as connection:
            return await find_own(connection, user_id, service)

    async def count_works(self, user_id: int, service: Service, now_s: int) -> int | None:
        """Of how many works somebody is told; None: the list is not there yet."""
        kind: Listed = "anime" if service == "AniList" else "vn"
        mine = (own.c.user_id == user_id) & (own.c.service == service)
        kept = select(func.count()).select_from(own.join(kept_list, _of_account(kept_list)))
        kept = kept.where(mine, _is_believed(now_s))
        works = _select_listed(kind, now_s).with_only_columns(func.count()).where(mine)
        async with self._database.read() as connection:
            return await connection.scalar(works) if await connection.scalar(kept) else None

    async def list_works(self, kind: Listed, now_s: int) -> list[int]:
        """What stands on any of the lists that are followed, each once, `WORKS_AT_MOST`."""
        watched = func.min(listed_work.c.status)  # "current" is before "planned"
        works = _select_listed(kind, now_s).with_only_columns(listed_work.c.work_id)
        works = works.group_by(listed_work.c.work_id).order_by(watched, listed_work.c.work_id.desc())
        async with self._database.read() as connection:
            return list(await connection.scalars(works.limit(WORKS_AT_MOST)))

    async def list_pairs(self, kind: Listed, work_ids: Collection[int], now_s: int) -> set[tuple[int, int]]:
        """On which of the lists that are followed these works stand."""
        if not work_ids:
            return set()
        query = _select_listed(kind, now_s).where(listed_work.c.work_id.in_(work_ids))
        async with self._database.read() as connection:
            return {(follow_id, work_id) for follow_id, work_id in await connection.execute(query)}

    async def add_parts(self, kind: Listed, pairs: Pairs, titles: Mapping[int, str], now_s: int) -> None:
        """Follow what is named of these works, for whoever does not follow it by direct message already."""
        wanted = {one for one in pairs if one[1] in titles}
        if not wanted:
            return
        direct = follow.c.channel_id.is_(None) & (follow.c.kind == kind) & follow.c.subject_id.in_(titles)
        lists = select(follow.c.id, follow.c.user_id, follow.c.created_s).where(follow.c.kind == MINE)
        async with self._database.read() as connection:
            owners = {row.id: row for row in await connection.execute(lists)}
            rows = await connection.execute(select(follow.c.user_id, follow.c.subject_id).where(direct))
            known = {(row.user_id, row.subject_id) for row in rows}
        missing = [one for one in wanted if one[0] in owners and (owners[one[0]].user_id, one[1]) not in known]
        if not missing:
            return
        async with self._database.write() as connection:
            for list_id, work_id in missing:
                # Whoever ends the follow of the list waits for this row, and then finds its parts.
                mine = select(follow.c.id).where(follow.c.id == list_id).with_for_update()
                if await connection.scalar(mine) is None:
                    continue
                owner = owners[list_id]
                # A release is of a day, and told on the next one, too. An episode that has aired is not new.
                is_begun = kind == "anime" and owner.created_s <= now_s - _BEGINS_S
                since_s = now_s if is_begun else max(owner.created_s, now_s - DAY_S)
                await self._add_part(connection, (list_id, work_id), kind, titles[work_id], owner.user_id, since_s)

    async def _add_part(
        self, connection: Connection, pair: tuple[int, int], kind: Listed, title: str, user_id: int, since_s: int
    ) -> None:
        list_id, work_id = pair
        part = {
            "id": secrets.randbits(62),
            "kind": kind,
            "subject_id": work_id,
            "title": title,
            "adult": False,
            "user_id": user_id,
            "delay_s": 0,
            "created_s": since_s,
            "target": f"{kind} {work_id} - - user {user_id}",
            "refusals": 0,
            "threads": False,
            "thread_error": 0,
            "offset_s": 0,
            "part_of": list_id,
        }
        row = self._database.build_insert(follow).values(part)
        await connection.execute(row.on_conflict_do_nothing())

    async def end_single(self, connection: Connection, follow_id: int) -> bool:
        """Delete this follow of one work by direct message, and have a list of the same person go on from there.
        Whether there is one.
        """
        single = and_(follow.c.id == follow_id, follow.c.channel_id.is_(None), follow.c.part_of.is_(None))
        row = (await connection.execute(select(*FOLLOW).where(single).with_for_update())).first()
        if row is None or row.kind not in SERVICES:
            return False
        await connection.execute(delete(follow).where(single))
        goes_on = await self.hand_on(connection, Follow(*row))
        await connection.execute(delete(notice).where(notice.c.follow_id == follow_id))
        return goes_on

    async def hand_on(self, connection: Connection, single: Follow) -> bool:
        """Have a list of the same person tell what this follow of one work told by direct message up to now, but what
        was told. Of adult works no list tells. Whether one does.
        """
        kind: Listed = "anime" if single.kind == "anime" else "vn"
        mine = and_(follow.c.user_id == single.user_id, follow.c.kind == MINE, follow.c.title == SERVICES[kind])
        found = select(follow.c.id, follow.c.created_s).where(mine).with_for_update()
        owner = (await connection.execute(found)).first()
        if owner is None or single.adult:
            return False
        other = select(follow.c.id, follow.c.delay_s).where(_is_like(single), follow.c.part_of.is_(None)).limit(1)
        if row := (await connection.execute(other)).first():  # it keeps the list away, and what was told until then
            await self._carry_told(connection, single.id, row.id, by_s=row.delay_s - single.delay_s)
            return False
        since_s = max(owner.created_s, single.created_s)
        pair = (owner.id, single.subject_id)
        await self._add_part(connection, pair, kind, single.title, single.user_id, since_s)
        part_id = await connection.scalar(select(follow.c.id).where(_is_part_like(single)))
        await self._carry_told(connection, single.id, part_id, by_s=-single.delay_s)
        return True

    async def take_back(self, connection: Connection, moved: Follow, *, by_s: int) -> None:
        """Delete the part of a list in whose place a follow that is moved tells that person, but what was told. The
        notices of that follow are `by_s` later.
        """
        for part_id in (await connection.scalars(select(follow.c.id).where(_is_part_like(moved)))).all():
            await self._carry_told(connection, part_id, moved.id, by_s=by_s)
            await connection.execute(delete(notice).where(notice.c.follow_id == part_id))
            await connection.execute(delete(follow).where(follow.c.id == part_id))

    async def _carry_told(self, connection: Connection, from_id: int, to_id: int, *, by_s: int) -> None:
        """Have what one follow told be told by the other, too; `by_s`: how much later that one tells."""
        told = notice.c.state.in_((SENDING, TOLD)) & (notice.c.follow_id == from_id)
        waits = (notice.c.follow_id == to_id) & (notice.c.state == WAITING)
        keys = (await connection.scalars(select(notice.c.key).where(told))).all()
        await connection.execute(update(notice).where(waits, notice.c.key.in_(keys)).values(state=TOLD))
        changed = {
            "follow_id": literal(to_id, notice.c.follow_id.type),
            "due_s": notice.c.due_s + by_s,
            "state": literal(TOLD, notice.c.state.type),
        }
        names = tuple(notice.c.keys())
        copies = select(*(changed.get(name, notice.c[name]) for name in names)).where(told)
        row = self._database.build_insert(notice).from_select(names, copies)
        await connection.execute(row.on_conflict_do_nothing())


async def take_over(connection: Connection, made: Follow, target: str) -> int | None:
    """Make the part of a list that tells the same person of the same work the follow that is made: what was told by it
    is told. Its id.
    """
    part = _is_part_like(made)
    known = (await connection.execute(select(follow.c.id).where(part).with_for_update())).scalar()
    if known is not None:
        names = ("title", "adult", "role_id", "delay_s", "language", "platform", "threads", "offset_s", "part_of")
        values = {name: getattr(made, name) for name in names}
        await connection.execute(update(follow).where(follow.c.id == known).values(**values, target=target))
    return known


async def forget_lists(connection: Connection, condition: ColumnElement[bool]) -> None:
    """Delete the follows of lists among these with all their parts, and what was kept for nobody else."""
    lists = (
        await connection.scalars(select(follow.c.id).where(condition, follow.c.kind == MINE).with_for_update())
    ).all()
    if not lists:
        return
    parts = select(follow.c.id).where(follow.c.part_of.in_(lists))
    await connection.execute(delete(notice).where(notice.c.follow_id.in_(parts)))
    await connection.execute(delete(follow).where(follow.c.part_of.in_(lists) | follow.c.id.in_(lists)))
    await drop_unused(connection)


async def prune_parts(connection: Connection, before_s: int) -> None:
    """Forget older parts that have told nothing for as long as notices are kept."""
    told = exists(select(notice.c.follow_id).where(notice.c.follow_id == follow.c.id))
    idle = follow.c.part_of.is_not(None) & (follow.c.created_s < before_s) & ~told
    await connection.execute(delete(follow).where(idle))


def is_listed(one: Follow, pairs: Pairs) -> bool:
    """Whether it is told now: what is part of a list is while it stands there."""
    return one.part_of is None or (one.part_of, one.subject_id) in pairs


def _select_listed(kind: Listed, now_s: int) -> Select[int, int]:
    mine = and_(follow.c.user_id == own.c.user_id, follow.c.kind == MINE, follow.c.title == own.c.service)
    return (
        select(follow.c.id, listed_work.c.work_id)
        .select_from(follow)
        .join(own, mine)
        .join(kept_list, _of_account(kept_list))
        .join(listed_work, _of_account(listed_work))
        .where(own.c.service == SERVICES[kind], listed_work.c.kind == kind, listed_work.c.status.in_(STATUSES))
        .where(_is_believed(now_s))
    )


def _of_account(table: Table) -> ColumnElement[bool]:
    return (table.c.service == own.c.service) & (table.c.account_id == own.c.account_id)


def _is_believed(now_s: int) -> ColumnElement[bool]:
    return (kept_list.c.fetched_s > now_s - BELIEVED_S) & (kept_list.c.fetched_s <= now_s + DAY_S)


def _is_like(one: Follow) -> ColumnElement[bool]:
    """It tells the same person of the same work by direct message."""
    same = and_(follow.c.user_id == one.user_id, follow.c.kind == one.kind, follow.c.subject_id == one.subject_id)
    return same & follow.c.channel_id.is_(None)


def _is_part_like(one: Follow) -> ColumnElement[bool]:
    return _is_like(one) & follow.c.part_of.is_not(None)
