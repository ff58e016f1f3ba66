"""Under `/vn`: who made a visual novel, and what it is about."""

from __future__ import annotations

from typing import Any

from discord import app_commands

from bot.client import Shiori
from bot.command.completion import complete_language, complete_producer, complete_staff, complete_tag, complete_trait
from bot.command.option import FilterText, Text, add_to_vn, find_code, find_matches, list_choices, takes
from bot.errors import InvalidInput
from bot.interaction.reply import Interaction
from bot.links.target import parse_search_link, read_reference
from bot.lookup.vndb import show_matches, show_search
from bot.navigation.frame import PageView
from bot.navigation.visit import Visit
from bot.vndb.api import where
from bot.vndb.api.filter import all_of
from bot.vndb.api.names import PRODUCER_TYPES, SEXES, TAG_CATEGORIES
from bot.vndb.pages.list import PRODUCERS, STAFF, TAGS, TRAITS, ListKind, build_named

_RANK = {"rank": "Best match", "name": "Name"}
_SORTS = list_choices(_RANK)
_GENDERS = list_choices({code: name for code, name in SEXES.items() if code in {"m", "f"}})


class _Entries(app_commands.Group):
    """Commands for one kind of entries."""

    def __init__(self, bot: Shiori) -> None:
        super().__init__()
        self.bot = bot

    async def show(self, interaction: Interaction, of: ListKind[Any], text: str, spoilers: int | None) -> None:
        """The card that `text` means."""
        visit = self.bot.visit(interaction, spoilers=spoilers)
        await self.bot.answer(interaction, show_search(self.bot.router, of, text, visit))

    async def find_named(
        self, of: ListKind[Any], name: str | None, sort: str | None, visit: Visit, *, category: str | None = None
    ) -> PageView:
        """The card of the tag or trait that `name` means, or the list of those that match."""
        text = name or ""
        is_link = parse_search_link(text) is not None
        if is_link and (sort is not None or category is not None):
            raise InvalidInput("link", "to a search cannot be joined with other options")
        if text and (is_link or read_reference(text, of.kind.prefix) is not None):
            return await show_search(self.bot.router, of, text, visit)
        if sort == "rank" and not text:
            raise InvalidInput("sort", "can be the best match only where a name is searched for")
        sorting = sort or ("rank" if text else of.otherwise)
        wanted = build_named(of, text, category or "")
        return await show_matches(
            self.bot.router, of, wanted, visit, text=text, sorting=sorting, category=category or ""
        )


class Staff(_Entries, name="staff", description="People who work on visual novels"):
    """`/vn staff`."""

    @app_commands.command(description="Somebody who works on visual novels: writers, artists, voice actors …")
    @app_commands.describe(name="A name, an id such as s81, or a vndb.org link")
    @takes("spoilers")
    @app_commands.autocomplete(name=complete_staff)
    async def info(self, interaction: Interaction, name: Text, spoilers: int | None = None) -> None:
        await self.show(interaction, STAFF, name, spoilers)

    @app_commands.command(description="Find people by name, role, language or gender")
    @app_commands.describe(name="A name", language="Their language", gender="Their gender")
    @app_commands.choices(sort=_SORTS, gender=_GENDERS)
    @takes("role", "filter")
    @app_commands.autocomplete(name=complete_staff, language=complete_language)
    async def search(
        self,
        interaction: Interaction,
        name: Text | None = None,
        sort: str | None = None,
        role: str | None = None,
        language: str | None = None,
        gender: str | None = None,
        filter: FilterText | None = None,  # noqa: A002 - what people type
    ) -> None:
        visit = self.bot.visit(interaction)
        await self.bot.answer(interaction, self.find(name, sort, role, language, gender, filter, visit))

    async def find(
        self,
        name: str | None,
        sort: str | None,
        role: str | None,
        language: str | None,
        gender: str | None,
        given: str | None,
        visit: Visit,
    ) -> PageView:
        """The card of the person that is meant, or the list of those who may be."""
        names = await self.bot.sources.vndb.fetch_names()
        role = find_code(names.staff_roles, role, what="role")
        language = find_code(names.languages, language, what="language")
        parts = [
            *([where.STAFF.role.eq(role)] if role else []),
            *([where.STAFF.lang.eq(language)] if language else []),
            *([where.STAFF.gender.eq(gender)] if gender else []),
        ]
        wanted = all_of(*parts) if parts else None
        return await find_matches(self.bot.router, STAFF, wanted, visit, name=name, sort=sort, given=given)


