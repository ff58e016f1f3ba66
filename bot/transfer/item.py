"""What can be pressed below an import. Whose it is, is whoever presses: they alone see it."""

from __future__ import annotations

import re
from typing import Any, Literal, Protocol, Self, cast

import discord
from discord import ui

from bot.interaction.reply import Interaction
from bot.navigation.item import Once

Step = Literal["keep", "overwrite", "cancel", "stop", "resume", "discard", "look"]


class ImportActions(Protocol):
    """What is done when one is pressed, the bot's `transfers`."""

    async def press(self, interaction: Interaction, step: Step, created_s: int) -> None:
        """Take that step with the import that was made then, and show how it stands."""
        ...


class _HasTransfers(Protocol):
    @property
    def transfers(self) -> ImportActions: ...


class ImportButton(
    Once,
    ui.DynamicItem[ui.Button[Any]],
    template=r"import:(?P<step>keep|overwrite|cancel|stop|resume|discard|look):(?P<created>[0-9]{1,12})",
):
    """Takes a step with an import."""

    def __init__(
        self,
        step: Step,
        created_s: int,
        label: str = "…",
        *,
        emoji: str | None = None,
        style: discord.ButtonStyle = discord.ButtonStyle.secondary,
    ) -> None:
        self.step: Step = step
        self.created_s = created_s
        super().__init__(ui.Button(label=label, emoji=emoji, style=style, custom_id=f"import:{step}:{created_s}"))

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, _item: ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls(cast("Step", match["step"]), int(match["created"]))

    async def callback(self, interaction: Interaction) -> None:
        await cast("_HasTransfers", interaction.client).transfers.press(interaction, self.step, self.created_s)


TRANSFER_ITEMS = (ImportButton,)
