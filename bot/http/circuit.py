"""A circuit: a service that fails again and again is left alone for a while, then tried with one request."""

from __future__ import annotations

FAILURES = 5
OPEN_S = 30.0
MAX_OPEN_S = 300.0


class Circuit:
    """Closed at first. After five failures in a row it opens for 30 s; then one trial decides: closed again,
    or open for twice as long, up to 5 minutes.
    """

    def __init__(self) -> None:
        self._failures = 0
        self._open_s = OPEN_S
        self._open_until: float | None = None
        self._trial_out = False

    def open_for_s(self, now: float) -> float:
        """Seconds for which nothing may be sent; 0 when closed or when a trial may go."""
        return max(0.0, self._open_until - now) if self._open_until is not None else 0.0

    @property
    def trial_out(self) -> bool:
        """A trial is on its way: everybody else waits for what it finds."""
        return self._trial_out

    @property
    def closed(self) -> bool:
        return self._open_until is None

    def begin(self) -> bool:
        """A request starts. True if it is the trial."""
        self._trial_out = self._open_until is not None
        return self._trial_out

    def withdraw_trial(self) -> None:
        """The trial found nothing out."""
        self._trial_out = False

    def succeed(self) -> None:
        """The service answered, whatever it said."""
        self._failures = 0
        self._open_s = OPEN_S
        self._open_until = None
        self._trial_out = False

    def fail(self, now: float, *, trial: bool) -> None:
        """No answer, or one that says that the service is broken."""
        self._failures += 1
        if trial and self._trial_out:
            self._trial_out = False
            self._open_s = min(2 * self._open_s, MAX_OPEN_S)
            self._open_until = now + self._open_s
        elif self._open_until is None and self._failures >= FAILURES:
            self._open_until = now + self._open_s
