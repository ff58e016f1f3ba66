"""What a person's Discord client does before a command reaches the bot: may it be used, is it complete."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.playground.engine import command as commands
from bot.playground.engine.interactions import FILE_AT_MOST, partial_channel
from bot.playground.engine.message import Upload
from bot.playground.engine.model import DM, Channel, Role, User
from bot.playground.engine.permission import Permission
from bot.playground.engine.world import World

Payload = dict[str, Any]

_GUILD, _BOT_DM = 0, 1
_OPTION_USER, _OPTION_CHANNEL, _OPTION_ROLE, _OPTION_MENTIONABLE = 6, 7, 8, 9
_OPTION_ATTACHMENT = 11
_TYPES: dict[int, tuple[type, ...]] = {
    commands.STRING: (str,),
    commands.INTEGER: (int,),
    commands.BOOLEAN: (bool,),
    commands.NUMBER: (int, float),
}


class PersonError(Exception):
    """Something that Discord's own client does not let a person do; the text says why."""


def find_command(world: World, user: User, channel: Channel, name: str, *, kind: int, user_install: bool) -> Payload:
    """The registered command, if this person can use it in this channel."""
    here = [*world.guild_commands.get(channel.guild_id or "", []), *world.commands]
    found = next((one for one in here if one["type"] == kind and one["name"] == name), None)
    if found is None:
        raise PersonError(f"There is no command {name!r}")
    reason = _why_not(world, user, channel, found, user_install=user_install)
    if reason is not None:
        raise PersonError(f"{name!r} cannot be used here: {reason}")
    return found


def _why_not(world: World, user: User, channel: Channel, found: Payload, *, user_install: bool) -> str | None:
    in_dm = channel.kind == DM
    contexts = found.get("contexts")
    if contexts is None:
        contexts = [_GUILD, _BOT_DM] if found.get("dm_permission", True) else [_GUILD]
    if (_BOT_DM if in_dm else _GUILD) not in contexts:
        return "it is not for direct messages" if in_dm else "it is not for servers"
    if not in_dm and not _is_installed(world, found, user_install=user_install):
        return "the app is not installed in that way"
    if found.get("nsfw") and not _shows_age_restricted(world, channel):
        return "it is for age-restricted channels"
    allowed = world.permissions(user, channel)
    if not in_dm and not allowed & Permission.USE_APPLICATION_COMMANDS:
        return "application commands are not allowed"
    needed = found.get("default_member_permissions")
    if needed is not None and not in_dm and not user_install and not _holds(allowed, int(needed)):
        return "permissions are missing"
    return None


def _is_installed(world: World, found: Payload, *, user_install: bool) -> bool:
    there = user_install or world.bot_in_guild
    return there and (1 if user_install else 0) in found.get("integration_types", [0])


def _holds(allowed: int, needed: int) -> bool:
    if allowed & Permission.ADMINISTRATOR:
        return True
    return needed != 0 and allowed & needed == needed


def _shows_age_restricted(world: World, channel: Channel) -> bool:
    return world.age_restricted_commands_in_dms if channel.kind == DM else channel.age_restricted


def build_command_data(
    world: World,
    channel: Channel,
    found: Payload,
    path: list[str],
    options: Mapping[str, Any],
    *,
    focused: str | None = None,
) -> Payload:
    """The `data` of a typed command with the subcommands `path`; PersonError when it would not be sent."""
    definitions: list[Payload] = found.get("options") or []
    for name in path:
        inner = next((o for o in definitions if o["name"] == name and o["type"] in (1, 2)), None)
        if inner is None:
            raise PersonError(f"There is no subcommand {name!r} of {found['name']!r}")
        definitions = inner.get("options") or []
    if any(one["type"] in (commands.SUB_COMMAND, commands.SUB_COMMAND_GROUP) for one in definitions):
        raise PersonError(f"{found['name']!r} needs a subcommand")
    resolved: dict[str, Payload] = {}
    typed = _build_options(world, channel, definitions, options, focused=focused, resolved=resolved)
    kinds = [commands.SUB_COMMAND] if len(path) == 1 else [commands.SUB_COMMAND_GROUP, commands.SUB_COMMAND]
    for kind, name in reversed(list(zip(kinds, path, strict=False))):
        typed = [{"type": kind, "name": name, "options": typed}]
    data: Payload = {"id": found["id"], "name": found["name"], "type": found["type"], "options": typed}
    if resolved:
        data["resolved"] = resolved
    if "guild_id" in found:
        data["guild_id"] = found["guild_id"]
    return data


