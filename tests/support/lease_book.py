"""A book of leases in virtual time, which is away for a time. It does what `bot.redis.lane` does on a server."""

from __future__ import annotations

import functools
import math
import random
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field

from bot.errors import SharedAway
from bot.http.ask import Priority
from bot.http.lease import Alone, Member, Taken
from bot.http.policy import Policy, Spent, Window
from bot.http.share import Stake
from tests.support.clock import FakeClock

ANSWER_WITHIN_S = 0.25
WAY_S = 0.02
"""The longest that anything is on its way to the server or from it."""
NOTICED_S = 1.25
BACK_S = 8.0
"""Within so long of its return each process has noticed."""


@dataclass
class Server:
    """What all processes sent to one service. It hangs from `away_s[0]` to `away_s[1]`."""

    clock: FakeClock
    policy: Policy
    rng: random.Random
    away_s: tuple[float, float] = (math.inf, math.inf)
    out: dict[str, float] = field(default_factory=dict[str, float])
    done: dict[str, float] = field(default_factory=dict[str, float])
    debt_until: float = 0.0
    processes: list[Process] = field(default_factory=lambda: list[Process]())  # noqa: PLW0108 - it has no name yet
    back: set[Process] = field(default_factory=lambda: set[Process]())  # noqa: PLW0108 - the same

    @property
    def is_away(self) -> bool:
        return self.away_s[0] <= self.clock.monotonic() < self.away_s[1]

    def find_wait_s(self, now: float) -> float | None:
        """How long until the next may go; None if only an answer helps."""
        going = len(self.out)
        gap = (Window(1, self.policy.min_gap_s),) if self.policy.min_gap_s else ()
        at = now
        account = self.policy.time_account
        if account is not None:
            pending_s = going * account.debt_per_s * account.reserve_s
            if going and pending_s >= account.refuse_at_s:
                return None
            at = max(at, max(self.debt_until, now) + pending_s - account.refuse_at_s + 0.001)
        stamps = sorted(self.done.values())
        for window in (*self.policy.windows, *gap, Window(self.policy.concurrency, 0.0)):
            free = window.count - going
            if free <= 0:
                return None
            if len(stamps) >= free:
                at = max(at, stamps[-free] + window.seconds + 0.001)
        return at - now

    def owe(self, at: float, owed_s: float) -> None:
        if owed_s:
            self.debt_until = max(self.debt_until, at) + owed_s

    def settle(self) -> None:
        """Once all are back, the whole limit is everybody's."""
        if len(self.back) == len(self.processes):
            for process in self.processes:
                process.member.go_together()


