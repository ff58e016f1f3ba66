"""`/anime`: anime from AniList, or from a self-hosted amvstrm."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Any, Literal, cast

from discord import app_commands
from discord.ext import commands

from bot.anime.api.wish import MediaWish, Sort
from bot.anime.cards.text import FORMATS, PRINTED, STATUSES
from bot.anime.pages.entry import CHARACTER, STAFF, STUDIO, EntryKind, show_comparison, show_named, show_user
from bot.anime.pages.list import GENRES, show_airing, show_random, show_title, show_wish
from bot.client import Shiori
from bot.command.completion import complete_media
from bot.command.option import Text, usable_everywhere
from bot.interaction.reply import Interaction
from bot.lookup.reference import read_user_name, show_typed
from bot.navigation.frame import PageView
from bot.navigation.visit import Visit

SORTS: Mapping[str, str] = {
    "match": "Best match",
    "score": "Score",
    "popularity": "Popularity",
    "newest": "Newest",
}
Season = Literal["winter", "spring", "summer", "fall"]
Year = app_commands.Range[int, 1940, 2100]
Score = app_commands.Range[int, 1, 100]


def _list_choices(names: Mapping[str, str]) -> list[app_commands.Choice[str]]:
    return [app_commands.Choice(name=name, value=value) for value, name in names.items()]


_FILTERS = {
    "genre": _list_choices({genre: genre for genre in GENRES}),
    "format": _list_choices({word: name for word, name in FORMATS.items() if word not in PRINTED}),
    "status": _list_choices(STATUSES),
}


@usable_everywhere
class Anime(commands.GroupCog, group_name="anime", group_description="Anime from AniList"):
    """Looks up anime, and who made and plays in them."""

    def __init__(self, bot: Shiori) -> None:
        self.bot = bot

    @app_commands.command(description="An anime: facts, characters, staff, relations, where to watch")
    @app_commands.describe(title="A title, a link to AniList or MyAnimeList, or AniList's number (#9253)")
    @app_commands.autocomplete(title=complete_media("ANIME"))
    async def info(self, interaction: Interaction, title: Text) -> None:
        visit = self.bot.visit(interaction)
        search = partial(show_title, "ANIME", title, self.bot.sources, visit)
        await self.bot.answer(interaction, show_typed(self.bot.router, title, "anime", visit, search))

    @app_commands.command(description="Anime by title, genre, format, status, season or score")
    @app_commands.describe(title="Words of the title", year="The year it began", min_score="Percent, at least")
    @app_commands.choices(sort=_list_choices(SORTS), **_FILTERS)
    async def search(
        self,
        interaction: Interaction,
        title: Text | None = None,
        genre: str | None = None,
        format: str | None = None,  # noqa: A002 - what people see
        status: str | None = None,
        season: Season | None = None,
        year: Year | None = None,
        min_score: Score | None = None,
        sort: str = "match",
    ) -> None:
        wish = _build_wish(genre, format, status, season, year, min_score, text=title, sort=sort)
        await self._list(interaction, wish)

    @app_commands.command(description="What airs, or aired, in a season")
    @app_commands.describe(season="This one, if you pick none", year="This year, if you give none")
    async def season(self, interaction: Interaction, season: Season | None = None, year: Year | None = None) -> None:
        now = interaction.created_at
        month_season: Season = ("winter", "spring", "summer", "fall")[(now.month - 1) // 3]
        wish = _build_wish(None, None, None, season or month_season, year or now.year, None, sort="popularity")
        await self._list(interaction, wish)

    @app_commands.command(description="What many people watch just now")
    async def trending(self, interaction: Interaction) -> None:
        await self._list(interaction, MediaWish(kind="ANIME", sort="trending"))

    @app_commands.command(description="What most people have watched")
    async def popular(self, interaction: Interaction) -> None:
        await self._list(interaction, MediaWish(kind="ANIME", sort="popularity"))

    @app_commands.command(description="Which episodes air, in your own time")
    async def airing(self, interaction: Interaction, when: Literal["today", "this week"] = "today") -> None:
        place = "week" if when == "this week" else "today"
        start_s = int(interaction.created_at.timestamp())
        visit = self.bot.visit(interaction, f"airing/{place}/{start_s}")
        await self.bot.answer(interaction, show_airing((place, str(start_s)), self.bot.sources, visit))

    @app_commands.command(description="An anime by chance, of the thousand most popular ones that fit")
    @app_commands.describe(year="The year it began", min_score="Percent, at least")
    @app_commands.choices(**_FILTERS)
    async def random(
        self,
        interaction: Interaction,
        genre: str | None = None,
        format: str | None = None,  # noqa: A002 - what people see
        status: str | None = None,
        season: Season | None = None,
        year: Year | None = None,
        min_score: Score | None = None,
    ) -> None:
        visit = self.bot.visit(interaction)
        wish = _build_wish(genre, format, status, season, year, min_score, sort="popularity")
        await self.bot.answer(interaction, show_random(wish, self.bot.sources, visit))

    @app_commands.command(description="A character of an anime or manga")
    @app_commands.describe(name="A name, a link to AniList, or AniList's number (#40)")
    async def character(self, interaction: Interaction, name: Text) -> None:
        await self._find(interaction, CHARACTER, name)

    @app_commands.command(description="Somebody who works on anime: directors, writers, voice actors …")
    @app_commands.describe(name="A name, a link to AniList, or AniList's number (#40)")
    async def staff(self, interaction: Interaction, name: Text) -> None:
        await self._find(interaction, STAFF, name)

    @app_commands.command(description="A studio and its works")
    @app_commands.describe(name="A name, a link to AniList, or AniList's number (#40)")
    async def studio(self, interaction: Interaction, name: Text) -> None:
        await self._find(interaction, STUDIO, name)

    @app_commands.command(description="Somebody's public profile on AniList")
    @app_commands.describe(name="Their name there, or a link to their profile")
    async def user(self, interaction: Interaction, name: Text) -> None:
        visit = self.bot.visit(interaction)
        await self.bot.answer(
            interaction,
            show_typed(self.bot.router, name, "user", visit, lambda: show_user(name, self.bot.sources, visit)),
        )

    @app_commands.command(description="What two people on AniList think of the anime or manga that both scored")
    @app_commands.describe(first="A name on AniList, or a link to a profile", second="Another one")
    async def compare(
        self,
        interaction: Interaction,
        first: Text,
        second: Text,
        kind: Literal["anime", "manga"] = "anime",
    ) -> None:
        visit = self.bot.visit(interaction)
        await self.bot.answer(interaction, self.compare_users(kind, first, second, visit))

    async def compare_users(self, kind: str, first: str, second: str, visit: Visit) -> PageView:
        """What two people who are named or referred to think."""
        names = await asyncio.gather(*(read_user_name(text, self.bot.sources) for text in (first, second)))
        return await show_comparison(kind, names[0], names[1], self.bot.sources, visit)

    async def _list(self, interaction: Interaction, wish: MediaWish) -> None:
        visit = self.bot.visit(interaction)
        await self.bot.answer(interaction, show_wish(wish, self.bot.sources, visit))

    async def _find(self, interaction: Interaction, of: EntryKind[Any], name: str) -> None:
        visit = self.bot.visit(interaction)
        await self.bot.answer(
            interaction,
            show_typed(self.bot.router, name, of.name, visit, lambda: show_named(of, name, self.bot.sources, visit)),
        )


def _build_wish(
    genre: str | None,
    format_: str | None,
    status: str | None,
    season: str | None,
    year: int | None,
    min_score: int | None,
    *,
    sort: str,
    text: str | None = None,
) -> MediaWish:
    return MediaWish(
        kind="ANIME",
        text=text,
        genres=(genre,) if genre else (),
        format=format_,
        status=status,
        season=season.upper() if season else None,
        season_year=year,
        min_score=min_score,
        sort=cast("Sort", sort),
    )


async def setup(bot: Shiori) -> None:
    await bot.add_cog(Anime(bot))
