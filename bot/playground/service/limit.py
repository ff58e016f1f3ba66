"""The strict judges of the limits: what a service counts on its own side of the wire.

A judge admits what the published rule admits and not one request more. It forgives no jitter, so whoever
is never refused here keeps the rule on the wire.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

# A sum of floats may fall short of its true value by this much; no real clock is as exact.
_ROUNDING_S = 1e-9


class SlidingWindow:
    """At most `count` admitted requests in any stretch of `seconds`, whenever the stretch begins.

    A refused request takes no place in the window. `clock` returns seconds; only differences matter.
    """

    def __init__(self, count: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.count = count
        self.seconds = seconds
        self.violations = 0
        """Requests refused so far."""
        self.admitted = 0
        """Requests admitted so far."""
        self._clock = clock
        self._times: deque[float] = deque()

    def admit(self, now: float | None = None) -> bool:
        """Judge a request that arrived just now, or at `now`; `now` never goes back."""
        when = self._clock() if now is None else now
        self._forget(when)
        if len(self._times) >= self.count:
            self.violations += 1
            return False
        self._times.append(when)
        self.admitted += 1
        return True

    def room(self, now: float | None = None) -> int:
        """How many requests would be admitted at once."""
        self._forget(self._clock() if now is None else now)
        return self.count - len(self._times)

    def _forget(self, now: float) -> None:
        while self._times and now - self._times[0] >= self.seconds - _ROUNDING_S:
            self._times.popleft()


class ExecutionTime:
    """VNDB's account of execution time: each second spent costs `cost`, and `burst_s` may be owed.

    The server's own rule is `T = max(T, now) + 60 * seconds_spent`, with a refusal when `T >= now + 300`:
    one second of execution a minute, with a burst of five.
    """

    def __init__(
        self, *, cost: float = 60.0, burst_s: float = 300.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.cost = cost
        self.burst_s = burst_s
        self.violations = 0
        """Requests refused so far."""
        self._clock = clock
        self._until = float("-inf")

    def admit(self, now: float | None = None) -> bool:
        """Judge a request that arrived just now, or at `now`, before anything is spent on it."""
        when = self._clock() if now is None else now
        if self._until >= when + self.burst_s:
            self.violations += 1
            return False
        return True

    def spend(self, seconds: float, now: float | None = None) -> None:
        """Book what a request took, once it is done."""
        when = self._clock() if now is None else now
        self._until = max(self._until, when) + self.cost * seconds

    def debt_s(self, now: float | None = None) -> float:
        """How far ahead of the clock the account is; at `burst_s` requests are refused."""
        return max(0.0, self._until - (self._clock() if now is None else now))
