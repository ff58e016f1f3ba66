"""Greets a server that the bot has just joined: once, where it may speak, for whoever manages it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import cast

import aiohttp
import discord

from bot.errors import InvalidInput, StoreError
from bot.gate.chosen import Chosen
from bot.gate.rules import Hosted
from bot.http import Clock
from bot.interaction.permission import find_missing
from bot.interaction.place import check_manager
from bot.interaction.reply import Interaction, change, counted
from bot.navigation.frame import PageView
from bot.navigation.state import list_custom_ids
from bot.store.store import Store
from bot.welcome.card import render_greeting
from bot.welcome.item import GREETING_PREFIX, Switcher
from bot.welcome.record import GreetingRecords
from bot.welcome.switch import is_on, list_switches, put

log = logging.getLogger(__name__)

_CHANNELS_AT_MOST = 5
_HISTORY_AT_MOST = 100

JUST_JOINED_S = 3600.0
"""A server that was joined longer ago, while the bot was away, has found its way by now."""


class Greeter(Switcher):
    """Sends greetings, and does what is pressed in them."""

    def __init__(self, store: Store, *, clock: Clock, hosted: Hosted, message_content: bool) -> None:
        self._store = store
        self._records = GreetingRecords(store.database)
        self._clock = clock
        self._hosted = hosted
        self._message_content = message_content

    async def greet(self, guild: discord.Guild) -> None:
        """Greet a server that the bot is told of, if it joined that just now and nobody greeted it yet.

        What fails is tried again by the next call, once the lease has ended.
        """
        if not self._has_just_joined(guild):
            return
        channels = list(islice(_list_channels(guild), _CHANNELS_AT_MOST))
        if not channels:
            log.info("nobody can be greeted in server %d: there is no channel to write to", guild.id)
            return
        try:
            with counted():
                begun_in = await self._records.take(guild.id, now_s=self._clock.time())
                if begun_in is None:
                    return
                if (begun_in and await _was_greeted(guild, begun_in)) or await self._send(guild, channels):
                    await self._records.finish(guild.id)
        except StoreError as error:
            log.warning("server %d is not greeted: %s", guild.id, error)
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            log.info("server %d may not be greeted yet: %s", guild.id, error)

    async def _send(self, guild: discord.Guild, channels: Iterable[discord.TextChannel]) -> bool:
        """Greet in the first of these that takes it. Raise as discord.py does where it may be there all the same."""
        for channel in channels:
            await self._records.begin(guild.id, channel.id)
            try:
                # By this nonce Discord knows for some minutes that it has the message already.
                view, nonce = self._render(self._store.server(guild.id)), f"greet-{guild.id}"
                await channel.send(view=view, silent=True, nonce=nonce)
            except (discord.Forbidden, discord.NotFound) as error:
                log.info("server %d is not greeted in channel %d: %s", guild.id, channel.id, error)
            else:
                return True
        return False

    def _has_just_joined(self, guild: discord.Guild) -> bool:
        joined_at = me.joined_at if (me := cast("discord.Member | None", guild.me)) is not None else None
        return joined_at is not None and self._clock.time() - joined_at.timestamp() < JUST_JOINED_S

    async def prune(self) -> None:
        """Forget who was greeted long ago."""
        try:
            await self._records.prune(now_s=self._clock.time())
        except StoreError as error:
            log.warning("it is still stored who was greeted: %s", error)

    async def switch(self, interaction: Interaction, key: str, *, on: bool) -> None:
        await change(interaction, self._switch(interaction, key, on=on), clock=self._clock)

    async def _switch(self, interaction: Interaction, key: str, *, on: bool) -> PageView:
        guild = check_manager(interaction)
        switch = next((one for one in list_switches(self._hosted) if one.key == key), None)
        if switch is None:
            raise InvalidInput("setting", "is not one that can be changed here")
        server = await self._store.change_server(guild.id, lambda known: put(switch, known, on=on))
        return self._render(server, note=f"-# ✅ {switch.label}: {'on' if on else 'off'}.")

    def _render(self, server: Chosen, *, note: str = "") -> PageView:
        switches = [(one, is_on(one, server)) for one in list_switches(self._hosted)]
        return render_greeting(switches, message_content=self._message_content, note=note)


async def _was_greeted(guild: discord.Guild, channel_id: int) -> bool:
    """Whether there is a greeting in that channel since the bot joined. One that it may not read counts: never two."""
    channel = guild.get_channel(channel_id)
    if not isinstance(channel, discord.TextChannel):
        return False
    try:
        async for message in channel.history(after=guild.me.joined_at, oldest_first=True, limit=_HISTORY_AT_MOST):
            ids = list_custom_ids(message)
            if message.author.id == guild.me.id and any(one.startswith(GREETING_PREFIX) for one in ids):
                return True
    except discord.Forbidden:
        return True
    return False


def _list_channels(guild: discord.Guild) -> Iterator[discord.TextChannel]:
    """Where the bot may speak: where Discord greets people, and else from the top of the list."""
    candidates = [guild.system_channel, *guild.text_channels]
    return (one for one in candidates if one is not None and not find_missing(one, guild.me))
