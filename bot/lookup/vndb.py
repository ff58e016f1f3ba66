"""What people type, led to a page: a reference to its card, a name to the card or to a list of what it may mean."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TypeVar

import msgspec

from bot.cards.text import clip, one_line
from bot.errors import NotFound
from bot.links.target import parse_reference, parse_search_link, parse_vn_reference, read_reference
from bot.lookup.reference import find_wanted, show_typed
from bot.lookup.router import Router
from bot.lookup.source import Sources
from bot.navigation.frame import PageView
from bot.navigation.visit import Visit
from bot.vndb.api import kind as kinds
from bot.vndb.api.client import SERVICE
from bot.vndb.api.filter import Filter, Json, all_of
from bot.vndb.api.model import is_sexual
from bot.vndb.pages.gate import refuse
from bot.vndb.pages.list import LISTS, ListKind, fetch_matches, read_link, show_list, show_named
from bot.vndb.pages.near import add_near_pages

T = TypeVar("T", bound=msgspec.Struct)


async def show_search(router: Router, of: ListKind[T], text: str, visit: Visit) -> PageView:
    """The entry that `text` refers to, of any kind, or the only one that a search finds, or all that it finds.

    A link to a search on VNDB leads to what that finds, of whatever kind.

    Raises `NotFound` if that is none, `InvalidInput` for a reference to what has no card. The address of `visit` says
    only the spoiler level.
    """

    async def search() -> PageView:
        entry_id = await _find_numbered(router, of, text)
        if entry_id is not None:
            return await router.show(_go(visit, entry_id))
        return await show_matches(router, of, of.search.eq(text), visit, text=text)

    link = parse_search_link(text)
    if link is None or parse_reference(text, of.kind.prefix) is not None:
        return await show_typed(router, text, of.kind.prefix, visit, search)
    linked, searched = LISTS[link.kind], link.text or ""
    wanted = await read_link(router.sources.vndb, linked, link)
    sorting = linked.otherwise if link.filter else "rank"
    return await show_matches(router, linked, wanted, visit, text=searched, sorting=sorting)


async def show_matches(
    router: Router,
    of: ListKind[T],
    wanted: Filter[T] | None,
    visit: Visit,
    *,
    text: str,
    sorting: str = "rank",
    category: str = "",
) -> PageView:
    """The card of the only entry that matches, or the list of all. Raises `NotFound` if there is none.

    `text` and, of tags, `category` are what `wanted` asks for, or a part of it.
    """
    found, hidden = await fetch_matches(of, wanted, sorting, router.sources, visit)
    if not found.items:  # also where all of it would give something away: even that there is something would
        raise await _miss(of, text, router.sources, visit, rest=_leave_out(wanted, text, of))
    if not visit.viewer.age_restricted and all(is_sexual(entry) for entry in found.items):
        raise refuse(of.kind, visit.viewer)
    ids = {_read_id(entry) for entry in found.items}
    if len(ids) == 1 and not found.more and not hidden:
        return await router.show(_go(visit, ids.pop()))
    # What was just asked for is at hand for these.
    if of.has_filter:
        return await show_list(of, wanted, sorting, router.sources, visit)
    return await show_named(of, text, sorting, router.sources, visit, category=category)


async def find_entry(router: Router, of: ListKind[T], text: str, visit: Visit, *, page: str = "{}") -> str:
    """The id of the entry that `text` names, or of the best match. `page`: the place to which near matches lead.

    Raises `NotFound` if there is none, `InvalidInput` for a reference to another kind.
    """
    reference = read_reference(text, of.kind.prefix)
    entry_id = await find_wanted(reference, of.kind.prefix, router.sources.vndb)
    entry_id = entry_id or await _find_numbered(router, of, text)
    if entry_id is not None:
        return entry_id
    found = await router.sources.vndb.search(of.kind, text)
    if not found.items:
        raise await _miss(of, text, router.sources, visit, page=page)
    return _read_id(found.items[0])


async def _find_numbered(router: Router, of: ListKind[T], text: str) -> str | None:
    """A bare number may be the id of a novel, or a title such as `428`."""
    entry_id = parse_vn_reference(text) if of.kind is kinds.VN else None
    if entry_id is None:
        return None
    try:
        await router.sources.vndb.fetch(of.kind, entry_id)
    except NotFound:
        return None
    return entry_id


def _read_id(entry: object) -> str:
    return str(getattr(entry, "id", ""))


async def _miss(
    of: ListKind[T],
    text: str,
    sources: Sources,
    visit: Visit,
    *,
    rest: Filter[T] | None = None,
    page: str = "{}",
) -> NotFound:
    """The error that nothing is called `text`, and fits the `rest`, with what nearly is."""
    if not text:
        return NotFound(SERVICE, f"{of.kind.noun} like that")
    error = NotFound(SERVICE, f'{of.kind.noun} called "{clip(one_line(text), 100)}"')
    return await add_near_pages(error, text, of, sources, visit, rest=rest, page=page)


def _leave_out(wanted: Filter[T] | None, text: str, of: ListKind[T]) -> Filter[T] | None:
    """What a filter asks for besides a name."""
    if wanted is None or not text:
        return wanted
    json, name = wanted.json, of.search.eq(text).json
    parts: Sequence[Json] = (json,)
    if isinstance(json, Sequence) and not isinstance(json, str) and json[0] == "and":
        parts = json[1:]
    kept: list[Filter[T]] = [Filter(part) for part in parts if part != name]
    return all_of(*kept) if kept else None


def _go(visit: Visit, entry_id: str) -> Visit:
    return dataclasses.replace(visit, address=visit.address.go(entry_id))
