"""Reads the sample entries from `data` and adds those that are made rather than written."""

from __future__ import annotations

import functools
from datetime import UTC, date, datetime
from typing import TypeVar

import msgspec

from bot.playground.service.vndb.data import DATA, Library, Producer
from bot.playground.service.vndb.entry import (
    Character,
    Credit,
    Detail,
    Quote,
    Relation,
    Release,
    Staff,
    Trait,
    User,
    Voice,
)
from bot.playground.service.vndb.made import add_made
from bot.playground.service.vndb.stress import add_stress

T = TypeVar("T", bound=msgspec.Struct)


class _Producers(msgspec.Struct):
    producers: list[Producer]


class _Releases(msgspec.Struct):
    releases: list[Release]


class _Characters(msgspec.Struct):
    characters: list[Character]


class _Staff(msgspec.Struct):
    staff: list[Staff]
    credits: list[Credit]
    voices: list[Voice]


class _Traits(msgspec.Struct):
    traits: list[Trait]


class _Quotes(msgspec.Struct):
    quotes: list[Quote]


class _Details(msgspec.Struct):
    relations: list[Relation]
    details: dict[str, Detail]


class _Users(msgspec.Struct):
    users: list[User]


def load_library(today: date | None = None) -> Library:
    """The sample data that comes with the program. Some releases are dated by `today` (UTC by default)."""
    return _load(today or datetime.now(UTC).date())


@functools.lru_cache(maxsize=4)
def _load(today: date) -> Library:
    return add_stress(add_made(_read_written(), today=today))


def _read_written() -> Library:
    library = _read("vndb.json", Library)
    producers = {one.id: one for one in (*library.producers, *_read("vndb_producer.json", _Producers).producers)}
    staff, details = _read("vndb_staff.json", _Staff), _read("vndb_detail.json", _Details)
    return msgspec.structs.replace(
        library,
        producers=list(producers.values()),
        releases=_read("vndb_release.json", _Releases).releases,
        characters=_read("vndb_character.json", _Characters).characters,
        staff=staff.staff,
        credits=staff.credits,
        voices=staff.voices,
        traits=_read("vndb_trait.json", _Traits).traits,
        quotes=_read("vndb_quote.json", _Quotes).quotes,
        relations=details.relations,
        details=details.details,
        users=_read("vndb_user.json", _Users).users,
    )


def _read(name: str, kind: type[T]) -> T:
    return msgspec.json.decode((DATA / name).read_bytes(), type=kind)
