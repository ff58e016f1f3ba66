"""What a process tells of its requests over a real Valkey, and is told of those of others: the book without a lane."""

from __future__ import annotations

import asyncio
import dataclasses

import pytest

from bot.errors import SharedAway
from bot.http import Policy, Priority, Spent, SystemClock, TimeAccount, Window
from bot.http.share import Stake
from bot.redis.connection import Redis, build_key
from tests.redis.book import NOBODY, One, Open, Over, until
from tests.redis.process import until as until_answer
from tests.store.database import eventually
from tests.support.clock import FakeClock
from tests.support.valkey import Valkey

pytestmark = pytest.mark.usefixtures("unhurried")

ALIVE = build_key("lane", "alive")
STAKES = [
    Stake(person, suggests=suggests, looks_up=looks_up)
    for person in (None, "somebody")
    for suggests in (False, True)
    for looks_up in (False, True)
]


async def test_others_are_told_all_of_a_request_and_whoever_sent_it_of_its_end(open_one: Open) -> None:
    policy = Policy("demo", windows=(Window(20, 60.0),), concurrency=20)
    one, other = open_one(policy), open_one(policy)
    await one.book.start()
    await other.book.start()
    taken = await one.leases.take(STAKES, Priority.COMMAND, more=False)
    assert (len(set(taken.leases)), taken.wait_s, taken.debt_s) == (len(STAKES), 0.0, 0.0)
    await until(lambda: len(other.member.begun) == len(STAKES), other.clock)
    assert [other.member.begun[lease][0] for lease in taken.leases] == STAKES
    told: dict[str, Over] = {}
    for number, (lease, stake) in enumerate(zip(taken.leases, STAKES, strict=True)):
        over = Over(stake, 0.0, number % 2 == 0, float(number), number / 2)
        told[lease] = over
        one.leases.end(lease, stake, sent=over.sent, owed_s=over.owed_s, held_s=over.held_s, refused=False)
    await until(lambda: len(other.member.ended) == len(STAKES) == len(one.member.settled), other.clock)
    assert {lease: dataclasses.replace(over, at=0.0) for lease, over in other.member.ended.items()} == told
    assert {at for at, _ in one.member.settled.values()} == {one.clock.monotonic()}
    owed_s = sum(over.owed_s for over in told.values() if over.sent)
    assert max(debt_s or 0.0 for _, debt_s in one.member.settled.values()) == pytest.approx(owed_s, abs=5)
    assert one.member.begun == one.member.ended == {}


async def test_what_comes_within_a_moment_is_read_together(open_one: Open, redis: Redis) -> None:
    async def count_reads() -> int:
        told = (await redis.run("INFO", "commandstats")).decode()
        return int(told.partition("cmdstat_xread:calls=")[2].partition(",")[0] or 0)

    policy = Policy("demo", concurrency=20)
    one, other = open_one(policy), open_one(policy)
    await one.book.start()
    await other.book.start()
    before = await count_reads()
    for _ in range(10):
        taken = await one.leases.take([NOBODY], Priority.COMMAND, more=False)
        one.end(taken.leases[0], sent=False)
    await until(lambda: len(other.member.ended) == 10, other.clock)
    assert await count_reads() - before < 10


async def test_as_many_are_granted_as_the_tightest_limit_has_and_the_rest_hear_when(open_one: Open) -> None:
    policies = [
        Policy("windows", windows=(Window(2, 300.0), Window(9, 50.0)), concurrency=9),
        Policy("second", windows=(Window(9, 300.0), Window(3, 500.0)), concurrency=9),
        Policy("concurrency", windows=(Window(9, 300.0),), concurrency=4),
        Policy("gap", windows=(Window(9, 300.0),), concurrency=9, min_gap_s=100.0),
        Policy("time", concurrency=9, time_account=TimeAccount()),
    ]
    seen: list[tuple[int, float | None, float | None]] = []
    for one in map(open_one, policies):
        await one.book.start()
        taken = await one.leases.take([NOBODY] * 5, Priority.COMMAND, more=False)
        for lease in taken.leases:
            one.end(lease, owed_s=250.0)
        await until(lambda one=one, taken=taken: len(one.member.settled) == len(taken.leases))
        again = await one.leases.take([NOBODY] * 5, Priority.COMMAND, more=False)
        seen.append((len(taken.leases), taken.wait_s, again.wait_s))
    # Two of 250 s are a debt of 500, and 300 are refused.
    assert [(given, wait_s) for given, wait_s, _ in seen] == [(2, 0.0), (3, 0.0), (4, 0.0), (1, 0.0), (2, 0.0)]
    assert [wait_s for _, _, wait_s in seen] == pytest.approx([300.0, 500.0, 0.0, 100.0, 200.0], abs=10)


