"""Several lanes keep one limit in virtual time, whatever happens to their book."""

from __future__ import annotations

import asyncio
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import OverShare, OverTime
from bot.http import Ask, Policy, Priority, Standing, TimeAccount, Window
from bot.http.lease import Alone
from bot.http.permit import Permit
from bot.http.share import Stake
from bot.http.shared_lane import LAPSE_S, QUIET_S, SharedLane
from tests.support.clock import FakeClock
from tests.support.examples import examples
from tests.support.judge import ConcurrencyJudge, ExecutionJudge, WindowJudge
from tests.support.lease_book import Process, Server

LONG_S = 3000.0
COST_S = 0.2

policies = st.builds(
    Policy,
    service=st.just("demo"),
    windows=st.lists(
        st.builds(Window, count=st.integers(1, 12), seconds=st.floats(0.5, 20.0)), max_size=2, unique=True
    ).map(tuple),
    concurrency=st.integers(4, 8),
    min_gap_s=st.one_of(st.just(0.0), st.floats(0.1, 2.0)),
    timeout_s=st.just(5.0),
    time_account=st.one_of(st.none(), st.just(TimeAccount(debt_per_s=60.0, refuse_at_s=300.0, reserve_s=COST_S))),
)


@examples(100)
@given(
    policy=policies,
    count=st.integers(1, 4),
    asked_at_s=st.lists(st.floats(0.0, 40.0), min_size=1, max_size=40),
    away_s=st.one_of(st.none(), st.tuples(st.floats(0.0, 20.0), st.floats(0.1, 20.0))),
    seed=st.integers(0, 2**16),
)
async def test_no_schedule_breaks_a_limit_and_everybody_is_served(
    policy: Policy, count: int, asked_at_s: list[float], away_s: tuple[float, float] | None, seed: int
) -> None:
    clock, rng = FakeClock(), random.Random(seed)
    server = Server(clock, policy, rng)
    if away_s is not None:
        start = clock.monotonic() + away_s[0]
        server.away_s = (start, start + away_s[1])
    processes = [Process(server, number) for number in range(count)]
    lanes = [SharedLane(policy, clock=clock, book=process) for process in processes]
    for process in processes:
        process.start()
    windows = WindowJudge(*policy.windows)
    together = ConcurrencyJudge(concurrency=max(policy.concurrency, 1), min_gap_s=policy.min_gap_s)
    execution = ExecutionJudge()

    async def ask(at_s: float) -> None:
        await clock.sleep(at_s)
        permit = await rng.choice(lanes).acquire(Standing(Ask(clock.monotonic() + LONG_S, Priority.COMMAND)))
        permit.mark_sent()
        await clock.sleep(rng.uniform(0, 0.03))
        windows.arrive(clock.monotonic())
        together.arrive(clock.monotonic())
        if policy.time_account:
            execution.admit(clock.monotonic())
        cost_s = rng.uniform(0, COST_S)
        await clock.sleep(cost_s)
        execution.finish(clock.monotonic(), cost_s)
        together.answer(clock.monotonic())
        await clock.sleep(rng.uniform(0, 0.03))
        permit.answered = True
        permit.close(cost_s=cost_s)

    await clock.run(asyncio.ensure_future(asyncio.gather(*(ask(at_s) for at_s in asked_at_s))))
    await clock.advance(60.0)
    assert windows.violations + together.violations + execution.violations == []
    assert [(lane.state.in_flight, lane.state.waiting) for lane in lanes] == [(0, 0)] * count
    assert server.out == {}


async def test_what_another_process_leaves_on_the_way_counts_until_nobody_waits_for_it() -> None:
    clock = FakeClock()
    policy = Policy("demo", windows=(Window(2, 30.0),), concurrency=1, timeout_s=5.0)
    server = Server(clock, policy, random.Random(1))
    here, there = Process(server, 0), Process(server, 1)
    lane, other = (SharedLane(policy, clock=clock, book=process) for process in (here, there))
    here.start()
    there.start()
    dying = asyncio.create_task(other.acquire(Standing(Ask(clock.monotonic() + LONG_S, Priority.COMMAND))))
    await clock.advance(1.0)
    assert dying.done() and lane.state.in_flight == 1
    await clock.advance(7.0)  # its time-out, and a little more
    assert lane.state.in_flight == 0
    server.done.update(server.out)
    server.out.clear()
    permit = await asyncio.wait_for(_take(lane, clock), None)
    assert permit is not None
    assert not lane.state.idle


