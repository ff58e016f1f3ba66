"""A list as JSON: an object with its `entries`, each with what docs/commands.md tells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from bot.errors import InvalidInput
from bot.service.body import decode
from bot.transfer.model import RELEASE_STATUSES, FileEntry, ListFile
from bot.transfer.take import Draft, take

FORMAT = "shiori vndb list"
VERSION = 1


class _Release(msgspec.Struct):
    id: str
    status: str = ""


class _Entry(msgspec.Struct):
    id: str
    title: str | None = None
    vote: float | None = None
    labels: list[str] = []
    started: str | None = None
    finished: str | None = None
    notes: str | None = None
    releases: list[_Release] = []


class _File(msgspec.Struct):
    entries: list[msgspec.Raw]


def parse_json(data: bytes) -> ListFile:
    """The list in an object. Raises `InvalidInput`: it is none."""
    try:
        entries = decode(data, _File).entries
    except msgspec.DecodeError:
        raise InvalidInput("file", "begins like JSON, but is damaged or holds no list of “entries”") from None
    file = ListFile()
    for number, raw in enumerate(entries, start=1):
        try:
            entry = decode(raw, _Entry)
        except msgspec.DecodeError as error:
            file.report(f"entry {number:,}", f"cannot be read: {error}")
        else:
            take(_read_entry(entry, number), file)
    return file


def _read_entry(entry: _Entry, number: int) -> Draft:
    return Draft(
        f"entry {number:,}",
        id=entry.id,
        title=entry.title or "",
        vote="" if entry.vote is None else f"{entry.vote:g}",
        labels=entry.labels,
        started=entry.started or "",
        finished=entry.finished or "",
        notes=entry.notes or "",
        releases=[(one.id, one.status) for one in entry.releases],
    )


def render_json(
    entries: Iterable[FileEntry], further: Iterable[Mapping[str, object]], *, head: Mapping[str, object]
) -> bytes:
    """The object of a list: what `head` has, and each entry with its `further` members."""
    listed = [_list_members(entry) | dict(rest) for entry, rest in zip(entries, further, strict=True)]
    document = {"format": FORMAT, "version": VERSION, **head, "entries": listed}
    return msgspec.json.format(msgspec.json.encode(document), indent=1)


def _list_members(entry: FileEntry) -> dict[str, object]:
    return {
        "id": entry.id,
        "title": entry.title,
        "vote": None if entry.vote is None else entry.vote / 10,
        "labels": entry.labels,
        "started": entry.started,
        "finished": entry.finished,
        "notes": entry.notes,
        "releases": [{"id": one, "status": RELEASE_STATUSES[status]} for one, status in entry.releases],
    }
