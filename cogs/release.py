"""`/vn release`: how visual novels came out."""

from __future__ import annotations

from functools import partial
from typing import Any

from discord import app_commands

from bot.client import Shiori
from bot.command.option import add_to, takes
from bot.command.vndb import RELEASE_OPTIONS, RELEASE_TITLE, SPOILERS, build_sort, find_described
from bot.interaction.reply import Interaction
from bot.lookup.vndb import find_search
from bot.vndb.pages.list_kind import RELEASES


class Releases(app_commands.Group, name="release", description="Releases of visual novels"):
    """Looks releases up."""

    def __init__(self, bot: Shiori) -> None:
        super().__init__()
        self.bot = bot

    @app_commands.command(description="One release of a visual novel")
    @takes(RELEASE_TITLE, SPOILERS)
    async def info(self, interaction: Interaction, title: str, spoilers: int | None = None) -> None:
        await self.bot.show(interaction, partial(find_search, RELEASES, title), spoilers=spoilers)

    @app_commands.command(description="Find releases by title, date, platform, language, engine, voices …")
    @takes(RELEASE_TITLE, build_sort("rank", "newest", "oldest", "title"), *RELEASE_OPTIONS)
    async def search(
        self, interaction: Interaction, title: str | None = None, sort: str | None = None, **options: Any
    ) -> None:
        await self.bot.show(interaction, partial(find_described, RELEASES, RELEASE_OPTIONS, options, title, sort))


async def setup(bot: Shiori) -> None:
    add_to(bot, "vn", Releases(bot))
