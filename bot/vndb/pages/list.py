"""Lists of what matches a filter.

A filter is too long for a button. It stands in the message's own link to VNDB, from which a page turn reads it: so it
survives a restart, needs no store, and is of use to people as well. VNDB's lists of tags and traits take a text
only; the rest stands in the address.
"""

from __future__ import annotations

import asyncio
import calendar
import dataclasses
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from bot.errors import InvalidInput, NotFound, ServiceError
from bot.links.target import SearchLink
from bot.navigation.address import Address
from bot.navigation.frame import Choice, PageView
from bot.navigation.viewer import Viewer
from bot.navigation.visit import Groups, Route, Visit
from bot.service.record import Found
from bot.vndb.api import kind as kinds
from bot.vndb.api import where
from bot.vndb.api.client import SERVICE, Vndb
from bot.vndb.api.filter import Equality, Filter, Json, all_of
from bot.vndb.api.model import Character, Producer, Release, Staff, Tag, Trait, Vn, find_id
from bot.vndb.api.names import TAG_CATEGORIES, Names
from bot.vndb.api.query import MAX_RESULTS, ListQuery
from bot.vndb.api.wish import FIRST_DATE
from bot.vndb.cards import list as vndb_list
from bot.vndb.cards.card import build_entry_menu
from bot.vndb.cards.filter import describe_filter, find_entries
from bot.vndb.cards.list import ROWS
from bot.vndb.pages.gate import add_label_fields, check_filter, may_tell
from bot.vndb.pages.source import VndbSources

T = TypeVar("T", bound=msgspec.Struct)

BLOCK = 5 * ROWS  # one question serves five pages
_FILTERED = ".f"
NAMED_AT_MOST = 5  # entries of a filter that are called by their names


class RenderList(Protocol[T]):
    """How a list is shown."""

    def __call__(
        self,
        found: Found[T],
        *,
        heading: str,
        names: Names,
        viewer: Viewer,
        address: Address,
        carried: str | None,
        menu: Sequence[Choice],
        hidden: bool,
        asked: str,
        credited: str | None,
    ) -> PageView: ...


@dataclass(frozen=True, slots=True)
class Sorting(Generic[T]):
    """How a list is sorted, and what it is called then; `filtered`, if not everything is in it.

    `only`: what has a place in that order. VNDB begins with the others, such as those of an unknown date.
    """

    sort: str
    heading: str
    filtered: str = ""
    reverse: bool = False
    only: Filter[T] | None = None


@dataclass(frozen=True, slots=True)
class ListKind(Generic[T]):
    """A kind of entries that there are lists of. `sortings` are named as in addresses; all have `rank`, best first.

    `otherwise`: how they are sorted where no name is searched for. `has_filter`: VNDB's own page of them takes a
    filter; without one it takes a text only. `famous`: the sorting that begins with what most people know, if VNDB has
    one.
    """

    kind: kinds.Kind[T]
    search: Equality[T, str]
    sortings: Mapping[str, Sorting[T]]
    render: RenderList[T]
    otherwise: str
    has_filter: bool = True
    famous: str = ""


_MATCHING = "Visual novels that match"

