"""How the values of VNDB's filters are read, and the usual kinds of filters.

A reader returns the normal form of a value or raises ValueError.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TypeVar

import msgspec

from bot.playground.service.query_error import QueryError
from bot.playground.service.vndb.date import parse_date
from bot.playground.service.vndb.filter import Combination, Filter, Match, compare, parse_filter
from bot.playground.service.vndb.link import Link, find_link, is_site

T = TypeVar("T")
U = TypeVar("U")
Reader = Callable[[object], object]

_TODAY = 1
MAX_INTEGER = 2**31 - 1


def build_number(
    num: int,
    read: Reader,
    get: Callable[[T], float | None],
    *,
    ordered: bool = True,
    prefix: str = "",
    nullable: bool = False,
) -> Filter[T]:
    """A filter by one number, or by an id with a letter before its number. Null is matched by what is unknown."""

    def test(entry: T, sign: str, value: object) -> bool:
        if value is None:
            return (get(entry) is None) == (sign == "=")
        right = int(value.removeprefix(prefix)) if isinstance(value, str) else value
        return compare(get(entry), sign, right)

    return Filter(num, or_null(read) if nullable else read, test, ordered=ordered)


def build_many(num: int, read: Reader, has: Callable[[T, object], bool]) -> Filter[T]:
    """A filter that an entry passes if it has the value; `!=` is the rest."""

    def test(entry: T, sign: str, value: object) -> bool:
        return has(entry, value) == (sign == "=")

    return Filter(num, read, test)


def build_flag(num: int, has: Callable[[T], bool | None]) -> Filter[T]:
    """A filter whose only value is 1. What is unknown passes neither way."""

    def test(entry: T, sign: str, value: object) -> bool:  # noqa: ARG001 - it is 1
        found = has(entry)
        return found is not None and found == (sign == "=")

    return Filter(num, between(1, 1), test)


def build_nested(num: int, table: Callable[[], Mapping[str, Filter[U]]], get: Callable[[T], Iterable[U]]) -> Filter[T]:
    """A filter whose value is a filter of other entries, of which one must match."""

    def read(value: object) -> Match[U] | Combination[U]:
        return parse_filter(read_list(value), table())

    def test(entry: T, sign: str, value: object) -> bool:
        found = isinstance(value, Match | Combination) and any(value.test(one) for one in get(entry))
        return found == (sign == "=")

    return Filter(num, read, test, nested=True)


def build_released(num: int, get: Callable[[T], int]) -> Filter[T]:
    """A filter by date. `today` is the day of the question."""

    def test(entry: T, sign: str, value: object) -> bool:
        if value == _TODAY:
            value = int(datetime.now(UTC).strftime("%Y%m%d"))
        return compare(get(entry), sign, value)

    # The server keeps what it was given for a number as the text that it became.
    return Filter(num, _read_date, test, ordered=True, show=lambda value: str(value) if value == _TODAY else value)


def build_links_filter(num: int, get: Callable[[T], Sequence[Link]]) -> Filter[T]:
    """A filter by a site's name, a site with an identifier, or an address."""

    def has(entry: T, value: object) -> bool:
        if isinstance(value, str):
            return any(one.site == value for one in get(entry))
        return any([one.site, one.id] == value for one in get(entry))

    return build_many(num, _read_link, has)


def read_list(value: object) -> list[object]:
    """The parts of an inner filter. Raises QueryError in the server's words."""
    try:
        return msgspec.convert(value, list[object])
    except msgspec.ValidationError as error:
        raise QueryError("Invalid 'filters' member: Invalid query") from error


def read_text(value: object) -> object:
    """Any text."""
    if not isinstance(value, str):
        raise ValueError(value)  # noqa: TRY004 - every fault of a value is one to the caller
    return value


def read_integer(value: object) -> int:
    """A whole number, which may stand in a string."""
    if isinstance(value, str) and re.fullmatch(r"0|[1-9][0-9]{0,9}", value):
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(value)  # noqa: TRY004 - every fault of a value is one to the caller
    return value


def read_pair(value: object) -> tuple[int, int]:
    """Two whole numbers, such as a width and a height."""
    first, second = msgspec.convert(value, tuple[object, object])
    return read_integer(first), read_integer(second)


def or_null(read: Reader) -> Reader:
    """The same, with null for a value of its own."""
    return lambda value: None if value is None else read(value)


def one_of(known: Container[str]) -> Reader:
    """One of these texts."""

    def read(value: object) -> object:
        if not isinstance(value, str) or value not in known:
            raise ValueError(value)
        return value

    return read


def between(least: int, most: int) -> Reader:
    """A whole number in these bounds, both included."""

    def read(value: object) -> object:
        number = read_integer(value)
        if not least <= number <= most:
            raise ValueError(value)
        return number

    return read


def entry_id(letter: str) -> Reader:
    """An id such as `v17`, or its number."""

    def read(value: object) -> object:
        number = read_integer(value.removeprefix(letter) if isinstance(value, str) else value)
        if not 1 <= number <= MAX_INTEGER:
            raise ValueError(value)
        return f"{letter}{number}"

    return read


def _read_date(value: object) -> object:
    if value is None:
        return 0
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 99999999:
        return value
    if not isinstance(value, str):
        raise ValueError(value)  # noqa: TRY004 - every fault of a value is one to the caller
    return _TODAY if value.lower() == "today" else parse_date(value)


def _read_link(value: object) -> object:
    if isinstance(value, str) and "/" in value:
        link = find_link(value)
        if link is None:
            raise ValueError(value)
        return [link.site, link.id]
    if isinstance(value, str):
        return one_of_sites(value)
    site, number = msgspec.convert(value, tuple[object, object])
    if not isinstance(number, int | str):
        raise ValueError(value)  # noqa: TRY004 - every fault of a value is one to the caller
    return [one_of_sites(site), str(number)]


def one_of_sites(value: object) -> object:
    """The name of a known site."""
    if not isinstance(value, str) or not is_site(value):
        raise ValueError(value)
    return value
