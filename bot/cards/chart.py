"""Small bar charts: what they show, and how they stand in a message. `chart_picture` draws them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

import discord
import msgspec
from discord import ui

from bot.cards.text import clip, count

_DESCRIPTION_LIMIT = 1024

_YEAR = re.compile(r"(19[5-9][0-9]|20[0-9]{2})(?:-.*)?")


class Chart(msgspec.Struct, frozen=True):
    """What a chart shows: a bar of so many `unit`s for each label.

    Keep foreign text out: the font has no more than ASCII, and what it lacks is left out of the picture.
    """

    title: str
    bars: tuple[tuple[str, int], ...]
    unit: str


def build_vote_chart(votes: Iterable[int]) -> Chart:
    """How often each mark was given. Votes are 10 to 100, as VNDB has them; others do not count."""
    marks = Counter((vote + 5) // 10 for vote in votes if 10 <= vote <= 100)
    return Chart("Votes", tuple((str(mark), marks[mark]) for mark in range(1, 11)), unit="vote")


def build_year_chart(dates: Iterable[str | None], *, unit: str = "release") -> Chart:
    """How many dates each year has, the empty years in between too. Dates with no year do not count."""
    found = [match[1] for date in dates if date and (match := _YEAR.fullmatch(date))]
    years = Counter(int(year) for year in found)
    span = range(min(years), max(years) + 1) if years else range(0)
    return Chart(f"{unit.capitalize()}s by year", tuple((str(year), years[year]) for year in span), unit=unit)


def describe_chart(chart: Chart) -> str:
    """The chart in words, for those who cannot see it, in at most 1 024 characters."""
    numbers = [f"{label}: {count(value, chart.unit)}" for label, value in chart.bars if value > 0]
    return clip(f"{chart.title}. {', '.join(numbers) or 'Nothing yet'}.", _DESCRIPTION_LIMIT)


def build_chart_gallery(chart: Chart, file: discord.File) -> ui.MediaGallery[ui.LayoutView]:
    """The picture as a component; `file` is to be sent with the message that it stands in."""
    return ui.MediaGallery(discord.MediaGalleryItem(file.uri, description=describe_chart(chart)))