VNS: ListKind[Vn] = ListKind(
    kinds.VN,
    where.VN.search,
    {
        "rank": Sorting("searchrank", "Visual novels found"),
        "rating": Sorting("rating", "Visual novels by rating", f"{_MATCHING}, by rating", reverse=True),
        "votes": Sorting("votecount", "Visual novels by votes", f"{_MATCHING}, by votes", reverse=True),
        "newest": Sorting(
            "released",
            "Visual novels, newest first",
            f"{_MATCHING}, newest first",
            reverse=True,
            only=where.VN.released.ne("TBA"),
        ),
        "oldest": Sorting(
            "released",
            "Visual novels, oldest first",
            f"{_MATCHING}, oldest first",
            only=where.VN.released.ge(FIRST_DATE),
        ),
        "title": Sorting("title", "Visual novels by title", f"{_MATCHING}, by title"),
    },
    vndb_list.render_vn_list,
    "rating",
    famous="votes",
)
RELEASES: ListKind[Release] = ListKind(
    kinds.RELEASE,
    where.RELEASE.search,
    {
        "rank": Sorting("searchrank", "Releases found"),
        "new": Sorting("released", "New releases", reverse=True),
        "upcoming": Sorting("released", "Upcoming releases"),
        "newest": Sorting(
            "released",
            "Releases, newest first",
            "Releases that match, newest first",
            reverse=True,
            only=where.RELEASE.released.ne("TBA"),
        ),
        "oldest": Sorting(
            "released",
            "Releases, oldest first",
            "Releases that match, oldest first",
            only=where.RELEASE.released.ge(FIRST_DATE),
        ),
        "title": Sorting("title", "Releases by title", "Releases that match, by title"),
    },
    vndb_list.render_release_list,
    "newest",
)
CHARACTERS: ListKind[Character] = ListKind(
    kinds.CHARACTER,
    where.CHARACTER.search,
    {
        "rank": Sorting("searchrank", "Characters found"),
        "name": Sorting("name", "Characters by name", "Characters that match, by name"),
    },
    vndb_list.render_character_list,
    "name",
)
STAFF: ListKind[Staff] = ListKind(
    kinds.STAFF,
    where.STAFF.search,
    {
        "rank": Sorting("searchrank", "Staff found"),
        "name": Sorting("name", "Staff by name", "Staff that match, by name"),
    },
    vndb_list.render_staff_list,
    "name",
)
PRODUCERS: ListKind[Producer] = ListKind(
    kinds.PRODUCER,
    where.PRODUCER.search,
    {
        "rank": Sorting("searchrank", "Producers found"),
        "name": Sorting("name", "Producers by name", "Producers that match, by name"),
    },
    vndb_list.render_producer_list,
    "name",
)
TAGS: ListKind[Tag] = ListKind(
    kinds.TAG,
    where.TAG.search,
    {
        "rank": Sorting("searchrank", "Tags found"),
        "name": Sorting("name", "Tags by name", "Tags that match, by name"),
        "number": Sorting("vn_count", "Tags by number of novels", "Tags that match, by number of novels", reverse=True),
    },
    vndb_list.render_tag_list,
    "number",
    has_filter=False,
    famous="number",
)
TRAITS: ListKind[Trait] = ListKind(
    kinds.TRAIT,
    where.TRAIT.search,
    {
        "rank": Sorting("searchrank", "Traits found"),
        "name": Sorting("name", "Traits by name", "Traits that match, by name"),
        "number": Sorting(
            "char_count", "Traits by number of characters", "Traits that match, by number of characters", reverse=True
        ),
    },
    vndb_list.render_trait_list,
    "number",
    has_filter=False,
    famous="number",
)

LISTS: Mapping[str, ListKind[Any]] = {
    of.kind.prefix: of for of in (VNS, RELEASES, CHARACTERS, STAFF, PRODUCERS, TAGS, TRAITS)
}
"""All of them, by the letter of their ids."""


async def show_list(
    of: ListKind[T], wanted: Filter[T] | None, sorting: str, sources: VndbSources, visit: Visit
) -> PageView:
    """Entries that match, ten a page; the message carries the filter, and the address says that there is one."""
    place = f"list/{of.kind.prefix}/{sorting}"
    if wanted is None:
        return await show_rows(of, None, sorting, sources, _move(visit, place))
    heading = of.sortings[sorting].filtered
    visit = _move(visit, place + _FILTERED)
    return await show_rows(of, wanted, sorting, sources, visit, heading=heading, carry=True)


async def show_named(
    of: ListKind[T], text: str, sorting: str, sources: VndbSources, visit: Visit, *, category: str = ""
) -> PageView:
    """Tags of a category, or traits, by name; the message carries the text, and the address the rest."""
    wanted = build_named(of, text, category)
    place = f"list/{of.kind.prefix}/{sorting}{f'.{category}' if category else ''}{_FILTERED if text else ''}"
    heading = "" if wanted is None else of.sortings[sorting].filtered
    return await show_rows(of, wanted, sorting, sources, _move(visit, place), heading=heading, carried=text or None)


def build_named(of: ListKind[T], text: str, category: str) -> Filter[T] | None:
    """The filter for a name and a category of tags; either may be empty."""
    parts: list[Filter[Any]] = [of.search.eq(text)] if text else []
    if category:
        parts.append(where.TAG.category.eq(category))
    return all_of(*parts) if parts else None


