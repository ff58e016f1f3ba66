"""Which services are to be left alone, and for how long: a ban outlasts a restart."""

from __future__ import annotations

import math

import msgspec
from sqlalchemy import delete, select

from bot.store.database import Database
from bot.store.table import rest


class RestRecord(msgspec.Struct, frozen=True):
    """A service is to be left alone for `for_s` more seconds. `kind` is one of `bot.http.Rest`."""

    service: str
    kind: str
    for_s: float


class RestRecords:
    """The records, in the database alone. Every method raises StoreError when it cannot be asked."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep_rest(self, record: RestRecord, *, now_s: float) -> None:
        """Note it in place of what was noted of the same kind, and forget what is over. `now_s`: since the epoch."""
        until_s = math.ceil(now_s + record.for_s)
        noted = {"until_s": until_s, "for_s": math.ceil(record.for_s)}
        row = self._database.build_insert(rest).values(service=record.service, kind=record.kind, **noted)
        async with self._database.write() as connection:
            await connection.execute(delete(rest).where(rest.c.until_s <= now_s))
            # Two processes may note the same at the same time.
            await connection.execute(
                row.on_conflict_do_update(index_elements=[rest.c.service, rest.c.kind], set_=noted)
            )

    async def list_rests(self, *, now_s: float) -> list[RestRecord]:
        """What is not over yet. None is longer than it was noted: the clock may have been set back since."""
        async with self._database.read() as connection:
            rows = await connection.execute(select(rest).where(rest.c.until_s > now_s))
            return [RestRecord(row.service, row.kind, min(row.until_s - now_s, row.for_s)) for row in rows]
