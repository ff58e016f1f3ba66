"""All tags of a visual novel, and novels that are like it by their tags."""

from __future__ import annotations

import math
from collections.abc import Sequence

from bot.cards.notation import SPOILS, explain_empty
from bot.cards.text import escape_line
from bot.navigation.address import Address
from bot.navigation.frame import Shown
from bot.navigation.row import Row
from bot.navigation.viewer import Viewer
from bot.service.record import Card
from bot.vndb.api.model import Tag, Vn
from bot.vndb.api.names import Names
from bot.vndb.cards.row import build_vn_row, lay_row
from bot.vndb.cards.title import retitle
from bot.vndb.cards.vn.page import (
    NOT_TRUE,
    Listing,
    build_choice,
    format_name,
    render_listing,
    shows_spoiler,
)

_CATEGORIES = ("cont", "tech", "ero")
_MARKS = {0: "", 1: " *(minor spoiler)*", 2: SPOILS}


def render_tags(card: Card[Vn], *, names: Names, viewer: Viewer, address: Address) -> Shown:
    """A page of the tags of a novel by category, the strongest first; sexual ones for some channels only."""
    allowed = [tag for tag in card.entry.tags if viewer.age_restricted or not tag.is_sexual]
    shown = [tag for tag in allowed if shows_spoiler(tag.spoils, address)]
    listing = Listing(
        title="Tags, from 0 to 3 by how much they apply",
        rows=[_build_row(tag, names, address) for tag in sorted(shown, key=_rank)],
        empty=explain_empty("tags to show here"),
        hidden=len(shown) < len(allowed),
    )
    return render_listing(card, listing, viewer=viewer, address=address)


def render_similar(
    base: Card[Vn], ranked: Sequence[tuple[Vn, float]], *, names: Names, viewer: Viewer, address: Address
) -> Shown:
    """A page of the novels most like one, each with how like it is, from 0 to 1."""
    retitled = [(retitle(vn, viewer), score) for vn, score in ranked]
    listing = Listing(
        title="Visual novels like this one, by the tags they share",
        rows=[
            lay_row(build_vn_row(vn, names=names, more=_list_likeness(score)), address, lead=f"{place}.")
            for place, (vn, score) in enumerate(retitled, start=1)
        ],
        empty="Nothing is known to be like this visual novel: it has too few tags yet.",
    )
    return render_listing(base, listing, viewer=viewer, address=address)


def _rank(tag: Tag) -> tuple[int, float]:
    category = _CATEGORIES.index(tag.category) if tag.category in _CATEGORIES else len(_CATEGORIES)
    return category, -tag.rating if math.isfinite(tag.rating) else 0.0


def _build_row(tag: Tag, names: Names, address: Address) -> Row:
    heading = escape_line(names.tag_category(tag.category)) if tag.category in _CATEGORIES else "Other"
    strength = f"{tag.rating:.1f}" if 0 <= tag.rating <= 3 else "?"
    mark = NOT_TRUE if tag.lie else _MARKS.get(tag.spoiler, _MARKS[2])
    text = f"`{strength}` {format_name(tag.name, None, otherwise=tag.id)}{mark}"
    return Row(text, (f"### {heading}",), build_choice(address, tag.id, "g", label=tag.name, description=strength))


def _list_likeness(score: float) -> list[str]:
    return [f"{score:.0%} alike"] if math.isfinite(score) else []
