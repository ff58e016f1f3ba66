"""What is owed to a service is known after the server was away, also where that knew of it otherwise than by a cost."""

from __future__ import annotations

import asyncio

import pytest

from bot.http import Policy, Priority, TimeAccount, Window
from bot.http.shared_lane import LAPSE_S
from bot.redis.connection import Redis, build_key
from tests.redis.book import NOBODY, Open, until
from tests.redis.test_lane import Start, start
from tests.support.valkey import Valkey

__all__ = ["start"]

DONE, OWED, STATE = (build_key("lane", "demo", part) for part in ("done", "owed", "state"))
TIMED = Policy("demo", windows=(Window(200, 300.0),), concurrency=2, timeout_s=5.0, time_account=TimeAccount())


async def test_a_refusal_for_execution_time_while_the_server_is_away_is_known_when_it_is_back(
    start: Start, valkey: Valkey, unhurried: None
) -> None:
    one = await start(TIMED)
    valkey.kill()
    await one.until(lambda: not one.redis.is_there)
    permit = await one.take()
    one.lane.record_throttle(permit, {})
    permit.close(cost_s=0.0)
    assert one.lane.state.debt_s == pytest.approx(300, abs=5)
    valkey.start()
    await one.until(lambda: one.book.is_joined)
    assert one.lane.state.debt_s == pytest.approx(300, abs=10)


async def test_a_refusal_for_execution_time_is_known_to_a_server_that_forgot_it(
    start: Start, valkey: Valkey, unhurried: None
) -> None:
    one = await start(TIMED)
    permit = await one.take()
    one.lane.record_throttle(permit, {})
    permit.close(cost_s=0.0)
    await one.until(lambda: not one.lane.state.in_flight)
    assert one.lane.state.debt_s == pytest.approx(300, abs=5)
    valkey.kill()
    await one.until(lambda: not one.book.is_joined)
    valkey.start()
    await one.until(lambda: one.book.is_joined)
    assert one.lane.state.debt_s == pytest.approx(300, abs=10)


async def test_what_a_request_owes_that_lapsed_while_its_process_was_away_is_owed(
    open_one: Open, unhurried: None
) -> None:
    policy = Policy("demo", windows=(Window(200, 300.0),), concurrency=2, timeout_s=0.1, time_account=TimeAccount())
    one, other = open_one(policy), open_one(policy)
    await one.book.start()
    await other.book.start()
    (lease,) = (await one.leases.take([NOBODY], Priority.COMMAND, more=False)).leases
    one.book.leave()  # nothing of the server is heard here
    one.end(lease, owed_s=200.0)
    await asyncio.sleep(LAPSE_S + 0.3)
    await one.clock.advance(1.0)
    await until(lambda: one.book.is_joined)
    assert one.member.debts_s[-1] == pytest.approx(200, abs=10)


async def test_what_a_request_owes_that_was_on_its_way_when_the_server_froze_is_owed_when_it_wakes(
    start: Start, valkey: Valkey, hurried: None
) -> None:
    policy = Policy("demo", windows=(Window(200, 300.0),), concurrency=2, timeout_s=0.1, time_account=TimeAccount())
    one = await start(policy)
    permit = await one.take()
    valkey.freeze()
    await one.until(lambda: not one.redis.is_there)
    permit.answered = True
    permit.close(cost_s=3.0)
    assert one.lane.state.debt_s == pytest.approx(180, abs=5)
    await asyncio.sleep(LAPSE_S + 0.3)
    valkey.thaw()
    await one.until(lambda: one.book.is_joined)
    assert one.lane.state.debt_s == pytest.approx(180, abs=20)


async def test_a_debt_is_no_longer_than_it_was_where_the_clock_of_the_server_was_set_back(
    open_one: Open, redis: Redis, unhurried: None
) -> None:
    one = open_one(TIMED)
    await one.book.start()
    (lease,) = (await one.leases.take([NOBODY], Priority.COMMAND, more=False)).leases
    one.end(lease, owed_s=100.0)
    await until(lambda: lease in one.member.settled)
    for key in (DONE, OWED):  # as it stands there when the clock has been set back by two hours
        for member in await redis.run("ZRANGE", key, 0, -1):
            await redis.run("ZINCRBY", key, 7200, member)
    for name in await redis.run("HKEYS", STATE):
        kept = float(await redis.run("HGET", STATE, name))
        if kept > 1e9:  # a moment
            await redis.run("HSET", STATE, name, kept + 7200)
    taken = await one.leases.take([NOBODY], Priority.COMMAND, more=False)
    assert taken.debt_s == pytest.approx(100, abs=10)
    assert taken.leases
