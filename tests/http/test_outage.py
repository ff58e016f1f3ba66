"""What is served, told and learnt while a service stumbles, pauses or refuses."""

from __future__ import annotations

import asyncio
import random

import pytest

from bot.errors import BadAnswer, Banned, OverShare, ServiceError, Throttled, TimedOut, Unavailable
from bot.http import (
    Client,
    Finding,
    Lane,
    Lifetime,
    MemoryCache,
    Policy,
    Priority,
    Request,
    Response,
    Rest,
    TimeAccount,
    Window,
    asking,
    find_key,
)
from tests.support.clock import FakeClock
from tests.support.transport import Reply, ScriptedTransport

LIFETIME = Lifetime(fresh_s=60.0, stale_s=600.0, empty_s=10.0)
PAGE = Request("demo", "thing", "GET", "http://demo.test/thing")
DOWN = Reply(500)


class Rig:
    """A client of one service, on a fake clock."""

    def __init__(self, *replies: Reply, policy: Policy | None = None) -> None:
        self.clock = FakeClock()
        self.transport = ScriptedTransport(self.clock, *replies)
        self.rests: list[tuple[str, Rest, float]] = []
        self.client = Client(
            self.transport,
            clock=self.clock,
            cache=MemoryCache(),
            policies=[policy or Policy("demo", concurrency=4, retries=0)],
            rng=random.Random(7),
            on_rest=lambda service, kind, for_s: self.rests.append((service, kind, for_s)),
        )

    async def send(self, *, within_s: float = 100.0, priority: Priority = Priority.COMMAND) -> Response:
        with asking(self.clock, within_s=within_s, priority=priority):
            task = asyncio.create_task(self.client.send(Request("demo", "other", "GET", "http://demo.test/other")))
            await self.clock.run(asyncio.gather(task, return_exceptions=True))
            return task.result()

    async def fail(self, times: int = 1) -> None:
        for _ in range(times):
            with pytest.raises(ServiceError):
                await self.send()

    async def fetch(self) -> tuple[bytes | None, bool]:
        """The page, and whether it is marked as old."""
        answer = await self.client.fetch(PAGE, LIFETIME)
        await self.clock.settle()
        return answer.body, answer.stale


# The cache in an outage


async def test_while_a_circuit_is_open_an_expired_answer_is_marked_and_nothing_is_asked() -> None:
    rig = Rig(Reply(body=b"old"), *[DOWN] * 5, Reply(body=b"new"))
    await rig.fetch()
    await rig.clock.advance(100.0)
    await rig.fail(5)
    assert not rig.client.lane("demo").up
    assert await rig.fetch() == (b"old", True)
    assert len(rig.transport.sent) == 6
    await rig.clock.advance(10.0)
    assert rig.client.lane("demo").up
    assert await rig.fetch() == (b"old", False)
    assert await rig.fetch() == (b"new", False)


async def test_a_fresh_answer_is_not_marked_whatever_becomes_of_the_service() -> None:
    rig = Rig(Reply(body=b"new"), *[DOWN] * 5)
    await rig.fetch()
    await rig.fail(5)
    assert await rig.fetch() == (b"new", False)


async def test_an_answer_is_refreshed_once_however_many_read_it() -> None:
    rig = Rig(Reply(body=b"old"), Reply(body=b"new", after_s=5.0))
    await rig.fetch()
    await rig.clock.advance(100.0)
    for _ in range(3):
        assert await rig.fetch() == (b"old", False)
    assert len(rig.transport.sent) == 2
    assert rig.client.counters.get("demo", "stale") == 3


async def test_a_failed_refresh_marks_what_is_looked_at_only_and_a_later_answer_ends_that() -> None:
    rig = Rig(Reply(body=b"old"), DOWN, Reply(body=b"new"))
    await rig.fetch()
    await rig.clock.advance(100.0)
    before = await rig.client.peek(find_key(PAGE))
    await rig.fetch()
    after = await rig.client.peek(find_key(PAGE))
    assert before is not None
    assert after is not None
    assert (before.stale, before.age_s, before.cached, after.stale) == (False, 100.0, True, True)
    await rig.clock.advance(30.0)
    await rig.fetch()
    assert await rig.fetch() == (b"new", False)


