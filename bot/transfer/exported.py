"""A list on VNDB as files: what VNDB has of each entry, with what it sets by itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from bot.transfer.csv_file import render_csv
from bot.transfer.json_file import render_json
from bot.transfer.model import RELEASE_STATUSES, FileEntry
from bot.vndb.api.model import Label, ListEntry
from bot.vndb.api.my_list import is_public
from bot.vndb.api.user import VOTED


def build_files(
    entries: Sequence[ListEntry], labels: Sequence[Label], *, name: str, uid: str, own: bool, now_s: int
) -> list[tuple[str, bytes]]:
    """The names of the files and what they hold: it may take a second, so not on the event loop.

    `own`: it is the whole list, with what is private; else nobody knows what that is.
    """
    rows = [_build_row(entry) for entry in entries]
    private = [not is_public(entry, list(labels)) if own else None for entry in entries]
    further = [_describe(entry, is_private) for entry, is_private in zip(entries, private, strict=True)]
    head = {
        "user": {"id": uid, "name": name},
        "exported": _format_time(now_s),
        "whole": own,
        "labels": [{"id": one.id, "label": one.label, "private": one.private} for one in labels],
    }
    stem = f"vndb-list-{uid}-{_format_time(now_s)[:10] or 'today'}"
    return [
        (f"{stem}.csv", render_csv(rows, [[_write(value) for value in one.values()] for one in further])),
        (f"{stem}.json", render_json(rows, further, head=head)),
    ]


def _build_row(entry: ListEntry) -> FileEntry:
    return FileEntry(
        id=entry.id,
        title=entry.vn.title if entry.vn is not None else "",
        vote=entry.vote,
        labels=tuple(label.label for label in entry.labels if label.id != VOTED and label.label),
        started=entry.started,
        finished=entry.finished,
        notes=(entry.notes or "").strip() or None,
        releases=tuple((one.id, one.list_status) for one in entry.releases if one.list_status < len(RELEASE_STATUSES)),
    )


def _describe(entry: ListEntry, is_private: bool | None) -> Mapping[str, object]:
    """The further columns, in their order."""
    times = {"added": entry.added, "voted": entry.voted, "changed": entry.lastmod}
    return {**{name: _format_time(at) or None for name, at in times.items()}, "private": is_private}


def _write(value: object) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _format_time(time_s: int | None) -> str:
    """A time as 2026-11-29T20:00:00Z; nothing for one that there is not."""
    if time_s is None:
        return ""
    try:
        return dt.datetime.fromtimestamp(time_s, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return ""
