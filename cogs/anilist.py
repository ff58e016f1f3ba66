"""`/anilist`: people on AniList, and their public lists there."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Literal

from discord import app_commands
from discord.ext import commands

from bot.anime.pages.entry import UserComparison, compare_users, find_user
from bot.client import Shiori
from bot.command.anime import OTHER, USER
from bot.command.option import takes, usable_everywhere
from bot.interaction.reply import Interaction
from bot.lookup.reference import find_typed, read_user_name
from bot.lookup.source import Sources
from bot.navigation.page import Visit

Kind = Literal["anime", "manga"]


@usable_everywhere
class AniListSite(
    commands.GroupCog, group_name="anilist", group_description="People on AniList, and their lists there"
):
    """Shows profiles and lists that people made public."""

    def __init__(self, bot: Shiori) -> None:
        self.bot = bot
        super().__init__()

    @app_commands.command(description="Somebody on AniList: how much they watched and read")
    @takes(USER)
    async def user(self, interaction: Interaction, user: str) -> None:
        await self.bot.show(interaction, partial(find_typed, user, "user", partial(find_user, user)))

    @app_commands.command(description="What two people think of the anime or manga that both scored")
    @takes(USER, OTHER)
    async def compare(self, interaction: Interaction, user: str, other: str, kind: Kind = "anime") -> None:
        await self.bot.show(interaction, partial(_compare, kind, user, other))


async def _compare(kind: str, user: str, other: str, visit: Visit[Sources]) -> UserComparison:
    """What two people who are named or referred to think."""
    names = await asyncio.gather(*(read_user_name(text, visit.sources) for text in (user, other)))
    return compare_users(kind, names[0], names[1])


async def setup(bot: Shiori) -> None:
    await bot.add_cog(AniListSite(bot))
