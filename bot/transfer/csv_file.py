"""A list as a table of text, CSV: one line an entry, in UTF-8. What the columns hold is told in docs/commands.md.

A cell that a spreadsheet would take for a formula begins with an apostrophe, and so is text: notes and titles are
whatever people wrote. Read back, that apostrophe is taken off again.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from bot.errors import InvalidInput
from bot.transfer.model import RELEASE_STATUSES, STATUS_LABELS, FileEntry, ListFile
from bot.transfer.take import Draft, take

COLUMNS = ("id", "title", "status", "vote", "labels", "started", "finished", "notes", "releases")
"""What is read back. Others are passed over."""
FURTHER = ("added", "voted", "changed", "private")
"""What VNDB sets by itself, as `Exported` has it."""

_DELIMITERS = (",", ";", "\t")
# As spreadsheets of all languages read them: those of Japan know the wide signs too.
_BEGINS_FORMULA = "=+-@\t\r\n＝＋－＠'"
_NOTHING: list[str] = []
_SEPARATOR = re.compile(r"(?<!\\)((?:\\\\)*);")
_ESCAPED = re.compile(r"\\([\\;])")


def parse_csv(text: str) -> ListFile:
    """The list in a table with a line of headings, one of which is `id`. Raises `InvalidInput`: it is none."""
    heading = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=heading.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    file = ListFile()
    try:
        names = [" ".join(cell.split()).casefold() for cell in next(rows, _NOTHING)]
        if "id" not in names:
            raise InvalidInput("file", "is neither VNDB's export (XML), nor JSON, nor a table (CSV) with a column “id”")
        for row in rows:
            if any(map(str.strip, row)):
                take(_read_row(dict(zip(names, map(_read_cell, row), strict=False)), rows.line_num), file)
    except csv.Error as error:
        raise InvalidInput("file", f"is no table that can be read: line {rows.line_num:,}, {error}") from None
    return file


def render_csv(entries: Iterable[FileEntry], further: Iterable[Sequence[str]]) -> bytes:
    """The table of a list. `further` has the texts of the `FURTHER` columns, for each entry."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, quoting=csv.QUOTE_ALL)
    writer.writerow((*COLUMNS, *FURTHER))
    for entry, rest in zip(entries, further, strict=True):
        writer.writerow([_write_cell(cell) for cell in (*_list_cells(entry), *rest)])
    return written.getvalue().encode("utf-8-sig")  # by that mark spreadsheets know that it is UTF-8


def _read_row(cells: dict[str, str], line: int) -> Draft:
    labels = [*_split(cells.get("status", "")), *_split(cells.get("labels", ""))]
    releases = [one.rpartition("=") for one in _split(cells.get("releases", ""))]
    return Draft(
        f"line {line:,}",
        id=cells.get("id", ""),
        title=cells.get("title", ""),
        vote=cells.get("vote", ""),
        labels=labels,
        started=cells.get("started", ""),
        finished=cells.get("finished", ""),
        notes=cells.get("notes", ""),
        releases=[(release_id, status) for release_id, _, status in releases],
    )


def _list_cells(entry: FileEntry) -> tuple[str, ...]:
    statuses = [one for one in entry.labels if one.casefold() in STATUS_LABELS]
    labels = [one for one in entry.labels if one.casefold() not in STATUS_LABELS]
    releases = [f"{release_id}={RELEASE_STATUSES[status]}" for release_id, status in entry.releases]
    vote = "" if entry.vote is None else f"{entry.vote / 10:g}"
    days = (entry.started or "", entry.finished or "")
    return (entry.id, entry.title, _join(statuses), vote, _join(labels), *days, entry.notes or "", _join(releases))


def _join(names: Iterable[str]) -> str:
    """Several things in one cell."""
    return "; ".join(name.replace("\\", "\\\\").replace(";", "\\;") for name in names)


def _split(cell: str) -> list[str]:
    parts = _SEPARATOR.sub("\\1\0", cell).split("\0")
    return [name for part in parts if (name := _ESCAPED.sub(r"\1", part.strip()))]


def _write_cell(text: str) -> str:
    return f"'{text}" if text.startswith(tuple(_BEGINS_FORMULA)) else text


def _read_cell(text: str) -> str:
    return text[1:] if text[:1] == "'" and text[1:].startswith(tuple(_BEGINS_FORMULA)) else text
