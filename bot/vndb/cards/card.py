"""What the cards of VNDB's entries have in common: other names, links, lines of novels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.cards.fact import join_whole
from bot.cards.link import format_link
from bot.cards.text import clip, escape_line, one_line
from bot.navigation.address import Address
from bot.navigation.frame import Choice
from bot.vndb.api.model import Link, Vn
from bot.vndb.api.names import Names
from bot.vndb.cards.text import format_score, format_year
from bot.vndb.cards.vn.overview import describe_vn
from bot.vndb.cards.vn.page import build_choice

_LINKS_LIMIT = 1200
_LINK_LABEL_LIMIT = 60
_TITLE_LIMIT = 120
_ALIASES_LIMIT = 800
NOVELS_AT_MOST = 5


def build_vn_choices(novels: Iterable[Vn], *, names: Names, address: Address) -> list[Choice]:
    """The ways to the cards of novels."""
    found = (build_choice(address, vn.id, "v", label=vn.title, description=describe_vn(vn, names)) for vn in novels)
    return [choice for choice in found if choice]


def format_novels(heading: str, novels: Sequence[Vn]) -> str:
    """The first few of `novels` as lines; nothing if there are none."""
    lines = [format_novel(vn) for vn in novels[:NOVELS_AT_MOST]]
    return "\n".join([f"**{heading}:**", *lines]) if lines else ""


def format_novel(vn: Vn, *details: str) -> str:
    """A novel as a line: title, year, rating and details, which are markdown."""
    score = format_score(vn.rating)
    known = [format_year(vn.released), f"{score}/10" if score else "", *details]
    title = clip(escape_line(vn.title) or escape_line(vn.id) or "Untitled", _TITLE_LIMIT)
    return " · ".join([f"- {title}", *filter(None, known)])


def format_aliases(heading: str, aliases: Iterable[str]) -> str:
    """Other names as a line, cut between two of them; nothing if there are none."""
    shown = join_whole((clip(escape_line(alias), _TITLE_LIMIT) for alias in aliases), ", ", limit=_ALIASES_LIMIT)
    return f"**{heading}:** {shown}" if shown else ""


def format_links(links: Iterable[Link]) -> str:
    """The ways to other sites as a line; nothing if there are none."""
    shown = (format_link(clip(one_line(link.label or link.name), _LINK_LABEL_LIMIT), link.url) for link in links)
    joined = join_whole(shown, " · ", limit=_LINKS_LIMIT)
    return f"**Links:** {joined}" if joined else ""