def _build_options(
    world: World,
    channel: Channel,
    definitions: list[Payload],
    options: Mapping[str, Any],
    *,
    focused: str | None,
    resolved: dict[str, Payload],
) -> list[Payload]:
    known = {one["name"]: one for one in definitions}
    unknown = set(options) - set(known)
    if unknown:
        raise PersonError(f"There is no option {', '.join(sorted(unknown))}")
    if focused is not None and not known.get(focused, {}).get("autocomplete"):
        raise PersonError(f"The option {focused!r} does not suggest anything")
    missing = [n for n, one in known.items() if one.get("required") and n not in options]
    if missing and focused is None:
        raise PersonError(f"These options are required: {', '.join(missing)}")
    built: list[Payload] = []
    for name, value in options.items():
        definition = known[name]
        entry: Payload = {"type": definition["type"], "name": name}
        if name == focused:
            entry |= {"value": str(value), "focused": True}
        elif definition["type"] == _OPTION_ATTACHMENT:
            entry["value"] = _attach(world, channel, name, value, resolved)
        elif definition["type"] in _TYPES:
            _check_value(definition, value)
            entry["value"] = value
        else:
            entry["value"] = resolve(world, channel, value, resolved)
        built.append(entry)
    if focused is not None and focused not in options:
        built.append({"type": known[focused]["type"], "name": focused, "value": "", "focused": True})
    return built


def _attach(world: World, channel: Channel, name: str, value: Any, resolved: dict[str, Payload]) -> str:
    """Keep a file that goes with a command, and put it into `resolved`; returns its id."""
    if not isinstance(value, Upload):
        raise PersonError(f"{name}: {value!r} is no file")
    if len(value.data) > FILE_AT_MOST:
        raise PersonError("Your files are too powerful")
    identity = world.new_id()
    path = f"attachments/{channel.id}/{identity}/{value.filename}"
    world.attachments[path] = value.data
    resolved.setdefault("attachments", {})[identity] = {
        "id": identity,
        "filename": value.filename,
        "size": len(value.data),
        "url": f"{world.base_url}/{path}",
        "proxy_url": f"{world.base_url}/{path}",
        "content_type": value.content_type,
        "ephemeral": True,
    }
    return identity


def _check_value(definition: Payload, value: Any) -> None:
    name = definition["name"]
    kind = definition["type"]
    wanted = _TYPES[kind]
    if not isinstance(value, wanted) or (isinstance(value, bool) and kind != commands.BOOLEAN):
        raise PersonError(f"{name}: {value!r} is not of the right kind")
    if definition.get("choices") and value not in [one["value"] for one in definition["choices"]]:
        raise PersonError(f"{name}: {value!r} is not one of the choices")
    size = len(value) if isinstance(value, str) else value
    suffix = "length" if isinstance(value, str) else "value"
    least, most = definition.get(f"min_{suffix}"), definition.get(f"max_{suffix}")
    if kind == commands.STRING and size == 0:
        raise PersonError(f"{name}: nothing was typed")
    if (least is not None and size < least) or (most is not None and size > most):
        raise PersonError(f"{name}: {value!r} is outside of what is allowed")


def resolve(world: World, channel: Channel, value: Any, resolved: dict[str, Payload]) -> str:
    """Put a user, channel or role (or its id) into `resolved`; returns the id."""
    identity = value.id if isinstance(value, (User, Channel, Role)) else str(value)
    if identity in world.users:
        user = world.users[identity]
        resolved.setdefault("users", {})[identity] = user.payload()
        if channel.guild_id is not None:
            member = {**user.member_payload(), "permissions": str(world.permissions(user, channel))}
            del member["user"], member["deaf"], member["mute"]
            resolved.setdefault("members", {})[identity] = member
    elif identity in world.channels:
        shown = partial_channel(world, world.channels[identity], world.bot)
        resolved.setdefault("channels", {})[identity] = shown
    elif identity in world.roles:
        resolved.setdefault("roles", {})[identity] = world.roles[identity].payload()
    else:
        raise PersonError(f"There is nothing with the id {identity}")
    return identity
