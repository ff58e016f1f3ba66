"""Filters as VNDB understood them, made into filters that it takes again.

Only as JSON can a filter from an address of VNDB's advanced search be joined with others.
"""

from __future__ import annotations

import re
from typing import Any, cast

import msgspec

from bot.errors import InvalidInput
from bot.service.body import decode
from bot.vndb.api.filter import MAX_NODES, CompactFilter, E, Filter, Json, compact

WHAT = "advanced search"
MAX_DEPTH = 50

_WORDS = ("and", "or")
_OPERATORS = ("=", "!=", ">=", ">", "<=", "<")


def read_given(text: str, model: type[E]) -> CompactFilter[E] | Filter[E]:
    """Read a filter as it was given: VNDB's compact form, or its JSON. Raises `InvalidInput` for JSON that is none.

    Whether VNDB understands it shows only when it is asked.
    """
    if not text.startswith("["):
        return compact(text, model)
    try:
        return Filter(cast("Json", decode(text.encode(errors="replace"), list[Any])))
    except msgspec.DecodeError:
        raise InvalidInput("filter", "is not JSON that can be read") from None


def find_json(text: str) -> str | None:
    """The filter in JSON that was pasted, alone or with the query around it, also as code; None if it is none.

    Raises `InvalidInput` for a query that cannot be read.
    """
    pasted = text.strip().strip("`").strip().removeprefix("json").lstrip()
    if not pasted.startswith("{"):
        return pasted if pasted.startswith("[") else None
    try:
        query = decode(pasted.encode(errors="replace"), _Query)
    except msgspec.DecodeError:
        raise InvalidInput("filter", "is not JSON that can be read") from None
    return msgspec.json.encode(query.filters).decode()


class _Query(msgspec.Struct):
    filters: list[Any]


class _Normalized(msgspec.Struct):
    normalized_filters: list[object]


def parse_normalized(body: bytes) -> Filter[Any]:
    """Read the filter from an answer to a query with `normalized_filters`. It is one of that query's kind.

    Raises `msgspec.DecodeError` if the answer has none, `InvalidInput` if it matches everything or is too large.
    """
    normalized = decode(body, _Normalized).normalized_filters
    if not normalized:
        raise InvalidInput(WHAT, "asks for nothing in particular")
    read = _parse(normalized, depth=0)
    if read.nodes > MAX_NODES - 2:  # so that one more can be joined to it
        raise InvalidInput(WHAT, "has too many parts")
    return read


def _parse(value: object, *, depth: int) -> Filter[Any]:
    if depth > MAX_DEPTH:
        raise InvalidInput(WHAT, "is nested too deeply")
    array = cast("list[Any]", value) if isinstance(value, list) else []
    if len(array) > 1 and array[0] in _WORDS:
        parts = [_parse(part, depth=depth + 1) for part in array[1:]]
        return Filter((array[0], *(part.json for part in parts)), 1 + sum(part.nodes for part in parts))
    if len(array) != 3 or array[1] not in _OPERATORS:
        raise msgspec.DecodeError("no filter")
    return _parse_predicate(array[0], array[1], array[2], depth=depth)


def _parse_predicate(name: str, operator: str, value: Json, *, depth: int) -> Filter[Any]:
    if name == "released" and re.fullmatch("[0-9]{1,8}", str(value)):  # `today` comes as text: "1"
        return Filter((name, operator, _format_date(int(str(value)))))
    if not _is_filter(value):
        return Filter((name, operator, value))
    inner = _parse(value, depth=depth + 1)
    return Filter((name, operator, inner.json), 1 + inner.nodes)


def _is_filter(value: Json) -> bool:
    """Whether it is a filter, or a value of several members such as a tag with its levels."""
    if not isinstance(value, list) or not value or not isinstance(value[0], str):
        return False
    return value[0] in _WORDS or (len(value) == 3 and value[1] in _OPERATORS)


def _format_date(number: int) -> str | None:
    """`20100101` is 2010-01-01; 99 stands for every day or month, and some numbers for no date at all."""
    special = {0: None, 1: "today", 99999999: "TBA"}
    if number in special:
        return special[number]
    year, month, day = f"{number:08}"[:4], f"{number:08}"[4:6], f"{number:08}"[6:]
    return "-".join([year, *([] if month == "99" else [month]), *([] if day == "99" else [day])])
