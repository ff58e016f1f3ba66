"""What was chosen as text, and back: whatever stands there, something safe comes out."""

from __future__ import annotations

from typing import cast

import msgspec

from bot.gate.chosen import Chosen
from bot.gate.declaration import AnySetting, Level
from bot.gate.setting import SETTINGS


def render_document(chosen: Chosen) -> str:
    """The text that `parse_document` reads. What is lost stays lost until it is chosen again."""
    values = {one.name: value for one, value in chosen.values.items()}
    return msgspec.json.encode(values | {one.name: None for one in chosen.lost}, order="deterministic").decode()


def parse_document(text: str, level: Level) -> Chosen:
    """What was chosen. A setting that this version does not have is passed over; what cannot be read is lost."""
    here = [one for one in SETTINGS.values() if level in one.levels]
    found = read_any(text)
    if not isinstance(found, dict):
        return Chosen(lost=frozenset(here))
    stored = cast("dict[str, object]", found)
    read = {one: one.form.parse(stored[one.name]) for one in here if one.name in stored}
    values: dict[AnySetting, object] = {one: value for one, value in read.items() if value is not None}
    return Chosen(values, frozenset(read.keys() - values.keys()))


def read_any(text: str) -> object:
    """What stands there, whatever that is; the text itself, if it is no JSON."""
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return text
