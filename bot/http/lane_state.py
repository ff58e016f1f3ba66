"""How it stands with a lane, for who looks at it."""

from __future__ import annotations

import math

import msgspec

from bot.errors import Trouble
from bot.http.policy import Window


class LaneState(msgspec.Struct, frozen=True):
    """A lane as it is now; all durations are seconds from now, 0 when nothing is in the way."""

    service: str
    in_flight: int
    waiting: int
    paused_for_s: float
    blocked_for_s: float
    circuit_open_for_s: float
    debt_s: float
    idle: bool
    """Nobody asks or waits, and half of all that is scarce is left."""
    banned_for_s: float = 0.0
    wait_s: float = 0.0
    """How long somebody who asks now would wait for their turn."""
    spent_for_s: float = 0.0
    """How long nobody's turn comes, since the execution time that the service grants is used up."""
    typical_s: float | None = None
    """How long an answer took lately; None if there was none."""
    answered_ago_s: float | None = None
    trouble: Trouble | None = None
    """Why the last request brought no answer of use; None if it did."""
    trouble_ago_s: float = math.inf

    @property
    def up(self) -> bool:
        """A request could go at once or after a short wait."""
        return not (self.paused_for_s or self.circuit_open_for_s)


class WindowState(msgspec.Struct, frozen=True):
    """How much of a window is left. `free`: how many may be sent in it now; a request on its way has a slot."""

    window: Window
    free: int
