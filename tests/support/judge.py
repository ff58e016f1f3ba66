"""A server that keeps its published limits strictly, by its own clock, and notes who broke them."""

from __future__ import annotations

from collections import deque

from bot.http import Window


class WindowJudge:
    """Counts arrivals: more than `count` in any `seconds` seconds, both ends included, is a violation."""

    def __init__(self, *windows: Window) -> None:
        self._arrivals = {window: deque[float]() for window in windows}
        self.arrivals: list[float] = []
        self.violations: list[str] = []

    def arrive(self, now: float) -> None:
        self.arrivals.append(now)
        for window, arrivals in self._arrivals.items():
            arrivals.append(now)
            while arrivals[0] < now - window.seconds:
                arrivals.popleft()
            if len(arrivals) > window.count:
                self.violations.append(f"{len(arrivals)} in {window.seconds} s at {now:.4f}")


class ConcurrencyJudge:
    """Counts what is being worked on at once, and the time between an answer and the next arrival."""

    def __init__(self, *, concurrency: int, min_gap_s: float = 0.0) -> None:
        self._concurrency = concurrency
        self._min_gap_s = min_gap_s
        self._working = 0
        self._answered_at = float("-inf")
        self.violations: list[str] = []

    def arrive(self, now: float) -> None:
        self._working += 1
        if self._working > self._concurrency:
            self.violations.append(f"{self._working} at once at {now:.4f}")
        if now - self._answered_at < self._min_gap_s - 1e-9:
            self.violations.append(f"a gap of {now - self._answered_at:.4f} s at {now:.4f}")

    def answer(self, now: float) -> None:
        self._working -= 1
        self._answered_at = now


class ExecutionJudge:
    """The exact rule of a service that counts execution time: T = max(T, now) + 60 * seconds spent, refused
    once T >= now + 300.
    """

    def __init__(self, *, debt_per_s: float = 60.0, refuse_at_s: float = 300.0) -> None:
        self._debt_per_s = debt_per_s
        self._refuse_at_s = refuse_at_s
        self._debt_until = float("-inf")
        self.violations: list[str] = []

    def admit(self, now: float) -> bool:
        """False if the request is refused at its arrival."""
        admitted = self._debt_until < now + self._refuse_at_s
        if not admitted:
            self.violations.append(f"refused at {now:.4f}")
        return admitted

    def finish(self, now: float, spent_s: float) -> None:
        """The request was worked on for `spent_s` seconds until now."""
        self._debt_until = max(self._debt_until, now) + self._debt_per_s * spent_s
