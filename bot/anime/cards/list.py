"""Lists of works: what a search found, a season, what is trending, popular or recommended."""

from __future__ import annotations

from dataclasses import replace

from bot.anime.api.model import MediaRow
from bot.anime.cards.page import AT_MOST, AWAY, build_media_choice, format_line, keep_shown, render_lines, share_room
from bot.anime.cards.text import SOURCE, list_details
from bot.anime.cards.title import title_of
from bot.cards.text import clip
from bot.navigation.address import Address
from bot.navigation.frame import Frame, Shown
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
) -> Shown:
    """A page of works, as the service cuts them, without those that may not stand here.

    `heading` is escaped.
    """
    frame = Frame(viewer, address, source=SOURCE)
    return render_media_lines(found, f"## {clip(heading, _HEADING_LIMIT)}", frame, empty=NO_MATCH)


def render_media_lines(found: Found[MediaRow], heading: str, frame: Frame, *, empty: str) -> Shown:
    """A page of works in that frame, below a heading that is markdown."""
    viewer = frame.viewer
    listed = keep_shown(found.items, viewer)
    rows = listed[:AT_MOST]
    room = share_room(heading, len(rows))
    lines = [format_line(title_of(row, viewer), list_details(row), room=room) for row in rows]
    choices = [choice for row in rows for choice in build_media_choice(row, viewer, frame.address)]
    left_out = len(found.items) - len(listed)
    away = any(row.unmarked and row not in listed for row in found.items)
    frame = replace(frame, choices=choices, notes=[*frame.notes, AWAY] if away else frame.notes)
    return render_lines(heading, lines, frame, found=found, empty=empty, left_out=left_out)
