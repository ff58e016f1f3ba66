"""`/anilist`: people on AniList, and their public lists there."""

from __future__ import annotations

import asyncio
from functools import partial

from discord import app_commands

from bot.anime.pages.entry import UserComparison, compare_users, find_user
from bot.anime.pages.site import ALL, StatsPage, UserShelf
from bot.client import Shiori
from bot.command.anime import KIND, LIST_SORT, LIST_STATUS, OTHER, USER
from bot.command.option import takes, usable_everywhere
from bot.interaction.reply import Interaction
from bot.lookup.person import find_anilist_user, find_both
from bot.lookup.reference import find_typed, read_user_name
from bot.lookup.source import Sources
from bot.navigation.page import Opened, Visit


@usable_everywhere
class AniListSite(app_commands.Group, name="anilist", description="People on AniList, and their lists there"):
    """Shows profiles and lists that people made public."""

    def __init__(self, bot: Shiori) -> None:
        super().__init__()
        self.bot = bot

    @app_commands.command(description="Somebody on AniList: how much they watched and read")
    @takes(USER)
    async def user(self, interaction: Interaction, user: str) -> None:
        await self.bot.show(interaction, partial(find_typed, user, "user", partial(_find_card, user)))

    @app_commands.command(name="list", description="Somebody's public list of anime or manga")
    @takes(USER, KIND, LIST_SORT, LIST_STATUS)
    async def list_(
        self, interaction: Interaction, user: str, kind: str = "anime", status: str = ALL, sort: str = "rating"
    ) -> None:
        await self.bot.show(interaction, partial(_find_list, user, kind, status, sort))

    @app_commands.command(description="What two people think of the anime or manga that both scored")
    @takes(USER, OTHER, KIND)
    async def compare(self, interaction: Interaction, user: str, other: str, kind: str = "anime") -> None:
        await self.bot.show(interaction, partial(_compare, kind, user, other))

    @app_commands.command(description="How much AniList knows")
    async def stats(self, interaction: Interaction) -> None:
        await self.bot.show(interaction, StatsPage())


async def _find_list(user: str, kind: str, status: str, sort: str, visit: Visit[Sources]) -> UserShelf:
    """The list of somebody who is named or referred to."""
    return UserShelf(await find_anilist_user(user, visit), kind, status, sort)


async def _compare(kind: str, user: str, other: str, visit: Visit[Sources]) -> UserComparison:
    """What two people who are named or referred to think."""
    names = await asyncio.gather(*(read_user_name(text, visit.sources) for text in (user, other)))
    comparison = compare_users(kind, names[0], names[1])
    await find_both(find_anilist_user(names[0], visit), find_anilist_user(names[1], visit))
    return comparison


async def _find_card(user: str, visit: Visit[Sources]) -> Opened:
    return await find_user(await find_anilist_user(user, visit), visit)


async def setup(bot: Shiori) -> None:
    bot.tree.add_command(AniListSite(bot))
