"""The application that the bot belongs to: what Discord tells of it, and what may be changed by its token.

<https://discord.com/developers/docs/resources/application>
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.playground.engine.fault import Faults, Path
from bot.playground.engine.permission import Intent

if TYPE_CHECKING:
    from bot.playground.engine.world import World

Payload = dict[str, Any]

REVIEWED_FROM = 10_000
"""Since June 2026, whoever reaches more people than these has a privileged intent after a review alone."""

_SCOPES = ("applications.commands", "bot")
_MOST_PERMISSIONS = 18_014_398_509_481_983
_LIMITED = {Intent.GUILD_PRESENCES: 1 << 13, Intent.GUILD_MEMBERS: 1 << 15, Intent.MESSAGE_CONTENT: 1 << 19}
"""The flag of each privileged intent, of an application that needs no review."""
_PRIVATE = "Private application cannot have a default authorization link"


@dataclass
class Application:
    """What can be set in the developer portal, or by the token. `reach`: how many people can see the bot."""

    is_public: bool = True
    reach: int = 3
    custom_install_url: str | None = None
    install_params: Payload | None = None
    install_types: Payload = field(default_factory=lambda: {"0": {}, "1": {}})


def application_flags(world: World) -> int:
    """The application's flags: which privileged intents are switched on (limited, as for a small bot)."""
    return sum(flag for intent, flag in _LIMITED.items() if world.privileged_intents & intent)


def render_application(world: World) -> Payload:
    """What GET gives."""
    application = world.application
    payload: Payload = {
        "id": world.application_id,
        "name": world.bot.display_name,
        "icon": None,
        "description": "",
        "bot_public": application.is_public,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "owner": world.owner.payload(),
        "team": None,
        "flags": application_flags(world),
        "tags": [],
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "approximate_guild_count": 1,
        "approximate_user_install_count": 1,
        "integration_types_config": application.install_types,
        "bot": world.bot.payload(),
    }
    if application.install_params is not None:
        payload["install_params"] = application.install_params
    if application.custom_install_url is not None:
        payload["custom_install_url"] = application.custom_install_url
    return payload


def edit_application(world: World, body: Payload) -> None:
    """What PATCH does, all or nothing. Raises ApiError."""
    application, faults = world.application, Faults()
    params = application.install_params
    if "install_params" in body:
        params = _read_params(body["install_params"], ("install_params",), faults, is_public=application.is_public)
    types = application.install_types
    if body.get("integration_types_config") is not None:
        types = _read_types(body["integration_types_config"], faults, is_public=application.is_public)
    intents = world.privileged_intents
    if body.get("flags") is not None:
        intents = _read_intents(world, body["flags"], faults)
    faults.raise_if_any()
    application.install_params, application.install_types = params, types
    world.privileged_intents = intents


def _read_params(sent: Any, path: Path, faults: Faults, *, is_public: bool) -> Payload | None:
    if sent is None:
        return None
    if not isinstance(sent, dict):
        faults.add(path, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
        return None
    params: Payload = dict(sent)  # pyright: ignore[reportUnknownArgumentType]
    scopes = faults.check_list(params, "scopes", path, least=1, most=len(_SCOPES))
    for number, scope in enumerate(scopes):
        if scope not in _SCOPES or scope in scopes[:number]:
            faults.add((*path, "scopes", number), "BASE_TYPE_CHOICES", f"Value must be one of {set(_SCOPES)}.")
    faults.check_number(params, "permissions", path, least=0, most=_MOST_PERMISSIONS)
    if not is_public:
        faults.add(path, "APPLICATION_PRIVATE", _PRIVATE)
    return {"scopes": scopes, "permissions": str(params.get("permissions") or 0)}


def _read_types(sent: Any, faults: Faults, *, is_public: bool) -> Payload:
    where = "integration_types_config"
    if not isinstance(sent, dict) or not sent or not set(sent) <= {"0", "1"}:  # pyright: ignore[reportUnknownArgumentType]
        faults.add((where,), "BASE_TYPE_CHOICES", "Value must be one of {0, 1}.")
        return {}
    types: Payload = {}
    known: Payload = dict(sent)  # pyright: ignore[reportUnknownArgumentType]
    for kind, config in known.items():
        path = (where, kind, "oauth2_install_params")
        params = _read_params((config or {}).get(path[-1]), path, faults, is_public=is_public)
        types[kind] = {} if params is None else {path[-1]: params}
    return types


def _read_intents(world: World, sent: Any, faults: Faults) -> int:
    flags, changed = int(sent), int(sent) ^ application_flags(world)
    if changed & ~sum(_LIMITED.values()):
        faults.add(("flags",), "BASE_TYPE_CHOICES", "Only limited intent flags can be changed.")
    if changed & flags and world.application.reach > REVIEWED_FROM:
        faults.add(("flags",), "APPLICATION_INTENT_REVIEW", "This application has to apply for privileged intents.")
    return sum(intent for intent, flag in _LIMITED.items() if flags & flag)
