"""The lane: order, refusal, windows, and what is learnt from answers."""

from __future__ import annotations

import asyncio

import pytest

from bot.errors import Blocked, CircuitOpen, Silent, Throttled, TimedOut
from bot.http import Ask, Lane, Policy, Priority, Standing, TimeAccount, Window
from bot.http.permit import Permit
from tests.support.clock import FakeClock


def build_lane(clock: FakeClock, **limits: object) -> Lane:
    return Lane(Policy("demo", **{"concurrency": 10, **limits}), clock=clock)  # pyright: ignore[reportArgumentType]


def stand(clock: FakeClock, *, within_s: float = 1000.0, priority: Priority = Priority.COMMAND) -> Standing:
    return Standing(Ask(clock.monotonic() + within_s, priority))


async def take(lane: Lane, clock: FakeClock) -> Permit:
    permit = await lane.acquire(stand(clock))
    permit.mark_sent()
    return permit


async def use(lane: Lane, clock: FakeClock, count: int) -> None:
    for _ in range(count):
        (await take(lane, clock)).close()


async def test_slot_counts_from_the_answer() -> None:
    clock = FakeClock()
    lane = build_lane(clock, windows=(Window(1, 10.0),))
    permit = await take(lane, clock)
    await clock.advance(7.0)
    permit.close()
    waiting = asyncio.create_task(lane.acquire(stand(clock)))
    await clock.advance(10.0)
    assert not waiting.done()
    await clock.advance(0.01)
    assert waiting.done()


async def test_every_window_holds() -> None:
    clock = FakeClock()
    lane = build_lane(clock, windows=(Window(2, 1.0), Window(3, 60.0)))
    await use(lane, clock, 2)
    start = clock.monotonic()
    task = asyncio.create_task(use(lane, clock, 2))
    await clock.run(task)
    assert clock.monotonic() - start == pytest.approx(60.0, abs=0.01)


async def test_min_gap_runs_from_the_answer_to_the_next_request() -> None:
    clock = FakeClock()
    lane = build_lane(clock, min_gap_s=2.0)
    permit = await take(lane, clock)
    second = asyncio.create_task(lane.acquire(stand(clock)))
    await clock.advance(5.0)
    assert not second.done()
    permit.close()
    await clock.advance(1.9)
    assert not second.done()
    await clock.advance(0.2)
    assert second.done()


async def test_refuses_at_once_what_would_come_too_late() -> None:
    clock = FakeClock()
    lane = build_lane(clock, windows=(Window(1, 10.0),))
    await use(lane, clock, 1)
    with pytest.raises(Throttled) as caught:
        await lane.acquire(stand(clock, within_s=5.0))
    assert caught.value.retry_after_s == pytest.approx(10.0, abs=0.01)
    assert lane.state.waiting == 0


async def test_waiter_is_refused_at_its_deadline() -> None:
    clock = FakeClock()
    lane = build_lane(clock, concurrency=1)
    await take(lane, clock)
    waiting = asyncio.create_task(lane.acquire(stand(clock, within_s=5.0)))
    await clock.advance(5.0)
    with pytest.raises(TimedOut):
        await waiting


async def test_smaller_priority_goes_first_and_equal_ones_in_order() -> None:
    clock = FakeClock()
    lane = build_lane(clock, concurrency=1)
    first = await take(lane, clock)
    served: list[str] = []

    async def ask(name: str, priority: Priority) -> None:
        (await lane.acquire(stand(clock, priority=priority))).close()
        served.append(name)

    names = [("b1", 2), ("a1", 1), ("b2", 2), ("c1", 0), ("a2", 1), ("c2", 0)]
    tasks = [asyncio.create_task(ask(name, Priority(number))) for name, number in names]
    await clock.settle()
    first.close()
    await asyncio.gather(*tasks)
    assert served == ["c1", "c2", "a1", "a2", "b1", "b2"]


async def test_lifted_waiter_goes_behind_those_of_its_new_priority() -> None:
    clock = FakeClock()
    lane = build_lane(clock, concurrency=1)
    first = await take(lane, clock)
    served: list[str] = []

    async def ask(name: str, standing: Standing) -> None:
        (await lane.acquire(standing)).close()
        served.append(name)

    low, other, high, last = (stand(clock, priority=Priority(number)) for number in (2, 2, 0, 2))
    named = (("other", other), ("low", low), ("high", high), ("last", last))
    tasks = [asyncio.create_task(ask(name, standing)) for name, standing in named]
    await clock.settle()
    low.lift(high.ask)
    first.close()
    await asyncio.gather(*tasks)
    assert served == ["high", "low", "other", "last"]


