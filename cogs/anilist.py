"""`/anilist`: people on AniList, and their public lists there."""

from __future__ import annotations

from functools import partial

from discord import app_commands

from bot.anime.pages.entry import UserComparison, compare_users, find_user
from bot.anime.pages.site import ALL, StatsPage, UserShelf
from bot.anime.pages.survey import SurveyPage
from bot.client import Shiori
from bot.command.anime import FIRST, KIND, LIST_SORT, LIST_STATUS, OTHER, USER
from bot.command.option import takes, usable_everywhere
from bot.interaction.reply import Interaction
from bot.lookup.people import Somebody, find_both
from bot.lookup.reference import find_typed
from bot.lookup.source import Sources
from bot.navigation.page import Lead, Opened, Visit


@usable_everywhere
class AniListSite(app_commands.Group, name="anilist", description="People on AniList, and their lists there"):
    """Shows profiles and lists that people made public."""

    def __init__(self, bot: Shiori) -> None:
        super().__init__()
        self.bot = bot

    @app_commands.command(description="You or somebody else on AniList: how much was watched and read")
    @takes(USER)
    async def user(self, interaction: Interaction, user: str | None = None) -> None:
        asked = self.bot.people.read(interaction, "AniList", user)
        await self.bot.show(interaction, partial(_find_card, asked), private=await asked.is_private())

    @app_commands.command(name="list", description="Your public list of anime or manga, or somebody else's")
    @takes(USER, KIND, LIST_SORT, LIST_STATUS)
    async def list_(
        self,
        interaction: Interaction,
        user: str | None = None,
        kind: str = "anime",
        status: str = ALL,
        sort: str = "rating",
    ) -> None:
        asked = self.bot.people.read(interaction, "AniList", user)
        find = partial(_find_list, asked, kind, status, sort)
        await self.bot.show(interaction, find, private=await asked.is_private())

    @app_commands.command(description="What two people think of the anime or manga that both scored")
    @takes(OTHER, FIRST, KIND)
    async def compare(self, interaction: Interaction, other: str, user: str | None = None, kind: str = "anime") -> None:
        first, second = (self.bot.people.read(interaction, "AniList", one) for one in (user, other))
        private = await first.is_private() or await second.is_private()
        await self.bot.show(interaction, partial(_compare, kind, first, second), private=private)

    @app_commands.command(
        description="What members of this server rate best and see most, and whose taste is near yours"
    )
    @takes(KIND)
    async def here(self, interaction: Interaction, kind: str = "anime") -> None:
        await self.bot.show(interaction, SurveyPage(kind, "best"), private=True)

    @app_commands.command(description="How much AniList knows")
    async def stats(self, interaction: Interaction) -> None:
        await self.bot.show(interaction, StatsPage())


async def _find_list(asked: Somebody, kind: str, status: str, sort: str, visit: Visit[Sources]) -> UserShelf:
    """The list of somebody."""
    return UserShelf(await asked.find(visit), kind, status, sort)


async def _compare(kind: str, user: Somebody, other: Somebody, visit: Visit[Sources]) -> UserComparison:
    """What two people think. Raises `InvalidInput` if it is one."""
    return compare_users(kind, *await find_both(user, other, visit))


async def _find_card(asked: Somebody, visit: Visit[Sources]) -> Lead[Sources]:
    async def find(visit: Visit[Sources]) -> Opened:
        return await find_user(await asked.find(visit), visit)

    return await find(visit) if asked.name is None else await find_typed(asked.name, "user", find, visit)


async def setup(bot: Shiori) -> None:
    bot.tree.add_command(AniListSite(bot))
