"""Which messages may have a preview, from memory: most that are edited or deleted have none."""

from __future__ import annotations

from collections.abc import Sequence

KNOWN_AT_MOST = 50_000
"""Messages that are remembered: about 5 MB. Of older ones than those the database has to be asked."""


class Known:
    """The messages that have a record, as far as this process can tell.

    What is in the database is loaded at each connection to Discord. Messages that come later are told to every process
    that is told of their edits and deletions; so whatever another one records of them is expected here too.
    """

    def __init__(self, at_most: int = KNOWN_AT_MOST) -> None:
        self._at_most = at_most
        self._ids: set[int] = set()
        self._from_id: int | None = None  # all with larger ids are known; None: nothing was loaded yet

    def load(self, latest_ids: Sequence[int]) -> None:
        """Take over what is recorded, the latest first. As many as are remembered at most: then there may be more."""
        self._ids.update(latest_ids)
        self._from_id = latest_ids[-1] if len(latest_ids) >= self._at_most else 0
        self._shrink()

    def add(self, message_id: int) -> None:
        """A message is about to get a record, here or elsewhere."""
        self._ids.add(message_id)
        self._shrink()

    def __contains__(self, message_id: int) -> bool:
        """Whether a message is remembered."""
        return message_id in self._ids

    def may_have(self, message_id: int) -> bool:
        """Whether there can be a record of the message. Discord's ids grow with time."""
        return self._from_id is None or message_id < self._from_id or message_id in self._ids

    def _shrink(self) -> None:
        if len(self._ids) <= self._at_most + self._at_most // 10:
            return
        kept = sorted(self._ids)[-self._at_most :]
        self._ids = set(kept)
        self._from_id = max(kept[0], self._from_id or 0)
