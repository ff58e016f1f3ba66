"""What E-Hentai's cards have in common, as text: titles, stars, sizes, colours."""

from __future__ import annotations

import math
from datetime import datetime

import discord
from discord.utils import format_dt

from bot.cards.text import one_line
from bot.gallery.api.error import SERVICE
from bot.gallery.api.model import Gallery
from bot.gate.setting import TitleLanguage
from bot.navigation.frame import ACCENT

SOURCE = SERVICE

# The colours of the site's own category labels, in its dark theme.
_COLOURS = {
    "doujinshi": 0x9E2720,
    "manga": 0xDB6C24,
    "artist cg": 0xD38F1D,
    "game cg": 0x6A936D,
    "western": 0xAB9F60,
    "non-h": 0x5FA9CF,
    "image set": 0x325CA2,
    "cosplay": 0x6A32A2,
    "asian porn": 0xA23282,
    "misc": 0x777777,
}
_UNITS = ("KiB", "MiB", "GiB", "TiB")


def pick_colour(category: str) -> discord.Colour:
    """The colour of a category; that of all cards for one that is not known."""
    return discord.Colour(_COLOURS.get(category.casefold(), ACCENT.value))


def order_titles(gallery: Gallery, language: TitleLanguage) -> tuple[str, str]:
    """The title that stands first, and the other one, on one line each; empty if there is none."""
    titles = one_line(gallery.title), one_line(gallery.title_jpn)
    first, second = reversed(titles) if language == "native" else titles
    if not first:
        return second or "Untitled", ""
    return first, second if second != first else ""


def format_rating(rating: float | None) -> str:
    """`4.45` as `★★★★½ 4.45/5`: stars to see, numbers to hear."""
    if rating is None or not math.isfinite(rating):
        return "Not rated yet"
    halves = min(max(round(rating * 2), 0), 10)
    stars = "★" * (halves // 2) + "½" * (halves % 2)
    return f"{stars}{'☆' * (5 - len(stars))} {rating:.2f}/5"


def format_size(size_bytes: int) -> str:
    """A size in the unit that suits it: `812.5 KiB`, `35.2 MiB`."""
    number, unit = size_bytes / 1024, 0
    while round(number, 1) >= 1024 and unit < len(_UNITS) - 1:
        number, unit = number / 1024, unit + 1
    return f"{number:,.1f} {_UNITS[unit]}"


def format_day(moment: datetime) -> str:
    """A day as Discord writes it in the reader's own language."""
    return format_dt(moment, "D")
