"""Lists of rows below headings that go on over pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from discord import ui

from bot.cards.text import size
from bot.navigation.frame import BODY_LIMIT, OPTIONS_AT_MOST, Choice, Frame, PageCount, Shown

_ROWS_LIMIT = BODY_LIMIT - 300


@dataclass(frozen=True, slots=True)
class Row:
    """One entry of a list. `groups` are the headings above it, outermost first; all is markdown already.

    Text and headings together have to be well below a page: about 1 500 UTF-16 units.
    """

    text: str
    groups: tuple[str, ...] = ()
    choice: Choice | None = None


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


def render_rows(heading: str, rows: Sequence[Row], *, empty: str, frame: Frame) -> Shown:
    """The page of a list that the frame's address names, or the last one."""
    pages = split_rows(rows, limit=BODY_LIMIT - size(heading) - 2)
    number = min(frame.address.number, len(pages))
    shown = pages[number - 1]
    frame = replace(
        frame,
        address=frame.address.turn(number),
        extent=PageCount(total=len(pages)),
        choices=[row.choice for row in shown if row.choice],
    )
    return Shown([ui.TextDisplay(f"{heading}\n{format_rows(shown) or empty}")], frame)
