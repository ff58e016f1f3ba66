"""Settings as text, and back: whatever stands there, something safe comes out."""

from __future__ import annotations

from typing import TypeVar, cast

import msgspec

from bot.gate.setting import ChannelSettings, PersonalSettings, ServerSettings

S = TypeVar("S", ServerSettings, ChannelSettings, PersonalSettings)

# What a field that cannot be read is taken for, where its default would show more.
_SAFE = {"galleries": False, "vndb": False, "anime": False, "non_h": False, "previews": False, "image_level": 0}

# When one of these cannot be read, nobody knows what it forbade: then all that is switched on is off.
_LIMITS = {"blocked_tags", "channel_rule", "channels", "roles"}
_SWITCHES = {"galleries", "vndb", "anime", "non_h", "previews", "dm_galleries"}


def render_document(settings: S) -> str:
    """The text that `parse_document` reads.

    Raises:
        msgspec.ValidationError: a field holds what its type does not allow.
    """
    text = msgspec.json.encode(settings)
    msgspec.json.decode(text, type=type(settings))
    return text.decode()


def parse_document(text: str, kind: type[S]) -> tuple[S, list[str]]:
    """The settings, and the names of the fields that could not be read. Unknown fields are passed over."""
    try:
        return msgspec.json.decode(text, type=kind), []
    except (msgspec.DecodeError, RecursionError):
        return _salvage(text, kind)


def _salvage(text: str, kind: type[S]) -> tuple[S, list[str]]:
    try:
        found = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        found = None
    names = kind.__struct_fields__
    if not isinstance(found, dict):
        return msgspec.convert({name: _SAFE[name] for name in names if name in _SAFE}, kind), list(names)
    values = cast("dict[str, object]", found)
    lost = [name for name in names if name in values and not _is_valid(name, values[name], kind)]
    kept = {name: values[name] for name in names if name in values and name not in lost}
    kept |= {name: _SAFE[name] for name in lost if name in _SAFE}
    if not _LIMITS.isdisjoint(lost):
        kept |= {name: False for name in names if name in _SWITCHES}
    return msgspec.convert(kept, kind), lost


def _is_valid(name: str, value: object, kind: type[S]) -> bool:
    try:
        msgspec.convert({name: value}, kind)
    except msgspec.ValidationError:
        return False
    return True
