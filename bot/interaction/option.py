"""Options that Discord's own client would not have sent: a changed one may send any number, and any text."""

from __future__ import annotations

import discord
from discord import app_commands

from bot.errors import InvalidInput
from bot.interaction.reply import Interaction, explain


async def takes_options(interaction: Interaction) -> bool:
    """Whether what was typed is within what its options allow; if not, whoever typed it is told."""
    if interaction.type is not discord.InteractionType.application_command:
        return True
    refusal = _find_refusal(interaction)
    if refusal is not None:
        await explain(interaction, refusal)
    return refusal is None


def _find_refusal(interaction: Interaction) -> InvalidInput | None:
    command = interaction.command
    parameters = command.parameters if isinstance(command, app_commands.Command) else []
    typed = vars(interaction.namespace)
    for parameter in parameters:
        value, least, most = typed.get(parameter.display_name), parameter.min_value, parameter.max_value
        if not isinstance(value, int | float | str) or least is None or most is None:
            continue
        if not least <= (len(value) if isinstance(value, str) else value) <= most:
            unit = " characters" if isinstance(value, str) else ""
            return InvalidInput(parameter.display_name, f"must be {least:,.10g} to {most:,.10g}{unit}")
    return None
