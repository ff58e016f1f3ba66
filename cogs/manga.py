"""`/manga`: manga and light novels from AniList."""

from __future__ import annotations

from functools import partial
from typing import Any

from discord import app_commands

from bot.anime.api.wish import MediaWish, Sort
from bot.anime.pages.list import MediaList, find_title
from bot.client import Shiori
from bot.command.anime import (
    MANGA_DATED,
    MANGA_OPTIONS,
    MANGA_TITLE,
    OWN_LIST,
    build_sort,
    draw_wished,
    find_described,
    list_new,
    list_upcoming,
    list_wished,
)
from bot.command.option import takes, usable_everywhere
from bot.interaction.reply import Interaction
from bot.lookup.anime import find_similar
from bot.lookup.reference import find_typed


@usable_everywhere
class Manga(app_commands.Group, name="manga", description="Manga and light novels from AniList"):
    """Looks manga up, lists them, and finds some by chance."""

    def __init__(self, bot: Shiori) -> None:
        super().__init__()
        self.bot = bot

    @app_commands.command(description="All about a manga: characters, staff, relations")
    @takes(MANGA_TITLE)
    async def info(self, interaction: Interaction, title: str) -> None:
        search = partial(find_title, "MANGA", title)
        await self.bot.show(interaction, partial(find_typed, title, "manga", search))

    @app_commands.command(description="Find manga by title, and by what they are like")
    @takes(MANGA_TITLE, build_sort("match", "rating", "popularity", "newest", "oldest"), *MANGA_OPTIONS)
    async def search(
        self, interaction: Interaction, title: str | None = None, sort: Sort = "match", **options: Any
    ) -> None:
        await self.bot.show(interaction, partial(find_described, MANGA_OPTIONS, options, "MANGA", title, sort))

    @app_commands.command(description="The best manga, of all or of those that you describe")
    @takes(build_sort("rating", "popularity"), *MANGA_OPTIONS)
    async def top(self, interaction: Interaction, sort: Sort = "rating", **options: Any) -> None:
        wish = MediaWish(kind="MANGA", sort=sort)
        await self.bot.show(interaction, partial(list_wished, MANGA_OPTIONS, options, wish))

    @app_commands.command(description="A manga by chance, of the thousand most popular or of your list")
    @takes(OWN_LIST, *MANGA_OPTIONS)
    async def random(self, interaction: Interaction, **options: Any) -> None:
        wish = MediaWish(kind="MANGA", sort="popularity")
        asker = self.bot.people.read(interaction, "AniList", None) if options.get(OWN_LIST.name) else None
        private = asker is not None and await asker.is_private()
        await self.bot.show(interaction, partial(draw_wished, MANGA_OPTIONS, options, wish, asker), private=private)

    @app_commands.command(description="Works like one, as people recommend them")
    @takes(MANGA_TITLE)
    async def similar(self, interaction: Interaction, title: str) -> None:
        await self.bot.show(interaction, partial(find_similar, "MANGA", title))

    @app_commands.command(description="Manga that are still to come, the next ones first")
    @takes(*MANGA_DATED)
    async def upcoming(self, interaction: Interaction, **options: Any) -> None:
        today = interaction.created_at.date()
        await self.bot.show(interaction, partial(list_upcoming, MANGA_DATED, options, "MANGA", today))

    @app_commands.command(description="What came out lately, the newest first")
    @takes(*MANGA_DATED)
    async def new(self, interaction: Interaction, **options: Any) -> None:
        today = interaction.created_at.date()
        await self.bot.show(interaction, partial(list_new, MANGA_DATED, options, "MANGA", today))

    @app_commands.command(description="What many people read just now")
    async def trending(self, interaction: Interaction) -> None:
        await self.bot.show(interaction, MediaList(MediaWish(kind="MANGA", sort="trending")))


async def setup(bot: Shiori) -> None:
    bot.tree.add_command(Manga(bot))
