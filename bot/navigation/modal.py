"""The modal in which the number of a page is typed.

Every submit arrives at the client's `on_interaction`, whether discord.py knows the modal or a restart lies between
opening and submitting. So it is read there, always, and the modal itself does nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

import discord
import msgspec
from discord import ui

from bot.errors import InvalidInput, NoPage
from bot.navigation.address import MAX_NUMBER, Address, parse_address
from bot.navigation.item import Interaction

_CUSTOM_ID = re.compile(r"number:(?P<asker>[0-9]{1,20}):(?P<total>[0-9]{0,6}):(?P<address>[^:]{1,70})")
_TYPED_LIMIT = 30


class Jump(msgspec.Struct, frozen=True):
    """What was typed, and into which list's modal."""

    address: Address
    asker_id: int
    total: int | None
    typed: str

    def find(self) -> Address:
        """The page that is meant. Raises `InvalidInput` for what is no number, `NoPage` for that of no page."""
        typed = self.typed.strip().replace(",", "")
        if not typed.isascii() or not typed.isdecimal():
            raise InvalidInput(
                "page number", f"must be a number{f' from 1 to {self.total:,}' if self.total else ', such as 3'}"
            )
        number = int(typed[:_TYPED_LIMIT])
        if 1 <= number <= (self.total or MAX_NUMBER):
            return self.address.turn(number)
        raise NoPage(number, last=self.total)


def build_number_modal(address: Address, *, asker_id: int, total: int | None) -> ui.Modal:
    """The modal. Its submit is read by `parse_jump`."""
    modal = ui.Modal(title="Go to a page", custom_id=f"number:{asker_id}:{total or ''}:{address.encode()}")
    label = ui.Label[ui.Modal](
        text=f"Page number, from 1 to {total:,}" if total else "Page number",
        component=ui.TextInput(custom_id="number", min_length=1, max_length=7),
    )
    modal.add_item(label)
    # A finished modal is not kept by discord.py: nobody waits for it, and most are never submitted.
    modal.stop()
    return modal


def parse_jump(interaction: Interaction) -> Jump | None:
    """Read a submit of that modal. None for anything else."""
    if interaction.type is not discord.InteractionType.modal_submit:
        return None
    data = cast("Mapping[str, Any]", interaction.data or {})
    match = _CUSTOM_ID.fullmatch(str(data.get("custom_id", "")))
    address = parse_address(match["address"]) if match else None
    if match is None or address is None:
        return None
    total = int(match["total"]) if match["total"] else None
    return Jump(address, int(match["asker"]), total, "".join(find_values(data.get("components", ()))))


def find_values(components: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """What was typed into each input of a submitted modal."""
    # Labels hold one component, and rows, should Discord send them, several.
    for component in components:
        if "value" in component:
            yield str(component["value"] or "")
        yield from find_values(component.get("components", ()))
        if "component" in component:
            yield from find_values([component["component"]])
