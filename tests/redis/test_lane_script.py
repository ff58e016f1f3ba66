"""What the scripts of lanes decide on a real Valkey: whose turn it is, when the next one is, and what still counts."""

from __future__ import annotations

import asyncio

import pytest

from bot.http import Policy, Priority, Rest, SystemClock, TimeAccount, Window
from bot.redis.connection import Redis, build_key
from bot.redis.lane import LaneBook
from tests.redis.book import NOBODY, One, Open, Recorder, until
from tests.support.valkey import Valkey

pytestmark = pytest.mark.usefixtures("unhurried")

OUT, DONE, OWED, STATE, WAIT = (build_key("lane", "demo", part) for part in ("out", "done", "owed", "state", "wait"))
ALIVE, NEWS = (build_key("lane", part) for part in ("alive", "news"))
POLICY = Policy("demo", windows=(Window(9, 300.0),), concurrency=1)


async def find_time(redis: Redis) -> float:
    seconds, micros = await redis.run("TIME")
    return int(seconds) + int(micros) / 1e6


async def take(one: One, priority: Priority = Priority.COMMAND, count: int = 1) -> tuple[str, ...]:
    return (await one.leases.take([NOBODY] * count, priority, more=False)).leases


async def end(one: One, lease: str, *, owed_s: float = 0.0, refused: bool = False) -> float | None:
    """The debt as it is written down."""
    one.leases.end(lease, NOBODY, sent=True, owed_s=owed_s, held_s=0.0, refused=refused)
    await until(lambda: lease in one.member.settled)
    return one.member.settled[lease][1]


async def start_three(open_one: Open, policy: Policy = POLICY) -> tuple[One, One, One]:
    first, second, third = (open_one(policy) for _ in range(3))
    for one in (first, second, third):
        await one.book.start()
    return first, second, third


async def test_the_more_urgent_goes_first_and_of_equals_who_came_first(open_one: Open) -> None:
    one, early, late = await start_three(open_one)
    (lease,) = await take(one)
    assert await take(early, Priority.PREVIEW) == ()
    assert await take(late, Priority.COMMAND) == ()
    await end(one, lease)
    taken = await early.leases.take([NOBODY], Priority.PREVIEW, more=False)
    assert taken.leases == ()
    assert 0 < (taken.wait_s or 0.0) <= 1.51  # as long as who comes first is believed to
    (lease,) = await take(late)
    assert await take(one, Priority.PREVIEW) == ()  # after the one who waits already
    await end(late, lease)
    assert await take(one, Priority.PREVIEW) == ()
    (lease,) = await take(early, Priority.PREVIEW)
    await end(early, lease)
    assert len(await take(one, Priority.PREVIEW)) == 1


async def test_where_others_wait_each_gets_one_after_the_other(open_one: Open, redis: Redis) -> None:
    one, other, third = await start_three(open_one, Policy("demo", windows=(Window(9, 300.0),), concurrency=4))
    leases = await take(one, count=3)
    assert len(leases) == 3
    assert len(await take(other, count=3)) == 1
    assert await redis.run("HKEYS", WAIT) == [other.book.process.encode()]
    (_, order, _) = (await redis.run("HGET", WAIT, other.book.process)).split()
    other.leases.withdraw()
    await until(lambda: "look" in third.member.told, third.clock)
    assert await redis.run("HLEN", WAIT) == 0
    third.leases.withdraw()  # which waits for nothing, and says nothing
    await end(one, leases[0])
    assert await redis.run("XLEN", NEWS) == 4 + 1 + 1  # what was granted, who waits no longer, and the end
    assert (await one.leases.take([NOBODY], Priority.COMMAND, more=True)).leases
    assert int((await redis.run("HGET", WAIT, one.book.process)).split()[1]) > int(order)
    await end(one, leases[1])
    assert await take(other, Priority.LEFTOVER) == ()
    await end(one, leases[2])
    assert len(await take(third, Priority.COMMAND, count=3)) == 1


async def test_who_is_no_longer_believed_to_wait_or_to_live_is_waited_for_by_nobody(
    open_one: Open, redis: Redis
) -> None:
    one = open_one(POLICY)
    await one.book.start()
    now = await find_time(redis)
    for process, lives_s, waits_s in (("late", 60, -1), ("dead", -1, 60), ("gone", 0, 60), ("there", 60, 60)):
        await redis.run("HSET", WAIT, process, f"0 0 {now + waits_s:.6f}")
        if lives_s:
            await redis.run("ZADD", ALIVE, now + lives_s, process)
    taken = await one.leases.take([NOBODY], Priority.COMMAND, more=False)
    assert taken.leases == ()
    assert taken.wait_s == pytest.approx(60, abs=10)
    assert set(await redis.run("HKEYS", WAIT)) == {b"there", one.book.process.encode()}
    await redis.run("HDEL", WAIT, "there")
    assert len(await take(one)) == 1
    assert await redis.run("HLEN", WAIT) == 0


