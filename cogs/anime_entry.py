"""Under `/anime`: who plays in an anime or manga, and who made it."""

from __future__ import annotations

from functools import partial
from typing import Any

from discord import app_commands

from bot.anime.api.wish import NameSort, NameWish
from bot.anime.pages.entry import CHARACTER, STAFF, STUDIO, EntryKind, ProfileSearch, find_named
from bot.anime.pages.site import Birthday
from bot.client import Shiori
from bot.command.anime import CHARACTER_NAME, STAFF_NAME, STUDIO_NAME, build_sort
from bot.command.option import add_to, takes
from bot.interaction.reply import Interaction
from bot.lookup.reference import find_typed
from bot.lookup.source import Sources
from bot.navigation.page import Lead, Visit


class _Entries(app_commands.Group):
    """Commands for one kind of entries."""

    def __init__(self, bot: Shiori) -> None:
        super().__init__()
        self.bot = bot

    async def find(self, interaction: Interaction, of: EntryKind[Any], name: str) -> None:
        """The card that `name` means, or a list of what it may mean."""
        await self.bot.show(interaction, partial(find_typed, name, of.name, partial(find_named, of, name)))

    async def list(self, interaction: Interaction, of: EntryKind[Any], name: str | None, sort: NameSort) -> None:
        """All that are called so, in that order; without a name all there are."""
        search = partial(_list_named, of, NameWish(name, sort))
        await self.bot.show(interaction, partial(find_typed, name, of.name, search) if name else search)


class Characters(_Entries, name="character", description="Characters of anime and manga"):
    """`/anime character`."""

    @app_commands.command(description="All about a character")
    @takes(CHARACTER_NAME)
    async def info(self, interaction: Interaction, name: str) -> None:
        await self.find(interaction, CHARACTER, name)

    @app_commands.command(description="Find characters by name")
    @takes(CHARACTER_NAME, build_sort("match", "favourites"))
    async def search(self, interaction: Interaction, name: str | None = None, sort: NameSort = "match") -> None:
        await self.list(interaction, CHARACTER, name, sort)

    @app_commands.command(description="Whose birthday it is today")
    async def birthday(self, interaction: Interaction) -> None:
        await self.bot.show(interaction, Birthday())


class Staff(_Entries, name="staff", description="People who work on anime and manga"):
    """`/anime staff`."""

    @app_commands.command(description="Somebody who works on anime or manga: directors, writers, voice actors …")
    @takes(STAFF_NAME)
    async def info(self, interaction: Interaction, name: str) -> None:
        await self.find(interaction, STAFF, name)

    @app_commands.command(description="Find people by name")
    @takes(STAFF_NAME, build_sort("match", "favourites"))
    async def search(self, interaction: Interaction, name: str | None = None, sort: NameSort = "match") -> None:
        await self.list(interaction, STAFF, name, sort)


class Studios(_Entries, name="studio", description="Studios that make anime"):
    """`/anime studio`."""

    @app_commands.command(description="A studio and its works")
    @takes(STUDIO_NAME)
    async def info(self, interaction: Interaction, name: str) -> None:
        await self.find(interaction, STUDIO, name)

    @app_commands.command(description="Find studios by name")
    @takes(STUDIO_NAME, build_sort("match", "name", "favourites"))
    async def search(self, interaction: Interaction, name: str | None = None, sort: NameSort = "match") -> None:
        await self.list(interaction, STUDIO, name, sort)


async def _list_named(of: EntryKind[Any], wish: NameWish, _visit: Visit[Sources]) -> Lead[Sources]:
    return ProfileSearch(of.name, wish)


async def setup(bot: Shiori) -> None:
    for group in (Characters, Staff, Studios):
        add_to(bot, "anime", group(bot))
