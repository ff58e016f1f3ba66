"""The lane: how long a turn is expected to take, and who is told at once that it comes too late."""

from __future__ import annotations

import asyncio

import pytest

from bot.errors import OverShare, Throttled
from bot.http import Ask, Lane, Priority, Rest, Standing, TimeAccount
from bot.http.lane import Permit
from tests.http.test_lane import build_lane, stand, take
from tests.support.clock import FakeClock


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
    permit = await lane.acquire(stand_for(clock, "a", within_s=20.0))
    permit.mark_sent()
    second = asyncio.create_task(lane.acquire(stand_for(clock, "a", within_s=20.0)))
    await clock.settle()
    assert not second.done()
    permit.close(cost_s=4.0)
    await clock.settle()
    assert isinstance(second.exception(), OverShare)


async def test_who_can_outwait_what_they_owe_goes_on_waiting() -> None:
    clock = FakeClock()
    lane = build_lane(clock, time_account=TimeAccount())
    permit = await lane.acquire(stand_for(clock, "a", within_s=20.0))
    permit.mark_sent()
    second = asyncio.create_task(lane.acquire(stand_for(clock, "a", within_s=300.0)))
    await clock.settle()
    permit.close(cost_s=4.0)
    await clock.settle()
    assert not second.done()
    await clock.advance(300.0)
    assert isinstance(second.result(), Permit)
