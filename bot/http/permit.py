"""What a lane grants, and who waits for it."""

from __future__ import annotations

import asyncio
from typing import Protocol

from bot.http.ask import Standing
from bot.http.clock import Clock, Timer
from bot.http.share import Claim, Stake


class Granter(Protocol):
    """The lane of a permit."""

    @property
    def clock(self) -> Clock: ...

    def take_back(self, permit: Permit, *, cost_s: float | None) -> None:
        """The permit's request is over."""
        ...


class Permit:
    """The right to send one request. `close()` it in any case: unsent, its slot is given back as if it never
    was.
    """

    __slots__ = ("_lane", "answered", "closed", "sent_at", "stake", "trial")

    def __init__(self, lane: Granter, stake: Stake, *, trial: bool) -> None:
        self._lane = lane
        self.stake = stake
        self.trial = trial
        self.sent_at: float | None = None
        self.answered = False
        self.closed = False

    def mark_sent(self) -> None:
        """The first byte is about to leave."""
        if self.sent_at is None:
            self.sent_at = self._lane.clock.monotonic()

    def close(self, *, cost_s: float | None = None) -> None:
        """The answer is here, or none will come. `cost_s`: the execution time the service reported."""
        if not self.closed:
            self.closed = True
            self._lane.take_back(self, cost_s=cost_s)


class Waiter:
    """Somebody in the queue: a future that becomes a permit or an error."""

    __slots__ = ("claim", "future", "since", "standing", "timer")

    def __init__(self, standing: Standing, claim: Claim, *, since: float) -> None:
        self.future: asyncio.Future[Permit] = asyncio.get_running_loop().create_future()
        self.standing = standing
        self.since = since
        self.claim = claim
        self.timer: Timer | None = None
