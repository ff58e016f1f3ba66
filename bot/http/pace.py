"""How a service has answered lately: whether, and how fast."""

from __future__ import annotations

import math
from collections import deque

from bot.errors import Trouble

KEPT = 9
LOOKS_BACK_S = 900.0
"""What is older says nothing of how fast it answers now."""


class Pace:
    """The last few answers of a service: when each came, and how long it took. All times are monotonic seconds.

    `trouble`: why the last request brought no answer of use, and when that was.
    """

    __slots__ = ("_answered", "_answered_at", "trouble", "trouble_at")

    def __init__(self) -> None:
        self._answered: deque[tuple[float, float]] = deque(maxlen=KEPT)
        self._answered_at: float | None = None
        self.trouble: Trouble | None = None
        self.trouble_at = -math.inf

    def answer(self, now: float, took_s: float) -> None:
        """An answer came, whatever it said."""
        self._answered.append((now, took_s))
        self._answered_at = now
        self.trouble = None

    def fail(self, now: float, trouble: Trouble) -> None:
        """None came, or none that is of use."""
        self.trouble, self.trouble_at = trouble, now

    def typical_s(self, now: float) -> float | None:
        """How long an answer took lately; None if there was none."""
        times_s = sorted(took_s for at, took_s in self._answered if now - at < LOOKS_BACK_S)
        return times_s[len(times_s) // 2] if times_s else None  # `statistics` is 0.2 MB

    def answered_ago_s(self, now: float) -> float | None:
        """How long ago the last answer came; None if there never was one."""
        return None if self._answered_at is None else now - self._answered_at
