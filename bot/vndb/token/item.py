"""What is pressed and typed to link a token of VNDB.

A submit of the modal arrives at the client's `on_interaction`, whether discord.py knows the modal or a restart lies
between opening and submitting. So it is read there, always, and the modal itself does nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal, Protocol, Self, cast

import discord
from discord import ui

from bot.http import Secret
from bot.navigation.item import Interaction, Once
from bot.navigation.modal import find_values

TokenAct = Literal["open", "enter", "unlink"]

_MODAL = "vndb-token-modal"
_LONGEST = 100


class TokenActions(Protocol):
    """What is done when one of these is used, the bot's `token_panel`."""

    async def show(self, interaction: Interaction) -> None:
        """Show what a token is, and what is linked, to the person alone."""
        ...

    async def ask_token(self, interaction: Interaction) -> None:
        """Open the modal that takes a token."""
        ...

    async def unlink_here(self, interaction: Interaction) -> None:
        """Forget the person's token, and show the screen again."""
        ...


class _HasTokenPanel(Protocol):
    @property
    def token_panel(self) -> TokenActions: ...


class TokenButton(Once, ui.DynamicItem[ui.Button[Any]], template=r"vndb-token:(?P<act>open|enter|unlink)"):
    """Opens the screen or the modal, or forgets the token."""

    def __init__(self, act: TokenAct, label: str = "…") -> None:
        self.act: TokenAct = act
        style = discord.ButtonStyle.primary if act == "enter" else discord.ButtonStyle.secondary
        super().__init__(ui.Button(label=label, style=style, custom_id=f"vndb-token:{act}"))

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, _item: ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls(cast("TokenAct", match["act"]))

    async def callback(self, interaction: Interaction) -> None:
        panel = cast("_HasTokenPanel", interaction.client).token_panel
        acts = {"open": panel.show, "enter": panel.ask_token, "unlink": panel.unlink_here}
        await acts[self.act](interaction)


TOKEN_ITEMS = (TokenButton,)


def build_token_modal() -> ui.Modal:
    """The modal. Its submit is read by `parse_typed_token`."""
    modal = ui.Modal(title="Link your VNDB token", custom_id=_MODAL)
    modal.add_item(
        ui.Label[ui.Modal](
            text="Token",
            description="From your profile on VNDB, with the permissions listread and listwrite.",
            component=ui.TextInput(
                custom_id="token", placeholder="xxxx-xxxxx-xxxxx-xxxx-xxxxx-xxxxx-xxxx", max_length=_LONGEST
            ),
        )
    )
    # A finished modal is not kept by discord.py: nobody waits for it, and most are never submitted.
    modal.stop()
    return modal


def parse_typed_token(interaction: Interaction) -> Secret | None:
    """What was typed into that modal, whether it is a token or not. None for anything else."""
    data = cast("Mapping[str, Any]", interaction.data or {})
    if interaction.type is not discord.InteractionType.modal_submit or data.get("custom_id") != _MODAL:
        return None
    return Secret("".join(find_values(data.get("components", ()))))