async def _take(lane: SharedLane, clock: FakeClock) -> object:
    task = asyncio.create_task(lane.acquire(Standing(Ask(clock.monotonic() + LONG_S, Priority.COMMAND))))
    await clock.advance(1.0)
    return task.result()


async def test_what_one_has_begun_elsewhere_counts_in_ones_share_under_another_name() -> None:
    clock = FakeClock()
    policy = Policy("demo", windows=(Window(10, 60.0),), concurrency=10)
    server = Server(clock, policy, random.Random(1))
    processes = [Process(server, number) for number in range(2)]
    lanes = [SharedLane(policy, clock=clock, book=process) for process in processes]
    for process in processes:
        process.start()
    ask = Ask(clock.monotonic() + 2.0, Priority.COMMAND, frozenset({"somebody"}))
    for _ in range(4):
        task = asyncio.create_task(lanes[0].acquire(Standing(ask)))
        await clock.advance(0.1)
        task.result().mark_sent()
        task.result().close()
        await clock.advance(0.1)
    begun = [asyncio.create_task(lanes[1].acquire(Standing(ask))) for _ in range(3)]
    await clock.advance(2.0)
    assert [type(task.exception()) for task in begun if task.exception()] == [OverShare] * 2
    assert "somebody" not in str(server.out)


def open_lanes(clock: FakeClock, policy: Policy, count: int) -> list[SharedLane]:
    """Lanes of so many processes which have found each other."""
    server = Server(clock, policy, random.Random(1))
    processes = [Process(server, number) for number in range(count)]
    lanes = [SharedLane(policy, clock=clock, book=process) for process in processes]
    for process in processes:
        process.start()
    return lanes


def ask(lane: SharedLane, clock: FakeClock) -> asyncio.Task[Permit]:
    return asyncio.create_task(lane.acquire(Standing(Ask(clock.monotonic() + LONG_S, Priority.COMMAND))))


async def test_what_ended_before_one_began_counts_once_and_of_what_no_end_is_heard_from_when_it_lapsed() -> None:
    clock = FakeClock()
    (lane,) = open_lanes(clock, Policy("demo", windows=(Window(9, 60.0),), concurrency=9, timeout_s=5.0), 1)
    stake, now = Stake("somebody", suggests=False, looks_up=False), clock.monotonic()

    def tell_end(lease: str, ago_s: float, *, sent: bool = True) -> None:
        lane.end_other(lease, stake, now - ago_s, sent=sent, owed_s=0.0, held_s=0.0)

    for lease, ago_s in (("dead", 40.0), ("unsent", 35.0), ("one", 30.0), ("other", 20.0), ("young", 0.0)):
        lane.begin_other(lease, stake, now - ago_s)
    await clock.advance(LAPSE_S - 0.1)
    for lease, ago_s in (("one", 29.0), ("other", 19.0), ("one", 29.0), ("unheard", 10.0)):
        tell_end(lease, ago_s)
    tell_end("unsent", 34.0, sent=False)
    lane.begin_other("other", stake, now - 20.0)
    assert (lane.list_windows()[0].free, lane.state.in_flight) == (4, 2)
    await clock.advance(0.2)
    assert (lane.list_windows()[0].free, lane.state.in_flight) == (4, 1)
    tell_end("dead", 39.0)
    await clock.advance(60.0 - (40.0 - 5.0 - LAPSE_S) - LAPSE_S - 0.2)
    assert (lane.list_windows()[0].free, lane.state.in_flight) == (4, 0)
    await clock.advance(0.2)
    tell_end("dead", 39.0)
    assert (lane.list_windows()[0].free, len(lane.find_spent().ages_s)) == (5, 4)
    await clock.advance(60.0)
    assert lane.list_windows()[0].free == 9


async def test_what_was_counted_is_known_for_as_long_as_the_longest_window_counts_it() -> None:
    clock = FakeClock()
    (lane,) = open_lanes(clock, Policy("demo", windows=(Window(9, 10.0), Window(9, 60.0)), timeout_s=5.0), 1)
    stake, now = Stake(None, suggests=False, looks_up=False), clock.monotonic()
    lane.end_other("one", stake, now, sent=True, owed_s=0.0, held_s=0.0)
    await clock.advance(57.0)
    for lease, at in (("two", clock.monotonic()), ("one", now)):
        lane.end_other(lease, stake, at, sent=True, owed_s=0.0, held_s=0.0)
    assert [state.free for state in lane.list_windows()] == [8, 7]


