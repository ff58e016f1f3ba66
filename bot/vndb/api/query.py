"""Queries: what is asked of one endpoint, and how much of it the server gives at once."""

from __future__ import annotations

import re
from typing import Generic, TypeAlias, TypeVar

import msgspec
from msgspec.structs import replace

from bot.errors import InvalidInput
from bot.vndb.api.filter import CompactFilter, Filter
from bot.vndb.api.kind import Kind
from bot.vndb.api.model import find_id

T = TypeVar("T", bound=msgspec.Struct)

MAX_RESULTS = 100
MAX_PAGE = 1_000_000
MAX_FIELDS = 50_000
"""Half of what the server selects in one query: its estimate is known for some fields only."""

# How many members the server takes an array to have, deduced from its refusals; the longest is our guess for others.
_LENGTHS = {"tags": 50, "va": 10, "vns": 3, "screenshots": 10}
_LENGTH = 20
_OBJECTS = frozenset({"image", "vn", "release", "character"})
_WORD = re.compile(r"[a-z_]+|[{},]")

_Tree: TypeAlias = dict[str, "_Tree"]


class ListQuery(msgspec.Struct, Generic[T], frozen=True):
    """One page of entries. `filters` None matches everything; `fields` None are the kind's row fields.

    `count` asks how many there are on all pages, `compact` for the filter in VNDB's compact form. `user` is the id of
    whose list it is, where the entries are those of a list.
    """

    kind: Kind[T]
    filters: Filter[T] | CompactFilter[T] | None = None
    sort: str = "id"
    reverse: bool = False
    page: int = 1
    results: int = 25
    fields: str | None = None
    count: bool = False
    compact: bool = False
    user: str | None = None


def build_query(query: ListQuery[T], *, normalized: bool = False) -> bytes:
    """Build the body of a query; `normalized` asks for the filter as the server understood it.

    Raises `InvalidInput`.
    """
    if not 0 <= query.results <= MAX_RESULTS:
        raise InvalidInput("results", f"must be 0 to {MAX_RESULTS}")
    if not 1 <= query.page <= MAX_PAGE:
        raise InvalidInput("page", f"must be 1 to {MAX_PAGE}")
    if query.user is not None and find_id(query.user, "u") is None:
        raise InvalidInput("user id", "must look like u2")
    body: dict[str, object] = {
        "fields": query.kind.row_fields if query.fields is None else query.fields,
        "sort": query.sort,
        "results": query.results,
        "time": True,
    }
    if query.filters is not None:
        filters = query.filters
        body["filters"] = filters.text if isinstance(filters, CompactFilter) else filters.json
    if query.page > 1:
        body["page"] = query.page
    if query.user is not None:
        body["user"] = query.user
    flags = {
        "reverse": query.reverse,
        "count": query.count,
        "compact_filters": query.compact,
        "normalized_filters": normalized,
    }
    body.update({name: True for name, wanted in flags.items() if wanted})
    return msgspec.json.encode(body, order="deterministic")


def split_query(query: ListQuery[T]) -> list[ListQuery[T]]:
    """The queries that together give the page, none of them too large for the server; in order, at least one."""
    most = choose_results(query.kind.row_fields if query.fields is None else query.fields, query.results)
    size = next((size for size in range(most, 0, -1) if query.results % size == 0), query.results)
    parts = query.results // size if size else 1
    first = (query.page - 1) * parts + 1
    return [replace(query, page=page, results=size) for page in range(first, first + parts)]


def choose_results(fields: str, wanted: int) -> int:
    """The most results, up to `wanted`, that the server gives at once with these fields."""
    return min(wanted, MAX_RESULTS, max(1, MAX_FIELDS // estimate_fields(fields, 1)))


def estimate_fields(fields: str, results: int) -> int:
    """How much data the server takes a query to select, or more. It refuses over 100 000.

    A field counts 1, and an object with it what it holds, as often as it may be there. The `id` comes unasked.
    """
    return results * _count_fields(_parse_fields(fields))


def _count_fields(tree: _Tree, of: str = "") -> int:
    # Some objects have no id. Counting one for each errs on the safe side.
    named = ((name, held) for name, held in tree.items() if name != "id")
    return 1 + sum(1 + (_find_length(name, of) * _count_fields(held, name) if held else 0) for name, held in named)


def _find_length(name: str, of: str) -> int:
    # Many people make a novel, one speaks a part.
    return 1 if name in _OBJECTS or (of, name) == ("va", "staff") else _LENGTHS.get(name, _LENGTH)


def _parse_fields(fields: str) -> _Tree:
    root: _Tree = {}
    open_trees, last = [root], root
    for word in _WORD.findall(fields):
        if word == "{":
            open_trees.append(last)
        elif word == "}":
            last = open_trees.pop()
        elif word == ",":
            last = open_trees[-1]
        else:  # after a dot, `last` is the object before it
            last = last.setdefault(word, {})
    return root
