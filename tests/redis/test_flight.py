"""What several processes want at once is asked for by one of them."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from bot.errors import ServiceError, Throttled, TimedOut, Unavailable
from bot.http import Priority, find_key
from bot.http.digest import Digests
from bot.redis.connection import build_key
from tests.redis.process import REQUEST, build_request, run_process, until
from tests.store.database import eventually
from tests.support.transport import Reply
from tests.support.valkey import Valkey

pytestmark = pytest.mark.usefixtures("unhurried")

LEASE = build_key("asked", Digests().find(find_key(REQUEST)))
DOWN = Reply(500, b"oops")


async def test_one_of_many_asks_and_all_are_answered(valkey: Valkey) -> None:
    slow = Reply(body=b"one", after_s=0.05)
    async with (
        run_process(valkey.url, *[slow] * 9) as one,
        run_process(valkey.url, *[slow] * 9) as two,
        run_process(valkey.url, *[slow] * 9) as three,
    ):
        processes = (one, two, three)
        requests = [build_request(f"thing {number}") for number in range(5)]
        asked = [process.fetch(request) for request in requests for process in processes for _ in range(4)]
        assert set(await asyncio.gather(*asked)) == {b"one"}
        sent = Counter(sent.request.what for process in processes for sent in process.transport.sent)
        assert sent == Counter(request.what for request in requests)
        assert await one.shared.redis.run("KEYS", build_key("asked", "*")) == []


async def test_who_waited_for_one_that_failed_asks_for_themselves(valkey: Valkey) -> None:
    async with (
        run_process(valkey.url, Reply(500, b"oops", after_s=0.05)) as one,
        run_process(valkey.url, Reply(body=b"two")) as two,
    ):
        failing = asyncio.create_task(one.fetch())
        await eventually(lambda: one.asked == 1)
        assert await two.fetch() == b"two"
        with pytest.raises(Unavailable):
            await failing
        assert await one.fetch() == b"two"


async def test_when_the_one_that_asks_dies_the_next_goes_on(valkey: Valkey) -> None:
    async with run_process(valkey.url, Reply(body=b"one")) as one:
        await one.shared.redis.run("SET", LEASE, "0wdead", "PX", 400)
        assert await one.fetch() == b"one"


@pytest.mark.parametrize(("lease", "error"), [(b"0sother", TimedOut), (b"0wother", Throttled)])
async def test_nobody_waits_past_their_time_and_each_is_told_why(
    valkey: Valkey, lease: bytes, error: type[ServiceError]
) -> None:
    async with run_process(valkey.url) as one:
        await one.shared.redis.run("SET", LEASE, lease)
        with pytest.raises(error):
            await one.fetch(within_s=0.3)
        assert one.asked == 0
        assert await one.shared.redis.run("GET", LEASE) == lease


async def test_who_waits_for_a_silent_service_that_another_process_asks_hears_that_it_is_silent(valkey: Valkey) -> None:
    async with run_process(valkey.url, Reply(after_s=9.0)) as one, run_process(valkey.url) as two:
        asking = asyncio.create_task(one.fetch())
        await eventually(lambda: one.asked == 1)
        with pytest.raises(TimedOut):
            await two.fetch(within_s=2.5)
        assert two.asked == 0
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)


async def test_a_person_does_not_wait_long_for_what_waits_itself(valkey: Valkey) -> None:
    async with run_process(valkey.url, Reply(body=b"one"), Reply(body=b"two")) as one:
        await one.shared.redis.run("SET", LEASE, f"{Priority.COMMAND:d}wother")
        with pytest.raises(ServiceError):
            await one.fetch(within_s=2.0, priority=Priority.PREVIEW)
        assert await one.fetch() == b"one"
        await one.client.forget(REQUEST)
        await one.shared.redis.run("SET", LEASE, f"{Priority.BACKGROUND:d}sother")
        with pytest.raises(ServiceError):
            await one.fetch(within_s=2.0)
        assert one.asked == 1


async def test_who_asks_for_long_keeps_the_others_waiting(valkey: Valkey) -> None:
    async with run_process(valkey.url, Reply(body=b"one", after_s=1.3)) as one:
        asking = asyncio.create_task(one.fetch())
        await eventually(lambda: one.asked == 1)
        await one.shared.redis.run("PEXPIRE", LEASE, 1_200)
        await until(lambda: one.shared.redis.run("GET", LEASE), lambda lease: lease is not None and lease[:2] == b"0s")
        await asyncio.wait([asking])
        assert await one.shared.redis.run("GET", LEASE) is None
        assert await one.fetch() == b"one"


async def test_with_the_server_gone_in_the_middle_each_asks_for_itself(valkey: Valkey) -> None:
    async with (
        run_process(valkey.url, Reply(body=b"one", after_s=0.3)) as one,
        run_process(valkey.url, Reply(body=b"two")) as two,
    ):
        first = asyncio.create_task(one.fetch())
        await eventually(lambda: one.asked == 1)
        second = asyncio.create_task(two.fetch())
        valkey.kill()
        assert await asyncio.gather(first, second) == [b"one", b"two"]
