"""The bot to compare with: the same discord.py, but every answer is one constant card, built anew each time.

It is a program of its own, told by a JSON object on standard input where Discord is and what the card says, and
imports nothing of Shiori's, so that its memory is that of discord.py alone.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from typing import Any

import discord
from discord import app_commands, ui
from discord.ext import commands
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

discord.VoiceClient.warn_nacl = False
discord.VoiceClient.warn_dave = False

Told = dict[str, Any]
Part = dict[str, Any]
Item = ui.Item[ui.LayoutView]


def build_card(told: Told) -> ui.LayoutView:
    """The components that it is told, which are already there."""
    view = ui.LayoutView(timeout=None)
    for part in told["card"]:
        view.add_item(_build_item(part))
    view.stop()  # else discord.py would keep every view for its buttons, which Shiori's need not
    return view


def _build_item(part: Part) -> Item:
    return _BUILT[part["type"]](part)


def _build_container(part: Part) -> Item:
    return ui.Container(*map(_build_item, part["components"]), accent_colour=part["accent_color"])


def _build_gallery(part: Part) -> Item:
    items = (
        discord.MediaGalleryItem(one["media"]["url"], description=one["description"], spoiler=one["spoiler"])
        for one in part["items"]
    )
    return ui.MediaGallery(*items)


def _build_row(part: Part) -> Item:
    return ui.ActionRow(*map(_build_item, part["components"]))


def _build_button(part: Part) -> Item:
    emoji = part.get("emoji")
    return ui.Button(
        style=discord.ButtonStyle(part["style"]),
        label=part["label"],
        emoji=emoji and emoji["name"],
        custom_id=part.get("custom_id"),
        url=part.get("url"),
    )


def _build_select(part: Part) -> Item:
    options = [discord.SelectOption.from_dict(option) for option in part["options"]]
    return ui.Select(custom_id=part["custom_id"], placeholder=part.get("placeholder"), options=options)


# What a card of a novel is made of, by the numbers that Discord gives to kinds of components.
_BUILT: dict[int, Callable[[Part], Item]] = {
    1: _build_row,
    2: _build_button,
    3: _build_select,
    10: lambda part: ui.TextDisplay(part["content"]),
    12: _build_gallery,
    17: _build_container,
}


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
        async def search(interaction: discord.Interaction[Any], title: str) -> None:
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
