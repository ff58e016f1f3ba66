"""A gallery's card: as one of several under a message, and as a page of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from discord import ui

from bot.cards.notation import open_on
from bot.cards.text import clip, count, escape_line, size
from bot.gallery.api.model import Gallery
from bot.gallery.cards.route import GalleryRoute, TorrentsRoute
from bot.gallery.cards.tag import list_tags
from bot.gallery.cards.text import (
    SOURCE,
    format_day,
    format_rating,
    format_size,
    order_titles,
    pick_colour,
)
from bot.gate.setting import TITLE_LANGUAGE, TitleLanguage
from bot.navigation.address import NOWHERE, Address
from bot.navigation.frame import BODY_LIMIT, Frame, Shown, list_age
from bot.navigation.item import SeeButton
from bot.navigation.viewer import Viewer
from bot.service.record import Card

TEXT_AT_LEAST = 750
"""UTF-16 units of text that a card needs."""

COVERLESS_NOTE = "The cover is not shown here."

# With less, the card is one of five, whose components have to be few.
_NEWER_FROM = 900
_TITLE_LIMIT = 250
_NAME_LIMIT = 60
_WORD_LIMIT = 40
_URL_LIMIT = 2048
_DESCRIPTION_LIMIT = 100


def build_gallery(
    card: Card[Gallery], *, coverless: bool, spoiler: bool, title_language: TitleLanguage, limit: int
) -> ui.Container[Any]:
    """The card in at most `limit` (`TEXT_AT_LEAST` or more) UTF-16 units of text and eight components.

    They are seven below 900. `spoiler`: all of it is covered until somebody uncovers it.
    """
    gallery = card.entry
    age = list_age(SOURCE, age_s=card.age_s, stale=card.stale)
    ends = [f"-# {' · '.join([SOURCE, *age])}"] if age else []
    text = _build_text(gallery, title_language, limit=limit, ends=ends)
    buttons = [ui.Button[Any](label="Open", url=gallery.url), *_build_ways(gallery, newer=limit >= _NEWER_FROM)]
    return ui.Container[Any](
        _build_head(gallery, text, coverless=coverless, spoiler=spoiler),
        ui.ActionRow[Any](*buttons),
        accent_colour=pick_colour(gallery.category),
        spoiler=spoiler,
    )


def render_gallery(card: Card[Gallery], *, coverless: bool, viewer: Viewer, address: Address) -> Shown:
    """The card as a page."""
    gallery = card.entry
    text = _build_text(gallery, viewer.rules[TITLE_LANGUAGE], limit=BODY_LIMIT)
    frame = Frame(
        viewer,
        address.turn(1),
        links=[(open_on(SOURCE), gallery.url)],
        actions=_build_ways(gallery, newer=True),
        notes=[COVERLESS_NOTE] if coverless and gallery.thumb else [],
        age_s=card.age_s,
        stale=card.stale,
        source=SOURCE,
        accent=pick_colour(gallery.category),
    )
    return Shown([_build_head(gallery, text, coverless=coverless, spoiler=False)], frame)


def _build_ways(gallery: Gallery, *, newer: bool) -> list[SeeButton]:
    """The ways on. A newer version may be one that is not shown, so it is no link but a page to be asked for."""
    ways: list[SeeButton] = []
    if gallery.torrent_count > 0:
        label = f"Torrents ({gallery.torrent_count:,})"
        ways.append(SeeButton(NOWHERE.go(TorrentsRoute.of(gallery.key)), label=clip(label, _WORD_LIMIT), emoji="🧲"))
    if newer and gallery.newer:
        ways.append(SeeButton(NOWHERE.go(GalleryRoute.of(gallery.newer)), label="Newer version", emoji="🆕"))
    return ways


def _build_head(gallery: Gallery, text: str, *, coverless: bool, spoiler: bool) -> ui.Item[Any]:
    if coverless or gallery.thumb is None or size(gallery.thumb) > _URL_LIMIT:
        return ui.TextDisplay(text)
    described = clip(f"Cover of {order_titles(gallery, 'romanised')[0]}", _DESCRIPTION_LIMIT)
    cover = ui.Thumbnail[Any](gallery.thumb, description=described, spoiler=spoiler)
    return ui.Section(text, accessory=cover)


def _build_text(gallery: Gallery, language: TitleLanguage, *, limit: int, ends: Sequence[str] = ()) -> str:
    """The card's text: tags take the room that the rest leaves."""
    first, second = order_titles(gallery, language)
    head = [f"### {clip(escape_line(first), min(_TITLE_LIMIT, limit // 5))}"]
    if second:
        head.append(clip(escape_line(second), min(_TITLE_LIMIT, limit // 7)))
    head += filter(None, (" · ".join(_list_facts(gallery)), _format_upload(gallery)))
    ends = [*_list_marks(gallery), *ends]
    room = limit - sum(size(line) + 1 for line in (*head, *ends))
    return "\n".join([*head, *list_tags(gallery.tags, room=room), *ends])


def _list_facts(gallery: Gallery) -> Iterator[str]:
    yield f"**{clip(escape_line(gallery.category), _WORD_LIMIT) or 'Unknown category'}**"
    yield format_rating(gallery.rating)
    if gallery.pages > 0:
        yield count(gallery.pages, "page")
    if gallery.size_bytes > 0:
        yield format_size(gallery.size_bytes)


def _format_upload(gallery: Gallery) -> str:
    uploader = clip(escape_line(gallery.uploader), _NAME_LIMIT)
    by = f" by {uploader}" if uploader else ""
    if gallery.posted is None:
        return f"Posted{by}" if by else ""
    return f"Posted {format_day(gallery.posted)}{by}"


def _list_marks(gallery: Gallery) -> Iterator[str]:
    if gallery.expunged:
        yield "⚠️ Expunged: it is no longer listed."
    if gallery.newer:
        yield "🆕 A newer version exists."
