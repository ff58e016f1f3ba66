"""Interactions: begun by a person, answered by the bot within 3 s, changed through their token for 15 min.

<https://discord.com/developers/docs/interactions/receiving-and-responding>
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.playground.engine.components import build_shown
from bot.playground.engine.fault import ApiError, Faults
from bot.playground.engine.message import Form, apply_edit, build_loading, build_message
from bot.playground.engine.model import DM, EPHEMERAL, LOADING, Channel, Message, User
from bot.playground.engine.payload import copy_payload
from bot.playground.engine.permission import EVERYONE
from bot.playground.engine.validate import check_choices, check_modal
from bot.playground.engine.world import World

Payload = dict[str, Any]

TOKEN_LIVES_S = 15 * 60.0
REMEMBERED = 5000
MOST_FOLLOW_UPS_USER_INSTALLED = 5
FILE_AT_MOST = 10 * 1024 * 1024

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 2, 3, 4, 5
_KINDS = {4: "message", 5: "deferred", 6: "deferred_update", 7: "update", 8: "choices", 9: "modal"}
_ALLOWED = {COMMAND: (4, 5, 9), COMPONENT: (4, 5, 6, 7, 9), AUTOCOMPLETE: (8,), MODAL_SUBMIT: (4, 5, 6, 7)}


@dataclass(eq=False)
class Interaction:
    """One interaction and what became of it. `source` is the message whose component was used."""

    id: str
    token: str
    kind: int
    user: User
    channel: Channel
    created_s: float
    user_install: bool
    source: Message | None = None
    metadata: Payload = field(default_factory=dict[str, Any])
    message_kind: int = 0
    acknowledged_s: float | None = None
    answer: str | None = None
    original: Message | None = None
    modal: Payload | None = None
    choices: list[Payload] | None = None
    follow_ups: list[Message] = field(default_factory=list[Message])
    updated: bool = False
    _waiting: list[asyncio.Future[None]] = field(default_factory=list[asyncio.Future[None]])

    def notify(self) -> None:
        """Wake those who wait for a change."""
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def wait_until(self, reached: Callable[[], bool]) -> None:
        """Wait until the bot's answers make this true."""
        while not reached():
            await self.next_change()

    async def next_change(self) -> None:
        """Wait for the bot's next answer or edit."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        await future


def begin(
    world: World,
    user: User,
    channel: Channel,
    kind: int,
    data: Payload,
    *,
    user_install: bool = False,
    source: Message | None = None,
    metadata: Payload | None = None,
    message_kind: int = 0,
) -> Interaction:
    """Start an interaction and tell the bot. `metadata` goes into the answer's `interaction_metadata`."""
    interaction = Interaction(
        id=world.new_id(),
        token=secrets.token_urlsafe(48),
        kind=kind,
        user=user,
        channel=channel,
        created_s=world.clock.monotonic(),
        user_install=user_install,
        source=source,
        message_kind=message_kind,
    )
    owners = {"1": user.id} if user_install else {"0": channel.guild_id or "0"}
    interaction.metadata = {
        "id": interaction.id,
        "type": kind,
        "user": user.payload(),
        "authorizing_integration_owners": owners,
        **(metadata or {}),
    }
    _forget_old(world)
    world.interactions[interaction.token] = interaction
    world.emit("INTERACTION_CREATE", _payload(world, interaction, data, owners))
    return interaction


def _forget_old(world: World) -> None:
    """Keep no more than the newest, so that a playground can run for weeks."""
    if len(world.interactions) > 2 * REMEMBERED:
        for token in list(world.interactions)[:REMEMBERED]:
            del world.interactions[token]


