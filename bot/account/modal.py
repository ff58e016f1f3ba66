"""The modal in which the name of an account is typed.

Every submit arrives at the client's `on_interaction`, whether discord.py knows the modal or a restart lies between
opening and submitting. So it is read there, always, and the modal itself does nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import discord
from discord import ui

from bot.account.model import SERVICES, Service
from bot.navigation.item import Interaction
from bot.navigation.modal import find_values

_PREFIX = "link-modal:"
_NAME_LIMIT = 200


def build_link_modal(service: Service) -> ui.Modal:
    """The modal. Its submit is read by `parse_link`."""
    modal = ui.Modal(title=f"Link your account on {service}", custom_id=_PREFIX + service)
    example = "u3" if service == "VNDB" else "#40"
    modal.add_item(
        ui.Label[ui.Modal](
            text="Your name there",
            description=f"Or a link to your profile, or its number ({example}). No password, no token.",
            component=ui.TextInput(custom_id="name", min_length=1, max_length=_NAME_LIMIT),
        )
    )
    # A finished modal is not kept by discord.py: nobody waits for it, and most are never submitted.
    modal.stop()
    return modal


def parse_link(interaction: Interaction) -> tuple[Service, str] | None:
    """Read a submit of that modal: the service, and what was typed. None for anything else."""
    if interaction.type is not discord.InteractionType.modal_submit:
        return None
    data = cast("Mapping[str, Any]", interaction.data or {})
    wanted = str(data.get("custom_id", ""))
    service: Service | None = next((one for one in SERVICES if wanted == _PREFIX + one), None)
    return None if service is None else (service, "".join(find_values(data.get("components", ()))))
