"""`/help`, the same by mention and by direct message, `/status`, and the greeting of a server that the bot joins."""

from __future__ import annotations

import discord
from discord.ext import tasks

from bot.client import Shiori
from bot.command.option import usable_everywhere
from bot.interaction.reply import Interaction
from bot.status.page import StatusPage


class Greetings:
    """Hands events on; `bot.welcome` does the rest."""

    def __init__(self, bot: Shiori) -> None:
        self.bot = bot

    @tasks.loop(minutes=3)
    async def greet_missed(self) -> None:
        """What failed when a server was joined may do now."""
        for guild in self.bot.guilds:
            await self.bot.greeter.greet(guild)

    async def on_message(self, message: discord.Message) -> None:
        await self.bot.helper.follow(message)

    async def on_ready(self) -> None:
        await self.bot.greeter.prune()

    async def on_guild_join(self, guild: discord.Guild) -> None:
        await self.bot.greeter.greet(guild)

    async def on_guild_available(self, guild: discord.Guild) -> None:
        """It may have been joined while the bot was away for a moment."""
        await self.bot.greeter.greet(guild)


async def setup(bot: Shiori) -> None:
    @usable_everywhere
    @bot.tree.command(name="help", description="What Shiori does, with buttons to try it")
    async def show_help(interaction: Interaction) -> None:
        await bot.helper.show(interaction)

    @usable_everywhere
    @bot.tree.command(name="status", description="Which services answer, and which are slow, paused or down")
    async def show_status(interaction: Interaction) -> None:
        await bot.show(interaction, StatusPage())

    greetings = Greetings(bot)
    bot.hear(greetings)
    bot.repeat(greetings.greet_missed)
