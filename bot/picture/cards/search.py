"""What a search of a v1 server found: artists or categories, each of which leads to its pictures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from discord import ui

from bot.cards.text import NOTHING_HERE, SHORTER, clip, escape_line
from bot.navigation.address import Address
from bot.navigation.frame import Choice, Frame, PageCount, Shown
from bot.navigation.viewer import Viewer
from bot.picture.api.model import Artist, Category
from bot.picture.cards.picture import SOURCE
from bot.service.record import Found

_NAME_LIMIT = 60
_DESCRIPTION_LIMIT = 60


def render_artists(
    found: Found[Artist], *, leads: Sequence[Address | None], pattern: str, viewer: Viewer, address: Address
) -> Shown:
    """A page of the artists that a pattern matches. `leads`: where the pictures of each are."""
    lines = [f"• {_name(artist.name)}" for artist in found.items]
    pairs = ((lead, artist.name, "") for lead, artist in zip(leads, found.items, strict=True))
    frame = _build_frame(pairs, viewer, address, more=found.more)
    return _render(f"## Artists for “{escape_line(pattern)}”", lines, frame)


def render_categories(
    found: Found[Category],
    *,
    leads: Sequence[Address | None],
    pattern: str,
    viewer: Viewer,
    address: Address,
    left_out: bool = False,
) -> Shown:
    """A page of the categories that a pattern matches.

    `leads`: where the pictures of each are. `left_out`: some of them may not stand here.
    """
    lines: list[str] = []
    for category in found.items:
        about = clip(escape_line(category.description or ""), _DESCRIPTION_LIMIT)
        lines.append(f"• **{_name(category.name)}**" + (f" · {about}" if about else ""))
    pairs = ((lead, one.name, one.description or "") for lead, one in zip(leads, found.items, strict=True))
    frame = _build_frame(pairs, viewer, address, more=found.more)
    return _render(
        f"## Categories for “{escape_line(pattern)}”", lines, frame, empty=NOTHING_HERE if left_out else SHORTER
    )


def _build_frame(
    pairs: Iterator[tuple[Address | None, str, str]], viewer: Viewer, address: Address, *, more: bool
) -> Frame:
    return Frame(
        viewer,
        address,
        choices=list(_list_choices(pairs)),
        placeholder="Pick one to see a picture",
        extent=PageCount(more=more),
        source=SOURCE,
    )


def _render(heading: str, lines: Sequence[str], frame: Frame, *, empty: str = SHORTER) -> Shown:
    return Shown([ui.TextDisplay[Any]("\n".join([heading, *(lines or [empty])]))], frame)


def _list_choices(pairs: Iterator[tuple[Address | None, str, str]]) -> Iterator[Choice]:
    for address, label, description in pairs:
        if address is not None:
            yield Choice(address, label, description)


def _name(name: str) -> str:
    return clip(escape_line(name), _NAME_LIMIT) or "Unnamed"
