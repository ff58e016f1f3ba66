"""Filters of POST /vn, built from typed parts and checked before they are sent.

    all_of(field("olang").eq("ja"), any_of(field("rating").ge(80), field("votecount").gt(1000)))

Which operators and values a filter takes is the table at https://api.vndb.org/kana#vn-filters. A refused filter costs
execution time like any other, and its one line of text names no remedy: so it is refused here, as `InvalidInput`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias, cast

from bot.errors import InvalidInput

Json: TypeAlias = str | int | float | Sequence["Json"] | None

MAX_NODES = 1000
"""Predicates and and/or nodes a query may have; a later version of the server answers more with 400."""


@dataclass(frozen=True, slots=True)
class Filter:
    """One checked filter, as the nested tuples that stand for VNDB's arrays. `nodes`: how many predicates it has."""

    json: Json
    nodes: int = 1


@dataclass(frozen=True, slots=True)
class CompactFilter:
    """A filter as VNDB's web pages write it into their address. The server takes it only as the whole query."""

    text: str


@dataclass(frozen=True, slots=True)
class _Kind:
    """What one filter takes: `check` raises `ValueError` for a value that the server would refuse."""

    check: Callable[[Json], Json]
    ordered: bool = False
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """A filter that still lacks operator and value. Each method raises `InvalidInput` for what VNDB would refuse."""

    name: str

    def eq(self, value: Json) -> Filter:
        """Equal; for a filter with many values per novel: one of them is equal."""
        return self._build("=", value)

    def ne(self, value: Json) -> Filter:
        """Not equal; for a filter with many values per novel: none of them is equal."""
        return self._build("!=", value)

    def ge(self, value: Json) -> Filter:
        """At least."""
        return self._build(">=", value)

    def gt(self, value: Json) -> Filter:
        """More than."""
        return self._build(">", value)

    def le(self, value: Json) -> Filter:
        """At most."""
        return self._build("<=", value)

    def lt(self, value: Json) -> Filter:
        """Less than."""
        return self._build("<", value)

    def _build(self, operator: str, value: Json) -> Filter:
        kind = _KINDS[self.name]
        if operator not in {"=", "!="} and not kind.ordered:
            raise InvalidInput(f"filter {self.name}", f"has no order, so it takes no {operator}")
        if value is None and kind.nullable:
            return Filter((self.name, operator, None))
        try:
            checked = kind.check(value)
        except ValueError as error:
            raise InvalidInput(f"filter {self.name}", str(error)) from None
        if self.name == "length" and operator not in {"=", "!="}:
            return _compare_length(operator, cast("int", checked))
        return Filter((self.name, operator, checked))


def field(name: str) -> Field:
    """Name a filter of POST /vn. Raises `InvalidInput` if there is none of that name."""
    if name not in _KINDS:
        raise InvalidInput(f"filter {name}", "is unknown")
    return Field(name)


def all_of(*filters: Filter) -> Filter:
    """Everything that all the filters match; at least one."""
    return _combine("and", filters)


def any_of(*filters: Filter) -> Filter:
    """Everything that one of the filters matches; at least one."""
    return _combine("or", filters)


def compact(text: str) -> CompactFilter:
    """Take a filter from the address of VNDB's advanced search (`f=…`). Raises `InvalidInput` if it is none."""
    if not re.fullmatch(r"[0-9A-Za-z_-]{2,4000}", text):
        raise InvalidInput("compact filter", "is not one")
    return CompactFilter(text)


def _combine(word: str, filters: tuple[Filter, ...]) -> Filter:
    if not filters:
        raise InvalidInput(f"{word} filter", "needs at least one filter")
    if len(filters) == 1:
        return filters[0]
    nodes = 1 + sum(part.nodes for part in filters)
    if nodes > MAX_NODES:
        raise InvalidInput(f"{word} filter", f"has more than {MAX_NODES} parts")
    return Filter((word, *(part.json for part in filters)), nodes)


def _compare_length(operator: str, value: int) -> Filter:
    # The page promises an order for length, the server's code knows only = and !=: five classes can be counted up.
    classes = {
        ">=": range(value, 6),
        ">": range(value + 1, 6),
        "<=": range(1, value + 1),
        "<": range(1, value),
    }[operator]
    if not classes:
        raise InvalidInput("filter length", f"is never {operator} {value}")
    return any_of(*(Filter(("length", "=", one)) for one in classes))


def _check_number(low: int, high: int) -> Callable[[Json], Json]:
    def check(value: Json) -> Json:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return value

    return check


