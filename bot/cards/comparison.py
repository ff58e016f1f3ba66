"""How far two people agree."""

from __future__ import annotations

from collections.abc import Sequence

LEAST_COMMON = 3
"""Things in common below which two people may agree by mere chance."""


def correlate(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Pearson's correlation, -1 to 1; None for fewer than three, or if somebody gave all the same."""
    if len(first) < LEAST_COMMON or len(set(first)) < 2 or len(set(second)) < 2:
        return None
    from statistics import correlation  # noqa: PLC0415 - 1 MB that many hosts never need

    return min(max(correlation(first, second), -1.0), 1.0)
