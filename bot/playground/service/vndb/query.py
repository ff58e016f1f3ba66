"""A VNDB query from its JSON to its answer: members, filters, fields, order and page, as on the server."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import msgspec

from bot.playground.service.query_error import QueryError
from bot.playground.service.vndb.compact import encode_filter
from bot.playground.service.vndb.data import names_one
from bot.playground.service.vndb.fields import estimate, parse_fields
from bot.playground.service.vndb.filter import Combination, Filter, Match, parse_filter
from bot.playground.service.vndb.row import select


class Entry(Protocol):
    """Anything with an id."""

    @property
    def id(self) -> str: ...


T = TypeVar("T", bound=Entry)
SortKey = Callable[[T], float | str | None]

_INVALID = "Invalid request (most likely: invalid JSON or non-UTF8 data)."
_NO_RANK = (
    '"searchrank" sort is only available when the top-level filter is "search", or an "and" with at most one "search".'
)
_MEMBERS = frozenset(
    {
        "filters",
        "fields",
        "sort",
        "reverse",
        "results",
        "page",
        "user",
        "count",
        "compact_filters",
        "normalized_filters",
        "time",
    }
)
# Reversed, these put what has no value first.
_NULL_FIRST_SORTS = frozenset({"vote", "voted", "started", "finished"})
NO_USER = 'Missing "user" parameter and not authenticated.'
# https://api.vndb.org/kana#usage-limits and the server's code: results times the fields expected of one.
_MAX_FIELDS = 100_000
# Halves of a pair are not UTF-8 either.
_UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True)
class Endpoint(Generic[T]):
    """One kind of entry that can be asked for.

    `entries` gives them in the order of ids. `row` shows one. `rank`: how well an entry fits a search, for
    `searchrank`. `numbers`: the compact numbers of all filters by endpoint or outer filter, then by name. `off_shelf`:
    ids of entries that have to be named.
    """

    path: str
    entries: Callable[[], Sequence[T]]
    row: Callable[[T], object]
    table: Mapping[str, Filter[T]]
    sorts: Mapping[str, SortKey[T]]
    rank: Callable[[T, str], int] | None
    schema: Mapping[str, Mapping[str, object]]
    numbers: Mapping[str, Mapping[str, int]]
    off_shelf: Collection[str] = ()

    @property
    def sort_names(self) -> Collection[str]:
        """What can be sorted by; the first is the default."""
        return [*self.sorts, *(["searchrank"] if self.rank else [])]

    def answer(self, query: Query) -> dict[str, object]:
        """The whole answer except `time`. Raises QueryError in the server's words."""
        return answer_query(query, self)


@dataclass(frozen=True)
class Query:
    """The members of a query, checked for their types; `filters` and `fields` are still as they were sent."""

    filters: object
    fields: str
    sort: str
    reverse: bool
    results: int
    page: int
    count: bool
    compact_filters: bool
    normalized_filters: bool
    time: bool
    user: str | None


def decode_body(body: bytes) -> dict[str, object]:
    """The JSON object of a request. Raises QueryError for all that the server takes for no JSON object."""
    try:
        decoded: object = json.loads(body.decode(), object_pairs_hook=_members, parse_constant=_refuse)
        found = _has_unfit(decoded)
    except (ValueError, RecursionError) as error:
        raise QueryError(_INVALID) from error
    if found or not isinstance(decoded, dict):
        raise QueryError(_INVALID)
    return msgspec.convert(decoded, dict[str, object])


def _refuse(constant: str) -> object:
    raise ValueError(constant)


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a member twice")
    return members


def parse_query(members: Mapping[str, object], sorts: Collection[str]) -> Query:
    """The checked members; null stands for the default. Raises QueryError in the server's words."""
    for name in members:
        if name not in _MEMBERS:
            raise QueryError(f"Unknown member '{name}'.")
    user = _parse_user(members.get("user"))
    sort = members.get("sort")
    sort = next(iter(sorts)) if sort is None else sort
    fields = members.get("fields")
    fields = "" if fields is None else fields
    if not isinstance(fields, str):
        raise _invalid("fields")
    if not isinstance(sort, str) or sort not in sorts:
        raise _invalid("sort")
    return Query(
        filters=members.get("filters"),
        fields=fields,
        sort=sort,
        reverse=_flag(members, "reverse"),
        results=_number(members, "results", default=10, least=0, most=100),
        page=_number(members, "page", default=1, least=1, most=1_000_000),
        count=_flag(members, "count"),
        compact_filters=_flag(members, "compact_filters"),
        normalized_filters=_flag(members, "normalized_filters"),
        time=_flag(members, "time"),
        user=user,
    )


