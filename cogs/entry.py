"""The rest of VNDB's entries: `/producer`, `/staff`, `/release`, `/tag`, `/trait` and `/quote`."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.client import Shiori
from bot.completion import (
    complete_producer,
    complete_release,
    complete_staff,
    complete_tag,
    complete_trait,
    complete_vn,
)
from bot.options import (
    Text,
    takes_spoilers,
    usable_everywhere,
)
from bot.pages.visit import Visit
from bot.pages.vndb_list import PRODUCERS, RELEASES, STAFF, TAGS, TRAITS, VNS
from bot.pages.vndb_search import find_entry, show_search
from bot.reply import Interaction
from bot.ui.frame import PageView


class Entries(commands.Cog):
    """Looks up who made a visual novel, how it came out, and what it is about."""

    def __init__(self, bot: Shiori) -> None:
        self.bot = bot

    @usable_everywhere
    @app_commands.command(description="A developer or publisher, with its best novels")
    @app_commands.describe(name="A name, an id such as p24, or a vndb.org link")
    @takes_spoilers
    @app_commands.autocomplete(name=complete_producer)
    async def producer(self, interaction: Interaction, name: Text, spoilers: int | None = None) -> None:
        visit = self.bot.visit(interaction, spoilers=spoilers)
        await self.bot.answer(interaction, show_search(self.bot.router, PRODUCERS, name, visit))

    @usable_everywhere
    @app_commands.command(description="Somebody who works on visual novels: writers, artists, voice actors …")
    @app_commands.describe(name="A name, an id such as s81, or a vndb.org link")
    @takes_spoilers
    @app_commands.autocomplete(name=complete_staff)
    async def staff(self, interaction: Interaction, name: Text, spoilers: int | None = None) -> None:
        visit = self.bot.visit(interaction, spoilers=spoilers)
        await self.bot.answer(interaction, show_search(self.bot.router, STAFF, name, visit))

    @usable_everywhere
    @app_commands.command(description="One release of a visual novel")
    @app_commands.describe(title="A title, an id such as r129, or a vndb.org link")
    @takes_spoilers
    @app_commands.autocomplete(title=complete_release)
    async def release(self, interaction: Interaction, title: Text, spoilers: int | None = None) -> None:
        visit = self.bot.visit(interaction, spoilers=spoilers)
        await self.bot.answer(interaction, show_search(self.bot.router, RELEASES, title, visit))

    @usable_everywhere
    @app_commands.command(description="What a tag means, and the best novels that have it")
    @app_commands.describe(name="A name, an id such as g19, or a vndb.org link")
    @takes_spoilers
    @app_commands.autocomplete(name=complete_tag)
    async def tag(self, interaction: Interaction, name: Text, spoilers: int | None = None) -> None:
        visit = self.bot.visit(interaction, spoilers=spoilers)
        await self.bot.answer(interaction, show_search(self.bot.router, TAGS, name, visit))

    @usable_everywhere
    @app_commands.command(description="What a character trait means, and who has it")
    @app_commands.describe(name="A name, an id such as i42, or a vndb.org link")
    @takes_spoilers
    @app_commands.autocomplete(name=complete_trait)
    async def trait(self, interaction: Interaction, name: Text, spoilers: int | None = None) -> None:
        visit = self.bot.visit(interaction, spoilers=spoilers)
        await self.bot.answer(interaction, show_search(self.bot.router, TRAITS, name, visit))

    @usable_everywhere
    @app_commands.command(description="A quote: by chance, or from one visual novel")
    @app_commands.describe(title="A title, an id such as v17, or a vndb.org link; any novel if left out")
    @takes_spoilers
    @app_commands.autocomplete(title=complete_vn)
    async def quote(self, interaction: Interaction, title: Text | None = None, spoilers: int | None = None) -> None:
        if title is None:
            await self.bot.show(interaction, "random/q", spoilers=spoilers)
        else:
            visit = self.bot.visit(interaction, spoilers=spoilers)
            await self.bot.answer(interaction, self.find_quotes(title, visit))

    async def find_quotes(self, title: str, visit: Visit) -> PageView:
        """The quotes from the novel that `title` names best."""
        vn_id = await find_entry(self.bot.router, VNS, title)
        return await self.bot.router.show(Visit(visit.address.go(f"{vn_id}/quotes"), visit.viewer))


async def setup(bot: Shiori) -> None:
    await bot.add_cog(Entries(bot))