async def test_who_goes_alone_is_silent_at_first_and_has_a_part() -> None:
    clock = FakeClock()
    (lane,) = open_lanes(clock, Policy("demo", windows=(Window(8, 60.0),), concurrency=8), 1)
    lane.go_alone(Alone(4, 0, 0.0))
    asked = [ask(lane, clock) for _ in range(3)]
    await clock.advance(QUIET_S - 0.1)
    assert not any(one.done() for one in asked)
    await clock.advance(0.2)
    assert [one.done() for one in asked] == [True, True, False]
    lane.go_together()
    await clock.advance(0.1)
    assert asked[2].done()
    for one in asked:
        one.result().close()


async def test_what_others_cost_is_owed_by_all() -> None:
    clock = FakeClock()
    lane, other = open_lanes(clock, Policy("demo", concurrency=2, time_account=TimeAccount()), 2)
    asked = ask(other, clock)
    await clock.advance(0.5)
    permit = asked.result()
    permit.mark_sent()
    permit.answered = True
    permit.close(cost_s=0.5)
    await clock.advance(0.5)
    assert lane.state.debt_s == pytest.approx(0.5 * 60.0, abs=1)


async def test_who_goes_alone_owes_for_as_many_as_there_are() -> None:
    clock = FakeClock()
    (lane,) = open_lanes(clock, Policy("demo", concurrency=8, time_account=TimeAccount()), 1)
    lane.go_alone(Alone(4, 0, 0.0))
    asked = ask(lane, clock)
    await clock.advance(QUIET_S + 0.1)
    permit = asked.result()
    permit.mark_sent()
    permit.answered = True
    permit.close(cost_s=0.5)
    await clock.advance(0.1)
    assert lane.state.debt_s == pytest.approx(4 * 0.5 * 60.0, abs=1)


async def test_who_is_back_owes_what_the_book_says_and_not_for_as_many_as_there_are() -> None:
    clock = FakeClock()
    (lane,) = open_lanes(clock, Policy("demo", concurrency=8, time_account=TimeAccount()), 1)
    lane.go_alone(Alone(4, 0, 0.0))
    asked = ask(lane, clock)
    await clock.advance(QUIET_S + 0.1)
    permit = asked.result()
    permit.mark_sent()
    permit.answered = True
    permit.close(cost_s=1.5)
    lane.learn_debt(90.0)
    lane.come_back()
    await clock.advance(0.1)
    assert lane.state.debt_s == pytest.approx(4 * 90.0, abs=1)
    lane.go_together()
    assert lane.state.debt_s == pytest.approx(90.0, abs=1)
    assert not lane.state.spent_for_s


async def test_who_is_the_only_one_goes_on_at_once_and_whoever_waits_for_others_does_not() -> None:
    clock = FakeClock()
    (lane,) = open_lanes(clock, Policy("demo", windows=(Window(8, 60.0),), concurrency=8), 1)
    lane.go_alone(Alone(1, 0, 0.0))
    first = ask(lane, clock)
    await clock.advance(0.0)
    first.result().close()
    lane.go_alone(Alone(4, 0, 0.0, waits=True))
    waiting = ask(lane, clock)
    await clock.advance(600.0)
    assert not waiting.done()
    lane.go_alone(Alone(4, 0, 0.0))  # the book went before they were back
    await clock.advance(QUIET_S + 0.1)
    waiting.result().close()


async def test_what_is_left_counts_ones_own_and_what_others_have_on_the_way() -> None:
    clock = FakeClock()
    lane, other = open_lanes(clock, Policy("demo", windows=(Window(5, 60.0),), concurrency=5), 2)
    permits = [ask(lane, clock), ask(other, clock), ask(other, clock)]
    await clock.advance(0.5)
    assert [one.list_windows()[0].free for one in (lane, other)] == [2, 2]
    for permit in permits:
        permit.result().mark_sent()
        permit.result().answered = True
        permit.result().close()
    await clock.advance(0.5)
    assert [one.list_windows()[0].free for one in (lane, other)] == [2, 2]
    await clock.advance(60.0)
    assert [one.list_windows()[0].free for one in (lane, other)] == [5, 5]


