"""Filters for VNDB's queries, built from typed parts and checked before they are sent.

    all_of(where.VN.olang.eq("ja"), any_of(where.VN.rating.ge(80), where.VN.votecount.gt(1000)))

Which filters there are is the business of `where`. A refused filter costs execution time like any other, and its
one line of text names no remedy: so it is refused here, as `InvalidInput`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar, cast

import msgspec

from bot.errors import InvalidInput

Json: TypeAlias = str | int | float | Sequence["Json"] | None

E = TypeVar("E", bound=msgspec.Struct)
N = TypeVar("N", bound=msgspec.Struct)
V = TypeVar("V")

MAX_NODES = 1000
"""Predicates and and/or nodes a query may have; the server answers more with 400."""

_EQUALITY = ("=", "!=")


@dataclass(frozen=True, slots=True)
class Filter(Generic[E]):
    """One checked filter of entries of the kind E, as the nested tuples that stand for VNDB's arrays.

    `nodes`: how many predicates and combinations it has, those of filters inside it included.
    """

    json: Json
    nodes: int = 1


@dataclass(frozen=True, slots=True)
class CompactFilter(Generic[E]):
    """A filter as VNDB's web pages write it into their address. The server takes it only as the whole query."""

    text: str


@dataclass(frozen=True)
class Equality(Generic[E, V]):
    """A filter of E that still lacks operator and value. `check` raises `ValueError` for what VNDB would refuse.

    The methods raise `InvalidInput` for such a value.
    """

    name: str
    check: Callable[[object], Json]

    def eq(self, value: V) -> Filter[E]:
        """Equal; for a filter with many values per entry: one of them is equal."""
        return self._compare("=", value)

    def ne(self, value: V) -> Filter[E]:
        """Not equal; for a filter with many values per entry: none of them is equal."""
        return self._compare("!=", value)

    def _compare(self, operator: str, value: object) -> Filter[E]:
        try:
            return Filter((self.name, operator, self.check(value)))
        except ValueError as error:
            raise InvalidInput(f"filter {self.name}", str(error)) from None


@dataclass(frozen=True)
class NullableEquality(Equality[E, V]):
    """An `Equality` that also takes None: what is unknown, or is not there."""

    def eq(self, value: V | None) -> Filter[E]:
        """Equal; see `Equality.eq`."""
        return self._compare("=", value)

    def ne(self, value: V | None) -> Filter[E]:
        """Not equal; see `Equality.ne`."""
        return self._compare("!=", value)

    def _compare(self, operator: str, value: object) -> Filter[E]:
        if value is None and operator in _EQUALITY:  # the server takes None with an order too, and means nothing by it
            return Filter((self.name, operator, None))
        return super()._compare(operator, value)


@dataclass(frozen=True)
class Order(Equality[E, V]):
    """An `Equality` whose values have an order. For most filters an unknown value is on neither side of any other."""

    def ge(self, value: V) -> Filter[E]:
        """At least."""
        return self._compare(">=", value)

    def gt(self, value: V) -> Filter[E]:
        """More than."""
        return self._compare(">", value)

    def le(self, value: V) -> Filter[E]:
        """At most."""
        return self._compare("<=", value)

    def lt(self, value: V) -> Filter[E]:
        """Less than."""
        return self._compare("<", value)


@dataclass(frozen=True)
class NullableOrder(Order[E, V], NullableEquality[E, V]):
    """An `Order` whose equality takes None."""


@dataclass(frozen=True)
class ClassOrder(Order[E, int]):
    """The order of a few numbered classes, the last of which is `highest`, counted up.

    VNDB's page promises an order for length, its server takes only = and !=.
    """

    highest: int

    def _compare(self, operator: str, value: object) -> Filter[E]:
        exact = super()._compare(operator, value)
        if operator in _EQUALITY:
            return exact
        checked = cast("tuple[str, str, int]", exact.json)[2]
        classes = {
            ">=": range(checked, self.highest + 1),
            ">": range(checked + 1, self.highest + 1),
            "<=": range(1, checked + 1),
            "<": range(1, checked),
        }[operator]
        if not classes:
            raise InvalidInput(f"filter {self.name}", f"is never {operator} {checked}")
        return any_of(*(self.eq(one) for one in classes))


@dataclass(frozen=True)
class Match(Generic[E, V]):
    """A filter of E that cannot be turned round: the server takes no other operator, or pays no heed to it."""

    name: str
    check: Callable[[object], Json]

    def eq(self, value: V) -> Filter[E]:
        """Equal."""
        return Equality[E, V](self.name, self.check).eq(value)


@dataclass(frozen=True)
class Nested(Generic[E, N]):
    """A filter of E by entries of the kind N that belong to it."""

    name: str

    def eq(self, value: Filter[N]) -> Filter[E]:
        """At least one such entry matches."""
        return self._compare("=", value)

    def ne(self, value: Filter[N]) -> Filter[E]:
        """No such entry matches."""
        return self._compare("!=", value)

    def _compare(self, operator: str, value: Filter[N]) -> Filter[E]:
        return _limit(Filter((self.name, operator, value.json), 1 + value.nodes))


def all_of(*filters: Filter[E]) -> Filter[E]:
    """Everything that all the filters match; at least one."""
    return _combine("and", filters)


def any_of(*filters: Filter[E]) -> Filter[E]:
    """Everything that one of the filters matches; at least one."""
    return _combine("or", filters)


def compact(text: str, _: type[E]) -> CompactFilter[E]:
    """Take a filter of that kind of entry from an advanced search's address (`f=…`). Raises `InvalidInput` if none."""
    # A text to search for stands in it as it is, but for ASCII.
    if not re.fullmatch(r"[0-9A-Za-z_\-\u0080-\ud7ff\ue000-\U0010ffff]{2,4000}", text):
        raise InvalidInput("compact filter", "is not one")
    return CompactFilter(text)


def _combine(word: str, filters: tuple[Filter[E], ...]) -> Filter[E]:
    if not filters:
        raise InvalidInput(f"{word} filter", "needs at least one filter")
    if len(filters) == 1:
        return filters[0]
    return _limit(Filter((word, *(part.json for part in filters)), 1 + sum(part.nodes for part in filters)))


def _limit(wanted: Filter[E]) -> Filter[E]:
    if wanted.nodes > MAX_NODES:
        raise InvalidInput("filter", f"has more than {MAX_NODES} parts")
    return wanted
