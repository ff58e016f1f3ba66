"""The bot to compare with: the same discord.py, but every answer is one constant card, built anew each time.

It is a program of its own, told by a JSON object on standard input where Discord is and what the card says, and
imports nothing of Shiori's, so that its memory is that of discord.py alone.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

import discord
from discord import app_commands, ui
from discord.ext import commands
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

discord.VoiceClient.warn_nacl = False
discord.VoiceClient.warn_dave = False

Told = dict[str, str]


def build_card(told: Told) -> ui.LayoutView:
    """The form of Shiori's card of a novel, with texts that are already there."""
    container = ui.Container[ui.LayoutView](accent_colour=discord.Colour(int(told["accent"])))
    cover = ui.Thumbnail[ui.LayoutView](told["cover_url"], description=told["cover_description"])
    container.add_item(ui.Section(told["heading"], told["facts"], accessory=cover))
    container.add_item(ui.Separator())
    container.add_item(ui.TextDisplay(told["description"]))
    container.add_item(ui.Separator(visible=False))
    container.add_item(ui.TextDisplay(told["tags"]))
    options = [discord.SelectOption.from_dict(option) for option in json.loads(told["options"])]
    container.add_item(ui.ActionRow(ui.Select[ui.LayoutView](custom_id=told["menu_id"], options=options)))
    container.add_item(
        ui.ActionRow(
            ui.Button[ui.LayoutView](label=told["see_label"], emoji=told["see_emoji"], custom_id=told["see_id"]),
            ui.Button[ui.LayoutView](label=told["label"], url=told["url"]),
        )
    )
    container.add_item(ui.TextDisplay(told["footer"]))
    view = ui.LayoutView(timeout=None)
    view.add_item(container)
    view.stop()  # else discord.py would keep every view for its buttons, which Shiori's need not
    return view


class ConstantBot(commands.Bot):
    """Set up as sparingly as Shiori: the same intents, no member or message cache."""

    def __init__(self, told: Told) -> None:
        intents = discord.Intents.none()
        intents.guilds = True
        intents.guild_messages = intents.dm_messages = intents.message_content = True
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            intents=intents,
            allowed_mentions=discord.AllowedMentions.none(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
        )
        self.told = told

    async def setup_hook(self) -> None:
        group = app_commands.Group(name="vn", description="Visual novels from VNDB")

        @group.command(name="search", description="The constant card")
        async def search(interaction: discord.Interaction[Any], query: str) -> None:
            await interaction.response.send_message(view=build_card(self.told))

        assert search.parent is group
        self.tree.add_command(group)
        await self.tree.sync()

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        if interaction.type is discord.InteractionType.component:
            await interaction.response.edit_message(view=build_card(self.told))


async def main() -> None:
    """Serves until it is terminated."""
    told: Told = json.loads(sys.stdin.readline())
    Route.BASE = told["api_url"]
    DiscordWebSocket.DEFAULT_GATEWAY = URL(told["gateway_url"])
    async with ConstantBot(told) as bot:
        await bot.start(told["token"])


if __name__ == "__main__":
    asyncio.run(main())
