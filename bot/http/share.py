"""Whose turn takes what: no person may hold so much of a service that nothing is left for others.

Two things are scarce: the slots of a window that is longer than people wait, and execution time. Of each,

- a person may hold as much as is then still free, and always a tenth of the slots (a fifth of the time). One alone so
  gets half, two get a third each: whoever comes next finds as much as the one before has;
- suggestions together may hold a third;
- the last tenth is for look-ups by id and for who turns a page.

Who is alone is held to no share of the time, since that is soon used up: what one question takes may be more than it.

A slot is held from the grant until it is free again. Execution time is held from the grant too, at the most it may
cost, then at what it did cost, until it is paid off; what was booked first is paid off first.

A request that stands for several persons goes if one of them may, and is that one's: who joins another's question, or
whose key rides in another's batch, pays nothing, and nobody is refused because of who else waits for the same. What is
nobody's (background work) is held to no share.

Windows that are over before anybody gives up waiting need no share: there it is enough that turns go round, and that
whoever has had half of such a window lets the others go first.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from bisect import insort
from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterator
from operator import itemgetter
from typing import NamedTuple

import msgspec

from bot.http.ask import Ask, Priority
from bot.http.policy import Policy, TimeAccount, Window

PATIENCE_S = 20.0  # a window longer than this is not waited out
SUGGESTED = 1 / 3
RESERVED = 1 / 10
OWN_SLOTS = 1 / 10
OWN_TIME = 1 / 5
ALONE_AFTER_S = 300.0  # without anybody else: what they took is paid off by then
LOOK_UP_S = 0.5  # what a look-up by id is taken to cost until its answer tells: an index finds it

_MARGIN = 1e-6  # sums of floats are a little off


class Claim(msgspec.Struct, frozen=True):
    """A request that wants to go, as the shares see it. `persons`: for whom, None for nobody."""

    persons: frozenset[Hashable]
    suggests: bool
    reserved: bool
    looks_up: bool

    @classmethod
    def of(cls, ask: Ask, *, looks_up: bool) -> Claim:
        """The claim of what is asked for with `ask`."""
        return cls(ask.persons, ask.priority is Priority.AUTOCOMPLETE, ask.reserved or looks_up, looks_up)

    @property
    def free(self) -> bool:
        """It is held to nothing."""
        return None in self.persons and not self.suggests


class Stake(msgspec.Struct, frozen=True):
    """Whose a request is that went, and what it counts as."""

    person: Hashable
    suggests: bool
    looks_up: bool


class Wait(msgspec.Struct, frozen=True):
    """Seconds until a claim may go, 0 if it may: `own_s` as to the person's share, `common_s` as to what all share.

    `time_s`: how much of the longest is for execution time.
    """

    own_s: float = 0.0
    common_s: float = 0.0
    time_s: float = 0.0

    @property
    def longest_s(self) -> float:
        """Until both are over."""
        return max(self.own_s, self.common_s)


NO_WAIT = Wait()


class _Part(NamedTuple):
    """Something held: it shrinks evenly to nothing between two moments, in seconds from now."""

    stake: Stake
    amount: float
    from_s: float
    to_s: float


class _Debt(NamedTuple):
    """What is owed since `at`, and when it is paid off, second for second: after all that was booked before."""

    stake: Stake
    paid_from: float
    paid_until: float
    at: float


def _wait_until(parts: list[_Part], weigh: Callable[[Stake], float], held: float, limit: float) -> float:
    """Seconds until the weighted sum of the parts (in the order in which they go; `held` now) is at most `limit`."""
    limit += _MARGIN
    if held <= limit:
        return 0.0
    for part in parts:
        weight = weigh(part.stake) * part.amount
        if held - weight <= limit and math.isfinite(part.to_s):
            return part.from_s + (part.to_s - part.from_s) * min(1.0, (held - limit) / weight)
        held -= weight
    return math.inf


class _Pot(ABC):
    """What is scarce, and who holds how much of it."""

    own: float  # the part of it that a person may always hold

    def __init__(self) -> None:
        self.going: Counter[Stake] = Counter()

    @property
    @abstractmethod
    def capacity(self) -> float: ...

    @abstractmethod
    def need(self, *, looks_up: bool) -> float:
        """What a request takes until its answer is there."""

    @abstractmethod
    def list_parts(self, now: float, *, answered: bool) -> list[_Part]:
        """What is held, in the order in which it becomes free. What is on its way never does, unless it is taken to be
        `answered` now.
        """

    def foresee(self, stake: Stake, ahead: int) -> list[_Part]:  # noqa: ARG002 - what they cost is not known
        """What `ahead` requests will hold that still wait."""
        return []

    @abstractmethod
    def end(self, now: float, stake: Stake, debt_s: float) -> None:
        """A request that was sent is over, as of `now`: what another process sent may be told later."""

    def find_wait(self, now: float, claim: Claim, person: Hashable, *, answered: bool, ahead: int) -> Wait:
        """How long the claim waits if it is this person's, who has `ahead` others waiting."""
        parts = self.list_parts(now, answered=answered)
        parts += self.foresee(Stake(person, claim.suggests, claim.looks_up), ahead)
        suggested = own = total = 0.0
        for stake, amount, _, _ in parts:
            total += amount
            if stake.suggests:
                suggested += amount
            if stake.person == person:
                own += amount
        common_s = own_s = 0.0
        if claim.suggests:
            common_s = _wait_until(parts, lambda stake: stake.suggests, suggested, self._below(SUGGESTED))
        if person is not None:
            if not claim.reserved:
                common_s = max(common_s, _wait_until(parts, lambda _: 1.0, total, self._below(1 - RESERVED)))
            even = self.capacity - 2 * self.need(looks_up=claim.looks_up)
            own_s = min(
                _wait_until(parts, lambda stake: stake.person == person, own, self._below(self.own)),
                _wait_until(parts, lambda stake: 1.0 + (stake.person == person), own + total, even),
            )
        return Wait(own_s, common_s)

    def hold(self, now: float, person: Hashable) -> float:
        """How much a person holds."""
        return sum(part.amount for part in self.list_parts(now, answered=False) if part.stake.person == person)

    def _below(self, part: float) -> float:
        """The most that may be held for one more to go, if `part` of all is the bound."""
        return max(0.0, part * self.capacity - self.grain)

    grain: float = _MARGIN