async def test_an_answer_is_of_use_up_to_the_end_of_its_time() -> None:
    rig = Rig(Reply(body=b"old"))
    await rig.fetch()
    await rig.clock.advance(60.0)
    await rig.fetch()
    assert len(rig.transport.sent) == 1
    await rig.clock.advance(540.0)
    assert await rig.client.peek(find_key(PAGE)) is not None
    assert (await rig.fetch())[0] == b"old"


async def test_what_was_found_to_be_nothing_is_nothing_for_its_own_time_and_no_longer() -> None:
    rig = Rig()
    await rig.client.put("key", None, LIFETIME)
    await rig.clock.advance(10.0)
    assert await rig.client.peek("key") is not None
    await rig.clock.advance(0.1)
    assert await rig.client.peek("key") is None


async def test_what_was_found_to_be_nothing_is_asked_for_again_when_its_time_is_over() -> None:
    rig = Rig()
    lifetime = Lifetime(fresh_s=60.0, stale_s=600.0, empty_s=0.5)
    asked: list[str] = []

    async def load() -> None:
        asked.append("once")

    for _ in range(2):
        answer = await rig.client.cached("key", lifetime, load, service="demo", what="thing")
        assert not answer.cached
        await rig.clock.advance(0.6)
    assert len(asked) == 2


async def test_an_answer_that_was_just_asked_for_is_of_now() -> None:
    answer = await Rig(Reply(body=b"new")).client.fetch(PAGE, LIFETIME)
    assert (answer.body, answer.age_s, answer.stale, answer.cached) == (b"new", 0.0, False, False)


# How it stands with a service


async def test_a_service_is_up_unless_it_is_paused_or_its_circuit_is_open() -> None:
    clock = FakeClock()
    lane = Lane(Policy("demo"), clock=clock)
    assert (lane.up, lane.state.up) == (True, True)
    lane.rest(Rest.PAUSE, 5.0)
    assert (lane.up, lane.state.up, lane.state.paused_for_s, lane.state.blocked_for_s) == (False, False, 5.0, 0.0)
    await clock.advance(5.0)
    assert (lane.up, lane.state.up) == (True, True)
    for _ in range(5):
        lane.circuit.fail(clock.monotonic(), trial=False)
    assert (lane.up, lane.state.up, lane.state.circuit_open_for_s) == (False, False, 10.0)
    await clock.advance(10.0)
    assert (lane.up, lane.state.up) == (True, True)


async def test_a_block_is_told_as_one() -> None:
    lane = Lane(Policy("demo"), clock=FakeClock())
    lane.rest(Rest.BLOCK, 5.0)
    assert (lane.state.blocked_for_s, lane.state.paused_for_s) == (5.0, 5.0)


async def test_each_rest_is_told_however_short() -> None:
    rig = Rig()
    rig.client.rest("demo", Rest.PAUSE, 1.0)
    rig.client.rest("demo", Rest.BLOCK, 10.0)
    assert rig.rests == [("demo", Rest.PAUSE, 1.0), ("demo", Rest.PAUSE, 1.0), ("demo", Rest.BLOCK, 10.0)]


async def test_what_a_service_asks_for_as_it_refuses_is_told_to_who_keeps_it() -> None:
    rig = Rig(Reply(429, headers={"retry-after": "60"}))
    await rig.fail()
    assert rig.rests == [("demo", Rest.PAUSE, 60.0)]


async def test_a_rest_of_a_service_that_is_not_asked_here_is_passed_over() -> None:
    rig = Rig()
    rig.client.rest("elsewhere", Rest.PAUSE, 60.0)
    assert rig.rests == []


# What is learnt of answers


