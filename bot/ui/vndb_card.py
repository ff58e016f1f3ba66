"""What the cards of all kinds of entries are put together from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import discord
from discord import ui

from bot.apis.vndb_model import Link, Vn, find_id
from bot.apis.vndb_names import Names
from bot.ui.address import Address
from bot.ui.frame import BODY_LIMIT, Choice, Frame, PageCount, PageView, build_view
from bot.ui.text import clip, escape_line, one_line, size
from bot.ui.vndb_markup import format_link, has_spoiler, render_markup_pages
from bot.ui.vndb_text import format_score, format_year
from bot.ui.vndb_vn import describe_vn
from bot.ui.vndb_vn_page import Row, build_choice, format_rows, split_rows

_LINKS_LIMIT = 1200
_LINK_LABEL_LIMIT = 60
_TITLE_LIMIT = 120
_ALIASES_LIMIT = 800
_NOVELS_AT_MOST = 5
_DESCRIPTION_AT_LEAST = 500

_OVERVIEW = ("", "Overview")
_PAGES = {
    "c": (_OVERVIEW, ("/traits", "Traits"), ("/novels", "Visual novels")),
    "r": (_OVERVIEW, ("/pictures", "Pictures")),
    "p": (_OVERVIEW, ("/novels", "Visual novels")),
    "s": (_OVERVIEW, ("/novels", "Visual novels"), ("/characters", "Characters voiced")),
    "g": (_OVERVIEW, ("/novels", "Visual novels")),
    "i": (_OVERVIEW, ("/characters", "Characters")),
}
"""The pages of the entries whose ids have that prefix: the end of the place, and what the page is called."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The first page of an entry. All of it is markdown but the description, which holds VNDB's codes.

    `blocks` stand below the description, which gets the room that the rest leaves. `picture` stands at the end.
    """

    heading: str
    facts: Sequence[str] = ()
    description: str = ""
    blocks: Sequence[str] = ()
    thumbnail: ui.Thumbnail[ui.LayoutView] | None = None
    picture: ui.Item[Any] | None = None


def render_sheet(sheet: Sheet, frame: Frame, *, files: Sequence[discord.File] = ()) -> PageView:
    """Return the page of a sheet that the frame's address names, or the last one.

    What the first page has no room for, such as the rest of a long description, goes on over further ones. What the
    description hides as a spoiler above the page's level is left out. `files` are those of the picture.
    """
    head = [text for text in (sheet.heading, "\n".join(filter(None, sheet.facts))) if text]
    pages = _split_sheet(sheet, head, spoilers=frame.address.spoiler >= 2)
    number = min(frame.address.number, len(pages))
    frame = replace(frame, address=frame.address.turn(number), extent=PageCount(total=len(pages)))
    if number > 1:
        return build_view(map(ui.TextDisplay[Any], [sheet.heading, *pages[number - 1]]), frame)
    return build_view(_build_first(sheet, head, pages[0]), frame, files=files)


def _split_sheet(sheet: Sheet, head: Sequence[str], *, spoilers: bool) -> list[list[str]]:
    """Return the texts of each page, without what stands above them."""
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
    description = render_markup_pages(sheet.description, first=first, further=further, spoilers=spoilers)
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
    """Say whether a sheet leaves out a part of that description."""
    return address.spoiler < 2 and has_spoiler(description or "")


def render_rows(heading: str, rows: Sequence[Row], *, empty: str, frame: Frame) -> PageView:
    """Return the page of a list that the frame's address names, or the last one."""
    pages = split_rows(rows, limit=BODY_LIMIT - size(heading) - 2)
    number = min(frame.address.number, len(pages))
    shown = pages[number - 1]
    frame = replace(
        frame,
        address=frame.address.turn(number),
        extent=PageCount(total=len(pages)),
        choices=[row.choice for row in shown if row.choice],
    )
    return build_view([ui.TextDisplay(f"{heading}\n{format_rows(shown) or empty}")], frame)


def format_list_heading(name: str, entry_id: str, title: str) -> str:
    """Return the heading of a page that is a list, of the entry of that name."""
    shown = clip(escape_line(name) or escape_line(entry_id) or "Untitled", _TITLE_LIMIT)
    return f"## {shown}\n-# {title}"


def build_menu(entry_id: str, address: Address) -> list[Choice]:
    """Return the pages of an entry; none if that is the id of none of these."""
    for prefix, pages in _PAGES.items():
        if find_id(entry_id, prefix):
            return [Choice(address.go(entry_id + end), label) for end, label in pages]
    return []


def build_vn_choices(novels: Iterable[Vn], *, names: Names, address: Address) -> list[Choice]:
    """Return the ways to the cards of novels."""
    found = (build_choice(address, vn.id, "v", label=vn.title, description=describe_vn(vn, names)) for vn in novels)
    return [choice for choice in found if choice]


def format_novels(heading: str, novels: Sequence[Vn]) -> str:
    """Return the first few of `novels` as lines; nothing if there are none."""
    lines = [format_novel(vn) for vn in novels[:_NOVELS_AT_MOST]]
    return "\n".join([f"**{heading}:**", *lines]) if lines else ""


def format_novel(vn: Vn, *details: str) -> str:
    """Return a novel as a line: title, year, rating and details, which are markdown."""
    score = format_score(vn.rating)
    known = [format_year(vn.released), f"{score}/10" if score else "", *details]
    title = clip(escape_line(vn.title) or escape_line(vn.id) or "Untitled", _TITLE_LIMIT)
    return " · ".join([f"- {title}", *filter(None, known)])


def format_aliases(heading: str, aliases: Iterable[str]) -> str:
    """Return other names as a line, cut between two of them; nothing if there are none."""
    shown = join_whole((clip(escape_line(alias), _TITLE_LIMIT) for alias in aliases), ", ", limit=_ALIASES_LIMIT)
    return f"**{heading}:** {shown}" if shown else ""


def format_links(links: Iterable[Link]) -> str:
    """Return the ways to other sites as a line; nothing if there are none."""
    shown = (format_link(clip(one_line(link.label or link.name), _LINK_LABEL_LIMIT), link.url) for link in links)
    joined = join_whole(shown, " · ", limit=_LINKS_LIMIT)
    return f"**Links:** {joined}" if joined else ""


def join_whole(parts: Iterable[str], between: str, *, limit: int) -> str:
    """Join parts as long as they fit into `limit` UTF-16 units, and say how many more there are."""
    rest = list(dict.fromkeys(part for part in parts if part))
    used, kept = 0, 0
    for part in rest:
        used += size(part) + len(between)
        if used > limit:
            break
        kept += 1
    joined = between.join(rest[:kept])
    if kept == len(rest):
        return joined
    return f"{joined} and {len(rest) - kept} more" if kept else f"{len(rest)} names"
