"""The batcher keeps the DataLoader contract."""

from __future__ import annotations

import asyncio
import gc
import random
from collections.abc import Sequence

import pytest

from bot.errors import NotFound, Throttled, TimedOut
from bot.http import (
    Ask,
    Batcher,
    Client,
    Lifetime,
    MemoryCache,
    Policy,
    Priority,
    Request,
    asking,
    current_ask,
)
from bot.http.ask import current_standing
from bot.http.flight import Flights
from tests.support.clock import FakeClock
from tests.support.transport import Reply, ScriptedTransport


class Loader:
    """Answers every key with its double; notes the batches and the asks they were loaded with."""

    def __init__(self, clock: FakeClock, *, one_at_a_time: bool = False) -> None:
        self.clock = clock
        self.batches: list[list[int]] = []
        self.asks: list[Ask] = []
        self.answer: Sequence[int | Exception] | Exception | None = None
        self.after_s = 0.0
        self.batcher = Batcher(self.load, max_size=3, window_s=0.01, clock=clock, one_at_a_time=one_at_a_time)

    async def load(self, keys: Sequence[int]) -> Sequence[int | Exception]:
        self.batches.append(list(keys))
        self.asks.append(current_ask(self.clock))
        await self.clock.sleep(self.after_s)
        if isinstance(self.answer, Exception):
            raise self.answer
        return [2 * key for key in keys] if self.answer is None else self.answer

    def start(self, *keys: int) -> list[asyncio.Task[int]]:
        return [asyncio.create_task(self.batcher.load(key)) for key in keys]


async def test_closes_after_the_window() -> None:
    clock = FakeClock()
    loader = Loader(clock)
    tasks = loader.start(1, 2)
    await clock.settle()
    assert loader.batches == []
    await clock.advance(0.01)
    assert await asyncio.gather(*tasks) == [2, 4]
    assert loader.batches == [[1, 2]]


async def test_a_key_that_comes_before_the_window_ends_rides_along_and_a_later_one_does_not() -> None:
    clock = FakeClock()
    loader = Loader(clock)
    loader.after_s = 1.0
    tasks = loader.start(1)
    await clock.advance(0.009)
    tasks += loader.start(2)
    await clock.advance(0.001)
    tasks += loader.start(3)
    await clock.advance(0.009)
    assert loader.batches == [[1, 2]]
    await clock.advance(0.001)
    assert loader.batches == [[1, 2], [3]]
    await clock.advance(1.0)
    assert await asyncio.gather(*tasks) == [2, 4, 6]


async def test_a_full_batch_leaves_no_alarm_behind() -> None:
    clock = FakeClock()
    loader = Loader(clock)
    tasks = loader.start(1, 2, 3)
    await clock.settle()
    assert await asyncio.gather(*tasks) == [2, 4, 6]
    assert clock.next_at is None


def start_as(loader: Loader, priority: Priority, *keys: int) -> list[asyncio.Task[int]]:
    with asking(loader.clock, within_s=100.0, priority=priority):
        return loader.start(*keys)


async def test_one_at_a_time_gathers_on_while_a_question_is_unanswered() -> None:
    clock = FakeClock()
    loader = Loader(clock, one_at_a_time=True)
    loader.after_s = 1.0
    tasks = start_as(loader, Priority.PREVIEW, 1)
    await clock.advance(0.5)
    tasks += start_as(loader, Priority.PREVIEW, 2)
    await clock.advance(0.4)
    tasks += start_as(loader, Priority.BACKGROUND, 3)
    await clock.advance(0.1)
    assert loader.batches == [[1]]
    await clock.advance(0.01)  # the first is answered
    assert loader.batches == [[1], [2, 3]]
    await clock.advance(0.5)
    tasks += start_as(loader, Priority.PREVIEW, 4)  # the second is not
    await clock.advance(0.4)
    assert loader.batches == [[1], [2, 3]]
    await clock.advance(5.0)
    assert loader.batches == [[1], [2, 3], [4]]
    assert await asyncio.gather(*tasks) == [2, 4, 6, 8]


async def test_one_at_a_time_holds_no_more_than_a_full_batch() -> None:
    clock = FakeClock()
    loader = Loader(clock, one_at_a_time=True)
    loader.after_s = 1.0
    tasks = start_as(loader, Priority.PREVIEW, 1)
    await clock.advance(0.5)
    tasks += start_as(loader, Priority.PREVIEW, 2, 3, 4)
    await clock.settle()
    assert loader.batches == [[1], [2, 3, 4]]
    await clock.advance(2.0)
    assert await asyncio.gather(*tasks) == [2, 4, 6, 8]


