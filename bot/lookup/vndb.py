"""What people type, led to a page: a reference to its card, a name to the card or to a list of what it may mean."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec

from bot.errors import ServiceError
from bot.links.target import parse_reference, parse_search_link, read_reference
from bot.lookup.reference import check_no_link, find_typed, find_wanted, list_as_id
from bot.lookup.source import Sources
from bot.lookup.suggestion import read_suggestion
from bot.navigation.page import Lead, Visit
from bot.navigation.route import Route
from bot.service.near_match import NEAR_AT_MOST
from bot.service.suggest import fold
from bot.vndb.api.filter import Filter, Json, all_of
from bot.vndb.api.model import is_sexual
from bot.vndb.cards.route import EntryRoute
from bot.vndb.pages.gate import refuse
from bot.vndb.pages.index import find_card
from bot.vndb.pages.list import fetch_matches, miss_wanted, open_list, read_link
from bot.vndb.pages.list_kind import LISTS, RELEASES, ListKind
from bot.vndb.pages.near import add_near_pages, find_while_away, miss_name

T = TypeVar("T", bound=msgspec.Struct)


async def find_search(of: ListKind[T], text: str, visit: Visit[Sources]) -> Lead[Sources]:
    """The entry that `text` refers to, of any kind, or the only one that a search finds, or all that it finds.

    A link to a search on VNDB leads to what that finds, of whatever kind.

    Raises `NotFound` if that is none, `InvalidInput` for a reference to what has no card.
    """

    async def search(visit: Visit[Sources]) -> Lead[Sources]:
        try:
            # A novel's releases are mostly called as it is: one of them would be a guess.
            return await find_matches(of, of.search.eq(text), visit, text=text, opens_called=of is not RELEASES)
        except ServiceError as error:
            card = find_card(await find_while_away(error, text, of, visit))
            if card is None:
                raise
            return card

    link = parse_search_link(text)
    if link is None or parse_reference(text, of.kind.prefix) is not None:
        return await find_typed(text, of.kind.prefix, search, visit)
    linked, searched = LISTS[link.kind], link.text or ""
    wanted = await read_link(visit.sources.vndb, linked, link)
    sorting = linked.otherwise if link.filter else "rank"
    return await find_matches(linked, wanted, visit, text=searched, sorting=sorting)


async def find_matches(
    of: ListKind[T],
    wanted: Filter[T] | None,
    visit: Visit[Sources],
    *,
    text: str,
    sorting: str = "rank",
    category: str = "",
    opens_called: bool = False,
) -> Lead[Sources]:
    """The card of the only entry that matches, or the list of all. Raises `NotFound` if there is none.

    `opens_called`: or the card of the only one among the best matches that is called `text`, whole.
    `text` and, of tags, `category` are what `wanted` asks for, or a part of it.
    """
    matches = await fetch_matches(of, wanted, sorting, visit)
    found = matches.found
    if not found.items:  # also where all of it would give something away: even that there is something would
        rest = _leave_out(wanted, text, of)
        # What is called so may well be there, and not be like the rest: so all of it is named.
        is_name = bool(text) and rest is None
        error = miss_name(of, text) if is_name else await miss_wanted(of, wanted, found, visit, text=text)
        raise await add_near_pages(error, text, of, visit, rest=rest) if text else error
    if not visit.viewer.age_restricted and all(is_sexual(entry) for entry in found.items):
        raise refuse(of.kind, visit.viewer)
    ids = {_read_id(entry) for entry in found.items}
    named_only = wanted is not None and wanted.json == of.search.eq(text).json if text else False
    alone = len(ids) == 1 and not found.more and (named_only or not matches.hidden)
    called = {_read_id(entry) for entry in found.items if opens_called and is_called(of, entry, text)}
    best = ids if alone else called
    card = find_card(best.pop()) if len(best) == 1 else None
    return card or await open_list(of, wanted, sorting, visit, name=text, category=category, matches=matches)


async def find_entry(
    of: ListKind[T], text: str, visit: Visit[Sources], *, page: Callable[[str], Route] = EntryRoute
) -> str:
    """The id of the entry that `text` names, or of the best match. `page`: that to which near matches lead, by its id.

    Raises `NotFound` if there is none, `InvalidInput` for a reference to another kind.
    """
    entry_id, found = await find_entries(of, text, visit, page=page)
    return entry_id or _read_id(found[0])


async def find_entries(
    of: ListKind[T], text: str, visit: Visit[Sources], *, page: Callable[[str], Route] = EntryRoute
) -> tuple[str | None, Sequence[T]]:
    """The id of the entry that `text` refers to; or else None, and what may be meant by it, best match first.

    Raises as `find_entry` does.
    """
    reference = read_reference(await read_suggestion(text, of.kind.prefix, visit), of.kind.prefix)
    entry_id = await find_wanted(reference, of.kind.prefix, visit.sources.vndb)
    if entry_id is not None:
        return entry_id, ()
    check_no_link(text)
    try:
        found = await visit.sources.vndb.search(of.kind, text)
    except ServiceError as error:
        return await find_while_away(error, text, of, visit, page=page), ()
    if not found.items:
        error = await add_near_pages(miss_name(of, text), text, of, visit, page=page)
        error.near = [*list_as_id(text, of.kind.prefix, visit, page=page), *error.near][:NEAR_AT_MOST]
        raise error
    return None, found.items


def is_called(of: ListKind[T], entry: T, text: str) -> bool:
    """Whether that is one of the names of an entry, whole."""
    wanted = fold(text)
    return bool(wanted) and wanted in {fold(name) for name in of.kind.list_names(entry) if name}


def _read_id(entry: object) -> str:
    return str(getattr(entry, "id", ""))


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
