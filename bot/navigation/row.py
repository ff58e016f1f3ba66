"""Lists of rows below headings that go on over pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from discord import ui
from msgspec.structs import replace

from bot.cards.image import build_named_gallery, build_thumbnail, explain_hidden
from bot.cards.text import size
from bot.errors import NoPage
from bot.navigation.address import Address
from bot.navigation.frame import (
    BODY_LIMIT,
    COVERS,
    COVERS_LABEL,
    OPTIONS_AT_MOST,
    ROWS,
    Choice,
    Frame,
    PageCount,
    Shown,
)
from bot.navigation.viewer import Viewer
from bot.service.image import Image

_ROWS_LIMIT = BODY_LIMIT - 300


class Row(msgspec.Struct, frozen=True):
    """One entry of a list. `groups` are the headings above it, outermost first; all is markdown already.

    `image` stands beside it where it may, and `name`, plain text, is what it shows. Text and headings together have to
    be well below a page: about 1 500 UTF-16 units.
    """

    text: str
    groups: tuple[str, ...] = ()
    choice: Choice | None = None
    image: Image | None = None
    name: str = ""


def split_rows(rows: Sequence[Row], *, limit: int = _ROWS_LIMIT, at_most: int = OPTIONS_AT_MOST) -> list[list[Row]]:
    """Split a list into pages, each at most `at_most` rows and, headings included, `limit` UTF-16 units long.

    At least one page. A row that is longer than a page is not cut.
    """
    pages: list[list[Row]] = [[]]
    used = 0
    for row in rows:
        cost = _measure(row, below=pages[-1][-1:])
        if pages[-1] and (used + cost > limit or len(pages[-1]) >= at_most):
            pages.append([])
            used, cost = 0, _measure(row, below=[])
        pages[-1].append(row)
        used += cost
    return pages


def format_rows(rows: Sequence[Row]) -> str:
    """A page of a list: each row below those of its headings that do not stand already."""
    return "\n".join(line for at, row in enumerate(rows) for line in _list_lines(row, below=rows[max(at - 1, 0) : at]))


def _measure(row: Row, *, below: Sequence[Row]) -> int:
    return sum(size(line) + 1 for line in _list_lines(row, below=below))


def _list_lines(row: Row, *, below: Sequence[Row]) -> Iterator[str]:
    standing = below[0].groups if below else ()
    same = 0
    while same < min(len(standing), len(row.groups)) and standing[same] == row.groups[same]:
        same += 1
    yield from row.groups[same:]
    yield row.text


def render_rows(heading: str, rows: Sequence[Row], *, empty: str, frame: Frame, pictures: str = COVERS_LABEL) -> Shown:
    """The page that the frame's address names, or the last one, of a list that is all there.

    `pictures`: what its pictures are called, if it has any.
    """
    pictured = any(row.image for row in rows)
    at_most = count_rows(frame.address) if pictured else OPTIONS_AT_MOST
    pages = split_rows(rows, limit=BODY_LIMIT - size(heading) - 2, at_most=at_most)
    number = min(frame.address.number, len(pages))
    frame = replace(
        frame,
        address=frame.address.turn(number),
        extent=PageCount(total=len(pages)),
        pictures=pictures if pictured else frame.pictures,
    )
    return render_row_page(heading, pages[number - 1], empty=empty, frame=frame)


def render_row_page(heading: str, rows: Sequence[Row], *, empty: str, frame: Frame, left_out: bool = False) -> Shown:
    """A page of a list: `rows` are those of this page. Where the frame has `pictures`, `count_rows` of them at most.

    `left_out`: there are others that may not stand here. Raises `NoPage` where the list is shorter.
    """
    if not rows and not left_out and frame.address.number > 1:
        raise NoPage(frame.address.number, last=frame.extent.total)
    covers = frame.pictures != "" and frame.address.covers
    withheld = explain_hidden([row.image for row in rows], frame.viewer, noun="picture")
    choices: dict[Address, Choice] = {}
    for choice in (row.choice for row in rows if row.choice):
        choices.setdefault(choice.address, choice)
    pictures = frame.pictures if rows else ""
    frame = replace(frame, choices=[*choices.values()], pictures=pictures, notes=[withheld, *frame.notes])
    body = _list_covers(heading, rows, frame.viewer) if covers else _list_items(heading, rows, frame.viewer)
    return Shown(body if rows else [ui.TextDisplay[Any](f"{heading}\n{empty}")], frame)


def count_rows(address: Address) -> int:
    """How many entries with pictures stand on a page at that address."""
    return COVERS if address.covers else ROWS


def _list_items(heading: str, rows: Sequence[Row], viewer: Viewer) -> list[ui.Item[Any]]:
    """The rows with their pictures beside them; those without one are text as the heading is, and leave no hole."""
    items: list[ui.Item[Any]] = []
    texts = [heading]
    for at, row in enumerate(rows):
        lines = list(_list_lines(row, below=rows[max(at - 1, 0) : at]))
        thumbnail = build_thumbnail(row.image, viewer, description=row.name)
        if thumbnail is None:
            texts += lines
            continue
        if texts:
            items.append(ui.TextDisplay("\n".join(texts)))
        texts = []
        items.append(ui.Section("\n".join(lines), accessory=thumbnail))
    return [*items, ui.TextDisplay("\n".join(texts))] if texts else items


def _list_covers(heading: str, rows: Sequence[Row], viewer: Viewer) -> list[ui.Item[Any]]:
    """The pictures in one gallery, and below it the first line of each row."""
    gallery = build_named_gallery([(row.image, row.name) for row in rows], viewer)
    titles = format_rows([replace(row, text=row.text.partition("\n")[0]) for row in rows])
    shown = [gallery] if gallery else []
    return [ui.TextDisplay(heading), *shown, ui.TextDisplay(titles)]
