"""Where near matches of names on VNDB are looked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import msgspec

from bot.apis.vndb_filter import Filter, all_of, any_of
from bot.apis.vndb_model import is_sexual
from bot.apis.vndb_query import MAX_RESULTS, ListQuery
from bot.errors import Near
from bot.pages.near import Shelf
from bot.pages.visit import Sources, Visit
from bot.pages.vndb_gate import add_label_fields, is_open
from bot.pages.vndb_list import ListKind
from bot.ui.vndb_list import describe_entry

T = TypeVar("T", bound=msgspec.Struct)


async def build_shelf(
    of: ListKind[T], sources: Sources, visit: Visit, *, rest: Filter[T] | None = None, page: str = "{}"
) -> Shelf[T]:
    """Entries of a kind that may stand here. `rest`: what they must be like besides, already looked at; `page`: the
    place to which each leads, with `{}` for its id.
    """
    names = await sources.vndb.fetch_names()
    viewer = visit.viewer

    def may_stand(entry: T) -> bool:
        return viewer.age_restricted or not is_sexual(entry)

    async def search(texts: Sequence[str]) -> list[T]:
        named = any_of(*(of.search.eq(text) for text in texts))
        query = ListQuery(
            of.kind,
            named if rest is None else all_of(named, rest),
            sort=of.sortings[of.famous].sort if of.famous else "id",
            reverse=bool(of.famous),
            results=MAX_RESULTS,
            fields=add_label_fields(of.kind, rest),
        )
        found = await sources.vndb.fetch_list(query)
        return [entry for entry in found.items if may_stand(entry) and is_open(entry, rest, visit.address.spoiler)]

    def describe(entry: T) -> Near | None:
        return describe_entry(entry, names=names, viewer=viewer, address=visit.address, page=page)

    known = [] if rest is not None else [entry for entry in sources.vndb.list_known(of.kind) if may_stand(entry)]
    return Shelf(search, of.kind.list_names, describe, joins=True, known=known)
