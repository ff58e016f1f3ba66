"""The reply to a message with links: the cards of what they lead to, below each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from discord import ui

from bot.cards.text import clip, count, one_line
from bot.navigation.address import Address
from bot.navigation.frame import PageView
from bot.navigation.item import GoButton, SeeButton
from bot.preview.item import LinkKind, NotHereButton, RemoveButton

Block = ui.Container[Any] | ui.TextDisplay[Any]
"""A card, or a note."""

LINKS_AT_MOST = 5
"""Links that get a card, of those of one message."""

_TEXT_LIMIT = 4000
_NOTE_LIMIT = 200
# For one note and the line below the cards.
_RESERVED = 250


def share_text(links: int) -> int:
    """The `size` of text that each of that many (`LINKS_AT_MOST` at most) cards may take."""
    return (_TEXT_LIMIT - _RESERVED) // max(links, 1)


def build_preview(
    blocks: Sequence[Block], *, more: int, removable: bool = True, kinds: Sequence[LinkKind] = ()
) -> PageView:
    """The reply: cards and notes as they come, how many links are left out, and what removes it all.

    Not `removable` is what only the asker sees. `kinds` of links can be switched off in the channel.
    A card may be seven components for each of its links; eight with four links or fewer.
    """
    seen: set[str] = set()
    view = PageView()
    for block in blocks:
        if isinstance(block, ui.Container):
            _drop_repeated(block, seen)
        view.add_item(block)
    if more > 0:
        view.add_item(ui.TextDisplay(f"-# and {count(more, 'more link')}"))
    if removable:
        buttons: list[ui.Item[Any]] = [RemoveButton(), *([NotHereButton(*kinds)] if kinds else [])]
        view.add_item(ui.ActionRow[Any](*buttons))
    return view


def build_pager(address: Address, *, asker_id: int, more: bool) -> ui.ActionRow[Any]:
    """What leads to the pages of links before and after the one at `address`."""
    on, back = address.turn(address.number + 1), address.turn(max(address.number - 1, 1))
    buttons = [GoButton(back, asker_id=asker_id, label="Previous", emoji="◀️")] if address.number > 1 else []
    buttons += [GoButton(on, asker_id=asker_id, label="Next", emoji="▶️")] if more else []
    return ui.ActionRow[Any](*buttons)


def build_note(text: str) -> ui.TextDisplay[Any]:
    """A sentence, already escaped, about a link that gets no card."""
    return ui.TextDisplay(f"-# {clip(one_line(text), _NOTE_LIMIT)}")


def _drop_repeated(container: ui.Container[Any], seen: set[str]) -> None:
    """Take away buttons that an earlier card has too: Discord refuses a message in which a `custom_id` stands twice."""
    for row in [child for child in container.children if isinstance(child, ui.ActionRow)]:
        for item in row.children:
            custom_id = item.custom_id if isinstance(item, SeeButton) else ""
            if custom_id in seen:
                row.remove_item(item)
            elif custom_id:
                seen.add(custom_id)
        if not row.children:
            container.remove_item(row)
