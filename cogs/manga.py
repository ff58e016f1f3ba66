"""`/manga`: manga and light novels from AniList."""

from __future__ import annotations

from functools import partial
from typing import Any

from discord import app_commands
from discord.ext import commands

from bot.anime.api.wish import MediaWish
from bot.anime.pages.list import MediaList, find_title
from bot.client import Shiori
from bot.command.anime import MANGA_TITLE, MEDIA_OPTIONS, WORDS, read_wish
from bot.command.option import pick, takes, usable_everywhere
from bot.interaction.reply import Interaction
from bot.lookup.reference import find_typed

_OPTIONS = pick(MEDIA_OPTIONS, "genre", "min_score")


@usable_everywhere
class Manga(commands.GroupCog, group_name="manga", group_description="Manga and light novels from AniList"):
    """Looks up manga."""

    def __init__(self, bot: Shiori) -> None:
        self.bot = bot

    @app_commands.command(description="A manga: facts, characters, staff, relations")
    @takes(MANGA_TITLE)
    async def info(self, interaction: Interaction, title: str) -> None:
        search = partial(find_title, "MANGA", title)
        await self.bot.show(interaction, partial(find_typed, title, "manga", search))

    @app_commands.command(description="Manga by title, genre or score")
    @takes(WORDS, *_OPTIONS)
    async def search(self, interaction: Interaction, title: str | None = None, **options: Any) -> None:
        wish = read_wish(_OPTIONS, options, MediaWish(kind="MANGA", text=title))
        await self.bot.show(interaction, MediaList(wish))


async def setup(bot: Shiori) -> None:
    await bot.add_cog(Manga(bot))
