"""`/vn release`: how visual novels came out."""

from __future__ import annotations

from typing import Unpack

from discord import app_commands

from bot.client import Shiori
from bot.command.completion import complete_release
from bot.command.option import (
    ReleaseOptions,
    Text,
    add_to_vn,
    find_matches,
    list_choices,
    read_release_wish,
    takes,
    takes_whole_release_wish,
)
from bot.interaction.reply import Interaction
from bot.lookup.vndb import show_search
from bot.navigation.frame import PageView
from bot.navigation.visit import Visit
from bot.vndb.pages.list import RELEASES

_SORTS = list_choices({"rank": "Best match", "newest": "Newest first", "oldest": "Oldest first", "title": "Title"})
_OF_DATE = ("date", "released_after", "released_before")


class Releases(app_commands.Group, name="release", description="Releases of visual novels"):
    """Looks releases up."""

    def __init__(self, bot: Shiori) -> None:
        super().__init__()
        self.bot = bot

    @app_commands.command(description="One release of a visual novel")
    @app_commands.describe(title="A title, an id such as r129, or a vndb.org link")
    @takes("spoilers")
    @app_commands.autocomplete(title=complete_release)
    async def info(self, interaction: Interaction, title: Text, spoilers: int | None = None) -> None:
        visit = self.bot.visit(interaction, spoilers=spoilers)
        await self.bot.answer(interaction, show_search(self.bot.router, RELEASES, title, visit))

    @app_commands.command(description="Find releases by title, date, platform, language, engine, voices …")
    @app_commands.describe(title="A title")
    @app_commands.choices(sort=_SORTS)
    @app_commands.autocomplete(title=complete_release)
    @takes_whole_release_wish
    async def search(
        self,
        interaction: Interaction,
        title: Text | None = None,
        sort: str | None = None,
        **options: Unpack[ReleaseOptions],
    ) -> None:
        await self.bot.answer(interaction, self.find(title, sort, options, self.bot.visit(interaction)))

    async def find(self, title: str | None, sort: str | None, options: ReleaseOptions, visit: Visit) -> PageView:
        """The card of the release that is meant, or the list of those that may be."""
        given = options.pop("filter", None)
        by_date = sort in {"newest", "oldest"} or (sort is None and not title)
        if by_date and given is None and not any(options.get(name) for name in _OF_DATE):
            options["date"] = "any"
        wish = await read_release_wish(self.bot.sources.vndb, options, visit.viewer)
        return await find_matches(self.bot.router, RELEASES, wish.build(), visit, name=title, sort=sort, given=given)


async def setup(bot: Shiori) -> None:
    add_to_vn(bot, Releases(bot))
