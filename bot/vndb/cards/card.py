"""What the cards of VNDB's entries have in common: other names, links, lines of novels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from discord import ui

from bot.cards.fact import join_whole, plain_name
from bot.cards.image import build_named_gallery, explain_hidden
from bot.cards.link import format_link
from bot.cards.site import explain_sites, may_link
from bot.cards.text import clip, escape_line, one_line
from bot.navigation.address import Address
from bot.navigation.frame import Choice
from bot.navigation.viewer import Viewer
from bot.vndb.api.model import Link, Vn
from bot.vndb.api.names import Names
from bot.vndb.cards.row import build_vn_row, lead_to
from bot.vndb.cards.text import format_votes, format_year

_LINKS_LIMIT = 1200
_LINK_LABEL_LIMIT = 60
_TITLE_LIMIT = 120
_ALIASES_LIMIT = 800
NOVELS_AT_MOST = 5
_COVERS_AT_MOST = 4


def build_vn_choices(novels: Iterable[Vn], *, names: Names, address: Address) -> list[Choice]:
    """The ways to the cards of novels."""
    found = (lead_to(build_vn_row(vn, names=names), address) for vn in novels)
    return [choice for choice in found if choice]


def build_covers(novels: Sequence[Vn], viewer: Viewer) -> tuple[ui.MediaGallery[ui.LayoutView] | None, str]:
    """The covers of the first few of `novels`, and what is to be said of those that may not stand here."""
    shown = novels[:_COVERS_AT_MOST]
    named = [(vn.image, f"Cover of {plain_name(vn.title, vn.id)}") for vn in shown]
    return build_named_gallery(named, viewer), explain_hidden([vn.image for vn in shown], viewer, noun="cover")


def format_novels(heading: str, novels: Sequence[Vn]) -> str:
    """The first few of `novels` as lines; nothing if there are none."""
    lines = [format_novel(place, vn) for place, vn in enumerate(novels[:NOVELS_AT_MOST], 1)]
    return "\n".join([f"**{heading}:**", *lines]) if lines else ""


def format_novel(place: int, vn: Vn, *details: str) -> str:
    """A novel as a line of a short list: title, year, rating and details, which are markdown."""
    known = [format_year(vn.released), format_votes(vn.rating, vn.votecount), *details]
    title = clip(escape_line(vn.title) or escape_line(vn.id) or "Untitled", _TITLE_LIMIT)
    return " · ".join([f"{place}. {title}", *filter(None, known)])


def format_aliases(heading: str, aliases: Iterable[str]) -> str:
    """Other names as a line, cut between two of them; nothing if there are none."""
    shown = join_whole((clip(escape_line(alias), _TITLE_LIMIT) for alias in aliases), ", ", limit=_ALIASES_LIMIT)
    return f"**{heading}:** {shown}" if shown else ""


def choose_links(links: Sequence[Link], viewer: Viewer) -> tuple[Sequence[Link], str]:
    """The ways to other sites that may stand here, and what is to be said of the others."""
    return [link for link in links if may_link(link.url, viewer)], explain_sites((link.url for link in links), viewer)


def format_links(links: Iterable[Link]) -> str:
    """The ways to other sites as a line; nothing if there are none."""
    shown = (format_link(clip(one_line(link.label or link.name), _LINK_LABEL_LIMIT), link.url) for link in links)
    joined = join_whole(shown, " · ", limit=_LINKS_LIMIT)
    return f"**Links:** {joined}" if joined else ""
