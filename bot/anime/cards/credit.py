"""Who made a work."""

from __future__ import annotations

from bot.anime.api.model import Credit, Media
from bot.anime.api.wish import PART_SIZE
from bot.anime.cards.page import (
    build_frame,
    build_person_row,
    cut_block,
    format_title,
    may_show_work,
    number_part,
    render_closed,
    render_pictured,
)
from bot.navigation.address import Address
from bot.navigation.frame import PORTRAITS_LABEL, Shown
from bot.navigation.viewer import Viewer
from bot.service.record import Card, Found


def render_credits(card: Card[Media], found: Found[Credit], *, viewer: Viewer, address: Address) -> Shown:
    """A page of who worked on a work and as what, as AniList cuts them."""
    if not may_show_work(card.entry, viewer):
        return render_closed(card.entry, viewer, address)
    rows = [
        build_person_row(credit.person, viewer, address, lead=lead, details=[credit.role or ""])
        for lead, credit in number_part(found, address)
    ]
    heading, frame = format_title(card.entry, "Staff", viewer), build_frame(card, viewer, address)
    return render_pictured(
        heading,
        rows,
        frame,
        found=cut_block(found, address, PART_SIZE),
        pictures=PORTRAITS_LABEL,
        empty="AniList knows nobody yet who worked on it.",
    )
