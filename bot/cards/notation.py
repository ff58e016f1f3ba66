"""How things are written, wherever they stand: one function each. docs/style.md has them in a table.

A number with its noun is `bot.cards.text.count`, what is withheld `bot.cards.image.explain_hidden`.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable

from bot.cards.text import clip, count, escape_line, one_line, size

SPOILS = " *(spoiler)*"
"""What stands behind that which only those see who asked for spoilers."""

OWN_COPY = "Your copy, with spoilers"
OWN_COPY_OF_PAGES = f"{OWN_COPY}, here and on the pages of its menu"

_TITLE_LIMIT = 95
_ORIGINAL_LIMIT = 60
_DETAILS_LIMIT = 110
_LATEST_YEAR = 9999
_HALVES_UP_TO_MINUTES = 600


def open_on(site: str) -> str:
    """What a button to a page of another site is called."""
    return f"Open on {site}"


def format_rating(rating: float, votes: int | None = None, *, digits: int = 2) -> str:
    """A rating out of ten: `8.68/10 (13,189 votes)`. `digits`: how many of its decimals mean something."""
    beside = "" if votes is None else f" ({count(max(votes, 0), 'vote')})"
    return f"{rating:.{digits}f}/10{beside}"


def format_date(year: int | None, month: int | None, day: int | None) -> str:
    """A date as far as it is known: `6 April 2011`, `April 2011`, `2011`, `6 April`; or nothing."""
    named = calendar.month_name[month] if month is not None and 1 <= month <= 12 else ""
    dated = str(day) if named and day is not None and 1 <= day <= 31 else ""
    known = str(year) if year is not None and 0 < year <= _LATEST_YEAR else ""
    return " ".join(filter(None, (dated, named, known)))


def format_length(minutes: int) -> str:
    """How long something takes: `41 hours`, `2.5 hours`, `40 minutes`. Half hours count where it is short."""
    minutes = max(minutes, 0)
    if minutes < 60:
        return count(minutes, "minute")
    halves = round(minutes / 30)
    if minutes < _HALVES_UP_TO_MINUTES and halves % 2:
        return f"{halves / 2:.1f} hours"
    return count(round(minutes / 60), "hour")


def explain_empty(nouns: str, *, at: str = "", narrowed: bool = False) -> str:
    """That a list has nothing on it: `No releases at VNDB yet.`, and what helps where it was `narrowed` by somebody."""
    if narrowed:
        return f"No {nouns} match. Fewer conditions, wider ones or a shorter word may find some."
    return f"No {nouns}{f' at {at}' if at else ''} yet."


def format_row(title: str, *, lead: str = "", original: str | None = None, details: Iterable[str] = ()) -> str:
    """An entry of a list, in two lines: `**1. Title** · original`, and small below it what else is known.

    All is plain text but `lead`, which is escaped: the number (`1.`), or what else the list is ordered by.
    """
    line = f"**{lead} " if lead else "**"
    line += f"{clip(escape_line(title) or 'Untitled', _TITLE_LIMIT)}**"
    beside = escape_line(original or "")
    if beside and one_line(original or "") != one_line(title) and size(beside) <= _ORIGINAL_LIMIT:
        line += f" · {beside}"
    below = clip(escape_line(join_facts(details)), _DETAILS_LIMIT)
    return f"{line}\n-# {below}" if below else line


def join_facts(facts: Iterable[str]) -> str:
    """What is known, on one line: `2009 · Japanese · 8.68/10 (13,189 votes)`."""
    return " · ".join(line for fact in facts if (line := one_line(fact)))
