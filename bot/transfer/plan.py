"""What an import would change on a list: made before anything is written, and shown.

Nothing is taken off a list, but for a status in whose place another one comes. What the file does not say stays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import msgspec
from msgspec import UNSET, UnsetType

from bot.transfer.model import STATUS_LABELS, FileEntry, ListFile, Problem
from bot.vndb.api.list_change import STATUSES, EntryChange
from bot.vndb.api.model import Label, ListEntry
from bot.vndb.api.user import VOTED
from bot.vndb.api.whole_list import Change

_REMEMBERED = 20


class Row(msgspec.Struct, frozen=True):
    """A write to come: of a novel's entry, or of a release (`target`). `is_new`: that is not on the list yet."""

    target: str
    title: str
    change: Change
    is_new: bool


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What an import was found to be, as it is shown; the rows themselves are told apart from it.

    `releases`: how many get a status, `changed_releases` of them another one. `differs`: what of entries that are there
    differs from the file, and how often. `unknown` are the first of `unknown_count` novels that VNDB does not have,
    `labels` the most frequent of `label_count` that the person does not have, with how many entries have each;
    `problems` the first of `left_out`.
    """

    file_name: str = ""
    account: str = ""
    entries: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    releases: int = 0
    changed_releases: int = 0
    differs: dict[str, int] = {}
    unknown: tuple[str, ...] = ()
    unknown_count: int = 0
    labels: dict[str, int] = {}
    label_count: int = 0
    problems: tuple[Problem, ...] = ()
    left_out: int = 0


class Plan(msgspec.Struct, frozen=True):
    """The rows of an import in their order: an entry before its releases, which would make it."""

    rows: list[Row]
    summary: Summary


def build_plan(
    file: ListFile,
    known: Mapping[str, ListEntry],
    titles: Mapping[str, str],
    labels: Sequence[Label],
    *,
    file_name: str,
    account: str,
) -> Plan:
    """Compare a file with a list: `known` are its entries, `titles` those of novels that VNDB has and the list has not,
    `labels` the labels of the list.
    """
    numbers = {" ".join(one.label.split()).casefold(): one.id for one in labels if one.id not in {0, VOTED}}
    numbers |= STATUS_LABELS
    missing: Counter[str] = Counter()
    differs: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    unknown: list[str] = []
    rows: list[Row] = []
    for entry in file.entries.values():
        missing.update(name for name in entry.labels if name.casefold() not in numbers)
        there = known.get(entry.id)
        if there is None and entry.id not in titles:
            unknown.append(entry.id)
            continue
        title = titles.get(entry.id) or (there.vn.title if there is not None and there.vn else "") or entry.title
        change = build_change(
            entry, there, {numbers[name] for one in entry.labels if (name := one.casefold()) in numbers}
        )
        if there is None:
            counts["new"] += 1
            rows.append(Row(entry.id, title, change, is_new=True))
        elif change != EntryChange():
            counts["changed"] += 1
            differs.update(_name_parts(change))
            rows.append(Row(entry.id, title, change, is_new=False))
        else:
            counts["same"] += 1
        listed = {} if there is None else {one.id: one.list_status for one in there.releases}
        releases = [Row(one, title, status, is_new=one not in listed) for one, status in entry.releases]
        rows += (wanted := [one for one in releases if listed.get(one.target) != one.change])
        counts["releases"] += len(wanted)
    summary = Summary(
        file_name=file_name,
        account=account,
        entries=len(file.entries),
        new=counts["new"],
        changed=counts["changed"],
        same=counts["same"],
        releases=counts["releases"],
        changed_releases=sum(isinstance(one.change, int) and not one.is_new for one in rows),
        differs=dict(differs),
        unknown=tuple(unknown[:_REMEMBERED]),
        unknown_count=len(unknown),
        labels=dict(missing.most_common(_REMEMBERED)),
        label_count=len(missing),
        problems=tuple(file.problems),
        left_out=file.left_out,
    )
    return Plan(rows, summary)


def build_change(entry: FileEntry, there: ListEntry | None, wanted: set[int]) -> EntryChange:
    """What makes an entry as the file has it. `wanted`: its labels there. Empty where nothing differs."""
    had: set[int] = set() if there is None else {label.id for label in there.labels}

    def differs(value: object, held: object) -> bool:
        return value is not None and value != held

    held_notes = None if there is None else (there.notes or "").strip() or None
    vote: int | UnsetType | None = entry.vote if differs(entry.vote, there and there.vote) else UNSET
    notes: str | UnsetType | None = entry.notes if differs(entry.notes, held_notes) else UNSET
    statuses = wanted & set(STATUSES)
    labels_set = tuple(sorted(wanted - had))
    # All others, not only those of now: until it is written another one may have been chosen.
    is_other = bool(statuses - had or (statuses and had & set(STATUSES) - statuses))
    labels_unset = tuple(sorted(set(STATUSES) - statuses)) if is_other else ()
    return EntryChange(
        vote=vote,
        notes=notes,
        started=entry.started if entry.started and differs(entry.started, there and there.started) else UNSET,
        finished=entry.finished if entry.finished and differs(entry.finished, there and there.finished) else UNSET,
        labels_set=labels_set or UNSET,
        labels_unset=labels_unset or UNSET,
    )


def _name_parts(change: EntryChange) -> Iterator[str]:
    """What a change changes, each once."""
    if change.vote is not UNSET:
        yield "vote"
    touched = {*(change.labels_set or ()), *(change.labels_unset or ())}
    if touched & set(STATUSES):
        yield "status"
    if touched - set(STATUSES):
        yield "labels"
    if change.started is not UNSET or change.finished is not UNSET:
        yield "days"
    if change.notes is not UNSET:
        yield "notes"
