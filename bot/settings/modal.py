"""The modal in which a list of tags is typed.

Every submit arrives at the client's `on_interaction`, whether discord.py knows the modal or a restart lies between
opening and submitting. So it is read there, always, and the modal itself does nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import discord
from discord import ui

from bot.cards.text import count_units
from bot.gate.declaration import AnySetting
from bot.navigation.item import Interaction
from bot.navigation.modal import find_values
from bot.settings.form import Scope, parse_scope
from bot.settings.tag import sign_tags

_PREFIX = "tags-modal:"
_INPUT_LIMIT = 4000
# What an input holds when it is opened, so that more can be typed. A hundred of the longest tags are three inputs.
_FILL_LIMIT = 3000


def build_tags_modal(scope: Scope, setting: AnySetting, current: Sequence[str]) -> ui.Modal:
    """The modal, holding the tags that are blocked so far, and their digest. `parse_modal_submit` reads its submit."""
    modal = ui.Modal(title=setting.label, custom_id=f"{_PREFIX}{scope.encode()}:{setting.name}:{sign_tags(current)}")
    for number, text in enumerate(_split(current)):
        modal.add_item(
            ui.Label[ui.Modal](
                text="More tags" if number else "Tags",
                description="One a line, or separated by commas: “glasses” in any namespace, “female:glasses” in one.",
                component=ui.TextInput(
                    style=discord.TextStyle.paragraph,
                    custom_id=f"tags{number}",
                    default=text or None,
                    placeholder="female:glasses",
                    required=False,
                    max_length=_INPUT_LIMIT,
                ),
            )
        )
    # A finished modal is not kept by discord.py: nobody waits for it, and most are never submitted.
    modal.stop()
    return modal


def parse_modal_submit(interaction: Interaction) -> tuple[Scope, str, str, str] | None:
    """Read a submit of the modal of tags: whose they are, which setting, what was typed, and the digest of what it held
    when it was opened. None for anything else.
    """
    if interaction.type is not discord.InteractionType.modal_submit:
        return None
    data = cast("Mapping[str, Any]", interaction.data or {})
    custom_id = str(data.get("custom_id", ""))
    if not custom_id.startswith(_PREFIX):
        return None
    whose, setting, digest = [*custom_id.removeprefix(_PREFIX).split(":"), "", ""][:3]
    scope = parse_scope(whose)
    return (scope, setting, "\n".join(find_values(data.get("components", ()))), digest) if scope else None


def _split(tags: Sequence[str]) -> list[str]:
    """The lines of the inputs; at least one input."""
    texts = [""]
    for tag in tags:
        longer = f"{texts[-1]}\n{tag}".lstrip("\n")
        if count_units(longer) <= _FILL_LIMIT:
            texts[-1] = longer
        else:
            texts.append(tag)
    return texts
