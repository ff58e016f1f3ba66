"""Single flight: who shares a request, who leaves it, and what is left of it."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from bot.errors import ServiceError, Throttled, TimedOut, Unavailable
from bot.http import Priority, asking
from bot.http.ask import current_standing
from bot.http.flight import Flights
from tests.support.clock import FakeClock


class Answer:
    """What a flight brings."""


class Rig:
    """Flights on a fake clock, and loads that take a second each."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.flights: Flights[Answer] = Flights(clock=self.clock)
        self.loads = 0

    async def load(self) -> Answer:
        self.loads += 1
        current_standing(self.clock).mark_sent()
        await self.clock.sleep(1.0)
        return Answer()

    async def wait_unsent(self) -> Answer:
        self.loads += 1
        await self.clock.sleep(1.0)
        return Answer()

    async def fail(self) -> Answer:
        await self.load()
        raise Unavailable("demo", "broken")

    def ask(
        self, load: Callable[[], Coroutine[Any, Any, Answer]] | None = None, *, within_s: float = 9.0
    ) -> asyncio.Task[Answer]:
        with asking(self.clock, within_s=within_s, priority=Priority.COMMAND):
            return asyncio.create_task(self.flights.join("key", load or self.load, service="demo"))


async def test_equal_questions_share_a_request_until_it_is_answered() -> None:
    rig = Rig()
    first, second = rig.ask(), rig.ask()
    await rig.clock.advance(0.5)
    assert "key" in rig.flights
    await rig.clock.advance(0.5)
    assert await first is await second
    assert "key" not in rig.flights
    await rig.clock.run(rig.ask())
    assert rig.loads == 2


async def test_an_unsent_request_is_withdrawn_with_its_last_asker_and_not_before() -> None:
    rig = Rig()
    first, second = rig.ask(rig.wait_unsent), rig.ask(rig.wait_unsent)
    await rig.clock.advance(0.1)
    first.cancel()
    await rig.clock.settle()
    assert "key" in rig.flights
    second.cancel()
    await rig.clock.settle()
    assert "key" not in rig.flights


async def test_a_sent_request_goes_on_without_askers_and_is_joined_again() -> None:
    rig = Rig()
    first = rig.ask()
    await rig.clock.advance(0.5)
    first.cancel()
    second = rig.ask()
    await rig.clock.advance(0.5)
    assert second.done()
    assert rig.loads == 1


async def test_a_withdrawn_request_that_ends_late_does_not_end_its_successor() -> None:
    rig = Rig()

    async def end_late() -> Answer:
        try:
            return await rig.wait_unsent()
        finally:
            await rig.clock.sleep(0.3)

    old = rig.ask(end_late)
    await rig.clock.advance(0.1)
    old.cancel()
    await rig.clock.advance(0.1)
    second = rig.ask()
    await rig.clock.advance(0.5)  # by now the first one is over
    third = rig.ask()
    await rig.clock.advance(0.5)
    assert await second is await third


async def test_later_askers_keep_a_request_alive_beyond_the_deadline_of_the_first() -> None:
    rig = Rig()
    inner: Flights[Answer] = Flights(clock=rig.clock)

    async def load_within() -> Answer:
        return await inner.join("inner", rig.load, service="demo")

    hasty = rig.ask(load_within, within_s=0.5)
    await rig.clock.advance(0.1)
    patient = rig.ask(load_within, within_s=9.0)
    await rig.clock.advance(1.0)
    assert isinstance(hasty.exception(), TimedOut)
    assert isinstance(await patient, Answer)


async def test_at_the_deadline_it_is_told_that_nothing_was_sent() -> None:
    rig = Rig()
    asked = rig.ask(rig.wait_unsent, within_s=0.5)
    await rig.clock.advance(0.5)
    assert isinstance(asked.exception(), Throttled)


async def test_at_the_deadline_the_lane_says_why_the_turn_has_not_come() -> None:
    rig = Rig()

    def explain(service: str) -> ServiceError:
        return Unavailable(service, "closed for today")

    async def wait_for_turn() -> Answer:
        current_standing(rig.clock).wait_for_turn(explain)
        return await rig.wait_unsent()

    asked = rig.ask(wait_for_turn, within_s=0.5)
    await rig.clock.advance(0.5)
    with pytest.raises(Unavailable, match="closed for today"):
        await asked


async def test_who_left_is_not_told_that_it_was_sent() -> None:
    rig = Rig()
    with asking(rig.clock, within_s=9.0, priority=Priority.COMMAND):
        standing = current_standing(rig.clock)

        async def send_later() -> Answer:
            await rig.clock.sleep(0.5)
            return await rig.load()

        gone = asyncio.create_task(rig.flights.join("key", send_later, service="demo"))
        await rig.clock.settle()
    stays = rig.ask()
    await rig.clock.settle()
    gone.cancel()
    await rig.clock.run(stays)
    assert rig.loads == 1
    assert not standing.sent


async def test_an_answered_flight_leaves_nothing_behind() -> None:
    rig = Rig()
    asked = rig.ask()
    await rig.clock.run(asked)
    answer = weakref.ref(asked.result())
    del asked
    await rig.clock.settle()
    gc.collect(1)  # what the test made is young; to look through all that there is takes a second
    assert answer() is None
    assert rig.clock.next_at is None


async def test_a_failure_that_nobody_waits_for_any_more_is_no_news() -> None:
    rig = Rig()
    told: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: told.append(context))
    asked = rig.ask(rig.fail)
    await rig.clock.advance(0.5)
    asked.cancel()
    await rig.clock.advance(1.0)
    del asked  # the traceback of its cancellation holds the flight
    gc.collect(1)  # what the test made is young; to look through all that there is takes a second
    assert told == []


async def test_closing_waits_for_what_it_ends_and_tells_who_waits() -> None:
    rig = Rig()
    ended: list[bool] = []

    async def end_slowly() -> Answer:
        try:
            return await rig.load()
        finally:
            await asyncio.sleep(0)
            ended.append(True)

    asked = rig.ask(end_slowly)
    await rig.clock.advance(0.5)
    await rig.flights.close()
    assert ended == [True]
    with pytest.raises(Unavailable, match="withdrawn"):
        await asked
