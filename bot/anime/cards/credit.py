"""Who made a work."""

from __future__ import annotations

from bot.anime.api.model import Credit, Media
from bot.anime.api.wish import PART_SIZE
from bot.anime.cards.page import (
    build_frame,
    build_person_row,
    build_picture,
    cut_block,
    format_title,
    may_show_work,
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
    cut = cut_block(found, address, PART_SIZE)
    rows = [
        build_person_row(
            "staff",
            credit.person.id,
            credit.person.name,
            viewer,
            address,
            details=[credit.role or ""],
            image=build_picture(credit.person.image.large or credit.person.image.medium, safe=True),
        )
        for credit in cut.items
    ]
    heading, frame = format_title(card.entry, "Staff", viewer), build_frame(card, viewer, address)
    return render_pictured(
        heading, rows, frame, found=cut, pictures=PORTRAITS_LABEL, empty="AniList knows nobody yet who worked on it."
    )