@pytest.mark.parametrize(("status", "debt_s"), [(500, 180.0), (502, 0.0), (503, 0.0), (504, 0.0), (404, 180.0)])
async def test_what_a_gateway_says_was_never_executed(status: int, debt_s: float) -> None:
    rig = Rig(Reply(status, after_s=3.0), policy=Policy("demo", retries=0, time_account=TimeAccount()))
    await rig.fail()
    assert rig.client.lane("demo").debt_s == pytest.approx(debt_s)


async def test_a_refused_request_costs_nothing_and_tells_how_much_is_owed() -> None:
    policy = Policy("demo", retries=0, time_account=TimeAccount())
    rig = Rig(Reply(429, after_s=3.0, headers={"retry-after": "1"}), policy=policy)
    await rig.fail()
    assert rig.client.lane("demo").debt_s == pytest.approx(300.0)


async def test_a_service_that_says_when_it_is_back_is_left_alone_till_then() -> None:
    rig = Rig(Reply(503, headers={"retry-after": "20"}))
    with pytest.raises(Unavailable) as caught:
        await rig.send()
    assert caught.value.retry_after_s == pytest.approx(20.0)
    assert rig.client.lane("demo").paused_for_s == pytest.approx(20.0)


async def test_a_service_that_is_broken_without_a_word_is_not_paused() -> None:
    rig = Rig(Reply(503), Reply(500, headers={"retry-after": "20"}))
    await rig.fail(2)
    assert rig.client.lane("demo").paused_for_s == 0.0


def read_words(response: Response) -> Finding:
    if response.body == b"banned":
        return Finding(pause_s=50.0, error=Banned("demo", "go away", retry_after_s=50.0))
    return Finding(limit=1 if response.body == b"narrow" else None)


async def test_who_is_shut_out_is_told_so_until_it_is_over() -> None:
    rig = Rig(Reply(body=b"banned"), policy=Policy("demo", retries=0, examine=read_words))
    await rig.fail()
    with pytest.raises(Banned) as caught:
        await rig.send()
    assert caught.value.retry_after_s == pytest.approx(50.0)
    assert rig.rests == [("demo", Rest.BAN, 50.0)]
    assert rig.client.counters.get("demo", "paused") == 1
    await rig.clock.advance(51.0)
    assert (await rig.send()).status == 200


async def test_a_service_that_says_its_limit_is_asked_within_it() -> None:
    policy = Policy("demo", retries=0, windows=(Window(5, 30.0),), examine=read_words)
    rig = Rig(Reply(body=b"narrow"), policy=policy)
    await rig.send()
    with pytest.raises(Throttled):
        await rig.send(within_s=5.0)


async def test_an_answer_that_cannot_be_read_says_that_the_service_is_there() -> None:
    rig = Rig(*[DOWN] * 4, Reply(error=BadAnswer("demo", "garbled")), *[DOWN] * 4)
    await rig.fail(9)
    assert rig.client.lane("demo").up
    rig = Rig(*[DOWN] * 4, Reply(404), *[DOWN] * 4)
    await rig.fail(9)
    assert rig.client.lane("demo").up


@pytest.mark.parametrize(
    ("reply", "trouble"),
    [
        (Reply(500), "broken"),
        (Reply(502), "broken"),
        (Reply(error=TimedOut("demo")), "silent"),
        (Reply(error=Unavailable("demo")), "cut"),
        (Reply(error=Unavailable("demo"), unsent=True), "away"),
        (Reply(error=BadAnswer("demo", "too large")), "garbled"),
        (Reply(302), "garbled"),
        (Reply(404), None),
    ],
)
async def test_what_happened_is_known_until_there_is_an_answer(reply: Reply, trouble: str | None) -> None:
    rig = Rig(reply)
    await rig.fail()
    assert rig.client.lane("demo").trouble == trouble
    await rig.clock.advance(1080.0)
    if trouble is not None:
        assert rig.client.lane("demo").trouble_ago_s == pytest.approx(1080.0)
    await rig.send()
    assert rig.client.lane("demo").trouble is None