def _payload(world: World, interaction: Interaction, data: Payload, owners: Payload) -> Payload:
    user, channel = interaction.user, interaction.channel
    elsewhere = channel.guild_id not in (None, world.guild_id)
    app_permissions = EVERYONE if elsewhere else world.permissions(world.bot, channel)
    payload: Payload = {
        "id": interaction.id,
        "application_id": world.application_id,
        "type": interaction.kind,
        "token": interaction.token,
        "version": 1,
        "data": data,
        "channel_id": channel.id,
        "channel": partial_channel(world, channel, user),
        "context": 1 if channel.kind == DM else 0,
        "authorizing_integration_owners": owners,
        "app_permissions": str(app_permissions),
        "entitlements": [],
        "entitlement_sku_ids": [],
        "attachment_size_limit": FILE_AT_MOST,
        "locale": user.locale,
    }
    if channel.guild_id is None:
        payload["user"] = user.payload()
    else:
        permissions = str(world.permissions(user, channel))
        payload["guild_id"] = channel.guild_id
        payload["guild"] = {"id": channel.guild_id, "locale": "en-US", "features": []}
        payload["guild_locale"] = "en-US"
        payload["member"] = {**user.member_payload(), "permissions": permissions}
        if elsewhere:
            payload["member"]["roles"] = []
    if interaction.source is not None:
        payload["message"] = copy_payload(interaction.source.payload)
    return payload


def partial_channel(world: World, channel: Channel, user: User) -> Payload:
    """The channel as interactions carry it. A thread's does not say whether it is age-restricted."""
    payload = world.channel_payload(channel)
    payload.pop("permission_overwrites", None)
    if channel.kind != DM:
        payload["permissions"] = str(world.permissions(user, channel))
    return payload


def find_pending(world: World, interaction_id: str, token: str) -> Interaction:
    """The interaction to answer now: 10062 when unknown or older than 3 s, 40060 when already answered."""
    found = world.interactions.get(token)
    if found is None or found.id != interaction_id:
        raise ApiError(10062)
    if found.acknowledged_s is not None:
        raise ApiError(40060)
    if world.clock.monotonic() - found.created_s > world.answer_within_s:
        raise ApiError(10062)
    return found


def answer(world: World, interaction_id: str, token: str, *, form: Form) -> Payload:
    """The interaction callback. Returns what `with_response` asks for."""
    interaction = find_pending(world, interaction_id, token)
    kind: Any = form.body.get("type")
    if kind not in _ALLOWED[interaction.kind]:
        faults = Faults()
        allowed = ", ".join(map(str, _ALLOWED[interaction.kind]))
        faults.add(("type",), "BASE_TYPE_CHOICES", f"Value must be one of {{{allowed}}}.")
        faults.raise_if_any()
    if kind in (6, 7) and interaction.source is None:
        faults = Faults()
        faults.add(("type",), "INTERACTION_RESPONSE_TYPE_INVALID", "There is no message to update.")
        faults.raise_if_any()
    message = _ANSWERS[kind](world, interaction, form)
    interaction.acknowledged_s = world.clock.monotonic()
    interaction.answer = _KINDS[kind]
    if message is not None and kind in (4, 5):
        interaction.original = message
        world.add_message(message)
    interaction.notify()
    return _callback_response(interaction, kind)


def _callback_response(interaction: Interaction, kind: int) -> Payload:
    summary: Payload = {"id": interaction.id, "type": interaction.kind}
    resource: Payload = {"type": kind}
    message = interaction.original
    if kind in (4, 5, 6, 7) and message is not None:
        summary |= {
            "response_message_id": message.id,
            "response_message_loading": bool(message.flags & LOADING),
            "response_message_ephemeral": message.only_for is not None,
        }
        if kind in (4, 7):
            resource["message"] = copy_payload(message.payload)
    return {"interaction": summary, "resource": resource}


def _extra(world: World, interaction: Interaction) -> Payload:
    return {
        "type": interaction.message_kind,
        "webhook_id": world.application_id,
        "application_id": world.application_id,
        "interaction_metadata": copy_payload(interaction.metadata),
    }


def _asks_ephemeral(form: Form) -> bool:
    return bool(int(form.body.get("flags") or 0) & EPHEMERAL)


def _new_message(world: World, interaction: Interaction, form: Form, *, ephemeral: bool) -> Message:
    prefix = ("data",) if interaction.acknowledged_s is None else ()
    extra = _extra(world, interaction)
    payload = build_message(
        world, interaction.channel, world.bot, form, prefix=prefix, extra=extra, ephemeral=ephemeral
    )
    only_for = interaction.user.id if ephemeral else None
    return Message(payload, interaction.channel, only_for, interaction.token)


