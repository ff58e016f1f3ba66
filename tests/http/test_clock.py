"""The real clock's alarms, and a limit for how long something may take."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

import pytest

from bot.http import SystemClock
from bot.http.clock import time_limit
from tests.support.clock import FakeClock, FakeTimer


async def test_an_alarm_of_the_real_clock_is_due_when_it_was_asked_for_and_at_once_if_that_is_past() -> None:
    clock, loop = SystemClock(), asyncio.get_running_loop()
    rang = asyncio.Event()
    late = clock.call_at(clock.monotonic() + 3600.0, rang.set)
    assert isinstance(late, asyncio.TimerHandle)
    assert late.when() - loop.time() == pytest.approx(3600.0, abs=60.0)
    past = clock.call_at(clock.monotonic() - 3600.0, rang.set)
    assert isinstance(past, asyncio.TimerHandle)
    assert past.when() - loop.time() == pytest.approx(0.0, abs=0.5)
    await rang.wait()
    late.cancel()


async def test_whoever_sleeps_lets_others_go_on() -> None:
    went_on: list[bool] = []
    asyncio.get_running_loop().call_soon(went_on.append, True)
    await SystemClock().sleep(0.0)
    assert went_on == [True]


async def sleep_within(clock: FakeClock, limit_s: float, duration_s: float) -> str:
    try:
        with time_limit(clock, limit_s):
            await clock.sleep(duration_s)
    except TimeoutError:
        return "too long"
    return "in time"


async def test_what_takes_longer_than_its_limit_is_ended_then() -> None:
    clock = FakeClock()
    task = asyncio.create_task(sleep_within(clock, 2.0, 9.0))
    await clock.advance(1.9)
    assert not task.done()
    await clock.advance(0.1)
    assert await task == "too long"
    assert task.cancelling() == 0


@pytest.mark.parametrize(("looks", "said"), [(0, "too long"), (1, "too long"), (20, "in time")])
async def test_what_comes_as_the_loop_looks_again_is_in_time(looks: int, said: str) -> None:
    async def wait() -> str:
        try:
            with time_limit(SystemClock(), 0.0, looks=looks):
                for _ in range(10):
                    await asyncio.sleep(0)
        except TimeoutError:
            return "too long"
        return "in time"

    assert await wait() == said


async def test_what_ends_in_time_leaves_no_alarm_behind() -> None:
    clock = FakeClock()
    task = asyncio.create_task(sleep_within(clock, 2.0, 1.0))
    await clock.advance(1.0)
    assert await task == "in time"
    assert clock.next_at is None


class Meeting(FakeClock):
    """Whoever set an alarm is cancelled by somebody else in the moment in which it rings."""

    def call_at(self, when_monotonic: float, callback: Callable[[], object]) -> FakeTimer:
        task = asyncio.current_task()

        def ring() -> None:
            callback()
            if task is not None:
                task.cancel()

        return super().call_at(when_monotonic, ring)


@pytest.mark.parametrize(("clock", "after_s"), [(FakeClock(), 1.0), (Meeting(), 2.0)], ids=["before", "at once"])
async def test_a_cancellation_from_outside_is_no_time_out(clock: FakeClock, after_s: float) -> None:
    task = asyncio.create_task(sleep_within(clock, 2.0, 9.0))
    await clock.advance(after_s)
    task.cancel()
    await clock.settle()
    assert task.cancelled()


async def test_a_time_out_is_told_from_a_cancellation_that_was_taken_before() -> None:
    clock = FakeClock()

    async def go_on() -> str:
        with contextlib.suppress(asyncio.CancelledError):
            await clock.sleep(9.0)
        return await sleep_within(clock, 2.0, 9.0)

    task = asyncio.create_task(go_on())
    await clock.settle()
    task.cancel()
    await clock.advance(2.0)
    assert await task == "too long"