async def test_the_next_one_goes_when_the_window_has_room_for_one_more(open_one: Open, redis: Redis) -> None:
    one = open_one(Policy("demo", windows=(Window(3, 300.0),), concurrency=9))
    await one.book.start()
    now = await find_time(redis)
    for ago_s in (10, 50, 100, 200):
        await redis.run("ZADD", DONE, now - ago_s, f"x:{ago_s}")
    assert (await one.leases.take([NOBODY], Priority.COMMAND, more=False)).wait_s == pytest.approx(200, abs=10)
    await redis.run("ZREM", DONE, "x:50")
    await redis.run("ZREM", DONE, "x:200")
    before = await find_time(redis)
    (lease,) = await take(one, count=2)
    score = float(await redis.run("ZSCORE", OUT, lease))
    assert before - 1e-5 <= score <= await find_time(redis)
    # With that on the way, there is room when the last but one leaves the window.
    assert (await one.leases.take([NOBODY], Priority.COMMAND, more=False)).wait_s == pytest.approx(200, abs=10)


async def test_nobody_asks_while_the_service_is_left_alone_also_who_has_not_heard_of_it(
    open_one: Open, redis: Redis
) -> None:
    one = open_one(POLICY)
    await one.book.start()
    for kind, left_s in (("pause", 60), ("ban", 3600), ("block", 600)):
        await redis.run("SET", build_key("rest", kind, "demo"), left_s * 1000, "PX", left_s * 1000)
    await redis.run("SET", build_key("rest", "ban", "another"), 9_000_000, "PX", 9_000_000)
    taken = await one.leases.take([NOBODY], Priority.COMMAND, more=False)
    assert taken.leases == ()
    assert taken.wait_s == pytest.approx(3600, abs=10)
    await redis.run("PEXPIRE", build_key("rest", "ban", "demo"), 9_000_000)
    await redis.run("SET", build_key("rest", "ban", "demo"), 500_000, "KEEPTTL")  # so long it was said to be
    assert (await one.leases.take([NOBODY], Priority.COMMAND, more=False)).wait_s == pytest.approx(600, abs=10)
    for kind in Rest:
        await redis.run("DEL", build_key("rest", kind, "demo"))
    assert len(await take(one)) == 1


async def test_the_end_is_told_when_all_else_is_that_has_to_be_heard_before_it(redis: Redis) -> None:
    clock, told = SystemClock(), asyncio.Event()
    book = LaneBook(redis, clock=clock, before_end=told.wait)
    member = Recorder()
    leases = book.open(POLICY, member)
    await book.start()
    (lease,) = (await leases.take([NOBODY], Priority.COMMAND, more=False)).leases
    leases.end(lease, NOBODY, sent=True, owed_s=0.0, held_s=0.0, refused=False)
    assert (await leases.take([NOBODY], Priority.COMMAND, more=False)).leases == ()
    assert await redis.run("ZCARD", OUT) == 1
    told.set()
    await until(lambda: lease in member.settled)
    assert await redis.run("ZCARD", OUT) == 0
    await book.close()


async def test_what_lies_in_the_future_is_taken_to_be_now(open_one: Open, redis: Redis) -> None:
    one = open_one(Policy("demo", windows=(Window(2, 300.0),), concurrency=9, time_account=TimeAccount()))
    await one.book.start()
    now = await find_time(redis)
    for key in (OUT, DONE, OWED):
        await redis.run("ZADD", key, now + 5000, "x:1")
    await redis.run("HSET", STATE, "debt", now + 50_000)
    taken = await one.leases.take([NOBODY], Priority.COMMAND, more=False)
    assert taken.wait_s == pytest.approx(3480, abs=10)  # an hour of debt, 180 s on the way, and 300 are allowed
    assert taken.debt_s == pytest.approx(3600, abs=10)
    for key in (OUT, DONE, OWED):
        assert float(await redis.run("ZSCORE", key, "x:1")) == pytest.approx(now, abs=10)


async def test_who_waits_is_believed_to_for_half_a_second_past_their_turn(open_one: Open, redis: Redis) -> None:
    policy = Policy("demo", windows=(Window(2, 300.0),), concurrency=9, time_account=TimeAccount())
    one = open_one(policy)
    await one.book.start()
    now = int(await find_time(redis))
    await redis.run("HSET", STATE, "debt", now + 900)
    assert await take(one) == ()
    assert float((await redis.run("HGET", WAIT, one.book.process)).split()[2]) == now + 600 + 0.001 + 0.5
    await redis.run("HDEL", STATE, "debt")
    await redis.run("HSET", STATE, "count", 1, "count_till", now + 600)  # as the service has told another
    await redis.run("ZADD", DONE, now - 10, "x:1")
    assert await take(one) == ()
    assert float((await redis.run("HGET", WAIT, one.book.process)).split()[2]) == now + 290 + 0.001 + 0.5


