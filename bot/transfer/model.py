"""A list as a file has it, whatever its format."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from bot.vndb.api.user import LABELS, VOTED

FILE_AT_MOST = 8 * 1024 * 1024
"""Bytes of a file that is read. VNDB's own export of 5,000 entries has about a third of that."""
ENTRIES_AT_MOST = 10_000
WRITES_AT_MOST = 20_000
"""Entries and what is said of their releases, each of which is a row in the database and a request, and is exported
with `/me`: Discord takes 10 MB there.
"""
PROBLEMS_AT_MOST = 20
"""More are counted, but not remembered."""

STATUS_LABELS: Mapping[str, int] = {name.casefold(): id_ for id_, name in LABELS.items() if id_ != VOTED}
RELEASE_STATUSES = ("Unknown", "Pending", "Obtained", "On loan", "Deleted")
"""What somebody says of a release on their list, as VNDB's export calls it; by the number that its API has for it."""


class FileEntry(msgspec.Struct, frozen=True):
    """An entry of a list. `vote` is 10 to 100, days are like 2024-05-31; what is None or empty, the file does not say.

    `labels` are names, with those that stand for a status. `releases` are ids with the number of their status.
    """

    id: str
    title: str = ""
    vote: int | None = None
    labels: tuple[str, ...] = ()
    started: str | None = None
    finished: str | None = None
    notes: str | None = None
    releases: tuple[tuple[str, int], ...] = ()


class Problem(msgspec.Struct, frozen=True):
    """What of a file cannot be taken: `where` it stands (`v17`, `line 12`), and why. Both are other people's text."""

    where: str
    why: str


class ListFile(msgspec.Struct):
    """What was read of a file. `writes`: how many it may take at most. `left_out`: how many things could not be taken;
    `problems` are the first of them.
    """

    entries: dict[str, FileEntry] = msgspec.field(default_factory=dict[str, FileEntry])
    writes: int = 0
    problems: list[Problem] = []
    left_out: int = 0

    def report(self, where: str, why: str) -> None:
        """Note what cannot be taken."""
        self.left_out += 1
        if len(self.problems) < PROBLEMS_AT_MOST:
            self.problems.append(Problem(where, why))
