"""The REST routes: from a request to the world and back to JSON. No sockets, no aiohttp.

<https://discord.com/developers/docs/reference>
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.playground.engine import command as commands
from bot.playground.engine import interactions
from bot.playground.engine.application import edit_application, render_application
from bot.playground.engine.fault import ApiError, Faults
from bot.playground.engine.message import (
    SUBSTANCE,
    Form,
    apply_edit,
    build_message,
    check_may_send,
    find_sent,
    hide_content,
    may_manage,
    suppress_embeds,
)
from bot.playground.engine.model import DISCORD_EPOCH_MS, DM, NEWS, SUPPRESS_EMBEDS, TEXT, Channel, Message
from bot.playground.engine.payload import copy_payload
from bot.playground.engine.permission import Intent, Permission
from bot.playground.engine.shard import ShardRules
from bot.playground.engine.world import World

Payload = dict[str, Any]

_BULK_YOUNGER_THAN_MS = 14 * 24 * 3600 * 1000


@dataclass(frozen=True)
class Call:
    """A request: the ids of its path, its query, and its body."""

    ids: tuple[str, ...]
    query: Mapping[str, str]
    form: Form
    body: Any

    def wants(self, name: str) -> bool:
        """Whether this query parameter is switched on."""
        return self.query.get(name, "").lower() in ("1", "true")


@dataclass(frozen=True)
class Reply:
    """An answer; `body` None is an answer without one."""

    status: int
    body: Any = None


class Rest:
    """`gateway_url` is what GET /gateway gives, `shards` what GET /gateway/bot says besides."""

    def __init__(self, world: World, *, gateway_url: Callable[[], str], shards: ShardRules) -> None:
        self._world = world
        self._shards = shards
        self._gateway_url = gateway_url
        self._routes = [
            (method, re.compile(pattern.replace("ID", "([^/]+)")), handler, needs_token)
            for method, pattern, handler, needs_token in self._table()
        ]

    def _table(self) -> list[tuple[str, str, Callable[[Call], Reply], bool]]:
        callback = "/interactions/ID/ID/callback"
        webhook, message = "/webhooks/ID/ID", "/channels/ID/messages/ID"
        guild_commands = "/applications/ID/guilds/ID/commands"
        return [
            ("GET", "/gateway", self._get_gateway, False),
            ("GET", "/gateway/bot", self._get_gateway_bot, True),
            ("GET", "/users/@me", self._get_me, True),
            ("GET", "/users/ID", self._get_user, True),
            ("POST", "/users/@me/channels", self._open_dm, True),
            ("GET", "/(?:oauth2/)?applications/@me", self._get_application, True),
            ("PATCH", "/applications/@me", self._patch_application, True),
            ("GET", "/applications/ID/commands", self._get_commands, True),
            ("PUT", "/applications/ID/commands", self._put_commands, True),
            ("GET", guild_commands, self._get_guild_commands, True),
            ("PUT", guild_commands, self._put_guild_commands, True),
            ("GET", "/guilds/ID", self._get_guild, True),
            ("GET", "/guilds/ID/channels", self._get_guild_channels, True),
            ("GET", "/guilds/ID/members/ID", self._get_member, True),
            ("GET", "/guilds/ID/roles/ID", self._get_role, True),
            ("GET", "/channels/ID", self._get_channel, True),
            ("POST", "/channels/ID/typing", self._type, True),
            ("GET", "/channels/ID/messages", self._get_messages, True),
            ("POST", "/channels/ID/messages", self._post_message, True),
            ("POST", "/channels/ID/messages/bulk-delete", self._delete_messages, True),
            ("GET", message, self._get_message, True),
            ("PATCH", message, self._patch_message, True),
            ("DELETE", message, self._delete_message, True),
            ("POST", f"{message}/threads", self._start_thread, True),
            ("POST", callback, self._answer, False),
            ("POST", webhook, self._follow_up, False),
            ("GET", f"{webhook}/messages/ID", self._get_answer, False),
            ("PATCH", f"{webhook}/messages/ID", self._patch_answer, False),
            ("DELETE", f"{webhook}/messages/ID", self._delete_answer, False),
        ]

    def handle(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str],
        form: Form,
        body: Any,
        authorization: str | None,
    ) -> Reply:
        """Answer a request; raises ApiError."""
        for known_method, pattern, handler, needs_token in self._routes:
            found = pattern.fullmatch(path)
            if found is None or known_method != method:
                continue
            if needs_token and authorization != f"Bot {self._world.token}":
                raise ApiError(40001)
            return handler(Call(found.groups(), query, form, body))
        raise ApiError(0)

    # The bot itself

    def _get_gateway(self, _: Call) -> Reply:
        return Reply(200, {"url": self._gateway_url()})

    def _get_gateway_bot(self, _: Call) -> Reply:
        return Reply(200, {"url": self._gateway_url(), **self._shards.payload()})

    def _get_me(self, _: Call) -> Reply:
        return Reply(200, {**self._world.bot.payload(), "verified": True, "mfa_enabled": True, "flags": 0})

    def _get_user(self, call: Call) -> Reply:
        user = self._world.users.get(call.ids[0])
        if user is None:
            raise ApiError(10013)
        return Reply(200, user.payload())

    def _open_dm(self, call: Call) -> Reply:
        user = self._world.users.get(str(call.form.body.get("recipient_id")))
        if user is None:
            raise ApiError(10013)
        return Reply(200, self._world.channel_payload(self._world.open_dm(user)))

    def _get_application(self, _: Call) -> Reply:
        return Reply(200, copy_payload(render_application(self._world)))

    def _patch_application(self, call: Call) -> Reply:
        if not isinstance(call.body, dict):
            raise ApiError(50109)
        edit_application(self._world, call.form.body)
        return Reply(200, copy_payload(render_application(self._world)))

    # Commands

    def _get_commands(self, call: Call) -> Reply:
        return self._show_commands(call, self._world.commands)

    def _get_guild_commands(self, call: Call) -> Reply:
        return self._show_commands(call, self._world.guild_commands.get(call.ids[1], []))

    def _show_commands(self, call: Call, registered: list[Payload]) -> Reply:
        self._check_application(call)
        if not call.wants("with_localizations"):
            return Reply(200, commands.without_localizations(registered))
        return Reply(200, copy_payload(registered))

    def _put_commands(self, call: Call) -> Reply:
        world = self._world
        world.commands = self._register(call, world.commands)
        world.publish({"type": "commands"})
        return Reply(200, copy_payload(world.commands))

    def _put_guild_commands(self, call: Call) -> Reply:
        world, guild_id = self._world, call.ids[1]
        if guild_id != world.guild_id or not world.bot_in_guild:
            raise ApiError(50001)
        before = world.guild_commands.get(guild_id, [])
        world.guild_commands[guild_id] = self._register(call, before, guild_id=guild_id)
        world.publish({"type": "commands"})
        return Reply(200, copy_payload(world.guild_commands[guild_id]))

    def _register(self, call: Call, before: list[Payload], *, guild_id: str | None = None) -> list[Payload]:
        self._check_application(call)
        if not isinstance(call.body, list):
            raise ApiError(50109)
        sent: list[Payload] = list(call.body)  # pyright: ignore[reportUnknownArgumentType]
        commands.check_commands(sent)
        world = self._world
        return commands.build_commands(
            sent,
            before=before,
            application_id=world.application_id,
            new_id=world.new_id,
            guild_id=guild_id,
        )

    def _check_application(self, call: Call) -> None:
        if call.ids[0] != self._world.application_id:
            raise ApiError(10002)

    # Guilds, channels, messages

    def _check_guild(self, call: Call) -> None:
        world = self._world
        if call.ids[0] not in (world.guild_id, world.elsewhere_id):
            raise ApiError(10004)
        if call.ids[0] != world.guild_id or not world.bot_in_guild:
            raise ApiError(50001)

    def _get_guild(self, call: Call) -> Reply:
        self._check_guild(call)
        only_gateway = ("channels", "threads", "members", "member_count", "joined_at", "large", "unavailable")
        return Reply(200, {k: v for k, v in self._world.guild_payload().items() if k not in only_gateway})

    def _get_guild_channels(self, call: Call) -> Reply:
        self._check_guild(call)
        return Reply(200, self._world.guild_payload()["channels"])

    def _get_member(self, call: Call) -> Reply:
        self._check_guild(call)
        user = self._world.users.get(call.ids[1])
        if user is None or user.left:
            raise ApiError(10007)
        return Reply(200, user.member_payload())

    def _get_role(self, call: Call) -> Reply:
        self._check_guild(call)
        role = self._world.roles.get(call.ids[1])
        if role is None:
            raise ApiError(10011)
        return Reply(200, role.payload())

    def _get_channel(self, call: Call) -> Reply:
        return Reply(200, self._world.channel_payload(self._world.find_channel(call.ids[0])))

    def _type(self, call: Call) -> Reply:
        channel = self._world.find_channel(call.ids[0])
        check_may_send(self._world, channel, self._world.bot, Form({}))
        self._world.publish({"type": "typing", "channel_id": channel.id})
        return Reply(204)

    def _may(self, channel: Channel, permission: Permission) -> bool:
        return bool(self._world.permissions(self._world.bot, channel) & permission)

    def _get_messages(self, call: Call) -> Reply:
        channel = self._world.find_channel(call.ids[0])
        if not self._may(channel, Permission.READ_MESSAGE_HISTORY):
            return Reply(200, [])
        shown = [m.payload for m in self._world.messages.values() if m.channel is channel and m.only_for is None]
        before, after = call.query.get("before"), call.query.get("after")
        shown = [m for m in shown if before is None or int(m["id"]) < int(before)]
        shown = [m for m in shown if after is None or int(m["id"]) > int(after)]
        limit = int(call.query.get("limit", "50"))
        chosen = shown[:limit] if after is not None else shown[-limit:]
        return Reply(200, [self._show(one, channel) for one in chosen[::-1]])

    def _show(self, payload: Payload, channel: Channel) -> Payload:
        """A message as it is fetched: whoever has not the intent is told no more of it here than at the gateway."""
        told = bool(self._world.privileged_intents & Intent.MESSAGE_CONTENT)
        return copy_payload(payload if told else hide_content(payload, channel, self._world.bot))

    def _get_message(self, call: Call) -> Reply:
        channel = self._world.find_channel(call.ids[0])
        if not self._may(channel, Permission.READ_MESSAGE_HISTORY):
            raise ApiError(50001)
        return Reply(200, self._show(self._world.message(*call.ids).payload, channel))

    def _post_message(self, call: Call) -> Reply:
        world = self._world
        channel = world.find_channel(call.ids[0])
        check_may_send(world, channel, world.bot, call.form)
        sent = find_sent(world, channel, call.form)
        if sent is not None:
            return Reply(200, copy_payload(sent.payload))
        extra = self._build_reference(channel, call.form.body.get("message_reference"))
        payload = build_message(world, channel, world.bot, call.form, extra=extra)
        world.add_message(Message(payload, channel))
        return Reply(200, copy_payload(payload))

    def _build_reference(self, channel: Channel, reference: Payload | None) -> Payload:
        if not reference:
            return {}
        replied = self._world.messages.get(str(reference.get("message_id")))
        if replied is None or replied.channel is not channel or replied.only_for is not None:
            if reference.get("fail_if_not_exists", True):
                faults = Faults()
                faults.add(("message_reference",), "MESSAGE_REFERENCE_UNKNOWN_MESSAGE", "Unknown message")
                faults.raise_if_any()
            return {}
        shown: Payload = {"type": 0, "channel_id": channel.id, "message_id": replied.id}
        if channel.guild_id is not None:
            shown["guild_id"] = channel.guild_id
        return {"type": 19, "message_reference": shown, "referenced_message": copy_payload(replied.payload)}

    def _patch_message(self, call: Call) -> Reply:
        world = self._world
        message = self._find_changeable(call)
        if message.payload["author"]["id"] == world.bot.id:
            apply_edit(world, message, call.form)
            world.change_message(message)
        elif SUBSTANCE & set(call.form.body):
            raise ApiError(50005)
        else:
            flags = int(call.form.body.get("flags") or 0)
            suppress_embeds(world, message, world.bot, suppressed=bool(flags & SUPPRESS_EMBEDS))
        return Reply(200, copy_payload(message.payload))

    def _find_changeable(self, call: Call) -> Message:
        """The message of a path; code 50083 in an archived thread."""
        channel = self._world.find_channel(call.ids[0])
        message = self._world.message(*call.ids)
        if channel.archived:
            raise ApiError(50083)
        return message

    def _delete_message(self, call: Call) -> Reply:
        world = self._world
        message = self._find_changeable(call)
        own = message.payload["author"]["id"] == world.bot.id
        if not own and not may_manage(world, message.channel, world.bot):
            raise ApiError(50013)
        world.remove_message(message)
        return Reply(204)

    def _start_thread(self, call: Call) -> Reply:
        """A thread below a message has the message's id."""
        world = self._world
        message = self._find_changeable(call)
        if message.channel.kind not in (TEXT, NEWS):
            raise ApiError(50024)
        if message.id in world.channels:
            raise ApiError(160004)
        if not world.permissions(world.bot, message.channel) & Permission.CREATE_PUBLIC_THREADS:
            raise ApiError(50013)
        name = str(call.form.body.get("name") or "")
        if not 1 <= len(name) <= 100:
            faults = Faults()
            faults.add(("name",), "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length.")
            faults.raise_if_any()
        thread = world.create_thread(message.channel, name, owner=world.bot, thread_id=message.id)
        return Reply(201, world.channel_payload(thread))

    def _delete_messages(self, call: Call) -> Reply:
        world = self._world
        channel = world.find_channel(call.ids[0])
        if channel.kind == DM:
            raise ApiError(50003)
        if not may_manage(world, channel, world.bot):
            raise ApiError(50013)
        ids = {str(one) for one in call.form.body.get("messages") or ()}
        if not 2 <= len(ids) <= 100:
            raise ApiError(50016)
        oldest_ms = world.clock.time() * 1000 - _BULK_YOUNGER_THAN_MS
        if any((int(one) >> 22) + DISCORD_EPOCH_MS < oldest_ms for one in ids):
            raise ApiError(50034)
        found = [one for one in world.messages.values() if one.id in ids]
        world.remove_messages([one for one in found if one.channel is channel and one.only_for is None])
        return Reply(204)

    # Interactions

    def _answer(self, call: Call) -> Reply:
        answered = interactions.answer(self._world, call.ids[0], call.ids[1], form=call.form)
        return Reply(200, answered) if call.wants("with_response") else Reply(204)

    def _find(self, call: Call) -> interactions.Interaction:
        return interactions.find_by_token(self._world, call.ids[0], call.ids[1])

    def _follow_up(self, call: Call) -> Reply:
        return Reply(200, interactions.follow_up(self._world, self._find(call), call.form))

    def _get_answer(self, call: Call) -> Reply:
        message = interactions.find_message(self._world, self._find(call), call.ids[2])
        return Reply(200, copy_payload(message.payload))

    def _patch_answer(self, call: Call) -> Reply:
        return Reply(200, interactions.edit(self._world, self._find(call), call.ids[2], call.form))

    def _delete_answer(self, call: Call) -> Reply:
        interactions.delete(self._world, self._find(call), call.ids[2])
        return Reply(204)
