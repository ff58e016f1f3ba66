"""Options that Discord's own client would not have sent: a changed one may send any number, and any text; one that was
not reloaded yet has the options and the choices of another version.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias, cast

import discord
from discord import app_commands

from bot.errors import InvalidInput
from bot.interaction.reply import Interaction, explain, suggest_nothing

_Bounds: TypeAlias = Mapping[str, tuple[tuple[float, float], frozenset[str | float]]]
"""The least and the most of an option, and its choices if there are some."""

_BOUNDS = "bounds"
_HOLDERS = (discord.AppCommandOptionType.subcommand.value, discord.AppCommandOptionType.subcommand_group.value)


async def takes_options(interaction: Interaction) -> bool:
    """Whether what was typed is within what its options allow; if not, whoever typed it is told. While they type:
    whether there is something to suggest for that option; if not, nothing is.
    """
    if interaction.type is discord.InteractionType.autocomplete:
        suggests = _is_completed(interaction)
        if not suggests:
            await suggest_nothing(interaction)
        return suggests
    refusal = _find_refusal(interaction)
    if refusal is not None:
        await explain(interaction, refusal)
    return refusal is None


def _is_completed(interaction: Interaction) -> bool:
    command = interaction.command
    if not isinstance(command, app_commands.Command):
        return False
    typed = [option["name"] for option in _list_typed(interaction) if option.get("focused")]
    return any(one.display_name in typed and one.autocomplete for one in command.parameters)


def _find_refusal(interaction: Interaction) -> InvalidInput | None:
    command = interaction.command
    bounds: _Bounds = _find_bounds(command) if isinstance(command, app_commands.Command) else {}
    for option in _list_typed(interaction):
        name, value = option["name"], option.get("value")
        if name not in bounds or not isinstance(value, int | float | str):
            continue
        (least, most), choices = bounds[name]
        if choices and value not in choices:
            return InvalidInput(name, "is none of those to choose from; if it was, reload Discord (Ctrl+R)")
        if not least <= (len(value) if isinstance(value, str) else value) <= most:
            unit = " characters" if isinstance(value, str) else ""
            return InvalidInput(name, f"must be {least:,.10g} to {most:,.10g}{unit}")
    return None


def _find_bounds(command: app_commands.Command[Any, ..., Any]) -> _Bounds:
    """By the name of an option. They are looked at with each command, and discord.py describes all options anew."""
    if _BOUNDS not in command.extras:
        command.extras[_BOUNDS] = {
            one.display_name: (
                (-math.inf if one.min_value is None else one.min_value, one.max_value or math.inf),
                frozenset(choice.value for choice in one.choices),
            )
            for one in command.parameters
            if one.choices or (one.min_value is not None and one.max_value is not None)
        }
    return cast("_Bounds", command.extras[_BOUNDS])


def _list_typed(interaction: Interaction) -> Sequence[Mapping[str, Any]]:
    options = cast("Mapping[str, Any]", interaction.data).get("options", ())
    while options and options[0]["type"] in _HOLDERS:
        options = options[0].get("options", ())
    return options
