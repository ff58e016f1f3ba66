"""What VNDB's entries have in common, as text: dates, scores, names of codes."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence

from bot.cards import notation
from bot.cards.fact import join_some
from bot.cards.notation import format_rating, open_on
from bot.cards.text import escape_line
from bot.vndb.api.error import SERVICE
from bot.vndb.api.model import find_id

TITLE_LIMIT = 300
FACT_LIMIT = 250
NO_SHOPS = "Shops of releases that may be for adults are linked"
"""What begins the sentence that `Viewer.adult_places` ends."""

_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")

SOURCE = SERVICE
SEARCH_LABEL = f"Open search on {SOURCE}"


def name_all(codes: Sequence[str], name: Callable[[str], str], *, first: str | None = None, at_most: int = 8) -> str:
    """The names of `codes`, in the order of the alphabet but for the one to be named first."""
    shown = [escape_line(name(code)) for code in set(codes) if code != first]
    head = [escape_line(name(first))] if first in codes and first else []
    return join_some(head + sorted(shown, key=str.casefold), at_most)


def format_date(date: str | None) -> str:
    """VNDB's date (`2004-04-28`, `2004-04`, `2004`, `TBA` or None) as people write it."""
    if not date:
        return "Unknown"
    match = _DATE.fullmatch(date)
    if not match:
        return "TBA" if date.casefold() == "tba" else escape_line(date)
    return notation.format_date(*(int(part) if part else None for part in match.groups()))


def format_year(date: str | None) -> str:
    """The year of a date, `TBA`, or nothing."""
    if date and _DATE.fullmatch(date):
        return date[:4]
    return "TBA" if date and date.casefold() == "tba" else ""


def format_score(rating: float | None) -> str | None:
    """VNDB's 10 to 100 as the 1 to 10 that its pages show."""
    if rating is None or not math.isfinite(rating) or not 0 < rating <= 100:
        return None
    return f"{rating / 10:.2f}"


def format_votes(rating: float | None, votes: int) -> str:
    """VNDB's rating with its votes, or nothing."""
    return "" if rating is None or format_score(rating) is None else format_rating(rating / 10, votes)


def link_to_vndb(entry_id: str, prefix: str) -> list[tuple[str, str]]:
    """The link to an entry's page on VNDB, its label first; none if that is no id."""
    return [(open_on(SOURCE), f"https://vndb.org/{entry_id}")] if find_id(entry_id, prefix) else []
