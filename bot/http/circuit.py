"""A circuit: a service that stumbles is tried with one request before others follow."""

from __future__ import annotations

FAILURES = 5
OPEN_S = 10.0


class Circuit:
    """Closed at first: all may go.

    After a time-out one request goes as a trial, and the others wait for what it finds: an answer lets all go again.
    After five failures in a row, or a trial that failed, nothing goes for 10 s, and then a trial. It is never longer:
    whoever asks a service that is well again is answered soon.
    """

    def __init__(self) -> None:
        self._failures = 0
        self._trial_from: float | None = None
        self._trial_out = False
        self.timed_out = False
        """Whether the last failure was a time-out."""

    def open_for_s(self, now: float) -> float:
        """Seconds for which nothing may be sent; 0 when closed or when a trial may go."""
        return max(0.0, self._trial_from - now) if self._trial_from is not None else 0.0

    @property
    def on_trial(self) -> bool:
        """It stumbled, and has not answered since."""
        return self._trial_from is not None

    @property
    def trial_out(self) -> bool:
        """A trial is on its way: everybody else waits for what it finds."""
        return self._trial_out

    def begin(self) -> bool:
        """A request starts. True if it is the trial."""
        self._trial_out = self._trial_from is not None
        return self._trial_out

    def withdraw_trial(self) -> None:
        """The trial found nothing out."""
        self._trial_out = False

    def succeed(self) -> None:
        """The service answered, whatever it said."""
        self._failures = 0
        self._trial_from = None
        self._trial_out = False

    def fail(self, now: float, *, trial: bool, timed_out: bool = False) -> None:
        """No answer, or one that says that the service is broken."""
        self._failures += 1
        self.timed_out = timed_out
        if trial and self._trial_out:
            self._trial_out = False
            self._trial_from = now + OPEN_S
        elif self._trial_from is None and self._failures >= FAILURES:
            self._trial_from = now + OPEN_S
        elif self._trial_from is None and timed_out:
            self._trial_from = now
