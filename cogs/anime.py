"""`/anime`: anime from AniList, or from a self-hosted amvstrm."""

from __future__ import annotations

from functools import partial
from typing import Any

from discord import app_commands
from msgspec.structs import replace

from bot.anime.api.wish import MediaWish, Sort
from bot.anime.pages.list import Airing, MediaList, find_title
from bot.client import Shiori
from bot.command.anime import (
    ANIME_DATED,
    ANIME_OPTIONS,
    ANIME_TITLE,
    OWN_LIST,
    build_sort,
    draw_wished,
    find_described,
    list_new,
    list_upcoming,
    list_wished,
)
from bot.command.option import Option, list_choices, pick, takes, usable_everywhere
from bot.interaction.reply import Interaction
from bot.lookup.anime import find_similar
from bot.lookup.reference import find_typed

_SEASON, _YEAR = pick(ANIME_OPTIONS, "season", "year")
_WHEN = Option(
    "when", str, "Today, if you leave it out", None, choices=list_choices({"today": "Today", "week": "This week"})
)
_THIS_SEASON = replace(_SEASON, description="This one, if you leave it out")
_THIS_YEAR = replace(_YEAR, description="This year, if you leave it out")


@usable_everywhere
class Anime(app_commands.Group, name="anime", description="Anime from AniList"):
    """Looks anime up, lists them, and finds some by chance."""

    def __init__(self, bot: Shiori) -> None:
        super().__init__()
        self.bot = bot

    @app_commands.command(description="All about an anime: characters, staff, relations, where to watch")
    @takes(ANIME_TITLE)
    async def info(self, interaction: Interaction, title: str) -> None:
        search = partial(find_title, "ANIME", title)
        await self.bot.show(interaction, partial(find_typed, title, "anime", search))

    @app_commands.command(description="Find anime by title, and by what they are like")
    @takes(ANIME_TITLE, build_sort("match", "rating", "popularity", "newest", "oldest"), *ANIME_OPTIONS)
    async def search(
        self, interaction: Interaction, title: str | None = None, sort: Sort = "match", **options: Any
    ) -> None:
        await self.bot.show(interaction, partial(find_described, ANIME_OPTIONS, options, "ANIME", title, sort))

    @app_commands.command(description="The best anime, of all or of those that you describe")
    @takes(build_sort("rating", "popularity"), *ANIME_OPTIONS)
    async def top(self, interaction: Interaction, sort: Sort = "rating", **options: Any) -> None:
        wish = MediaWish(kind="ANIME", sort=sort)
        await self.bot.show(interaction, partial(list_wished, ANIME_OPTIONS, options, wish))

    @app_commands.command(description="An anime by chance, of the thousand most popular or of your list")
    @takes(OWN_LIST, *ANIME_OPTIONS)
    async def random(self, interaction: Interaction, **options: Any) -> None:
        wish = MediaWish(kind="ANIME", sort="popularity")
        asker = self.bot.people.read(interaction, "AniList", None) if options.get(OWN_LIST.name) else None
        private = asker is not None and await asker.is_private()
        await self.bot.show(interaction, partial(draw_wished, ANIME_OPTIONS, options, wish, asker), private=private)

    @app_commands.command(description="Works like one, as people recommend them")
    @takes(ANIME_TITLE)
    async def similar(self, interaction: Interaction, title: str) -> None:
        await self.bot.show(interaction, partial(find_similar, "ANIME", title))

    @app_commands.command(description="Anime that are still to come, the next ones first")
    @takes(*ANIME_DATED)
    async def upcoming(self, interaction: Interaction, **options: Any) -> None:
        today = interaction.created_at.date()
        await self.bot.show(interaction, partial(list_upcoming, ANIME_DATED, options, "ANIME", today))

    @app_commands.command(description="What came out lately, the newest first")
    @takes(*ANIME_DATED)
    async def new(self, interaction: Interaction, **options: Any) -> None:
        today = interaction.created_at.date()
        await self.bot.show(interaction, partial(list_new, ANIME_DATED, options, "ANIME", today))

    @app_commands.command(description="What airs, or aired, in a season")
    @takes(_THIS_SEASON, _THIS_YEAR)
    async def season(self, interaction: Interaction, season: str | None = None, year: int | None = None) -> None:
        now = interaction.created_at
        month_season = ("winter", "spring", "summer", "fall")[(now.month - 1) // 3]
        chosen = {"season": season or month_season, "year": year or now.year}
        wish = MediaWish(kind="ANIME", sort="popularity")
        await self.bot.show(interaction, partial(list_wished, (_SEASON, _YEAR), chosen, wish))

    @app_commands.command(description="What many people watch just now")
    async def trending(self, interaction: Interaction) -> None:
        await self.bot.show(interaction, MediaList(MediaWish(kind="ANIME", sort="trending")))

    @app_commands.command(description="Which episodes air, in your own time")
    @takes(_WHEN)
    async def airing(self, interaction: Interaction, when: str = "today") -> None:
        await self.bot.show(interaction, Airing(when, int(interaction.created_at.timestamp())))


async def setup(bot: Shiori) -> None:
    bot.tree.add_command(Anime(bot))
