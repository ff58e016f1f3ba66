"""What can be pressed in a greeting. Whoever may press is checked each time."""

from __future__ import annotations

import re
from typing import Any, Protocol, Self, cast

import discord
from discord import ui

from bot.navigation.item import Interaction, Once

PRIVACY = "Privacy"
GREETING_PREFIX = "greet:"
"""By what begins so, a message is known to be a greeting."""


class Switcher(Protocol):
    """What is done when one is pressed, the bot's `greeter`."""

    async def switch(self, interaction: Interaction, key: str, *, on: bool) -> None:
        """Switch what has that key for the server, if whoever pressed manages it, and show the greeting again."""
        ...


class Teller(Protocol):
    """What is done when the button below `/help` is pressed, the bot's `helper`."""

    async def show_commands(self, interaction: Interaction) -> None:
        """Show all commands to whoever pressed."""
        ...

    async def show_privacy(self, interaction: Interaction) -> None:
        """Show what is stored to whoever pressed."""
        ...


class _HasGreeter(Protocol):
    @property
    def greeter(self) -> Switcher: ...

    @property
    def helper(self) -> Teller: ...


class GreetingSwitch(Once, ui.DynamicItem[ui.Button[Any]], template=r"greet:(?P<key>[a-z]{1,20}):(?P<wanted>on|off)"):
    """Says whether something is on, and switches it to the other."""

    def __init__(self, key: str, is_on: bool) -> None:
        self.key = key
        self.is_on = is_on
        style = discord.ButtonStyle.success if is_on else discord.ButtonStyle.secondary
        label, wanted = ("On", "off") if is_on else ("Off", "on")
        super().__init__(ui.Button(label=label, style=style, custom_id=f"{GREETING_PREFIX}{key}:{wanted}"))

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, _item: ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls(match["key"], match["wanted"] == "off")

    async def callback(self, interaction: Interaction) -> None:
        await cast("_HasGreeter", interaction.client).greeter.switch(interaction, self.key, on=not self.is_on)


class CommandsButton(Once, ui.DynamicItem[ui.Button[Any]], template=r"help:commands"):
    """Shows all commands to whoever presses it."""

    def __init__(self) -> None:
        super().__init__(ui.Button(label="All commands", emoji="📋", custom_id="help:commands"))

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, _item: ui.Item[Any], _match: re.Match[str], /) -> Self:
        return cls()

    async def callback(self, interaction: Interaction) -> None:
        await cast("_HasGreeter", interaction.client).helper.show_commands(interaction)


class PrivacyButton(Once, ui.DynamicItem[ui.Button[Any]], template=r"help:privacy"):
    """Shows what is stored to whoever presses it."""

    def __init__(self) -> None:
        super().__init__(ui.Button(label=PRIVACY, emoji="🔒", custom_id="help:privacy"))

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, _item: ui.Item[Any], _match: re.Match[str], /) -> Self:
        return cls()

    async def callback(self, interaction: Interaction) -> None:
        await cast("_HasGreeter", interaction.client).helper.show_privacy(interaction)


WELCOME_ITEMS = (GreetingSwitch, CommandsButton, PrivacyButton)
