"""Counts of everything the client does, to be read by the program."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict

import msgspec

BOUNDS_S = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0)
"""How lengths of time are sorted: each goes to the first of these that it does not exceed, or to one more."""


class Times(msgspec.Struct):
    """How long things of one kind took: how many for each of `BOUNDS_S` (not cumulated), and all together."""

    counts: list[int] = msgspec.field(default_factory=lambda: [0] * (len(BOUNDS_S) + 1))
    total_s: float = 0.0

    def add(self, took_s: float) -> None:
        """One more."""
        self.counts[bisect_left(BOUNDS_S, took_s)] += 1
        self.total_s += took_s


class Counters:
    """Names are `service.event`: sent, answered_2xx … answered_5xx, failed, hit, miss, stale, joined,
    refused, retried, paused.
    """

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()
        self.took: defaultdict[str, Times] = defaultdict(Times)
        """From sending to the whole answer, or to knowing that there is none, by service."""
        self.waited: defaultdict[str, Times] = defaultdict(Times)
        """For the turn, also where it did not come, by service."""

    def add(self, service: str, event: str) -> None:
        self._counts[service, event] += 1

    def get(self, service: str, event: str) -> int:
        return self._counts[service, event]

    def snapshot(self) -> dict[str, int]:
        """All counts as they are now, by `service.event`."""
        return {f"{service}.{event}": count for (service, event), count in sorted(self._counts.items())}
