"""What a PATCH of the sample VNDB may hold: read, checked member by member, and refused in the server's words.

The server is written in Perl: numbers and texts are taken for one another, true is 1, and an empty text is no value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import msgspec
from msgspec import UNSET, UnsetType

from bot.playground.service.query_error import QueryError
from bot.playground.service.vndb.query import decode_body

_MOST_NOTES = 2000
_MOST_LABEL = 1600
_MOST_STATUS = 4
_DAY = re.compile(r"(?:19[7-9][0-9]|20[0-9]{2})-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])")
_NUMBER = re.compile(r"([0-9]{1,9})(?:\.0+)?")
BAD_BODY = "Invalid request body."


@dataclass(frozen=True)
class EntryChange:
    """What a PATCH changes of an entry; what is unset stays. Dates look like dates, but the day may not exist."""

    vote: int | UnsetType | None = UNSET
    notes: str | UnsetType | None = UNSET
    started: str | UnsetType = UNSET
    finished: str | UnsetType = UNSET
    labels: frozenset[int] | UnsetType = UNSET
    labels_set: frozenset[int] = frozenset()
    labels_unset: frozenset[int] = frozenset()


@dataclass(frozen=True)
class ReleaseChange:
    """What a PATCH changes of a release."""

    status: int | UnsetType = UNSET


def read_entry_change(body: bytes) -> EntryChange:
    """The JSON of PATCH /ulist. Raises QueryError in the server's words."""
    return msgspec.convert(_read(body, _ENTRY), EntryChange)


def read_release_change(body: bytes) -> ReleaseChange:
    """The JSON of PATCH /rlist. Raises QueryError in the server's words."""
    return msgspec.convert(_read(body, _RELEASE), ReleaseChange)


def _read(body: bytes, readers: Mapping[str, Callable[[object], object]]) -> Mapping[str, object]:
    try:
        members = decode_body(body)
    except QueryError as error:
        raise QueryError(BAD_BODY) from error
    for name in sorted(members):
        if name not in readers:
            raise QueryError(f"Unknown member '{name}'.")
    checked: dict[str, object] = {}
    for name in sorted(members):
        try:
            checked[name] = readers[name](members[name])
        except ValueError as error:
            raise QueryError(f"Invalid '{name}' member.") from error
    return checked


def _read_vote(value: object) -> int | None:
    return _read_number(value, least=10, most=100) if _read_text(value) else None


def _read_status(value: object) -> int:
    return _read_number(value, least=0, most=_MOST_STATUS) if _read_text(value) else 0


def _read_notes(value: object) -> str | None:
    text = _read_text(value)
    if len(text) > _MOST_NOTES:
        raise ValueError(value)
    return text or None


def _read_day(value: object) -> str:
    text = _read_text(value)
    if not _DAY.fullmatch(text):
        raise ValueError(value)
    return text


def _read_labels(value: object) -> list[int]:
    if value is None or value == "":
        return []
    labels = msgspec.convert(value, list[object])  # its error is a ValueError
    return [_read_number(one, least=1, most=_MOST_LABEL) for one in labels]


def _read_number(value: object, *, least: int, most: int) -> int:
    found = _NUMBER.fullmatch(_read_text(value))
    if not found or not least <= int(found[1]) <= most:
        raise ValueError(value)
    return int(found[1])


def _read_text(value: object) -> str:
    """The text of what is not an array or an object, as Perl writes it; null is none."""
    if value is None or value is False:
        return ""
    if value is True:
        return "1"
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, int):
        return str(value)
    if not isinstance(value, str):
        raise ValueError(value)  # noqa: TRY004 - what is read is refused with one kind of error
    return value.replace("\r", "").strip()


_ENTRY: Mapping[str, Callable[[object], object]] = {
    "vote": _read_vote,
    "notes": _read_notes,
    "started": _read_day,
    "finished": _read_day,
    "labels": _read_labels,
    "labels_set": _read_labels,
    "labels_unset": _read_labels,
}
_RELEASE: Mapping[str, Callable[[object], object]] = {"status": _read_status}
