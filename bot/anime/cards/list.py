"""Lists of works: what a search found, a season, what is trending, popular or recommended."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from msgspec.structs import replace

from bot.anime.api.model import MediaRow
from bot.anime.api.wish import PAGE_SIZE
from bot.anime.cards.page import AWAY, build_media_row, cut_block, find_first, may_show_work, render_pictured
from bot.anime.cards.text import SOURCE
from bot.cards.text import clip
from bot.navigation.address import Address
from bot.navigation.frame import COVERS_LABEL, Frame, Shown
from bot.navigation.viewer import Viewer
from bot.service.record import Found

NO_MATCH = "Nothing matches. Fewer conditions, wider ones or a shorter word may find something."

_HEADING_LIMIT = 250


def render_media_list(
    found: Found[MediaRow],
    *,
    heading: str,
    viewer: Viewer,
    address: Address,
    size: int = PAGE_SIZE,
) -> Shown:
    """A page of works, from one of the service's pages of `size`, without those that may not stand here.

    `heading` is escaped.
    """
    frame = Frame(viewer, address, source=SOURCE)
    heading = f"## {clip(heading, _HEADING_LIMIT)}"
    return render_media_rows(found, heading, frame, empty=NO_MATCH, size=size)


def render_media_rows(
    found: Found[MediaRow],
    heading: str,
    frame: Frame,
    *,
    empty: str,
    size: int,
    told: Mapping[int, str] = MappingProxyType({}),
) -> Shown:
    """A page of works in that frame, below a heading that is markdown, from one of the service's pages of `size`.
    `told`: what more is told of each, by its id, as plain text.
    """
    viewer, address = frame.viewer, frame.address
    cut = cut_block(found, address, size)
    numbered = list(enumerate(cut.items, find_first(address, size)))
    rows = [
        build_media_row(row, viewer, address, lead=f"{number}.", beside=told.get(row.id, ""))
        for number, row in numbered
        if may_show_work(row, viewer)
    ]
    away = any(row.unmarked and not may_show_work(row, viewer) for row in cut.items)
    frame = replace(frame, notes=[*frame.notes, AWAY] if away else frame.notes)
    return render_pictured(
        heading, rows, frame, found=cut, pictures=COVERS_LABEL, empty=empty, left_out=len(cut.items) - len(rows)
    )
