"""A gallery's card: as one of several under a message, and as a page of its own with its details."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import discord
from discord import ui
from msgspec.structs import replace

from bot.cards.fact import format_fact
from bot.cards.image import explain_none
from bot.cards.notation import join_facts, open_on
from bot.cards.text import clip, count, escape_line, one_line, size
from bot.gallery.api.model import Gallery
from bot.gallery.cards.route import DetailsRoute, GalleryRoute, TorrentsRoute
from bot.gallery.cards.tag import list_tags, name_tags, summarise_tags
from bot.gallery.cards.text import (
    SOURCE,
    TITLE_LIMIT,
    format_day,
    format_score,
    format_size,
    format_title,
    order_titles,
    pick_colour,
)
from bot.gate.setting import TITLE_LANGUAGE, TitleLanguage
from bot.navigation.address import NOWHERE, Address
from bot.navigation.frame import BODY_LIMIT, Choice, Frame, Shown, list_age
from bot.navigation.item import GoButton, SeeButton
from bot.navigation.sheet import Sheet, render_glance
from bot.navigation.viewer import Viewer
from bot.service.record import Card

TEXT_AT_LEAST = 750
"""UTF-16 units of text that a card needs."""

COVERLESS_NOTE = "The cover is not shown here: not rated yet."

# With less, the card is one of five, whose components have to be few.
_NEWER_FROM = 900
_ORIGINAL_LIMIT = 100
_LINE_LIMIT = 160
_TAGS_LIMIT = 180
_NAME_LIMIT = 60
_WORD_LIMIT = 40
_URL_LIMIT = 2048
_DESCRIPTION_LIMIT = 100
_NEWER = "Newest version"
_EXPUNGED = "⚠️ Expunged: it is no longer listed."


def build_gallery(
    card: Card[Gallery], *, coverless: bool, spoiler: bool, title_language: TitleLanguage, limit: int
) -> ui.Container[Any]:
    """The card in at most `limit` (`TEXT_AT_LEAST` or more) UTF-16 units of text and eight components.

    They are seven below 900. `spoiler`: all of it is covered until somebody uncovers it.
    """
    gallery = card.entry
    leads_on = limit >= _NEWER_FROM
    text = "\n".join(filter(None, _list_lines(card, title_language, leads_on=leads_on)))
    buttons: list[ui.Item[Any]] = [
        ui.Button[Any](label="Open", url=gallery.url),
        SeeButton(NOWHERE.go(GalleryRoute.of(gallery.key)), label="Show more"),
    ]
    # It may be one that is not shown, so it is no link but a page to be asked for.
    if leads_on and gallery.newer:
        buttons.append(SeeButton(NOWHERE.go(GalleryRoute.of(gallery.newer)), label=_NEWER, emoji="🆕"))
    head: ui.Item[Any] = ui.TextDisplay(text)
    if not coverless and (cover := _find_cover(gallery)):
        thumbnail = ui.Thumbnail[Any](cover, description=_describe_cover(gallery), spoiler=spoiler)
        head = ui.Section(text, accessory=thumbnail)
    return ui.Container[Any](
        head, ui.ActionRow[Any](*buttons), accent_colour=pick_colour(gallery.category), spoiler=spoiler
    )


def _list_lines(card: Card[Gallery], language: TitleLanguage, *, leads_on: bool) -> Iterator[str]:
    gallery = card.entry
    yield _format_heading(gallery, language)
    yield clip(escape_line(join_facts(_list_glance(gallery))), _LINE_LIMIT)
    yield summarise_tags(gallery.tags, limit=_TAGS_LIMIT)
    yield _EXPUNGED if gallery.expunged else ""
    yield "🆕 There is a newer version." if gallery.newer and not leads_on else ""
    age = list_age(SOURCE, age_s=card.age_s, stale=card.stale)
    yield f"-# {' · '.join([SOURCE, *age])}" if age else ""


def render_gallery(card: Card[Gallery], *, coverless: bool, viewer: Viewer, address: Address) -> Shown:
    """The card as a page."""
    gallery = card.entry
    cover = None if coverless else _find_cover(gallery)
    picture = discord.MediaGalleryItem(cover, description=_describe_cover(gallery)) if cover else None
    sheet = Sheet(
        heading=_format_heading(gallery, viewer.rules[TITLE_LANGUAGE]),
        line=[*_list_glance(gallery)],
        cover=ui.MediaGallery(picture) if picture else None,
        blocks=[summarise_tags(gallery.tags, limit=_TAGS_LIMIT), _EXPUNGED if gallery.expunged else ""],
    )
    frame = replace(
        build_frame(card, viewer, address),
        actions=[*_list_versions(gallery, viewer, address)],
        notes=[explain_none(viewer) if viewer.unsafe_up_to < 0 else COVERLESS_NOTE]
        if coverless and gallery.thumb
        else [],
    )
    return render_glance(sheet, frame)


def render_details(card: Card[Gallery], *, viewer: Viewer, address: Address) -> Shown:
    """What else is known of a gallery, and all its tags."""
    gallery = card.entry
    head = [format_title(gallery, "Details", viewer.rules[TITLE_LANGUAGE]), *_list_facts(gallery)]
    tags = list_tags(gallery.tags, room=BODY_LIMIT - sum(size(line) + 1 for line in head))
    text = "\n".join([*head, *(tags or ["No tags yet."])])
    return Shown([ui.TextDisplay(text)], build_frame(card, viewer, address.turn(1)))


def build_frame(card: Card[Gallery], viewer: Viewer, address: Address) -> Frame:
    """The frame that all pages of a gallery share."""
    gallery = card.entry
    pages = [(GalleryRoute, "Overview"), (DetailsRoute, "Details")]
    # A page that is shown stands in its own menu, also where it says that there is nothing.
    if gallery.torrent_count > 0 or TorrentsRoute.parse(address.place) is not None:
        pages.append((TorrentsRoute, f"Torrents ({gallery.torrent_count:,})"))
    return Frame(
        viewer,
        address,
        menu=[Choice(address.go(route.of(gallery.key)), clip(label, _WORD_LIMIT)) for route, label in pages],
        links=[(open_on(SOURCE), gallery.url)],
        age_s=card.age_s,
        stale=card.stale,
        source=SOURCE,
        accent=pick_colour(gallery.category),
    )


def _list_versions(gallery: Gallery, viewer: Viewer, address: Address) -> Iterator[GoButton]:
    """The ways to other versions. One may be not shown, so they are no links but pages to be asked for."""
    versions = (
        (gallery.newer, _NEWER, "🆕"),
        (gallery.older, "Older version", "🕰️"),
        (gallery.first, "First version", "⏮️"),
    )
    for key, label, emoji in versions:
        if key is not None:
            yield GoButton(address.go(GalleryRoute.of(key)), asker_id=viewer.asker_id, label=label, emoji=emoji)


def _find_cover(gallery: Gallery) -> str | None:
    """The address of the cover, if there is one that Discord takes."""
    return gallery.thumb if gallery.thumb is not None and size(gallery.thumb) <= _URL_LIMIT else None


def _describe_cover(gallery: Gallery) -> str:
    return clip(f"Cover of {order_titles(gallery, 'romanised')[0]}", _DESCRIPTION_LIMIT)


def _format_heading(gallery: Gallery, language: TitleLanguage) -> str:
    first, second = order_titles(gallery, language)
    heading = f"### {clip(escape_line(first), TITLE_LIMIT)}"
    return f"{heading}\n{clip(f'-# {escape_line(second)}', _ORIGINAL_LIMIT)}" if second else heading


def _list_glance(gallery: Gallery) -> Iterator[str]:
    yield clip(one_line(gallery.category), _WORD_LIMIT) or "Unknown category"
    yield format_score(gallery.rating)
    if gallery.pages > 0:
        yield count(gallery.pages, "page")
    yield clip(", ".join(name_tags("language", gallery.tags)), _NAME_LIMIT)


def _list_facts(gallery: Gallery) -> Iterator[str]:
    if gallery.posted is not None:
        yield format_fact("Posted", format_day(gallery.posted))
    uploader = clip(escape_line(gallery.uploader), _NAME_LIMIT)
    if uploader:
        yield format_fact("Uploader", uploader)
    if gallery.size_bytes > 0:
        yield format_fact("Size", format_size(gallery.size_bytes))
