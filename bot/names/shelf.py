"""A shelf: the works of one kind whose names are at hand, in memory; what is shown of them is in the store."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import msgspec

from bot.errors import StoreError
from bot.http import Clock
from bot.names.record import NameRecords, WorkRecord
from bot.service.names import Known, NameIndex, NamePortion, NamesAtHand, fold_names
from bot.service.record import parse_record

log = logging.getLogger(__name__)

T = TypeVar("T", bound=msgspec.Struct)

_LARGEST = 2**63 - 1

SEEN_AT_ONCE = 300
"""Works that wait to be kept; what is seen beyond them is not."""


class NameShelf(NamesAtHand[T]):
    """Found are the works that were there when it was last loaded. `describe` gives None for what has no card."""

    def __init__(
        self,
        name: str,
        kind: type[T],
        describe: Callable[[T], Known[T] | None],
        *,
        records: NameRecords,
        clock: Clock,
    ) -> None:
        self.name = name
        self._kind = kind
        self._describe = describe
        self._records = records
        self._clock = clock
        self._index = NameIndex()
        self._seen: dict[int, Known[T]] = {}
        self._kept: dict[int, Known[T]] = {}  # of what was seen: what the store has, and the index not yet

    async def find(self, text: str, *, adult: bool) -> list[T]:
        index, closed = self._index, self._list_closed()
        if len(index) == 0:
            return []  # and no thread for it: that is so for a while after the first start
        found = index.find_standing(text, adult=adult, closed=closed)
        return await self._fetch(found or await asyncio.to_thread(index.find_near, text, adult=adult, closed=closed))

    async def find_called(self, text: str, *, adult: bool) -> list[T]:
        return await self._fetch(self._index.find_called(text, adult=adult, closed=self._list_closed()))

    def see(self, works: Iterable[T]) -> None:
        for work in works:
            known = self._describe(work)
            if known is not None and (known.id in self._seen or self._has_room(known)):
                self._seen[known.id] = known

    def _has_room(self, known: Known[T]) -> bool:
        """Whether one more may wait. One for adults, which must not be suggested any more, takes another's place."""
        if len(self._seen) < SEEN_AT_ONCE:
            return True
        other = next((one.id for one in self._seen.values() if not one.adult), None) if known.adult else None
        return other is not None and self._seen.pop(other, None) is not None

    @property
    def index(self) -> NameIndex:
        """What is at hand now."""
        return self._index

    async def keep_seen(self) -> bool:
        """Put into the store what was seen and is not loaded yet. Whether that is anything. Raises StoreError."""
        seen = dict(self._seen)
        if not seen:
            return False
        await self._records.keep_seen(self.name, self._build_records(seen.values()), now_s=int(self._clock.time()))
        self._kept = seen
        return True

    def describe(self, works: Iterable[T]) -> list[WorkRecord]:
        """Works as they are kept; those without a name, or with a number that no column takes, are not."""
        return self._build_records(known for work in works if (known := self._describe(work)) is not None)

    def _build_records(self, works: Iterable[Known[T]]) -> list[WorkRecord]:
        kept = (one for one in works if 0 < one.id <= _LARGEST and abs(one.weight) <= _LARGEST)
        records = (WorkRecord(one.id, one.adult, one.weight, fold_names(one.names), _encode(one.work)) for one in kept)
        return [record for record in records if record.names]

    async def load(self) -> None:
        """Have all at hand that the store has. Raises StoreError."""
        portions: list[NamePortion] = []
        now_s, after = self._clock.time(), None
        while called := await self._records.list_called(self.name, after=after, now_s=now_s):
            portions.append(NamePortion(called))
            after = called[-1]
        # A tenth of a second, in which a thread lets others go on.
        self._index = await asyncio.to_thread(NameIndex, portions) if portions else NameIndex()
        # Not before: what is for adults stays closed until it is at hand as such.
        self._seen = {id_: one for id_, one in self._seen.items() if one is not self._kept.get(id_)}
        self._kept = {}

    def _list_closed(self) -> set[int]:
        """What was seen to be for adults since it was loaded."""
        return {known.id for known in self._seen.values() if known.adult}

    async def _fetch(self, ids: Sequence[int]) -> list[T]:
        if not ids:
            return []
        try:
            records = await self._records.find_records(self.name, ids)
        except StoreError as error:
            log.info("names are not at hand: %s", error)
            return []
        found = (parse_record(records[id_].encode(), self._kind) for id_ in ids if id_ in records)
        return [one for one in found if one is not None]


def _encode(work: msgspec.Struct) -> str:
    """A work as JSON, without what it does not have."""
    members = msgspec.to_builtins(work).items()
    return msgspec.json.encode({name: value for name, value in members if value not in (None, [], {})}).decode()
