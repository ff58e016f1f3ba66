"""Under `/vn`: who made a visual novel, and what it is about."""

from __future__ import annotations

from functools import partial
from typing import Any

from discord import app_commands

from bot.client import Shiori
from bot.command.option import add_to, takes
from bot.command.vndb import (
    CATEGORY,
    PRODUCER_NAME,
    PRODUCER_OPTIONS,
    SPOILERS,
    STAFF_NAME,
    STAFF_OPTIONS,
    TAG_NAME,
    TRAIT_NAME,
    build_sort,
    find_described,
)
from bot.errors import InvalidInput
from bot.interaction.reply import Interaction
from bot.links.target import parse_search_link, read_reference
from bot.lookup.source import Sources
from bot.lookup.vndb import find_matches, find_search
from bot.navigation.page import Lead, Visit
from bot.vndb.pages.list import build_named
from bot.vndb.pages.list_kind import PRODUCERS, STAFF, TAGS, TRAITS, ListKind


class _Entries(app_commands.Group):
    """Commands for one kind of entries."""

    def __init__(self, bot: Shiori) -> None:
        super().__init__()
        self.bot = bot

    async def show(self, interaction: Interaction, of: ListKind[Any], text: str, spoilers: int | None) -> None:
        """The card that `text` means."""
        await self.bot.show(interaction, partial(find_search, of, text), spoilers=spoilers)


class Staff(_Entries, name="staff", description="People who work on visual novels"):
    """`/vn staff`."""

    @app_commands.command(description="Somebody who works on visual novels: writers, artists, voice actors …")
    @takes(STAFF_NAME, SPOILERS)
    async def info(self, interaction: Interaction, name: str, spoilers: int | None = None) -> None:
        await self.show(interaction, STAFF, name, spoilers)

    @app_commands.command(description="Find people by name, role, language or gender")
    @takes(STAFF_NAME, build_sort("rank", "name"), *STAFF_OPTIONS)
    async def search(
        self, interaction: Interaction, name: str | None = None, sort: str | None = None, **options: Any
    ) -> None:
        await self.bot.show(interaction, partial(find_described, STAFF, STAFF_OPTIONS, options, name, sort))


class Producers(_Entries, name="producer", description="Developers and publishers"):
    """`/vn producer`."""

    @app_commands.command(description="A developer or publisher, with its best novels")
    @takes(PRODUCER_NAME, SPOILERS)
    async def info(self, interaction: Interaction, name: str, spoilers: int | None = None) -> None:
        await self.show(interaction, PRODUCERS, name, spoilers)

    @app_commands.command(description="Find developers and publishers by name, language or type")
    @takes(PRODUCER_NAME, build_sort("rank", "name"), *PRODUCER_OPTIONS)
    async def search(
        self, interaction: Interaction, name: str | None = None, sort: str | None = None, **options: Any
    ) -> None:
        await self.bot.show(interaction, partial(find_described, PRODUCERS, PRODUCER_OPTIONS, options, name, sort))


class Tags(_Entries, name="tag", description="Tags of visual novels"):
    """`/vn tag`."""

    @app_commands.command(description="What a tag means, and the best novels that have it")
    @takes(TAG_NAME, SPOILERS)
    async def info(self, interaction: Interaction, name: str, spoilers: int | None = None) -> None:
        await self.show(interaction, TAGS, name, spoilers)

    @app_commands.command(description="Find tags by name or category")
    @takes(TAG_NAME, build_sort("rank", "name", "number", numbered="novels"), CATEGORY)
    async def search(
        self, interaction: Interaction, name: str | None = None, sort: str | None = None, category: str | None = None
    ) -> None:
        await self.bot.show(interaction, partial(_find_named, TAGS, name, sort, category))


class Traits(_Entries, name="trait", description="Traits of characters"):
    """`/vn trait`."""

    @app_commands.command(description="What a trait means, and who has it")
    @takes(TRAIT_NAME, SPOILERS)
    async def info(self, interaction: Interaction, name: str, spoilers: int | None = None) -> None:
        await self.show(interaction, TRAITS, name, spoilers)

    @app_commands.command(description="Find traits by name")
    @takes(TRAIT_NAME, build_sort("rank", "name", "number", numbered="characters"))
    async def search(self, interaction: Interaction, name: str | None = None, sort: str | None = None) -> None:
        await self.bot.show(interaction, partial(_find_named, TRAITS, name, sort, None))


async def _find_named(
    of: ListKind[Any], name: str | None, sort: str | None, category: str | None, visit: Visit[Sources]
) -> Lead[Sources]:
    """The card of the tag or trait that `name` means, or the list of those that match."""
    text = name or ""
    is_link = parse_search_link(text) is not None
    if is_link and (sort is not None or category is not None):
        raise InvalidInput("link", "to a search cannot be joined with other options")
    if text and (is_link or read_reference(text, of.kind.prefix) is not None):
        return await find_search(of, text, visit)
    ranked = "rank" if text else of.otherwise
    sorting = ranked if sort is None or sort == "rank" else sort
    wanted = build_named(of, text, category or "")
    return await find_matches(of, wanted, visit, text=text, sorting=sorting, category=category or "")


async def setup(bot: Shiori) -> None:
    for group in (Staff, Producers, Tags, Traits):
        add_to(bot, "vn", group(bot))
