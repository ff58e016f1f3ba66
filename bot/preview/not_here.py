"""“Not here” under a preview: no more of that kind in this channel, for who manages it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import discord
from discord import ui

from bot.errors import InvalidInput, NotAllowed
from bot.gate.chosen import Chosen
from bot.gate.declaration import Setting
from bot.gate.setting import ANIME, GALLERIES, VNDB
from bot.http import Clock
from bot.interaction.reply import answer, change
from bot.navigation.frame import PageView
from bot.preview.item import Interaction, LinkKind, NotHereButton, Switcher, UndoButton
from bot.store.store import Store

_SETTINGS: dict[LinkKind, Setting[bool]] = {"galleries": GALLERIES, "vndb": VNDB, "anime": ANIME}


class NotHere(Switcher):
    """Changes the channel's settings, and says so privately."""

    def __init__(self, store: Store, *, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def switch_off(self, interaction: Interaction, kinds: Sequence[LinkKind]) -> None:
        page = self._switch_off(interaction, kinds)
        if interaction.message is not None and interaction.message.flags.ephemeral:
            await change(interaction, page, clock=self._clock)  # it asked which kind
        else:
            await answer(interaction, page, clock=self._clock, private=True)

    async def undo(self, interaction: Interaction, kind: LinkKind, *, inherited: bool) -> None:
        await change(interaction, self._undo(interaction, kind, inherited=inherited), clock=self._clock)

    async def _switch_off(self, interaction: Interaction, kinds: Sequence[LinkKind]) -> PageView:
        guild_id, channel_id = _find_managed(interaction)
        if len(kinds) > 1:
            buttons = [NotHereButton(kind, label=_SETTINGS[kind].label) for kind in dict.fromkeys(kinds)]
            return _build("Which links shall not be previewed in this channel any more?", *buttons)
        setting = _SETTINGS[kinds[0]]
        # One that was off already was switched off a moment ago, and nobody knows what was chosen before.
        inherited = self._store.channel(channel_id).get(setting) is not True
        await self._put(guild_id, channel_id, setting, value=False)
        text = (
            f"🔕 **{setting.label}** are not previewed in <#{channel_id}> any more.\n"
            "-# “Remove” takes this card away, too. `/settings channel` has the rest."
        )
        return _build(text, UndoButton(kinds[0], inherited=inherited))

    async def _undo(self, interaction: Interaction, kind: LinkKind, *, inherited: bool) -> PageView:
        guild_id, channel_id = _find_managed(interaction)
        setting = _SETTINGS[kind]
        await self._put(guild_id, channel_id, setting, value=None if inherited else True)
        return _build(f"↩️ **{setting.label}** in <#{channel_id}> are as they were before.")

    async def _put(self, guild_id: int, channel_id: int, setting: Setting[bool], *, value: bool | None) -> None:
        def put(known: Chosen) -> Chosen:
            return known.put(setting, value)

        await self._store.change_channel(guild_id, channel_id, put)


def _find_managed(interaction: Interaction) -> tuple[int, int]:
    """The server, and the channel whose settings hold here, if this person manages either.

    Raises `NotAllowed`, `InvalidInput`.
    """
    may = interaction.permissions.manage_channels or interaction.permissions.manage_guild
    if interaction.guild_id is None or not may:
        raise NotAllowed("Manage Channels", "Manage Server")
    channel = interaction.channel
    found = channel.parent_id if isinstance(channel, discord.Thread) else interaction.channel_id
    if found is None:
        raise InvalidInput("channel", "is not known to Shiori")
    return interaction.guild_id, found


def _build(text: str, *buttons: NotHereButton | UndoButton) -> PageView:
    view = PageView()
    view.add_item(ui.TextDisplay[PageView](text))
    if buttons:
        view.add_item(ui.ActionRow[Any](*cast("tuple[ui.Item[Any], ...]", buttons)))
    return view