async def test_lifted_deadline_keeps_the_waiter() -> None:
    clock = FakeClock()
    lane = build_lane(clock, concurrency=1)
    first = await take(lane, clock)
    standing = stand(clock, within_s=5.0)
    waiting = asyncio.create_task(lane.acquire(standing))
    await clock.advance(4.0)
    standing.lift(stand(clock, within_s=5.0).ask)
    await clock.advance(4.0)
    assert not waiting.done()
    first.close()
    assert await waiting


async def test_cancelled_waiter_leaves_no_trace() -> None:
    clock = FakeClock()
    lane = build_lane(clock, concurrency=1, windows=(Window(2, 10.0),))
    first = await take(lane, clock)
    waiting = asyncio.create_task(lane.acquire(stand(clock)))
    await clock.settle()
    first.close()  # the turn comes, and in the same moment:
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert (lane.state.in_flight, lane.state.waiting) == (0, 0)
    (await lane.acquire(stand(clock, within_s=0.001))).close()


async def test_leaving_without_having_sent_gives_the_slot_back() -> None:
    clock = FakeClock()
    lane = build_lane(clock, windows=(Window(1, 10.0),))
    (await lane.acquire(stand(clock))).close()
    (await lane.acquire(stand(clock, within_s=0.001))).mark_sent()
    with pytest.raises(Throttled):
        await lane.acquire(stand(clock, within_s=0.001))


async def test_pause_refuses_waiters_who_cannot_outwait_it() -> None:
    clock = FakeClock()
    lane = build_lane(clock, concurrency=1)
    permit = await take(lane, clock)
    hasty = asyncio.create_task(lane.acquire(stand(clock, within_s=20.0)))
    patient = asyncio.create_task(lane.acquire(stand(clock, within_s=100.0)))
    await clock.settle()
    lane.record_throttle(permit, {"retry-after": "60"})
    permit.close()
    with pytest.raises(Throttled) as caught:
        await hasty
    assert caught.value.retry_after_s == pytest.approx(60.0)
    await clock.advance(59.9)
    assert not patient.done()
    await clock.advance(0.2)
    assert patient.done()


async def test_pauses_double_while_nothing_is_let_through() -> None:
    clock = FakeClock()
    lane = build_lane(clock)
    pauses: list[float] = []
    for _ in range(9):
        permit = await take(lane, clock)
        lane.record_throttle(permit, {})
        permit.close()
        pauses.append(lane.state.paused_for_s)
        with pytest.raises(Throttled):
            await lane.acquire(stand(clock, within_s=pauses[-1] - 0.1))
        await clock.advance(pauses[-1])
    assert pauses == pytest.approx([5, 10, 20, 40, 80, 160, 300, 300, 300])
    permit = await take(lane, clock)
    lane.record_answer(permit)
    lane.record_throttle(await take(lane, clock), {})
    assert lane.state.paused_for_s == pytest.approx(5)


async def test_requests_thrown_back_together_pause_once() -> None:
    clock = FakeClock()
    lane = build_lane(clock)
    permits = [await take(lane, clock) for _ in range(4)]
    await clock.advance(0.1)
    for permit in permits:
        lane.record_throttle(permit, {})
        permit.close()
    assert lane.state.paused_for_s == pytest.approx(5)
    with pytest.raises(Throttled):
        await lane.acquire(stand(clock, within_s=4.8))


async def test_third_strike_within_an_hour_blocks() -> None:
    clock = FakeClock()
    lane = build_lane(clock, blocks_repeat_offenders=True)
    errors: list[Throttled] = []
    for _ in range(3):
        permit = await take(lane, clock)
        errors.append(lane.record_throttle(permit, {"retry-after": "1"}))
        permit.close()
        await clock.advance(60.0)
    assert [isinstance(error, Blocked) for error in errors] == [False, False, True]
    with pytest.raises(Blocked) as caught:
        await lane.acquire(stand(clock, within_s=100_000.0))
    assert caught.value.retry_after_s == pytest.approx(3540.0)
    await clock.advance(3541.0)
    assert await lane.acquire(stand(clock))


async def test_strikes_hours_apart_do_not_block() -> None:
    clock = FakeClock()
    lane = build_lane(clock, blocks_repeat_offenders=True)
    for _ in range(5):
        permit = await take(lane, clock)
        assert not isinstance(lane.record_throttle(permit, {}), Blocked)
        permit.close()
        with pytest.raises(Throttled):
            await lane.acquire(stand(clock, within_s=1.0))
        await clock.advance(2000.0)


