"""Lists of what matches a filter.

A filter is too long for a button. It stands in the message's own link to VNDB, from which a page turn reads it: so it
survives a restart, needs no store, and is of use to people as well. VNDB's lists of tags and traits take a text
only; the rest stands in the address.
"""

from __future__ import annotations

import asyncio
import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

import msgspec

from bot.errors import InvalidInput, NotFound, ServiceError
from bot.links.target import SearchLink
from bot.navigation.address import Address
from bot.navigation.frame import Shown
from bot.navigation.page import Opened, Page, Visit, open_page
from bot.navigation.route import Part
from bot.navigation.viewer import Viewer
from bot.service.record import Found
from bot.vndb.api import kind as kinds
from bot.vndb.api import where
from bot.vndb.api.client import SERVICE, Vndb
from bot.vndb.api.filter import Filter, Json, all_of
from bot.vndb.api.model import Character, find_id
from bot.vndb.api.names import TAG_CATEGORIES, Names
from bot.vndb.api.query import MAX_RESULTS, ListQuery
from bot.vndb.cards.filter import describe_filter, find_entries
from bot.vndb.cards.list import build_search_url, build_text_url, can_carry, count_rows, read_search_url
from bot.vndb.pages.gate import add_label_fields, check_filter, may_tell
from bot.vndb.pages.list_kind import CHARACTERS, LISTS, TAGS, ListKind
from bot.vndb.pages.source import VndbSources

T = TypeVar("T", bound=msgspec.Struct)

BLOCK = 60  # one question serves several pages, of six, of ten
NAME_BLOCKS = 10  # questions for one page of staff by their names, of a hundred each
_FILTERED = ".f"
NAMED_AT_MOST = 5  # entries of a filter that are called by their names
_OF_PEOPLE = frozenset({"id", "lang", "gender", "type", "extlink"})  # the same of all the names that somebody has


@dataclass(frozen=True, slots=True)
class Matches(Generic[T]):
    """The rows of a page that give nothing away, and whether others are `hidden` since they do."""

    found: Found[T]
    hidden: bool


@dataclass(frozen=True, slots=True)
class Rows(Generic[T]):
    """A page of a list, and what `ListOptions` says of it. `heading` is escaped."""

    of: ListKind[T]
    matches: Matches[T]
    names: Names
    heading: str
    asked: str = ""
    carried: str | None = None
    of_entry: str | None = None

    def render(self, viewer: Viewer, address: Address) -> Shown:
        """The page."""
        return self.of.render(
            self.matches.found,
            heading=self.heading,
            names=self.names,
            viewer=viewer,
            address=address,
            carried=self.carried,
            of_entry=self.of_entry is not None,
            hidden=self.matches.hidden,
            credited=_find_credited(self.of, self.of_entry),
            asked=self.asked,
        )


@dataclass(frozen=True, slots=True)
class Selection:
    """What an address says of a list: the letter of its kind, its order, of tags the category, and whether the message
    carries a filter or a name.
    """

    prefix: str
    sorting: str
    category: str = ""
    filtered: bool = False


def _write_selection(selection: Selection) -> str:
    category = f".{selection.category}" if selection.category else ""
    return f"{selection.prefix}/{selection.sorting}{category}{_FILTERED if selection.filtered else ''}"


def _read_selection(text: str) -> Selection:
    prefix, _, order = text.partition("/")
    sorting, *further = order.removesuffix(_FILTERED).split(".")
    of, category = LISTS.get(prefix), "".join(further)
    if of is None or sorting not in of.sortings or (category and (of is not TAGS or category not in TAG_CATEGORIES)):
        raise ValueError(text)
    return Selection(prefix, sorting, category, order.endswith(_FILTERED))


@dataclass(frozen=True)
class EntryList(Page[VndbSources, Rows[Any]]):
    """Entries that match; the message carries what they are to match."""

    path = "list/{selection}"
    searches = True
    selection: Annotated[Selection, Part(r"[a-z]/[a-z]+(?:\.[a-z]+)*", _read_selection, _write_selection)]

    async def ask(self, visit: Visit[VndbSources]) -> Rows[Any]:
        of, chosen = LISTS[self.selection.prefix], self.selection
        carried = read_carried(visit) if chosen.filtered else None
        if chosen.filtered and carried is None:
            raise InvalidInput("list", "has lost what was searched for; use the command again")
        if not of.has_filter:
            wanted = build_named(of, carried or "", chosen.category)
        else:
            wanted = None if carried is None else await visit.sources.vndb.normalise(of.kind, carried)
        return await ask_list(of, wanted, chosen.sorting, visit, name=None if of.has_filter else carried)

    def show(self, asked: Rows[Any], viewer: Viewer, address: Address) -> Shown:
        return asked.render(viewer, address)


