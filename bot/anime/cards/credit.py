"""Who made a work."""

from __future__ import annotations

from dataclasses import replace

from bot.anime.api.model import Credit, Media
from bot.anime.cards.page import (
    AT_MOST,
    build_frame,
    format_line,
    format_title,
    may_show_work,
    render_closed,
    render_lines,
    share_room,
)
from bot.anime.cards.route import ProfileRoute
from bot.anime.cards.text import is_known_id
from bot.anime.cards.title import name_of
from bot.navigation.address import Address
from bot.navigation.frame import Choice, Shown
from bot.navigation.viewer import Viewer
from bot.service.record import Card, Found


def render_credits(card: Card[Media], found: Found[Credit], *, viewer: Viewer, address: Address) -> Shown:
    """A page of who worked on a work and as what, as AniList cuts them."""
    if not may_show_work(card.entry, viewer):
        return render_closed(card.entry, viewer, address)
    credited = found.items[:AT_MOST]
    heading = format_title(card.entry, "Staff", viewer)
    room = share_room(heading, len(credited))
    lines = [format_line(name_of(credit.person.name, viewer), [credit.role or ""], room=room) for credit in credited]
    frame = replace(
        build_frame(card, viewer, address),
        choices=[
            Choice(
                address.go(ProfileRoute("staff", credit.person.id)),
                name_of(credit.person.name, viewer),
                credit.role or "",
            )
            for credit in credited
            if is_known_id(credit.person.id)
        ],
    )
    return render_lines(heading, lines, frame, found=found, empty="AniList knows nobody yet who worked on it.")
