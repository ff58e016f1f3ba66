"""A picture's card: the picture, who made it, where it is from, and the next one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import discord
from discord import ui

from bot.cards.site import explain_sites, may_link
from bot.cards.text import clip, escape_line, one_line
from bot.gate.setting import IMAGE_LEVEL
from bot.navigation.address import Address
from bot.navigation.frame import ACCENT, Frame, Shown
from bot.navigation.item import GoButton
from bot.navigation.viewer import Viewer
from bot.picture.api.model import Picture, Rating
from bot.picture.api.parse import SERVICE
from bot.service.record import Card

SOURCE = SERVICE

_LEVELS: dict[Rating | None, int] = {"safe": 0, "suggestive": 1, "borderline": 2}
_NAME_LIMIT = 100
_TAG_LIMIT = 40
_TAGS_AT_MOST = 15
_DESCRIPTION_LIMIT = 200


def may_show(rating: Rating | None, viewer: Viewer) -> bool:
    """Whether a picture of that rating may stand there: up to the level that is set, and only safe ones unless the
    channel is age-restricted. Explicit ones and those of unknown rating stand nowhere.
    """
    allowed = viewer.age_restricted or rating == "safe"
    return allowed and rating in _LEVELS and _LEVELS[rating] <= viewer.rules[IMAGE_LEVEL]


def render_picture(card: Card[Picture], *, viewer: Viewer, address: Address) -> Shown:
    """The page. Its own `address` leads to the next picture."""
    picture = card.entry
    links = list(_list_links(picture))
    picture_item = discord.MediaGalleryItem(
        picture.url, description=_describe(picture), spoiler=picture.rating != "safe"
    )
    frame = Frame(
        viewer,
        address,
        links=[(label, url) for label, url in links if may_link(url, viewer)],
        actions=[GoButton(address, asker_id=viewer.asker_id, label="Next", emoji="▶️")],
        notes=[explain_sites((url for _, url in links), viewer)],
        source=SOURCE,
        accent=ACCENT if picture.color is None else discord.Colour(picture.color),
    )
    text = ui.TextDisplay[Any]("\n".join(_list_lines(picture)))
    return Shown([ui.MediaGallery[Any](picture_item), text], frame)


def _list_lines(picture: Picture) -> Iterator[str]:
    artist = clip(escape_line(picture.artist_name), _NAME_LIMIT)
    yield f"Art by **{artist}**" if artist else "The artist is not known."
    facts = [f"Rated {picture.rating}"]
    if picture.width and picture.height and min(picture.width, picture.height) > 0:
        facts.append(f"{picture.width} × {picture.height}")
    yield " · ".join(facts)
    tags = [clip(escape_line(tag.replace("_", " ")), _TAG_LIMIT) for tag in picture.tags]
    kept = list(dict.fromkeys(tag for tag in tags if tag))
    if kept:
        more = len(kept) - _TAGS_AT_MOST
        yield f"-# {', '.join(kept[:_TAGS_AT_MOST])}" + (f" and {more} more" if more > 0 else "")


def _list_links(picture: Picture) -> Iterator[tuple[str, str]]:
    if picture.artist_url:
        yield "Artist", picture.artist_url
    if picture.source_url:
        yield "Source", picture.source_url


def _describe(picture: Picture) -> str:
    by = f" by {one_line(picture.artist_name)}" if one_line(picture.artist_name) else ""
    return clip(f"Picture{by}", _DESCRIPTION_LIMIT)