@pytest.mark.parametrize(("reserve_s", "at_once"), [(2.5, 2), (3.0, 2), (6.0, 1)])
async def test_whoever_may_cost_too_much_goes_when_it_is_known_what_the_others_cost(
    open_one: Open, reserve_s: float, at_once: int
) -> None:
    one = open_one(Policy("demo", concurrency=9, time_account=TimeAccount(reserve_s=reserve_s)))
    await one.book.start()
    assert len(await take(one, count=5)) == at_once
    assert (await one.leases.take([NOBODY], Priority.COMMAND, more=False)).wait_s is None


async def test_what_is_on_its_way_for_longer_than_anybody_waits_was_answered_then(open_one: Open, redis: Redis) -> None:
    one = open_one(Policy("demo", windows=(Window(9, 300.0),), concurrency=9, timeout_s=20.0))
    await one.book.start()
    since = int(await find_time(redis)) - 30
    for number in range(3):
        await redis.run("ZADD", OUT, since + number, f"x:{number}")
    (lease,) = await take(one)
    assert await redis.run("ZRANGE", OUT, 0, -1) == [lease.encode()]
    scores = [float(await redis.run("ZSCORE", DONE, f"x:{number}")) for number in range(3)]
    assert scores == [since + number + 22 for number in range(3)]
    await end(one, lease)
    at = await redis.run("ZSCORE", DONE, lease)
    await take(one)
    assert await redis.run("ZSCORE", DONE, lease) == at


async def test_debts_add_up_and_a_refusal_is_one_of_all_that_is_allowed(open_one: Open, redis: Redis) -> None:
    one = open_one(Policy("demo", concurrency=9, time_account=TimeAccount()))
    await one.book.start()
    leases = await take(one)
    assert await end(one, *leases, owed_s=0.9) == pytest.approx(0.9, abs=0.01)
    await redis.run("HSET", STATE, "debt", 1)  # of long ago
    (first, second) = await take(one, count=2)
    assert await end(one, first, refused=True) == pytest.approx(300, abs=0.01)
    assert await end(one, second, owed_s=50.0) == pytest.approx(350, abs=10)
    assert await take(one) == ()


async def test_who_comes_back_tells_nothing_twice_and_gives_back_what_nobody_heard_of(
    open_one: Open, redis: Redis, valkey: Valkey
) -> None:
    policy = Policy("demo", windows=(Window(9, 300.0),), concurrency=9)
    one, other = open_one(policy), open_one(policy)
    await one.book.start()
    await other.book.start()
    (ended, going) = await take(one, count=2)
    await end(one, ended, owed_s=500.0)
    unheard = f"{one.book.process}:99"
    for lease in (unheard, "x:1"):
        await redis.run("ZADD", OUT, await find_time(redis) - 5, lease)
    assert (await one.leases.take([NOBODY] * 9, Priority.COMMAND, more=True)).leases
    before = await redis.run("XLEN", NEWS)
    one.book.leave()
    await one.clock.advance(1.0)
    await until(lambda: one.book.is_joined and other.member.ended.get(unheard), other.clock)
    assert not other.member.ended[unheard].sent
    left = {lease.decode() for lease in valkey.list("ZRANGE", OUT, "0", "-1")}
    assert going in left and "x:1" in left and unheard not in left
    assert await redis.run("XLEN", NEWS) == before + 1
    assert await redis.run("HLEN", WAIT) == 0
    assert float(await redis.run("HGET", STATE, "debt")) == pytest.approx(await find_time(redis) + 500, abs=10)


async def test_what_is_too_old_is_forgotten_and_believed_by_nobody(open_one: Open, redis: Redis) -> None:
    await redis.run("XADD", NEWS, "1-1", "d", "demo\tx\te\tx:1\t\t\t1\t1\t0\t0")
    await redis.run("ZADD", ALIVE, 1, "dead")
    await redis.run("ZADD", DONE, 1, "x:1")
    await redis.run("HSET", STATE, "count", 2, "count_till", 1)
    one = open_one(POLICY)
    await one.book.start()
    assert await redis.run("XLEN", NEWS) == 0
    assert await redis.run("ZRANGE", ALIVE, 0, -1) == [one.book.process.encode()]
    assert await redis.run("ZCARD", DONE) == 0
    assert one.member.counts == []
    now = await find_time(redis)
    await redis.run("HSET", STATE, "count_till", now + 7200)  # as it stands there where the clock was set back
    await redis.run("ZADD", ALIVE, now + 7200, "dead")
    early = open_one(POLICY)
    await early.book.start()
    assert early.member.counts == []
    alive = {process.decode() for process in await redis.run("ZRANGE", ALIVE, 0, -1)}
    assert alive == {one.book.process, early.book.process}
    await redis.run("HSET", STATE, "count_till", now + 60)
    later = open_one(POLICY)
    await later.book.start()
    assert later.member.counts == [2]
