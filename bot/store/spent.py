"""What of services' limits was used up: a process that starts again has sent nothing yet, but its address has."""

from __future__ import annotations

import msgspec
from sqlalchemy import select

from bot.store.database import Database
from bot.store.table import spent


class SpentRecord(msgspec.Struct, frozen=True):
    """What was used up at `at_s` since the epoch. `ages_s`: how long ago each request was answered then, oldest first.
    `slack`: how many more may have been sent since. `debt_s`: of the service's time account.
    """

    service: str
    at_s: float
    ages_s: tuple[int, ...]
    slack: int
    debt_s: float


class SpentRecords:
    """The records, in the database alone. Every method raises StoreError when it cannot be asked."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep_spent(self, record: SpentRecord) -> None:
        """Note it in place of what was noted of the service."""
        ages_s = ",".join(map(str, record.ages_s))
        noted = {"at_s": record.at_s, "ages_s": ages_s, "slack": record.slack, "debt_s": record.debt_s}
        row = self._database.build_insert(spent).values(service=record.service, **noted)
        async with self._database.write() as connection:
            await connection.execute(row.on_conflict_do_update(index_elements=[spent.c.service], set_=noted))

    async def list_spent(self) -> list[SpentRecord]:
        """What was noted last of each service, however long ago."""
        async with self._database.read() as connection:
            rows = await connection.execute(select(spent))
            return [SpentRecord(row.service, row.at_s, _parse(row.ages_s), row.slack, row.debt_s) for row in rows]


def _parse(ages_s: str) -> tuple[int, ...]:
    return tuple(int(age_s) for age_s in ages_s.split(",") if age_s)
