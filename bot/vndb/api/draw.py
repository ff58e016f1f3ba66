"""What a random draw asks VNDB."""

from __future__ import annotations

from typing import Generic, TypeVar

import msgspec

from bot.http import Lifetime
from bot.vndb.api.endpoint import Endpoints
from bot.vndb.api.filter import Filter
from bot.vndb.api.kind import Kind
from bot.vndb.api.query import MAX_RESULTS, ListQuery

T = TypeVar("T", bound=msgspec.Struct)


class Ids(msgspec.Struct, frozen=True):
    """The numbers of the entries that an id query found, in its order; `more`: it was cut off.

    `compact`: its filter in VNDB's compact form, if that was asked for.
    """

    numbers: list[int]
    more: bool
    compact: str | None = None


class DrawQuestions(Generic[T]):
    """The questions about entries of one kind that match a filter. Every coroutine raises `ServiceError`.

    The answers to all but `find_ids` and `find_place` are kept for `lifetime`, or as `Endpoints.fetch` says.
    """

    def __init__(self, kind: Kind[T], endpoints: Endpoints, lifetime: Lifetime) -> None:
        self._kind = kind
        self._endpoints = endpoints
        self._lifetime = lifetime

    async def find_ids(self, wanted: Filter[T]) -> list[int]:
        """Those of up to a hundred numbers that match."""
        return await self._send(ListQuery(self._kind, wanted, results=MAX_RESULTS, fields="id"))

    async def find_place(self, wanted: Filter[T] | None, place: int) -> int | None:
        """The number of the entry at that place, from 1, by id."""
        found = await self._send(ListQuery(self._kind, wanted, results=1, page=place, fields="id"))
        return found[0] if found else None

    async def find_top(self, wanted: Filter[T] | None) -> Ids:
        """The hundred highest numbers, the highest first."""
        found = await self._endpoints.fetch(
            ListQuery(self._kind, wanted, reverse=True, results=MAX_RESULTS, fields="id", compact=wanted is not None),
            self._lifetime,
            what=f"highest {self._kind.path} ids",
        )
        return Ids([_read_number(str(getattr(one, "id", ""))) for one in found.items], found.more, found.compact)

    async def find_lowest(self, wanted: Filter[T] | None) -> int | None:
        """The lowest number."""
        query = ListQuery(self._kind, wanted, results=1, fields="id")
        found = await self._endpoints.fetch(query, self._lifetime, what=f"lowest {self._kind.path} id")
        return _read_number(str(getattr(found.items[0], "id", ""))) if found.items else None

    async def count(self, wanted: Filter[T] | None) -> int:
        """How many there are."""
        query = ListQuery(self._kind, wanted, results=0, fields="id", count=True)
        found = await self._endpoints.fetch(query, self._lifetime, what=f"{self._kind.path} count")
        return found.count or 0

    async def _send(self, query: ListQuery[T]) -> list[int]:
        page = await self._endpoints.send(query, what=f"{self._kind.path} ids")
        return [_read_number(one) for one in self._endpoints.list_entries(page, self._kind)]


def _read_number(entry_id: str) -> int:
    return int(entry_id[1:])
