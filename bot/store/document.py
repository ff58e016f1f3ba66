"""What was chosen as text, and back: whatever stands there, something safe comes out."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import cast

import msgspec

from bot.gate.chosen import Chosen
from bot.gate.declaration import AnySetting, Level
from bot.gate.setting import SETTINGS


def render_document(chosen: Chosen, kept: Mapping[str, object] = MappingProxyType({})) -> str:
    """The text that `parse_document` reads, with what is `kept`. What is lost stays lost until it is chosen again."""
    lost = {one.name: None for one in chosen.lost}
    values = {one.name: value for one, value in chosen.values.items()}
    return msgspec.json.encode({**lost, **kept, **values}, order="deterministic").decode()


def parse_document(text: str, level: Level) -> Chosen:
    """What was chosen. A setting that this version does not have is passed over; what cannot be read is lost."""
    here = _list_here(level)
    stored = _read_members(text)
    if stored is None:
        return Chosen(lost=frozenset(here))
    read = {one: one.form.parse(stored[one.name]) for one in here if one.name in stored}
    values: dict[AnySetting, object] = {one: value for one, value in read.items() if value is not None}
    return Chosen(values, frozenset(read.keys() - values.keys()))


def find_kept(text: str, chosen: Chosen, level: Level) -> Mapping[str, object]:
    """What stays of a document that becomes `chosen`: what only another version has there, and what is lost, as is."""
    replaced = {one.name for one in _list_here(level) if one not in chosen.lost}
    return {name: value for name, value in (_read_members(text) or {}).items() if name not in replaced}


def read_any(text: str) -> object:
    """What stands there, whatever that is; the text itself, if it is no JSON."""
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return text


def _list_here(level: Level) -> list[AnySetting]:
    return [one for one in SETTINGS.values() if level in one.levels]


def _read_members(text: str) -> dict[str, object] | None:
    found = read_any(text)
    return cast("dict[str, object]", found) if isinstance(found, dict) else None
