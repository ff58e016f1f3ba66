"""`/vndb`: VNDB itself, and people's public lists there."""

from __future__ import annotations

from functools import partial

import discord
from discord import app_commands

from bot.client import Shiori
from bot.command.option import Option, list_choices, takes, usable_everywhere
from bot.command.vndb import LABEL, VNDB_FIRST, VNDB_OTHER, VNDB_USER
from bot.interaction.reply import Interaction
from bot.lookup.people import Somebody, find_both
from bot.lookup.reference import find_typed
from bot.lookup.source import Sources
from bot.navigation.page import Lead, Visit
from bot.vndb.api.list_sort import LIST_SORTS
from bot.vndb.api.user import LABELS, VOTED, find_label
from bot.vndb.cards.user import find_default_sort
from bot.vndb.pages.survey import SurveyPage
from bot.vndb.pages.user import StatsPage, UserCard, UserComparison, UserList

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

    @app_commands.command(description="You or somebody else on VNDB: votes, labels, play time")
    @takes(VNDB_USER)
    async def user(self, interaction: Interaction, user: str | None = None) -> None:
        asked = self.bot.people.read(interaction, "VNDB", user)
        await self.bot.show(interaction, partial(_find_card, asked), private=await asked.is_private())

    @app_commands.command(name="list", description="Your public list, or somebody else's")
    @takes(VNDB_USER, LABEL, _SORT)
    async def list_(
        self, interaction: Interaction, user: str | None = None, label: str = str(VOTED), sort: str | None = None
    ) -> None:
        asked = self.bot.people.read(interaction, "VNDB", user)
        find = partial(_find_list, asked, label, sort)
        await self.bot.show(interaction, find, private=await asked.is_private())

    @app_commands.command(description="What two people think of the novels that both voted on")
    @takes(VNDB_OTHER, VNDB_FIRST)
    async def compare(self, interaction: Interaction, other: str, user: str | None = None) -> None:
        first, second = (self.bot.people.read(interaction, "VNDB", one) for one in (user, other))
        private = await first.is_private() or await second.is_private()
        await self.bot.show(interaction, partial(_find_comparison, first, second), private=private)

    @app_commands.command(
        description="What members of this server rate best and read most, and whose taste is near yours"
    )
    async def here(self, interaction: Interaction) -> None:
        await self.bot.show(interaction, SurveyPage("best"), private=True)

    @app_commands.command(description="Link your VNDB token, to see and change your own list here")
    async def link(self, interaction: Interaction) -> None:
        await self.bot.token_panel.show(interaction)

    @app_commands.command(description="Delete the VNDB token that you linked")
    async def unlink(self, interaction: Interaction) -> None:
        await self.bot.token_panel.unlink(interaction)

    @app_commands.command(name="import", description="Bring a file into your list on VNDB: shown first, then written")
    @app_commands.describe(file="VNDB's export of a list (XML), or what /vndb export made; none to see how it stands")
    async def import_(self, interaction: Interaction, file: discord.Attachment | None = None) -> None:
        await self.bot.transfers.import_file(interaction, file)

    @app_commands.command(description="Your list on VNDB as files, for you alone")
    async def export(self, interaction: Interaction) -> None:
        await self.bot.transfers.export(interaction)


async def _find_card(asked: Somebody, visit: Visit[Sources]) -> Lead[Sources]:
    async def find(visit: Visit[Sources]) -> UserCard:
        return UserCard(await asked.find(visit))

    return await find(visit) if asked.name is None else await find_typed(asked.name, "u", find, visit)


async def _find_list(asked: Somebody, label: str, sort: str | None, visit: Visit[Sources]) -> UserList:
    """One of somebody's lists, by its number or its name. Raises `InvalidInput` if there is none."""
    user_id = await asked.find(visit)
    users = visit.sources.vndb.users
    # Those that everybody has need no asking, also where they cannot be seen.
    label_id = int(label) if label in map(str, LABELS) else find_label(await users.fetch_labels(user_id), label)
    return UserList(user_id, label_id, sort or find_default_sort(label_id))


async def _find_comparison(user: Somebody, other: Somebody, visit: Visit[Sources]) -> UserComparison:
    """The votes of two people side by side. Raises `InvalidInput` if it is one."""
    return UserComparison(*await find_both(user, other, visit))


async def setup(bot: Shiori) -> None:
    bot.tree.add_command(VndbSite(bot))