def _answer_message(world: World, interaction: Interaction, form: Form) -> Message:
    inner = form.inner("data")
    return _new_message(world, interaction, inner, ephemeral=_asks_ephemeral(inner))


def _answer_deferred(world: World, interaction: Interaction, form: Form) -> Message:
    ephemeral = _asks_ephemeral(form.inner("data"))
    extra = _extra(world, interaction)
    payload = build_loading(world, interaction.channel, ephemeral=ephemeral, extra=extra)
    only_for = interaction.user.id if ephemeral else None
    return Message(payload, interaction.channel, only_for, interaction.token)


def _answer_deferred_update(_world: World, interaction: Interaction, _form: Form) -> None:
    interaction.original = interaction.source


def _answer_update(world: World, interaction: Interaction, form: Form) -> None:
    if interaction.source is None or interaction.source.id not in world.messages:
        raise ApiError(10008)
    apply_edit(world, interaction.source, form.inner("data"), prefix=("data",))
    interaction.original = interaction.source
    interaction.updated = True
    world.change_message(interaction.source)


def _answer_choices(_world: World, interaction: Interaction, form: Form) -> None:
    data: Payload = form.body.get("data") or {}
    check_choices(data)
    interaction.choices = data["choices"]


def _answer_modal(_world: World, interaction: Interaction, form: Form) -> None:
    data: Payload = form.body.get("data") or {}
    check_modal(data)
    interaction.modal = {**data, "components": build_shown(data["components"])}


_ANSWERS: dict[int, Callable[[World, Interaction, Form], Message | None]] = {
    4: _answer_message,
    5: _answer_deferred,
    6: _answer_deferred_update,
    7: _answer_update,
    8: _answer_choices,
    9: _answer_modal,
}


# Through the token


def find_by_token(world: World, application_id: str, token: str) -> Interaction:
    """The acknowledged interaction of a webhook token: 10015 when unknown, 50027 after 15 minutes."""
    found = world.interactions.get(token)
    if found is None or application_id != world.application_id or found.acknowledged_s is None:
        raise ApiError(10015)
    if world.clock.monotonic() - found.created_s > TOKEN_LIVES_S:
        raise ApiError(50027)
    return found


def find_message(world: World, interaction: Interaction, message_id: str) -> Message:
    """A message that this token can reach: `@original` or one of its follow-ups."""
    original = interaction.original
    reachable = {message.id: message for message in interaction.follow_ups}
    if original is not None:
        reachable |= {original.id: original, "@original": original}
    found = reachable.get(message_id)
    if found is None or found.id not in world.messages:
        raise ApiError(10008)
    return found


def edit(world: World, interaction: Interaction, message_id: str, form: Form) -> Payload:
    """Change an answer. Returns the message."""
    message = find_message(world, interaction, message_id)
    apply_edit(world, message, form)
    interaction.updated = True
    world.change_message(message)
    interaction.notify()
    return copy_payload(message.payload)


def delete(world: World, interaction: Interaction, message_id: str) -> None:
    """Delete an answer."""
    message = find_message(world, interaction, message_id)
    world.remove_message(message)
    if message is interaction.original:
        interaction.original = None
    else:
        interaction.follow_ups.remove(message)
    interaction.notify()


def follow_up(world: World, interaction: Interaction, form: Form) -> Payload:
    """Send another message; the first one after a deferred answer takes its place, as it always has."""
    original = interaction.original
    if interaction.answer == "deferred" and original is not None and original.flags & LOADING:
        return edit(world, interaction, "@original", form)
    if interaction.user_install and len(interaction.follow_ups) >= MOST_FOLLOW_UPS_USER_INSTALLED:
        raise ApiError(40094)
    message = _new_message(world, interaction, form, ephemeral=_asks_ephemeral(form))
    interaction.follow_ups.append(message)
    world.add_message(message)
    interaction.notify()
    return copy_payload(message.payload)
