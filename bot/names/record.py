"""What works are called, as the store has it, and how far each shelf is filled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, case, delete, select, update

from bot.service.names import Called
from bot.store.connection import Connection
from bot.store.database import Database
from bot.store.table import filling, known_work

DAY_S = 86_400
BELIEVED_S = 28 * DAY_S
"""What was told longer ago is not at hand any more: whether it is for everybody may have changed."""

REFRESH_S = 14 * DAY_S
"""How long after a filling the next one begins."""

PACE_S = 180
"""All processes together ask for one page of a shelf in this time. One that was taken on and never came is asked
for again then.
"""

Pace = Callable[[int], float | None]
"""How long after a page the one of that number may be asked for; None: not now."""

SEEN_AT_MOST = 1000
"""Works of a shelf that are not among the best known: those seen last."""

PORTION = 500
"""Works that are read at once."""


class WorkRecord(msgspec.Struct, frozen=True):
    """A row: the columns of the same names."""

    id: int
    adult: bool
    weight: int
    names: str
    record: str


class Turn(msgspec.Struct, frozen=True):
    """A page that this process is to ask for. `begun_s`: when the filling began that it belongs to."""

    shelf: str
    page: int
    begun_s: int


class NameRecords:
    """The records, in the database alone. Every method raises StoreError when it cannot be asked."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # Works

    async def list_called(self, shelf: str, *, after: Called | None, now_s: float) -> list[Called]:
        """The next works of a shelf that are still believed, those that are known best first; none: that was all."""
        columns = (known_work.c.id, known_work.c.adult, known_work.c.weight, known_work.c.names)
        believed = (known_work.c.shelf == shelf) & (known_work.c.told_s > now_s - BELIEVED_S)
        query = select(*columns).where(believed).order_by(known_work.c.weight.desc(), known_work.c.id).limit(PORTION)
        if after is not None:
            known_less = (known_work.c.weight == after.weight) & (known_work.c.id > after.id)
            query = query.where((known_work.c.weight < after.weight) | known_less)
        async with self._database.read() as connection:
            return [Called(*row) for row in await connection.execute(query)]

    async def list_ids(self, shelf: str, *, now_s: float) -> frozenset[int]:
        """The works that a shelf lists and that are still believed."""
        believed = (known_work.c.shelf == shelf) & (known_work.c.told_s > now_s - BELIEVED_S)
        async with self._database.read() as connection:
            query = select(known_work.c.id).where(believed, known_work.c.listed)
            return frozenset((await connection.execute(query)).scalars())

    async def find_records(self, shelf: str, ids: Sequence[int]) -> dict[int, str]:
        """What is shown of those that there are, by their ids."""
        if not ids:
            return {}
        wanted = (known_work.c.shelf == shelf) & known_work.c.id.in_(ids)
        async with self._database.read() as connection:
            rows = await connection.execute(select(known_work.c.id, known_work.c.record).where(wanted))
            return {id_: record for id_, record in rows}  # noqa: C416 - a row is no pair to the type checker

    async def keep_seen(self, shelf: str, works: Sequence[WorkRecord], *, now_s: int) -> None:
        """Keep what was seen, and forget what was not for longest."""
        day_s = now_s // DAY_S * DAY_S
        async with self._database.write() as connection:
            await self._keep(connection, shelf, works, told_s=day_s, listed=False)
            seen = (known_work.c.shelf == shelf) & known_work.c.listed.is_(False)
            latest = select(known_work.c.id).where(seen).order_by(known_work.c.told_s.desc(), known_work.c.id)
            await connection.execute(delete(known_work).where(seen, known_work.c.id.in_(latest.offset(SEEN_AT_MOST))))

    async def _keep(
        self, connection: Connection, shelf: str, works: Sequence[WorkRecord], *, told_s: int, listed: bool
    ) -> None:
        rows: dict[int, dict[str, object]] = {
            work.id: {
                "shelf": shelf,
                "id": work.id,
                "adult": work.adult,
                "weight": work.weight,
                "names": work.names,
                "record": work.record,
                "listed": listed,
                "told_s": told_s,
            }
            for work in works
        }
        if not rows:
            return
        insert = self._database.build_insert(known_work)
        new, told = insert.excluded, known_work.c.told_s
        changed: dict[str, object] = {name: new[name] for name in ("adult", "weight", "names", "record", "told_s")}
        if listed:
            changed["listed"] = True
        else:  # a row of a search has fewer names
            stays = known_work.c.listed
            changed |= {name: case((stays, known_work.c[name]), else_=new[name]) for name in ("names", "weight")}
            changed["told_s"] = case((told > new["told_s"], told), else_=new["told_s"])
        keys = [known_work.c.shelf, known_work.c.id]
        kept = insert.on_conflict_do_update(index_elements=keys, set_=changed)
        # One row after the other: a statement of all of them would be compiled anew for each number of rows.
        await connection.execute(kept, list(rows.values()))

    # Filling

    async def list_fillings(self) -> list[tuple[object, ...]]:
        """How far all shelves are: different when something was filled."""
        columns = (filling.c.shelf, filling.c.page, filling.c.begun_s, filling.c.done_s)
        async with self._database.read() as connection:
            return [tuple(row) for row in await connection.execute(select(*columns).order_by(filling.c.shelf))]

    async def take_turn(self, shelf: str, *, now_s: int, pace: Pace) -> Turn | None:
        """The page of a shelf that is to be asked for now; None if that is none, or another process'."""
        async with self._database.read() as connection:
            row = (await connection.execute(select(filling).where(filling.c.shelf == shelf))).first()
        if row is not None and not _is_due(row, pace, now_s):
            return None
        async with self._database.write() as connection:
            first = {"page": 1, "begun_s": now_s, "done_s": 0, "claimed_s": 0}
            row = self._database.build_insert(filling).values(shelf=shelf, **first)
            await connection.execute(row.on_conflict_do_nothing())
            query = select(filling).where(filling.c.shelf == shelf).with_for_update()
            row = (await connection.execute(query)).one()
            if not _is_due(row, pace, now_s):
                return None
            turn = Turn(shelf, 1, now_s) if row.done_s else Turn(shelf, row.page, row.begun_s)
            taken = {"page": turn.page, "begun_s": turn.begun_s, "done_s": 0, "claimed_s": now_s}
            await connection.execute(update(filling).where(filling.c.shelf == shelf).values(**taken))
        return turn

    async def finish_turn(self, turn: Turn, works: Sequence[WorkRecord], *, last: bool, now_s: int) -> None:
        """Keep the works of a page. `last`: the shelf is full; what is not on it any more was only seen."""
        of_shelf = known_work.c.shelf == turn.shelf
        values = {"done_s": now_s} if last else {"page": turn.page + 1}
        async with self._database.write() as connection:
            await self._keep(connection, turn.shelf, works, told_s=now_s, listed=True)
            moved = await connection.execute(update(filling).where(_is(turn)).values(**values))
            if last and moved.rowcount:
                gone = of_shelf & (known_work.c.told_s < turn.begun_s)
                await connection.execute(update(known_work).where(gone).values(listed=False))


def _is(turn: Turn) -> ColumnElement[bool]:
    return (filling.c.shelf == turn.shelf) & (filling.c.page == turn.page) & (filling.c.begun_s == turn.begun_s)


def _is_due(row: Any, pace: Pace, now_s: int) -> bool:
    """Whether the next page of that filling may be asked for. A time that lies far ahead was noted before the clock was
    set back.
    """
    pace_s = pace(1 if row.done_s else row.page)
    is_time = pace_s is not None and abs(now_s - row.claimed_s) >= pace_s
    return is_time and (not row.done_s or abs(now_s - row.done_s) >= REFRESH_S)
