"""`/vn`: visual novels from VNDB."""

from __future__ import annotations

from typing import Unpack

from discord import app_commands
from discord.ext import commands

from bot.client import Shiori
from bot.command.completion import complete_vn
from bot.command.option import (
    ReleaseOptions,
    Text,
    VnOptions,
    read_release_wish,
    read_vn_wish,
    takes,
    takes_release_wish,
    takes_vn_wish,
    usable_everywhere,
)
from bot.errors import InvalidInput
from bot.interaction.reply import Interaction
from bot.links.target import parse_search_link, read_reference
from bot.lookup.vndb import find_entry, show_matches, show_search
from bot.navigation.frame import PageView
from bot.navigation.visit import Visit
from bot.vndb.api import where
from bot.vndb.api.filter import Filter, all_of
from bot.vndb.api.model import Release
from bot.vndb.api.wish import FIRST_DATE
from bot.vndb.pages.list import RELEASES, VNS, show_list
from bot.vndb.pages.vn import show_random

SORTINGS = [
    app_commands.Choice(name="Best match", value="rank"),
    app_commands.Choice(name="Rating", value="rating"),
    app_commands.Choice(name="Votes", value="votes"),
    app_commands.Choice(name="Newest first", value="newest"),
    app_commands.Choice(name="Oldest first", value="oldest"),
    app_commands.Choice(name="Title", value="title"),
]
TITLE = "A title, an id such as v17, or a vndb.org link"


@usable_everywhere
class VisualNovels(commands.GroupCog, group_name="vn", group_description="Visual novels from VNDB"):
    """Looks visual novels up, lists them, and finds some by chance."""

    def __init__(self, bot: Shiori) -> None:
        self.bot = bot
        super().__init__()

    @app_commands.command(description="All about a visual novel: characters, releases, staff, tags, screenshots …")
    @app_commands.describe(title=TITLE)
    @takes("spoilers")
    @app_commands.autocomplete(title=complete_vn)
    async def info(self, interaction: Interaction, title: Text, spoilers: int | None = None) -> None:
        visit = self.bot.visit(interaction, spoilers=spoilers)
        await self.bot.answer(interaction, show_search(self.bot.router, VNS, title, visit))

    @app_commands.command(description="Find visual novels by title, and by what they are like")
    @app_commands.describe(query=TITLE, sort="What comes first")
    @app_commands.choices(sort=SORTINGS)
    @app_commands.autocomplete(query=complete_vn)
    @takes_vn_wish
    async def search(
        self, interaction: Interaction, query: Text | None = None, sort: str | None = None, **options: Unpack[VnOptions]
    ) -> None:
        await self.bot.answer(interaction, self.find(query or "", sort, options, self.visit(interaction, options)))

    @app_commands.command(description="A visual novel by chance")
    @takes_vn_wish
    async def random(self, interaction: Interaction, **options: Unpack[VnOptions]) -> None:
        await self.bot.answer(interaction, self.draw(options, self.visit(interaction, options)))

    @app_commands.command(description="The best visual novels, of all or of those that you describe")
    @app_commands.describe(by="What makes them the best")
    @app_commands.choices(by=SORTINGS[1:3])
    @takes_vn_wish
    async def top(self, interaction: Interaction, by: str = "rating", **options: Unpack[VnOptions]) -> None:
        await self.bot.answer(interaction, self.rank(by, options, self.visit(interaction, options)))

    @app_commands.command(description="Releases that are still to come, the next ones first")
    @takes_release_wish
    async def upcoming(self, interaction: Interaction, **options: Unpack[ReleaseOptions]) -> None:
        dated = all_of(where.RELEASE.released.gt("today"), where.RELEASE.released.ne("TBA"))
        await self.bot.answer(interaction, self.list_releases(dated, "upcoming", options, self.bot.visit(interaction)))

    @app_commands.command(description="What came out lately, the newest first")
    @takes_release_wish
    async def new(self, interaction: Interaction, **options: Unpack[ReleaseOptions]) -> None:
        dated = all_of(where.RELEASE.released.ge(FIRST_DATE), where.RELEASE.released.le("today"))
        await self.bot.answer(interaction, self.list_releases(dated, "new", options, self.bot.visit(interaction)))

    @app_commands.command(description="Visual novels like one, by the tags they share")
    @app_commands.describe(title=TITLE)
    @app_commands.autocomplete(title=complete_vn)
    async def similar(self, interaction: Interaction, title: Text) -> None:
        await self.bot.answer(interaction, self.find_similar(title, self.bot.visit(interaction)))

    @app_commands.command(description="A quote: by chance, or from one visual novel")
    @app_commands.describe(title=f"{TITLE}; any novel if left out")
    @takes("spoilers")
    @app_commands.autocomplete(title=complete_vn)
    async def quote(self, interaction: Interaction, title: Text | None = None, spoilers: int | None = None) -> None:
        if title is None:
            await self.bot.show(interaction, "random/q", spoilers=spoilers)
        else:
            visit = self.bot.visit(interaction, spoilers=spoilers)
            await self.bot.answer(interaction, self.find_quotes(title, visit))

    def visit(self, interaction: Interaction, options: VnOptions) -> Visit:
        """The look at a page that a command with these options asks for."""
        return self.bot.visit(interaction, spoilers=options.get("spoilers"))

    async def find(self, query: str, sort: str | None, options: VnOptions, visit: Visit) -> PageView:
        """The card that `query` names, or what matches it and the options."""
        is_plain = sort is None and not any(value is not None for name, value in options.items() if name != "spoilers")
        link = parse_search_link(query)
        if link is not None and not (is_plain and link.kind != "v"):
            if options.get("filter") is not None:
                raise InvalidInput("filter", "can be given only once, as the query or as the filter")
            options, query = {**options, "filter": query}, ""
        # What was chosen from the list is an id, which no search for a title would find.
        elif query and (is_plain or read_reference(query, "v") is not None):
            return await show_search(self.bot.router, VNS, query, visit)
        # VNDB ranks by one search alone, and a filter may hold another.
        may_rank = bool(query) and options.get("filter") is None
        sorting = sort or ("rank" if may_rank else "rating")
        if sorting == "rank" and not may_rank:
            raise InvalidInput("sort", "can be the best match only where a title is searched for, and no filter given")
        wanted = (await read_vn_wish(self.bot.sources.vndb, options, visit.viewer, text=query)).build()
        return await show_matches(self.bot.router, VNS, wanted, visit, text=query, sorting=sorting)

    async def draw(self, options: VnOptions, visit: Visit) -> PageView:
        """A random one of the novels that the options describe."""
        wish = await read_vn_wish(self.bot.sources.vndb, options, visit.viewer)
        return await show_random(wish.build(), self.bot.sources, visit)

    async def rank(self, by: str, options: VnOptions, visit: Visit) -> PageView:
        """The best of the novels that the options describe."""
        wish = await read_vn_wish(self.bot.sources.vndb, options, visit.viewer)
        return await show_list(VNS, wish.build(), by, self.bot.sources, visit)

    async def list_releases(
        self, dated: Filter[Release], sorting: str, options: ReleaseOptions, visit: Visit
    ) -> PageView:
        """Those releases that the options describe."""
        wish = (await read_release_wish(self.bot.sources.vndb, options, visit.viewer)).build()
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