async def test_who_asks_while_all_is_on_the_way_is_not_told_when(open_one: Open) -> None:
    one = open_one(Policy("demo", concurrency=1))
    await one.book.start()
    assert len((await one.leases.take([NOBODY], Priority.COMMAND, more=True)).leases) == 1
    taken = await one.leases.take([NOBODY], Priority.COMMAND, more=False)
    assert (taken.leases, taken.wait_s) == ((), None)


async def test_what_was_sent_and_answered_before_it_joined_is_told_with_its_age(
    open_one: Open, redis: Redis, valkey: Valkey
) -> None:
    policy = Policy("demo", windows=(Window(20, 300.0), Window(9, 30.0)), timeout_s=100.0)
    other = open_one(policy)
    await other.book.start()
    one = open_one(policy)
    for age_s in (150.0, 250.0):
        one.end(one.leases.begin_alone(STAKES[-1]), STAKES[-1])
        await one.clock.advance(age_s)
    lapsed = one.leases.begin_alone(STAKES[-1])
    await one.clock.advance(4.0)
    going = one.leases.begin_alone(STAKES[-2])
    await one.clock.advance(10.0)
    ended = one.leases.begin_alone(STAKES[-1])
    one.leases.end(ended, STAKES[-1], sent=True, owed_s=700.0, held_s=7.0, refused=False)
    unsent = one.leases.begin_alone(STAKES[-1])
    one.end(unsent, sent=False)
    await one.clock.advance(90.0)
    assert set(one.member.settled) >= {ended, unsent}
    await one.book.start()
    await until(lambda: ended in other.member.ended, other.clock)
    now = other.clock.monotonic()
    assert set(other.member.begun) == {lapsed, going}
    assert [other.member.begun[lease][0] for lease in (lapsed, going)] == [STAKES[-1], STAKES[-2]]
    assert [other.member.begun[lease][1] for lease in (lapsed, going)] == pytest.approx([now - 104, now - 100], abs=10)
    over = other.member.ended[ended]
    assert dataclasses.replace(over, at=0.0) == Over(STAKES[-1], 0.0, sent=True, owed_s=0.0, held_s=7.0)
    assert over.at == pytest.approx(now - 90, abs=10)
    assert len(other.member.ended) == 2  # and the one of 354 s before: a window and a time-out are 400
    taken = await other.leases.take([NOBODY], Priority.COMMAND, more=False)
    assert taken.debt_s == pytest.approx(610, abs=10)
    # Nobody waits any longer for what was sent more than its time-out and two seconds ago.
    left = valkey.list("ZRANGE", build_key("lane", "demo", "out"), "0", "-1")
    assert [lease.decode() for lease in left] == [going, *taken.leases]
    assert await redis.run("ZCARD", build_key("lane", "demo", "done")) == 3


