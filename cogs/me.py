"""`/me`: what a person chooses for themselves, and what is stored about them."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.client import Shiori
from bot.command.option import usable_everywhere
from bot.interaction.reply import Interaction
from bot.settings.form import ME


class Me(commands.Cog):
    """Opens the personal panel; `bot.settings.panel` does the rest."""

    def __init__(self, bot: Shiori) -> None:
        self.bot = bot

    @usable_everywhere
    @app_commands.command(description="Your own settings, and what is stored about you")
    async def me(self, interaction: Interaction) -> None:
        await self.bot.panels.show(interaction, ME)


async def setup(bot: Shiori) -> None:
    await bot.add_cog(Me(bot))
