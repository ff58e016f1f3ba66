"""Application commands: what Discord refuses, and what it gives back for those it took. Pure.

<https://discord.com/developers/docs/interactions/application-commands>
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from bot.playground.engine.fault import ApiError, Faults, Path

Payload = dict[str, Any]

CHAT_INPUT, USER, MESSAGE = 1, 2, 3
SUB_COMMAND, SUB_COMMAND_GROUP, STRING, INTEGER, BOOLEAN = 1, 2, 3, 4, 5
NUMBER = 10
_MOST = {CHAT_INPUT: 100, USER: 15, MESSAGE: 15}
_NAME = re.compile(r"[-_'\w]{1,32}")

# What Discord leaves out of an option when it holds nothing.
_OPTION_KEYS = (
    "required",
    "autocomplete",
    "choices",
    "channel_types",
    "min_value",
    "max_value",
    "min_length",
    "max_length",
)


def check_commands(commands: list[Payload]) -> None:
    """Raise 50035 (or 30032 when there are too many) for a list that Discord would refuse."""
    for kind, most in _MOST.items():
        if sum(1 for one in commands if one.get("type", CHAT_INPUT) == kind) > most:
            raise ApiError(30032)
    faults = Faults()
    seen: set[tuple[Any, Any]] = set()
    for number, command in enumerate(commands):
        key = (command.get("type", CHAT_INPUT), command.get("name"))
        if key in seen:
            message = "Application command names must be unique"
            faults.add((number, "name"), "APPLICATION_COMMANDS_DUPLICATE_NAME", message)
        seen.add(key)
        _check_command(command, (number,), faults)
    faults.raise_if_any()


def _check_command(command: Payload, path: Path, faults: Faults) -> None:
    kind = command.get("type", CHAT_INPUT)
    if kind not in _MOST:
        faults.add((*path, "type"), "BASE_TYPE_CHOICES", "Value must be one of {1, 2, 3, 4}.")
        return
    faults.check_list(command, "contexts", path, least=1, most=3)
    faults.check_list(command, "integration_types", path, least=1, most=2)
    if kind == CHAT_INPUT:
        _check_name(command, path, faults)
        faults.check_text(command, "description", path, least=1, most=100, required=True)
        _check_options(command, path, faults)
        if _size(command) > 8000:
            faults.add(path, "APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (8000)")
        return
    faults.check_text(command, "name", path, least=1, most=32, required=True)
    for key in ("description", "options"):
        if command.get(key):
            message = "Context menu commands cannot have this field"
            faults.add((*path, key), f"APPLICATION_COMMAND_CONTEXT_MENU_{key.upper()}", message)


def _check_name(holder: Payload, path: Path, faults: Faults) -> None:
    faults.check_text(holder, "name", path, least=1, most=32, required=True)
    name = holder.get("name")
    if isinstance(name, str) and name and (not _NAME.fullmatch(name) or name != name.lower()):
        faults.add((*path, "name"), "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")


def _size(holder: Payload) -> int:
    own = len(str(holder.get("name") or "")) + len(str(holder.get("description") or ""))
    own += sum(len(str(one.get("name"))) + len(str(one.get("value"))) for one in holder.get("choices") or ())
    return own + sum(map(_size, holder.get("options") or ()))


def _check_options(
    holder: Payload, path: Path, faults: Faults, *, inner: Sequence[int] = (SUB_COMMAND, SUB_COMMAND_GROUP)
) -> None:
    """`inner`: the kinds of subcommands that may stand here."""
    names: set[Any] = set()
    optional_seen = False
    for number, option in enumerate(faults.check_list(holder, "options", path, most=25)):
        here = (*path, "options", number)
        _check_name(option, here, faults)
        faults.check_text(option, "description", here, least=1, most=100, required=True)
        faults.check_number(option, "type", here, least=1, most=11, required=True)
        if option.get("name") in names:
            message = "Option names must be unique"
            faults.add(here, "APPLICATION_COMMAND_OPTIONS_NAME_NOT_UNIQUE", message)
        names.add(option.get("name"))
        if option.get("type") in (SUB_COMMAND, SUB_COMMAND_GROUP):
            if option["type"] not in inner:
                message = "Sub-command and sub-command group option types cannot stand here"
                faults.add((*here, "type"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", message)
            _check_options(option, here, faults, inner=(SUB_COMMAND,) if option["type"] == SUB_COMMAND_GROUP else ())
            continue
        if option.get("required") and optional_seen:
            message = "Required options must be placed before non-required options"
            faults.add(here, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message)
        optional_seen = optional_seen or not option.get("required")
        _check_value_option(option, here, faults)


def _check_value_option(option: Payload, path: Path, faults: Faults) -> None:
    choices = faults.check_list(option, "choices", path, most=25)
    if choices and option.get("autocomplete"):
        message = "Autocomplete and choices exclude each other"
        faults.add((*path, "autocomplete"), "APPLICATION_COMMAND_AUTOCOMPLETE_WITH_CHOICES", message)
    for number, choice in enumerate(choices):
        here = (*path, "choices", number)
        faults.check_text(choice, "name", here, least=1, most=100, required=True)
        if choice.get("value") is None:
            faults.required((*here, "value"))
        elif option.get("type") == STRING:
            faults.check_text(choice, "value", here, most=100)
    faults.check_number(option, "min_length", path, least=0, most=6000)
    faults.check_number(option, "max_length", path, least=1, most=6000)


def build_commands(
    commands: list[Payload],
    *,
    before: list[Payload],
    application_id: str,
    new_id: Callable[[], str],
    guild_id: str | None = None,
) -> list[Payload]:
    """The registered commands with defaults; ids are those of `before`, versions where nothing changed."""
    known = {(one["type"], one["name"]): one for one in before}
    return [
        _build_command(one, known, application_id=application_id, new_id=new_id, guild_id=guild_id) for one in commands
    ]


def _build_command(
    command: Payload,
    known: dict[tuple[int, str], Payload],
    *,
    application_id: str,
    new_id: Callable[[], str],
    guild_id: str | None,
) -> Payload:
    kind = command.get("type") or CHAT_INPUT
    permissions = command.get("default_member_permissions")
    dm_permission = command.get("dm_permission")
    built: Payload = {
        "application_id": application_id,
        "default_member_permissions": None if permissions is None else str(permissions),
        "type": kind,
        "name": command["name"],
        "name_localizations": command.get("name_localizations") or None,
        "description": command.get("description") or "",
        "description_localizations": command.get("description_localizations") or None,
        "dm_permission": True if dm_permission is None else dm_permission,
        "contexts": command.get("contexts"),
        "integration_types": command.get("integration_types") or [0],
        "nsfw": bool(command.get("nsfw")),
    }
    if guild_id is not None:
        built["guild_id"] = guild_id
        for key in ("dm_permission", "contexts", "integration_types"):
            del built[key]
    if command.get("options"):
        built["options"] = [_build_option(one) for one in command["options"]]
    old = known.get((kind, command["name"]))
    if old is not None and {k: v for k, v in old.items() if k not in ("id", "version")} == built:
        return old
    identity = old["id"] if old is not None else new_id()
    return {"id": identity, "version": new_id(), **built}


def _build_option(option: Payload) -> Payload:
    built: Payload = {
        "type": option["type"],
        "name": option["name"],
        "name_localizations": option.get("name_localizations") or None,
        "description": option["description"],
        "description_localizations": option.get("description_localizations") or None,
    }
    for key in _OPTION_KEYS:
        if option.get(key) not in (None, []) and option[key] is not False:  # 0 is a value
            built[key] = option[key]
    if "choices" in built:
        built["choices"] = [
            {"name": one["name"], "name_localizations": one.get("name_localizations"), "value": one["value"]}
            for one in built["choices"]
        ]
    if option.get("options"):
        built["options"] = [_build_option(one) for one in option["options"]]
    return built


def without_localizations(commands: list[Payload]) -> list[Payload]:
    """The commands as a GET without `with_localizations` gives them."""
    return [_strip(one) for one in commands]


_LOCALIZATIONS = frozenset({"name_localizations", "description_localizations"})


def _strip(holder: Payload) -> Payload:
    """Without the localizations; of what holds something, commands, options and choices have them."""
    kept = {key: one for key, one in holder.items() if key not in _LOCALIZATIONS}
    for key in ("options", "choices"):
        if key in kept:
            kept[key] = [_strip(one) for one in kept[key]]
    return kept
