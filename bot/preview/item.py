"""What can be pressed under a preview. Who may remove it is told by what the bot stored, not by the button."""

from __future__ import annotations

import re
from typing import Any, Protocol, Self, cast

import discord
from discord import ui

from bot.navigation.item import Once

Interaction = discord.Interaction[Any]


class Remover(Protocol):
    """What the bot does when the button is pressed."""

    async def remove_preview(self, interaction: Interaction) -> None:
        """Take away the preview that the button stands under, if whoever pressed it may do that; say so if not."""
        ...


class RemoveButton(Once, ui.DynamicItem[ui.Button[Any]], template=r"preview:remove"):
    """Takes the preview away."""

    def __init__(self) -> None:
        super().__init__(ui.Button(label="Remove", emoji="🗑️", custom_id="preview:remove"))

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, _item: ui.Item[Any], _match: re.Match[str], /) -> Self:
        return cls()

    async def callback(self, interaction: Interaction) -> None:
        await cast("Remover", interaction.client).remove_preview(interaction)


PREVIEW_ITEMS = (RemoveButton,)
