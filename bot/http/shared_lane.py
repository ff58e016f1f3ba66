"""A lane that keeps its limits together with those of other processes (`bot.http.lease`).

It counts what the others do as if it were its own, and so mostly knows by itself when the next one may go; but the book
decides. While the book is away a process acts as if there were as many of it as there are processes: each of its
requests takes so many slots, beside what everybody sent before. Windows that have not so many are stretched, and the
processes take turns by the clock that they have in common.
"""

from __future__ import annotations

import asyncio
import itertools
import math
from collections import deque
from collections.abc import Mapping

import msgspec
from msgspec.structs import replace

from bot.errors import SharedAway, Throttled
from bot.http.ask import Ask, Priority
from bot.http.clock import Clock, Timer
from bot.http.lane import Lane, OnRest
from bot.http.lane_state import WindowState
from bot.http.lease import Alone, LeaseBook
from bot.http.permit import Permit, Waiter
from bot.http.policy import Policy, Spent, Window
from bot.http.share import Claim, Stake

LAPSE_S = 2.0  # beyond the time-out: after that nobody waits for the answer of who has died
RETRY_S = 1.0  # where only what others do can tell: they are heard of, but who knows
QUIET_S = 2.0  # after the book went, before going alone: mostly it is back by then
_LEAST_S = 0.001
_AT_ONCE = 16  # leases that are asked for with one command
_PHASE_S = 0.1  # how long a process may begin in its turn by the clock
_APART_S = 0.5  # between turns, beyond the window: for requests that take a while, and clocks compared over a network


class LeasedPermit(Permit):
    """A permit with its lease. `weight`: how many slots it takes here."""

    __slots__ = ("lease", "refused", "weight")

    def __init__(self, lane: Lane, stake: Stake, *, trial: bool, lease: str, weight: int) -> None:
        super().__init__(lane, stake, trial=trial)
        self.lease = lease
        self.weight = weight
        self.refused = False


class _Other(msgspec.Struct):
    """Another process's request, on its way."""

    stake: Stake
    timer: Timer


class _Ending(msgspec.Struct, frozen=True):
    """A request of one's own that is over, but not yet written down."""

    permit: LeasedPermit
    owed_s: float
    held_s: float


