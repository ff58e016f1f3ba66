"""The lane: how long a turn is expected to take, and who is told at once that it comes too late."""

from __future__ import annotations

import asyncio

import pytest

from bot.errors import OverTime, Throttled, TimeSpent
from bot.http import Ask, Lane, Priority, Rest, Standing, TimeAccount, Window
from bot.http.permit import Permit
from tests.http.test_lane import build_lane, stand, take, use
from tests.support.clock import FakeClock


async def test_estimate_counts_the_waiters_ahead() -> None:
    clock = FakeClock()
    lane = build_lane(clock, windows=(Window(1, 10.0),))
    await use(lane, clock, 1)
    first = asyncio.create_task(lane.acquire(stand(clock)))
    await clock.settle()
    with pytest.raises(Throttled) as caught:
        await lane.acquire(stand(clock, within_s=15.0))
    assert caught.value.retry_after_s == pytest.approx(20.0, abs=0.01)
    first.cancel()


async def test_waiter_behind_those_who_are_answered_is_refused_for_its_place() -> None:
    clock = FakeClock()
    lane = build_lane(clock, concurrency=1)
    busy = await take(lane, clock)
    waiting = asyncio.create_task(lane.acquire(stand(clock, within_s=5.0, priority=Priority.PREVIEW)))
    for _ in range(5):
        following = asyncio.create_task(take(lane, clock))
        await clock.advance(1.0)
        lane.record_answer(busy)
        busy.close()
        busy = await following
    with pytest.raises(Throttled):
        await waiting


async def test_what_a_pause_leaves_no_time_for_is_refused_at_once_and_the_rest_waits() -> None:
    clock = FakeClock()
    lane = build_lane(clock)
    lane.rest(Rest.PAUSE, 5.0)
    with pytest.raises(Throttled) as caught:
        await lane.acquire(stand(clock, within_s=5.0))
    assert caught.value.retry_after_s == pytest.approx(5.0)
    patient = asyncio.create_task(lane.acquire(stand(clock, within_s=5.1)))
    await clock.advance(5.0)
    assert patient.done()


async def test_who_waits_is_told_at_once_when_a_pause_begins_that_ends_no_earlier_than_their_time() -> None:
    clock = FakeClock()
    lane = build_lane(clock, concurrency=1)
    permit = await take(lane, clock)
    hasty = asyncio.create_task(lane.acquire(stand(clock, within_s=5.0)))
    patient = asyncio.create_task(lane.acquire(stand(clock, within_s=5.1)))
    await clock.settle()
    lane.rest(Rest.PAUSE, 5.0)
    permit.close()
    await clock.settle()
    assert isinstance(hasty.exception(), Throttled)
    assert not patient.done()


async def test_a_newcomer_does_not_overtake_who_waits_in_the_moment_in_which_the_turn_comes() -> None:
    clock = FakeClock()
    lane = build_lane(clock, windows=(Window(1, 10.0),))
    (await take(lane, clock)).close()
    came: list[asyncio.Task[Permit]] = []
    turn_at = clock.monotonic() + 10.0 + 0.001
    clock.call_at(turn_at, lambda: came.append(asyncio.create_task(lane.acquire(stand(clock, within_s=60.0)))))
    first = asyncio.create_task(lane.acquire(stand(clock, within_s=60.0)))
    await clock.advance(10.5)
    assert (first.done(), came[0].done()) == (True, False)


async def test_whose_time_is_over_is_told_how_long_their_own_turn_would_have_taken() -> None:
    clock = FakeClock()
    lane = build_lane(clock, concurrency=1)
    busy = await take(lane, clock)
    waiting = asyncio.create_task(lane.acquire(stand(clock, within_s=1.5, priority=Priority.PREVIEW)))
    following = asyncio.create_task(take(lane, clock))
    await clock.advance(1.0)
    lane.record_answer(busy)
    busy.close()
    await following
    await clock.advance(0.5)
    refused = waiting.exception()
    assert isinstance(refused, Throttled)
    assert refused.retry_after_s == 0.0


async def test_those_ahead_are_taken_to_last_as_long_as_usual() -> None:
    clock = FakeClock()
    lane = build_lane(clock, concurrency=1)
    for _ in range(40):
        permit = await take(lane, clock)
        await clock.advance(2.0)
        lane.record_answer(permit)
        permit.close()
    await take(lane, clock)
    waiting = [asyncio.create_task(lane.acquire(stand(clock))) for _ in range(2)]
    await clock.settle()
    with pytest.raises(Throttled) as caught:
        await lane.acquire(stand(clock, within_s=1.0))
    assert caught.value.retry_after_s == pytest.approx(4.0, abs=0.1)
    assert not any(one.done() for one in waiting)


def stand_for(clock: FakeClock, person: str, *, within_s: float) -> Standing:
    return Standing(Ask(clock.monotonic() + within_s, Priority.COMMAND, frozenset({person})))


async def spend(lane: Lane, clock: FakeClock, person: str, cost_s: float) -> None:
    permit = await lane.acquire(stand_for(clock, person, within_s=1.0))
    permit.mark_sent()
    permit.close(cost_s=cost_s)


async def test_of_two_who_wait_for_their_share_each_goes_when_theirs_is_there() -> None:
    clock = FakeClock()
    lane = build_lane(clock, time_account=TimeAccount(reserve_s=0.1))
    await spend(lane, clock, "soon", 70 / 60)
    await spend(lane, clock, "late", 200 / 60)
    late = asyncio.create_task(lane.acquire(stand_for(clock, "late", within_s=900.0)))
    soon = asyncio.create_task(lane.acquire(stand_for(clock, "soon", within_s=900.0)))
    await clock.advance(60.0)
    assert (soon.done(), late.done()) == (True, False)
    soon.result().close()
    await clock.advance(200.0)
    assert late.done()


