"""Buttons and selects that lead to pages. They carry addresses, and so outlive a restart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Literal, Protocol, Self, cast

import discord
from discord import ui

from bot.navigation.address import NOWHERE, Address, parse_address

Interaction = discord.Interaction[Any]
Followed = Literal["anime", "vn", "developer"]


class _Taker(Protocol):
    async def takes(self, interaction: Interaction) -> bool:
        """Whether this interaction is delivered for the first time."""
        ...


class Once:
    """Something that can be pressed. Discord delivers some interactions again after a lost connection; each press takes
    effect once.
    """

    async def interaction_check(self, interaction: Interaction, /) -> bool:
        return await cast("_Taker", interaction.client).takes(interaction)


class Turner(Protocol):
    """What the bot does when one of these is used."""

    async def turn(
        self, interaction: Interaction, address: Address, *, asker_id: int | None, back: Address | None = None
    ) -> None:
        """Show the page: in place of the message if `asker_id` used it, else privately. None: always privately.

        `back` is the page that a new trail leads back to; None leaves the message's own trail as it is.
        """
        ...

    async def ask_number(self, interaction: Interaction, address: Address, *, asker_id: int, total: int | None) -> None:
        """Ask for the number of a page of the list at that address. `total`: how many there are, if that is known."""
        ...

    async def follow(self, interaction: Interaction, kind: Followed, subject_id: int) -> None:
        """Follow that for whoever pressed, and say so to them."""
        ...


class GoButton(Once, ui.DynamicItem[ui.Button[Any]], template=r"go:(?P<asker>[0-9]{1,20}):(?P<address>[^:]{1,70})"):
    """Leads to another page, in place of the message."""

    def __init__(
        self,
        address: Address,
        *,
        asker_id: int,
        label: str | None = None,
        emoji: str | None = None,
        disabled: bool = False,
    ) -> None:
        self.address = address
        self.asker_id = asker_id
        custom_id = f"go:{asker_id}:{address.encode()}"
        super().__init__(ui.Button(label=label, emoji=emoji, disabled=disabled, custom_id=custom_id))

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, _item: ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls(_read(match["address"]), asker_id=int(match["asker"]), label="…")

    async def callback(self, interaction: Interaction) -> None:
        await _turner(interaction).turn(interaction, self.address, asker_id=self.asker_id)


class AgainButton(
    Once, ui.DynamicItem[ui.Button[Any]], template=r"again:(?P<asker>[0-9]{1,20}):(?P<address>[^:]{1,70})"
):
    """Gives another random entry in place of the one that a message shows."""

    def __init__(self, address: Address, *, asker_id: int) -> None:
        self.address = address
        self.asker_id = asker_id
        super().__init__(ui.Button(label="Another one", emoji="🎲", custom_id=f"again:{asker_id}:{address.encode()}"))

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, _item: ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls(_read(match["address"]), asker_id=int(match["asker"]))

    async def callback(self, interaction: Interaction) -> None:
        await _turner(interaction).turn(interaction, self.address, asker_id=self.asker_id)


class JumpButton(
    Once,
    ui.DynamicItem[ui.Button[Any]],
    template=r"to:(?P<asker>[0-9]{1,20}):(?P<total>[0-9]{0,6}):(?P<address>[^:]{1,70})",
):
    """Leads to the page of a list whose number is asked for."""

    def __init__(self, address: Address, *, asker_id: int, total: int | None) -> None:
        self.address = address
        self.asker_id = asker_id
        self.total = total
        custom_id = f"to:{asker_id}:{total or ''}:{address.encode()}"
        super().__init__(ui.Button(label="Go to…", emoji="🔢", custom_id=custom_id))

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, _item: ui.Item[Any], match: re.Match[str], /) -> Self:
        total = int(match["total"]) if match["total"] else None
        return cls(_read(match["address"]), asker_id=int(match["asker"]), total=total)

    async def callback(self, interaction: Interaction) -> None:
        await _turner(interaction).ask_number(interaction, self.address, asker_id=self.asker_id, total=self.total)


class SeeButton(Once, ui.DynamicItem[ui.Button[Any]], template=r"see:(?P<address>[^:]{1,70})"):
    """Shows a page to the one who presses it, and to nobody else."""

    def __init__(self, address: Address, *, label: str, emoji: str | None = None) -> None:
        self.address = address
        super().__init__(ui.Button(label=label, emoji=emoji, custom_id=f"see:{address.encode()}"))

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, _item: ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls(_read(match["address"]), label="…")

    async def callback(self, interaction: Interaction) -> None:
        await _turner(interaction).turn(interaction, self.address, asker_id=None)


class FollowButton(
    Once,
    ui.DynamicItem[ui.Button[Any]],
    template=r"follow-this:(?P<kind>anime|vn|developer):(?P<subject>[1-9][0-9]{0,9})",
):
    """Follows something for whoever presses it, as the command does."""

    def __init__(self, kind: Followed, subject_id: int) -> None:
        self.kind: Followed = kind
        self.subject_id = subject_id
        super().__init__(ui.Button(label="Follow", emoji="🔔", custom_id=f"follow-this:{kind}:{subject_id}"))

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, _item: ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls(cast("Followed", match["kind"]), int(match["subject"]))

    async def callback(self, interaction: Interaction) -> None:
        await _turner(interaction).follow(interaction, self.kind, self.subject_id)


class _MyListOpener(Protocol):
    async def open(self, interaction: Interaction, entry_id: str) -> None:
        """Show what the list of whoever pressed has of it, to them alone."""
        ...


class _HasMyList(Protocol):
    @property
    def my_list(self) -> _MyListOpener: ...


class MyListButton(Once, ui.DynamicItem[ui.Button[Any]], template=r"my-list:(?P<entry>[vr][1-9][0-9]{0,6})"):
    """Shows what the own list of whoever presses it has of a novel or a release of VNDB, to change it there."""

    def __init__(self, entry_id: str) -> None:
        self.entry_id = entry_id
        super().__init__(ui.Button(label="My list", emoji="📚", custom_id=f"my-list:{entry_id}"))

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, _item: ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls(match["entry"])

    async def callback(self, interaction: Interaction) -> None:
        await cast("_HasMyList", interaction.client).my_list.open(interaction, self.entry_id)


class MenuSelect(Once, ui.DynamicItem[ui.Select[Any]], template=r"menu:(?P<asker>[0-9]{1,20})"):
    """Leads to another page of the same entry."""

    def __init__(self, options: Sequence[discord.SelectOption], *, asker_id: int) -> None:
        self.asker_id = asker_id
        super().__init__(ui.Select(options=list(options), custom_id=f"menu:{asker_id}"))

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, item: ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls(_list_options(item), asker_id=int(match["asker"]))

    async def callback(self, interaction: Interaction) -> None:
        await _turner(interaction).turn(interaction, _read_chosen(interaction), asker_id=self.asker_id)


class OpenSelect(Once, ui.DynamicItem[ui.Select[Any]], template=r"open:(?P<asker>[0-9]{1,20}):(?P<address>[^:]{0,70})"):
    """Opens the card of something that is listed. `back` is the list's own address, to which the card leads back."""

    def __init__(
        self,
        options: Sequence[discord.SelectOption],
        back: Address | None,
        *,
        asker_id: int,
        placeholder: str | None = None,
    ) -> None:
        self.back = back
        self.asker_id = asker_id
        custom_id = f"open:{asker_id}:{back.encode() if back else ''}"
        super().__init__(ui.Select(options=list(options), placeholder=placeholder, custom_id=custom_id))

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, item: ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls(_list_options(item), parse_address(match["address"]), asker_id=int(match["asker"]))

    async def callback(self, interaction: Interaction) -> None:
        chosen = _read_chosen(interaction)
        await _turner(interaction).turn(interaction, chosen, asker_id=self.asker_id, back=self.back)


