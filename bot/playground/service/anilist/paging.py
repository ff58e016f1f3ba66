"""AniList's pages: only `hasNextPage` can be trusted, as its documentation says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar, cast

from bot.playground.service.anilist.media import Arguments, Rows

T = TypeVar("T")
# What AniList says of nearly every list, however long it is.
_CLAIMED_TOTAL = 5000


@dataclass
class Paging:
    """Which page is asked for, and, once a list was cut by it, whether there is another."""

    page: int
    per_page: int
    more: bool = False

    @classmethod
    def read(cls, arguments: Arguments, *, most: int) -> Paging:
        """From the arguments `page` and `perPage`; too many is as many as there may be."""
        page, size = cast("int", arguments.get("page", 1)), cast("int", arguments.get("perPage", most))
        return cls(max(page, 1), min(max(size, 1), most))

    def build_info(self) -> Rows:
        """A `PageInfo`."""
        return {
            "total": _CLAIMED_TOTAL,
            "perPage": self.per_page,
            "currentPage": self.page,
            "lastPage": -(-_CLAIMED_TOTAL // self.per_page),
            "hasNextPage": self.more,
        }


def cut_page(items: Sequence[T], paging: Paging) -> list[T]:
    """The page of a list; `paging` knows afterwards whether there is another."""
    begin = (paging.page - 1) * paging.per_page
    paging.more = begin + paging.per_page < len(items)
    return list(items[begin : begin + paging.per_page])
