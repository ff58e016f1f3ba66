"""What can be pressed under a preview. Who may remove it is told by what the bot stored, not by the button."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Literal, Protocol, Self, cast

import discord
from discord import ui

from bot.navigation.item import Once

Interaction = discord.Interaction[Any]
LinkKind = Literal["galleries", "vndb", "anime"]
"""Links that are previewed or not, all of them together."""

LINK_KINDS: tuple[LinkKind, ...] = ("galleries", "vndb", "anime")
REMOVE = "preview:remove"
"""What stands under every preview, and under nothing else."""
_KIND = "(?:galleries|vndb|anime)"


class Remover(Protocol):
    """What the bot does when the button is pressed."""

    async def remove_preview(self, interaction: Interaction) -> None:
        """Take away the preview that the button stands under, if whoever pressed it may do that; say so if not."""
        ...


class Switcher(Protocol):
    """What is done when one of the others is pressed, the bot's `not_here`. It checks who may."""

    async def switch_off(self, interaction: Interaction, kinds: Sequence[LinkKind]) -> None:
        """Preview links of that kind no more in the channel; ask which kind, if there are several."""
        ...

    async def undo(self, interaction: Interaction, kind: LinkKind, *, inherited: bool) -> None:
        """Preview them again: as the server has it if that was `inherited`, else in any case."""
        ...


class _HasNotHere(Protocol):
    @property
    def not_here(self) -> Switcher: ...


class RemoveButton(Once, ui.DynamicItem[ui.Button[Any]], template=REMOVE):
    """Takes the preview away."""

    def __init__(self) -> None:
        super().__init__(ui.Button(label="Remove", emoji="🗑️", custom_id=REMOVE))

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, _item: ui.Item[Any], _match: re.Match[str], /) -> Self:
        return cls()

    async def callback(self, interaction: Interaction) -> None:
        await cast("Remover", interaction.client).remove_preview(interaction)


class NotHereButton(
    Once, ui.DynamicItem[ui.Button[Any]], template=f"preview:off:(?P<kinds>{_KIND}(?:[+]{_KIND}){{0,2}})"
):
    """Switches previews of one kind off in the channel; asks which, if there are several."""

    def __init__(self, *kinds: LinkKind, label: str = "Not here") -> None:
        self.kinds = kinds
        super().__init__(ui.Button(label=label, emoji="🔕", custom_id=f"preview:off:{'+'.join(kinds)}"))

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, _item: ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls(*cast("list[LinkKind]", match["kinds"].split("+")))

    async def callback(self, interaction: Interaction) -> None:
        await cast("_HasNotHere", interaction.client).not_here.switch_off(interaction, self.kinds)


class UndoButton(
    Once, ui.DynamicItem[ui.Button[Any]], template=f"preview:undo:(?P<kind>{_KIND}):(?P<before>on|inherit)"
):
    """Has previews of a kind in the channel again, as they were `before`: chosen for it, or for the server."""

    def __init__(self, kind: LinkKind, *, inherited: bool) -> None:
        self.kind: LinkKind = kind
        self.inherited = inherited
        custom_id = f"preview:undo:{kind}:{'inherit' if inherited else 'on'}"
        super().__init__(ui.Button(label="Undo", emoji="↩️", custom_id=custom_id))

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, _item: ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls(cast("LinkKind", match["kind"]), inherited=match["before"] == "inherit")

    async def callback(self, interaction: Interaction) -> None:
        await cast("_HasNotHere", interaction.client).not_here.undo(interaction, self.kind, inherited=self.inherited)


PREVIEW_ITEMS = (RemoveButton, NotHereButton, UndoButton)