async def test_whose_share_was_used_up_meanwhile_is_told_at_once() -> None:
    clock = FakeClock()
    lane = build_lane(clock, time_account=TimeAccount())
    await spend(lane, clock, "b", 0.0)
    permit = await lane.acquire(stand_for(clock, "a", within_s=20.0))
    permit.mark_sent()
    second = asyncio.create_task(lane.acquire(stand_for(clock, "a", within_s=20.0)))
    await clock.settle()
    assert not second.done()
    permit.close(cost_s=4.0)
    await clock.settle()
    assert isinstance(second.exception(), OverTime)


async def test_a_slow_way_to_a_service_that_tells_no_costs_is_not_the_persons_doing() -> None:
    clock = FakeClock()
    lane = build_lane(clock, time_account=TimeAccount())
    permit = await lane.acquire(stand_for(clock, "a", within_s=1.0))
    permit.mark_sent()
    await clock.advance(4.0)
    lane.record_answer(permit)
    permit.close()
    assert lane.state.debt_s == pytest.approx(240.0)
    assert await lane.acquire(stand_for(clock, "a", within_s=1.0))


async def test_what_was_never_answered_is_on_nobodys_share() -> None:
    clock = FakeClock()
    lane = build_lane(clock, time_account=TimeAccount())
    for _ in range(200):
        permit = await lane.acquire(stand_for(clock, "a", within_s=1.0))
        permit.mark_sent()
        permit.close()
    assert lane.state.debt_s == 0.0


async def test_who_can_outwait_what_they_owe_goes_on_waiting() -> None:
    clock = FakeClock()
    lane = build_lane(clock, time_account=TimeAccount())
    await spend(lane, clock, "b", 0.0)
    permit = await lane.acquire(stand_for(clock, "a", within_s=20.0))
    permit.mark_sent()
    second = asyncio.create_task(lane.acquire(stand_for(clock, "a", within_s=300.0)))
    await clock.settle()
    permit.close(cost_s=4.0)
    await clock.settle()
    assert not second.done()
    await clock.advance(300.0)
    assert isinstance(second.result(), Permit)


async def test_it_is_idle_while_nobody_asks_and_half_of_what_is_scarce_is_left() -> None:
    clock = FakeClock()
    lane = build_lane(clock, windows=(Window(4, 60.0),), time_account=TimeAccount(debt_per_s=60.0, refuse_at_s=300.0))
    assert lane.state.idle
    permit = await take(lane, clock)
    assert not lane.state.idle
    permit.close(cost_s=0.0)
    assert lane.state.idle
    (await take(lane, clock)).close(cost_s=0.0)
    assert not lane.state.idle
    await clock.advance(61)
    assert lane.state.idle
    (await take(lane, clock)).close(cost_s=3.0)
    assert not lane.state.idle
    await clock.advance(61)
    assert lane.state.idle
    lane.rest(Rest.PAUSE, 30.0)
    assert not lane.state.idle


async def test_what_is_left_over_goes_after_all_else() -> None:
    clock = FakeClock()
    lane = build_lane(clock, concurrency=1)
    held = await take(lane, clock)
    went: list[Priority] = []

    async def go(priority: Priority) -> None:
        permit = await lane.acquire(stand(clock, priority=priority))
        went.append(priority)
        permit.close()

    tasks = [
        asyncio.create_task(go(priority)) for priority in (Priority.LEFTOVER, Priority.BACKGROUND, Priority.COMMAND)
    ]
    await clock.settle()
    held.close()
    await asyncio.gather(*tasks)
    assert went == [Priority.COMMAND, Priority.BACKGROUND, Priority.LEFTOVER]


async def test_who_asks_alone_is_refused_only_when_the_account_is_used_up_and_is_told_so() -> None:
    """VNDB that takes 1.2 s for an answer: the second question ever was refused for the person's share."""
    clock = FakeClock()
    lane = build_lane(clock, time_account=TimeAccount())
    for _ in range(4):
        await spend(lane, clock, "a", 1.2)
    assert lane.state.debt_s == pytest.approx(288.0)
    with pytest.raises(TimeSpent) as caught:
        await lane.acquire(stand_for(clock, "a", within_s=1.0))
    assert caught.value.retry_after_s == pytest.approx(18.0, abs=0.1)
    assert lane.state.spent_for_s == pytest.approx(18.0, abs=0.1)
    await clock.advance(18.1)
    await spend(lane, clock, "a", 1.2)
    assert lane.state.spent_for_s == pytest.approx(72.0, abs=0.2)


async def test_who_is_over_their_share_of_time_beside_others_is_told_what_it_is_of() -> None:
    clock = FakeClock()
    lane = build_lane(clock, time_account=TimeAccount())
    await spend(lane, clock, "b", 0.0)
    await spend(lane, clock, "a", 1.2)
    with pytest.raises(OverTime) as caught:
        await lane.acquire(stand_for(clock, "a", within_s=1.0))
    assert caught.value.retry_after_s == pytest.approx(12.0, abs=0.1)
    assert lane.state.spent_for_s == 0.0


async def test_a_window_that_is_used_up_is_no_time_that_is() -> None:
    clock = FakeClock()
    lane = build_lane(clock, windows=(Window(2, 10.0),), time_account=TimeAccount())
    for _ in range(2):
        await spend(lane, clock, "a", 0.1)
    with pytest.raises(Throttled) as caught:
        await lane.acquire(stand_for(clock, "a", within_s=1.0))
    assert type(caught.value) is Throttled
    assert lane.state.spent_for_s == 0.0
