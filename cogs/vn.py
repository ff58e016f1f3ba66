"""`/vn`: visual novels from VNDB."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from discord import app_commands
from discord.ext import commands

from bot.client import Shiori
from bot.command.option import Values, pick, takes, usable_everywhere
from bot.command.vndb import (
    RELEASE_OPTIONS,
    SPOILERS,
    VN_OPTIONS,
    VN_TITLE,
    build_sort,
    find_matches,
    read_wish,
)
from bot.interaction.reply import Interaction
from bot.lookup.vndb import find_entry, show_search
from bot.navigation.frame import PageView
from bot.navigation.visit import Visit
from bot.vndb.api import where
from bot.vndb.api.filter import Filter, all_of
from bot.vndb.api.model import Release
from bot.vndb.api.wish import FIRST_DATE
from bot.vndb.pages.list import RELEASES, VNS, show_list
from bot.vndb.pages.vn import show_random

_QUERY = replace(VN_TITLE, name="query")
_QUOTED = replace(VN_TITLE, description=f"{VN_TITLE.description}; any novel if left out")
_BY = replace(build_sort("rating", "votes"), name="by", description="What makes them the best")
_LATELY = pick(RELEASE_OPTIONS, "language", "platform", "released_after", "released_before", "filter")


@usable_everywhere
class VisualNovels(commands.GroupCog, group_name="vn", group_description="Visual novels from VNDB"):
    """Looks visual novels up, lists them, and finds some by chance."""

    def __init__(self, bot: Shiori) -> None:
        self.bot = bot
        super().__init__()

    @app_commands.command(description="All about a visual novel: characters, releases, staff, tags, screenshots …")
    @takes(VN_TITLE, SPOILERS)
    async def info(self, interaction: Interaction, title: str, spoilers: int | None = None) -> None:
        visit = self.bot.visit(interaction, spoilers=spoilers)
        await self.bot.answer(interaction, show_search(self.bot.router, VNS, title, visit))

    @app_commands.command(description="Find visual novels by title, and by what they are like")
    @takes(_QUERY, build_sort("rank", "rating", "votes", "newest", "oldest", "title"), *VN_OPTIONS, SPOILERS)
    async def search(
        self, interaction: Interaction, query: str | None = None, sort: str | None = None, **options: Any
    ) -> None:
        visit = self.visit(interaction, options)
        work = find_matches(self.bot.router, VNS, VN_OPTIONS, options, visit, text=query or "", sort=sort)
        await self.bot.answer(interaction, work)

    @app_commands.command(description="A visual novel by chance")
    @takes(*VN_OPTIONS, SPOILERS)
    async def random(self, interaction: Interaction, **options: Any) -> None:
        await self.bot.answer(interaction, self.draw(options, self.visit(interaction, options)))

    @app_commands.command(description="The best visual novels, of all or of those that you describe")
    @takes(_BY, *VN_OPTIONS, SPOILERS)
    async def top(self, interaction: Interaction, by: str = "rating", **options: Any) -> None:
        await self.bot.answer(interaction, self.rank(by, options, self.visit(interaction, options)))

    @app_commands.command(description="Releases that are still to come, the next ones first")
    @takes(*_LATELY)
    async def upcoming(self, interaction: Interaction, **options: Any) -> None:
        dated = all_of(where.RELEASE.released.gt("today"), where.RELEASE.released.ne("TBA"))
        await self.bot.answer(interaction, self.list_releases(dated, "upcoming", options, self.bot.visit(interaction)))

    @app_commands.command(description="What came out lately, the newest first")
    @takes(*_LATELY)
    async def new(self, interaction: Interaction, **options: Any) -> None:
        dated = all_of(where.RELEASE.released.ge(FIRST_DATE), where.RELEASE.released.le("today"))
        await self.bot.answer(interaction, self.list_releases(dated, "new", options, self.bot.visit(interaction)))

    @app_commands.command(description="Visual novels like one, by the tags they share")
    @takes(VN_TITLE)
    async def similar(self, interaction: Interaction, title: str) -> None:
        await self.bot.answer(interaction, self.find_similar(title, self.bot.visit(interaction)))

    @app_commands.command(description="A quote: by chance, or from one visual novel")
    @takes(_QUOTED, SPOILERS)
    async def quote(self, interaction: Interaction, title: str | None = None, spoilers: int | None = None) -> None:
        if title is None:
            await self.bot.show(interaction, "random/q", spoilers=spoilers)
        else:
            visit = self.bot.visit(interaction, spoilers=spoilers)
            await self.bot.answer(interaction, self.find_quotes(title, visit))

    def visit(self, interaction: Interaction, options: Values) -> Visit:
        """The look at a page that a command with these options asks for."""
        return self.bot.visit(interaction, spoilers=options.get("spoilers"))

    async def draw(self, options: Values, visit: Visit) -> PageView:
        """A random one of the novels that the options describe."""
        wanted = await read_wish(VN_OPTIONS, self.bot.sources.vndb, options, visit.viewer)
        return await show_random(wanted, self.bot.sources, visit)

    async def rank(self, by: str, options: Values, visit: Visit) -> PageView:
        """The best of the novels that the options describe."""
        wanted = await read_wish(VN_OPTIONS, self.bot.sources.vndb, options, visit.viewer)
        return await show_list(VNS, wanted, by, self.bot.sources, visit)

    async def list_releases(self, dated: Filter[Release], sorting: str, options: Values, visit: Visit) -> PageView:
        """Those releases that the options describe."""
        wish = await read_wish(_LATELY, self.bot.sources.vndb, options, visit.viewer)
        wanted = dated if wish is None else all_of(dated, wish)
        return await show_list(RELEASES, wanted, sorting, self.bot.sources, visit)

    async def find_similar(self, title: str, visit: Visit) -> PageView:
        """Novels like the one that `title` names best."""
        vn_id = await find_entry(self.bot.router, VNS, title, visit, page="similar/{}")
        return await self.bot.router.show(Visit(visit.address.go(f"similar/{vn_id}"), visit.viewer))

    async def find_quotes(self, title: str, visit: Visit) -> PageView:
        """The quotes from the novel that `title` names best."""
        vn_id = await find_entry(self.bot.router, VNS, title, visit, page="{}/quotes")
        return await self.bot.router.show(Visit(visit.address.go(f"{vn_id}/quotes"), visit.viewer))


async def setup(bot: Shiori) -> None:
    await bot.add_cog(VisualNovels(bot))
