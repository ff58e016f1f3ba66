"""The limits of services, kept by several processes together: the book of `bot.http.lease` on a Redis.

A lease is taken, and its end written down, by scripts that are carried out as a whole and on the server's clock
(`bot.redis.lane_script`). What the other processes do is read from a stream as it happens. Each second a process says
that it lives. While the server is away each goes on alone, and tells what it sent when the server is there again; only
when all who lived before have done so, or have had the time to, is the whole limit everybody's again.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import math
import secrets
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Iterator, Sequence
from typing import Any

import msgspec

from bot.errors import SharedAway
from bot.http.ask import Priority
from bot.http.clock import Clock
from bot.http.digest import Digests
from bot.http.lease import Alone, Leases, Member, Taken
from bot.http.policy import Policy, Spent, Window
from bot.http.share import Stake
from bot.http.shared_lane import LAPSE_S
from bot.redis.connection import Argument, Redis, Script, begin, build_key, keep_on
from bot.redis.lane_script import BEAT, COUNT, END, JOIN, TAKE, WITHDRAW
from bot.redis.rest import list_places

log = logging.getLogger(__name__)

BEAT_S = 1.0
ALIVE_S = 4.0
"""Who has not said so for so long is not there."""
UNSEEN = 4
"""How many processes there are taken to be until the server has told it once."""
SETTLE_S = 10.0
"""By then whoever goes on alone has noticed that the server is there again."""
_LISTEN_S = 1.0
_PAUSE_S = 0.005  # what comes within it is read together
_BATCH = 500
_MICRO = 1e6
_NOTED = "noted:"
_SOMEBODY = frozenset({""})  # who was never seen: they may be there, and are waited for as long as anybody


class _Ended(msgspec.Struct, frozen=True):
    """A request that was answered, as it is told to a server that does not know it."""

    lease: str
    stake: Stake
    at: float
    owed_s: float
    held_s: float


class _Noted(msgspec.Struct, frozen=True):
    """An answer to an earlier process, as a note says; not certain is one that it may have got since."""

    lease: str
    at: float
    is_certain: bool


async def _do_nothing() -> None:
    return


class LaneBook:
    """The book of one process. `start` it once the connection was opened, and `close` it before that is closed."""

    def __init__(
        self,
        redis: Redis,
        *,
        clock: Clock,
        digests: Digests | None = None,
        before_end: Callable[[], Awaitable[object]] = _do_nothing,
    ) -> None:
        """`before_end`: what is done before the others are told that a request is over."""
        self.clock = clock
        self.before_end = before_end
        self._digests = digests or Digests()
        self.process = secrets.token_hex(6)
        self._redis = redis
        self._lanes: dict[str, RedisLeases] = {}
        self._news = build_key("lane", "news")
        self._alive = build_key("lane", "alive")
        self._beat = Script(redis, BEAT)
        self.scripts = Scripts(*(Script(redis, text) for text in (TAKE, END, WITHDRAW, COUNT, JOIN)))
        self._alive_until: dict[str, float] = {}
        self._offset_s = 0.0  # from the process's clock to the server's
        self._joined = asyncio.Event()
        self._joining = asyncio.Lock()
        self._awaited: frozenset[str] = frozenset()
        self._others = 0
        self._settles_at = 0.0
        self._back_at = 0.0
        self._last = "0-0"  # all that is there still counts
        self._joined_at = 0.0
        self._tasks: set[asyncio.Task[None]] = set()
        self._loops: list[asyncio.Task[None]] = []

    def find_tag(self, person: Hashable) -> Hashable:
        """What a person is called there."""
        return None if person is None else self._digests.find(repr(person), size=8)

    def open(self, policy: Policy, member: Member) -> Leases:
        """The leases of one service."""
        leases = RedisLeases(policy, member, book=self, keys=(self._news, self._alive))
        self._lanes[policy.service] = leases
        return leases

    @property
    def is_joined(self) -> bool:
        """Whether the server knows of this process, and is asked."""
        return self._joined.is_set()

    async def start(self, *, others: int | None = 0) -> None:
        """Join the others. If the server is away, go alone until it is there.

        `others`: how many processes there are beside this one; None: nobody knows. Those that the server does not hear
        of may have sent without it, so nothing is sent before they are back, or have had the time to be.
        """
        waits = self._redis.is_there and others != 0
        self._go_alone(waits=waits)
        self._redis.watch(self._on_change)
        if self._redis.is_there:
            try:
                await self._join(_SOMEBODY if others is None else frozenset(), others or 0)
            except SharedAway:
                self._go_alone()
        self._loops = [begin(keep_on(step, clock=self.clock)) for step in (self._listen, self._live)]

    async def close(self) -> None:
        """Say goodbye. What is on its way is forgotten when nobody waits for it any longer."""
        for task in self._loops:
            task.cancel()
        await asyncio.gather(*self._loops, *self._tasks, return_exceptions=True)
        if self.is_joined:
            self.leave()
            with contextlib.suppress(SharedAway):
                await self._say(0.0)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something beside that is soon done."""
        task = begin(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def leave(self) -> None:
        """The server cannot be used: every lane goes on alone."""
        if self.is_joined:
            self._joined.clear()
            self._go_alone()

    def _go_alone(self, *, waits: bool = False) -> None:
        # While it is settled who is there again, those count who have not said so yet.
        known = self._awaited.union(self._alive_until) - _SOMEBODY
        rank = sum(process < self.process for process in known) if known else secrets.randbelow(UNSEEN)
        seen = known and not self._awaited & _SOMEBODY
        alone = Alone(len(known) if seen else max(len(known), UNSEEN), rank, self._offset_s, waits)
        for leases in self._lanes.values():
            leases.member.go_alone(alone)

    def _on_change(self, is_there: bool) -> None:
        if is_there:
            self.spawn(self._come_back())
        else:
            self.leave()

    async def _live(self) -> None:
        """Say after a second that this process lives, or come back if it can."""
        await self.clock.sleep(BEAT_S)
        if not self.is_joined:
            await self._come_back()
            return
        try:
            await self._say_alive()
        except SharedAway:
            self.leave()

    async def _come_back(self) -> None:
        async with self._joining:
            if not self.is_joined and self._redis.is_there:
                with contextlib.suppress(SharedAway):
                    await self._join(self._awaited.union(self._alive_until) or _SOMEBODY)
                    self._tell(lambda member: member.come_back())

    async def _say_alive(self) -> None:
        await self._say(ALIVE_S)
        if self._settles_at and self._is_settled():
            self._settle()

    def _settle(self) -> None:
        self._awaited, self._settles_at = frozenset(), 0.0
        self._tell(lambda member: member.go_together())

    def _tell(self, what: Callable[[Member], None]) -> None:
        for leases in self._lanes.values():
            what(leases.member)

    async def _say(self, alive_s: float) -> None:
        """Say for how long it lives (0: it does not), and learn who does."""
        # A server that hung carries out what it was told before as if it were told now.
        said_at = self.clock.monotonic() + self._offset_s
        told = (self.process, alive_s, said_at, self._longest_s)
        now, *lives = await self._beat.run((self._alive, self._news), *told)
        self._offset_s = float(now) - self.clock.monotonic()
        self._alive_until = {lives[i].decode(): float(lives[i + 1]) for i in range(0, len(lives), 2)}

    @property
    def _longest_s(self) -> float:
        """For how long it counts what was sent."""
        return max((leases.longest_s for leases in self._lanes.values()), default=0.0) + LAPSE_S

    def _is_settled(self) -> bool:
        """Whether all have said that they live since this process is back: who goes on alone says nothing."""
        since = self._back_at + ALIVE_S
        back = {process for process, until in self._alive_until.items() if until >= since}
        all_back = self._awaited <= back and len(back - {self.process}) >= self._others
        return all_back or self.clock.monotonic() >= self._settles_at

    async def _join(self, awaited: frozenset[str], others: int = 0) -> None:
        """Tell the server all. It is settled once those are back whose names are known, and so many others."""
        self._settles_at = 0.0
        await self._say(0.0)  # who waits for this one waits for all that it has to tell
        self._joined_at = self.clock.monotonic() + self._offset_s
        late = list(self._lanes.values())
        while late:
            for leases in late:
                await leases.join()
            if not self._list_behind():
                await self._say_alive()
            late = self._list_behind()
        self._joined.set()
        now = self.clock.monotonic()
        self._awaited, self._others = awaited, others
        self._settles_at, self._back_at = now + SETTLE_S, now + self._offset_s
        if not awaited and not others:
            self._settle()

    def _list_behind(self) -> list[RedisLeases]:
        return [leases for leases in self._lanes.values() if leases.is_behind]

    async def _listen(self) -> None:
        """Tell the lanes what the other processes did since the last time, or do next."""
        await self._joined.wait()
        command = ("XREAD", "COUNT", _BATCH, "BLOCK", int(_LISTEN_S * 1000), "STREAMS", self._news, self._last)
        try:
            answer = await self._redis.run(*command, waits_s=_LISTEN_S)
        except SharedAway:
            self.leave()
            return
        for number, told in _read_stream(answer):
            self._last = number
            try:
                self._hear(told.decode(), at_s=int(number.partition("-")[0]) / 1000)
            except ValueError:
                log.debug("another version says something of a lane that this one does not know")
        await self.clock.sleep(_PAUSE_S)

    def _hear(self, told: str, *, at_s: float) -> None:
        lane, process, kind, *rest = told.split("\t")
        leases = self._lanes.get(lane)
        if leases is None or (process == self.process and not (kind == "e" and rest[0].startswith(_NOTED))):
            return
        member = leases.member
        if kind == "g":
            lease, person, flags, at = rest
            member.begin_other(lease, _build_stake(person, flags), self._find_local(at))
        elif kind == "e":
            lease, person, flags, at, sent, owed_s, held_s = rest
            stake = _build_stake(person, flags)
            owed, held = float(owed_s), float(held_s)
            member.end_other(lease, stake, self._find_local(at), sent=sent == "1", owed_s=owed, held_s=held)
        elif kind == "c":
            if at_s >= self._joined_at:  # what was known before it has been told already
                leases.learn_count(int(rest[0]))
        else:
            member.look_again()

    def _find_local(self, server_s: str) -> float:
        now = self.clock.monotonic()
        return min(float(server_s) - self._offset_s, now)


class RedisLeases:
    """The leases of one service."""

    def __init__(self, policy: Policy, member: Member, *, book: LaneBook, keys: tuple[str, str]) -> None:
        self.member = member
        self._policy = policy
        self._book = book
        self._scripts = book.scripts
        self._clock = book.clock
        name = policy.service
        parts = (build_key("lane", name, part) for part in ("out", "done", "owed", "state", "wait"))
        self._keys = (*parts, *keys, *list_places(name))
        gap = (Window(1, policy.min_gap_s),) if policy.min_gap_s else ()
        self._windows = (*policy.windows, *gap)
        self._untold = False
        self.longest_s = max((window.seconds for window in self._windows), default=0.0) + policy.timeout_s
        self._head: tuple[Argument, ...] = (name, book.process, policy.timeout_s + LAPSE_S, self.longest_s)
        self._numbers = itertools.count()
        self._going: dict[str, tuple[Stake, float]] = {}
        self._ended: deque[_Ended] = deque()
        self._noted: list[_Noted] = []
        self._owed_until = -math.inf
        self.is_behind = False
        """Whether something was sent or answered alone since the server was told of all."""

    async def take(self, stakes: Sequence[Stake], priority: Priority, *, more: bool) -> Taken:
        """Ask for one for each."""
        leases = [(self._build_lease(), stake) for stake in stakes]
        began = self._clock.monotonic()
        account = self._policy.time_account
        limits = (account.debt_per_s * account.reserve_s, account.refuse_at_s) if account else (0, 0)
        windows = itertools.chain.from_iterable((window.count, window.seconds) for window in self._windows)
        asked = itertools.chain.from_iterable((lease, *_say_stake(stake)) for lease, stake in leases)
        told = (int(priority), int(more), self._policy.concurrency, *limits, len(self._windows), *windows, *asked)
        granted, wait_us, debt_us = await self._run(self._scripts.take, *told)
        self._learn_debt(debt_us)
        for lease, stake in leases[:granted]:
            self._going[lease] = (stake, began)
        wait_s = None if wait_us < 0 else wait_us / _MICRO
        return Taken(tuple(lease for lease, _ in leases[:granted]), wait_s, debt_us / _MICRO)

    def begin_alone(self, stake: Stake) -> str:
        """A request is sent without asking."""
        lease = self._build_lease()
        self._going[lease] = (stake, self._clock.monotonic())
        self.is_behind = True
        return lease

    def end(self, lease: str, stake: Stake, *, sent: bool, owed_s: float, held_s: float, refused: bool) -> None:
        """The request is over."""
        self._going.pop(lease, None)
        now = self._clock.monotonic()
        if sent:
            self._ended.append(_Ended(lease, stake, now, owed_s, held_s))
            account = self._policy.time_account
            if refused and account:
                self._owed_until = max(self._owed_until, now + account.refuse_at_s)
        while self._ended and self._ended[0].at < now - self.longest_s:
            self._ended.popleft()
        if self._book.is_joined:
            account = self._policy.time_account
            refuse_s = account.refuse_at_s if account and refused else 0
            self._book.spawn(self._write_end(lease, int(sent), owed_s, held_s, refuse_s, *_say_stake(stake)))
        else:
            self.is_behind = True
            self.member.settle(lease, now, debt_s=None)

    def withdraw(self) -> None:
        """Nobody waits here any longer."""
        self._book.spawn(self._try(self._scripts.withdraw))

    def tell_count(self, count: int) -> None:
        """The first window has so many slots from now on."""
        self._windows = (Window(count, self._windows[0].seconds), *self._windows[1:])
        self._untold = not self._book.is_joined
        self._book.spawn(self._write_count(count))

    def take_over(self, spent: Spent) -> None:
        """Its names are this process' own: the same ones in another note would be other requests."""
        now = self._clock.monotonic()
        for age_s in spent.ages_s:
            self._noted.append(_Noted(f"{_NOTED}{self._build_lease()}", now - age_s, is_certain=age_s > 0))
        self._owed_until = now + spent.debt_s

    def learn_count(self, count: int) -> None:
        """Another process knows it."""
        self._windows = (Window(count, self._windows[0].seconds), *self._windows[1:])
        self.member.learn_count(count)

    async def join(self) -> None:
        """Tell the server what it does not know. Raises SharedAway."""
        self.is_behind = False
        now = self._clock.monotonic()
        debt_s = max(0.0, self._owed_until - now)
        told: list[Argument] = [self._windows[0].count if self._untold else 0, debt_s, len(self._going)]
        for lease, (stake, since) in self._going.items():
            told += (lease, *_say_stake(stake), now - since)
        self._noted = [one for one in self._noted if now - one.at < self.longest_s]
        told.append(len(self._noted))
        for one in self._noted:
            told += (one.lease, now - one.at, int(one.is_certain))
        for one in self._ended:
            told += (one.lease, *_say_stake(one.stake), now - one.at, one.owed_s, one.held_s)
        count, debt_us = await self._scripts.join.run(self._keys, *self._head, *told)
        self._untold = False
        self.member.learn_debt(self._learn_debt(debt_us))
        if count:
            self.learn_count(count)

    def _learn_debt(self, debt_us: int) -> float:
        """It never becomes less than it was known to be: a server that forgot it is told."""
        debt_s = debt_us / _MICRO
        self._owed_until = max(self._owed_until, self._clock.monotonic() + debt_s)
        return debt_s

    async def _write_end(self, lease: str, *told: Argument) -> None:
        debt_s = None
        try:
            await self._book.before_end()
            with contextlib.suppress(SharedAway):
                debt_s = self._learn_debt(await self._run(self._scripts.end, lease, *told))
        finally:  # also where the end of all comes first
            self.member.settle(lease, self._clock.monotonic(), debt_s=debt_s)

    async def _write_count(self, count: int) -> None:
        await self._try(self._scripts.count, count)
        self.member.look_again()  # who asked a moment before was told what held then

    async def _try(self, script: Script, *told: Argument) -> None:
        """What is not worth a second attempt: it is forgotten soon, or said anew."""
        if self._book.is_joined:
            with contextlib.suppress(SharedAway):
                await self._run(script, *told)

    async def _run(self, script: Script, *told: Argument) -> Any:
        if not self._book.is_joined:
            raise SharedAway("not joined")
        try:
            return await script.run(self._keys, *self._head, *told)
        except SharedAway:
            self._book.leave()
            raise

    def _build_lease(self) -> str:
        return f"{self._book.process}:{next(self._numbers)}"


class Scripts(msgspec.Struct, frozen=True):
    """What the server can be asked to do for a lane."""

    take: Script
    end: Script
    withdraw: Script
    count: Script
    join: Script


def _say_stake(stake: Stake) -> tuple[str, str]:
    flags = ("s" if stake.suggests else "") + ("l" if stake.looks_up else "")
    return "" if stake.person is None else str(stake.person), flags


def _build_stake(person: str, flags: str) -> Stake:
    return Stake(person or None, "s" in flags, "l" in flags)


def _read_stream(answer: Any) -> Iterator[tuple[str, bytes]]:
    """Number and text of what is new; nothing if nothing is."""
    streams: dict[bytes, list[tuple[bytes, tuple[bytes, bytes]]]] = answer or {}
    for entries in streams.values():
        for number, (_, told) in entries:
            yield number.decode(), told
