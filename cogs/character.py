"""`/vn character`: characters of visual novels, from VNDB."""

from __future__ import annotations

from datetime import UTC, datetime

from discord import app_commands

from bot.client import Shiori
from bot.command.completion import complete_character, complete_trait
from bot.command.option import FilterText, Text, add_to_vn, find_entry_id, find_matches, list_choices, takes
from bot.interaction.reply import Interaction
from bot.lookup.vndb import show_search
from bot.navigation.frame import PageView
from bot.navigation.visit import Visit
from bot.vndb.api import kind as kinds
from bot.vndb.api import where
from bot.vndb.api.wish import parse_birthday
from bot.vndb.pages.list import CHARACTERS

NAME = "A name, an id such as c34, or a vndb.org link"


class Characters(app_commands.Group, name="character", description="Characters of visual novels"):
    """Looks characters up."""

    def __init__(self, bot: Shiori) -> None:
        super().__init__()
        self.bot = bot

    @app_commands.command(description="All about a character")
    @app_commands.describe(name=NAME)
    @takes("spoilers")
    @app_commands.autocomplete(name=complete_character)
    async def info(self, interaction: Interaction, name: Text, spoilers: int | None = None) -> None:
        visit = self.bot.visit(interaction, spoilers=spoilers)
        await self.bot.answer(interaction, show_search(self.bot.router, CHARACTERS, name, visit))

    @app_commands.command(description="Find characters by name or trait")
    @app_commands.describe(name="A name", trait="A trait they must have")
    @app_commands.choices(sort=list_choices({"rank": "Best match", "name": "Name"}))
    @takes("filter", "spoilers")
    @app_commands.autocomplete(name=complete_character, trait=complete_trait)
    async def search(
        self,
        interaction: Interaction,
        name: Text | None = None,
        sort: str | None = None,
        trait: app_commands.Range[str, 1, 100] | None = None,
        filter: FilterText | None = None,  # noqa: A002 - what people type
        spoilers: int | None = None,
    ) -> None:
        visit = self.bot.visit(interaction, spoilers=spoilers)
        await self.bot.answer(interaction, self.find(name, sort, trait, filter, visit))

    @app_commands.command(description="A character by chance")
    @takes("spoilers")
    async def random(self, interaction: Interaction, spoilers: int | None = None) -> None:
        await self.bot.show(interaction, "random/c", spoilers=spoilers)

    @app_commands.command(description="Whose birthday it is, today or on another day")
    @app_commands.describe(day="12-14, 14 December, or a whole month such as December; today if left out")
    async def birthday(self, interaction: Interaction, day: app_commands.Range[str, 1, 20] | None = None) -> None:
        await self.bot.answer(interaction, self.find_born(day, self.bot.visit(interaction)))

    async def find(
        self, name: str | None, sort: str | None, trait: str | None, given: str | None, visit: Visit
    ) -> PageView:
        """The card of the character that is meant, or the list of those who may be."""
        trait_id = await find_entry_id(self.bot.sources.vndb, kinds.TRAIT, trait, visit.viewer)
        wanted = None if trait_id is None else where.CHARACTER.trait.eq(trait_id)
        return await find_matches(self.bot.router, CHARACTERS, wanted, visit, name=name, sort=sort, given=given)

    async def find_born(self, day: str | None, visit: Visit) -> PageView:
        """The characters born on that day, whatever the year."""
        today = datetime.fromtimestamp(self.bot.clock.time(), UTC)
        month, of_month = (today.month, today.day) if day is None else parse_birthday(day)
        return await self.bot.router.show(Visit(visit.address.go(f"birthday/{month}-{of_month}"), visit.viewer))


async def setup(bot: Shiori) -> None:
    add_to_vn(bot, Characters(bot))
