"""What can be pressed in the panel of a person's own list. Custom ids say which novel or release it is about, and those
of what changes something on `whose` list, by a digest; they hold nothing of it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any, Literal, Protocol, Self, cast

import discord
from discord import ui

from bot.navigation.item import Interaction, Once

Act = Literal[
    "look", "vote", "notes", "days", "remove", "remove!", "remove-r!", "take-start!", "take-finish!", "take-both!"
]

_ENTRY = "(?P<entry>[vr][1-9][0-9]{0,6})"
_WHOSE = "(?P<whose>[0-9a-f]{16})"


class MyListActions(Protocol):
    """What is done when one of these is used, the bot's `my_list`. It looks whose list it is; nothing here does. On
    another one than `whose` nothing is changed.
    """

    async def act(self, interaction: Interaction, entry_id: str, act: Act, *, whose: str) -> None:
        """Show the panel as VNDB has it now, open a modal, ask before something is lost, or do what was asked about."""
        ...

    async def turn_labels(self, interaction: Interaction, entry_id: str, number: int) -> None:
        """Show the panel with that page of the labels."""
        ...

    async def choose_status(self, interaction: Interaction, entry_id: str, status: int, *, whose: str) -> None:
        """Give a novel, or a release, a status, and show the panel as VNDB has it then."""
        ...

    async def choose_labels(
        self,
        interaction: Interaction,
        entry_id: str,
        number: int,
        *,
        chosen: Collection[int],
        held: Collection[int],
        whose: str,
    ) -> None:
        """Give a novel the labels that were chosen in place of those that it was shown with (`held`), and show the
        panel as VNDB has it then.
        """
        ...


class _HasMyList(Protocol):
    @property
    def my_list(self) -> MyListActions: ...


class ActButton(
    Once,
    ui.DynamicItem[ui.Button[Any]],
    template=rf"mine:(?P<act>[a-z!-]{{1,16}}):{_ENTRY}(?::{_WHOSE})?",
):
    """Does something with the entry that the panel shows."""

    def __init__(
        self,
        act: Act,
        entry_id: str,
        *,
        label: str,
        emoji: str | None = None,
        style: discord.ButtonStyle = discord.ButtonStyle.secondary,
        whose: str = "",
    ) -> None:
        self.act: Act = act
        self.entry_id = entry_id
        self.whose = whose
        custom_id = f"mine:{act}:{entry_id}" + (f":{whose}" if whose else "")
        super().__init__(ui.Button(label=label, emoji=emoji, style=style, custom_id=custom_id))

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, _item: ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls(cast("Act", match["act"]), match["entry"], label="…", whose=match["whose"] or "")

    async def callback(self, interaction: Interaction) -> None:
        await _my_list(interaction).act(interaction, self.entry_id, self.act, whose=self.whose)


class LabelPageButton(Once, ui.DynamicItem[ui.Button[Any]], template=rf"mine-page:{_ENTRY}:(?P<number>[1-9][0-9]?)"):
    """Shows other labels to choose from."""

    def __init__(self, entry_id: str, number: int, *, label: str) -> None:
        self.entry_id = entry_id
        self.number = number
        super().__init__(ui.Button(label=label, emoji="🏷️", custom_id=f"mine-page:{entry_id}:{number}"))

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, _item: ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls(match["entry"], int(match["number"]), label="…")

    async def callback(self, interaction: Interaction) -> None:
        await _my_list(interaction).turn_labels(interaction, self.entry_id, self.number)


class StatusSelect(Once, ui.DynamicItem[ui.Select[Any]], template=f"mine-status:{_ENTRY}:{_WHOSE}"):
    """Chooses a novel's status, or that of a release."""

    def __init__(
        self, options: Sequence[discord.SelectOption], entry_id: str, *, whose: str, placeholder: str = ""
    ) -> None:
        self.entry_id = entry_id
        self.whose = whose
        custom_id = f"mine-status:{entry_id}:{whose}"
        super().__init__(ui.Select(options=list(options), placeholder=placeholder or None, custom_id=custom_id))

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, _item: ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls([], match["entry"], whose=match["whose"])

    async def callback(self, interaction: Interaction) -> None:
        for chosen in _read_chosen(interaction):
            await _my_list(interaction).choose_status(interaction, self.entry_id, chosen, whose=self.whose)


class LabelSelect(
    Once, ui.DynamicItem[ui.Select[Any]], template=rf"mine-labels:{_ENTRY}:(?P<number>[1-9][0-9]?):{_WHOSE}"
):
    """Chooses a novel's labels among those of a page of them."""

    def __init__(self, options: Sequence[discord.SelectOption], entry_id: str, number: int, *, whose: str) -> None:
        self.entry_id = entry_id
        self.number = number
        self.whose = whose
        self.held = [int(option.value) for option in options if option.default and option.value.isdecimal()]
        super().__init__(
            ui.Select(
                options=list(options),
                placeholder="Your own labels: none of these",
                min_values=0,
                max_values=max(len(options), 1),
                custom_id=f"mine-labels:{entry_id}:{number}:{whose}",
            )
        )

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, item: ui.Item[Any], match: re.Match[str], /) -> Self:
        options = item.options if isinstance(item, ui.Select) else []
        return cls(options, match["entry"], int(match["number"]), whose=match["whose"])

    async def callback(self, interaction: Interaction) -> None:
        chosen = _read_chosen(interaction)
        await _my_list(interaction).choose_labels(
            interaction, self.entry_id, self.number, chosen=chosen, held=self.held, whose=self.whose
        )


MY_LIST_ITEMS = (ActButton, LabelPageButton, StatusSelect, LabelSelect)


def _read_chosen(interaction: Interaction) -> list[int]:
    values = cast("list[str]", (interaction.data or {}).get("values", []))
    return [int(value) for value in values if re.fullmatch("[0-9]{1,6}", value)]


def _my_list(interaction: Interaction) -> MyListActions:
    return cast("_HasMyList", interaction.client).my_list
