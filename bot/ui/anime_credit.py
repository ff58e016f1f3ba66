"""Who made a work."""

from __future__ import annotations

from dataclasses import replace

from bot.apis.anime_model import Credit, Media
from bot.apis.record import Card, Found
from bot.ui.address import Address
from bot.ui.anime_page import (
    AT_MOST,
    build_frame,
    format_line,
    format_title,
    is_open,
    render_closed,
    render_lines,
    share_room,
)
from bot.ui.anime_text import is_known_id
from bot.ui.anime_title import name_of
from bot.ui.frame import Choice, PageView
from bot.ui.viewer import Viewer


def render_credits(card: Card[Media], found: Found[Credit], *, viewer: Viewer, address: Address) -> PageView:
    """Return a page of who worked on a work and as what, as AniList cuts them."""
    if not is_open(card.entry, viewer):
        return render_closed(card.entry, viewer, address)
    credited = found.items[:AT_MOST]
    heading = format_title(card.entry, "Staff", viewer)
    room = share_room(heading, len(credited))
    lines = [format_line(name_of(credit.person.name, viewer), [credit.role or ""], room=room) for credit in credited]
    frame = replace(
        build_frame(card, viewer, address),
        choices=[
            Choice(address.go(f"al-staff/{credit.person.id}"), name_of(credit.person.name, viewer), credit.role or "")
            for credit in credited
            if is_known_id(credit.person.id)
        ],
    )
    return render_lines(heading, lines, frame, found=found, empty="AniList knows nobody yet who worked on it.")
