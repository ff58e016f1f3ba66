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
# The order of everything else (options, choices) is what people see.
_SETS = frozenset({"contexts", "integration_types", "channel_types"})
_PERMISSIONS = "default_member_permissions"


def _normalise(members: Mapping[str, Any]) -> dict[str, object]:
    """Without what is empty. There are some three thousand values at each start."""
    parts: dict[str, object] = {}
    for key, part in members.items():
        if key == _PERMISSIONS and part is not None:
            parts[key] = str(part)  # 0 is nobody but administrators
        elif part and key not in _NOT_OURS:
            parts[key] = _normalise_list(key, cast("list[Any]", part)) if isinstance(part, list) else part
    if "name" in parts and "description" in parts:
        parts.setdefault("type", 1)
    return parts


def _normalise_list(member: str, items: list[Any]) -> list[Any]:
    if member in _SETS:
        return sorted(items, key=str)
    return [_normalise(cast("dict[str, Any]", item)) if isinstance(item, dict) else item for item in items]
