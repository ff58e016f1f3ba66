"""What a panel says of a setting beside its value: what was saved, how that differs, and that it does nothing."""

from __future__ import annotations

from typing import cast

import msgspec

from bot.gate.chosen import Chosen, resolve
from bot.gate.declaration import AnySetting, Level
from bot.gate.setting import ADULT, CHANNEL_RULE, CHANNELS, GALLERIES, NON_H
from bot.settings.form import list_options, read_current


class Saved(msgspec.Struct, frozen=True):
    """A setting that was changed just now, with sentences (escaped already) about what becomes of it."""

    setting: AnySetting
    text: str = ""


def tell_saved(saved: Saved, chosen: Chosen, level: Level) -> str:
    """That it is saved, and as what."""
    value = describe(saved.setting, read_current(chosen, saved.setting, level), level)
    return f"✅ Saved: {saved.setting.label}: {value}" + (f"\n{saved.text}" if saved.text else "")


def describe(setting: AnySetting, value: object, level: Level) -> str:
    """A value as people read it: its label, or of a list how much is in it."""
    options = list_options(setting, level)
    if options:
        return next((option.label for option in options if option.stored == value), "")
    return str(len(cast("tuple[object, ...]", value or ()))) if value else "none"


def tell_difference(setting: AnySetting, chosen: Chosen, level: Level, server: Chosen | None) -> str:
    """That something else was chosen than what holds further out, and what that is; empty if nothing was."""
    if setting not in chosen.values:
        return ""
    if level == "person":
        return "your choice"
    if not list_options(setting, level):
        return "only here" if level == "channel" else "changed"
    if level == "channel" and server is not None:
        return f"only here; the server: {describe(setting, resolve(setting, server), 'server')}"
    return f"changed; at first: {describe(setting, setting.default, level)}"


def find_trap(setting: AnySetting, *levels: Chosen) -> str:
    """That what was chosen at these levels, the outermost first, does not do what it looks like; mostly empty."""
    if setting in (CHANNEL_RULE, CHANNELS):
        return _find_list_trap(*levels)
    needed = {GALLERIES: (ADULT,), NON_H: (GALLERIES, ADULT)}.get(setting, ()) if resolve(setting, *levels) else ()
    off = next((one.label for one in needed if not resolve(one, *levels)), "")
    return f"This does nothing while “{off}” is off." if off else ""


def _find_list_trap(*levels: Chosen) -> str:
    rule, listed = resolve(CHANNEL_RULE, *levels), resolve(CHANNELS, *levels)
    if rule == "only" and not listed:
        return "No channel is listed yet, so nothing is previewed anywhere."
    if rule == "except" and not listed:
        return "No channel is listed yet, so links are previewed in all channels."
    if rule == "all" and listed:
        return "The list does nothing while links are previewed in all channels."
    return ""
