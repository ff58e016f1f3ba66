"""Lists of what matches a filter.

A filter is too long for a button. It stands in the message's own link to VNDB, from which a page turn reads it: so it
survives a restart, needs no store, and is of use to people as well. Where VNDB has no page for such a link, the
address carries the text that was searched for.
"""

from __future__ import annotations

import calendar
import dataclasses
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import msgspec

from bot.apis import vndb_kind as kinds
from bot.apis import vndb_where as where
from bot.apis.record import Found
from bot.apis.vndb import Vndb
from bot.apis.vndb_filter import Equality, Filter
from bot.apis.vndb_model import Character, Producer, Release, Staff, Tag, Trait, Vn
from bot.apis.vndb_names import Names
from bot.apis.vndb_query import MAX_RESULTS, ListQuery
from bot.errors import InvalidInput
from bot.pages.text import cut_bytes, decode_text, encode_text
from bot.pages.visit import Groups, Route, Sources, Visit
from bot.pages.vndb_gate import add_label_fields, check_filter, is_open
from bot.ui import vndb_list
from bot.ui.address import Address
from bot.ui.frame import Choice, PageView
from bot.ui.viewer import Viewer
from bot.ui.vndb_card import build_menu
from bot.ui.vndb_filter import describe_filter
from bot.ui.vndb_list import ROWS

T = TypeVar("T", bound=msgspec.Struct)

BLOCK = 5 * ROWS  # one question serves five pages
_FILTERED = ".f"
TEXT_BYTES = 40  # of a searched text, as much as an address can carry


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
        compact: str | None,
        menu: Sequence[Choice],
        hidden: bool,
        asked: str,
    ) -> PageView: ...


@dataclass(frozen=True, slots=True)
class Sorting:
    """How a list is sorted, and what it is called then; `filtered`, if not everything is in it."""

    sort: str
    heading: str
    filtered: str = ""
    reverse: bool = False


@dataclass(frozen=True, slots=True)
class ListKind(Generic[T]):
    """A kind of entries that there are lists of. `sortings` are named as in addresses; all have `rank`, best first.

    `has_link`: VNDB has a page for a list with a filter.
    """

    kind: kinds.Kind[T]
    search: Equality[T, str]
    sortings: Mapping[str, Sorting]
    render: RenderList[T]
    has_link: bool = True


_MATCHING = "Visual novels that match"

VNS: ListKind[Vn] = ListKind(
    kinds.VN,
    where.VN.search,
    {
        "rank": Sorting("searchrank", "Visual novels found"),
        "rating": Sorting("rating", "Visual novels by rating", f"{_MATCHING}, by rating", reverse=True),
        "votes": Sorting("votecount", "Visual novels by votes", f"{_MATCHING}, by votes", reverse=True),
        "newest": Sorting("released", "Visual novels, newest first", f"{_MATCHING}, newest first", reverse=True),
        "oldest": Sorting("released", "Visual novels, oldest first", f"{_MATCHING}, oldest first"),
        "title": Sorting("title", "Visual novels by title", f"{_MATCHING}, by title"),
    },
    vndb_list.render_vn_list,
)
RELEASES: ListKind[Release] = ListKind(
    kinds.RELEASE,
    where.RELEASE.search,
    {
        "rank": Sorting("searchrank", "Releases found"),
        "new": Sorting("released", "New releases", reverse=True),
        "upcoming": Sorting("released", "Upcoming releases"),
    },
    vndb_list.render_release_list,
)
CHARACTERS: ListKind[Character] = ListKind(
    kinds.CHARACTER,
    where.CHARACTER.search,
    {
        "rank": Sorting("searchrank", "Characters found"),
        "name": Sorting("name", "Characters by name", "Characters that match, by name"),
    },
    vndb_list.render_character_list,
)
STAFF: ListKind[Staff] = ListKind(
    kinds.STAFF, where.STAFF.search, {"rank": Sorting("searchrank", "Staff found")}, vndb_list.render_staff_list
)
PRODUCERS: ListKind[Producer] = ListKind(
    kinds.PRODUCER,
    where.PRODUCER.search,
    {"rank": Sorting("searchrank", "Producers found")},
    vndb_list.render_producer_list,
    has_link=False,
)
TAGS: ListKind[Tag] = ListKind(
    kinds.TAG,
    where.TAG.search,
    {"rank": Sorting("searchrank", "Tags found")},
    vndb_list.render_tag_list,
    has_link=False,
)
TRAITS: ListKind[Trait] = ListKind(
    kinds.TRAIT,
    where.TRAIT.search,
    {"rank": Sorting("searchrank", "Traits found")},
    vndb_list.render_trait_list,
    has_link=False,
)


async def show_list(
    of: ListKind[T], wanted: Filter[T] | None, sorting: str, sources: Sources, visit: Visit
) -> PageView:
    """Entries that match, ten a page; the message carries the filter, and the address says that there is one."""
    place = f"list/{of.kind.prefix}/{sorting}"
    if wanted is None:
        return await show_rows(of, None, sorting, sources, _move(visit, place))
    heading = of.sortings[sorting].filtered
    visit = _move(visit, place + _FILTERED)
    return await show_rows(of, wanted, sorting, sources, visit, heading=heading, carry=True)


