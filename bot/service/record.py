"""Records read so that no odd one costs the rest of the page.

A record is decoded strictly first, since that is nearly always right and fast; what does not fit is decoded once more
field by field, and only the fields that make no sense are left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Generic, TypeVar, cast, get_args, get_origin, get_type_hints

import msgspec
from msgspec.structs import replace

from bot.service.body import decode

T = TypeVar("T")
S = TypeVar("S", bound=msgspec.Struct)


class Found(msgspec.Struct, Generic[T], frozen=True):
    """One page of what a query found. `age_s`: how long ago the service said so. `stale`: it could not be asked anew.

    `count` is how many there are on all pages, and `compact` VNDB's compact form of the query's filter; both are None
    unless they were asked for.
    """

    items: list[T]
    more: bool
    age_s: float = 0.0
    stale: bool = False
    count: int | None = None
    compact: str | None = None


class Card(msgspec.Struct, Generic[T], frozen=True):
    """One entry. `age_s` is how long ago the service said so; `stale`, that it could not be asked anew."""

    entry: T
    age_s: float = 0.0
    stale: bool = False

    def with_part(self, part: Found[Any]) -> Card[T]:
        """The card together with what was asked for besides: as old as the older of them."""
        return replace(self, age_s=max(self.age_s, part.age_s), stale=self.stale or part.stale)


def parse_record(raw: bytes | msgspec.Raw, kind: type[S]) -> S | None:
    """Read one record as far as it makes sense; None if a needed field is missing or it is no object at all."""
    try:
        return decode(raw, kind)
    except msgspec.DecodeError:
        pass
    try:
        return build_leniently(decode(raw, object), kind)
    except msgspec.DecodeError:
        return None


def build_leniently(value: object, kind: type[S]) -> S | None:
    """Build `kind` from a decoded object without the fields that do not fit; None if a needed one is missing."""
    if not isinstance(value, Mapping):
        return None
    record = cast("Mapping[str, object]", value)
    kept: dict[str, object] = {}
    for field, hint in _list_fields(kind):
        found = _fit(record.get(field.encode_name), hint)
        if found is not None:
            kept[field.name] = found
        elif field.required:
            return None
    return kind(**kept)


@cache
def _list_fields(kind: type[msgspec.Struct]) -> list[tuple[msgspec.structs.FieldInfo, object]]:
    """The fields of a model with their types."""
    hints = get_type_hints(kind)
    return [(field, hints[field.name]) for field in msgspec.structs.fields(kind)]


def _fit(value: object, hint: object) -> object | None:
    """`value` as `hint` describes it, with the unusable members of a list left out, or None."""
    if value is None:
        return None
    if get_origin(hint) is list:
        members = cast("Sequence[object]", value) if isinstance(value, list) else ()
        fitted = (_fit(member, get_args(hint)[0]) for member in members)
        return [member for member in fitted if member is not None]
    inner = [arm for arm in get_args(hint) if arm is not type(None)] or [hint]
    if isinstance(inner[0], type) and issubclass(inner[0], msgspec.Struct):
        return build_leniently(value, inner[0])
    try:
        return cast("object", msgspec.convert(value, type=hint))
    except msgspec.ValidationError:
        return None
