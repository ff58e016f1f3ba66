"""The `filters` member of a VNDB query: parsed, refused in the server's words, and held against an entry.

A table per kind of entry says which filters there are; `table` and `table_entry` have them.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec

from bot.playground.service.query_error import QueryError
from bot.playground.service.vndb.compact import decode_filter

T = TypeVar("T")

# More predicates and combinations than this are refused.
_MAX_NODES = 1001
# The server knows no such bound; Python's stack does.
_MAX_DEPTH = 400

_OPERATORS: Mapping[str, Callable[[float, float], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
}


def _itself(value: object) -> object:
    return value


@dataclass(frozen=True)
class Filter(Generic[T]):
    """One name to filter by: its compact number, how its value is read, how an entry is held to it.

    `read` returns the normal form of a value or raises ValueError. `ordered` filters know all six operators,
    others only equality. `nested`: the value is a filter of another kind of entry. `show`: what the normal form
    of the whole filter shows of the value.
    """

    num: int
    read: Callable[[object], object]
    test: Callable[[T, str, object], bool]
    ordered: bool = False
    nested: bool = False
    show: Callable[[object], object] = _itself


@dataclass(frozen=True)
class Match(Generic[T]):
    """One predicate. `value` is in its normal form; of a nested filter it is the inner condition."""

    name: str
    operator: str
    value: object
    filter: Filter[T]

    def test(self, entry: T) -> bool:
        """Whether the entry matches."""
        return self.filter.test(entry, self.operator, self.value)

    def normal(self) -> list[object]:
        """The form that `normalized_filters` shows."""
        inner = self.value.normal() if isinstance(self.value, Match | Combination) else self.filter.show(self.value)
        return [self.name, self.operator, inner]


@dataclass(frozen=True)
class Combination(Generic[T]):
    """`and` or `or` over conditions. An `and` over none holds for everything."""

    kind: str
    parts: tuple[Match[T] | Combination[T], ...]

    def test(self, entry: T) -> bool:
        """Whether the entry matches."""
        results = (part.test(entry) for part in self.parts)
        return all(results) if self.kind == "and" else any(results)

    def normal(self) -> list[object]:
        """The form that `normalized_filters` shows; `[]` for everything."""
        return [self.kind, *(part.normal() for part in self.parts)] if self.parts else []


def compare(left: float | None, sign: str, right: object) -> bool:
    """`left sign right` as SQL has it: what is unknown matches nothing."""
    if left is None or not isinstance(right, int | float):
        return False
    return _OPERATORS[sign](left, right)


def parse_filter(value: object, table: Mapping[str, Filter[T]]) -> Match[T] | Combination[T]:
    """The condition that `value` stands for: JSON, JSON in a string, or the compact form.

    Raises QueryError in the server's words.
    """
    if isinstance(value, str):
        value = _decode(value)
    if value is None or value == []:
        return Combination("and", ())
    if isinstance(value, int | float):
        raise _fault("Invalid compact encoded form")
    return _Parser(table).parse(value, depth=0)


def _decode(text: str) -> object:
    if not text.startswith("["):
        return decode_filter(text)
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise _fault("Invalid JSON") from error


class _Parser(Generic[T]):
    def __init__(self, table: Mapping[str, Filter[T]]) -> None:
        self._table = table
        self._by_number = {one.num: name for name, one in table.items()}
        self._nodes = 0

    def parse(self, value: object, *, depth: int) -> Match[T] | Combination[T]:
        self._nodes += 1
        if self._nodes > _MAX_NODES:
            raise _fault("Too many predicates")
        if not isinstance(value, list) or not value or depth > _MAX_DEPTH:
            raise _fault("Invalid query")
        parts = msgspec.convert(value, list[object])
        kind = parts[0]
        if isinstance(kind, str) and kind in {"and", "or"}:
            if len(parts) < 2:
                raise _fault("Invalid query")
            return Combination(kind, tuple(self.parse(one, depth=depth + 1) for one in parts[1:]))
        if len(parts) != 3:
            raise _fault("Invalid predicate")
        return self._match(kind, parts[1], parts[2])

    def _match(self, name: object, sign: object, value: object) -> Match[T]:
        if isinstance(name, int):
            name = self._by_number.get(name, name)
        found = self._table.get(name) if isinstance(name, str) else None
        if not isinstance(name, str) or found is None:
            raise QueryError(f"Invalid '{name}' filter: Unknown field.")
        if not isinstance(sign, str) or sign not in (_OPERATORS if found.ordered else ("=", "!=")):
            raise QueryError(f"Invalid '{name}' filter: Invalid operator.")
        try:
            return Match(name, sign, found.read(value), found)
        except ValueError as error:
            raise QueryError(f"Invalid '{name}' filter: Invalid value.") from error


def _fault(reason: str) -> QueryError:
    return QueryError(f"Invalid 'filters' member: {reason}")
