"""Near matches of names on VNDB: as ways to cards, or as words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

import msgspec

from bot.cards.text import clip, one_line
from bot.errors import Near, NotFound, ServiceError
from bot.navigation.page import Visit
from bot.navigation.route import Route
from bot.navigation.viewer import Viewer
from bot.service.near_find import Shelf, nothing_at_hand
from bot.service.near_match import NEAR_AT_MOST, with_near
from bot.vndb.api.client import SERVICE, Vndb
from bot.vndb.api.filter import Filter, all_of, any_of
from bot.vndb.api.model import is_sexual
from bot.vndb.api.query import MAX_RESULTS, ListQuery
from bot.vndb.cards.list import build_text_url, describe_entry
from bot.vndb.cards.route import EntryRoute
from bot.vndb.pages.gate import add_label_fields, may_tell
from bot.vndb.pages.list_kind import LISTS, ListKind
from bot.vndb.pages.source import VndbSources

T = TypeVar("T", bound=msgspec.Struct)


async def add_near_pages(
    error: NotFound,
    text: str,
    of: ListKind[T],
    visit: Visit[VndbSources],
    *,
    rest: Filter[T] | None = None,
    page: Callable[[str], Route] = EntryRoute,
) -> NotFound:
    """The error with the ways to what is nearly called `text`. `rest`: what that must be like besides, already looked
    at; `page`: that to which each leads, by its id.
    """
    vndb = visit.sources.vndb
    names = await vndb.fetch_names()

    def describe(entry: T) -> Near | None:
        return describe_entry(entry, names=names, viewer=visit.viewer, address=visit.address, page=page)

    shelf = _build_shelf(of, vndb, visit.viewer, rest=rest, spoiler=visit.address.spoiler)
    return await with_near(error, text, vndb.near, shelf, describe)


async def find_while_away(
    error: ServiceError,
    text: str,
    of: ListKind[T],
    visit: Visit[VndbSources],
    *,
    page: Callable[[str], Route] = EntryRoute,
) -> str:
    """The id of what is called exactly so, while VNDB gives no answer. Its card may be kept.

    Raises the error, with the ways to what may be meant, if nothing at hand is called so or several are.
    """
    vndb, viewer = visit.sources.vndb, visit.viewer
    called = await vndb.find_at_hand(of.kind, text, called=True)
    if len(called) == 1:
        return str(getattr(called[0], "id", ""))
    names = await vndb.fetch_names()
    found = called or await vndb.find_at_hand(of.kind, text)
    described = [
        describe_entry(one, names=names, viewer=viewer, address=visit.address, page=page)
        for one in found[:NEAR_AT_MOST]
    ]
    error.near = [near for near in described if near is not None]
    raise error


def miss_name(of: ListKind[Any], text: str) -> NotFound:
    """The error that nothing is called `text`, with VNDB's own search for it."""
    error = NotFound(SERVICE, f"{of.kind.noun} called “{clip(one_line(text), 100)}”")
    error.search = (f"Search on {SERVICE}", build_text_url(of.kind.prefix, text))
    return error


async def add_near_words(error: NotFound, text: str, prefix: str, vndb: Vndb, viewer: Viewer) -> NotFound:
    """The error with what is nearly called `text` and can be searched by: an option cannot be pressed into place."""

    def describe(entry: msgspec.Struct) -> Near | None:
        name = str(getattr(entry, "name", "")) if getattr(entry, "searchable", True) else ""
        return Near("", name) if name else None

    return await with_near(error, text, vndb.near, _build_shelf(LISTS[prefix], vndb, viewer), describe)


def _build_shelf(
    of: ListKind[T], vndb: Vndb, viewer: Viewer, *, rest: Filter[T] | None = None, spoiler: int = 0
) -> Shelf[T]:
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
        return (await vndb.fetch_list(query)).items

    def may_stand(entry: T) -> bool:
        return (viewer.age_restricted or not is_sexual(entry)) and may_tell(entry, rest, spoiler)

    return Shelf(
        (of.kind.key, repr(rest), viewer.age_restricted, spoiler),
        search,
        of.kind.list_names,
        may_stand,
        joins=True,
        known=lambda: vndb.list_known(of.kind) if rest is None else [],
        at_hand=partial(vndb.find_at_hand, of.kind) if rest is None else nothing_at_hand,
    )
