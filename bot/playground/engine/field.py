"""What a person picks in selects and fills into a modal's fields, as their client checks and sends it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.playground.engine import components as c
from bot.playground.engine.invocation import PersonError, resolve
from bot.playground.engine.model import Channel, Role, User
from bot.playground.engine.world import World

Payload = dict[str, Any]

_USER_SELECT, _ROLE_SELECT, _MENTIONABLE_SELECT, _CHANNEL_SELECT = c.ENTITY_SELECTS


class Fields:
    """Builds values for `user` in `channel`; `resolved` collects the people, roles and channels among them."""

    def __init__(self, world: World, user: User, channel: Channel) -> None:
        self._world = world
        self._user = user
        self._channel = channel
        self.resolved: dict[str, Payload] = {}

    def pick(self, select: Payload, values: Sequence[Any], *, required: bool = True) -> list[str]:
        """The picked entries of a select: values of options, or people, roles or channels, or their ids."""
        least, most = select.get("min_values", 1) if required else 0, select.get("max_values", 1)
        if not least <= len(values) <= most:
            raise PersonError(f"Between {least} and {most} entries can be picked")
        picked = [one.id if isinstance(one, (User, Role, Channel)) else str(one) for one in values]
        if select["type"] == c.STRING_SELECT:
            offered: set[str] = {option["value"] for option in select["options"]}
        else:
            offered = self._offered(select)
        if not offered.issuperset(picked):
            raise PersonError("There is no such entry")
        if select["type"] != c.STRING_SELECT:
            picked = [resolve(self._world, self._channel, one, self.resolved) for one in picked]
        return picked

    def _offered(self, select: Payload) -> set[str]:
        world, kind = self._world, select["type"]
        found: set[str] = set()
        if kind in (_USER_SELECT, _MENTIONABLE_SELECT):
            found |= set(world.users)
        if kind in (_ROLE_SELECT, _MENTIONABLE_SELECT):
            found |= set(world.roles)
        if kind == _CHANNEL_SELECT:
            kinds: list[int] = select.get("channel_types") or []
            here = [one for one in world.channels.values() if one.guild_id == self._channel.guild_id]
            found |= {one.id for one in here if (not kinds or one.kind in kinds) and world.sees(self._user, one)}
        return found

    def fill(self, component: Payload, values: Mapping[str, Any]) -> Payload:
        """A component of a modal with what stands in its fields, by custom id."""
        shown: Payload = {"type": component["type"], "id": component["id"]}
        if "components" in component:
            shown["components"] = [self.fill(one, values) for one in component["components"]]
        if "component" in component:
            shown["component"] = self.fill(component["component"], values)
        if "custom_id" in component:
            shown |= {"custom_id": component["custom_id"], **self._build_value(component, values)}
        return shown

    def _build_value(self, component: Payload, values: Mapping[str, Any]) -> Payload:
        kind, custom_id = component["type"], component["custom_id"]
        if kind == c.CHECKBOX:
            return {"value": bool(values.get(custom_id, component.get("default", False)))}
        if kind in (c.TEXT_INPUT, c.RADIO_GROUP):
            value = str(values.get(custom_id, component.get("value") or ""))
            if kind == c.TEXT_INPUT:
                _check_text(component, value)
            return {"value": value}
        picked = values.get(custom_id, _build_default(component))
        required = bool(component.get("required", True))
        if required and not picked:
            raise PersonError(f"{custom_id!r} is required")
        if kind in c.SELECTS:
            return {"values": self.pick(component, picked, required=required)}
        return {"values": [str(one) for one in picked]}


def _build_default(component: Payload) -> list[str]:
    """What stands in a field that nobody touched."""
    chosen = [str(one["value"]) for one in component.get("options") or () if one.get("default")]
    return chosen + [str(one["id"]) for one in component.get("default_values") or ()]


def _check_text(component: Payload, value: str) -> None:
    custom_id = component["custom_id"]
    if not value:
        if component.get("required", True):
            raise PersonError(f"{custom_id!r} is required")
        return
    least, most = component.get("min_length") or 0, component.get("max_length") or 4000
    if not least <= len(value) <= most:
        raise PersonError(f"{custom_id!r} must have {least} to {most} characters")
