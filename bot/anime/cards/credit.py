"""Who made a work."""

from __future__ import annotations

from bot.anime.api.model import Credit, Media
from bot.anime.cards.page import (
    build_person_row,
    may_show_work,
    number_part,
    render_closed,
    render_people,
)
from bot.navigation.address import Address
from bot.navigation.frame import Shown
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
    empty = "AniList knows nobody yet who worked on it."
    return render_people(card, "Staff", rows, found, viewer, address, empty=empty)
