"""The lease by which one process asks and others wait, on a real Valkey: for how long it is held, and who overtakes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from bot.http import Priority, asking
from bot.http.ask import current_standing
from bot.redis.connection import Redis, build_key
from bot.redis.flight import SharedFlights
from bot.redis.news import News
from tests.redis.process import until
from tests.support.clock import FakeClock

pytestmark = pytest.mark.usefixtures("unhurried")

PLACE = build_key("answer", "a")


@dataclass
class One:
    """A process, as far as what it asks goes. Its clock stands still unless it is turned."""

    clock: FakeClock
    news: News
    flights: SharedFlights

    def begin(self, name: str, priority: Priority = Priority.COMMAND) -> asyncio.Task[Any]:
        with asking(self.clock, within_s=60, priority=priority):
            return asyncio.create_task(self.flights.begin(name, PLACE, b""))

    async def look(self, task: asyncio.Task[Any], after_s: float = 0.25) -> bool:
        """Whether it waits no more after so long."""
        await self.clock.advance(after_s)
        async with asyncio.timeout(20):
            while not task.done() and self.clock.next_at is None:  # noqa: ASYNC110 - it is the server's doing
                await asyncio.sleep(0.001)
        return task.done()


@pytest.fixture
async def open_flights(redis: Redis) -> AsyncGenerator[Callable[[], One]]:
    """Opens what a process has, which hears of the others once its news are started."""
    opened: list[One] = []

    def open_some() -> One:
        clock, news = FakeClock(), News(redis)
        opened.append(One(clock, news, SharedFlights(redis, news, clock=clock)))
        return opened[-1]

    yield open_some
    for one in opened:
        await one.flights.close()
        await one.news.close()


async def test_who_asks_renews_each_second_what_is_theirs_and_says_how_it_stands(
    open_flights: Callable[[], One], redis: Redis
) -> None:
    one = open_flights()
    names = [build_key("asked", name) for name in "abc"]

    async def renew() -> None:
        for name in names:
            await redis.run("PEXPIRE", name, 900)
        await one.clock.advance(1.0)
        await until(lambda: redis.run("PTTL", names[2]), lambda left_ms: left_ms > 2000)
        assert await redis.run("PTTL", names[2]) <= 3000

    with asking(one.clock, within_s=60, priority=Priority.AUTOCOMPLETE):
        standing = current_standing(one.clock)
        for name in "abc":
            assert await one.flights.begin(name, PLACE, b"") is None
    lease = await redis.run("GET", names[0])
    assert (lease[:2], await redis.run("MGET", *names)) == (b"1w", [lease] * 3)
    assert 2000 < await redis.run("PTTL", names[0]) <= 3000
    await renew()
    standing.sent = True
    await redis.run("SET", names[0], b"0wother")  # as if this one had stood still for too long
    await renew()
    assert await redis.run("MGET", *names) == [b"0wother", b"1s" + lease[2:], b"1s" + lease[2:]]
    for name in "abb":
        await one.flights.end(name)
    assert await redis.run("MGET", *names) == [b"0wother", None, b"1s" + lease[2:]]
    await one.flights.end("c")
    await one.clock.advance(1.0)
    assert one.clock.next_at is None  # nothing is there to be renewed
    assert await one.begin("c") is None
    await renew()
    await one.flights.close()
    assert one.clock.next_at is None


@pytest.mark.parametrize(
    ("priority", "lease", "goes"),
    [
        (Priority.COMMAND, b"0w", True),
        (Priority.COMMAND, b"0s", False),
        (Priority.AUTOCOMPLETE, b"1w", False),
        (Priority.AUTOCOMPLETE, b"2w", True),
        (Priority.PREVIEW, b"4w", False),
    ],
)
async def test_a_person_goes_past_what_waits_itself_and_is_no_more_urgent_after_a_second_and_a_half(
    open_flights: Callable[[], One], redis: Redis, priority: Priority, lease: bytes, goes: bool
) -> None:
    one = open_flights()
    name = build_key("asked", "a")
    await redis.run("SET", name, lease + b"other")
    task = one.begin("a", priority)
    for after_s in (0.0, 0.25, 0.25, 0.25, 0.25, 0.25):
        assert not await one.look(task, after_s)
    assert await redis.run("GET", name) == lease + b"other"
    assert await one.look(task) is goes
    if not goes:
        await redis.run("DEL", name)
        assert await one.look(task)
    assert await task is None


async def test_what_is_held_for_longer_than_anybody_may_is_held_by_nobody(
    open_flights: Callable[[], One], redis: Redis
) -> None:
    """The server's clock was set back, and whoever held it has died."""
    one = open_flights()
    await redis.run("SET", build_key("asked", "a"), b"0sother", "PX", 3_000)
    task = one.begin("a")
    assert not await one.look(task, 0.0)
    await redis.run("PEXPIRE", build_key("asked", "a"), 7_203_000)
    assert await one.look(task)
    assert await task is None


async def test_all_who_wait_are_told_when_it_is_over_and_whoever_was_not_looks_soon(
    open_flights: Callable[[], One], redis: Redis
) -> None:
    one, other, deaf = open_flights(), open_flights(), open_flights()
    other.news.start()
    await asyncio.wait_for(other.news.is_listening.wait(), timeout=20)
    assert await one.begin("a") is None
    waiting = [other.begin("a") for _ in range(3)]
    unheard = deaf.begin("a")
    for task in (*waiting, unheard):
        await (deaf if task is unheard else other).look(task, 0.0)
    waiting.pop().cancel()
    await redis.run("SETEX", PLACE, 60, b"12345678entry")
    await one.flights.end("a")
    told = await asyncio.wait_for(asyncio.gather(*waiting), timeout=20)
    assert [found[0] for found in told] == [b"12345678entry"] * 2
    assert not unheard.done()
    assert await deaf.look(unheard, 0.25)
