"""Under `/vn`: who made a visual novel, how it came out, and what it is about."""

from __future__ import annotations

from typing import Any

from discord import app_commands

from bot.client import Shiori
from bot.completion import complete_producer, complete_release, complete_staff, complete_tag, complete_trait
from bot.options import Text, add_to_vn, takes_spoilers
from bot.pages.vndb_list import PRODUCERS, RELEASES, STAFF, TAGS, TRAITS, ListKind
from bot.pages.vndb_search import show_search
from bot.reply import Interaction


class _Entries(app_commands.Group):
    """Commands for one kind of entries."""

    def __init__(self, bot: Shiori) -> None:
        super().__init__()
        self.bot = bot

    async def show(self, interaction: Interaction, of: ListKind[Any], text: str, spoilers: int | None) -> None:
        visit = self.bot.visit(interaction, spoilers=spoilers)
        await self.bot.answer(interaction, show_search(self.bot.router, of, text, visit))


class Staff(_Entries, name="staff", description="People who work on visual novels"):
    """`/vn staff`."""

    @app_commands.command(description="Somebody who works on visual novels: writers, artists, voice actors …")
    @app_commands.describe(name="A name, an id such as s81, or a vndb.org link")
    @takes_spoilers
    @app_commands.autocomplete(name=complete_staff)
    async def info(self, interaction: Interaction, name: Text, spoilers: int | None = None) -> None:
        await self.show(interaction, STAFF, name, spoilers)


class Producers(_Entries, name="producer", description="Developers and publishers"):
    """`/vn producer`."""

    @app_commands.command(description="A developer or publisher, with its best novels")
    @app_commands.describe(name="A name, an id such as p24, or a vndb.org link")
    @takes_spoilers
    @app_commands.autocomplete(name=complete_producer)
    async def info(self, interaction: Interaction, name: Text, spoilers: int | None = None) -> None:
        await self.show(interaction, PRODUCERS, name, spoilers)


class Releases(_Entries, name="release", description="Releases of visual novels"):
    """`/vn release`."""

    @app_commands.command(description="One release of a visual novel")
    @app_commands.describe(title="A title, an id such as r129, or a vndb.org link")
    @takes_spoilers
    @app_commands.autocomplete(title=complete_release)
    async def info(self, interaction: Interaction, title: Text, spoilers: int | None = None) -> None:
        await self.show(interaction, RELEASES, title, spoilers)


class Tags(_Entries, name="tag", description="Tags of visual novels"):
    """`/vn tag`."""

    @app_commands.command(description="What a tag means, and the best novels that have it")
    @app_commands.describe(name="A name, an id such as g19, or a vndb.org link")
    @takes_spoilers
    @app_commands.autocomplete(name=complete_tag)
    async def info(self, interaction: Interaction, name: Text, spoilers: int | None = None) -> None:
        await self.show(interaction, TAGS, name, spoilers)


class Traits(_Entries, name="trait", description="Traits of characters"):
    """`/vn trait`."""

    @app_commands.command(description="What a trait means, and who has it")
    @app_commands.describe(name="A name, an id such as i42, or a vndb.org link")
    @takes_spoilers
    @app_commands.autocomplete(name=complete_trait)
    async def info(self, interaction: Interaction, name: Text, spoilers: int | None = None) -> None:
        await self.show(interaction, TRAITS, name, spoilers)


async def setup(bot: Shiori) -> None:
    for group in (Staff, Producers, Releases, Tags, Traits):
        add_to_vn(bot, group(bot))