class ReturnButton(
    Once, ui.DynamicItem[ui.Button[Any]], template=r"back:(?P<asker>[0-9]{1,20}):(?P<address>[^:]{1,70})"
):
    """Leads back to where an entry was opened from."""

    def __init__(self, address: Address, *, asker_id: int) -> None:
        self.address = address
        self.asker_id = asker_id
        super().__init__(ui.Button(label="Back", emoji="↩️", custom_id=f"back:{asker_id}:{address.encode()}"))

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, _item: ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls(_read(match["address"]), asker_id=int(match["asker"]))

    async def callback(self, interaction: Interaction) -> None:
        await _turner(interaction).turn(interaction, self.address, asker_id=self.asker_id, back=self.address)


ITEMS = (GoButton, AgainButton, JumpButton, SeeButton, FollowButton, MyListButton, MenuSelect, OpenSelect, ReturnButton)

_SEARCH = "Open search on "


def name_search(source: str) -> str:
    """The label of the link to a search's own page at that service; `find_search` knows it by that."""
    return _SEARCH + source


def find_back(custom_ids: Iterable[str]) -> Address | None:
    """Where the trail of a message leads back to, read from what can be pressed in it."""
    return _find_address(ReturnButton.__discord_ui_compiled_template__, custom_ids)


def find_again(custom_ids: Iterable[str]) -> Address | None:
    """What gives another random entry in place of the one that a message shows."""
    return _find_address(AgainButton.__discord_ui_compiled_template__, custom_ids)


def find_search(links: Iterable[tuple[str, str]]) -> str | None:
    """The web page of the search that a message carries, among its (label, address)."""
    return next((url for label, url in links if label.startswith(_SEARCH)), None)


def _find_address(pattern: re.Pattern[str], custom_ids: Iterable[str]) -> Address | None:
    found = next((match for custom_id in custom_ids if (match := pattern.fullmatch(custom_id))), None)
    return parse_address(found["address"]) if found else None


def _list_options(item: ui.Item[Any]) -> list[discord.SelectOption]:
    return item.options if isinstance(item, ui.Select) else []


def _read_chosen(interaction: Interaction) -> Address:
    values = cast("list[str]", (interaction.data or {}).get("values", []))
    return _read(values[0] if values else "")


def _turner(interaction: Interaction) -> Turner:
    return cast("Turner", interaction.client)


def _read(text: str) -> Address:
    # An address of an older version leads where nothing is, and that is said in a sentence.
    return parse_address(text) or NOWHERE
