"""What a search of a v1 server found: artists or categories, each of which leads to its pictures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from discord import ui

from bot.cards.notation import format_row
from bot.cards.text import NOTHING_HERE, clip, escape_line, one_line, size
from bot.errors import NoPage
from bot.navigation.address import Address
from bot.navigation.frame import BODY_LIMIT, Choice, Frame, PageCount, Shown, paginate
from bot.navigation.viewer import Viewer
from bot.picture.api.model import Artist, Category
from bot.picture.api.names import LISTED_AT_MOST
from bot.picture.cards.picture import SOURCE
from bot.service.record import Found

_NAME_LIMIT = 60
_ABOUT_LIMIT = 60


def render_artists(
    found: Found[Artist], *, leads: Sequence[Address | None], pattern: str, viewer: Viewer, address: Address
) -> Shown:
    """A page of the artists that a pattern matches. `leads`: where the pictures of each are. Raises `NoPage` where the
    list is shorter.
    """
    rows = [(artist.name, "") for artist in found.items]
    pairs = ((lead, artist.name, "") for lead, artist in zip(leads, found.items, strict=True))
    frame = _build_frame(pairs, viewer, address, more=found.more)
    return _render(f"## Artists for “{escape_line(pattern)}”", rows, frame)


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

    `leads`: where the pictures of each are. `left_out`: some of them may not stand here. Raises `NoPage` where the list
    is shorter.
    """
    rows = [(category.name, category.description or "") for category in found.items]
    pairs = ((lead, one.name, one.description or "") for lead, one in zip(leads, found.items, strict=True))
    frame = _build_frame(pairs, viewer, address, more=found.more)
    return _render(f"## Categories for “{escape_line(pattern)}”", rows, frame, left_out=left_out)


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


def _render(heading: str, rows: Sequence[tuple[str, str]], frame: Frame, *, left_out: bool = False) -> Shown:
    """A list of names, each with what is said about it, below a heading."""
    if not (rows or left_out or frame.extent.more) and frame.address.number > 1:
        raise NoPage(frame.address.number)
    before = (frame.address.number - 1) * LISTED_AT_MOST
    lines = [
        format_row(clip(one_line(name), _NAME_LIMIT), lead=f"{number}.", details=[clip(one_line(about), _ABOUT_LIMIT)])
        for number, (name, about) in enumerate(rows, before + 1)
    ]
    # Names of many signs may find no room; each is in the menu.
    (fitting, *_) = paginate(lines or [NOTHING_HERE], limit=BODY_LIMIT - size(heading) - 1)
    return Shown([ui.TextDisplay[Any]("\n".join([heading, *fitting]))], frame)


def _list_choices(pairs: Iterator[tuple[Address | None, str, str]]) -> Iterator[Choice]:
    for address, label, description in pairs:
        if address is not None:
            yield Choice(address, label, description)
