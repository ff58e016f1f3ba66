"""How much AniList knows, as a page."""

from __future__ import annotations

from typing import Any

from discord import ui

from bot.anime.api.model import SiteStats
from bot.anime.cards.text import SOURCE
from bot.cards.fact import format_fact
from bot.cards.notation import open_on
from bot.navigation.address import Address
from bot.navigation.frame import Frame, Shown
from bot.navigation.viewer import Viewer
from bot.service.record import Card


def render_stats(card: Card[SiteStats], *, viewer: Viewer, address: Address) -> Shown:
    """The number of entries of each kind."""
    stats = card.entry
    numbers = (
        ("Anime", stats.anime),
        ("Manga", stats.manga),
        ("Characters", stats.characters),
        ("Staff", stats.staff),
        ("Studios", stats.studios),
        ("Members", stats.users),
    )
    # A kind that AniList did not count is not one of which there are none.
    facts = [format_fact(name, f"{number:,}") for name, number in numbers if number > 0]
    text = "\n".join(["## AniList in numbers", *(facts or ["AniList gave no numbers."])])
    frame = Frame(
        source=SOURCE,
        viewer=viewer,
        address=address.turn(1),
        links=[(open_on(SOURCE), "https://anilist.co/site-stats")],
        age_s=card.age_s,
        stale=card.stale,
    )
    return Shown([ui.TextDisplay[Any](text)], frame)
