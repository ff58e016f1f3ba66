"""Works that belong to another: its sequels, its source, and what those who liked it recommend."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from discord import ui
from msgspec.structs import replace

from bot.anime.api.model import Media, MediaRow, Related
from bot.anime.cards.list import render_media_rows
from bot.anime.cards.page import (
    PARTIAL,
    PARTIAL_EMPTY,
    WHOLE,
    build_frame,
    build_media_choice,
    build_media_row,
    explain_closed,
    format_title,
    may_show_work,
    render_closed,
)
from bot.anime.cards.text import name_word
from bot.cards.text import escape_line
from bot.navigation.address import Address
from bot.navigation.frame import Shown
from bot.navigation.row import Row, render_rows
from bot.navigation.viewer import Viewer
from bot.service.record import Card, Found

RELATIONS = {
    "SOURCE": "Source",
    "ADAPTATION": "Adaptations",
    "PARENT": "Parent story",
    "PREQUEL": "Prequels",
    "SEQUEL": "Sequels",
    "SIDE_STORY": "Side stories",
    "SPIN_OFF": "Spin-offs",
    "ALTERNATIVE": "Alternative versions",
    "SUMMARY": "Summaries",
    "COMPILATION": "Compilations",
    "CONTAINS": "Contains",
    "CHARACTER": "Shares characters",
    "OTHER": "Other",
}
"""What each relation is called, in the order of the page."""


def render_relations(
    card: Card[Media],
    *,
    viewer: Viewer,
    address: Address,
    partial: bool = False,
    actions: Sequence[ui.Item[Any]] = (),
) -> Shown:
    """A page of the works that one is related to, by how, without those that may not stand here.

    `partial`: AniList is away, and the card has less than it would say. `actions` as in `Frame`.
    """
    media = card.entry
    if not may_show_work(media, viewer):
        return render_closed(media, viewer, address)
    related = [one for one in media.related if may_show_work(one.media, viewer)]
    notes = [explain_closed(len(media.related) - len(related), viewer), PARTIAL if partial else ""]
    frame = replace(build_frame(card, viewer, address), notes=notes, actions=actions)
    return render_rows(
        format_title(media, "Related works", viewer),
        [_build_row(one, viewer, address) for one in sorted(related, key=_rank)],
        empty=PARTIAL_EMPTY if partial else "There are no related works to show here.",
        frame=frame,
    )


def render_recommendations(card: Card[Media], found: Found[MediaRow], *, viewer: Viewer, address: Address) -> Shown:
    """A page of what is recommended to those who liked a work."""
    if not may_show_work(card.entry, viewer):
        return render_closed(card.entry, viewer, address)
    heading = format_title(card.entry, "Recommended to those who liked it", viewer)
    frame = build_frame(card, viewer, address)
    return render_media_rows(found, heading, frame, empty="Nobody has recommended anything yet.", size=WHOLE)


def _rank(related: Related) -> tuple[int, str, int]:
    order = [*RELATIONS]
    relation = related.relation or ""
    year = related.media.season_year or related.media.start_date.year or 9999
    return order.index(relation) if relation in order else len(order), relation, year


def _build_row(related: Related, viewer: Viewer, address: Address) -> Row:
    relation = name_word(related.relation, RELATIONS) or "Related"
    row = build_media_row(related.media, viewer, address)
    choice = build_media_choice(related.media, viewer, address, beside=relation)
    return replace(row, groups=(f"### {escape_line(relation)}",), choice=choice[0] if choice else None)
