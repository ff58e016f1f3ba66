"""Limits that several processes keep together, with a real Valkey. A process is its connection, book and lane here."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, cast

import pytest

from bot.errors import OverShare, Throttled
from bot.http import Ask, Policy, Priority, Spent, Standing, SystemClock, TimeAccount, Window
from bot.http.lease import Member
from bot.http.permit import Permit
from bot.http.share import Stake
from bot.http.shared_lane import LAPSE_S, SharedLane
from bot.redis.connection import Redis, build_key
from bot.redis.lane import LaneBook
from tests.support.judge import ConcurrencyJudge, ExecutionJudge, WindowJudge
from tests.support.valkey import Valkey

CLOCK = SystemClock()
WITHIN_S = 20.0
MOST_S = 0.02


@dataclass
class One:
    """A process, as far as lanes go."""

    redis: Redis
    book: LaneBook
    lane: SharedLane

    async def take(self, *, person: object = None, priority: Priority = Priority.COMMAND) -> Permit:
        ask = Ask(CLOCK.monotonic() + WITHIN_S, priority, frozenset({person}))
        permit = await self.lane.acquire(Standing(ask))
        permit.mark_sent()
        return permit

    async def use(self, count: int, *, person: object = None) -> None:
        for _ in range(count):
            permit = await self.take(person=person)
            permit.answered = True
            permit.close(cost_s=0.0)

    async def until(self, condition: Callable[[], bool]) -> None:
        """What others do is heard of a moment later."""
        async with asyncio.timeout(WITHIN_S):
            while not condition():  # noqa: ASYNC110 - it is another process's doing
                await asyncio.sleep(0.002)


def find_free(one: One) -> int:
    return one.lane.list_windows()[0].free


def find_count(one: One) -> int:
    return one.lane.list_windows()[0].window.count


class Start(Protocol):
    def __call__(self, policy: Policy, spent: Spent | None = None, *, others: int | None = 0) -> Awaitable[One]: ...


@pytest.fixture
async def start(valkey: Valkey) -> AsyncGenerator[Start]:
    """Starts a process."""
    started: list[One] = []

    async def start_one(policy: Policy, spent: Spent | None = None, *, others: int | None = 0) -> One:
        redis = Redis(valkey.url, clock=CLOCK)
        await redis.open()
        book = LaneBook(redis, clock=CLOCK)
        one = One(redis, book, SharedLane(policy, clock=CLOCK, book=book))
        if spent is not None:
            one.lane.take_over(spent)
        await book.start(others=others)
        started.append(one)
        return one

    yield start_one
    for one in started:
        await one.book.close()
        await one.redis.close()


@pytest.mark.parametrize(
    "policy",
    [
        Policy("demo", windows=(Window(4, 0.15), Window(9, 0.4)), concurrency=3),
        Policy("demo", windows=(Window(5, 0.2),), min_gap_s=0.02),
        Policy("demo", concurrency=2, time_account=TimeAccount(debt_per_s=10.0, refuse_at_s=0.5, reserve_s=MOST_S)),
    ],
    ids=["windows", "gap", "time"],
)
async def test_all_limits_hold_over_all_processes(policy: Policy, start: Start) -> None:
    processes = [await start(policy) for _ in range(3)]
    rng = random.Random(2)
    account = policy.time_account or TimeAccount()
    windows = WindowJudge(*policy.windows)
    together = ConcurrencyJudge(concurrency=policy.concurrency, min_gap_s=policy.min_gap_s)
    execution = ExecutionJudge(debt_per_s=account.debt_per_s, refuse_at_s=account.refuse_at_s)

    async def ask(one: One) -> None:
        permit = await one.take()
        await asyncio.sleep(rng.uniform(0, 0.01))
        windows.arrive(CLOCK.monotonic())
        together.arrive(CLOCK.monotonic())
        execution.admit(CLOCK.monotonic())
        cost_s = rng.uniform(0, MOST_S)
        await asyncio.sleep(cost_s / 2)
        execution.finish(CLOCK.monotonic(), cost_s)
        together.answer(CLOCK.monotonic())
        await asyncio.sleep(rng.uniform(0, 0.01))
        permit.answered = True
        permit.close(cost_s=cost_s)

    await asyncio.gather(*(ask(one) for one in processes for _ in range(6)))
    assert windows.violations + together.violations + execution.violations == []


async def test_who_has_one_question_waits_for_one_of_who_has_many(start: Start) -> None:
    policy = Policy("demo", windows=(Window(2, 0.1),), concurrency=2)
    busy, calm = await start(policy), await start(policy)
    done: list[str] = []

    async def ask(one: One, name: str) -> None:
        (await one.take()).close()
        done.append(name)

    many = [asyncio.create_task(ask(busy, "busy")) for _ in range(16)]
    await busy.until(lambda: len(done) >= 4)
    before = len(done)
    await ask(calm, "calm")
    assert done[before:].count("busy") <= 3  # a window's, and one that was on its way
    await asyncio.gather(*many)


async def test_who_is_more_urgent_goes_first_in_whichever_process(start: Start) -> None:
    policy = Policy("demo", windows=(Window(1, 0.1),))
    one, other = await start(policy), await start(policy)
    await one.use(1)
    done: list[str] = []

    async def ask(process: One, priority: Priority) -> None:
        (await process.take(priority=priority)).close()
        done.append(priority.name)

    waiting = [asyncio.create_task(ask(one, Priority.BACKGROUND)) for _ in range(3)]
    waiting += [asyncio.create_task(ask(other, Priority.COMMAND)) for _ in range(2)]
    await asyncio.gather(*waiting)
    assert done[:2] == ["COMMAND", "COMMAND"]


async def test_a_persons_share_is_of_what_all_processes_have(start: Start) -> None:
    policy = Policy("demo", windows=(Window(20, 60.0),), concurrency=20)
    one, other = await start(policy), await start(policy)
    await one.use(9, person=7)
    await other.until(lambda: other.lane.list_windows()[0].free == 11 and not other.lane.state.in_flight)
    with pytest.raises(OverShare):
        await other.use(2, person=7)
    await other.use(1, person=8)


async def test_whether_a_lane_is_idle_tells_what_others_do(start: Start) -> None:
    policy = Policy("demo", windows=(Window(4, 60.0),), concurrency=2)
    one, other = await start(policy), await start(policy)
    permit = await one.take()
    await other.until(lambda: other.lane.state.in_flight == 1)
    assert not other.lane.state.idle
    permit.close()
    await other.until(lambda: other.lane.state.idle)
    await one.use(2)
    await other.until(lambda: not other.lane.state.idle)


async def test_what_a_service_says_of_its_limit_is_known_in_all_processes(start: Start) -> None:
    policy = Policy("demo", windows=(Window(2, 60.0),), concurrency=5)
    one, other = await start(policy), await start(policy)
    one.lane.set_window_count(5)
    await other.until(lambda: find_count(other) == 5)
    await other.use(5)
    later = await start(policy)
    later.lane.set_window_count(6)  # and not back again with what it read before
    await one.until(lambda: find_count(one) == 6)
    await later.use(1)


async def test_a_refusal_for_execution_time_is_known_in_all_processes(start: Start) -> None:
    policy = Policy("demo", concurrency=2, time_account=TimeAccount())
    one, other = await start(policy), await start(policy)
    permit = await one.take()
    one.lane.record_throttle(permit, {"retry-after": "1"})
    permit.close(cost_s=0.0)
    await one.until(lambda: one.lane.state.in_flight == 0)
    asked = asyncio.create_task(other.take())
    await other.until(lambda: other.lane.state.debt_s > 290.0)
    asked.cancel()


async def test_a_request_is_two_commands_and_who_asks_waits_for_one(start: Start) -> None:
    policy = Policy("demo", windows=(Window(50, 60.0),), concurrency=5)
    one = await start(policy)

    async def count() -> int:
        told = cast("bytes", await one.redis.run("INFO", "commandstats")).decode()
        lines = [line for line in told.splitlines() if line.startswith("cmdstat_evalsha:")]
        return int(lines[0].partition("calls=")[2].partition(",")[0]) if lines else 0

    await one.use(1)  # the scripts are sent
    before = await count()
    await one.use(10)
    await one.until(lambda: one.lane.state.in_flight == 0)
    assert await count() - before <= 2 * 10 + 1  # and one may say that the process lives


async def test_nothing_is_left_on_the_way_of_who_goes(start: Start) -> None:
    policy = Policy("demo", windows=(Window(5, 60.0),), concurrency=1)
    one, other = await start(policy), await start(policy)
    permit = await one.take()
    waiting = asyncio.create_task(other.take())
    await other.until(lambda: other.lane.state.in_flight == 1)
    gone = asyncio.create_task(one.take())  # announced, and gone before its turn
    await asyncio.sleep(0.02)
    gone.cancel()
    permit.close()
    (await waiting).close()
    unsent = await one.lane.acquire(Standing(Ask(CLOCK.monotonic() + WITHIN_S, Priority.COMMAND)))
    unsent.close()
    await other.use(2)
    await one.use(1)  # with the two before that are five: what was not sent takes none
    assert other.lane.state.waiting == 0


async def test_who_has_never_reached_the_server_takes_a_quarter(start: Start, valkey: Valkey) -> None:
    valkey.kill()
    one = await start(Policy("demo", windows=(Window(8, 60.0),), concurrency=8))
    await one.use(2)
    with pytest.raises(Throttled):
        await one.use(1)
    assert not one.lane.state.idle


async def test_who_joins_before_the_others_are_back_waits_for_what_they_sent_meanwhile(
    start: Start, valkey: Valkey
) -> None:
    policy = Policy("demo", windows=(Window(4, 60.0),), concurrency=4)
    one = await start(policy)
    await one.use(1)
    valkey.kill()
    await one.until(lambda: not one.redis.is_there)
    await one.use(2)  # it is the only one, as far as it knows
    valkey.start()
    first = await start(policy, others=1)
    assert first.book.is_joined
    await first.use(1)
    with pytest.raises(Throttled):
        await first.use(1)
    await one.until(lambda: find_free(one) == 0)  # it is told


@pytest.mark.parametrize("others", [1, None])
async def test_who_waits_for_others_that_never_come_goes_on_in_the_end(
    start: Start, others: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.redis.lane.SETTLE_S", 0.3)
    began_s = CLOCK.monotonic()
    one = await start(Policy("demo", windows=(Window(4, 60.0),), concurrency=4), others=others)
    await one.use(4)
    assert CLOCK.monotonic() - began_s >= 0.3


async def test_what_earlier_processes_used_up_counts_once_also_where_the_server_forgot_it(
    start: Start, valkey: Valkey
) -> None:
    policy = Policy("demo", windows=(Window(4, 60.0),), concurrency=4, time_account=TimeAccount())
    one = await start(policy)
    await one.use(2)
    await one.until(lambda: not one.lane.state.in_flight)
    spent = Spent(one.lane.find_spent().ages_s, debt_s=100.0)
    known = await start(policy, spent)
    await known.until(lambda: known.lane.list_windows()[0].free == 2)
    await known.use(1)
    for process in (one, known):
        await process.book.close()
    valkey.run("FLUSHALL")
    first, second = await start(policy, spent), await start(policy, spent)
    for process in (first, second):
        await process.until(lambda process=process: process.lane.list_windows()[0].free == 2)
    await second.use(2)
    assert 90.0 < second.lane.state.debt_s <= 100.0
    await first.until(lambda: first.lane.list_windows()[0].free == 0)
    with pytest.raises(Throttled):
        await first.use(1)


async def test_what_a_process_sent_alone_before_it_ended_counts_for_the_next_one_where_nothing_was_forgotten(
    start: Start, valkey: Valkey, hurried: None
) -> None:
    policy = Policy("demo", windows=(Window(6, 60.0),), concurrency=6)
    one = await start(policy)
    await one.use(2)
    await one.until(lambda: not one.lane.state.in_flight)
    valkey.freeze()
    await one.until(lambda: not one.redis.is_there)
    await one.use(3)  # it is the only one, and so has all of the limit
    spent = one.lane.find_spent()  # as the note in the database says
    await one.book.close()
    await one.redis.close()
    valkey.thaw()
    two = await start(policy, spent)
    await two.use(1)
    await two.until(lambda: find_free(two) == 0 and not two.lane.state.in_flight)
    with pytest.raises(Throttled):
        await two.use(1)


async def test_what_was_answered_long_before_a_process_began_counts_once(start: Start, unhurried: None) -> None:
    policy = Policy("demo", windows=(Window(6, 60.0),), concurrency=4, timeout_s=0.1)
    one = await start(policy)
    await one.use(3)
    await asyncio.sleep(LAPSE_S + 0.3)  # nobody would wait for the answers any more
    two = await start(policy)
    await two.until(lambda: find_free(two) == 3 and not two.lane.state.in_flight)
    assert len(two.lane.find_spent().ages_s) == 3
    await asyncio.wait_for(two.use(3), 5.0)


async def test_what_was_heard_of_counts_once_where_a_server_that_forgot_it_is_told_again(
    start: Start, valkey: Valkey, unhurried: None
) -> None:
    policy = Policy("demo", windows=(Window(6, 60.0),), concurrency=4)
    one, two = await start(policy), await start(policy)
    await one.use(3)
    await two.until(lambda: find_free(two) == 3 and not two.lane.state.in_flight)
    valkey.kill()
    await one.until(lambda: not one.book.is_joined and not two.book.is_joined)
    valkey.start()
    await one.until(lambda: one.book.is_joined and two.book.is_joined)
    await one.use(1)  # of which the other hears after all that
    await two.until(lambda: find_free(two) == 2 == find_free(one))


async def test_who_hears_what_they_do_not_know_hears_what_comes_after_it(start: Start, valkey: Valkey) -> None:
    one, other = [await start(Policy("demo", windows=(Window(4, 60.0),))) for _ in range(2)]
    for told in ("rubbish", "demo\tx\te\tx", "demo\tx\tg\tx\t\t\tsoon"):
        valkey.run("XADD", build_key("lane", "news"), "*", "d", told)
    await one.redis.run("XADD", build_key("lane", "news"), "*", "d", b"demo\xff")
    await one.use(1)
    await other.until(lambda: other.lane.list_windows()[0].free == 3)


async def test_whose_requests_they_were_is_forgotten_also_where_nobody_is_left(start: Start, valkey: Valkey) -> None:
    one = await start(Policy("demo", windows=(Window(4, 60.0),), timeout_s=10.0))
    await one.use(1, person=7)
    await one.book.close()
    assert 0 < int(valkey.run("TTL", build_key("lane", "news"))[1:]) <= 60 + 10 + 2


class Meddler(Member):
    """A lane that does something as it is told of a limit."""

    def __init__(self, meddle: Callable[[], object] = lambda: None) -> None:
        self.meddle = meddle

    def learn_count(self, count: int) -> None:  # noqa: ARG002 - it is told amid joining
        self.meddle()


async def test_what_is_sent_while_a_process_joins_is_told_too(redis: Redis, valkey: Valkey) -> None:
    policy, told = Policy("demo", windows=(Window(4, 60.0),)), Policy("told", windows=(Window(4, 60.0),))
    stake = Stake(None, suggests=False, looks_up=False)
    first, second = LaneBook(redis, clock=CLOCK), LaneBook(redis, clock=CLOCK)
    teller = first.open(told, Meddler())
    await first.start()
    teller.tell_count(5)
    await first.close()
    leases = second.open(policy, Meddler())
    going: list[str] = []

    def send() -> None:
        if not going:
            going.append(leases.begin_alone(stake))
            leases.end(leases.begin_alone(stake), stake, sent=True, owed_s=0.0, held_s=0.0, refused=False)

    second.open(told, Meddler(send))
    await second.start()
    assert going
    assert valkey.run("ZCARD", build_key("lane", "demo", "out")) == b":1"
    assert valkey.run("ZCARD", build_key("lane", "demo", "done")) == b":1"
    await second.close()