async def test_what_each_owed_at_its_time_is_owed_then_whoever_tells_first(open_one: Open) -> None:
    policy = Policy("demo", windows=(Window(200, 300.0),), concurrency=2, time_account=TimeAccount())
    early, late, other = (open_one(policy) for _ in range(3))
    for _ in range(10):  # each is paid off before the next one ends
        early.end(early.leases.begin_alone(NOBODY), owed_s=24.0)
        await early.clock.advance(25.0)
    for owed_s in (40.0, *[0.8] * 50):
        other.end(other.leases.begin_alone(NOBODY), owed_s=owed_s)
    await other.clock.advance(22.0)
    await late.book.start()
    first, second = (await late.leases.take([NOBODY] * 2, Priority.COMMAND, more=False)).leases
    late.end(first, owed_s=90.0)
    await until(lambda: first in late.member.settled)
    await early.book.start()
    await other.book.start()  # when the 90 came 79 were left of those 80: the last 24 were not paid off before them
    told_s = [debt_s for one in (late, early, other) for debt_s in one.member.debts_s]
    assert told_s == pytest.approx([0.0, 90.0, 79.0 + 90.0], abs=5.0)
    late.end(second, owed_s=60.0)
    await until(lambda: second in late.member.settled)
    assert late.member.settled[second][1] == pytest.approx(79.0 + 90.0 + 60.0, abs=10.0)


async def test_what_a_note_says_is_told_once_and_what_it_owes_is_the_least_that_is_owed(open_one: Open) -> None:
    policies = [Policy(name, windows=(Window(20, 60.0),)) for name in ("owing", "free")]
    one, other = open_one(*policies), open_one(*policies)
    await other.book.start()
    one.lanes["owing"].take_over(Spent((80.0, 50.0, 20.0, 10.0), debt_s=500.0))
    one.lanes["free"].take_over(Spent((15.0,), debt_s=0.0))
    own = one.lanes["free"].begin_alone(NOBODY)
    one.lanes["free"].end(own, NOBODY, sent=True, owed_s=0.0, held_s=0.0, refused=False)
    await one.book.start()
    await until(lambda: other.member.ended.pop(own, None), other.clock)
    for process in (one, other):
        await until(lambda process=process: len(process.member.ended) == 4, process.clock)
        now, over = process.clock.monotonic(), list(process.member.ended.values())
        assert {(one.stake, one.sent, one.owed_s, one.held_s) for one in over} == {(NOBODY, True, 0.0, 0.0)}
        assert [one.at for one in over] == pytest.approx([now - 50, now - 20, now - 10, now - 15], abs=5)
    later = open_one(*policies)
    later.lanes["owing"].take_over(Spent((51.0, 21.0, 11.0), debt_s=499.0))
    await later.book.start()
    taken = await later.lanes["owing"].take([NOBODY], Priority.COMMAND, more=False)
    assert taken.debt_s == pytest.approx(500, abs=10)
    await until(lambda: len(later.member.ended) >= 5, later.clock)
    assert later.member.ended.keys() == {*one.member.ended, own}


async def test_of_a_note_that_counts_which_is_kept_of_no_such_time(open_one: Open, redis: Redis) -> None:
    """What somebody sent while the server was away, say, and never told it: a note says when, and not who."""
    policy = Policy("demo", windows=(Window(40, 300.0),), timeout_s=15.0)
    known, one, other = (open_one(policy) for _ in range(3))
    for age_s in (200.0, 0.0, 60.0, 40.0):
        known.end(known.leases.begin_alone(NOBODY))
        await known.clock.advance(age_s)
    await known.book.start()
    seconds, _ = await redis.run("TIME")
    await redis.run("ZADD", build_key("lane", "demo", "out"), int(seconds) - 1, "going")
    one.leases.take_over(Spent((298.0, 150.0, 99.0, 98.0, 97.0, 70.0, 38.0, 0.5, 0.5, 0.0)))
    await one.book.start()
    await until(lambda: len(one.member.ended) == 8, one.clock)
    now = one.clock.monotonic()
    told = sorted(now - over.at for lease, over in one.member.ended.items() if lease.startswith("noted:"))
    assert told == pytest.approx([0, 70, 97, 150], abs=5)
    other.leases.take_over(Spent((149.0, 71.0, 1.0, 1.0)))
    await other.book.start()
    await until(lambda: len(other.member.ended) == 8, other.clock)
    assert other.member.ended.keys() == one.member.ended.keys()


