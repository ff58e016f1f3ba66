"""Answers who mentions the bot, or writes to it in a direct message, with what it can do."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Mapping
from typing import Any

import discord

from bot.gate.rules import Hosted
from bot.http import Clock
from bot.interaction.permission import find_missing
from bot.interaction.place import is_told
from bot.interaction.reply import Interaction, answer, counted
from bot.links.message import find_said_links
from bot.navigation.frame import PageView
from bot.preview.replies import Replies, Unfinished
from bot.welcome.card import About, render_commands, render_help, render_privacy
from bot.welcome.command import CommandNames

log = logging.getLogger(__name__)

AGAIN_AFTER_S = 300.0
"""Where people talk about the bot, or with it, they are not answered each time."""
_REMEMBERED_AT_MOST = 1000

_SPOKEN = (discord.MessageType.default, discord.MessageType.reply)


class Helper:
    """Says what the bot can do, when asked."""

    def __init__(
        self, client: discord.Client, commands: CommandNames, *, clock: Clock, about: About, hosted: Hosted
    ) -> None:
        self._client = client
        self._commands = commands
        self._clock = clock
        self._about = about
        self._hosted = hosted
        self._replies = Replies(client, clock=clock)
        self._next_s: dict[int, float] = {}  # by channel: when it may be answered again

    async def show(self, interaction: Interaction) -> None:
        """Answers `/help`."""
        is_member = self._client.get_guild(interaction.guild_id or 0) is not None
        manages = is_member and interaction.permissions.manage_guild
        await answer(interaction, self._render(manages=manages), clock=self._clock, private=True)

    async def show_commands(self, interaction: Interaction) -> None:
        """Answers the button below it."""
        await answer(interaction, self._render_commands(), clock=self._clock, private=True)

    async def show_privacy(self, interaction: Interaction) -> None:
        """Answers the button that asks what is stored."""
        await answer(interaction, self._render_privacy(), clock=self._clock, private=True)

    def is_worth_reading(self, told: Mapping[str, Any]) -> bool:
        """Whether a new message, as Discord tells of it, may ask what the bot can do."""
        content = str(told.get("content", ""))
        if not told.get("guild_id"):
            return bool(content)
        return f"<@{self._find_id()}>" in content or f"<@!{self._find_id()}>" in content

    async def follow(self, message: discord.Message) -> None:
        """Answer a new message if it asks what the bot can do, unless the channel was just answered."""
        if not self._is_asked(message) or not self._may_speak(message):
            return
        now_s = self._clock.monotonic()
        if now_s < self._next_s.get(message.channel.id, 0.0):
            return
        self._remember(message.channel.id, now_s)
        manages = isinstance(message.author, discord.Member) and message.author.guild_permissions.manage_guild
        try:
            # By this nonce, several processes that hear of a message answer it once.
            with counted():
                await self._replies.send(message, await self._render(manages=manages), nonce=f"help-{message.id}")
        except Unfinished as error:
            log.info("nobody was told what the bot can do: %s", error)

    def _is_asked(self, message: discord.Message) -> bool:
        if message.author.bot or message.webhook_id is not None or message.type not in _SPOKEN:
            return False
        told = {"content": message.content, "guild_id": message.guild.id if message.guild else None}
        return self.is_worth_reading(told) and not find_said_links(message)

    def _may_speak(self, message: discord.Message) -> bool:
        if message.guild is None:
            return True
        return is_told(message) and not find_missing(message.channel, message.guild.me)

    def _remember(self, channel_id: int, now_s: float) -> None:
        self._next_s.pop(channel_id, None)
        self._next_s[channel_id] = now_s + AGAIN_AFTER_S
        if len(self._next_s) > _REMEMBERED_AT_MOST:
            del self._next_s[next(iter(self._next_s))]

    async def _render(self, *, manages: bool) -> PageView:
        today = dt.datetime.fromtimestamp(self._clock.time(), dt.UTC).date()
        application_id = self._client.application_id or self._find_id()
        return render_help(
            application_id,
            self._commands,
            today=today,
            about=self._about,
            hosted=self._hosted,
            manages=manages,
            message_content=self._client.intents.message_content,
        )

    async def _render_commands(self) -> PageView:
        return render_commands(self._commands)

    async def _render_privacy(self) -> PageView:
        told = self._client.intents.message_content
        return render_privacy(self._commands, hosted=self._hosted, message_content=told)

    def _find_id(self) -> int:
        return self._client.user.id if self._client.user is not None else 0
