"""A webhook of a channel: what posts there without being a member."""

from __future__ import annotations

from typing import Any

from bot.playground.engine.message import Form, apply_edit, build_message
from bot.playground.engine.model import Channel, Message, User
from bot.playground.engine.payload import copy_payload
from bot.playground.engine.world import World

Payload = dict[str, Any]


class Webhook:
    """It writes in `channel`, or in a thread of it, as `name`; its messages carry `webhook_id`."""

    def __init__(self, world: World, channel: Channel, name: str = "News") -> None:
        self._world = world
        self._channel = channel
        self.user = User(world.new_id(), name, name, bot=True)

    async def post(self, text: str, *, thread: Channel | None = None, **body: Any) -> Payload:
        """Write a message; `body` has its embeds, or its components. Returns it."""
        channel = thread or self._channel
        form = Form({"content": text, **body})
        payload = build_message(self._world, channel, self.user, form, extra={"webhook_id": self.user.id})
        self._world.add_message(Message(payload, channel))
        return copy_payload(payload)

    async def edit(self, message: Payload, text: str) -> Payload:
        """Change an own message. Returns it."""
        shown = self._world.message(message["channel_id"], message["id"])
        apply_edit(self._world, shown, Form({"content": text}))
        self._world.change_message(shown)
        return copy_payload(shown.payload)
