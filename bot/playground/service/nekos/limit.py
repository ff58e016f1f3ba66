"""The limit of Nekos API v1, as its server keeps it."""

from __future__ import annotations

BLOCK_S = 3600
STRIKES = 11
_WINDOW_S = 1.0


class StrictSecond:
    """One request a second; each refused one begins the second anew, and eleven in a row begin a block of an hour.

    Whoever asks in a block begins it anew, too.
    """

    def __init__(self) -> None:
        self.refused = 0
        """Requests refused so far, those in a block too."""
        self._last = float("-inf")
        self._strikes = 0
        self._blocked_until = float("-inf")

    def judge(self, now: float) -> int | None:
        """For how many seconds a request that arrived now is refused; None if it is admitted."""
        if now < self._blocked_until:
            return self._refuse_for_long(now)
        if now - self._last >= _WINDOW_S:
            self._last, self._strikes = now, 0
            return None
        self._last = now
        self._strikes += 1
        if self._strikes >= STRIKES:
            return self._refuse_for_long(now)
        self.refused += 1
        return 1

    def block(self, now: float) -> None:
        """Block whoever asks from now on; it is no violation of anybody's."""
        self._blocked_until = now + BLOCK_S

    def _refuse_for_long(self, now: float) -> int:
        self.refused += 1
        self._blocked_until = now + BLOCK_S
        return BLOCK_S
