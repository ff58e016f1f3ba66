"""`/vn character`: characters of visual novels, from VNDB."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import partial
from typing import Any

from discord import app_commands

from bot.client import Shiori
from bot.command.option import Option, add_to, takes
from bot.command.vndb import CHARACTER_NAME, CHARACTER_OPTIONS, SPOILERS, build_sort, find_described
from bot.interaction.reply import Interaction
from bot.lookup.source import Sources
from bot.lookup.vndb import find_search
from bot.navigation.page import Visit
from bot.vndb.api.wish import parse_birthday
from bot.vndb.pages.entry import RandomCharacter
from bot.vndb.pages.list import Birthday
from bot.vndb.pages.list_kind import CHARACTERS

_DAY = Option(
    "day",
    app_commands.Range[str, 1, 20],
    "12-14, 14 December, or a whole month such as December; today if you leave it out",
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
        await self.bot.show(interaction, partial(find_search, CHARACTERS, name), spoilers=spoilers)

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
        find = partial(find_described, CHARACTERS, CHARACTER_OPTIONS, options, name, sort)
        await self.bot.show(interaction, find, spoilers=spoilers)

    @app_commands.command(description="A character by chance")
    @takes(SPOILERS)
    async def random(self, interaction: Interaction, spoilers: int | None = None) -> None:
        await self.bot.show(interaction, RandomCharacter(), spoilers=spoilers)

    @app_commands.command(description="Whose birthday it is, today or on another day")
    @takes(_DAY)
    async def birthday(self, interaction: Interaction, day: str | None = None) -> None:
        today = datetime.fromtimestamp(self.bot.clock.time(), UTC)
        await self.bot.show(interaction, partial(_find_born, day, today))


async def _find_born(day: str | None, today: date, _visit: Visit[Sources]) -> Birthday:
    """The characters born on that day, whatever the year."""
    if day is None or day.strip().casefold() == "today":
        return Birthday(today.month, today.day)
    return Birthday(*parse_birthday(day))


async def setup(bot: Shiori) -> None:
    add_to(bot, "vn", Characters(bot))