async def read_link(vndb: Vndb, of: ListKind[T], link: SearchLink) -> Filter[T]:
    """What a link to a search of this kind asks for. Raises `InvalidInput` if VNDB does not understand it."""
    parts = [of.search.eq(link.text)] if link.text else []
    if link.filter is not None:
        parts.append(await vndb.normalise(of.kind, link.filter))
    return all_of(*parts)


async def show_rows(
    of: ListKind[T],
    wanted: Filter[T] | None,
    sorting: str,
    sources: VndbSources,
    visit: Visit,
    *,
    heading: str = "",
    of_entry: str | None = None,
    carry: bool = False,
    carried: str | None = None,
) -> PageView:
    """Entries that match, ten a page, at the visit's own address. `heading` is already escaped.

    `of_entry`: the id of the entry that the list belongs to. `carry`: the address does not say what is wanted, so the
    message has to; `carried`: it has to carry this text.
    """
    credited = find_id(of_entry, kinds.STAFF.prefix) if of_entry and of.kind.key == kinds.VN.key else None
    more = kinds.CREDIT_FIELDS if credited else ""
    found, hidden = await fetch_matches(of, wanted, sorting, sources, visit, more_fields=more)
    if carry and not found.items and visit.address.number == 1:
        raise NotFound(SERVICE, f"{of.kind.noun} like that")
    names = await sources.vndb.fetch_names()
    # Any other heading says itself what is asked for.
    says_all = heading not in {"", of.sortings[sorting].filtered}
    return of.render(
        found,
        heading=heading or of.sortings[sorting].heading,
        names=names,
        viewer=visit.viewer,
        address=visit.address,
        carried=found.compact if carry else carried,
        menu=build_entry_menu(of_entry, visit.address) if of_entry else (),
        hidden=hidden,
        credited=credited,
        asked="" if says_all or wanted is None else await _describe(sources.vndb, wanted, names),
    )


async def _describe(vndb: Vndb, wanted: Filter[Any], names: Names) -> str:
    """A filter in words, with the names of its first tags, traits and producers; where VNDB is away, their ids."""

    async def find_title(entry_id: str) -> tuple[str, str]:
        kind: kinds.Kind[Any] = {"g": kinds.TAG, "i": kinds.TRAIT, "p": kinds.PRODUCER}[entry_id[0]]
        try:
            return entry_id, str((await vndb.fetch(kind, entry_id)).entry.name)
        except (NotFound, ServiceError):
            return entry_id, entry_id

    titles = await asyncio.gather(*map(find_title, find_entries(wanted.json)[:NAMED_AT_MOST]))
    return describe_filter(wanted.json, names, dict(titles))


async def fetch_matches(
    of: ListKind[T],
    wanted: Filter[T] | None,
    sorting: str,
    sources: VndbSources,
    visit: Visit,
    *,
    more_fields: str = "",
) -> tuple[Found[T], bool]:
    """The rows of a page that give nothing away, and whether others do. `more_fields` are for each row.

    Raises `InvalidInput` for what may not be asked for.
    """
    await check_filter(sources.vndb, wanted, visit.viewer)
    chosen = of.sortings[sorting]
    wanted = _narrow(wanted, chosen.only)
    query = ListQuery(
        of.kind,
        wanted,
        sort=chosen.sort,
        reverse=chosen.reverse,
        fields=(add_label_fields(of.kind, wanted) or of.kind.row_fields) + more_fields,
        compact=wanted is not None,
    )
    fetch = fetch_rows if of.kind.key != kinds.STAFF.key else _fetch_people
    found = await fetch(sources.vndb, query, number=visit.address.number)
    shown = [entry for entry in found.items if may_tell(entry, wanted, visit.address.spoiler)]
    return dataclasses.replace(found, items=shown), len(shown) < len(found.items)


async def fetch_rows(vndb: Vndb, query: ListQuery[T], *, number: int, skip: int = 0) -> Found[T]:
    """The rows of one page of a list, with `more` as for the whole of it; `count` once its last block is known.

    VNDB is not asked for it: to count costs it far more than a page. The list begins after `skip` rows of the query.
    """
    start = skip + (number - 1) * ROWS
    page, first = start // BLOCK + 1, start % BLOCK
    block = await vndb.fetch_list(dataclasses.replace(query, page=page, results=BLOCK))
    if block.more and first + ROWS > BLOCK:
        rest = await vndb.fetch_list(dataclasses.replace(query, page=page + 1, results=BLOCK))
        block = dataclasses.replace(rest, items=block.items + rest.items, age_s=max(block.age_s, rest.age_s))
    more = block.more or len(block.items) > first + ROWS
    known = not block.more and (block.items or start < BLOCK)
    total = start - first + len(block.items) - skip if known else None
    return dataclasses.replace(block, items=block.items[first : first + ROWS], more=more, count=total)


