"""`/gallery`: previews of E-Hentai galleries, on request.

It is marked for Discord as age-restricted. The gate is asked again: it wants an age-restricted channel, or the direct
messages of somebody who switched galleries on there, with `/me`.
"""

from __future__ import annotations

from functools import partial

from discord import app_commands

from bot.client import Shiori
from bot.command.option import takes
from bot.command.picture import GALLERY
from bot.gallery.pages.gallery import find_torrents
from bot.interaction.reply import Interaction
from bot.lookup.reference import find_gallery


@app_commands.allowed_installs(guilds=True, users=True)
@app_commands.allowed_contexts(guilds=True, dms=True)
class Galleries(app_commands.Group, name="gallery", description="Galleries of E-Hentai", nsfw=True):
    """Looks up a gallery by its link."""

    def __init__(self, bot: Shiori) -> None:
        super().__init__()
        self.bot = bot

    @app_commands.command(description="The card of a gallery")
    @takes(GALLERY)
    async def preview(self, interaction: Interaction, url: str) -> None:
        await self.bot.show(interaction, partial(find_gallery, url))

    @app_commands.command(description="The torrents of a gallery")
    @takes(GALLERY)
    async def torrents(self, interaction: Interaction, url: str) -> None:
        await self.bot.show(interaction, partial(find_torrents, url))


async def setup(bot: Shiori) -> None:
    bot.tree.add_command(Galleries(bot))
