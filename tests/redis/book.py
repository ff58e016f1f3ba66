"""A process, as far as its book of leases goes: several of them stand side by side on a real Valkey in a test."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from bot.http import Policy
from bot.http.lease import Alone, Leases, Member
from bot.http.share import Stake
from bot.redis.connection import Redis
from bot.redis.lane import LaneBook
from tests.support.clock import FakeClock

NOBODY = Stake(None, suggests=False, looks_up=False)


@dataclass(frozen=True)
class Over:
    """The end of another's request, as a lane is told of it."""

    stake: Stake
    at: float
    sent: bool
    owed_s: float
    held_s: float


@dataclass
class Recorder(Member):
    """A lane that writes down what it is told."""

    told: list[str] = field(default_factory=list[str])
    begun: dict[str, tuple[Stake, float]] = field(default_factory=dict[str, tuple[Stake, float]])
    ended: dict[str, Over] = field(default_factory=dict[str, Over])
    settled: dict[str, tuple[float, float | None]] = field(default_factory=dict[str, tuple[float, float | None]])
    counts: list[int] = field(default_factory=list[int])
    debts_s: list[float] = field(default_factory=list[float])
    on_count: Callable[[], object] = lambda: None
    alone: list[Alone] = field(default_factory=list[Alone])

    def begin_other(self, lease: str, stake: Stake, at: float) -> None:
        self.begun[lease] = (stake, at)

    def end_other(self, lease: str, stake: Stake, at: float, *, sent: bool, owed_s: float, held_s: float) -> None:
        self.ended[lease] = Over(stake, at, sent, owed_s, held_s)

    def settle(self, lease: str, at: float, *, debt_s: float | None) -> None:
        self.settled[lease] = (at, debt_s)

    def learn_count(self, count: int) -> None:
        self.counts.append(count)
        self.on_count()

    def learn_debt(self, debt_s: float) -> None:
        self.debts_s.append(debt_s)

    def look_again(self) -> None:
        self.told.append("look")

    def go_alone(self, alone: Alone) -> None:
        self.told.append("alone")
        self.alone.append(alone)

    def come_back(self) -> None:
        self.told.append("back")

    def go_together(self) -> None:
        self.told.append("together")


@dataclass
class One:
    """A process, as far as its book goes. Its clock stands still unless it is turned."""

    clock: FakeClock
    book: LaneBook
    member: Recorder
    lanes: dict[str, Leases]

    @property
    def leases(self) -> Leases:
        """Those of its only service."""
        (leases,) = self.lanes.values()
        return leases

    def end(self, lease: str, stake: Stake = NOBODY, *, sent: bool = True, owed_s: float = 0.0) -> None:
        self.leases.end(lease, stake, sent=sent, owed_s=owed_s, held_s=0.0, refused=False)


class Open(Protocol):
    def __call__(self, *policies: Policy, redis: Redis = ...) -> One: ...


async def until(condition: Callable[[], object], *clocks: FakeClock) -> None:
    """What is told is heard a moment later, and within a second of the clocks of those who listen."""
    for number in range(90):
        if condition():
            return
        for clock in clocks:
            await clock.advance(0.01)
        await asyncio.sleep(0.002 * 1.07**number)  # of this machine's, that is 12 s in all
    raise TimeoutError