async def test_circuit_opens_after_five_failures_and_refuses_waiters() -> None:
    clock = FakeClock()
    lane = build_lane(clock, concurrency=1)
    for number in range(5):
        permit = await take(lane, clock)
        waiting = asyncio.create_task(lane.acquire(stand(clock))) if number == 4 else None
        await clock.settle()
        lane.record_failure(permit, "broken")
        permit.close()
        if waiting is not None:
            with pytest.raises(CircuitOpen) as caught:
                await waiting
            assert caught.value.retry_after_s == pytest.approx(10.0)
    with pytest.raises(CircuitOpen):
        await lane.acquire(stand(clock))


async def open_circuit(lane: Lane, clock: FakeClock) -> None:
    for _ in range(5):
        permit = await take(lane, clock)
        lane.record_failure(permit, "broken")
        permit.close()


async def test_what_has_time_waits_for_the_trial_of_an_open_circuit() -> None:
    clock = FakeClock()
    lane = build_lane(clock)
    await open_circuit(lane, clock)
    patient = asyncio.create_task(lane.acquire(stand(clock, within_s=11.0, priority=Priority.PREVIEW)))
    with pytest.raises(CircuitOpen):
        await lane.acquire(stand(clock, within_s=9.0, priority=Priority.PREVIEW))
    await clock.advance(10.0)
    assert (await patient).trial


async def test_one_trial_closes_the_circuit_for_everybody() -> None:
    clock = FakeClock()
    lane = build_lane(clock)
    await open_circuit(lane, clock)
    await clock.advance(10.0)
    trial = await take(lane, clock)
    others = [asyncio.create_task(lane.acquire(stand(clock))) for _ in range(3)]
    await clock.advance(1.0)
    assert not any(other.done() for other in others)
    lane.record_answer(trial)
    trial.close()
    await clock.settle()
    assert all(other.done() for other in others)


async def test_a_failed_trial_opens_the_circuit_for_as_long_again_and_no_longer() -> None:
    clock = FakeClock()
    lane = build_lane(clock)
    await open_circuit(lane, clock)
    opens: list[float] = []
    for _ in range(3):
        await clock.advance(lane.state.circuit_open_for_s)
        trial = await take(lane, clock)
        lane.record_failure(trial, "broken")
        trial.close()
        opens.append(lane.state.circuit_open_for_s)
        with pytest.raises(CircuitOpen):
            await lane.acquire(stand(clock, within_s=9.0))
    assert opens == pytest.approx([10, 10, 10])


async def test_after_a_time_out_one_goes_first_and_the_others_follow_its_answer() -> None:
    clock = FakeClock()
    lane = build_lane(clock)
    silent = await take(lane, clock)
    lane.record_failure(silent, "silent")
    silent.close()
    trial = await take(lane, clock)
    others = [asyncio.create_task(lane.acquire(stand(clock))) for _ in range(3)]
    await clock.advance(5.0)
    assert (trial.trial, [other.done() for other in others]) == (True, [False] * 3)
    lane.record_answer(trial)
    trial.close()
    await clock.settle()
    assert all(other.done() for other in others)


async def test_whoever_waits_for_a_trial_that_times_out_is_told_so_at_once() -> None:
    clock = FakeClock()
    lane = build_lane(clock)
    silent = await take(lane, clock)
    lane.record_failure(silent, "silent")
    silent.close()
    trial = await take(lane, clock)
    others = [asyncio.create_task(lane.acquire(stand(clock))) for _ in range(3)]
    await clock.settle()
    lane.record_failure(trial, "silent")
    trial.close()
    await clock.settle()
    assert [type(other.exception()) for other in others] == [Silent] * 3


async def test_withdrawn_trial_lets_the_next_one_try() -> None:
    clock = FakeClock()
    lane = build_lane(clock)
    await open_circuit(lane, clock)
    await clock.advance(10.0)
    trial = await lane.acquire(stand(clock))
    waiting = asyncio.create_task(lane.acquire(stand(clock)))
    await clock.settle()
    assert not waiting.done()
    trial.close()
    assert (await waiting).trial


