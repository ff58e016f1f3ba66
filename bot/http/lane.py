"""A lane: the one way to a service, on which its limits hold.

A slot of a window is taken when a request is sent and is free again `seconds` after its *answer* came. The
service counted the request at some moment between the two, so its own window is over by then, whatever the
network did.

Within the limits, `bot.http.share` says how much of them a person may have, and `bot.http.turn` whose turn it is.
"""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Callable, Hashable, Mapping

from msgspec.structs import replace

from bot.errors import (
    Banned,
    Blocked,
    CircuitOpen,
    OverShare,
    OverTime,
    ServiceError,
    Silent,
    Throttled,
    TimedOut,
    TimeSpent,
    Trouble,
)
from bot.http.ask import Ask, Priority, Standing
from bot.http.circuit import Circuit
from bot.http.clock import Clock, Timer
from bot.http.lane_state import LaneState, WindowState
from bot.http.pace import Pace
from bot.http.permit import Permit, Waiter
from bot.http.policy import Policy, Spent, Window
from bot.http.share import LOOK_UP_S, Claim, Shares, Stake, Wait
from bot.http.throttle import Rest, Throttle, parse_pause
from bot.http.time_account import Ledger
from bot.http.turn import Turns

_ANYBODY = Claim(frozenset({object()}), suggests=False, reserved=False, looks_up=False)
_MARGIN_S = 0.001  # a service may count a slot that ends this very moment; and sums of floats are a little off

OnRest = Callable[[str, Rest, float], None]
"""Is told which service is left alone, why, and for how many seconds from now."""