class SlotPot(_Pot):
    """The slots of a window."""

    own = OWN_SLOTS
    grain = 1.0

    def __init__(self, window: Window) -> None:
        super().__init__()
        self.window = window
        self._ended: deque[tuple[float, Stake]] = deque()

    @property
    def capacity(self) -> float:
        return self.window.count

    def need(self, *, looks_up: bool) -> float:  # noqa: ARG002 - each takes a slot
        return 1.0

    def list_parts(self, now: float, *, answered: bool) -> list[_Part]:
        self._forget(now)
        parts = [_Part(stake, 1.0, at - now, at - now) for at, stake in self._ended]
        free_s = self.window.seconds if answered else math.inf
        return parts + [_Part(stake, float(count), free_s, free_s) for stake, count in self.going.items()]

    def foresee(self, stake: Stake, ahead: int) -> list[_Part]:
        return [_Part(stake, float(ahead), self.window.seconds, self.window.seconds)] if ahead else []

    def end(self, now: float, stake: Stake, debt_s: float) -> None:  # noqa: ARG002 - each took a slot
        self._forget(now)
        insort(self._ended, (now + self.window.seconds, stake), key=itemgetter(0))  # others may be told of late

    def has_half(self, now: float, person: Hashable) -> bool:
        """Whether a person holds half of the slots or more."""
        return 2 * self.hold(now, person) >= self.capacity

    def _forget(self, now: float) -> None:
        while self._ended and self._ended[0][0] <= now:
            self._ended.popleft()


class TimePot(_Pot):
    """What may be owed of execution time, in seconds of debt."""

    own = OWN_TIME

    def __init__(self, account: TimeAccount) -> None:
        super().__init__()
        self._account = account
        self._owed: deque[_Debt] = deque()

    @property
    def capacity(self) -> float:
        return self._account.refuse_at_s

    def need(self, *, looks_up: bool) -> float:
        return self._account.debt_per_s * (LOOK_UP_S if looks_up else self._account.reserve_s)

    def list_parts(self, now: float, *, answered: bool) -> list[_Part]:
        self._forget(now)
        parts: list[_Part] = []
        for debt in self._owed:
            if debt.paid_until > now:
                start = max(debt.paid_from, now)
                parts.append(_Part(debt.stake, debt.paid_until - start, start - now, debt.paid_until - now))
        if answered:
            return parts
        return parts + [
            _Part(stake, self.need(looks_up=stake.looks_up) * count, math.inf, math.inf)
            for stake, count in self.going.items()
        ]

    def end(self, now: float, stake: Stake, debt_s: float) -> None:
        self._forget(now)
        if debt_s > 0:
            later: list[_Debt] = []
            while self._owed and self._owed[-1].at > now:  # others may be told of late
                later.append(self._owed.pop())
            self._book(now, stake, debt_s)
            for debt in reversed(later):
                self._book(debt.at, debt.stake, debt.paid_until - debt.paid_from)

    def _book(self, at: float, stake: Stake, debt_s: float) -> None:
        paid_from = max(self._owed[-1].paid_until, at) if self._owed else at
        self._owed.append(_Debt(stake, paid_from, paid_from + debt_s, at))

    def _forget(self, now: float) -> None:
        while (
            self._owed and self._owed[0].paid_until <= now - self._account.refuse_at_s
        ):  # nobody tells later than that
            self._owed.popleft()


