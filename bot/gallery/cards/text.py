"""What E-Hentai's cards have in common, as text: titles, ratings, sizes, colours."""

from __future__ import annotations

import math
from datetime import datetime

import discord

from bot.cards.notation import format_date, format_rating
from bot.cards.text import clip, escape_line, one_line
from bot.gallery.api.error import SERVICE
from bot.gallery.api.model import Gallery
from bot.gate.setting import TitleLanguage
from bot.navigation.frame import ACCENT

SOURCE = SERVICE
TITLE_LIMIT = 150

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


def format_title(gallery: Gallery, title: str, language: TitleLanguage) -> str:
    """The heading of a page of a gallery, and below it what the page is about."""
    return f"### {clip(escape_line(order_titles(gallery, language)[0]), TITLE_LIMIT)}\n-# {title}"


def format_score(rating: float | None) -> str:
    """A rating, which the site counts out of five, as all are written: `9.14/10`."""
    return "Not rated yet" if rating is None or not math.isfinite(rating) else format_rating(rating * 2)


def format_size(size_bytes: int) -> str:
    """A size in the unit that suits it: `812.5 KiB`, `35.2 MiB`."""
    number, unit = size_bytes / 1024, 0
    while round(number, 1) >= 1024 and unit < len(_UNITS) - 1:
        number, unit = number / 1024, unit + 1
    return f"{number:,.1f} {_UNITS[unit]}"


def format_day(moment: datetime) -> str:
    """The day of a moment, in UTC."""
    return format_date(moment.year, moment.month, moment.day)
