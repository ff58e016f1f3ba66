"""`/me`: what a person chooses for themselves, and what is stored about them."""

from __future__ import annotations

from bot.client import Shiori
from bot.command.option import usable_everywhere
from bot.interaction.reply import Interaction
from bot.settings.form import ME


async def setup(bot: Shiori) -> None:
    @usable_everywhere
    @bot.tree.command(description="Your own settings, and what is stored about you")
    async def me(interaction: Interaction) -> None:
        await bot.panels.show(interaction, ME)
