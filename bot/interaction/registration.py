"""What Discord is told of the commands, and whether it has been told so already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from discord import app_commands

AnyCommand = app_commands.Command[Any, ..., Any] | app_commands.Group | app_commands.ContextMenu

ADULT_OPTIONS = "__adult_options__"
"""The attribute of a command's callback with the names of its options that are for adults alone."""


def describe_command(command: AnyCommand, tree: app_commands.CommandTree[Any], *, adult: bool) -> dict[str, Any]:
    """What Discord is told of a command; without `adult`, nothing of the options that could give nothing then."""
    told = command.to_dict(tree)
    if not adult:
        _leave_out_adult(command, told)
    return told


def _leave_out_adult(command: AnyCommand, told: dict[str, Any]) -> None:
    if isinstance(command, app_commands.Group):
        parts = {part["name"]: part for part in told["options"]}
        for one in command.commands:
            _leave_out_adult(one, parts[one.name])
    elif isinstance(command, app_commands.Command):
        names = getattr(command.callback, ADULT_OPTIONS, frozenset[str]())
        told["options"] = [option for option in told["options"] if option["name"] not in names]


def normalise_commands(commands: Sequence[Mapping[str, Any]]) -> dict[tuple[int, str], object]:
    """Bring command definitions of ours and of Discord's to one form, so that equal ones compare equal.

    Discord adds ids and versions, and spells out defaults that we leave away (or the other way round).
    """
    return {(command.get("type", 1), command["name"]): _normalise(command) for command in commands}


# Discord's own bookkeeping, and members that repeat others.
_NOT_OURS = frozenset({"id", "application_id", "version", "guild_id", "dm_permission", "default_permission"})
_PERMISSIONS = "default_member_permissions"
_READ_ON = (dict, list)


def _normalise(value: object, member: str = "") -> object:
    # Some three thousand values at each start: `dict`, not `Mapping`, which takes a walk through its registry to ask.
    if isinstance(value, dict):
        known = cast("dict[str, object]", value)
        parts = {
            key: _normalise(part, key) if part.__class__ in _READ_ON or key == _PERMISSIONS else part
            for key, part in known.items()
            if key not in _NOT_OURS
        }
        if "name" in parts and "description" in parts:
            parts.setdefault("type", 1)
        return {key: part for key, part in parts.items() if part not in (None, False, [], {}, "")}
    if isinstance(value, list):
        items = [_normalise(item) for item in cast("list[object]", value)]
        # These are sets; the order of everything else (options, choices) is what people see.
        return sorted(items, key=str) if member in {"contexts", "integration_types", "channel_types"} else items
    if member == _PERMISSIONS and value is not None:
        return str(value)
    return value
