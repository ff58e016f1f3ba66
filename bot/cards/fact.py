"""Headings, facts and lists of names, as markdown."""

from __future__ import annotations

from collections.abc import Iterable

from bot.cards.text import clip, escape_line, one_line, size

TITLE_LIMIT = 300
FACT_LIMIT = 250
_LIST_TITLE_LIMIT = 120


def format_heading(name: str, original: str | None, *, otherwise: str) -> str:
    """A heading, with the name in the original script small below it where that differs."""
    heading = f"## {clip(escape_line(name) or escape_line(otherwise), TITLE_LIMIT)}"
    below = one_line(original or "")
    if below and below != one_line(name):
        heading += f"\n-# {clip(escape_line(below), TITLE_LIMIT)}"
    return heading


def plain_name(name: str, otherwise: str) -> str:
    """A name for where no markdown is read: labels, alternative texts."""
    return one_line(name) or one_line(otherwise) or "Untitled"


def format_fact(name: str, value: str, *, limit: int = FACT_LIMIT) -> str:
    """`**name:** value`; the value is already escaped."""
    return f"**{name}:** {clip(value, limit)}"


def join_some(parts: Iterable[str], at_most: int) -> str:
    """The first parts, and how many more there are."""
    shown = [part for part in parts if part]
    rest = len(shown) - at_most
    # "and 1 more" is no shorter than the one itself.
    if rest <= 1:
        return ", ".join(shown)
    return f"{', '.join(shown[:at_most])} and {rest} more"


def join_whole(parts: Iterable[str], between: str, *, limit: int) -> str:
    """Join parts as long as they fit into `limit` UTF-16 units, and say how many more there are."""
    rest = list(dict.fromkeys(part for part in parts if part))
    used, kept = 0, 0
    for part in rest:
        used += size(part) + len(between)
        if used > limit:
            break
        kept += 1
    joined = between.join(rest[:kept])
    if kept == len(rest):
        return joined
    return f"{joined} and {len(rest) - kept} more" if kept else f"{len(rest)} names"


def format_list_heading(name: str, entry_id: str, title: str) -> str:
    """The heading of a page that is a list, of the entry of that name."""
    shown = clip(escape_line(name) or escape_line(entry_id) or "Untitled", _LIST_TITLE_LIMIT)
    return f"## {shown}\n-# {title}"
