"""What a search of a v1 server found: artists or categories, each of which leads to its pictures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from discord import ui

from bot.apis.nekos_model import Artist, AskedRating, Category, PictureWish, normalise_tag
from bot.apis.nekos_pattern import Searched
from bot.apis.record import Found
from bot.ui.address import Address
from bot.ui.frame import Choice, Frame, PageView, build_view
from bot.ui.nekos_address import build_artist_address, build_wish_address
from bot.ui.nekos_picture import SOURCE
from bot.ui.text import clip, escape_line
from bot.ui.viewer import Viewer

MORE = "There are more; a narrower pattern finds them."
_NAME_LIMIT = 60
_DESCRIPTION_LIMIT = 60
_PLURALS: dict[Searched, str] = {"artist": "Artists", "category": "Categories"}


def render_artists(found: Found[Artist], *, rating: AskedRating, pattern: str, viewer: Viewer) -> PageView:
    """Return the list of artists that a pattern matches."""
    lines = [f"• {_name(artist.name)}" for artist in found.items]
    pairs = ((build_artist_address(artist, rating=rating), artist.name, "") for artist in found.items)
    return _render(lines, list(_list_choices(pairs)), noun="artist", pattern=pattern, viewer=viewer, more=found.more)


def render_categories(found: Found[Category], *, rating: AskedRating, pattern: str, viewer: Viewer) -> PageView:
    """Return the list of categories that a pattern matches."""
    lines: list[str] = []
    for category in found.items:
        about = clip(escape_line(category.description or ""), _DESCRIPTION_LIMIT)
        lines.append(f"• **{_name(category.name)}**" + (f" · {about}" if about else ""))
    pairs = (
        (build_wish_address(PictureWish(rating, (normalise_tag(one.name),))), one.name, one.description or "")
        for one in found.items
    )
    return _render(lines, list(_list_choices(pairs)), noun="category", pattern=pattern, viewer=viewer, more=found.more)


def _render(
    lines: Sequence[str], choices: Sequence[Choice], *, noun: Searched, pattern: str, viewer: Viewer, more: bool
) -> PageView:
    head = f"## {_PLURALS[noun]} for “{escape_line(pattern)}”"
    frame = Frame(
        viewer,
        Address("picture"),
        choices=choices,
        placeholder="Pick one to see a picture",
        returns=False,
        notes=[MORE] if more else [],
        source=SOURCE,
    )
    return build_view([ui.TextDisplay[Any]("\n".join([head, *lines]))], frame)


def _list_choices(pairs: Iterator[tuple[Address | None, str, str]]) -> Iterator[Choice]:
    for address, label, description in pairs:
        if address is not None:
            yield Choice(address, label, description)


def _name(name: str) -> str:
    return clip(escape_line(name), _NAME_LIMIT) or "Unnamed"
