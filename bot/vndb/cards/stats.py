"""How much VNDB knows, as a page."""

from __future__ import annotations

from discord import ui

from bot.cards.fact import format_fact
from bot.cards.notation import open_on
from bot.navigation.address import Address
from bot.navigation.frame import Frame, Shown
from bot.navigation.viewer import Viewer
from bot.service.record import Card
from bot.vndb.api.model import Stats
from bot.vndb.cards.text import SOURCE


def render_stats(card: Card[Stats], *, viewer: Viewer, address: Address) -> Shown:
    """The number of entries of each kind."""
    stats = card.entry
    numbers = (
        ("Visual novels", stats.vn),
        ("Releases", stats.releases),
        ("Characters", stats.chars),
        ("Producers", stats.producers),
        ("Staff", stats.staff),
        ("Tags", stats.tags),
        ("Traits", stats.traits),
    )
    # A kind that VNDB did not count is not one of which there are none.
    facts = [format_fact(name, f"{number:,}") for name, number in numbers if number > 0]
    text = "\n".join(["## VNDB in numbers", *(facts or ["VNDB gave no numbers."])])
    frame = Frame(
        source=SOURCE,
        viewer=viewer,
        address=address.turn(1),
        links=[(open_on(SOURCE), "https://vndb.org/")],
        age_s=card.age_s,
        stale=card.stale,
    )
    return Shown([ui.TextDisplay(text)], frame)