async def test_what_may_have_been_sent_since_a_note_counts_once_and_only_where_all_was_forgotten(
    open_one: Open, redis: Redis
) -> None:
    policy, spent = Policy("demo", windows=(Window(20, 300.0),)), Spent((20.0, 0.0, 0.0))
    for _ in range(2):
        one = open_one(policy)
        one.leases.take_over(spent)
        await one.book.start()
        await until(lambda one=one: one.member.ended, one.clock)
        assert await redis.run("ZCARD", build_key("lane", "demo", "done")) == 3
    await redis.run("DEL", build_key("lane", "demo", "done"))
    known = open_one(policy)
    known.leases.take_over(spent)
    await known.book.start()
    assert await redis.run("ZCARD", build_key("lane", "demo", "done")) == 1


async def test_a_limit_is_told_to_those_who_are_there_and_who_come(open_one: Open, valkey: Valkey) -> None:
    policy = Policy("demo", windows=(Window(2, 60.0), Window(4, 600.0)), concurrency=9)
    one, other, third = (open_one(policy) for _ in range(3))
    await one.book.start()
    await other.book.start()
    one.leases.tell_count(3)
    await until(lambda: other.member.counts and "look" in one.member.told, other.clock)
    assert len((await other.leases.take([NOBODY] * 3, Priority.COMMAND, more=False)).leases) == 3
    third.leases.tell_count(9)  # as it was away
    alive: list[list[bytes]] = []
    third.member.on_count = lambda: alive.append(valkey.list("ZRANGE", ALIVE, "0", "-1"))
    await third.book.start()
    assert [sorted(processes) for processes in alive] == [
        sorted(process.book.process.encode() for process in (one, other))
    ]  # it says that it lives when it has told all
    await until(lambda: other.member.counts == [3, 9] and one.member.counts == [9], one.clock, other.clock)
    assert third.member.counts == [9]
    assert len((await third.leases.take([NOBODY] * 2, Priority.COMMAND, more=False)).leases) == 1


async def beat(one: One, redis: Redis) -> None:
    """Let a second pass for it: it says that it lives, and hears who else does."""
    for _ in range(200):  # it may not rest yet: what it said last is on its way, and no second passes for it then
        if one.clock.is_due(0.5, 1.0):
            break
        await asyncio.sleep(0.01)
    before = await redis.run("ZSCORE", ALIVE, one.book.process)
    await one.clock.advance(1.0)
    await until_answer(lambda: redis.run("ZSCORE", ALIVE, one.book.process), lambda score: score != before)
    await redis.run("PING")
    await one.clock.settle()


async def test_how_many_there_are_is_known_when_the_server_goes(open_one: Open, redis: Redis, valkey: Valkey) -> None:
    policy = Policy("demo", windows=(Window(9, 60.0),))
    known = [open_one(policy) for _ in range(3)]
    for one in known:
        await one.book.start()
    for one in known[:2]:
        await beat(one, redis)
    apart, later = open_one(policy), open_one(policy)
    await apart.book.start(others=None)
    valkey.kill()
    with pytest.raises(SharedAway):
        await redis.run("PING")
    await later.book.start(others=2)
    by_name = sorted(known, key=lambda one: one.book.process)
    assert [one.member.alone[-1].rank for one in by_name] == [0, 1, 2]
    assert [len(one.member.alone) for one in (*known, apart, later)] == [2, 2, 2, 2, 1]
    assert [one.member.alone[0].waits for one in (*known, apart, later)] == [False, False, False, True, False]
    assert [one.member.alone[0].processes for one in (*known, apart)] == [4] * 4
    assert [one.member.alone[-1].processes for one in (*known, apart, later)] == [3, 3, 3, 4, 4]
    assert all(0 <= one.rank < 4 for process in (*known, apart, later) for one in process.member.alone)
    now = SystemClock().time()
    told = [one.clock.monotonic() + one.member.alone[-1].offset_s for one in (*known, apart)]
    assert told == pytest.approx([now] * 4, abs=30)
    assert [one.member.told.count("together") for one in (*known, apart, later)] == [1, 1, 1, 0, 0]
    assert not any(one.member.alone[-1].waits for one in (*known, apart, later))


