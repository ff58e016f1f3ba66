"""What somebody wants changed of an entry of their list: read from what was typed, and checked before it is sent.

VNDB answers a day that does not exist with 500, takes labels that do not exist, and refuses control characters without
saying where: https://api.vndb.org/kana#list-management and its own code (lib/VNWeb/API.pm).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from datetime import date
from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from bot.errors import InvalidInput
from bot.links.unicode import normalise
from bot.vndb.api.model import ListEntry
from bot.vndb.api.user import LABELS, VOTED

STATUSES: Mapping[int, str] = {id_: name for id_, name in LABELS.items() if id_ != VOTED}
"""The labels of which an entry has one at most, as VNDB's own pages have it. Its API does not see to that."""

Day = Literal["started", "finished"]

FIRST_OWN_LABEL = 10
NOTES_AT_MOST = 2000
_SHORT_AT_MOST = 100  # no vote and no day is longer
OLDEST, LATEST = date(1970, 1, 1), date(2099, 12, 31)

_VOTE = re.compile(r"([0-9]{1,2})(?:[.,]([0-9])0*)?(?: ?/ ?10)?")
_DAY = re.compile(r"([0-9]{4})([-./])([0-9]{1,2})\2([0-9]{1,2})")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_LINE_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")


class EntryChange(msgspec.Struct, frozen=True):
    """What becomes of an entry; what is unset stays. `vote` is 10 to 100, days are like 2024-05-31.

    There is no member for all labels at once: it would take the label of votes off an entry that has one. A day cannot
    be taken away. Raises ValueError for the label of votes, which VNDB sets by itself.
    """

    vote: int | UnsetType | None = UNSET
    notes: str | UnsetType | None = UNSET
    started: str | UnsetType = UNSET
    finished: str | UnsetType = UNSET
    labels_set: tuple[int, ...] | UnsetType = UNSET
    labels_unset: tuple[int, ...] | UnsetType = UNSET

    def __post_init__(self) -> None:
        if VOTED in {*(self.labels_set or ()), *(self.labels_unset or ())}:
            raise ValueError("the label of votes follows the vote")

    @property
    def only_takes_away(self) -> bool:
        """Whether there is nothing to do where there is no entry. VNDB would make an empty one."""
        return not any((self.vote, self.notes, self.started, self.finished, self.labels_set))

    def is_made(self, entry: ListEntry | None) -> bool:
        """Whether an entry (None: there is none) shows the change."""
        if entry is None:
            return False
        labels = {label.id for label in entry.labels}
        shown = {"vote": entry.vote, "notes": (entry.notes or "").strip() or None}
        shown |= {"started": entry.started, "finished": entry.finished}
        wanted = {name: value for name in shown if (value := getattr(self, name)) is not UNSET}
        if "notes" in wanted:
            wanted["notes"] = (self.notes or "").strip() or None
        unset = set(self.labels_unset or ())
        return (
            all(shown[name] == value for name, value in wanted.items())
            and labels >= set(self.labels_set or ()) - unset
            and not labels & unset
        )


class Remake(msgspec.Struct, frozen=True):
    """What an entry is after it was taken off the list and made anew, since nothing else takes a day away.

    `releases`: those on the list, which go with the entry, each with its status. `added`: when it was, in seconds since
    the epoch: a later entry is another one.
    """

    vn_id: str
    days: tuple[Day, ...]
    change: EntryChange
    releases: tuple[tuple[str, int], ...]
    added: int | None = None

    def is_wanted(self, entry: ListEntry) -> bool:
        """Whether an entry still has a day that is to go."""
        return any(getattr(entry, day) for day in self.days)


def build_remake(entry: ListEntry, days: Collection[Day]) -> Remake:
    """The same entry without these days. When it was added, and voted on, cannot be said to VNDB."""

    def keep(day: Day, held: str | None) -> str | UnsetType:
        return UNSET if day in days or not held else held

    return Remake(
        entry.id,
        tuple(days),
        EntryChange(
            vote=entry.vote,
            notes=entry.notes,
            started=keep("started", entry.started),
            finished=keep("finished", entry.finished),
            labels_set=tuple(label.id for label in entry.labels if label.id != VOTED),
        ),
        tuple((one.id, one.list_status) for one in entry.releases),
        entry.added,
    )


def choose_status(label_id: int) -> EntryChange:
    """Give an entry that status in place of every other one; 0: none. Raises `InvalidInput` for another label."""
    if label_id not in {0, *STATUSES}:
        raise InvalidInput("status", "is none of VNDB's")
    others = tuple(one for one in STATUSES if one != label_id)
    return EntryChange(labels_set=(label_id,) if label_id else (), labels_unset=others)


def choose_labels(chosen: Collection[int], held: Collection[int]) -> EntryChange:
    """Make an entry have the labels that were chosen where it was shown to have those that are `held`. What was chosen
    elsewhere meanwhile stays.
    """
    return EntryChange(
        labels_set=tuple(one for one in chosen if one not in held),
        labels_unset=tuple(one for one in held if one not in chosen),
    )


def parse_vote(typed: str) -> int | None:
    """A vote as people write it (`8`, `8.5`, `8,5`, `8.5/10`) as VNDB has it, 10 to 100; None for nothing.

    Raises `InvalidInput`.
    """
    text = _fold(typed)
    if not text:
        return None
    match = _VOTE.fullmatch(text)
    vote = int(match[1]) * 10 + int(match[2] or 0) if match else 0
    if not 10 <= vote <= 100:
        raise InvalidInput("vote", "must be a number from 1 to 10 with at most one decimal, such as 8 or 8.5")
    return vote


def parse_notes(typed: str) -> str | None:
    """Notes without what VNDB refuses, which nobody can see; None for nothing. Raises `InvalidInput`."""
    notes = _CONTROL.sub("", _LINE_BREAKS.sub("\n", typed)).strip()
    if len(notes) > NOTES_AT_MOST:
        raise InvalidInput("notes", f"have {len(notes):,} characters, and VNDB takes {NOTES_AT_MOST:,}")
    return notes or None


def parse_day(what: str, typed: str, *, today: date) -> str | None:
    """A day as VNDB has it; None for nothing. `what` it is for stands in the error. Raises `InvalidInput`."""
    text = _fold(typed).lower()
    if not text:
        return None
    if text == "today":
        return today.isoformat()
    match = _DAY.fullmatch(text)
    if match is None:
        raise InvalidInput(what, f"must be a day like {today.isoformat()}, or “today”")
    try:
        day = date(int(match[1]), int(match[3]), int(match[4]))
    except ValueError:
        raise InvalidInput(what, f"is no day that there is: {match[0]}") from None
    if not OLDEST <= day <= LATEST:
        raise InvalidInput(what, f"must be from {OLDEST.year} to {LATEST.year}: VNDB takes no other year")
    return day.isoformat()


def _fold(typed: str) -> str:
    """What was typed, with the digits and signs of any width and script as ASCII has them; what is long, as it is."""
    if len(typed) > _SHORT_AT_MOST:
        return typed
    folded = normalise("NFKC", typed)
    digits = (str(unicodedata.digit(sign)) if sign.isdigit() else sign for sign in folded)
    return " ".join("".join(digits).split())