class Process:
    """One process's `LeaseBook` and its `Leases`."""

    def __init__(self, server: Server, number: int) -> None:
        self._server = server
        self._clock = server.clock
        self._number = number
        self._count = 0
        self._joined = False
        self._going: dict[str, Stake] = {}
        self._untold: list[tuple[str, Stake, float, float, float]] = []
        self._heard_at = 0.0
        server.processes.append(self)

    def find_tag(self, person: Hashable) -> Hashable:
        return None if person is None else f"tag of {hash(person)}"

    def open(self, policy: Policy, member: Member) -> Process:
        assert policy == self._server.policy
        self.member = member
        return self

    def start(self) -> None:
        self._joined = True
        self.member.go_together()
        start, end = self._server.away_s
        if math.isfinite(start):
            self._clock.call_at(start + NOTICED_S, self._leave)
            self._clock.call_at(end + self._server.rng.uniform(0.3, BACK_S), self._come_back)

    async def take(self, stakes: Sequence[Stake], priority: Priority, *, more: bool) -> Taken:  # noqa: ARG002 - nobody is preferred
        await self._reach()
        server, now = self._server, self._clock.monotonic()
        leases: list[str] = []
        wait_s = server.find_wait_s(now)
        while wait_s is not None and wait_s <= 0 and len(leases) < len(stakes):
            lease, stake = self._build_lease(), stakes[len(leases)]
            leases.append(lease)
            server.out[lease] = now
            self._going[lease] = stake
            self._tell_begin(lease, stake, now)
            wait_s = server.find_wait_s(now)
        debt_s = max(0.0, server.debt_until - now)
        await self._clock.sleep(server.rng.uniform(0, WAY_S))
        return Taken(tuple(leases), wait_s, debt_s)

    def begin_alone(self, stake: Stake) -> str:
        lease = self._build_lease()
        self._going[lease] = stake
        return lease

    def end(self, lease: str, stake: Stake, *, sent: bool, owed_s: float, held_s: float, refused: bool) -> None:  # noqa: ARG002 - nothing is refused
        self._going.pop(lease, None)
        now = self._clock.monotonic()
        if sent:
            self._untold.append((lease, stake, now, owed_s, held_s))
        if not self._joined:
            self.member.settle(lease, now, debt_s=None)
            return
        arrives_at = now + self._server.rng.uniform(0, WAY_S)
        self._clock.call_at(arrives_at, lambda: self._write_end(lease, stake, sent=sent, owed_s=owed_s, held_s=held_s))

    def withdraw(self) -> None:
        """Nobody is announced here."""

    def tell_count(self, count: int) -> None:
        """The limit is what it is."""

    def take_over(self, spent: Spent) -> None:
        """Nobody was here before."""

    def _write_end(self, lease: str, stake: Stake, *, sent: bool, owed_s: float, held_s: float) -> None:
        server, now = self._server, self._clock.monotonic()
        if server.is_away:
            self._clock.call_at(now + ANSWER_WITHIN_S, self._leave)
            self._clock.call_at(now + ANSWER_WITHIN_S, lambda: self.member.settle(lease, now, debt_s=None))
            return
        self._untold = [one for one in self._untold if one[0] != lease]
        self._note_end(lease, stake, now, sent=sent, owed_s=owed_s, held_s=held_s)
        debt_s = max(0.0, server.debt_until - now)
        self._clock.call_at(now + WAY_S, lambda: self.member.settle(lease, now, debt_s=debt_s))

    def _note_end(self, lease: str, stake: Stake, at: float, *, sent: bool, owed_s: float, held_s: float) -> None:
        self._server.out.pop(lease, None)
        if sent:
            self._server.done[lease] = at
            self._server.owe(at, owed_s)
        self._tell(lambda member: member.end_other(lease, stake, at, sent=sent, owed_s=owed_s, held_s=held_s))

    async def _reach(self) -> None:
        """Be at the server."""
        if self._joined:
            await self._clock.sleep(self._server.rng.uniform(0, WAY_S))
        if self._server.is_away and self._joined:
            await self._clock.sleep(ANSWER_WITHIN_S)
            self._leave()
        if not self._joined:
            raise SharedAway("away")

    def _leave(self) -> None:
        if self._joined and self._server.is_away:
            self._joined = False
            self.member.go_alone(Alone(len(self._server.processes), self._number, 0.0))

    def _come_back(self) -> None:
        server, now = self._server, self._clock.monotonic()
        for lease, stake in self._going.items():
            if lease not in server.out:
                server.out[lease] = now
                self._tell_begin(lease, stake, now)
        for lease, stake, at, owed_s, held_s in self._untold:
            self._note_end(lease, stake, at, sent=True, owed_s=owed_s, held_s=held_s)
        for lease in [one for one in server.out if one.startswith(f"{self._number}:") and one not in self._going]:
            self._note_end(lease, Stake(None, suggests=False, looks_up=False), now, sent=False, owed_s=0.0, held_s=0.0)
        self._untold.clear()
        self._joined = True
        self.member.learn_debt(max(0.0, server.debt_until - now))
        self.member.come_back()
        server.back.add(self)
        self._clock.call_at(now + server.rng.uniform(0.1, 1.0), server.settle)

    def _tell_begin(self, lease: str, stake: Stake, at: float) -> None:
        self._tell(lambda member: member.begin_other(lease, stake, at))

    def _tell(self, news: Callable[[Member], object]) -> None:
        """News come in order."""
        for other in self._server.processes:
            if other is not self:
                other._heard_at = max(other._heard_at, self._clock.monotonic() + self._server.rng.uniform(0, WAY_S))
                self._clock.call_at(other._heard_at, functools.partial(news, other.member))

    def _build_lease(self) -> str:
        self._count += 1
        return f"{self._number}:{self._count}"