async def test_who_waits_for_others_goes_on_with_so_many_of_them_or_after_ten_seconds(
    open_one: Open, redis: Redis
) -> None:
    policy = Policy("demo", windows=(Window(9, 60.0),))
    before, one, alone, other = (open_one(policy) for _ in range(4))
    await before.book.start()
    assert before.member.told == ["alone", "together"]
    await alone.book.start(others=9)
    await one.book.start(others=2)
    await other.book.start()
    await beat(one, redis)
    assert one.member.told == ["alone"]  # one has said so since, and the other had before
    await beat(before, redis)
    await beat(one, redis)
    await until(lambda: one.member.told == ["alone", "together"])
    for passed_s in (5.0, 2.5):
        await alone.clock.advance(passed_s)
        await beat(alone, redis)
    assert alone.member.told == ["alone"]
    await beat(alone, redis)
    await until(lambda: alone.member.told == ["alone", "together"])
    await beat(alone, redis)
    assert alone.member.told == ["alone", "together"]


async def test_who_comes_back_waits_until_all_it_knew_have_said_that_they_live(open_one: Open, redis: Redis) -> None:
    policy = Policy("demo", windows=(Window(9, 60.0),))
    other, one = open_one(policy), open_one(policy)
    await other.book.start()
    await one.book.start()
    one.book.leave()
    one.end(one.leases.begin_alone(NOBODY))
    await one.clock.advance(1.0)
    await until(lambda: one.book.is_joined)
    await until(lambda: other.member.ended, other.clock)
    await beat(one, redis)
    assert one.member.told[:5] == ["alone", "together", "alone", "back", *one.member.told[4:5]]
    assert "together" not in one.member.told[3:]
    one.book.leave()  # amid this
    assert one.member.alone[-1].processes == 2
    await one.clock.advance(1.0)
    await until(lambda: one.book.is_joined)
    await beat(other, redis)
    await beat(one, redis)
    await until(lambda: one.member.told[-1] == "together")


async def test_whose_server_goes_as_it_joins_waits_for_nobody_and_is_back_with_the_server(
    open_one: Open, valkey: Valkey
) -> None:
    clock, policy = FakeClock(), Policy("demo", windows=(Window(9, 60.0),))
    redis = Redis(valkey.url, clock=clock)
    await redis.open()
    one = open_one(policy, redis=redis)
    valkey.kill()
    assert redis.is_there
    await one.book.start(others=1)
    assert [alone.waits for alone in one.member.alone] == [True, False]
    valkey.start()
    await eventually(lambda: redis.is_there, clock=clock)
    await until(lambda: one.book.is_joined)
    assert one.member.told[-1] == "back"
    await one.book.close()
    await redis.close()


async def test_a_person_has_the_same_short_name_everywhere_and_nobody_has_none(open_one: Open) -> None:
    one, other = open_one(Policy("demo")), open_one(Policy("demo"))
    assert one.book.find_tag(7) == other.book.find_tag(7) != one.book.find_tag(8)
    assert len(str(one.book.find_tag(7))) == 16
    assert one.book.find_tag(None) is None


async def test_who_goes_has_told_all_and_says_so(open_one: Open, redis: Redis, valkey: Valkey) -> None:
    policy = Policy("demo", windows=(Window(9, 600.0), Window(5, 5.0)), timeout_s=50.0)
    one, other = open_one(policy, Policy("brief", timeout_s=1.0)), open_one(policy)
    await one.book.start()
    score = float(await redis.run("ZSCORE", ALIVE, one.book.process))
    seconds, micros = await redis.run("TIME")
    assert score <= int(seconds) + int(micros) / 1e6 + 4.0  # so long it is believed to live
    await other.book.start()
    taken = await one.lanes["demo"].take([NOBODY] * 3, Priority.COMMAND, more=False)
    for lease in taken.leases:
        one.lanes["demo"].end(lease, NOBODY, sent=True, owed_s=0.0, held_s=0.0, refused=False)
    await one.book.close()
    assert one.member.told[-1] == "alone"
    assert {lease for lease, (_, debt_s) in one.member.settled.items() if debt_s is not None} == set(taken.leases)
    assert valkey.list("ZRANGE", ALIVE, "0", "-1") == [other.book.process.encode()]
    assert 600 + 50 < await redis.run("TTL", build_key("lane", "news")) <= 600 + 50 + 2