async def test_time_account_waits_before_the_service_would_refuse() -> None:
    clock = FakeClock()
    lane = build_lane(clock, time_account=TimeAccount())
    for _ in range(2):
        permit = await take(lane, clock)
        permit.close(cost_s=2.5)
    with pytest.raises(Throttled):
        await lane.acquire(stand(clock, within_s=0.0005))
    assert lane.state.debt_s == pytest.approx(300.0)
    waiting = asyncio.create_task(lane.acquire(stand(clock)))
    await clock.advance(0.01)
    permit = await waiting
    permit.mark_sent()
    permit.close(cost_s=1.0)
    with pytest.raises(Throttled) as caught:
        await lane.acquire(stand(clock, within_s=30.0))
    assert caught.value.retry_after_s == pytest.approx(60.0, abs=0.1)


async def test_unreported_time_is_taken_as_the_wall_time() -> None:
    clock = FakeClock()
    lane = build_lane(clock, time_account=TimeAccount())
    permit = await take(lane, clock)
    await clock.advance(2.0)
    lane.record_answer(permit)
    permit.close()
    assert lane.state.debt_s == pytest.approx(120.0)
    permit = await take(lane, clock)
    await clock.advance(4.0)
    lane.record_answer(permit)
    permit.close()
    with pytest.raises(Throttled):
        await lane.acquire(stand(clock, within_s=30.0))


async def test_what_is_not_answered_owes_nothing() -> None:
    clock = FakeClock()
    lane = build_lane(clock, time_account=TimeAccount())
    permit = await take(lane, clock)
    await clock.advance(5.0)
    lane.record_failure(permit, "silent")
    permit.close()
    assert lane.state.debt_s == 0


async def test_deep_debt_sends_one_at_a_time() -> None:
    clock = FakeClock()
    lane = build_lane(clock, time_account=TimeAccount(reserve_s=3.0))
    (await take(lane, clock)).close(cost_s=3.0)
    first = await take(lane, clock)
    second = asyncio.create_task(lane.acquire(stand(clock)))
    await clock.settle()
    assert not second.done()
    first.close(cost_s=0.01)
    await clock.settle()
    assert second.done()


async def test_a_window_that_was_widened_lets_more_through() -> None:
    clock = FakeClock()
    lane = build_lane(clock, windows=(Window(2, 60.0),))
    await use(lane, clock, 2)
    task = asyncio.create_task(use(lane, clock, 3))
    await clock.settle()
    assert not task.done()
    lane.set_window_count(5)
    await clock.settle()
    assert task.done()


async def test_a_window_that_was_narrowed_counts_what_went_before() -> None:
    clock = FakeClock()
    lane = build_lane(clock, windows=(Window(5, 60.0),))
    await use(lane, clock, 3)
    lane.set_window_count(2)
    start = clock.monotonic()
    await clock.run(asyncio.create_task(use(lane, clock, 1)))
    assert clock.monotonic() - start == pytest.approx(60.0, abs=0.01)


async def test_a_window_that_was_narrowed_and_widened_forgets_nothing() -> None:
    clock = FakeClock()
    lane = build_lane(clock, windows=(Window(4, 60.0),))
    await use(lane, clock, 4)
    lane.set_window_count(1)
    lane.set_window_count(4)
    start = clock.monotonic()
    await clock.run(asyncio.create_task(use(lane, clock, 1)))
    assert clock.monotonic() - start == pytest.approx(60.0, abs=0.01)


async def test_only_the_first_window_changes_its_count() -> None:
    clock = FakeClock()
    lane = build_lane(clock, windows=(Window(1, 1.0), Window(2, 60.0)))
    lane.set_window_count(10)
    await use(lane, clock, 2)
    task = asyncio.create_task(use(lane, clock, 1))
    await clock.advance(59.0)
    assert not task.done()
    await clock.run(task)


async def test_a_window_always_lets_one_through() -> None:
    clock = FakeClock()
    lane = build_lane(clock, windows=(Window(5, 60.0),))
    lane.set_window_count(0)
    await asyncio.wait_for(use(lane, clock, 1), 1.0)
    with pytest.raises(Throttled):
        await lane.acquire(stand(clock, within_s=1.0))


async def test_what_is_left_of_each_window_can_be_read() -> None:
    clock = FakeClock()
    lane = build_lane(clock, windows=(Window(4, 10.0), Window(6, 60.0)), min_gap_s=1.0)

    def list_free() -> list[int]:
        return [state.free for state in lane.list_windows()]

    assert list_free() == [4, 6]
    (await take(lane, clock)).close()
    await clock.advance(5.0)
    permit = await take(lane, clock)
    assert list_free() == [2, 4]
    permit.close()
    assert list_free() == [2, 4]
    await clock.advance(6.0)
    assert list_free() == [3, 4]
    lane.set_window_count(1)
    assert list_free() == [0, 4]
    await clock.advance(60.0)
    assert list_free() == [1, 6]
