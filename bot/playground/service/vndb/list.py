"""People's lists on the sample VNDB: what is on them now, and who may see how much of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from bot.playground.service.vndb.data import Novel
from bot.playground.service.vndb.entry import Listed, User
from bot.playground.service.vndb.index import Index
from bot.playground.service.vndb.token import Access

VOTED = 7
"""The label that comes and goes with a vote."""
_LABELS: Mapping[int, str] = {
    1: "Playing", 2: "Finished", 3: "Stalled", 4: "Dropped", 5: "Wishlist", 6: "Blacklist", VOTED: "Voted",
}  # fmt: skip
_FIRST_OWN = 10


@dataclass(frozen=True)
class ListedNovel:
    """An entry of somebody's list, as somebody sees it: with their `labels` by id, and its releases with status."""

    novel: Novel
    listed: Listed
    labels: Mapping[int, str]
    releases: Sequence[tuple[str, int]]

    @property
    def id(self) -> str:
        """The novel's."""
        return self.novel.id


@dataclass(frozen=True)
class Label:
    """A label of somebody's, and whether they keep it to themselves. `count`: how many visible entries have it."""

    id: int
    label: str
    private: bool
    count: int


class UserList:
    """One person's list. An entry's `labels` include the one for votes and may include ids that nobody made."""

    def __init__(self, user: User) -> None:
        self.labels: Mapping[int, str] = {**_LABELS, **dict(user.labels)}
        self.private_labels = {*user.private_labels}
        """Which labels are shown to their owner alone. An entry without any other is private, too."""
        self.entries = {one.vn: _stamp(one) for one in user.entries}
        self.releases = {release: status for one in user.entries for release, status in one.releases}
        """The status of each release on the list."""

    def is_private(self, entry: Listed) -> bool:
        """Whether nobody but the owner sees an entry: it has no label that is public."""
        return not any(one in self.labels and one not in self.private_labels for one in entry.labels)

    def find_entries(self, *, own: bool) -> list[Listed]:
        """What is on the list, by novel; `own`: with all that is private."""
        shown = (one for one in self.entries.values() if own or not self.is_private(one))
        return sorted(shown, key=lambda one: int(one.vn[1:]))

    def find_labels(self, *, own: bool) -> list[Label]:
        """The labels in the server's order; the one for votes is told also where it is private."""
        counts = Counter(label for one in self.find_entries(own=own) for label in one.labels)
        labels = [
            Label(number, name, number in self.private_labels, counts[number])
            for number, name in self.labels.items()
            if own or number == VOTED or number not in self.private_labels
        ]
        labels.sort(key=lambda one: (min(one.id, _FIRST_OWN), one.label))
        if own:
            labels.append(Label(0, "No label", private=True, count=sum(map(_has_no_label, self.entries.values()))))
        return labels

    def has_label(self, vn: str, label: int, *, own: bool) -> bool:
        """Whether a novel is found by a label; 0 stands for none."""
        entry = self.entries.get(vn)
        if entry is None or (not own and self.is_private(entry)):
            return False
        if label == 0:
            return _has_no_label(entry)
        return label in entry.labels and (own or label == VOTED or label not in self.private_labels)

    def name_labels(self, entry: Listed, *, own: bool) -> Mapping[int, str]:
        """The labels that an entry shows, in the order of their ids."""
        return {
            one: self.labels[one]
            for one in sorted(entry.labels)
            if one in self.labels and (own or one not in self.private_labels)
        }


class Lists:
    """Everybody's list, on one server. `hidden`: ids of novels and releases that were deleted meanwhile."""

    def __init__(self, index: Index) -> None:
        self.hidden: set[str] = set()
        self._index = index
        self._lists: dict[str, UserList] = {}

    def find(self, user: str | None) -> UserList | None:
        """Somebody's list; none if there is nobody with this id."""
        person = self._index.users.get(user or "")
        if person is None:
            return None
        if person.id not in self._lists:
            self._lists[person.id] = UserList(person)
        return self._lists[person.id]

    def find_listed(self, user: str | None, access: Access) -> Sequence[ListedNovel]:
        """What a list shows to `access`, by novel, without what is hidden; nothing if there is no such user."""
        found = self.find(user)
        if user is None or found is None:
            return []
        own = access.reads(user)
        return [
            ListedNovel(
                self._index.novels[one.vn], one, found.name_labels(one, own=own), self._find_releases(found, one.vn)
            )
            for one in found.find_entries(own=own)
            if one.vn not in self.hidden
        ]

    def has_label(self, user: str, vn: str, label: int, access: Access) -> bool:
        """Whether somebody gave a novel a label, as far as `access` may know."""
        found = self.find(user)
        return found is not None and found.has_label(vn, label, own=access.reads(user))

    def is_on_own(self, vn: str, access: Access) -> bool | None:
        """Whether a novel is on the list of whoever asks, as far as the token may know; None without a token."""
        found = self.find(access.user)
        if found is None or access.user is None:
            return None
        entry = found.entries.get(vn)
        return entry is not None and (access.reads(access.user) or not found.is_private(entry))

    def _find_releases(self, found: UserList, vn: str) -> Sequence[tuple[str, int]]:
        releases = sorted(self._index.releases_of.get(vn, ()), key=lambda one: int(one.id[1:]))
        return [
            (one.id, found.releases[one.id])
            for one in releases
            if one.id in found.releases and one.id not in self.hidden
        ]


def _stamp(entry: Listed) -> Listed:
    labels = [*entry.labels, VOTED] if entry.vote is not None else entry.labels
    return msgspec.structs.replace(entry, labels=sorted(labels), lastmod=entry.lastmod or entry.added)


def _has_no_label(entry: Listed) -> bool:
    return not {*entry.labels} - {VOTED}