async def _fetch_people(vndb: Vndb, query: ListQuery[T], *, number: int) -> Found[T]:
    """The same for staff, who have a row for each of their names: ten people, however many rows those are."""
    query = dataclasses.replace(query, results=MAX_RESULTS)
    block = await vndb.fetch_list(query)
    rows: dict[str, list[T]] = {}
    _group(block.items, rows)
    while block.more and len(rows) <= number * ROWS:
        query = dataclasses.replace(query, page=query.page + 1)
        block = await vndb.fetch_list(query)
        _group(block.items, rows)
    people = list(rows.values())[(number - 1) * ROWS : number * ROWS]
    return dataclasses.replace(
        block,
        items=[row for names in people for row in names],
        more=len(rows) > number * ROWS,
        count=None if block.more else len(rows),
    )


def _narrow(wanted: Filter[T] | None, only: Filter[T] | None) -> Filter[T] | None:
    """Both. What a filter itself asks of that stands, also what was added before it was read back from a message."""
    if wanted is None or only is None:
        return wanted or only
    name = _read_names(only.json)
    return wanted if _read_names(wanted.json) & name else all_of(wanted, only)


def _read_names(json: Json) -> set[str]:
    """What the conditions that must all hold are about."""
    if isinstance(json, str) or not isinstance(json, Sequence) or not json:
        return set()
    return {str(json[0])} if json[0] != "and" else {name for part in json[1:] for name in _read_names(part)}


def _group(entries: Sequence[T], rows: dict[str, list[T]]) -> None:
    for entry in entries:
        rows.setdefault(str(getattr(entry, "id", "")), []).append(entry)


def _move(visit: Visit, place: str) -> Visit:
    return dataclasses.replace(visit, address=dataclasses.replace(visit.address, place=place))


def _turn_list(of: ListKind[T]) -> Route[VndbSources]:
    async def show(groups: Groups, sources: VndbSources, visit: Visit) -> PageView:
        sorting, filtered = groups
        if not filtered:
            return await show_list(of, None, sorting, sources, visit)
        if visit.filter is None:
            raise InvalidInput("list", "has lost what was searched for; use the command again")
        return await show_list(of, await sources.vndb.normalise(of.kind, visit.filter), sorting, sources, visit)

    return f"list/{of.kind.prefix}/({'|'.join(of.sortings)})({re.escape(_FILTERED)})?", show


def _turn_named(of: ListKind[T], categories: Iterable[str] = ()) -> Route[VndbSources]:
    async def show(groups: Groups, sources: VndbSources, visit: Visit) -> PageView:
        sorting, category, searched = groups
        if searched and visit.filter is None:
            raise InvalidInput("list", "has lost what was searched for; use the command again")
        text = (visit.filter or "") if searched else ""
        return await show_named(of, text, sorting, sources, visit, category=category)

    known = "|".join(categories) or "(?!)"
    return f"list/{of.kind.prefix}/({'|'.join(of.sortings)})(?:\\.({known}))?({re.escape(_FILTERED)})?", show


async def _show_birthday(groups: Groups, sources: VndbSources, visit: Visit) -> PageView:
    month, day = (int(group) for group in groups)
    born = where.CHARACTER.birthday.eq((month, day))
    when = f"on {day} {calendar.month_name[month]}" if day else f"in {calendar.month_name[month]}"
    return await show_rows(CHARACTERS, born, "name", sources, visit, heading=f"Characters born {when}")


ROUTES: tuple[Route[VndbSources], ...] = (
    _turn_list(VNS),
    _turn_list(RELEASES),
    _turn_list(CHARACTERS),
    _turn_list(STAFF),
    _turn_list(PRODUCERS),
    _turn_named(TAGS, TAG_CATEGORIES),
    _turn_named(TRAITS),
    ("birthday/(0?[1-9]|1[0-2])-([0-9]{1,2})", _show_birthday),
)