def _check_text(pattern: str, meaning: str) -> Callable[[Json], Json]:
    compiled = re.compile(pattern)

    def check(value: Json) -> Json:
        if not isinstance(value, str) or not compiled.fullmatch(value):
            raise ValueError(f"must be {meaning}")
        return value

    return check


def _check_id(prefix: str) -> Callable[[Json], Json]:
    text = _check_text(prefix + r"[1-9][0-9]{0,6}", f"an id like {prefix}17")
    number = _check_number(1, 9_999_999)
    return lambda value: number(value) if isinstance(value, int) else text(value)


def _check_search(value: Json) -> Json:
    if not isinstance(value, str) or any(ord(sign) < 32 for sign in value):
        raise ValueError("must be text without control characters")
    return value


def _check_date(value: Json) -> Json:
    if not isinstance(value, str):
        value = ""
    if value.lower() in {"unknown", "today", "tba"}:
        return value.lower()
    found = re.fullmatch(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?", value)
    if not found:
        raise ValueError("must be YYYY, YYYY-MM, YYYY-MM-DD, TBA, unknown or today")
    year, month, day = (int(part or 1) for part in found.groups())
    try:
        date(year, month, day)
    except ValueError:
        raise ValueError("is no date") from None
    return value


def _check_tag(value: Json) -> Json:
    one = _check_id("g")
    if isinstance(value, (str, int)):
        return one(value)
    if not isinstance(value, Sequence) or len(value) != 3:
        raise ValueError("must be a tag id, or (tag id, highest spoiler level, lowest tag level)")
    tag, spoiler, level = value
    if not isinstance(level, (int, float)) or isinstance(level, bool) or not 0 <= level <= 3:
        raise ValueError("must have a tag level from 0 to 3")
    return (one(tag), _check_number(0, 2)(spoiler), level)


def _check_label(value: Json) -> Json:
    number = _check_number(0, 9_999_999)
    if isinstance(value, int):
        return number(value)
    if isinstance(value, str) or not isinstance(value, Sequence) or len(value) != 2:
        raise ValueError("must be a label id, or (user id, label id)")
    return (_check_id("u")(value[0]), number(value[1]))


def _check_nested(value: Json) -> Json:
    """A filter of another kind of entry. Only its shape is checked: its names are not those of POST /vn."""
    if isinstance(value, str) or not isinstance(value, Sequence) or not value:
        raise ValueError("must be a filter, as a sequence")
    if value[0] in ("and", "or"):
        if len(value) < 2:
            raise ValueError("must have something to combine")
        return (value[0], *(_check_nested(part) for part in value[1:]))
    name, operator = value[0], value[1] if len(value) > 1 else None
    if len(value) != 3 or not isinstance(name, str) or operator not in ("=", "!=", ">=", ">", "<=", "<"):
        raise ValueError("must be (name, operator, value)")
    return tuple(value)


# Codes of languages and platforms are checked in form only: VNDB adds some every year, and a code it does not know
# is refused with a text that says so.
_LANGUAGE = _Kind(_check_text(r"[a-z]{2,3}(?:-[A-Za-z]{2,4})?", "a language code like ja or zh-Hans"))
_FLAG = _Kind(_check_number(1, 1))
_TAG = _Kind(_check_tag)
_NESTED = _Kind(_check_nested)

_KINDS: dict[str, _Kind] = {
    "id": _Kind(_check_id("v"), ordered=True),
    "search": _Kind(_check_search),
    "lang": _LANGUAGE,
    "olang": _LANGUAGE,
    "platform": _Kind(_check_text(r"[a-z0-9]{2,4}", "a platform code like win or ps4")),
    "length": _Kind(_check_number(1, 5), ordered=True),
    "released": _Kind(_check_date, ordered=True, nullable=True),
    "rating": _Kind(_check_number(10, 100), ordered=True),
    "votecount": _Kind(_check_number(0, 2**31 - 1), ordered=True),
    "has_description": _FLAG,
    "has_anime": _FLAG,
    "has_screenshot": _FLAG,
    "has_review": _FLAG,
    "devstatus": _Kind(_check_number(0, 2)),
    "tag": _TAG,
    "dtag": _TAG,
    "anime_id": _Kind(_check_number(1, 2**31 - 1)),
    "label": _Kind(_check_label),
    "release": _NESTED,
    "character": _NESTED,
    "staff": _NESTED,
    "developer": _NESTED,
}