class Producers(_Entries, name="producer", description="Developers and publishers"):
    """`/vn producer`."""

    @app_commands.command(description="A developer or publisher, with its best novels")
    @app_commands.describe(name="A name, an id such as p24, or a vndb.org link")
    @takes("spoilers")
    @app_commands.autocomplete(name=complete_producer)
    async def info(self, interaction: Interaction, name: Text, spoilers: int | None = None) -> None:
        await self.show(interaction, PRODUCERS, name, spoilers)

    @app_commands.command(description="Find developers and publishers by name, language or type")
    @app_commands.describe(name="A name", language="Their language", type="Who they are")
    @app_commands.choices(sort=_SORTS, type=list_choices(PRODUCER_TYPES))
    @takes("filter")
    @app_commands.autocomplete(name=complete_producer, language=complete_language)
    async def search(
        self,
        interaction: Interaction,
        name: Text | None = None,
        sort: str | None = None,
        language: str | None = None,
        type: str | None = None,  # noqa: A002 - what people see
        filter: FilterText | None = None,  # noqa: A002 - what people type
    ) -> None:
        visit = self.bot.visit(interaction)
        await self.bot.answer(interaction, self.find(name, sort, language, type, filter, visit))

    async def find(
        self,
        name: str | None,
        sort: str | None,
        language: str | None,
        kind: str | None,
        given: str | None,
        visit: Visit,
    ) -> PageView:
        """The card of the producer that is meant, or the list of those that may be."""
        names = await self.bot.sources.vndb.fetch_names()
        language = find_code(names.languages, language, what="language")
        parts = [
            *([where.PRODUCER.lang.eq(language)] if language else []),
            *([where.PRODUCER.type.eq(kind)] if kind else []),
        ]
        wanted = all_of(*parts) if parts else None
        return await find_matches(self.bot.router, PRODUCERS, wanted, visit, name=name, sort=sort, given=given)


class Tags(_Entries, name="tag", description="Tags of visual novels"):
    """`/vn tag`."""

    @app_commands.command(description="What a tag means, and the best novels that have it")
    @app_commands.describe(name="A name, an id such as g19, or a vndb.org link")
    @takes("spoilers")
    @app_commands.autocomplete(name=complete_tag)
    async def info(self, interaction: Interaction, name: Text, spoilers: int | None = None) -> None:
        await self.show(interaction, TAGS, name, spoilers)

    @app_commands.command(description="Find tags by name or category")
    @app_commands.describe(name="A name", category="What they are about")
    @app_commands.choices(
        sort=list_choices({**_RANK, "number": "Number of novels"}), category=list_choices(TAG_CATEGORIES)
    )
    @app_commands.autocomplete(name=complete_tag)
    async def search(
        self, interaction: Interaction, name: Text | None = None, sort: str | None = None, category: str | None = None
    ) -> None:
        visit = self.bot.visit(interaction)
        await self.bot.answer(interaction, self.find_named(TAGS, name, sort, visit, category=category))


class Traits(_Entries, name="trait", description="Traits of characters"):
    """`/vn trait`."""

    @app_commands.command(description="What a trait means, and who has it")
    @app_commands.describe(name="A name, an id such as i42, or a vndb.org link")
    @takes("spoilers")
    @app_commands.autocomplete(name=complete_trait)
    async def info(self, interaction: Interaction, name: Text, spoilers: int | None = None) -> None:
        await self.show(interaction, TRAITS, name, spoilers)

    @app_commands.command(description="Find traits by name")
    @app_commands.describe(name="A name")
    @app_commands.choices(sort=list_choices({**_RANK, "number": "Number of characters"}))
    @app_commands.autocomplete(name=complete_trait)
    async def search(self, interaction: Interaction, name: Text | None = None, sort: str | None = None) -> None:
        await self.bot.answer(interaction, self.find_named(TRAITS, name, sort, self.bot.visit(interaction)))


async def setup(bot: Shiori) -> None:
    for group in (Staff, Producers, Tags, Traits):
        add_to_vn(bot, group(bot))
