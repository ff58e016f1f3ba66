"""A service that one process is to leave alone is left alone by all of them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest

from bot.errors import Throttled
from bot.http import Policy, Rest
from bot.redis.cache import GONE
from bot.redis.flight import DONE
from bot.redis.rest import RESTS
from tests.redis.process import SERVICE, Process, build_request, run_process
from tests.store.database import eventually
from tests.support.transport import Reply
from tests.support.valkey import Valkey
from tests.support.wire import Wire

pytestmark = pytest.mark.usefixtures("unhurried")

BUSY = Reply(429, b"", {"retry-after": "30"})
POLICY_OF_ONE = Policy(SERVICE, concurrency=1, retries=0)


def rests_for_s(process: Process) -> float:
    return process.client.lane(SERVICE).paused_for_s


async def test_what_one_is_told_stops_the_others_and_whoever_comes_later(valkey: Valkey) -> None:
    async with run_process(valkey.url, BUSY) as one, run_process(valkey.url) as two:
        with pytest.raises(Throttled):
            await one.fetch()
        await eventually(lambda: rests_for_s(two) > 0)
        with pytest.raises(Throttled):
            await two.fetch()
        async with run_process(valkey.url) as three:
            with pytest.raises(Throttled):
                await three.fetch()
            assert [process.asked for process in (one, two, three)] == [1, 0, 0]
            for process in (one, two, three):
                assert rests_for_s(process) == pytest.approx(30, abs=5)


async def test_who_is_told_what_they_cannot_read_hears_what_comes_after_it(valkey: Valkey) -> None:
    async with run_process(valkey.url, BUSY) as one, run_process(valkey.url) as two:
        redis = one.shared.redis
        for channel in (RESTS, GONE, DONE):
            await redis.run("PUBLISH", redis.build_channel(channel), b"\xff")
        with pytest.raises(Throttled):
            await one.fetch()
        await eventually(lambda: rests_for_s(two) > 0)
        assert two.shared.news.is_listening.is_set()


async def test_another_bot_on_the_same_server_is_told_nothing(valkey: Valkey) -> None:
    other_url = valkey.url.removesuffix("0") + "1"
    async with run_process(valkey.url, BUSY) as one, run_process(valkey.url) as two, run_process(other_url) as other:
        with pytest.raises(Throttled):
            await one.fetch()
        await eventually(lambda: rests_for_s(two) > 0)
        assert await other.fetch() == b"{}"
        assert rests_for_s(other) == 0


async def test_who_waits_is_told_when_another_process_learns_that_it_is_in_vain(valkey: Valkey) -> None:
    async with run_process(valkey.url, BUSY) as one, run_process(valkey.url, *[Reply(after_s=0.5)] * 4) as two:
        ahead = [asyncio.create_task(two.client.send(request)) for request in map(build_request, "abcd")]
        await eventually(lambda: two.asked == 4)
        waiting = asyncio.create_task(two.fetch(within_s=5))
        await eventually(lambda: two.client.lane(SERVICE).waiting == 1)
        with pytest.raises(Throttled):
            await one.fetch(build_request("else"))
        with pytest.raises(Throttled):
            await waiting
        assert not any(task.done() for task in ahead)
        await asyncio.gather(*ahead)


async def test_a_ban_is_one_for_all_and_nobody_says_it_again(valkey: Valkey) -> None:
    async with run_process(valkey.url) as one, run_process(valkey.url) as two:
        heard: list[tuple[str, bytes]] = []

        async def listen() -> None:
            async for said in one.shared.redis.hear([one.shared.redis.build_channel("rests")]):
                if said is None:
                    one.client.rest(SERVICE, Rest.BAN, 3600)
                else:
                    heard.append(said)

        listening = asyncio.create_task(listen())
        await eventually(lambda: rests_for_s(two) > 0)
        two.client.rest(SERVICE, Rest.PAUSE, 20)
        await eventually(lambda: len(heard) == 2)
        await one.shared.redis.run("PUBLISH", one.shared.redis.build_channel("rests"), f"0 pause {SERVICE}")
        await eventually(lambda: len(heard) > 2)
        assert [said[1].decode().partition(" ")[2] for said in heard] == [
            f"{kind} {SERVICE}" for kind in ("ban", "pause", "pause")
        ]
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


async def test_what_was_found_out_while_the_server_was_away_is_told_afterwards(valkey: Valkey) -> None:
    async with run_process(valkey.url, BUSY) as one, run_process(valkey.url) as two:
        valkey.kill()
        with pytest.raises(Throttled):
            await one.fetch()
        assert rests_for_s(two) == 0
        valkey.start()
        await eventually(lambda: rests_for_s(two) > 20)


async def test_three_refusals_are_too_many_whomever_they_came_to(valkey: Valkey) -> None:
    brief = Reply(429, b"", {"retry-after": "1"})
    async with (
        run_process(valkey.url, brief) as one,
        run_process(valkey.url, brief) as two,
        run_process(valkey.url, brief) as three,
    ):
        processes = (one, two, three)
        for process in processes:
            await eventually(lambda process=process: not rests_for_s(process))
            with pytest.raises(Throttled):
                await process.fetch()
        for process in processes:
            await eventually(lambda process=process: process.client.lane(SERVICE).blocked_for_s > 3000)
        assert [process.asked for process in processes] == [1, 1, 1]


@contextlib.asynccontextmanager
async def run_far(valkey: Valkey) -> AsyncGenerator[str]:
    """The address of the same server for a process that is a few milliseconds away from it."""
    wire = Wire(lambda: asyncio.open_connection("127.0.0.1", valkey.port))
    wire.delay_s = 0.005
    relay = await asyncio.start_server(wire.relay, "127.0.0.1", 0)
    try:
        yield f"redis://127.0.0.1:{relay.sockets[0].getsockname()[1]}/0"
    finally:
        relay.close()
        wire.close()


async def test_who_waits_for_their_turn_hears_that_it_is_in_vain_before_it_comes(valkey: Valkey) -> None:
    valkey.run("SCRIPT", "FLUSH")  # nobody was told of a rest yet
    async with (
        run_far(valkey) as far_url,
        run_process(far_url, Reply(), replace(BUSY, after_s=0.05), keeps_limits=POLICY_OF_ONE) as one,
        run_process(valkey.url, keeps_limits=POLICY_OF_ONE) as two,
    ):
        await asyncio.gather(*(one.shared.redis.run("PING") for _ in range(8)))  # over a connection each
        await one.fetch(build_request("zeroth"))
        first = asyncio.create_task(one.fetch(build_request("first")))
        await eventually(lambda: one.asked == 2)
        waiting = asyncio.create_task(two.fetch(build_request("second")))
        said = await asyncio.gather(first, waiting, return_exceptions=True)
        assert [type(error) for error in said] == [Throttled] * 2
        assert (one.asked, two.asked) == (2, 0)
