"""What a message carries, read from what can be pressed in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import cast

import discord

from bot.navigation.address import Address
from bot.navigation.frame import Trail
from bot.navigation.item import find_again, find_back, find_search
from bot.navigation.page import State


def read_state(message: discord.Message | None, address: Address, back: Address | None) -> State:
    """What goes with a message to the page at that address. `back` begins a new trail, which leads back there."""
    parts = list(_walk(message.components if message else ()))
    custom_ids = list_custom_ids(message) if message else []
    links = [(_read(part, "label"), _read(part, "url")) for part in parts]
    trail = Trail(
        back=back or find_back(custom_ids),
        again=None if back else find_again(custom_ids),
        search=find_search(links),
    )
    return State(address, trail if trail.back != address else Trail(again=trail.again, search=trail.search))  # arrived


def list_custom_ids(message: discord.Message) -> list[str]:
    """By what a message's buttons and selects are known; empty for links."""
    return [_read(part, "custom_id") for part in _walk(message.components)]


def _read(part: object, name: str) -> str:
    return str(getattr(part, name, None) or "")


def _walk(components: Iterable[object]) -> Iterator[object]:
    for component in components:
        yield component
        beside = getattr(component, "accessory", None)
        yield from _walk([*cast("Iterable[object]", getattr(component, "children", ())), *([beside] if beside else [])])
