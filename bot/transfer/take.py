"""What stands in a file, taken into a list: checked as VNDB would, before it is asked.

A value that cannot be taken is left out and reported, and the rest of its entry is taken all the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import TypeVar

import msgspec

from bot.cards.text import clip_field
from bot.errors import InvalidInput
from bot.transfer.model import ENTRIES_AT_MOST, RELEASE_STATUSES, WRITES_AT_MOST, FileEntry, ListFile
from bot.vndb.api.list_change import parse_day, parse_notes, parse_vote
from bot.vndb.api.user import LABELS, VOTED

T = TypeVar("T")

_NOVEL = re.compile(r"(?:https?://vndb\.org/)?v?([1-9][0-9]{0,6})", re.ASCII)
_RELEASE = re.compile(r"r[1-9][0-9]{0,6}", re.ASCII)
_QUOTED = 40
_LABELS_AT_MOST = 100
_LABEL_AT_MOST = 200
_EXAMPLE = date(2024, 5, 31)
_STATUSES = {name.casefold(): number for number, name in enumerate(RELEASE_STATUSES)}


class Draft(msgspec.Struct):
    """An entry as it stands in a file: all of it text. `where`: what it is called if it is no entry at all."""

    where: str
    id: str = ""
    title: str = ""
    vote: str = ""
    labels: list[str] = []
    started: str = ""
    finished: str = ""
    notes: str = ""
    releases: list[tuple[str, str]] = []


def take(draft: Draft, file: ListFile) -> None:
    """Put an entry into the list. Of a novel that comes twice the last one counts.

    Raises `InvalidInput`: there are too many.
    """
    match = _NOVEL.fullmatch(draft.id.strip())
    if match is None:
        said = f"{_quote(draft.id).lstrip()} is no id of a novel" if draft.id.strip() else "has no id"
        file.report(draft.where, f"{said}, such as v17")
        return
    entry_id = f"v{match[1]}"

    def read(what: str, text: str, parse: Callable[[str], T | None]) -> T | None:
        try:
            return parse(text)
        except InvalidInput as error:
            file.report(entry_id, f"{what}{_quote(text)} {error.reason}")
            return None

    if entry_id in file.entries:
        file.report(entry_id, "comes twice; the last one counts")
    elif len(file.entries) >= ENTRIES_AT_MOST:
        raise InvalidInput("file", f"has more than {ENTRIES_AT_MOST:,} entries. Please split it")
    entry = FileEntry(
        id=entry_id,
        title=clip_field(" ".join(draft.title.split()), _LABEL_AT_MOST),
        vote=read("vote", draft.vote, parse_vote),
        labels=_take_labels(entry_id, draft.labels, file),
        started=read("started", draft.started, lambda text: _parse_day("started", text)),
        finished=read("finished", draft.finished, lambda text: _parse_day("finished", text)),
        notes=read("notes", draft.notes, parse_notes),
        releases=tuple(_take_releases(entry_id, draft.releases, file)),
    )
    file.writes += 1 + len(entry.releases)
    if file.writes > WRITES_AT_MOST:
        raise InvalidInput("file", f"has more than {WRITES_AT_MOST:,} entries and releases. Please split it")
    file.entries[entry_id] = entry


def _parse_day(what: str, text: str) -> str | None:
    if re.search("[0-9]", text) is None and text.strip():  # nobody knows which day “today” was
        raise InvalidInput(what, f"must be a day like {_EXAMPLE.isoformat()}")
    return parse_day(what, text, today=_EXAMPLE)


def _take_labels(entry_id: str, labels: Iterable[str], file: ListFile) -> tuple[str, ...]:
    """The labels, each once in any case, without that of votes, which follows the vote."""
    found: dict[str, str] = {}
    for label in labels:
        name = " ".join(label.split())
        if len(name) > _LABEL_AT_MOST or len(found) >= _LABELS_AT_MOST:
            file.report(entry_id, f"label{_quote(name)} is too long, or one too many")
        elif name and name.casefold() != LABELS[VOTED].casefold():
            found.setdefault(name.casefold(), name)
    return tuple(found.values())


def _take_releases(entry_id: str, releases: Iterable[tuple[str, str]], file: ListFile) -> Iterable[tuple[str, int]]:
    found: dict[str, int] = {}
    for release_id, status in releases:
        number = _STATUSES.get(" ".join(status.split()).casefold())
        if not _RELEASE.fullmatch(release_id.strip()) or number is None:
            file.report(entry_id, f"release{_quote(release_id)} has a status{_quote(status)} that VNDB does not know")
        else:
            found[release_id.strip()] = number
    return found.items()


def _quote(text: str) -> str:
    """What was there, if it was anything."""
    said = clip_field(" ".join(text.split()), _QUOTED)
    return f" “{said}”" if said else ""
