"""How a service has answered lately: whether, and how fast."""

from __future__ import annotations

from collections import deque

KEPT = 9
LOOKS_BACK_S = 900.0
"""What is older says nothing of how fast it answers now."""
FAILS_FOR_S = 300.0
"""So long after a failure nobody knows whether it would fail now."""


class Pace:
    """The last few requests to a service: when each ended, and how long its answer took. All times are monotonic
    seconds.
    """

    __slots__ = ("_answered_at", "_ended")

    def __init__(self) -> None:
        self._ended: deque[tuple[float, float | None]] = deque(maxlen=KEPT)
        self._answered_at: float | None = None

    def answer(self, now: float, took_s: float) -> None:
        """An answer came, whatever it said."""
        self._ended.append((now, took_s))
        self._answered_at = now

    def fail(self, now: float) -> None:
        """None came, or one that says that the service is broken."""
        self._ended.append((now, None))

    def typical_s(self, now: float) -> float | None:
        """How long an answer took lately; None if there was none."""
        times_s = sorted(took_s for at, took_s in self._ended if took_s is not None and now - at < LOOKS_BACK_S)
        return times_s[len(times_s) // 2] if times_s else None  # `statistics` is 0.2 MB

    def is_failing(self, now: float) -> bool:
        """Whether the last one brought no answer."""
        if not self._ended:
            return False
        at, took_s = self._ended[-1]
        return took_s is None and now - at < FAILS_FOR_S

    def answered_ago_s(self, now: float) -> float | None:
        """How long ago the last answer came; None if there never was one."""
        return None if self._answered_at is None else now - self._answered_at
