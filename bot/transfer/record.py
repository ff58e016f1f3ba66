"""Imports and their rows in the database: what is to be written, what may have been, and what was."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterable, Sequence
from typing import Any, Literal

import msgspec
from sqlalchemy import ColumnElement, Select, and_, delete, false, func, insert, or_, select, update
from sqlalchemy import Row as Found

from bot.account.seal import Sealer, Unopened, is_sealed
from bot.http import Secret
from bot.service.body import decode
from bot.store.connection import Connection
from bot.store.database import Database
from bot.store.document import read_any
from bot.store.holding import Holding, Owner
from bot.store.table import list_import, list_import_row, vndb_remake, vndb_token
from bot.transfer.plan import Plan, Row, Summary
from bot.vndb.api.list_change import EntryChange
from bot.vndb.api.whole_list import Change

State = Literal["offered", "running", "stopped", "done"]
Trouble = Literal["", "unknown", "sealed", "off", "permissions", "none"]
RowState = Literal["waiting", "begun", "done", "kept", "refused"]

LEASE_S = 60
"""How long an import belongs to the process that works on it, without a word of that."""
KEPT_S = 86_400
"""How long one that is over, or was never begun, is kept."""
PORTION = 20
_REASON_AT_MOST = 200
_BLOCK = 500
UNREADABLE = "Another version of Shiori wrote it down, or its key is gone, so it cannot be read"


class Job(msgspec.Struct, frozen=True):
    """An import. `created_s` tells it from the next one of the same person."""

    user_id: int
    uid: str
    state: State
    trouble: Trouble
    overwrite: bool
    summary: Summary
    created_s: int
    changed_s: int


class Task(msgspec.Struct, frozen=True):
    """A row that is not settled. `begun`: it may have been written."""

    number: int
    row: Row
    begun: bool
    attempts: int


class Settled(msgspec.Struct, frozen=True):
    """What became of a row; `begun`: it was not made, after so many `attempts`, and is tried once more."""

    number: int
    state: RowState
    attempts: int
    reason: str = ""


class ImportRecords(Holding):
    """The records, in the database alone; what is to be changed is sealed as tokens are, since notes stand in it. Every
    method raises StoreError when the database cannot be asked.
    """

    name = "vndb_import"

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer
        self._process = secrets.token_hex(8)

    # What a person does

    async def offer(self, user_id: int, uid: str, plan: Plan, *, now_s: int) -> Job | None:
        """Keep what was planned, in place of what is over or was not begun. None: one of theirs is under way."""
        job = {"uid": uid, "state": "offered", "trouble": "", "overwrite": False, "claimed_by": "", "claimed_s": 0}
        summary = await asyncio.to_thread(self._seal, user_id, plan.summary)
        job |= {"summary": summary, "created_s": now_s, "changed_s": now_s}
        rows = await asyncio.to_thread(self._build_rows, user_id, plan.rows)

        async def keep() -> bool:
            async with self._database.write() as connection:
                mine = list_import.c.user_id == user_id
                locked = select(list_import.c.state).where(mine).with_for_update()
                if await connection.scalar(locked) in {"running", "stopped"}:
                    return False
                await _delete(connection, mine)
                await connection.execute(insert(list_import).values(user_id=user_id, **job))
                for start in range(0, len(rows), _BLOCK):
                    await connection.execute(insert(list_import_row), rows[start : start + _BLOCK])
                return True

        return await self.find(user_id) if await self._database.repeat(keep) else None

    async def begin(self, user_id: int, created_s: int, *, overwrite: bool, now_s: int) -> bool:
        """Begin what was offered. False: it is not there any more, or was begun."""
        this = and_(_is(user_id, created_s), list_import.c.state == "offered")
        values = {"state": "running", "overwrite": overwrite, "changed_s": now_s}
        there = and_(list_import_row.c.user_id == user_id, list_import_row.c.is_new.is_(False))
        async with self._database.write() as connection:
            if not (await connection.execute(update(list_import).where(this).values(**values))).rowcount:
                return False
            if not overwrite:
                await connection.execute(update(list_import_row).where(there).values(state="kept"))
        return True

    async def stop(self, user_id: int, created_s: int, *, now_s: int, trouble: Trouble = "") -> bool:
        """Stop an import that runs; it can be resumed. False: it does not run."""
        return await self._move(user_id, created_s, "running", "stopped", now_s=now_s, trouble=trouble)

    async def resume(self, user_id: int, created_s: int, *, now_s: int) -> bool:
        """Go on with one that was stopped. False: it was not."""
        return await self._move(user_id, created_s, "stopped", "running", now_s=now_s)

    async def finish(self, user_id: int, created_s: int, *, now_s: int) -> bool:
        """All rows are settled."""
        return await self._move(user_id, created_s, "running", "done", now_s=now_s)

    async def _move(
        self, user_id: int, created_s: int, before: State, after: State, *, now_s: int, trouble: Trouble = ""
    ) -> bool:
        this = and_(_is(user_id, created_s), list_import.c.state == before)
        values = {"state": after, "trouble": trouble, "changed_s": now_s}
        async with self._database.write() as connection:
            return bool((await connection.execute(update(list_import).where(this).values(**values))).rowcount)

    async def discard(self, user_id: int, created_s: int) -> bool:
        """Forget an import that does not run. False: it runs, or is not there."""
        this = and_(_is(user_id, created_s), list_import.c.state != "running")
        async with self._database.write() as connection:
            return bool(await _delete(connection, this))

    async def find(self, user_id: int) -> Job | None:
        """Somebody's import, in whatever state."""
        async with self._database.read() as connection:
            row = (await connection.execute(select(list_import).where(list_import.c.user_id == user_id))).first()
        return None if row is None else self._read_job(row)

    async def count(self, user_id: int) -> dict[RowState, int]:
        """How many rows of somebody's import are in each state."""
        state = list_import_row.c.state
        query = select(state, func.count()).where(list_import_row.c.user_id == user_id).group_by(state)
        async with self._database.read() as connection:
            return dict(map(tuple, await connection.execute(query)))

    async def list_first(self, user_id: int, at_most: int) -> list[Row]:
        """The first rows of somebody's import."""
        query = select(list_import_row).where(list_import_row.c.user_id == user_id)
        async with self._database.read() as connection:
            rows = await connection.execute(query.order_by(list_import_row.c.number).limit(at_most))
            return [found for row in rows if (found := self._read_row(row)) is not None]

    async def list_refused(self, user_id: int, at_most: int) -> list[tuple[str, str]]:
        """What was not taken: the title and the reason."""
        mine = and_(list_import_row.c.user_id == user_id, list_import_row.c.state == "refused")
        query = select(list_import_row.c.title, list_import_row.c.reason).where(mine)
        async with self._database.read() as connection:
            rows = await connection.execute(query.order_by(list_import_row.c.number).limit(at_most))
            return [(title, reason) for title, reason in rows]

    # What a process does

    async def claim(self, *, now_s: int) -> list[Job]:
        """The imports that run and no other process works on, those first that waited longest; they are this one's."""
        early = list_import.c.claimed_s > now_s + LEASE_S  # before the clock was set back
        free = or_(list_import.c.claimed_by == self._process, list_import.c.claimed_s <= now_s - LEASE_S, early)
        runs = and_(list_import.c.state == "running", free)
        async with self._database.read() as connection:
            if not await connection.scalar(select(func.count()).select_from(list_import).where(runs)):
                return []
        values = {"claimed_by": self._process, "claimed_s": now_s}
        async with self._database.write() as connection:
            await connection.execute(update(list_import).where(runs).values(**values))
            own = and_(list_import.c.state == "running", list_import.c.claimed_by == self._process)
            query = select(list_import).where(own).order_by(list_import.c.created_s, list_import.c.user_id)
            return [self._read_job(row) for row in await connection.execute(query)]

    async def release(self) -> None:
        """This process works on nothing any more."""
        own = list_import.c.claimed_by == self._process
        async with self._database.write() as connection:
            await connection.execute(update(list_import).where(own).values(claimed_by="", claimed_s=0))

    async def list_tasks(self, user_id: int) -> list[Task]:
        """The next rows of an import that are not settled; none: all are. Those that cannot be read are given up."""
        open_ = and_(list_import_row.c.user_id == user_id, list_import_row.c.state.in_(("waiting", "begun")))
        query = select(list_import_row).where(open_).order_by(list_import_row.c.number).limit(PORTION)
        while True:
            async with self._database.read() as connection:
                rows = (await connection.execute(query)).all()
            found = {row.number: read for row in rows if (read := self._read_row(row)) is not None}
            if lost := [row.number for row in rows if row.number not in found]:
                await self._give_up(user_id, lost)
            if found or not rows:
                break
        return [
            Task(row.number, found[row.number], row.state == "begun", row.attempts)
            for row in rows
            if row.number in found
        ]

    async def _give_up(self, user_id: int, numbers: Sequence[int]) -> None:
        these = and_(list_import_row.c.user_id == user_id, list_import_row.c.number.in_(numbers))
        async with self._database.write() as connection:
            refused = update(list_import_row).where(these).values(state="refused", reason=UNREADABLE)
            await connection.execute(refused)

    async def list_remade(self, job: Job) -> set[str]:
        """The novels that are being made anew on the list that an import is for."""
        async with self._database.read() as connection:
            return set(await connection.scalars(select(vndb_remake.c.vn_id).where(_is_remade_for(job))))

    async def begin_row(self, job: Job, number: int, *, now_s: int, waits_for: str = "") -> bool:
        """Note that a row is about to be written. False: the import was stopped or deleted, its account is
        linked no more, another process works on it, or the novel that it `waits_for` is being made anew.
        """
        this = _is(job.user_id, job.created_s)
        own = and_(this, list_import.c.state == "running", list_import.c.claimed_by == self._process, _IS_LINKED)
        row = and_(list_import_row.c.user_id == job.user_id, list_import_row.c.number == number)
        remade = and_(_is_remade_for(job), vndb_remake.c.vn_id == waits_for)
        async with self._database.write() as connection:
            if waits_for and await connection.scalar(select(vndb_remake.c.vn_id).where(remade)) is not None:
                return False
            if not (await connection.execute(update(list_import).where(own).values(claimed_s=now_s))).rowcount:
                return False
            begun = update(list_import_row).where(row).values(state="begun")
            return bool((await connection.execute(begun)).rowcount)

    async def settle(self, job: Job, settled: Sequence[Settled], *, now_s: int) -> None:
        """Note what became of rows, unless their import is another one by now."""
        if not settled:
            return
        async with self._database.write() as connection:
            same = update(list_import).where(_is(job.user_id, job.created_s)).values(changed_s=now_s)
            if not (await connection.execute(same)).rowcount:
                return
            for one in settled:
                row = and_(list_import_row.c.user_id == job.user_id, list_import_row.c.number == one.number)
                values = {"state": one.state, "attempts": one.attempts, "reason": one.reason[:_REASON_AT_MOST]}
                await connection.execute(update(list_import_row).where(row).values(**values))

    async def prune(self, *, now_s: int) -> None:
        """Forget imports that were over, or not begun, a day ago, and those whose person unlinked the account."""
        old = and_(list_import.c.state != "running", list_import.c.changed_s <= now_s - KEPT_S)
        gone = or_(~_IS_LINKED, old)
        async with self._database.read() as connection:
            if not await connection.scalar(select(func.count()).select_from(list_import).where(gone)):
                return
        async with self._database.write() as connection:
            await _delete(connection, gone)

    # What is sealed: of thousands of rows in a thread, since that takes long

    def _build_rows(self, user_id: int, rows: Sequence[Row]) -> list[dict[str, object]]:
        return [
            {
                "user_id": user_id,
                "number": number,
                "target": row.target,
                "title": row.title,
                "change": self._seal(user_id, row.change),
                "is_new": row.is_new,
                "state": "waiting",
                "attempts": 0,
                "reason": "",
            }
            for number, row in enumerate(rows)
        ]

    def _export_rows(self, rows: Iterable[Found[Any]]) -> list[dict[str, object]]:
        return [
            {
                "target": row.target,
                "title": row.title,
                "change": self._export(row.change, row.user_id),
                "is_new": row.is_new,
                "state": row.state,
                "attempts": row.attempts,
                "reason": row.reason,
            }
            for row in rows
        ]

    def _seal(self, user_id: int, change: Change | Summary) -> str:
        return self._sealer.seal(Secret(msgspec.json.encode(change).decode()), person=user_id)

    def _open(self, text: str, user_id: int) -> str:
        """What is to be changed, or was found; raises `Unopened`. What an earlier version wrote is not sealed."""
        return self._sealer.open(text, person=user_id).reveal() if is_sealed(text) else text

    def _read_job(self, row: Found[Any]) -> Job:
        try:
            summary = decode(self._open(row.summary, row.user_id).encode(), Summary)
        except (Unopened, msgspec.DecodeError):  # or written by another version; it is only shown
            summary = Summary()
        return Job(row.user_id, row.uid, row.state, row.trouble, row.overwrite, summary, row.created_s, row.changed_s)

    def _read_row(self, row: Found[Any]) -> Row | None:
        """A row; None if another version wrote it otherwise, or its key is gone."""
        try:
            change: Change = decode(self._open(row.change, row.user_id).encode(), EntryChange | int)
        except (Unopened, msgspec.DecodeError):
            return None
        return Row(row.target, row.title, change, row.is_new)

    def _export(self, text: str, user_id: int) -> object:
        try:
            return read_any(self._open(text, user_id))
        except Unopened:
            return UNREADABLE

    # Of whom they are (documented in `Holding`)

    def select_servers(self) -> Select[int]:
        return select(list_import.c.user_id).where(false())  # they are people's alone

    async def forget(self, connection: Connection, owner: Owner, id_: int) -> int:
        return await _delete(connection, list_import.c.user_id == id_) if owner == "person" else 0

    async def export(self, connection: Connection, user_id: int) -> list[object]:
        """The import, and all rows of it as they stand."""
        jobs = (await connection.execute(select(list_import).where(list_import.c.user_id == user_id))).all()
        query = select(list_import_row).where(list_import_row.c.user_id == user_id).order_by(list_import_row.c.number)
        rows = await asyncio.to_thread(self._export_rows, await connection.execute(query))
        return [
            {
                "account": job.uid,
                "state": job.state,
                "trouble": job.trouble,
                "overwrite": job.overwrite,
                "summary": self._export(job.summary, user_id),
                "created_s": job.created_s,
                "changed_s": job.changed_s,
                "rows": rows,
            }
            for job in jobs
        ]


_IS_LINKED = (
    select(vndb_token.c.user_id)
    .where(vndb_token.c.user_id == list_import.c.user_id, vndb_token.c.uid == list_import.c.uid)
    .exists()
)
"""Whether the account that an import is for is still linked by a token."""


async def _delete(connection: Connection, which: ColumnElement[bool]) -> int:
    """Delete imports with their rows. How many records that were."""
    users = list(await connection.scalars(select(list_import.c.user_id).where(which).with_for_update()))
    if not users:
        return 0
    rows = await connection.execute(delete(list_import_row).where(list_import_row.c.user_id.in_(users)))
    jobs = await connection.execute(delete(list_import).where(list_import.c.user_id.in_(users)))
    return rows.rowcount + jobs.rowcount


def _is(user_id: int, created_s: int) -> ColumnElement[bool]:
    return and_(list_import.c.user_id == user_id, list_import.c.created_s == created_s)


def _is_remade_for(job: Job) -> ColumnElement[bool]:
    return and_(vndb_remake.c.user_id == job.user_id, vndb_remake.c.uid == job.uid)
