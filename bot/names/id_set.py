"""The ids of the works of which one thing is so, such as that there is an anime of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from bot.http import Clock
from bot.names.record import NameRecords, WorkRecord

T = TypeVar("T")


class IdSet(Generic[T]):
    """Holds those that were there when it was last loaded. `list_ids` gives a work's id, or nothing."""

    def __init__(
        self, name: str, list_ids: Callable[[T], Iterable[int]], *, records: NameRecords, clock: Clock
    ) -> None:
        self.name = name
        self._list_ids = list_ids
        self._records = records
        self._clock = clock
        self._ids: frozenset[int] = frozenset()

    def __contains__(self, work_id: object) -> bool:
        return work_id in self._ids

    def describe(self, works: Iterable[T]) -> list[WorkRecord]:
        """Works as they are kept."""
        ids = (work_id for work in works for work_id in self._list_ids(work))
        return [WorkRecord(work_id, adult=False, weight=0, names="", record="") for work_id in ids]

    async def keep_seen(self) -> bool:
        """Nothing is seen by chance: only the service's own list tells of all of them."""
        return False

    async def load(self) -> None:
        """Have all at hand that the store has. Raises StoreError."""
        self._ids = await self._records.list_ids(self.name, now_s=self._clock.time())