@dataclass(frozen=True)
class Birthday(Page[VndbSources, Rows[Character]]):
    """The characters born on a day of some month; on day 0, in all of it."""

    path = "birthday/{month}-{day}"
    month: Annotated[int, Part("0?[1-9]|1[0-2]", int)]
    day: Annotated[int, Part("[0-9]{1,2}", int)]

    async def ask(self, visit: Visit[VndbSources]) -> Rows[Character]:
        born = where.CHARACTER.birthday.eq((self.month, self.day))
        month = calendar.month_name[self.month]
        heading = f"Characters born {f'on {self.day} {month}' if self.day else f'in {month}'}"
        return await ask_rows(CHARACTERS, born, "name", visit, heading=heading)

    def show(self, asked: Rows[Character], viewer: Viewer, address: Address) -> Shown:
        return asked.render(viewer, address)


def read_carried(visit: Visit[VndbSources]) -> str | None:
    """The filter, in VNDB's compact form, or the name that the message carries."""
    search = visit.state.trail.search
    found = None if search is None else read_search_url([search])
    return found[1] if found else None


async def open_list(
    of: ListKind[T],
    wanted: Filter[T] | None,
    sorting: str,
    visit: Visit[VndbSources],
    *,
    name: str | None = None,
    category: str = "",
    matches: Matches[T] | None = None,
) -> Opened:
    """The first page of a list. `name` and `category`, where a list takes no filter, are what `wanted` asks for;
    `matches` are its rows, if they are at hand. Raises `InvalidInput`, `NotFound`.
    """
    filtered = wanted is not None if of.has_filter else bool(name)
    page = EntryList(Selection(of.kind.prefix, sorting, category, filtered))
    return open_page(page, await ask_list(of, wanted, sorting, visit, name=name, matches=matches))


async def ask_list(
    of: ListKind[T],
    wanted: Filter[T] | None,
    sorting: str,
    visit: Visit[VndbSources],
    *,
    name: str | None,
    matches: Matches[T] | None = None,
) -> Rows[T]:
    """A page of a list whose message carries the filter, or the `name`."""
    matches = matches or await fetch_matches(of, wanted, sorting, visit)
    carries = of.has_filter and wanted is not None
    if carries and not matches.found.items and visit.address.number == 1:
        raise await miss_wanted(of, wanted, matches.found, visit)
    names = await visit.sources.vndb.fetch_names()
    return Rows(
        of,
        matches,
        names,
        heading=(of.sortings[sorting].filtered if wanted else "") or of.sortings[sorting].heading,
        asked="" if wanted is None else await describe_wanted(visit.sources.vndb, wanted, names),
        carried=matches.found.compact if carries else name or None,
    )


async def miss_wanted(
    of: ListKind[T], wanted: Filter[T] | None, found: Found[T], visit: Visit[VndbSources], *, text: str = ""
) -> NotFound:
    """The error that nothing matches, with the conditions, VNDB's own search for it or for their `text`."""
    error = NotFound(SERVICE, f"{of.kind.noun} like that")
    if wanted is not None:
        error.asked = await describe_wanted(visit.sources.vndb, wanted, await visit.sources.vndb.fetch_names())
    if of.has_filter and found.compact and can_carry(url := build_search_url(of.kind.prefix, found.compact)):
        error.search = (f"Search on {SERVICE}", url)
    elif text:
        error.search = (f"Search on {SERVICE}", build_text_url(of.kind.prefix, text))
    return error


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


async def ask_rows(
    of: ListKind[T],
    wanted: Filter[T],
    sorting: str,
    visit: Visit[VndbSources],
    *,
    heading: str,
    of_entry: str | None = None,
) -> Rows[T]:
    """A page of a list whose address and `heading` say what is wanted. `of_entry`: the id of whose list it is."""
    more = kinds.CREDIT_FIELDS if _find_credited(of, of_entry) else ""
    matches = await fetch_matches(of, wanted, sorting, visit, more_fields=more)
    return Rows(of, matches, await visit.sources.vndb.fetch_names(), heading, of_entry=of_entry)