async def test_a_refusal_forgets_the_failures_before_it() -> None:
    rig = Rig(*[DOWN] * 4, Reply(429, headers={"retry-after": "1"}), *[DOWN] * 4)
    for _ in range(9):
        await rig.fail()
    assert rig.client.lane("demo").circuit_open_for_s == 0.0


async def test_a_transport_that_does_not_keep_its_time_is_given_up_a_second_after_it() -> None:
    rig = Rig(policy=Policy("demo", timeout_s=5.0, retries=0))
    rig.transport.replies.append(Reply(connect_s=1e6))
    task = asyncio.create_task(rig.client.send(PAGE))
    await rig.clock.advance(5.9)
    assert not task.done()
    await rig.clock.advance(0.1)
    assert isinstance(task.exception(), TimedOut)


async def test_what_a_transport_that_was_given_up_may_have_sent_counts_as_sent() -> None:
    rig = Rig(Reply(connect_s=1e6), policy=Policy("demo", windows=(Window(1, 100.0),), timeout_s=5.0, retries=0))
    await rig.fail()
    with pytest.raises(ServiceError):
        await rig.send(within_s=50.0)
    assert rig.transport.sent == []


async def test_a_refusal_is_logged_in_the_words_of_the_service_and_a_missing_entry_is_not(
    caplog: pytest.LogCaptureFixture,
) -> None:
    page = Reply(400, b"no such page", {"content-type": "text/html"})
    rig = Rig(Reply(404, b"no such entry"), Reply(400, b"no such field"), page)
    await rig.fail(3)
    warnings = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert warnings == ["demo refused other (400): no such field", "demo refused other (400): no such page"]


async def test_a_failed_retry_is_told_as_what_failed_first_when_the_share_is_used_up() -> None:
    policy = Policy("demo", windows=(Window(4, 60.0),), retries=1)
    rig = Rig(Reply(), Reply(500), policy=policy)
    with asking(rig.clock, within_s=20.0, priority=Priority.COMMAND, person="a"):
        first = asyncio.create_task(rig.client.send(PAGE))
        await rig.clock.run(first)
        second = asyncio.create_task(rig.client.send(PAGE))
    await rig.clock.run(asyncio.gather(second, return_exceptions=True))
    assert isinstance(second.exception(), Unavailable)
    assert not isinstance(second.exception(), OverShare)


async def test_everything_is_counted_under_what_it_was() -> None:
    rig = Rig(Reply(500), Reply(429, headers={"retry-after": "20"}), Reply(error=Unavailable("demo")))
    await rig.fail(2)
    with pytest.raises(Throttled):
        await rig.send(within_s=5.0)
    await rig.clock.advance(21.0)
    await rig.fail()
    assert rig.client.counters.snapshot() == {
        "demo.answered_4xx": 1,
        "demo.answered_5xx": 1,
        "demo.failed": 1,
        "demo.paused": 1,
        "demo.refused": 1,
        "demo.sent": 3,
    }


async def test_what_was_sent_goes_on_when_the_caller_has_left() -> None:
    rig = Rig(Reply(after_s=1.0))
    task = asyncio.create_task(rig.client.send(PAGE))
    await rig.clock.advance(0.5)
    task.cancel()
    await rig.clock.settle()
    assert (task.cancelled(), rig.client.lane("demo").in_flight) == (True, 1)
    await rig.clock.advance(0.5)
    assert rig.client.lane("demo").in_flight == 0
    assert rig.client.counters.get("demo", "answered_2xx") == 1


async def test_a_closed_client_asks_nothing_any_more() -> None:
    rig = Rig()
    await rig.client.close()
    with pytest.raises(Unavailable, match="closed"):
        await rig.client.send(PAGE)
    assert rig.transport.sent == []


async def test_closing_ends_the_refreshes() -> None:
    rig = Rig(Reply(body=b"old"), Reply(after_s=5.0))
    await rig.fetch()
    await rig.clock.advance(100.0)
    await rig.fetch()
    await rig.client.close()
    assert rig.client.lane("demo").in_flight == 0
    assert asyncio.all_tasks() == {asyncio.current_task()}
