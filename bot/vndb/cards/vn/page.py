"""What the pages of a visual novel have in common: the heading, the menu, the frame."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from bot.cards.fact import plain_name
from bot.cards.text import clip, escape_line, one_line
from bot.navigation.address import Address
from bot.navigation.frame import COVERS_LABEL, Choice, Frame, Shown
from bot.navigation.row import Row, render_rows
from bot.navigation.viewer import Viewer
from bot.service.record import Card
from bot.vndb.api.model import Character, Vn, find_id
from bot.vndb.cards.route import EntryRoute
from bot.vndb.cards.text import SOURCE, link_to_vndb
from bot.vndb.cards.title import retitle

_TITLE_LIMIT = 150
_NAME_LIMIT = 120
ALL_HIDDEN = "Everything here would be a spoiler."
NOTE_SPOILS = 2  # nothing says which notes give something away
NOT_TRUE = " *(not true)*"
MORE_ON_VNDB = "There are more than these: VNDB has them all."


class Listing(msgspec.Struct, frozen=True):
    """A page that is a list. `empty` is the sentence for when there is nothing; `hidden` as in `Frame`."""

    title: str
    rows: Sequence[Row]
    empty: str
    hidden: bool = False
    notes: Sequence[str] = ()
    pictures: str = COVERS_LABEL


def build_choice(address: Address, entry_id: str, prefix: str, *, label: str, description: str = "") -> Choice | None:
    """An option that leads to the card of an entry; None if that is no id."""
    if not find_id(entry_id, prefix):
        return None
    return Choice(address.go(EntryRoute(entry_id)), plain_name(label, entry_id), description)


def shows_spoiler(level: int, address: Address) -> bool:
    """Whether what needs that spoiler level stands on the page. A level that is not known is the highest."""
    return (level if level in {0, 1} else 2) <= address.spoiler


def appears_openly(character: Character, vn_id: str, address: Address) -> bool:
    """Whether the page may tell that a character is in that novel. What is not known of it spoils."""
    levels = [entry.spoiler for entry in character.vns if entry.id == vn_id]
    return any(shows_spoiler(level, address) for level in levels or [2])


def format_name(name: str, original: str | None, *, otherwise: str) -> str:
    """A name, escaped, with the one in the original script after it where that differs."""
    shown = clip(escape_line(name) or escape_line(otherwise) or "Unnamed", _NAME_LIMIT)
    beside = one_line(original or "")
    return f"{shown} ({clip(escape_line(beside), _NAME_LIMIT)})" if beside and beside != one_line(name) else shown


def render_listing(card: Card[Vn], listing: Listing, *, viewer: Viewer, address: Address) -> Shown:
    """The page of that number of a list, or the last one."""
    heading = format_vn_heading(retitle(card.entry, viewer), listing.title)
    frame = build_frame(card, viewer=viewer, address=address, hidden=listing.hidden, notes=listing.notes)
    empty = ALL_HIDDEN if listing.hidden else listing.empty
    return render_rows(heading, listing.rows, empty=empty, frame=frame, pictures=listing.pictures)


def build_frame(
    card: Card[Vn], *, viewer: Viewer, address: Address, hidden: bool = False, notes: Sequence[str] = ()
) -> Frame:
    """The frame that all pages of a novel share."""
    return Frame(
        viewer,
        address,
        hidden=hidden,
        links=link_to_vndb(card.entry.id, "v"),
        notes=notes,
        age_s=card.age_s,
        stale=card.stale,
        source=SOURCE,
    )


def format_vn_heading(vn: Vn, title: str) -> str:
    """The novel's name, and below it what the page is about."""
    name = clip(escape_line(vn.title) or escape_line(vn.id) or "Untitled", _TITLE_LIMIT)
    return f"## {name}\n-# {title}"
