"""`/vn character`: characters of visual novels, from VNDB."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from discord import app_commands

from bot.client import Shiori
from bot.command.option import Option, add_to_vn, takes
from bot.command.vndb import CHARACTER_NAME, CHARACTER_OPTIONS, SPOILERS, build_sort, find_matches
from bot.interaction.reply import Interaction
from bot.lookup.vndb import show_search
from bot.navigation.frame import PageView
from bot.navigation.visit import Visit
from bot.vndb.api.wish import parse_birthday
from bot.vndb.pages.list import CHARACTERS

_DAY = Option(
    "day",
    app_commands.Range[str, 1, 20],
    "12-14, 14 December, or a whole month such as December; today if left out",
    None,
)


class Characters(app_commands.Group, name="character", description="Characters of visual novels"):
    """Looks characters up."""

    def __init__(self, bot: Shiori) -> None:
        super().__init__()
        self.bot = bot

    @app_commands.command(description="All about a character")
    @takes(CHARACTER_NAME, SPOILERS)
    async def info(self, interaction: Interaction, name: str, spoilers: int | None = None) -> None:
        visit = self.bot.visit(interaction, spoilers=spoilers)
        await self.bot.answer(interaction, show_search(self.bot.router, CHARACTERS, name, visit))

    @app_commands.command(description="Find characters by name or trait")
    @takes(CHARACTER_NAME, build_sort("rank", "name"), *CHARACTER_OPTIONS, SPOILERS)
    async def search(
        self,
        interaction: Interaction,
        name: str | None = None,
        sort: str | None = None,
        spoilers: int | None = None,
        **options: Any,
    ) -> None:
        visit = self.bot.visit(interaction, spoilers=spoilers)
        work = find_matches(self.bot.router, CHARACTERS, CHARACTER_OPTIONS, options, visit, text=name or "", sort=sort)
        await self.bot.answer(interaction, work)

    @app_commands.command(description="A character by chance")
    @takes(SPOILERS)
    async def random(self, interaction: Interaction, spoilers: int | None = None) -> None:
        await self.bot.show(interaction, "random/c", spoilers=spoilers)

    @app_commands.command(description="Whose birthday it is, today or on another day")
    @takes(_DAY)
    async def birthday(self, interaction: Interaction, day: str | None = None) -> None:
        await self.bot.answer(interaction, self.find_born(day, self.bot.visit(interaction)))

    async def find_born(self, day: str | None, visit: Visit) -> PageView:
        """The characters born on that day, whatever the year."""
        today = datetime.fromtimestamp(self.bot.clock.time(), UTC)
        month, of_month = (today.month, today.day) if day is None else parse_birthday(day)
        return await self.bot.router.show(Visit(visit.address.go(f"birthday/{month}-{of_month}"), visit.viewer))


async def setup(bot: Shiori) -> None:
    add_to_vn(bot, Characters(bot))