async def test_a_batch_goes_when_the_one_before_it_failed() -> None:
    clock = FakeClock()
    loader = Loader(clock, one_at_a_time=True)
    loader.after_s = 1.0
    loader.answer = Throttled("demo")
    first = start_as(loader, Priority.PREVIEW, 1)
    await clock.advance(0.5)
    second = start_as(loader, Priority.PREVIEW, 2)
    await clock.advance(0.51)
    assert loader.batches == [[1], [2]]
    await clock.advance(1.0)
    assert all(isinstance(task.exception(), Throttled) for task in (*first, *second))


@pytest.mark.parametrize("priority", [Priority.COMMAND, Priority.AUTOCOMPLETE])
async def test_one_at_a_time_holds_nobody_up_who_waits_for_a_command(priority: Priority) -> None:
    clock = FakeClock()
    loader = Loader(clock, one_at_a_time=True)
    loader.after_s = 1.0
    tasks = start_as(loader, Priority.PREVIEW, 1)
    await clock.advance(0.5)
    tasks += start_as(loader, priority, 2)
    await clock.advance(0.01)
    assert loader.batches == [[1], [2]]
    await clock.advance(0.1)
    tasks += start_as(loader, Priority.PREVIEW, 3)  # held: two are unanswered
    await clock.advance(0.2)
    tasks += start_as(loader, priority, 4)  # and that ends the holding
    await clock.settle()
    assert loader.batches == [[1], [2], [3, 4]]
    await clock.advance(2.0)
    assert await asyncio.gather(*tasks) == [2, 4, 6, 8]


async def test_the_others_do_not_wait_for_each_other_unless_they_are_to() -> None:
    clock = FakeClock()
    loader = Loader(clock)
    loader.batcher = Batcher(loader.load, max_size=3, window_s=0.01, clock=clock)
    loader.after_s = 1.0
    tasks = start_as(loader, Priority.PREVIEW, 1)
    await clock.advance(0.5)
    tasks += start_as(loader, Priority.PREVIEW, 2)
    await clock.advance(0.01)
    assert loader.batches == [[1], [2]]
    await clock.advance(1.0)
    assert await asyncio.gather(*tasks) == [2, 4]


async def test_closes_when_full() -> None:
    clock = FakeClock()
    loader = Loader(clock)
    tasks = loader.start(1, 2, 3, 4)
    await clock.settle()
    assert loader.batches == [[1, 2, 3]]
    await clock.advance(0.01)
    assert await asyncio.gather(*tasks) == [2, 4, 6, 8]


async def test_equal_keys_are_asked_once() -> None:
    clock = FakeClock()
    loader = Loader(clock)
    tasks = loader.start(1, 1, 1, 1)
    await clock.advance(0.01)
    assert await asyncio.gather(*tasks) == [2, 2, 2, 2]
    assert loader.batches == [[1]]


async def test_exception_stands_for_its_own_key() -> None:
    clock = FakeClock()
    loader = Loader(clock)
    loader.answer = [2, NotFound("demo", "thing")]
    good, bad = loader.start(1, 9)
    await clock.advance(0.01)
    assert await good == 2
    with pytest.raises(NotFound):
        await bad


async def test_wrong_number_of_results_is_everybodys_error() -> None:
    clock = FakeClock()
    loader = Loader(clock)
    loader.answer = [2]
    tasks = loader.start(1, 2)
    await clock.advance(0.01)
    assert all(isinstance(task.exception(), ValueError) for task in tasks)


async def test_raised_exception_is_everybodys() -> None:
    clock = FakeClock()
    loader = Loader(clock)
    loader.answer = Throttled("demo")
    tasks = loader.start(1, 2)
    await clock.advance(0.01)
    assert all(isinstance(task.exception(), Throttled) for task in tasks)


async def test_one_cancellation_cancels_nobody_else_and_leaves_its_key_out() -> None:
    clock = FakeClock()
    loader = Loader(clock)
    first, second = loader.start(1, 2)
    await clock.settle()
    first.cancel()
    await clock.advance(0.01)
    assert await second == 4
    assert loader.batches == [[2]]


async def test_batch_nobody_waits_for_is_not_loaded() -> None:
    clock = FakeClock()
    loader = Loader(clock)
    (only,) = loader.start(1)
    await clock.settle()
    only.cancel()
    await clock.advance(1.0)
    assert loader.batches == []
    tasks = loader.start(5)
    await clock.advance(0.01)
    assert await tasks[0] == 10


async def test_a_key_that_was_left_is_not_in_the_way_of_the_next_batch() -> None:
    clock = FakeClock()
    loader = Loader(clock)
    (only,) = loader.start(1)
    await clock.settle()
    only.cancel()
    await asyncio.sleep(0)
    tasks = loader.start(2)
    await clock.advance(0.01)
    assert await tasks[0] == 4
    assert loader.batches == [[2]]
    assert clock.next_at is None