async def show_found(of: ListKind[T], text: str, sources: Sources, visit: Visit) -> PageView:
    """What a search finds; the address carries the text."""
    wanted, encoded = of.search.eq(cut_text(text)), encode_text(cut_text(text))
    return await show_rows(of, wanted, "rank", sources, _move(visit, f"find/{of.kind.prefix}/{encoded}"))


async def show_rows(
    of: ListKind[T],
    wanted: Filter[T] | None,
    sorting: str,
    sources: Sources,
    visit: Visit,
    *,
    heading: str = "",
    of_entry: str | None = None,
    carry: bool = False,
) -> PageView:
    """Entries that match, ten a page, at the visit's own address. `heading` is already escaped.

    `of_entry`: the id of the entry that the list belongs to. `carry`: the address does not say what is wanted, so the
    message has to.
    """
    found, hidden = await fetch_matches(of, wanted, sorting, sources, visit)
    names = await sources.vndb.fetch_names()
    return of.render(
        found,
        heading=heading or of.sortings[sorting].heading,
        names=names,
        viewer=visit.viewer,
        address=visit.address,
        compact=found.compact if carry else None,
        menu=build_menu(of_entry, visit.address) if of_entry else (),
        hidden=hidden,
        asked="" if (heading and not carry) or wanted is None else describe_filter(wanted.json, names),
    )


async def fetch_matches(
    of: ListKind[T], wanted: Filter[T] | None, sorting: str, sources: Sources, visit: Visit
) -> tuple[Found[T], bool]:
    """The rows of a page that give nothing away, and whether others do.

    Raises `InvalidInput` for what may not be asked for.
    """
    await check_filter(sources.vndb, wanted, visit.viewer)
    chosen = of.sortings[sorting]
    query = ListQuery(
        of.kind,
        wanted,
        sort=chosen.sort,
        reverse=chosen.reverse,
        fields=add_label_fields(of.kind, wanted),
        count=True,
        compact=wanted is not None,
    )
    fetch = fetch_rows if of.kind.key != kinds.STAFF.key else _fetch_people
    found = await fetch(sources.vndb, query, number=visit.address.number)
    shown = [entry for entry in found.items if is_open(entry, wanted, visit.address.spoiler)]
    return dataclasses.replace(found, items=shown), len(shown) < len(found.items)


async def fetch_rows(vndb: Vndb, query: ListQuery[T], *, number: int) -> Found[T]:
    """The rows of one page of a list, with `more` and `count` as for the whole of it."""
    start = (number - 1) * ROWS
    block = await vndb.fetch_list(dataclasses.replace(query, page=start // BLOCK + 1, results=BLOCK))
    first = start % BLOCK
    more = block.more or len(block.items) > first + ROWS
    return dataclasses.replace(block, items=block.items[first : first + ROWS], more=more)


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
        count=None if block.more else len(rows),  # VNDB counts names
    )


def _group(entries: Sequence[T], rows: dict[str, list[T]]) -> None:
    for entry in entries:
        rows.setdefault(str(getattr(entry, "id", "")), []).append(entry)


def cut_text(text: str) -> str:
    """As much of a searched text as an address can carry: of names that long, the beginning finds them as well."""
    return cut_bytes(text, TEXT_BYTES)


def _move(visit: Visit, place: str) -> Visit:
    return dataclasses.replace(visit, address=dataclasses.replace(visit.address, place=place))


def _turn_list(of: ListKind[T]) -> Route:
    async def show(groups: Groups, sources: Sources, visit: Visit) -> PageView:
        sorting, filtered = groups
        if not filtered:
            return await show_list(of, None, sorting, sources, visit)
        if visit.filter is None:
            raise InvalidInput("list", "has lost what was searched for; use the command again")
        return await show_list(of, await sources.vndb.normalise(of.kind, visit.filter), sorting, sources, visit)

    return f"list/{of.kind.prefix}/({'|'.join(of.sortings)})({re.escape(_FILTERED)})?", show


def _turn_found(of: ListKind[T]) -> Route:
    async def show(groups: Groups, sources: Sources, visit: Visit) -> PageView:
        return await show_found(of, decode_text(groups[0]), sources, visit)

    return f"find/{of.kind.prefix}/([A-Za-z0-9_-]+)", show


async def _show_birthday(groups: Groups, sources: Sources, visit: Visit) -> PageView:
    month, day = (int(group) for group in groups)
    born = where.CHARACTER.birthday.eq((month, day))
    when = f"on {day} {calendar.month_name[month]}" if day else f"in {calendar.month_name[month]}"
    return await show_rows(CHARACTERS, born, "name", sources, visit, heading=f"Characters born {when}")


ROUTES: tuple[Route, ...] = (
    _turn_list(VNS),
    _turn_list(RELEASES),
    _turn_list(CHARACTERS),
    _turn_list(STAFF),
    _turn_found(PRODUCERS),
    _turn_found(TAGS),
    _turn_found(TRAITS),
    ("birthday/(0?[1-9]|1[0-2])-([0-9]{1,2})", _show_birthday),
)
