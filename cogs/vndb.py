"""`/vndb`: VNDB itself, and people's public lists there."""

from __future__ import annotations

import re
from functools import partial

from discord import app_commands

from bot.client import Shiori
from bot.command.option import Option, list_choices, takes, usable_everywhere
from bot.command.vndb import LABEL, build_user
from bot.errors import InvalidInput
from bot.interaction.reply import Interaction
from bot.lookup.person import find_both, find_vndb_user
from bot.lookup.reference import find_typed
from bot.lookup.source import Sources
from bot.navigation.page import Visit
from bot.vndb.api.list_sort import LIST_SORTS
from bot.vndb.api.user import VOTED, find_label
from bot.vndb.cards.user import find_default_sort
from bot.vndb.pages.user import StatsPage, UserCard, UserComparison, UserList

_NUMBER = re.compile("[0-9]{1,6}", re.ASCII)

_SORT = Option(
    "sort", str, "What comes first", None, choices=list_choices({sort: of.name for sort, of in LIST_SORTS.items()})
)


@usable_everywhere
class VndbSite(app_commands.Group, name="vndb", description="VNDB, and people's lists there"):
    """Shows VNDB's numbers, and lists that people made public."""

    def __init__(self, bot: Shiori) -> None:
        super().__init__()
        self.bot = bot

    @app_commands.command(description="How much VNDB knows")
    async def stats(self, interaction: Interaction) -> None:
        await self.bot.show(interaction, StatsPage())

    @app_commands.command(description="Somebody on VNDB: votes, labels, play time")
    @takes(build_user("user"))
    async def user(self, interaction: Interaction, user: str) -> None:
        await self.bot.show(interaction, partial(find_typed, user, "u", partial(_find_card, user)))

    @app_commands.command(name="list", description="Somebody's public list")
    @takes(build_user("user"), LABEL, _SORT)
    async def list_(
        self, interaction: Interaction, user: str, label: str = str(VOTED), sort: str | None = None
    ) -> None:
        await self.bot.show(interaction, partial(_find_list, user, label, sort))

    @app_commands.command(description="What two people think of the novels that both voted on")
    @takes(
        build_user("user"),
        build_user("other", "Who they are compared with, likewise"),
    )
    async def compare(self, interaction: Interaction, user: str, other: str) -> None:
        await self.bot.show(interaction, partial(_find_comparison, user, other))


async def _find_card(name: str, visit: Visit[Sources]) -> UserCard:
    return UserCard(await find_vndb_user(name, visit))


async def _find_list(name: str, label: str, sort: str | None, visit: Visit[Sources]) -> UserList:
    """One of somebody's lists, by its number or its name. Raises `InvalidInput` if there is none."""
    user_id = await find_vndb_user(name, visit)
    users = visit.sources.vndb.users
    label_id = int(label) if _NUMBER.fullmatch(label) else find_label(await users.fetch_labels(user_id), label)
    return UserList(user_id, label_id, sort or find_default_sort(label_id))


async def _find_comparison(user: str, other: str, visit: Visit[Sources]) -> UserComparison:
    """The votes of two people side by side. Raises `InvalidInput` if it is one."""
    first, second = await find_both(find_vndb_user(user, visit), find_vndb_user(other, visit))
    if first == second:
        raise InvalidInput("other user", "is the same as the first")
    return UserComparison(first, second)


async def setup(bot: Shiori) -> None:
    bot.tree.add_command(VndbSite(bot))