class Lane:
    """Grants permits within a policy: a smaller priority first, and within one, to persons in turn. What is one
    person's, or nobody's, goes strictly in order.
    """

    def __init__(self, policy: Policy, *, clock: Clock, on_rest: OnRest | None = None) -> None:
        self._on_rest = on_rest
        self.policy = policy
        self.clock = clock
        gap = (Window(1, policy.min_gap_s),) if policy.min_gap_s else ()
        self._windows = (*policy.windows, *gap)
        # Answer times, oldest first. Later than the longest window's count nobody looks back.
        self._stamps: deque[float] = deque(maxlen=max((w.count for w in self._windows), default=0))
        self._in_flight = 0
        self._typical_s = 0.0
        self._answered_at = -math.inf
        self._pace = Pace()
        self._turns: Turns[Waiter] = Turns()
        self._shares = Shares(policy)
        self._timer: Timer | None = None
        self.throttle = Throttle(blocks_repeat_offenders=policy.blocks_repeat_offenders)
        self.circuit = Circuit()
        self.ledger = Ledger(policy.time_account) if policy.time_account else None

    @property
    def state(self) -> LaneState:
        now = self.clock.monotonic()
        return LaneState(
            service=self.policy.service,
            in_flight=self._in_flight,
            waiting=len(self._turns),
            paused_for_s=self.throttle.paused_for_s(now),
            blocked_for_s=self.throttle.rests_for_s(Rest.BLOCK, now),
            circuit_open_for_s=self.circuit.open_for_s(now),
            debt_s=self.ledger.debt_s(now) if self.ledger else 0.0,
            idle=self._is_idle(now),
            banned_for_s=self.throttle.rests_for_s(Rest.BAN, now),
            wait_s=max(0.0, self._estimate(now, ahead=len(self._turns)) - now),
            spent_for_s=max(
                self._find_ledger_wait(now, ahead=0), self._shares.find_wait(now, _ANYBODY, answered=True).time_s
            ),
            typical_s=self._pace.typical_s(now),
            answered_ago_s=self._pace.answered_ago_s(now),
            trouble=self._pace.trouble,
            trouble_ago_s=now - self._pace.trouble_at,
        )

    def list_windows(self) -> list[WindowState]:
        """How much is left of each of the policy's windows."""
        now = self.clock.monotonic()
        return [
            WindowState(window, max(0, window.count - self._in_flight - self._count_held(window, now)))
            for window in self._windows[: len(self.policy.windows)]
        ]

    def _count_held(self, window: Window, now: float) -> int:
        """How many slots are held by what was answered."""
        return sum(stamp + window.seconds + _MARGIN_S > now for stamp in self._stamps)

    def _is_idle(self, now: float) -> bool:
        account, debt_s = self.policy.time_account, self.ledger.debt_s(now) if self.ledger else 0.0
        return (
            self.up
            and not (self._in_flight or self._turns)
            and (account is None or 2 * debt_s <= account.refuse_at_s)
            and all(self._slot_free_at(window, window.count - window.count // 2) <= now for window in self._windows)
        )

    @property
    def up(self) -> bool:
        """Neither paused nor blocked nor left alone because it failed."""
        now = self.clock.monotonic()
        return not (self.throttle.paused_for_s(now) or self.circuit.open_for_s(now))

    async def acquire(self, standing: Standing, *, looks_up: bool = False) -> Permit:
        """Wait for the turn. Raises Throttled at once when it would come after the deadline (OverShare if that is for
        the person's share), Blocked or CircuitOpen when the service is left alone. A cancelled waiter leaves no trace.
        `looks_up`: as with `Request`.
        """
        now = self.clock.monotonic()
        stopped = self._find_stop(now, standing.ask)
        if stopped is not None:
            raise stopped
        claim = self._find_claim(standing.ask, looks_up=looks_up)
        for person in claim.persons:
            self._shares.note(now, person)
        self._pump()  # whoever still waits then, waits for the lane or for a share
        if self._goes_at_once(now, claim):
            return self._grant(claim)
        own, ahead = self._count_ahead(now, standing, claim)
        refused = self._find_refusal(now, claim, standing.ask.deadline_monotonic, own=own, ahead=ahead)
        if refused is not None:
            raise refused
        return await self._wait(Waiter(standing, claim, since=now))

    def _find_claim(self, ask: Ask, *, looks_up: bool) -> Claim:
        return Claim.of(ask, looks_up=looks_up)

    def _goes_at_once(self, now: float, claim: Claim) -> bool:
        return self._ready_at(now) <= now and not self._shares.find_wait(now, claim).longest_s

    async def _wait(self, waiter: Waiter) -> Permit:
        def follow() -> None:
            self._requeue(waiter)

        self._turns.add(waiter, *self._find_place(waiter))
        self._arm_deadline(waiter)
        waiter.standing.watch(follow)
        waiter.standing.wait_for_turn(lambda _service: self._explain(waiter))
        self._pump()
        try:
            return await waiter.future
        except asyncio.CancelledError:
            if waiter.future.done() and not waiter.future.cancelled() and waiter.future.exception() is None:
                waiter.future.result().close()  # the turn came at the moment of the cancellation
            raise
        finally:
            waiter.standing.unwatch(follow)
            self._remove(waiter)

    def record_answer(self, permit: Permit) -> None:
        """The service took the request and answered, whatever it said."""
        permit.answered = True
        self.circuit.succeed()
        if permit.sent_at is not None:
            self.throttle.succeed(sent_at=permit.sent_at)
            now = self.clock.monotonic()
            self._pace.answer(now, now - permit.sent_at)

    def record_garbled(self) -> None:
        """The answer, which was recorded as one, is none that anybody understands."""
        self._pace.fail(self.clock.monotonic(), "garbled")

    def record_failure(self, permit: Permit, trouble: Trouble) -> None:
        """The service gave no answer."""
        now = self.clock.monotonic()
        self._pace.fail(now, trouble)
        self.circuit.fail(now, trial=permit.trial, timed_out=trouble == "silent")

    def record_throttle(self, permit: Permit, headers: Mapping[str, str]) -> Throttled:
        """The service answered 429: everybody waits. Returns the error to raise."""
        now = self.clock.monotonic()
        asked_s = self.parse_pause(headers)
        permit.answered = True
        self.circuit.succeed()
        self.throttle.strike(now, sent_at=now if permit.sent_at is None else permit.sent_at, asked_s=asked_s)
        if self.ledger is not None:
            self.ledger.learn_refusal(now)
        kind = Blocked if self.throttle.rests_for_s(Rest.BLOCK, now) else Throttled
        paused_for_s = self.throttle.paused_for_s(now)
        self._tell_rests()
        return kind(self.policy.service, "throttled", status=429, retry_after_s=paused_for_s)

    def parse_pause(self, headers: Mapping[str, str]) -> float | None:
        """Seconds for which an answer asks to be left alone, as far as the policy believes it."""
        return parse_pause(headers, now_epoch_s=self.clock.time(), longest_s=self.policy.longest_pause_s)

    def rest(self, kind: Rest, for_s: float) -> None:
        """Send nothing for so long."""
        self.throttle.rest(kind, self.clock.monotonic() + for_s)
        self._tell_rests()
        self._pump()  # who waits in vain is told now

    def _tell_rests(self) -> None:
        now = self.clock.monotonic()
        for kind in Rest:
            for_s = self.throttle.rests_for_s(kind, now)
            if for_s and self._on_rest is not None:
                self._on_rest(self.policy.service, kind, for_s)

    def set_window_count(self, count: int) -> None:
        """Let the policy's first window have `count` requests (at least 1): the service said so. What it counted
        before still counts.
        """
        if not self.policy.windows or count == self._windows[0].count:
            return
        first, *others = self._windows
        self._windows = (replace(first, count=max(count, 1)), *others)
        self._shares.set_window_count(max(count, 1))
        if count > (self._stamps.maxlen or 0):  # never fewer: the window may grow again
            self._stamps = deque(self._stamps, maxlen=count)
        self._pump()

    def find_spent(self) -> Spent:
        """What is used up now."""
        now = self.clock.monotonic()
        longest_s = max((window.seconds for window in self._windows), default=0.0)
        ages = (now - stamp for stamp in self._stamps if now - stamp < longest_s)
        return Spent((*ages, *[0.0] * self._in_flight), self.ledger.debt_s(now) if self.ledger else 0.0)

    def take_over(self, spent: Spent) -> None:
        """Count what an earlier process used up. Only a lane that has sent nothing takes it."""
        now = self.clock.monotonic()
        self._stamps.extend(now - age_s for age_s in spent.ages_s)
        if self.ledger is not None and spent.debt_s > 0:
            self.ledger.debt_until = max(self.ledger.debt_until, now + spent.debt_s)

    def take_back(self, permit: Permit, *, cost_s: float | None) -> None:
        """The permit's request is over. Only `Permit.close` calls this."""
        now = self.clock.monotonic()
        if permit.trial:
            self.circuit.withdraw_trial()
        owed_s = held_s = 0.0
        # Of what was not answered nothing is certain: it may never have arrived. If it cost something, a refusal tells.
        if permit.sent_at is not None and (permit.answered or cost_s is not None):
            took_s = now - permit.sent_at
            self._typical_s += 0.2 * (took_s - self._typical_s)
            self._answered_at = now
            if self.ledger is not None:
                owed_s = held_s = self.ledger.learn_cost(took_s if cost_s is None else cost_s)
                if cost_s is None:  # a slow way is not the doing of whoever asked
                    held_s = min(held_s, self.ledger.find_debt_s(LOOK_UP_S))
        self._end(now, permit, owed_s=owed_s, held_s=held_s)

    def _end(self, now: float, permit: Permit, *, owed_s: float, held_s: float) -> None:
        """It is over, and the service was left with `owed_s` of debt, `held_s` of it as its asker's."""
        sent = permit.sent_at is not None
        self._in_flight -= 1
        if sent:
            self._stamps.append(now)
        if self.ledger is not None:
            self.ledger.owe(now, owed_s)
        self._shares.end(now, permit.stake, sent=sent, debt_s=held_s)
        self._pump()

    def _grant(self, claim: Claim) -> Permit:
        self._in_flight += 1
        person = self._shares.choose_person(self.clock.monotonic(), claim)
        stake = Stake(person, claim.suggests, claim.looks_up)
        self._shares.begin(stake)
        return Permit(self, stake, trial=self.circuit.begin())

    def _ready_at(self, now: float) -> float:
        """The moment the next one may go if nothing else happens; infinite when only an answer can free a
        slot.
        """
        if self._in_flight >= self.policy.concurrency or self.circuit.trial_out:
            return math.inf
        ready_at = now + max(self.throttle.paused_for_s(now), self.circuit.open_for_s(now))
        if self.ledger is not None:
            ready_at = max(ready_at, self.ledger.ready_at(now, in_flight=self._in_flight))
        for window in self._windows:
            free = window.count - self._in_flight
            if free <= 0:
                return math.inf
            ready_at = max(ready_at, self._slot_free_at(window, free))
        return ready_at

    def _slot_free_at(self, window: Window, free: int) -> float:
        """When the window has room, if its `free` latest answers and what is in flight may fill it."""
        if len(self._stamps) < free:
            return -math.inf
        return self._stamps[-free] + window.seconds + _MARGIN_S

    def _estimate(self, now: float, *, ahead: int) -> float:
        """The earliest moment for somebody with `ahead` others before them: what is on its way is taken to be
        answered now, and those ahead to take as long as usual.
        """
        start = now + max(self.throttle.paused_for_s(now), self.circuit.open_for_s(now))
        turn_at = start
        for window in (*self._windows, Window(self.policy.concurrency, 0.0)):
            rounds, place = divmod(ahead, window.count)
            free = window.count - place - self._in_flight
            slot_at = self._slot_free_at(window, free) if free > 0 else now + window.seconds
            turn_at = max(turn_at, max(start, slot_at) + rounds * (window.seconds + self._typical_s))
        if self.ledger is not None:
            turn_at = max(turn_at, self.ledger.ready_at(now, in_flight=0, ahead=ahead))
        return turn_at

    def _find_stop(self, now: float, ask: Ask) -> ServiceError | None:
        """Why somebody may not even wait, if so: a person is told at once, what has time may wait for the trial."""
        service = self.policy.service
        if banned_for_s := self.throttle.rests_for_s(Rest.BAN, now):
            return Banned(service, "it has shut us out", retry_after_s=banned_for_s)
        if blocked_for_s := self.throttle.rests_for_s(Rest.BLOCK, now):
            return Blocked(service, "throttled too often", retry_after_s=blocked_for_s)
        open_for_s = self.circuit.open_for_s(now)
        if open_for_s and (ask.priority < Priority.PREVIEW or now + open_for_s >= ask.deadline_monotonic):
            kind = Silent if self.circuit.timed_out else CircuitOpen
            return kind(service, "failed too often", retry_after_s=open_for_s)
        return None

    def _find_ledger_wait(self, now: float, *, ahead: int) -> float:
        """Seconds until the service's account has room, if all that is on its way were answered now."""
        return 0.0 if self.ledger is None else max(0.0, self.ledger.ready_at(now, in_flight=0, ahead=ahead) - now)

    def _too_late(self, wait_s: float, kind: type[Throttled] = Throttled) -> ServiceError:
        if self.circuit.on_trial and self.circuit.timed_out:
            return TimedOut(self.policy.service, "it has not answered since a time-out")
        return kind(self.policy.service, "the turn comes too late", retry_after_s=max(0.0, wait_s))

    def _explain(self, waiter: Waiter) -> ServiceError:
        """Why the turn of somebody who waits has not come."""
        if self._in_flight and self._answered_at < waiter.since:
            return TimedOut(self.policy.service, "nobody was answered meanwhile")
        now = self.clock.monotonic()
        return self._find_refusal(now, waiter.claim, now) or self._too_late(0.0)

    def _count_ahead(self, now: float, standing: Standing, claim: Claim) -> tuple[int, int]:
        """How many of the same person go before a newcomer, and how many in all. Who waits for a share does not."""
        waits: dict[Claim, Wait] = {}
        person = self._shares.choose_person(now, claim)
        return self._turns.count_ahead(standing.ask.priority, person, lambda waiter: self._may_go(now, waiter, waits))

    def _find_refusal(
        self, now: float, claim: Claim, deadline: float, *, own: int = 0, ahead: int = 0
    ) -> ServiceError | None:
        """Why a turn would come too late, if it would; that it is the person's share if that is what takes longest."""
        turn_s = self._estimate(now, ahead=ahead) - now
        wait = self._shares.find_wait(now, claim, answered=True, ahead=own)
        longest_s = max(turn_s, wait.longest_s)
        if now + longest_s < deadline:
            return None
        for_time = 0.0 < longest_s <= max(wait.time_s, self._find_ledger_wait(now, ahead=ahead))
        if wait.own_s > max(turn_s, wait.common_s):
            kind = OverTime if for_time else OverShare
            return kind(self.policy.service, "the person's share is used up", retry_after_s=wait.own_s)
        return self._too_late(longest_s, TimeSpent if for_time else Throttled)

    def _pump(self) -> None:
        """Refuse who waits in vain, serve who can be served, and come back when the next one can."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._turns:
            return
        now = self.clock.monotonic()
        self._refuse_hopeless(now)
        self._refuse_over_share(now)
        while self._turns:
            ready_at = self._ready_at(now)
            if ready_at <= now:
                waits: dict[Claim, Wait] = {}
                waiter = self._find_next(now, waits)
                if waiter is not None:
                    if not self._serve(waiter):
                        return
                    continue
                ready_at = now + min(wait.longest_s for wait in waits.values()) + _MARGIN_S
            if ready_at < math.inf:
                self._timer = self.clock.call_at(ready_at, self._pump)
            return

    def _serve(self, waiter: Waiter) -> bool:
        """Whether the next one may be looked for."""
        self._turns.take(waiter)
        self._disarm(waiter)
        if not waiter.future.done():
            waiter.future.set_result(self._grant(waiter.claim))
        return True

    def _refuse_hopeless(self, now: float) -> None:
        """After a pause began or the circuit opened: who cannot be served in time is told now, not at their
        deadline.
        """
        if self.up:
            return
        paused_for_s = self.throttle.paused_for_s(now)
        for waiter in self._turns:
            stopped = self._find_stop(now, waiter.standing.ask)  # a new one for each: tracebacks grow on shared ones
            if stopped is not None:
                self._refuse(waiter, stopped)
            elif now + paused_for_s >= waiter.standing.ask.deadline_monotonic:
                self._refuse(waiter, self._too_late(paused_for_s))

    def _refuse_over_share(self, now: float) -> None:
        """Whose share was used up by what came back meanwhile is told now, too."""
        waits: dict[Claim, Wait] = {}
        for waiter in self._turns:
            if waiter.claim.free:
                continue
            if waiter.claim not in waits:
                waits[waiter.claim] = self._shares.find_wait(now, waiter.claim, answered=True)
            if now + waits[waiter.claim].longest_s >= waiter.standing.ask.deadline_monotonic:
                self._refuse(waiter, self._explain(waiter))

    def _find_next(self, now: float, waits: dict[Claim, Wait]) -> Waiter | None:
        """Whose turn it is. `waits` gets how long each claim that was looked at waits for its share."""

        def yields(person: Hashable) -> bool:
            return self._shares.lets_others_go_first(now, person)

        return self._turns.find_next(lambda waiter: self._may_go(now, waiter, waits), yields)

    def _may_go(self, now: float, waiter: Waiter, waits: dict[Claim, Wait]) -> bool:
        if waiter.claim not in waits:
            waits[waiter.claim] = self._shares.find_wait(now, waiter.claim)
        return not waits[waiter.claim].longest_s

    def _refuse(self, waiter: Waiter, error: ServiceError) -> None:
        self._remove(waiter)
        if not waiter.future.done():
            waiter.future.set_exception(error)

    def _remove(self, waiter: Waiter) -> None:
        self._turns.remove(waiter)
        self._disarm(waiter)

    def _disarm(self, waiter: Waiter) -> None:
        if waiter.timer is not None:
            waiter.timer.cancel()
            waiter.timer = None

    def _find_place(self, waiter: Waiter) -> tuple[Priority, Hashable]:
        person = self._shares.choose_person(self.clock.monotonic(), waiter.claim)
        return waiter.standing.ask.priority, person

    def _requeue(self, waiter: Waiter) -> None:
        """The ask was lifted: a higher priority starts at its end, since its others came before. Where others joined,
        their shares count too.
        """
        if waiter.future.done():
            return
        waiter.claim = self._find_claim(waiter.standing.ask, looks_up=waiter.claim.looks_up)
        if self._turns.find_place(waiter) != self._find_place(waiter):
            self._turns.remove(waiter)
            self._turns.add(waiter, *self._find_place(waiter))
        self._arm_deadline(waiter)
        self._pump()

    def _arm_deadline(self, waiter: Waiter) -> None:
        def expire() -> None:
            now = self.clock.monotonic()
            if now < waiter.standing.ask.deadline_monotonic:  # clocks may wake a moment early
                self._arm_deadline(waiter)
            else:
                self._refuse(waiter, self._explain(waiter))

        if waiter.timer is not None:
            waiter.timer.cancel()
        waiter.timer = self.clock.call_at(waiter.standing.ask.deadline_monotonic, expire)