class Shares:
    """The shares of one lane."""

    def __init__(self, policy: Policy) -> None:
        self._windows = [SlotPot(window) for window in policy.windows]
        self._time = TimePot(policy.time_account) if policy.time_account else None
        self._asked_at: dict[Hashable, float] = {}  # of the two who asked last: that tells whether one is alone

    def note(self, now: float, person: Hashable) -> None:
        """A person wants something, be it in vain."""
        if person is not None:
            self._asked_at.pop(person, None)
            self._asked_at[person] = now
            if len(self._asked_at) > 2:
                del self._asked_at[next(iter(self._asked_at))]

    def is_alone(self, now: float, person: Hashable) -> bool:
        """Whether nobody else asked lately."""
        return all(other == person or now - at >= ALONE_AFTER_S for other, at in self._asked_at.items())

    def set_window_count(self, count: int) -> None:
        """The policy's first window has `count` slots from now on."""
        first = self._windows[0]
        first.window = Window(count, first.window.seconds)

    def find_wait(self, now: float, claim: Claim, *, answered: bool = False, ahead: int = 0) -> Wait:
        """How long a claim waits for a share, as that one of its persons who may go first. Infinite where only an
        answer helps, unless all that is on its way is taken to be `answered` now. `ahead`: of the same person.
        """
        if claim.free:
            return NO_WAIT
        waits = (
            self._find_wait(now, claim, person, answered=answered, ahead=ahead) for person in self._list_persons(claim)
        )
        return min(waits, key=lambda wait: wait.longest_s)

    def choose_person(self, now: float, claim: Claim) -> Hashable:
        """Whose a claim is: that of the person who may go first, and of several the one who holds least."""
        persons = list(self._list_persons(claim))
        if len(persons) == 1:
            return persons[0]

        def rank(person: Hashable) -> tuple[float, float]:
            wait_s = self._find_wait(now, claim, person, answered=True, ahead=0).longest_s
            return (wait_s, sum(pot.hold(now, person) / pot.capacity for pot in self._list_pots()))

        return min(persons, key=rank)

    def lets_others_go_first(self, now: float, person: Hashable) -> bool:
        """Whether a person has had half of a window that others wait out."""
        return person is not None and any(
            pot.has_half(now, person) for pot in self._windows if pot.window.seconds <= PATIENCE_S
        )

    def begin(self, stake: Stake) -> None:
        """A request may go."""
        for pot in self._list_pots():
            pot.going[stake] += 1

    def end(self, now: float, stake: Stake, *, sent: bool, debt_s: float) -> None:
        """It is over; if it was never `sent`, it took nothing."""
        for pot in self._list_pots():
            pot.going[stake] -= 1
            if pot.going[stake] <= 0:
                del pot.going[stake]
            if sent:
                pot.end(now, stake, debt_s)

    def _list_pots(self) -> Iterator[_Pot]:
        yield from self._windows
        if self._time is not None:
            yield self._time

    def _list_persons(self, claim: Claim) -> frozenset[Hashable]:
        return frozenset({None}) if None in claim.persons else claim.persons

    def _find_wait(self, now: float, claim: Claim, person: Hashable, *, answered: bool, ahead: int) -> Wait:
        waits = [
            pot.find_wait(now, claim, person, answered=answered, ahead=ahead)
            for pot in self._windows
            if pot.window.seconds > PATIENCE_S
        ]
        time = NO_WAIT
        if self._time is not None:
            time = self._time.find_wait(now, claim, person, answered=answered, ahead=ahead)
            if self.is_alone(now, person):
                time = Wait(common_s=time.common_s)
        waits.append(time)
        return Wait(max(w.own_s for w in waits), max(w.common_s for w in waits), time.longest_s)
