"""Titles and names in the language that was chosen: what stands first, and what beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar, cast

import msgspec
from msgspec import structs

from bot.cards.text import one_line
from bot.gate.setting import TITLE_LANGUAGE, TitleLanguage
from bot.navigation.viewer import Viewer
from bot.vndb.api.model import Character, Producer, Release, Staff, StaffAlias, Vn

T = TypeVar("T", bound=msgspec.Struct)

# The fields that hold other entries, one or a list of them.
_INSIDE = (
    "aliases",
    "character",
    "developers",
    "producers",
    "relations",
    "release",
    "releases",
    "screenshots",
    "staff",
    "va",
    "vn",
    "vns",
)


def retitle(entry: T, viewer: Viewer) -> T:
    """An entry, and all inside it, as it is called where it is shown.

    `title` or `name` is what stands first, `alttitle` or `original` what stands second. Of a staff alias `latin` stands
    first. A title that was not asked for is not there to choose. To do it twice would undo it: each `render_` does it
    once, to what comes in.
    """
    language = viewer.rules[TITLE_LANGUAGE]
    return entry if language == "romanised" else _retitle(entry, language)


def _retitle(entry: T, language: TitleLanguage) -> T:
    held = {name: value for name in _INSIDE if (value := getattr(entry, name, None))}
    inside = {name: _retitle_within(value, language) for name, value in held.items()}
    return structs.replace(entry, **{**inside, **_reorder(entry, language)})


def _retitle_within(value: object, language: TitleLanguage) -> object:
    if isinstance(value, list):
        return [_retitle_within(one, language) for one in cast("Sequence[object]", value)]
    return _retitle(value, language) if isinstance(value, msgspec.Struct) else value


def _reorder(entry: msgspec.Struct, language: TitleLanguage) -> Mapping[str, Any]:
    """The fields of an entry that change."""
    native = language == "native"
    if isinstance(entry, Vn) and not native:
        first, second = _pick(_find_english(entry), entry.title, entry.alttitle)
        return {"title": first, "alttitle": second}
    if not native:
        return {}
    if isinstance(entry, Vn | Release):
        first, second = _pick(entry.alttitle, entry.title)
        return {"title": first, "alttitle": second}
    if isinstance(entry, Character | Producer | Staff):
        first, second = _pick(entry.original, entry.name)
        return {"name": first, "original": second}
    if isinstance(entry, StaffAlias) and one_line(entry.latin or ""):
        return {"name": entry.latin, "latin": entry.name}
    return {}


def _pick(*titles: str | None) -> tuple[str, str | None]:
    """The first two that are there and differ in more than the case of letters."""
    unique: dict[str, str] = {}
    for title in titles:
        if title and (shown := one_line(title).casefold()):
            unique.setdefault(shown, title)
    first, second, *_ = *unique.values(), "", ""
    return first, second or None


def _find_english(vn: Vn) -> str | None:
    """The English title, the official one if there are several."""
    titles = sorted((title for title in vn.titles if title.lang == "en"), key=lambda title: not title.official)
    return next((title.latin or title.title for title in titles), None)
