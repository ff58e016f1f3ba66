"""Counts of everything the client does, to be read by the program."""

from __future__ import annotations

from collections import Counter


class Counters:
    """Names are `service.event`: sent, answered_2xx … answered_5xx, failed, hit, miss, stale, joined,
    refused, retried, paused.
    """

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()

    def add(self, service: str, event: str) -> None:
        self._counts[service, event] += 1

    def get(self, service: str, event: str) -> int:
        return self._counts[service, event]

    def snapshot(self) -> dict[str, int]:
        """All counts as they are now, by `service.event`."""
        return {f"{service}.{event}": count for (service, event), count in sorted(self._counts.items())}
