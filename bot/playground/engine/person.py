"""A person who uses the local Discord: types commands, presses buttons, writes messages.

    person = Person(world, world.reader)
    exchange = await person.slash(world.general, "vn search", query="steins")
    message = await exchange.message()

What Discord's client or server would not let them do raises PersonError.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.playground.engine import command as commands
from bot.playground.engine import components as c
from bot.playground.engine.exchange import Exchange
from bot.playground.engine.fault import ApiError
from bot.playground.engine.field import Fields
from bot.playground.engine.interactions import (
    AUTOCOMPLETE,
    COMMAND,
    COMPONENT,
    MODAL_SUBMIT,
    Interaction,
    begin,
)
from bot.playground.engine.invocation import PersonError, build_command_data, find_command, resolve
from bot.playground.engine.message import (
    Form,
    apply_edit,
    build_forward,
    build_message,
    check_may_send,
    may_manage,
    suppress_embeds,
)
from bot.playground.engine.model import EPHEMERAL, LOADING, Channel, Message, Role, User
from bot.playground.engine.payload import copy_payload
from bot.playground.engine.permission import Permission
from bot.playground.engine.world import World

__all__ = ["Exchange", "Person", "PersonError"]

Payload = dict[str, Any]

_CHAT_INPUT_ANSWER, _CONTEXT_MENU_ANSWER = 20, 23


class Person:
    """`user` of `world`. What begins an interaction returns when it was acknowledged, or after 3 s."""

    def __init__(self, world: World, user: User) -> None:
        self._world = world
        self.user = user

    # Commands

    async def slash(self, channel: Channel, name: str, /, *, user_install: bool = False, **options: Any) -> Exchange:
        """Type a slash command, `name` with its subcommands: `vn search`.

        With `user_install`, or in a server that the bot is not in, the app is the person's own.
        """
        channel, user_install = self._place(channel, user_install=user_install)
        data = self._build_command(channel, name, options, user_install=user_install)
        return await self._begin(channel, COMMAND, data, user_install=user_install, message_kind=_CHAT_INPUT_ANSWER)

    async def autocomplete(
        self, channel: Channel, name: str, /, *, focused: str, user_install: bool = False, **options: Any
    ) -> list[Payload]:
        """The choices that are offered while `focused` is typed; PersonError when none came within 3 s."""
        channel, user_install = self._place(channel, user_install=user_install)
        data = self._build_command(channel, name, options, user_install=user_install, focused=focused)
        exchange = await self._begin(channel, AUTOCOMPLETE, data, user_install=user_install)
        if exchange.choices is None:
            raise PersonError("Loading options failed")
        return exchange.choices

    async def context_menu(
        self, channel: Channel, name: str, target: Payload | User, /, *, user_install: bool = False
    ) -> Exchange:
        """Choose an entry of the menu of a message or of a person."""
        channel, user_install = self._place(channel, user_install=user_install)
        kind = commands.USER if isinstance(target, User) else commands.MESSAGE
        found = find_command(self._world, self.user, channel, name, kind=kind, user_install=user_install)
        resolved: dict[str, Payload] = {}
        if isinstance(target, User):
            target_id = resolve(self._world, channel, target, resolved)
            metadata: Payload = {"target_user": target.payload()}
        else:
            shown = self._find_message(target)
            target_id = shown.id
            resolved["messages"] = {target_id: copy_payload(shown.payload)}
            metadata = {"target_message_id": target_id}
        data: Payload = {"id": found["id"], "name": name, "type": kind, "target_id": target_id}
        data["resolved"] = resolved
        if "guild_id" in found:
            data["guild_id"] = found["guild_id"]
        return await self._begin(
            channel,
            COMMAND,
            data,
            user_install=user_install,
            metadata=metadata,
            message_kind=_CONTEXT_MENU_ANSWER,
        )

    def _place(self, channel: Channel, *, user_install: bool) -> tuple[Channel, bool]:
        world = self._world
        if channel.guild_id not in (None, world.guild_id):
            return channel, True
        if user_install and channel.guild_id is not None:
            return (world.elsewhere_after_dark if channel.age_restricted else world.elsewhere), True
        world.find_channel(channel.id, user=self.user)
        return channel, user_install

    def _build_command(
        self,
        channel: Channel,
        name: str,
        options: Mapping[str, Any],
        *,
        user_install: bool,
        focused: str | None = None,
    ) -> Payload:
        root, *path = name.split()
        found = find_command(self._world, self.user, channel, root, kind=commands.CHAT_INPUT, user_install=user_install)
        return build_command_data(self._world, channel, found, path, options, focused=focused)

    # Components

    async def press(self, message: Payload, custom_id: str) -> Exchange:
        """Press a button."""
        shown, component = self._find_component(message, custom_id)
        if component["type"] != c.BUTTON:
            raise PersonError(f"{custom_id!r} is no button")
        return await self._use(shown, component, {})

    async def select(self, message: Payload, custom_id: str, values: Sequence[str | User | Role | Channel]) -> Exchange:
        """Pick entries of a select: values of options, or people, roles or channels (or their ids)."""
        shown, component = self._find_component(message, custom_id)
        if component["type"] not in c.SELECTS:
            raise PersonError(f"{custom_id!r} is no select")
        fields = Fields(self._world, self.user, shown.channel)
        data: Payload = {"values": fields.pick(component, values)}
        if component["type"] != c.STRING_SELECT:
            data["resolved"] = fields.resolved
        return await self._use(shown, component, data)

    def _find_component(self, message: Payload, custom_id: str) -> tuple[Message, Payload]:
        shown = self._find_message(message)
        component = c.find_by_custom_id(shown.payload, custom_id)
        if component is None:
            raise PersonError(f"The message has no component {custom_id!r}")
        if component.get("disabled"):
            raise PersonError(f"{custom_id!r} is disabled")
        if shown.payload["author"]["id"] != self._world.bot.id:
            raise PersonError("The message is not of the bot")
        return shown, component

    def _find_message(self, message: Payload) -> Message:
        shown = self._world.messages.get(str(message["id"]))
        if shown is None or shown.only_for not in (None, self.user.id):
            raise PersonError("The message is gone")
        return shown

    async def _use(self, shown: Message, component: Payload, data: Payload) -> Exchange:
        filled = {
            "custom_id": component["custom_id"],
            "component_type": component["type"],
            "id": component["id"],
        }
        metadata = {"interacted_message_id": shown.id}
        return await self._begin(
            shown.channel,
            COMPONENT,
            {**filled, **data},
            source=shown,
            metadata=metadata,
            user_install=shown.channel.guild_id not in (None, self._world.guild_id),
        )

    # Modals

    async def submit(self, opened: Exchange | Payload, values: Mapping[str, Any]) -> Exchange:
        """Send a modal, given by the exchange that opened it or its payload, with values by custom id."""
        interaction = self._find_modal(opened)
        modal = interaction.modal or {}
        unknown = [one for one in values if c.find_by_custom_id(modal, one) is None]
        if unknown:
            raise PersonError(f"The modal has no field {', '.join(unknown)}")
        fields = Fields(self._world, self.user, interaction.channel)
        filled = [fields.fill(one, values) for one in modal["components"]]
        data: Payload = {"custom_id": modal["custom_id"], "components": filled}
        if fields.resolved:
            data["resolved"] = fields.resolved
        interaction.modal = None
        metadata = {"triggering_interaction_metadata": copy_payload(interaction.metadata)}
        return await self._begin(
            interaction.channel,
            MODAL_SUBMIT,
            data,
            source=interaction.source,
            user_install=interaction.user_install,
            metadata=metadata,
        )

    def _find_modal(self, opened: Exchange | Payload) -> Interaction:
        if isinstance(opened, Exchange):
            wanted = [i for i in self._world.interactions.values() if i.id == opened.interaction_id]
        else:
            wanted = [
                i
                for i in self._world.interactions.values()
                if i.user is self.user and i.modal and i.modal["custom_id"] == opened["custom_id"]
            ]
        if not wanted or wanted[-1].modal is None:
            raise PersonError("There is no modal open")
        return wanted[-1]

    async def _begin(
        self,
        channel: Channel,
        kind: int,
        data: Payload,
        *,
        user_install: bool = False,
        source: Message | None = None,
        metadata: Payload | None = None,
        message_kind: int = 0,
    ) -> Exchange:
        interaction = begin(
            self._world,
            self.user,
            channel,
            kind,
            data,
            user_install=user_install,
            source=source,
            metadata=metadata,
            message_kind=message_kind,
        )
        exchange = Exchange(self._world, interaction)
        await exchange.acknowledged()
        return exchange

    # Messages

    def messages(self, channel: Channel) -> list[Payload]:
        """What this person sees in a channel, oldest first."""
        return self._world.visible_messages(channel, self.user)

    async def post(self, channel: Channel, text: str, *, reply_to: Payload | None = None) -> Payload:
        """Write a message. Returns it."""
        self._world.find_channel(channel.id, user=self.user)
        form = Form({"content": text})
        check_may_send(self._world, channel, self.user, form)
        extra: Payload = {}
        if reply_to is not None:
            replied = self._find_message(reply_to)
            extra = {
                "type": 19,
                "message_reference": {"type": 0, "channel_id": channel.id, "message_id": replied.id},
                "referenced_message": copy_payload(replied.payload),
            }
        payload = build_message(self._world, channel, self.user, form, extra=extra)
        self._world.add_message(Message(payload, channel))
        return copy_payload(payload)

    async def forward(self, message: Payload, channel: Channel) -> Payload:
        """Forward a message to a channel. Returns what stands there: it says nothing itself."""
        self._world.find_channel(channel.id, user=self.user)
        check_may_send(self._world, channel, self.user, Form({}))
        payload = build_forward(self._world, channel, self.user, self._find_message(message))
        self._world.add_message(Message(payload, channel))
        return copy_payload(payload)

    async def create_post(self, forum: Channel, name: str, text: str) -> tuple[Channel, Payload]:
        """Begin a post in a forum. Returns its thread and its first message."""
        self._world.find_channel(forum.id, user=self.user)
        if not self._world.permissions(self.user, forum) & Permission.SEND_MESSAGES:
            raise ApiError(50013)
        post, message = self._world.create_post(forum, self.user, name, text)
        return post, copy_payload(message.payload)

    async def edit(self, message: Payload, text: str) -> Payload:
        """Change an own message. Returns it."""
        shown = self._find_message(message)
        if shown.payload["author"]["id"] != self.user.id:
            raise PersonError("Only own messages can be edited")
        self._reopen(shown.channel)
        apply_edit(self._world, shown, Form({"content": text}))
        self._world.change_message(shown)
        return copy_payload(shown.payload)

    async def suppress_embeds(self, message: Payload, *, suppressed: bool = True) -> Payload:
        """Take the embeds off an own message, or off others' with the permission. Returns it."""
        shown = self._find_message(message)
        self._reopen(shown.channel)
        suppress_embeds(self._world, shown, self.user, suppressed=suppressed)
        return copy_payload(shown.payload)

    async def delete(self, message: Payload) -> None:
        """Delete an own message, others' with the permission, or dismiss one that only this person sees."""
        shown = self._find_message(message)
        own = shown.payload["author"]["id"] == self.user.id or shown.only_for == self.user.id
        if not own and not may_manage(self._world, shown.channel, self.user):
            raise PersonError("Only own messages can be deleted")
        if shown.flags & LOADING and not shown.flags & EPHEMERAL:
            raise PersonError("The answer is not there yet")
        self._reopen(shown.channel)
        self._world.remove_message(shown)

    async def bulk_delete(self, messages: Sequence[Payload]) -> None:
        """Delete many messages of one channel at once, with the permission."""
        shown = [self._find_message(message) for message in messages]
        for channel in {one.channel for one in shown}:
            if not may_manage(self._world, channel, self.user):
                raise ApiError(50013)
            self._world.remove_messages([one for one in shown if one.channel is channel])

    def _reopen(self, channel: Channel) -> None:
        """What is changed in an archived thread makes it active first, as Discord's client does."""
        if channel.archived:
            self._world.change_channel(channel, archived=False)
