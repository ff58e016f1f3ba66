"""The compact form of VNDB's filters, such as `033gja72_0bG5k80j`.

A query is a number (0 for `and`, 1 for `or`, else the filter's own), then the count of parts, or an operator
with the type of the value and the value. The forms of whole numbers, pairs of them, inner queries and texts are known;
a filter with another value is shown as JSON, which the server takes in a string as well.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from bot.playground.service.query_error import QueryError

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-"
_VALUES = {sign: value for value, sign in enumerate(_DIGITS)}
_SIGNS = ("=", "!=", ">=", ">", "<=", "<")
_KINDS = ("and", "or")
# First digit from which a number has this many more digits, and the least number of that form.
_FORMS = ((0, 0, 0), (49, 1, 49), (59, 2, 689), (60, 3, 4785), (61, 4, 266929), (62, 5, 17044145))
_ESCAPED = " !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"  # a text has `_` and the digit of its place instead
_MAX_DEPTH = 100
_IDS = frozenset({"id", "tag", "dtag", "trait", "dtrait", "developer_id", "producer_id"})

_INTEGER, _QUERY, _TEXT, _PAIR = 0, 1, 4, 5


def decode_filter(text: str) -> list[object]:
    """The filter as JSON, its names as numbers. Raises QueryError in the server's words."""
    reader = _Reader(text)
    decoded = reader.read_query(depth=0)
    if reader.rest:
        raise _fault("Trailing garbage")
    return decoded


def encode_filter(filters: list[object], numbers: Mapping[str, Mapping[str, int]], endpoint: str) -> str:
    """The compact form of normalized filters; `numbers`: the number of each filter by endpoint and name.

    An inner query's endpoint is found under the outer filter's name.
    """
    if not filters:
        return ""
    try:
        return _encode_query(filters, numbers, endpoint)
    except ValueError:
        return msgspec.json.encode(filters).decode()


def encode_number(number: int) -> str:
    """A whole number in as many digits as it needs."""
    for first, more, least in reversed(_FORMS):
        if number >= least:
            high, low = divmod(number - least, 64**more)
            digits = [low // 64**place % 64 for place in reversed(range(more))]
            return "".join(_DIGITS[digit] for digit in (first + high, *digits))
    raise ValueError(number)


def _encode_query(filters: list[object], numbers: Mapping[str, Mapping[str, int]], endpoint: str) -> str:
    name, *parts = filters
    if name in _KINDS:
        inner = "".join(_encode_query(msgspec.convert(one, list[object]), numbers, endpoint) for one in parts)
        return encode_number(_KINDS.index(str(name))) + encode_number(len(parts)) + inner
    sign, value = parts
    kind, encoded = _encode_value(str(name), value, numbers)
    number = numbers[endpoint][str(name)]
    return encode_number(number) + encode_number(_SIGNS.index(str(sign)) + 8 * kind) + encoded


def _encode_value(name: str, value: object, numbers: Mapping[str, Mapping[str, int]]) -> tuple[int, str]:
    if isinstance(value, int) or name == "released":  # of dates, today is a number in a text
        return _INTEGER, encode_number(int(str(value)))
    if isinstance(value, str):
        if name in _IDS and value[1:].isdigit():
            return _INTEGER, encode_number(int(value[1:]))
        return _encode_text(value)
    parts = msgspec.convert(value, list[object])
    if name in _IDS and not any(parts[1:]):
        return _encode_value(name, parts[0], numbers)
    if len(parts) == 2 and isinstance(parts[1], int):
        return _PAIR, "".join(encode_number(int(str(part).lstrip("iu"))) for part in parts)
    if name in numbers:
        return _QUERY, _encode_query(parts, numbers, name)
    raise ValueError(name)


def _encode_text(text: str) -> tuple[int, str]:
    escaped = "".join(f"_{_DIGITS[_ESCAPED.index(sign)]}" if sign in _ESCAPED else sign for sign in text)
    return (len(escaped), escaped) if len(escaped) in {2, 3} else (_TEXT, f"{escaped}-")


def _decode_text(escaped: str) -> str:
    first, *parts = escaped.split("_")
    if not all(part and _VALUES.get(part[0], len(_ESCAPED)) < len(_ESCAPED) for part in parts):
        raise _fault("Invalid compact encoded form")
    return first + "".join(_ESCAPED[_VALUES[part[0]]] + part[1:] for part in parts)


class _Reader:
    def __init__(self, text: str) -> None:
        self.rest = text

    def read_query(self, *, depth: int) -> list[object]:
        if depth > _MAX_DEPTH:
            raise _fault("Invalid compact encoded form")
        number = self._read_number()
        if number < len(_KINDS):
            count = self._read_number()
            return [_KINDS[number], *self._read_parts(count, depth=depth + 1)]
        kind, sign = divmod(self._read_number(), 8)
        if sign >= len(_SIGNS):
            raise _fault("Invalid compact encoded form")
        return [number, _SIGNS[sign], self._read_value(kind, depth=depth + 1)]

    def _read_parts(self, count: int, *, depth: int) -> list[object]:
        if count > len(self.rest):
            raise _fault("Invalid compact encoded form")
        return [self.read_query(depth=depth) for _ in range(count)]

    def _read_value(self, kind: int, *, depth: int) -> object:
        if kind == _INTEGER:
            return self._read_number()
        if kind == _PAIR:
            return [self._read_number(), self._read_number()]
        if kind == _QUERY:
            return self.read_query(depth=depth)
        if kind in {2, 3}:
            return _decode_text(self._take(kind))
        if kind == _TEXT and "-" in self.rest:
            escaped, _, self.rest = self.rest.partition("-")
            return _decode_text(escaped)
        raise _fault("Invalid compact encoded form")

    def _read_number(self) -> int:
        digit = self._digit()
        first, more, least = next(form for form in reversed(_FORMS) if digit >= form[0])
        number = digit - first
        for _ in range(more):
            number = number * 64 + self._digit()
        return number + least

    def _digit(self) -> int:
        sign = self._take(1)
        if sign not in _VALUES:
            raise _fault("Invalid compact encoded form")
        return _VALUES[sign]

    def _take(self, count: int) -> str:
        taken, self.rest = self.rest[:count], self.rest[count:]
        if len(taken) < count:
            raise _fault("Invalid compact encoded form")
        return taken


def _fault(reason: str) -> QueryError:
    return QueryError(f"Invalid 'filters' member: {reason}")
