"""The first two pages of an entry, whatever it is: a glance at it, picture first, and all its details."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import discord
import msgspec
from discord import ui
from msgspec.structs import replace

from bot.cards.markup import has_spoiler, render_excerpt, render_markup, render_markup_pages
from bot.cards.notation import join_facts
from bot.cards.text import clip, escape_line, size
from bot.navigation.address import Address
from bot.navigation.frame import BODY_LIMIT, Frame, PageCount, Shown

_DESCRIPTION_AT_LEAST = 500
_COPY_LIMIT = 1500
_LINE_LIMIT = 600


class Sheet(msgspec.Struct, frozen=True):
    """A page of an entry. All of it is markdown but the description, which holds VNDB's codes, and the plain `line`.

    `cover` stands at the top, `thumbnail` beside the heading, `line` (what is known, in one line) right below it,
    `blocks` below the description, which gets the room that the rest leaves, and `picture` at the end.
    """

    heading: str
    line: Sequence[str] = ()
    cover: ui.MediaGallery[ui.LayoutView] | None = None
    facts: Sequence[str] = ()
    description: str = ""
    blocks: Sequence[str] = ()
    thumbnail: ui.Thumbnail[ui.LayoutView] | None = None
    picture: ui.Item[Any] | None = None

    @property
    def top(self) -> str:
        """The heading and the line below it, as markdown."""
        return "\n".join(filter(None, (self.heading, clip(escape_line(join_facts(self.line)), _LINE_LIMIT))))


def render_glance(sheet: Sheet, frame: Frame, *, files: Sequence[discord.File] = ()) -> Shown:
    """The card: cover, heading, line and the beginning of the description, then facts, blocks and the picture.

    What the description hides as a spoiler above the page's level is left out. Somebody's own copy shows more of a
    description that hides something, since that is what they asked for.
    """
    adult = frame.viewer.age_restricted
    if frame.address.revealed and has_spoiler(sheet.description):
        excerpt = render_markup(sheet.description, limit=_COPY_LIMIT, spoilers=True, adult=adult)
    else:
        excerpt = render_excerpt(sheet.description, spoilers=frame.address.spoiler >= 2, adult=adult)
    body: list[ui.Item[Any]] = [sheet.cover] if sheet.cover else []
    if sheet.thumbnail is None:
        body.append(ui.TextDisplay("\n".join(filter(None, (sheet.top, excerpt)))))
    else:
        body.append(ui.Section(sheet.top, accessory=sheet.thumbnail))
        body += [ui.TextDisplay(excerpt)] if excerpt else []
    room = BODY_LIMIT - size(sheet.top) - size(excerpt)
    for text in filter(None, ("\n".join(filter(None, sheet.facts)), *sheet.blocks)):
        body.append(ui.TextDisplay(clip(text, room)))
        room -= size(text)
        if room <= 0:
            break
    if sheet.picture is not None:
        body.append(sheet.picture)
    return Shown(body, replace(frame, address=frame.address.turn(1)), files)


def render_sheet(sheet: Sheet, frame: Frame, *, files: Sequence[discord.File] = ()) -> Shown:
    """The page of a sheet, with all that it holds, that the frame's address names, or the last one.

    What the first page has no room for, such as the rest of a long description, goes on over further ones. What the
    description hides as a spoiler above the page's level is left out. `files` are those of the picture.
    """
    head = [text for text in (sheet.top, "\n".join(filter(None, sheet.facts))) if text]
    pages = _split_sheet(sheet, head, spoilers=frame.address.spoiler >= 2, adult=frame.viewer.age_restricted)
    number = min(frame.address.number, len(pages))
    frame = replace(frame, address=frame.address.turn(number), extent=PageCount(total=len(pages)))
    if number > 1:
        return Shown([ui.TextDisplay[Any](text) for text in (sheet.heading, *pages[number - 1])], frame)
    return Shown([*_build_first(sheet, head, pages[0])], frame, files)


def _split_sheet(sheet: Sheet, head: Sequence[str], *, spoilers: bool, adult: bool) -> list[list[str]]:
    """The texts of each page, without what stands above them."""
    room = BODY_LIMIT - sum(size(text) + 1 for text in head)
    beside: list[str] = []
    left: list[str] = []
    for block in filter(None, sheet.blocks):
        if size(block) < room:
            beside.append(block)
            room -= size(block) + 1
        else:
            left.append(block)
    further = BODY_LIMIT - size(sheet.heading) - 1
    # In less room a word might be cut.
    begins = room >= _DESCRIPTION_AT_LEAST
    first = room if begins else further
    description = render_markup_pages(sheet.description, first=first, further=further, spoilers=spoilers, adult=adult)
    if not begins:
        description = ("", *description)
    return [[description[0], *beside], *([text] for text in (*description[1:], *left) if text)]


def _build_first(sheet: Sheet, head: Sequence[str], texts: Sequence[str]) -> Iterator[ui.Item[Any]]:
    if sheet.thumbnail is None:
        yield ui.TextDisplay("\n".join(head))
    else:
        yield ui.Section(*head, accessory=sheet.thumbnail)
    for text in texts:
        if text.strip():
            yield ui.Separator()
            yield ui.TextDisplay(text)
    if sheet.picture is not None:
        yield sheet.picture


def hides_part(description: str | None, address: Address) -> bool:
    """Whether a sheet leaves out a part of that description."""
    return address.spoiler < 2 and has_spoiler(description or "")
