"""`/anime`: anime from AniList, or from a self-hosted amvstrm."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from typing import Any, Literal

from discord import app_commands
from discord.ext import commands

from bot.anime.api.wish import MediaWish, Sort
from bot.anime.pages.entry import (
    CHARACTER,
    STAFF,
    STUDIO,
    EntryKind,
    UserComparison,
    compare_users,
    find_named,
    find_user,
)
from bot.anime.pages.list import Airing, MediaList, RandomMedia, find_title
from bot.client import Shiori
from bot.command.anime import ANIME_TITLE, ENTRY_NAME, MEDIA_OPTIONS, SORT, WORDS, build_user, read_wish
from bot.command.option import pick, takes, usable_everywhere
from bot.interaction.reply import Interaction
from bot.lookup.reference import find_typed, read_user_name
from bot.lookup.source import Sources
from bot.navigation.page import Visit

_SEASON, _YEAR = pick(MEDIA_OPTIONS, "season", "year")
_THIS_SEASON = replace(_SEASON, description="This one, if you pick none")
_THIS_YEAR = replace(_YEAR, description="This year, if you give none")


@usable_everywhere
class Anime(commands.GroupCog, group_name="anime", group_description="Anime from AniList"):
    """Looks up anime, and who made and plays in them."""

    def __init__(self, bot: Shiori) -> None:
        self.bot = bot

    @app_commands.command(description="An anime: facts, characters, staff, relations, where to watch")
    @takes(ANIME_TITLE)
    async def info(self, interaction: Interaction, title: str) -> None:
        search = partial(find_title, "ANIME", title)
        await self.bot.show(interaction, partial(find_typed, title, "anime", search))

    @app_commands.command(description="Anime by title, genre, format, status, season or score")
    @takes(WORDS, *MEDIA_OPTIONS, SORT)
    async def search(
        self, interaction: Interaction, title: str | None = None, sort: Sort = "match", **options: Any
    ) -> None:
        wish = MediaWish(kind="ANIME", text=title, sort=sort)
        await self._list(interaction, read_wish(MEDIA_OPTIONS, options, wish))

    @app_commands.command(description="What airs, or aired, in a season")
    @takes(_THIS_SEASON, _THIS_YEAR)
    async def season(self, interaction: Interaction, season: str | None = None, year: int | None = None) -> None:
        now = interaction.created_at
        month_season = ("winter", "spring", "summer", "fall")[(now.month - 1) // 3]
        chosen = {"season": season or month_season, "year": year or now.year}
        await self._list(interaction, read_wish(MEDIA_OPTIONS, chosen, MediaWish(kind="ANIME", sort="popularity")))

    @app_commands.command(description="What many people watch just now")
    async def trending(self, interaction: Interaction) -> None:
        await self._list(interaction, MediaWish(kind="ANIME", sort="trending"))

    @app_commands.command(description="What most people have watched")
    async def popular(self, interaction: Interaction) -> None:
        await self._list(interaction, MediaWish(kind="ANIME", sort="popularity"))

    @app_commands.command(description="Which episodes air, in your own time")
    async def airing(self, interaction: Interaction, when: Literal["today", "this week"] = "today") -> None:
        span = "week" if when == "this week" else "today"
        await self.bot.show(interaction, Airing(span, int(interaction.created_at.timestamp())))

    @app_commands.command(description="An anime by chance, of the thousand most popular ones that fit")
    @takes(*MEDIA_OPTIONS)
    async def random(self, interaction: Interaction, **options: Any) -> None:
        wish = read_wish(MEDIA_OPTIONS, options, MediaWish(kind="ANIME", sort="popularity"))
        await self.bot.show(interaction, RandomMedia(wish))

    @app_commands.command(description="A character of an anime or manga")
    @takes(ENTRY_NAME)
    async def character(self, interaction: Interaction, name: str) -> None:
        await self._find(interaction, CHARACTER, name)

    @app_commands.command(description="Somebody who works on anime: directors, writers, voice actors …")
    @takes(ENTRY_NAME)
    async def staff(self, interaction: Interaction, name: str) -> None:
        await self._find(interaction, STAFF, name)

    @app_commands.command(description="A studio and its works")
    @takes(ENTRY_NAME)
    async def studio(self, interaction: Interaction, name: str) -> None:
        await self._find(interaction, STUDIO, name)

    @app_commands.command(description="Somebody's public profile on AniList")
    @takes(build_user("name", "Their name there, or a link to their profile"))
    async def user(self, interaction: Interaction, name: str) -> None:
        await self.bot.show(interaction, partial(find_typed, name, "user", partial(find_user, name)))

    @app_commands.command(description="What two people on AniList think of the anime or manga that both scored")
    @takes(build_user("first", "A name on AniList, or a link to a profile"), build_user("second", "Another one"))
    async def compare(
        self,
        interaction: Interaction,
        first: str,
        second: str,
        kind: Literal["anime", "manga"] = "anime",
    ) -> None:
        await self.bot.show(interaction, partial(_compare, kind, first, second))

    async def _list(self, interaction: Interaction, wish: MediaWish) -> None:
        await self.bot.show(interaction, MediaList(wish))

    async def _find(self, interaction: Interaction, of: EntryKind[Any], name: str) -> None:
        await self.bot.show(interaction, partial(find_typed, name, of.name, partial(find_named, of, name)))


async def _compare(kind: str, first: str, second: str, visit: Visit[Sources]) -> UserComparison:
    """What two people who are named or referred to think."""
    names = await asyncio.gather(*(read_user_name(text, visit.sources) for text in (first, second)))
    return compare_users(kind, names[0], names[1])


async def setup(bot: Shiori) -> None:
    await bot.add_cog(Anime(bot))
