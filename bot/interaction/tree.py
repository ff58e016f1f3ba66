"""What happens to a command before it is called, and what becomes of its errors."""

from __future__ import annotations

from typing import Protocol, cast

import discord
from discord import app_commands

from bot.interaction.option import takes_options
from bot.interaction.reply import Interaction, explain


class _Taker(Protocol):
    async def takes(self, interaction: Interaction) -> bool: ...


class Tree(app_commands.CommandTree[discord.Client]):
    """The commands of the bot, which says whether it `takes` an interaction."""

    async def interaction_check(self, interaction: Interaction, /) -> bool:
        return await cast("_Taker", self.client).takes(interaction) and await takes_options(interaction)

    async def on_error(self, interaction: Interaction, error: app_commands.AppCommandError) -> None:
        cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
        await explain(interaction, cause)
