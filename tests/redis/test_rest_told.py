"""What a process says on a real Valkey of a service that is to be left alone, and what it makes of what is said."""

from __future__ import annotations

import asyncio

import pytest

from bot.http import Rest
from bot.http.throttle import BLOCK_S, STRIKE_MEMORY_S, STRIKES
from bot.redis.connection import build_key
from bot.redis.rest import RESTS
from tests.redis.process import SERVICE, Process, run_process
from tests.store.database import eventually
from tests.support.clock import FakeClock
from tests.support.valkey import Valkey

pytestmark = pytest.mark.usefixtures("unhurried")

PAUSE, BAN = (build_key("rest", kind, SERVICE) for kind in (Rest.PAUSE, Rest.BAN))


def rests_for_s(process: Process) -> float:
    return process.client.lane(SERVICE).paused_for_s


async def test_what_is_longer_by_a_tenth_of_a_second_is_news_and_nothing_else(valkey: Valkey) -> None:
    async with run_process(valkey.url, clock=FakeClock()) as one, run_process(valkey.url, clock=FakeClock()) as two:
        run, told = one.shared.redis.run, list[float]()
        for for_s in (0.5, 20.0, 20.05, 19.0, 20.0, 20.2):
            one.shared.rests.tell(SERVICE, Rest.PAUSE, for_s)
            await one.shared.rests.tell_all()
            if await run("DEL", PAUSE):
                told.append(for_s)
                await eventually(lambda for_s=for_s: rests_for_s(two) == pytest.approx(for_s))
        assert told == [0.5, 20.0, 20.2]
        await run("SET", BAN, 70_001, "PX", 70_000)
        one.shared.rests.tell(SERVICE, Rest.BAN, 60.0)
        await one.shared.rests.tell_all()
        assert await run("GET", BAN) == b"70001"
        for said in ("10000 pause", "70000 ban"):
            await run("PUBLISH", one.shared.redis.build_channel(RESTS), f"{said} {SERVICE}")
        await eventually(lambda: two.client.lane(SERVICE).banned_for_s == 70.0)
        # What another has said nobody says again, also where something shorter was said since.
        two.shared.rests.tell(SERVICE, Rest.PAUSE, 20.2)
        await two.shared.rests.tell_all()
        assert await run("EXISTS", PAUSE) == 0


async def test_who_comes_looks_up_what_was_said_and_who_was_away_tells_what_still_holds(valkey: Valkey) -> None:
    clock = FakeClock()
    async with run_process(valkey.url, clock=clock) as one:
        valkey.kill()
        for kind, for_s in ((Rest.PAUSE, 20.0), (Rest.BAN, 2.0)):
            one.shared.rests.tell(SERVICE, kind, for_s)
        await one.shared.rests.tell_all()
        await eventually(lambda: not one.shared.news.is_listening.is_set())
        await clock.advance(3.0)
        valkey.start()
        await eventually(lambda: one.shared.redis.is_there, clock=clock)
        await asyncio.wait_for(one.shared.news.is_listening.wait(), timeout=15)
        assert await one.shared.redis.run("EXISTS", BAN) == 0
        assert 0 < await one.shared.redis.run("PTTL", PAUSE) <= 17_000
        await one.shared.redis.run("SET", PAUSE, 60_000, "PX", 60_000)
        async with run_process(valkey.url, clock=FakeClock()) as two:
            assert rests_for_s(two) == pytest.approx(60.0, abs=10)
            assert not two.client.lane(SERVICE).banned_for_s


async def test_none_is_longer_than_it_was_said_to_be_where_the_clock_was_set_back_since(valkey: Valkey) -> None:
    async with run_process(valkey.url, clock=FakeClock()) as one, run_process(valkey.url, clock=FakeClock()) as two:
        one.shared.rests.tell(SERVICE, Rest.PAUSE, 30.0)
        await one.shared.rests.tell_all()
        await one.shared.redis.run("PEXPIRE", PAUSE, 7_230_000)  # as it stands there then
        async with run_process(valkey.url, clock=FakeClock()) as later:
            assert rests_for_s(later) == 30.0
        one.shared.rests.tell(SERVICE, Rest.PAUSE, 40.0)
        await one.shared.rests.tell_all()
        await eventually(lambda: rests_for_s(two) == pytest.approx(40.0))


async def test_refusals_of_long_ago_are_none_and_are_forgotten(valkey: Valkey) -> None:
    key = build_key("strikes", SERVICE)
    async with run_process(valkey.url, clock=FakeClock()) as one:
        run, strike = one.shared.redis.run, one.client.on_strike
        assert strike is not None
        seconds, _ = await run("TIME")
        await run("RPUSH", key, int((int(seconds) - STRIKE_MEMORY_S - 1) * 1000))
        for number in range(1, STRIKES + 1):
            assert not one.client.lane(SERVICE).blocked_for_s
            strike(SERVICE)
            await one.shared.rests.tell_all()
            assert await run("LLEN", key) == min(number + 1, STRIKES)
            assert 0 < await run("PTTL", key) <= STRIKE_MEMORY_S * 1000
        assert one.client.lane(SERVICE).blocked_for_s == BLOCK_S