class SharedLane(Lane):
    """Grants permits within a policy that holds for several processes at once. It is one process's `Member`."""

    def __init__(self, policy: Policy, *, clock: Clock, book: LeaseBook, on_rest: OnRest | None = None) -> None:
        super().__init__(policy, clock=clock, on_rest=on_rest)
        self._whole: tuple[Window, ...] = self._windows
        self._concurrency = policy.concurrency
        self._answers: deque[float] = deque(self._stamps, self._stamps.maxlen)  # as `_stamps`, each once
        self._owed_until = -math.inf  # as the ledger's, each request once
        self._weight = 1
        self._alone = Alone(1, 0, 0.0)
        self._leased = False
        self._quiet_until = -math.inf
        self._not_before = -math.inf
        self._asking: asyncio.Task[None] | None = None
        self._announced = False
        self._own: set[LeasedPermit] = set()
        self._endings: dict[str, _Ending] = {}
        self._others: dict[str, _Other] = {}
        self._counted: dict[str, float] = {}  # when others were answered, for as long as that may be told again
        self._find_tag = book.find_tag
        self._leases = book.open(policy, self)

    # What the book tells

    def begin_other(self, lease: str, stake: Stake, at: float) -> None:
        """Another process sends. Who has just begun hears of what is long over by now, too, and next of its end."""
        if lease in self._others or lease in self._counted:
            return
        lapses_at = at + self.policy.timeout_s + LAPSE_S

        def lapse() -> None:
            self.end_other(lease, stake, lapses_at, sent=True, owed_s=0.0, held_s=0.0)

        timer = self.clock.call_at(max(lapses_at, self.clock.monotonic() + LAPSE_S), lapse)
        self._others[lease] = _Other(stake, timer)
        self._in_flight += 1
        self._shares.note(self.clock.monotonic(), stake.person)
        self._shares.begin(stake)
        self.look_again()

    def end_other(self, lease: str, stake: Stake, at: float, *, sent: bool, owed_s: float, held_s: float) -> None:
        """It is done; perhaps nobody has heard that it began."""
        other = self._others.pop(lease, None)
        if other is not None:
            other.timer.cancel()
            self._in_flight -= 1
            self._shares.end(at, other.stake, sent=False, debt_s=0.0)
        if sent and self._is_new(lease, at):
            self._stamp(at)
            self._answered_at = max(self._answered_at, at)
            if self.ledger is not None:
                self.ledger.owe(at, owed_s)
            self._shares.begin(stake)
            self._shares.end(at, stake, sent=True, debt_s=held_s)
        self.look_again()

    def _is_new(self, lease: str, at: float) -> bool:
        """Whether it was not counted before: a book that forgot all is told all again."""
        if lease in self._counted:
            return False
        self._counted[lease] = at
        longest_s = max((window.seconds for window in self._whole), default=0.0) + self.policy.timeout_s
        since = self.clock.monotonic() - longest_s
        while self._counted and next(iter(self._counted.values())) < since:
            del self._counted[next(iter(self._counted))]
        return True

    def settle(self, lease: str, at: float, *, debt_s: float | None) -> None:
        """The end of an own request is written down."""
        ending = self._endings.pop(lease, None)
        if ending is None:
            return
        permit = ending.permit
        sent = permit.sent_at is not None
        self._own.discard(permit)
        self._in_flight -= permit.weight
        if sent:
            self._stamp(at, permit.weight)
        if self.ledger is not None:
            self.ledger.owe(at, ending.owed_s * permit.weight)
        if debt_s is not None:
            self.learn_debt(debt_s)
        self._shares.end(at, permit.stake, sent=sent, debt_s=ending.held_s)
        self.look_again()

    def learn_count(self, count: int) -> None:
        """Another process has learnt how many slots the first window has."""
        if not self._whole or count == self._whole[0].count:
            return
        first, *others = self._whole
        self._whole = (replace(first, count=max(count, 1)), *others)
        self._shares.set_window_count(max(count, 1))
        self._fit(self._weight)
        self.look_again()

    def learn_debt(self, debt_s: float) -> None:
        """What is owed, as the book knows."""
        self._owed_until = self.clock.monotonic() + debt_s
        if self.ledger is not None and self._weight == 1:
            self.ledger.debt_until = self._owed_until

    def look_again(self) -> None:
        """Others who waited may have gone."""
        self._not_before = -math.inf
        self._pump()

    def go_alone(self, alone: Alone) -> None:
        """The book is away."""
        if alone.waits:
            self._quiet_until = math.inf
        elif self._quiet_until == math.inf or (self._leased and alone.processes > 1):
            self._quiet_until = self.clock.monotonic() + QUIET_S
        self._leased = False
        self._alone = alone
        self._fit(alone.processes)
        self.look_again()

    def come_back(self) -> None:
        """The book can be asked again, and does not know yet what everybody sent meanwhile."""
        self._leased = True
        self._quiet_until = -math.inf
        self.look_again()

    def go_together(self) -> None:
        """It knows that now."""
        self._leased = True
        self._quiet_until = -math.inf
        self._fit(1)
        for permit in self._own:
            permit.weight = 1
        self._in_flight = len(self._own) + len(self._others)
        self._stamps = deque(self._answers, self._stamps.maxlen)
        if self.ledger is not None:
            self.ledger.debt_until = self._owed_until
        self.look_again()

    def _fit(self, weight: int) -> None:
        """Let each request take so many slots from now on."""
        self._weight = weight
        self._windows = tuple(_stretch(window, weight) for window in self._whole)
        self.policy = replace(self.policy, concurrency=max(self._concurrency, weight))
        longest = max((window.count for window in self._windows), default=0)
        if longest > (self._stamps.maxlen or 0):
            self._stamps = deque(self._stamps, longest)
            self._answers = deque(self._answers, longest)

    def _stamp(self, at: float, weight: int = 1) -> None:
        for stamps, times in ((self._stamps, weight), (self._answers, 1)):
            late = bool(stamps) and at < stamps[-1]
            stamps.extend([at] * times)
            if late:  # what was written down later is not always what came later
                in_order = sorted(stamps)
                stamps.clear()
                stamps.extend(in_order)

    # The lane

    def record_throttle(self, permit: Permit, headers: Mapping[str, str]) -> Throttled:
        """As any lane's; the others learn it with the end of the request."""
        _narrow(permit).refused = True
        return super().record_throttle(permit, headers)

    def set_window_count(self, count: int) -> None:
        """As any lane's, for all processes."""
        if self.policy.windows and count != self._whole[0].count:
            self.learn_count(count)
            self._leases.tell_count(max(count, 1))

    def take_over(self, spent: Spent) -> None:
        """As any lane's; the book counts what it does not know."""
        super().take_over(spent)
        self._leases.take_over(spent)

    def list_windows(self) -> list[WindowState]:
        """As any lane's: what is left for all processes together."""
        now = self.clock.monotonic()
        going = len(self._own) + len(self._others)
        return [
            WindowState(window, max(0, window.count - going - sum(at + window.seconds > now for at in self._answers)))
            for window in self._whole[: len(self.policy.windows)]
        ]

    def _is_idle(self, now: float) -> bool:
        return self._leased and self._weight == 1 and super()._is_idle(now)

    def _find_claim(self, ask: Ask, *, looks_up: bool) -> Claim:
        claim = super()._find_claim(ask, looks_up=looks_up)
        return replace(claim, persons=frozenset(self._find_tag(person) for person in claim.persons))

    def _goes_at_once(self, now: float, claim: Claim) -> bool:
        return not self._leased and super()._goes_at_once(now, claim)

    def _ready_at(self, now: float) -> float:
        if self._asking is not None:
            return math.inf
        ready_at = super()._ready_at(now) if self._weight == 1 else self._ready_alone_at(now)
        return max(ready_at, self._not_before, self._quiet_until)

    def _ready_alone_at(self, now: float) -> float:
        in_flight = self._in_flight + self._weight - 1
        if in_flight >= self.policy.concurrency or self.circuit.trial_out:
            return math.inf
        ready_at = now + max(self.throttle.paused_for_s(now), self.circuit.open_for_s(now))
        if self.ledger is not None:
            ready_at = max(ready_at, self.ledger.ready_at(now, in_flight=self._in_flight))
        for window in self._windows:
            free = window.count - in_flight
            if free <= 0:
                return math.inf
            ready_at = max(ready_at, self._slot_free_at(window, free))
        return self._find_turn(max(ready_at, self._quiet_until))

    def _find_turn(self, ready_at: float) -> float:
        """The first moment from then on at which this process may begin, where there are too few slots to be shared."""
        scarce = [window.seconds for window in self._whole if window.count < self._weight]
        if not scarce:
            return ready_at
        apart_s = max(scarce) + _APART_S
        since_s = (ready_at + self._alone.offset_s - self._alone.rank * apart_s) % (apart_s * self._weight)
        return ready_at if since_s <= _PHASE_S else ready_at + apart_s * self._weight - since_s

    def _estimate(self, now: float, *, ahead: int) -> float:
        return super()._estimate(now, ahead=ahead * self._weight + self._weight - 1)

    def _pump(self) -> None:
        super()._pump()
        if self._leased and self._turns and not self._announced and self._asking is None:
            self._announce()

    def _announce(self) -> None:
        """Let the others know that somebody waits here, and how urgently, before there is room."""
        if self._weight == 1 and self.up and not self.circuit.trial_out:
            waiter = self._find_next(self.clock.monotonic(), {})
            if waiter is not None:
                self._serve(waiter)

    def _serve(self, waiter: Waiter) -> bool:
        if not self._leased:
            return super()._serve(waiter)
        others = (other for other in self._turns if other is not waiter)
        together = itertools.islice(others, _AT_ONCE - 1 if self._weight == 1 else 0)
        stakes = [self._find_stake(one.claim) for one in (waiter, *together)]
        more = len(self._turns) > len(stakes)
        self._asking = asyncio.create_task(self._take(stakes, waiter.standing.ask.priority, more=more))
        return False

    def _find_stake(self, claim: Claim) -> Stake:
        return Stake(self._shares.choose_person(self.clock.monotonic(), claim), claim.suggests, claim.looks_up)

    async def _take(self, stakes: list[Stake], priority: Priority, *, more: bool) -> None:
        try:
            taken = await self._leases.take(stakes, priority, more=more)
        except SharedAway:
            taken = None  # the book has told it already
        finally:
            self._asking = None
        if taken is None:
            if self._leased:
                self._not_before = self.clock.monotonic() + RETRY_S
            self._pump()
            return
        self.learn_debt(taken.debt_s)
        self._announced = more or len(taken.leases) < len(stakes)
        for lease, stake in zip(taken.leases, stakes, strict=False):
            self._use(lease, stake)
        if not taken.leases:
            wait_s = RETRY_S if taken.wait_s is None else max(taken.wait_s, _LEAST_S)
            self._not_before = self.clock.monotonic() + wait_s
        self._pump()
        self._withdraw()

    def _use(self, lease: str, stake: Stake) -> None:
        """Give it to whoever's turn it is now: not always who it was asked for."""
        now = self.clock.monotonic()
        waiter = self._find_next(now, {}) if self.up and not self.circuit.trial_out else None
        if waiter is None:
            self._leases.end(lease, stake, sent=False, owed_s=0.0, held_s=0.0, refused=False)
            return
        self._turns.take(waiter)
        self._disarm(waiter)
        if waiter.future.done():
            self._leases.end(lease, stake, sent=False, owed_s=0.0, held_s=0.0, refused=False)
        else:
            waiter.future.set_result(self._grant(waiter.claim, lease))

    def _grant(self, claim: Claim, lease: str = "") -> Permit:
        stake = self._find_stake(claim)
        self._in_flight += self._weight
        self._shares.begin(stake)
        lease = lease or self._leases.begin_alone(stake)
        permit = LeasedPermit(self, stake, trial=self.circuit.begin(), lease=lease, weight=self._weight)
        self._own.add(permit)
        return permit

    def _end(self, now: float, permit: Permit, *, owed_s: float, held_s: float) -> None:  # noqa: ARG002 - the book says when
        leased = _narrow(permit)
        self._endings[leased.lease] = _Ending(leased, owed_s, held_s)
        self._leases.end(
            leased.lease,
            leased.stake,
            sent=leased.sent_at is not None,
            owed_s=owed_s,
            held_s=held_s,
            refused=leased.refused,
        )

    def _remove(self, waiter: Waiter) -> None:
        super()._remove(waiter)
        self._withdraw()

    def _withdraw(self) -> None:
        if self._announced and not self._turns and self._asking is None:
            self._announced = False
            self._leases.withdraw()


def _narrow(permit: Permit) -> LeasedPermit:
    if not isinstance(permit, LeasedPermit):
        raise TypeError(permit)
    return permit


def _stretch(window: Window, weight: int) -> Window:
    """A window that a request of so many slots fits into."""
    if window.count >= weight:
        return window
    return Window(weight, window.seconds * weight / window.count)