def answer_query(query: Query, endpoint: Endpoint[T]) -> dict[str, object]:
    """The whole answer except `time`. Raises QueryError in the server's words."""
    condition = parse_filter(query.filters, endpoint.table)
    selection = parse_fields(query.fields, endpoint.path, endpoint.schema)
    estimated = query.results * estimate(selection)
    if estimated > _MAX_FIELDS:
        raise QueryError(f"Too much data selected (estimated {estimated} fields)")
    off_shelf = () if names_one(condition.normal()) else endpoint.off_shelf
    found = [entry for entry in endpoint.entries() if entry.id not in off_shelf and condition.test(entry)]
    ordered = _sort(found, query, condition, endpoint)
    start = query.results * (query.page - 1)
    page = ordered[start : start + query.results]
    answer: dict[str, object] = {
        "more": bool(query.results) and len(ordered) > start + query.results,
        "results": [select(endpoint.row(entry), selection) for entry in page],
    }
    if query.count:
        if endpoint.path == "/ulist" and (answer["more"] or not query.results):
            raise QueryError(NO_USER)  # the server forgets whose list it is where it has to count
        # The server counts what it has paged over, not what there is, once a page lies past the end.
        answer["count"] = len(ordered) if page or not query.results else start
    if query.compact_filters:
        answer["compact_filters"] = encode_filter(condition.normal(), endpoint.numbers, endpoint.path)
    if query.normalized_filters:
        answer["normalized_filters"] = condition.normal()
    return answer


def _sort(found: list[T], query: Query, condition: Match[T] | Combination[T], endpoint: Endpoint[T]) -> list[T]:
    if query.sort == "searchrank" and endpoint.rank is not None:
        rank = endpoint.rank
        text = _searched(condition)
        return sorted(found, key=lambda entry: rank(entry, text), reverse=query.reverse)
    key = endpoint.sorts[query.sort]
    keyed = [(value, entry) for entry in found if (value := key(entry)) is not None]
    # `found` is in the order of ids, and a stable sort keeps it among equals.
    ordered = [entry for _, entry in sorted(keyed, key=_first, reverse=query.reverse)]
    unknown = [entry for entry in found if key(entry) is None]
    # What has no value comes last, as PostgreSQL has it: first where the order of somebody's own facts is reversed.
    return unknown + ordered if query.reverse and query.sort in _NULL_FIRST_SORTS else ordered + unknown


def _first(pair: tuple[float | str, object]) -> tuple[float, str]:
    value = pair[0]
    return (0.0, value) if isinstance(value, str) else (value, "")


def _searched(condition: Match[T] | Combination[T]) -> str:
    parts: Sequence[object] = (condition,)
    if isinstance(condition, Combination) and condition.kind == "and":
        parts = condition.parts
    texts = [part.value for part in parts if isinstance(part, Match) and part.name == "search"]
    if len(texts) != 1:
        raise QueryError(_NO_RANK)
    return str(texts[0])


def _parse_user(user: object) -> str | None:
    if user is None:
        return None
    if isinstance(user, int) and not isinstance(user, bool) and user > 0:
        return f"u{user}"
    if not isinstance(user, str) or not re.fullmatch(r"u?[1-9][0-9]*", user):
        raise _invalid("user")
    return f"u{user.removeprefix('u')}"


def _flag(members: Mapping[str, object], name: str) -> bool:
    value = members.get(name)
    if value is None:
        return False
    if not isinstance(value, bool):
        raise _invalid(name)
    return value


def _number(members: Mapping[str, object], name: str, *, default: int, least: int, most: int) -> int:
    value = members.get(name)
    if value is None:
        return default
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,9}", value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise _invalid(name)
    return value


def _invalid(member: str) -> QueryError:
    return QueryError(f"Invalid '{member}' member.")


def _has_unfit(value: object) -> bool:
    if isinstance(value, str):
        return _UNFIT.search(value) is not None
    if isinstance(value, list):
        return any(_has_unfit(one) for one in msgspec.convert(value, list[object]))
    if isinstance(value, dict):
        members = msgspec.convert(value, dict[str, object])
        return any(_has_unfit(name) or _has_unfit(one) for name, one in members.items())
    return False