async def test_a_key_of_two_is_loaded_for_the_one_who_stays() -> None:
    clock = FakeClock()
    loader = Loader(clock)
    gone, stays = loader.start(1, 1)
    await clock.settle()
    gone.cancel()
    await clock.advance(0.01)
    assert await stays == 2


async def test_a_failure_that_nobody_waits_for_any_more_is_no_news() -> None:
    clock = FakeClock()
    told: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: told.append(context))

    async def fail(_keys: Sequence[int]) -> Sequence[int | Exception]:
        current_standing(clock).mark_sent()
        await clock.sleep(1.0)
        raise Throttled("demo")

    batcher = Batcher(fail, max_size=3, window_s=0.01, clock=clock)
    task = asyncio.create_task(batcher.load(1))
    await clock.advance(0.5)
    task.cancel()
    await clock.advance(1.0)
    del task  # the traceback of its cancellation holds the batch
    gc.collect(1)  # what the test made is young; to look through all that there is takes a second
    assert told == []


async def test_ask_is_the_most_urgent_and_latest_of_the_waiters() -> None:
    clock = FakeClock()
    loader = Loader(clock)
    tasks: list[asyncio.Task[int]] = []
    for key, within_s, priority in ((1, 50.0, Priority.BACKGROUND), (2, 2.0, Priority.COMMAND)):
        with asking(clock, within_s=within_s, priority=priority):
            tasks += loader.start(key)
    await clock.advance(0.01)
    await asyncio.gather(*tasks)
    assert loader.asks == [Ask(1050.0, Priority.COMMAND)]


async def test_who_left_lifts_a_batch_no_more_and_is_not_told_that_it_was_sent() -> None:
    clock = FakeClock()
    asks: list[Ask] = []

    async def load(keys: Sequence[int]) -> Sequence[int | Exception]:
        asks.append(current_ask(clock))
        current_standing(clock).mark_sent()
        return keys

    batcher = Batcher(load, max_size=3, window_s=0.01, clock=clock)
    with asking(clock, within_s=5.0, priority=Priority.PREVIEW):
        stays = asyncio.create_task(batcher.load(1))
    with asking(clock, within_s=5.0, priority=Priority.PREVIEW):
        leaving = current_standing(clock)
        gone = asyncio.create_task(batcher.load(2))
    await clock.settle()
    gone.cancel()
    await clock.settle()
    leaving.lift(Ask(1009.0, Priority.COMMAND))
    await clock.advance(0.01)
    assert await stays == 1
    assert asks == [Ask(1005.0, Priority.PREVIEW)]
    assert not leaving.sent


async def test_a_batch_has_no_deadline_of_its_own_since_its_askers_may_become_later() -> None:
    clock = FakeClock()
    outer: Flights[int] = Flights(clock=clock)
    inner: Flights[int] = Flights(clock=clock)

    async def answer() -> int:
        current_standing(clock).mark_sent()
        await clock.sleep(1.0)
        return 7

    async def load(keys: Sequence[int]) -> Sequence[int | Exception]:
        return [await inner.join("inner", answer, service="demo") for _ in keys]

    batcher = Batcher(load, max_size=3, window_s=0.01, clock=clock)

    def start(within_s: float) -> asyncio.Task[int]:
        with asking(clock, within_s=within_s, priority=Priority.COMMAND):
            return asyncio.create_task(outer.join("outer", lambda: batcher.load(1), service="demo"))

    hasty = start(0.5)
    await clock.advance(0.1)
    patient = start(9.0)
    await clock.advance(1.0)
    assert isinstance(hasty.exception(), TimedOut)
    assert await patient == 7


async def test_flights_of_single_keys_share_one_request() -> None:
    clock = FakeClock()
    transport = ScriptedTransport(clock, default=Reply(body=b"x", after_s=1.0))
    client = Client(transport, clock=clock, cache=MemoryCache(), policies=[Policy("demo")], rng=random.Random(1))

    async def load_all(keys: Sequence[int]) -> Sequence[bytes | Exception]:
        body = (await client.send(Request("demo", "batch", "POST", "http://demo.test", b"1"))).body
        return [body] * len(keys)

    batcher = Batcher(load_all, max_size=10, window_s=0.01, clock=clock)

    async def read(key: int) -> bytes | None:
        answer = await client.cached(
            f"demo {key}", Lifetime(60.0, 60.0, 1.0), lambda: batcher.load(key), service="demo", what="thing"
        )
        return answer.body

    tasks = [asyncio.create_task(read(key)) for key in (1, 2, 3, 1)]
    await clock.advance(0.5)
    tasks[1].cancel()  # it is on the wire: key 2 is kept for the next reader all the same
    await clock.advance(1.0)
    assert [await task for task in (tasks[0], tasks[2], tasks[3])] == [b"x"] * 3
    assert len(transport.sent) == 1
    assert await client.peek("demo 2") is not None
