"""The orders of somebody's list."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from bot.vndb.api.filter import Filter
from bot.vndb.api.model import ListEntry
from bot.vndb.api.user import VOTED
from bot.vndb.api.where import ULIST
from bot.vndb.api.wish import FIRST_DATE


class ListSort(msgspec.Struct, frozen=True):
    """One order: what it is called, VNDB's word for it, and whether VNDB is to reverse it.

    Reversed, VNDB begins with what has no vote or no date. `only` keeps that out; where no filter can, `unknown_first`
    says that it is to be skipped.
    """

    name: str
    sort: str
    reverse: bool = False
    only: Filter[ListEntry] | None = None
    unknown_first: bool = False


_VOTED = ULIST.label.eq(VOTED)

LIST_SORTS: Mapping[str, ListSort] = {
    "voted": ListSort("Latest vote first", "voted", reverse=True, only=_VOTED),
    "vote": ListSort("Highest vote first", "vote", reverse=True, only=_VOTED),
    "lowest": ListSort("Lowest vote first", "vote", only=_VOTED),
    "title": ListSort("By title", "title"),
    "added": ListSort("Latest added first", "added", reverse=True),
    "lastmod": ListSort("Latest change first", "lastmod", reverse=True),
    "started": ListSort("Latest started first", "started", reverse=True, unknown_first=True),
    "finished": ListSort("Latest finished first", "finished", reverse=True, unknown_first=True),
    "newest": ListSort("Newest release first", "released", reverse=True, only=ULIST.released.ne("TBA")),
    "oldest": ListSort("Oldest release first", "released", only=ULIST.released.ge(FIRST_DATE)),
    "rating": ListSort("Best rating first", "rating", reverse=True),
    "votecount": ListSort("Most votes first", "votecount", reverse=True),
    "id": ListSort("By number", "id"),
}
"""The orders by the name that an address has for them."""
