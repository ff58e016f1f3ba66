"""Changes of people's lists on the sample VNDB. Each is all or nothing, and answered one after the other.

Every check is made before anything is changed, in the server's order: may they, is there such an entry, is it right.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from bot.playground.service.query_error import INTERNAL_ERROR, QueryError
from bot.playground.service.vndb.entry import Listed
from bot.playground.service.vndb.form import EntryChange, ReleaseChange
from bot.playground.service.vndb.index import Index
from bot.playground.service.vndb.list import VOTED, Lists, UserList
from bot.playground.service.vndb.token import Access

T = TypeVar("T")


class Writer:
    """Changes the lists of whoever a token belongs to. Raises QueryError in the server's words."""

    def __init__(self, index: Index, lists: Lists) -> None:
        self._index = index
        self._lists = lists

    def change_entry(self, vn: str, change: EntryChange, access: Access, *, now_s: int) -> None:
        """PATCH /ulist: whatever changes, or nothing, puts a novel on the list. `now_s`: seconds of the epoch."""
        own = self._find_own(access)
        if vn not in self._index.novels or vn in self._lists.hidden:
            raise QueryError("Visual novel not found", status=404)
        if VOTED in {*(change.labels or ()), *change.labels_set, *change.labels_unset}:
            raise QueryError("Label id 7 cannot be used here")
        _check_days(one for one in (change.started, change.finished) if one is not UNSET)
        own.entries[vn] = _change(own.entries.get(vn), vn, change, now_s=now_s)

    def change_release(self, release: str, change: ReleaseChange, access: Access, *, now_s: int) -> None:
        """PATCH /rlist: what is new on the list brings its novels with it, without a label."""
        own = self._find_own(access)
        if release not in self._index.releases or release in self._lists.hidden:
            raise QueryError("Release not found", status=404)
        known = own.releases.get(release)
        own.releases[release] = (known or 0) if change.status is UNSET else change.status
        if known is None:
            for one in self._index.releases[release].vns:
                own.entries.setdefault(one.vn, Listed(one.vn, now_s, lastmod=now_s))

    def delete_entry(self, vn: str, access: Access) -> None:
        """DELETE /ulist: the novel's releases leave the list with it."""
        own = self._find_own(access)
        if own.entries.pop(vn, None) is not None:
            for one in self._index.releases_of.get(vn, ()):
                own.releases.pop(one.id, None)

    def delete_release(self, release: str, access: Access) -> None:
        """DELETE /rlist: the novel stays."""
        self._find_own(access).releases.pop(release, None)

    def _find_own(self, access: Access) -> UserList:
        own = self._lists.find(access.user)
        if own is None or not access.writes:
            raise QueryError("Unauthorized", status=401)
        return own


def _check_days(days: Iterable[str]) -> None:
    for day in days:
        try:
            date.fromisoformat(day)
        except ValueError as error:  # the server leaves it to its database to find out
            raise QueryError(INTERNAL_ERROR, status=500) from error


def _change(known: Listed | None, vn: str, change: EntryChange, *, now_s: int) -> Listed:
    before = known or Listed(vn, now_s)
    vote = _pick(change.vote, before.vote)
    labels = ({*before.labels} if change.labels is UNSET else {*change.labels}) | change.labels_set
    labels -= change.labels_unset
    # The label follows a vote that comes or goes, and no other change.
    if known is None or (vote is None) != (before.vote is None):
        labels = labels - {VOTED} if vote is None else labels | {VOTED}
    return msgspec.structs.replace(
        before,
        vote=vote,
        voted=None if vote is None else before.voted or now_s,
        labels=sorted(labels),
        notes=_pick(change.notes, before.notes),
        started=_pick(change.started, before.started),
        finished=_pick(change.finished, before.finished),
        lastmod=now_s,
    )


def _pick(changed: T | UnsetType, before: T) -> T:
    return before if changed is UNSET else changed
