"""What airs when, in each reader's own time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from bot.anime.api.model import AiringEpisode
from bot.anime.cards.page import AT_MOST, build_media_choice, format_line, may_show_work, render_lines, share_room
from bot.anime.cards.text import SOURCE, format_time
from bot.anime.cards.title import title_of
from bot.navigation.address import Address
from bot.navigation.frame import Choice, Frame, Shown
from bot.navigation.viewer import Viewer
from bot.service.record import Found

Span = Literal["today", "week"]
"""What a schedule covers: a day, or a week."""

_LENGTHS: dict[Span, str] = {"today": "24 hours", "week": "Seven days"}


def render_airing(
    found: Found[AiringEpisode],
    *,
    span: Span,
    start_s: int,
    viewer: Viewer,
    address: Address,
    menu: Sequence[Choice] = (),
) -> Shown:
    """A page of a schedule, the earliest first. `menu` are the other schedules.

    It says when it begins (`start_s`, seconds since the epoch): a message that is looked at later is not about today.
    Days are those of the reader, which nobody but Discord knows: so there are no headings, but a time on each line.
    """
    listed = [episode for episode in found.items if may_show_work(episode.media, viewer)]
    shown = sorted(listed[:AT_MOST], key=lambda episode: episode.airing_at)
    begins = format_time(start_s, "f")
    heading = f"## Airing schedule\n-# {_LENGTHS[span]}{f' from {begins}' if begins else ''}, in your own time"
    room = share_room(heading, len(shown))
    frame = Frame(
        viewer,
        address,
        menu=menu,
        choices=[
            choice
            for episode in shown
            for choice in build_media_choice(episode.media, viewer, address, beside=_name_episode(episode))
        ],
        source=SOURCE,
    )
    return render_lines(
        heading,
        [_format_episode(episode, span, viewer, room=room) for episode in shown],
        frame,
        found=found,
        empty="Nothing airs in this time.",
        left_out=len(found.items) - len(listed),
    )


def _format_episode(episode: AiringEpisode, span: Span, viewer: Viewer, *, room: int) -> str:
    when = format_time(episode.airing_at, "t" if span == "today" else "f")
    # A time alone, after midnight, looks earlier than what stands above it.
    away = f" ({format_time(episode.airing_at, 'R')})" if span == "today" else ""
    lead = f"{when}{away} " if when else ""
    return format_line(title_of(episode.media, viewer), [_name_episode(episode)], room=room, lead=lead)


def _name_episode(episode: AiringEpisode) -> str:
    return f"episode {episode.episode:,}"
