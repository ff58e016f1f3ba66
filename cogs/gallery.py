"""`/gallery`: previews of E-Hentai galleries, on request. Discord shows it in age-restricted channels only, and the
gate is asked again.
"""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.client import Shiori
from bot.pages.gallery import show_link
from bot.reply import Interaction

Url = app_commands.Range[str, 10, 500]


@app_commands.allowed_installs(guilds=True, users=True)
@app_commands.allowed_contexts(guilds=True, dms=True)
class Galleries(commands.GroupCog, group_name="gallery", group_description="Galleries of E-Hentai", group_nsfw=True):
    """Looks up a gallery by its link."""

    def __init__(self, bot: Shiori) -> None:
        self.bot = bot

    @app_commands.command(description="The card of a gallery")
    @app_commands.describe(url="A link to a gallery, or to a page of one")
    async def preview(self, interaction: Interaction, url: Url) -> None:
        await self.bot.answer(interaction, show_link(url, self.bot.sources, self.bot.visit(interaction)))

    @app_commands.command(description="The torrents of a gallery")
    @app_commands.describe(url="A link to a gallery, or to a page of one")
    async def torrents(self, interaction: Interaction, url: Url) -> None:
        visit = self.bot.visit(interaction)
        await self.bot.answer(interaction, show_link(url, self.bot.sources, visit, torrents=True))


async def setup(bot: Shiori) -> None:
    await bot.add_cog(Galleries(bot))