async def test_what_one_used_elsewhere_is_free_again_when_its_window_has_passed() -> None:
    clock = FakeClock()
    here, there = open_lanes(clock, Policy("demo", windows=(Window(10, 60.0),), concurrency=10), 2)

    def begin(lane: SharedLane) -> asyncio.Task[Permit]:
        wanted = Ask(clock.monotonic() + 2.0, Priority.COMMAND, frozenset({"somebody"}))
        return asyncio.create_task(lane.acquire(Standing(wanted)))

    for _ in range(4):
        task = begin(there)
        await clock.advance(0.1)
        permit = task.result()
        permit.mark_sent()
        permit.answered = True
        permit.close()
        await clock.advance(0.1)
    refused = [begin(here) for _ in range(3)]
    await clock.advance(2.0)
    assert [type(task.exception()) for task in refused if task.exception()] == [OverShare] * 2
    for task in refused:
        if not task.exception():
            task.result().close()
    await clock.advance(61.0)
    again = [begin(here) for _ in range(5)]
    await clock.advance(2.0)
    assert [task.exception() for task in again] == [None] * 5
    for task in again:
        task.result().close()


def find_stakes(process: Process, *persons: str) -> list[Stake]:
    return [Stake(process.find_tag(person), suggests=False, looks_up=False) for person in persons]


@pytest.mark.parametrize("late_s", [0.0, 90.0])
async def test_what_is_told_late_pays_for_nobody(late_s: float) -> None:
    clock = FakeClock()
    policy = Policy("demo", windows=(Window(200, 300.0),), concurrency=2, time_account=TimeAccount())
    process = Process(Server(clock, policy, random.Random(1)), 0)
    lane = SharedLane(policy, clock=clock, book=process)
    process.start()
    await clock.advance(100.0)
    costly, other = find_stakes(process, "costly", "other")
    now = clock.monotonic()
    for number, stake in enumerate((other, costly)):
        lane.begin_other(f"x:{number}", stake, now)
    lane.end_other("x:0", other, now, sent=True, owed_s=0.0, held_s=0.0)
    lane.end_other("x:1", costly, now, sent=True, owed_s=150.0, held_s=150.0)
    lane.end_other("y:0", other, now - late_s, sent=True, owed_s=1.0, held_s=1.0)
    await clock.advance(0.1)
    wanted = Ask(clock.monotonic() + 20.0, Priority.COMMAND, frozenset({"costly"}))
    asked = asyncio.create_task(lane.acquire(Standing(wanted)))
    await clock.advance(21.0)
    assert isinstance(asked.exception(), OverTime)


async def test_what_is_told_late_is_held_no_longer_than_the_window() -> None:
    clock = FakeClock()
    policy = Policy("demo", windows=(Window(10, 300.0),), concurrency=2)
    process = Process(Server(clock, policy, random.Random(1)), 0)
    lane = SharedLane(policy, clock=clock, book=process)
    process.start()
    await clock.advance(1.0)
    one, other = find_stakes(process, "one", "other")
    now = clock.monotonic()
    for number in range(3):
        lane.end_other(f"x:{number}", other, now, sent=True, owed_s=0.0, held_s=0.0)
    for number in range(7):
        lane.end_other(f"y:{number}", one, now - 290.0, sent=True, owed_s=0.0, held_s=0.0)
    await clock.advance(20.0)
    assert lane.list_windows()[0].free == 7
    for person in ("one", "somebody"):
        wanted = Ask(clock.monotonic() + 20.0, Priority.COMMAND, frozenset({person}))
        asked = asyncio.create_task(lane.acquire(Standing(wanted)))
        await clock.advance(21.0)
        asked.result().close()


@pytest.mark.parametrize("is_in_order", [True, False])
async def test_what_was_paid_off_between_is_held_by_nobody_whoever_tells_first(*, is_in_order: bool) -> None:
    clock = FakeClock()
    policy = Policy("demo", windows=(Window(200, 300.0),), concurrency=2, time_account=TimeAccount())
    process = Process(Server(clock, policy, random.Random(1)), 0)
    lane = SharedLane(policy, clock=clock, book=process)
    process.start()
    await clock.advance(300.0)
    now = clock.monotonic()
    early, late = (Stake(process.find_tag(name), suggests=False, looks_up=False) for name in ("early", "late"))
    # As of `RedisLeases.join`: what is owed each hears with their next lease.
    told = [(f"x:{number}", early, now - 260.0 + 25.0 * number, 24.0) for number in range(10)]
    recent = [("y:0", late, now, 80.0)]
    for lease, stake, at, held_s in told + recent if is_in_order else recent + told:
        lane.end_other(lease, stake, at, sent=True, owed_s=0.0, held_s=held_s)
    for name in ("somebody", "another"):  # neither of them is alone
        wanted = Ask(clock.monotonic() + 20.0, Priority.COMMAND, frozenset({name}))
        asked = asyncio.create_task(lane.acquire(Standing(wanted)))
        await clock.advance(21.0)
        asked.result().close()