def _find_credited(of: ListKind[Any], of_entry: str | None) -> str | None:
    """Whose part in each novel is named."""
    return find_id(of_entry, kinds.STAFF.prefix) if of_entry and of.kind.key == kinds.VN.key else None


async def describe_wanted(vndb: Vndb, wanted: Filter[Any], names: Names) -> str:
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
    visit: Visit[VndbSources],
    *,
    more_fields: str = "",
) -> Matches[T]:
    """The rows of the visit's page. `more_fields` are for each row. Raises `InvalidInput` for what may not be asked
    for.
    """
    await check_filter(visit.sources.vndb, wanted, visit.viewer, spoiler=visit.address.spoiler)
    chosen = of.sortings[sorting]
    by_name = of.kind.key == kinds.STAFF.key and wanted is not None and not _is_of_people(wanted.json)
    wanted = wanted if by_name or chosen.only is None else _narrow(wanted, chosen.only)
    query = ListQuery(
        of.kind,
        wanted,
        sort=chosen.sort,
        reverse=chosen.reverse,
        fields=(add_label_fields(of.kind, wanted) or of.kind.row_fields) + more_fields,
        compact=wanted is not None,
    )
    fetch = _fetch_people if by_name else fetch_rows
    rows = count_rows(of.kind.prefix, visit.address)
    found = await fetch(visit.sources.vndb, query, number=visit.address.number, rows=rows)
    shown = [entry for entry in found.items if may_tell(entry, wanted, visit.address.spoiler)]
    return Matches(msgspec.structs.replace(found, items=shown), len(shown) < len(found.items))


async def fetch_rows(vndb: Vndb, query: ListQuery[T], *, number: int, rows: int, skip: int = 0) -> Found[T]:
    """The `rows` of one page of a list, with `more` as for the whole of it; `count` once its last block is known.

    VNDB is not asked for it: to count costs it far more than a page. The list begins after `skip` rows of the query.
    """
    start = skip + (number - 1) * rows
    page, first = start // BLOCK + 1, start % BLOCK
    block = await vndb.fetch_list(msgspec.structs.replace(query, page=page, results=BLOCK))
    if block.more and first + rows > BLOCK:
        rest = await vndb.fetch_list(msgspec.structs.replace(query, page=page + 1, results=BLOCK))
        block = msgspec.structs.replace(rest, items=block.items + rest.items, age_s=max(block.age_s, rest.age_s))
    more = block.more or len(block.items) > first + rows
    known = not block.more and (block.items or start < BLOCK)
    total = start - first + len(block.items) - skip if known else None
    return msgspec.structs.replace(block, items=block.items[first : first + rows], more=more, count=total)


async def _fetch_people(vndb: Vndb, query: ListQuery[T], *, number: int, rows: int) -> Found[T]:
    """The same for staff that are asked for by their names, each of which is a row: that many people, not names.

    On which row a page begins shows only from all before it. Raises `InvalidInput` for one that would take too many.
    """
    query = msgspec.structs.replace(query, results=MAX_RESULTS)
    block = await vndb.fetch_list(query)
    people: dict[str, list[T]] = {}
    _group(block.items, people)
    while block.more and len(people) <= number * rows:
        if query.page == NAME_BLOCKS:
            raise InvalidInput("page number", "is too high for this list; more conditions make it shorter")
        query = msgspec.structs.replace(query, page=query.page + 1)
        block = await vndb.fetch_list(query)
        _group(block.items, people)
    shown = list(people.values())[(number - 1) * rows : number * rows]
    return msgspec.structs.replace(
        block,
        items=[name for names in shown for name in names],
        more=len(people) > number * rows,
        count=None if block.more else len(people),
    )


def _is_of_people(json: Json) -> bool:
    """Whether a filter of staff finds all names that somebody has or none of them, so that the main one is enough."""
    if isinstance(json, str) or not isinstance(json, Sequence) or not json:
        return False
    if json[0] in {"and", "or"}:
        return all(map(_is_of_people, json[1:]))
    return json[0] in _OF_PEOPLE or list(json[:2]) == ["ismain", "="]  # as it is read back from a message


def _narrow(wanted: Filter[T] | None, only: Filter[T]) -> Filter[T]:
    """Both. What a filter itself asks of that stands, also what was added before it was read back from a message."""
    if wanted is None:
        return only
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
