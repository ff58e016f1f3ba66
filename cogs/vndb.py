"""`/vndb`: VNDB itself, and people's public lists there."""

from __future__ import annotations

import asyncio

from discord import app_commands
from discord.ext import commands

from bot.apis.vndb_user import VOTED
from bot.client import Shiori
from bot.errors import InvalidInput
from bot.links import parse_reference
from bot.options import usable_everywhere
from bot.pages.visit import Visit
from bot.reply import Interaction
from bot.ui.frame import PageView
from bot.ui.vndb_user import LIST_SORTS, find_default_sort

Name = app_commands.Range[str, 1, 100]

LABELS = [
    app_commands.Choice(name=name, value=value)
    for value, name in ((7, "Voted"), (1, "Playing"), (2, "Finished"), (3, "Stalled"), (4, "Dropped"),
                        (5, "Wishlist"), (6, "Blacklist"))
]  # fmt: skip
SORTINGS = [app_commands.Choice(name=name, value=sort) for sort, (name, _) in LIST_SORTS.items()]


@usable_everywhere
class VndbSite(commands.GroupCog, group_name="vndb", group_description="VNDB, and people's lists there"):
    """Shows VNDB's numbers, and lists that people made public."""

    def __init__(self, bot: Shiori) -> None:
        self.bot = bot
        super().__init__()

    @app_commands.command(description="How much VNDB knows")
    async def stats(self, interaction: Interaction) -> None:
        await self.bot.show(interaction, "stats")

    @app_commands.command(description="Somebody on VNDB: votes, labels, play time")
    @app_commands.describe(name="Their name on VNDB, an id such as u3, or a vndb.org link")
    async def user(self, interaction: Interaction, name: Name) -> None:
        await self.bot.answer(interaction, self.show_user(name, self.bot.visit(interaction)))

    @app_commands.command(name="list", description="Somebody's public list")
    @app_commands.describe(
        user="Their name on VNDB, an id such as u3, or a vndb.org link", label="Which part", sort="What comes first"
    )
    @app_commands.choices(label=LABELS)
    @app_commands.choices(sort=SORTINGS)
    async def list_(self, interaction: Interaction, user: Name, label: int = VOTED, sort: str | None = None) -> None:
        visit = self.bot.visit(interaction)
        await self.bot.answer(
            interaction, self.show_user(user, visit, rest=f"/list/{label}/{sort or find_default_sort(label)}")
        )

    @app_commands.command(description="What two people think of the novels that both voted on")
    @app_commands.describe(user_a="A name on VNDB, an id such as u3, or a vndb.org link", user_b="The other one")
    async def compare(self, interaction: Interaction, user_a: Name, user_b: Name) -> None:
        await self.bot.answer(interaction, self.show_comparison(user_a, user_b, self.bot.visit(interaction)))

    async def show_user(self, name: str, visit: Visit, *, rest: str = "") -> PageView:
        """A page of somebody."""
        user_id = await self.find_user(name)
        return await self.bot.router.show(Visit(visit.address.go(user_id + rest), visit.viewer))

    async def show_comparison(self, user_a: str, user_b: str, visit: Visit) -> PageView:
        """The votes of two people side by side. Raises `InvalidInput` if it is one."""
        first, second = await asyncio.gather(self.find_user(user_a), self.find_user(user_b))
        if first == second:
            raise InvalidInput("second user", "is the same as the first")
        return await self.bot.router.show(Visit(visit.address.go(f"compare/{first}/{second}"), visit.viewer))

    async def find_user(self, name: str) -> str:
        """The id of the person whom a name, an id or a link means."""
        user = await self.bot.sources.vndb.users.fetch_user(parse_reference(name, "u") or name)
        return user.entry.id


async def setup(bot: Shiori) -> None:
    await bot.add_cog(VndbSite(bot))
