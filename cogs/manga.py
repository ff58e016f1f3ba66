"""`/manga`: manga and light novels from AniList."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.anime.api.wish import MediaWish
from bot.anime.pages.list import GENRES, show_title, show_wish
from bot.client import Shiori
from bot.command.completion import complete_media
from bot.command.option import Text, usable_everywhere
from bot.interaction.reply import Interaction
from bot.lookup.reference import show_typed

Score = app_commands.Range[int, 1, 100]


@usable_everywhere
class Manga(commands.GroupCog, group_name="manga", group_description="Manga and light novels from AniList"):
    """Looks up manga."""

    def __init__(self, bot: Shiori) -> None:
        self.bot = bot

    @app_commands.command(description="A manga: facts, characters, staff, relations")
    @app_commands.describe(title="A title, a link to AniList or MyAnimeList, or AniList's number (#9253)")
    @app_commands.autocomplete(title=complete_media("MANGA"))
    async def info(self, interaction: Interaction, title: Text) -> None:
        visit = self.bot.visit(interaction)
        await self.bot.answer(
            interaction,
            show_typed(
                self.bot.router, title, "manga", visit, lambda: show_title("MANGA", title, self.bot.sources, visit)
            ),
        )

    @app_commands.command(description="Manga by title, genre or score")
    @app_commands.describe(title="Words of the title", min_score="Percent, at least")
    @app_commands.choices(genre=[app_commands.Choice(name=genre, value=genre) for genre in GENRES])
    async def search(
        self,
        interaction: Interaction,
        title: Text | None = None,
        genre: str | None = None,
        min_score: Score | None = None,
    ) -> None:
        wish = MediaWish(kind="MANGA", text=title, genres=(genre,) if genre else (), min_score=min_score)
        await self.bot.answer(interaction, show_wish(wish, self.bot.sources, self.bot.visit(interaction)))


async def setup(bot: Shiori) -> None:
    await bot.add_cog(Manga(bot))
