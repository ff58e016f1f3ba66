"""The client: cache, single flight, retry, counters and the log line."""

from __future__ import annotations

import asyncio
import logging
import math
import random

import pytest

from bot.errors import BadAnswer, CircuitOpen, Rejected, Throttled, TimedOut, Unavailable
from bot.http import (
    Client,
    Finding,
    Lifetime,
    MemoryCache,
    Policy,
    Priority,
    Request,
    Response,
    TimeAccount,
    Window,
    asking,
    find_key,
)
from bot.http.policy import Spent
from tests.support.clock import FakeClock
from tests.support.transport import Reply, ScriptedTransport

LIFETIME = Lifetime(fresh_s=60.0, stale_s=600.0, empty_s=10.0)
REQUEST = Request("demo", "thing", "POST", "http://demo.test/thing?secret=1", b"{}")
DOWN = Reply(500, b"oops")


class Rig:
    """A client on a fake clock and a scripted transport."""

    def __init__(self, *replies: Reply, policy: Policy | None = None) -> None:
        self.clock = FakeClock()
        self.transport = ScriptedTransport(self.clock, *replies)
        self.cache = MemoryCache()
        self.client = Client(
            self.transport,
            clock=self.clock,
            cache=self.cache,
            policies=[policy or Policy("demo", concurrency=4, retries=0)],
            rng=random.Random(7),
        )

    async def fetch(self, *, within_s: float = 100.0, priority: Priority = Priority.COMMAND) -> bytes | None:
        with asking(self.clock, within_s=within_s, priority=priority):
            return (await self.client.fetch(REQUEST, LIFETIME)).body

    def start(self, *, within_s: float = 100.0, priority: Priority = Priority.COMMAND) -> asyncio.Task[bytes | None]:
        return asyncio.create_task(self.fetch(within_s=within_s, priority=priority))


async def test_fresh_answer_is_not_asked_for_again() -> None:
    rig = Rig(Reply(body=b"one"))
    await rig.fetch()
    await rig.clock.advance(30.0)
    answer = await rig.client.fetch(REQUEST, LIFETIME)
    assert (answer.body, answer.age_s, answer.stale, answer.cached) == (b"one", 30.0, False, True)
    assert len(rig.transport.sent) == 1


async def test_an_answer_is_no_newer_when_the_clock_is_set_back() -> None:
    rig = Rig(Reply(body=b"old"), Reply(body=b"new"))
    await rig.fetch()
    rig.clock.set_back(5 * 3600.0)
    await rig.clock.advance(100.0)
    assert (await rig.client.fetch(REQUEST, LIFETIME)).age_s == 100.0
    await rig.clock.advance(1.0)
    assert (await rig.client.fetch(REQUEST, LIFETIME)).body == b"new"


async def test_expired_answer_is_served_and_refreshed_behind_the_readers_back() -> None:
    rig = Rig(Reply(body=b"old"), Reply(body=b"new", after_s=1.0))
    await rig.fetch()
    await rig.clock.advance(100.0)
    answer = await rig.client.fetch(REQUEST, LIFETIME)
    assert (answer.body, answer.stale) == (b"old", False)
    await rig.clock.advance(1.0)
    answer = await rig.client.fetch(REQUEST, LIFETIME)
    assert (answer.body, answer.age_s) == (b"new", 0.0)
    assert len(rig.transport.sent) == 2


async def test_expired_answer_is_marked_once_a_refresh_failed() -> None:
    rig = Rig(Reply(body=b"old"), DOWN, DOWN)
    await rig.fetch()
    await rig.clock.advance(100.0)
    await rig.client.fetch(REQUEST, LIFETIME)
    await rig.clock.settle()
    answer = await rig.client.fetch(REQUEST, LIFETIME)
    assert (answer.body, answer.stale) == (b"old", True)
    assert len(rig.transport.sent) == 2  # not asked again at once
    await rig.clock.advance(31.0)
    await rig.client.fetch(REQUEST, LIFETIME)
    await rig.clock.settle()
    assert len(rig.transport.sent) == 3


async def test_expired_answer_is_marked_while_the_lane_is_paused() -> None:
    rig = Rig(Reply(body=b"old"), Reply(429, headers={"retry-after": "100"}))
    await rig.fetch()
    await rig.clock.advance(100.0)
    with pytest.raises(Throttled):
        await rig.client.send(Request("demo", "other", "GET", "http://demo.test/other"))
    answer = await rig.client.fetch(REQUEST, LIFETIME)
    assert (answer.body, answer.stale) == (b"old", True)
    assert len(rig.transport.sent) == 2


async def test_answer_past_its_stale_time_is_not_served() -> None:
    rig = Rig(Reply(body=b"old"), DOWN)
    await rig.fetch()
    await rig.clock.advance(601.0)
    assert await rig.client.peek(find_key(REQUEST)) is None
    with pytest.raises(Unavailable):
        await rig.fetch()


async def test_empty_answers_are_kept_for_a_shorter_time() -> None:
    rig = Rig(Reply(body=b"[]"), Reply(body=b"[1]"))
    await rig.client.fetch(REQUEST, LIFETIME, is_empty=lambda body: body == b"[]")
    await rig.clock.advance(9.0)
    assert (await rig.client.fetch(REQUEST, LIFETIME)).body == b"[]"
    await rig.clock.advance(2.0)
    assert (await rig.client.fetch(REQUEST, LIFETIME)).body == b"[1]"


async def test_cached_nothing_is_not_a_miss() -> None:
    rig = Rig()
    loads = 0

    async def load() -> None:
        nonlocal loads
        loads += 1

    for _ in range(3):
        answer = await rig.client.cached("demo none", LIFETIME, load, service="demo", what="none")
        assert answer.body is None
    assert loads == 1
    peeked = await rig.client.peek("demo none")
    assert peeked is not None
    assert peeked.body is None


async def test_put_is_found_by_peek_and_never_asks() -> None:
    rig = Rig()
    assert await rig.client.peek("demo key") is None
    await rig.client.put("demo key", b"value", LIFETIME)
    answer = await rig.client.peek("demo key")
    assert answer is not None
    assert answer.body == b"value"
    assert rig.transport.sent == []


async def test_errors_are_not_kept() -> None:
    rig = Rig(DOWN, Reply(body=b"fine"))
    with pytest.raises(Unavailable):
        await rig.fetch()
    assert await rig.fetch() == b"fine"


async def test_equal_questions_at_once_are_one_request() -> None:
    rig = Rig(Reply(body=b"one", after_s=1.0))
    tasks = [rig.start() for _ in range(50)]
    await rig.clock.advance(1.0)
    assert [await task for task in tasks] == [b"one"] * 50
    assert len(rig.transport.sent) == 1
    assert rig.client.counters.get("demo", "joined") == 49


async def test_failure_reaches_everybody() -> None:
    rig = Rig(Reply(500, after_s=1.0))
    tasks = [rig.start() for _ in range(3)]
    await rig.clock.advance(1.0)
    assert all(isinstance(task.exception(), Unavailable) for task in tasks)


async def test_one_cancellation_cancels_nobody_else() -> None:
    rig = Rig(Reply(body=b"one", after_s=1.0))
    tasks = [rig.start() for _ in range(3)]
    await rig.clock.advance(0.5)
    tasks[0].cancel()
    await rig.clock.advance(0.5)
    assert tasks[0].cancelled()
    assert [await task for task in tasks[1:]] == [b"one"] * 2


async def test_request_on_the_wire_goes_on_for_the_cache() -> None:
    rig = Rig(Reply(body=b"one", after_s=1.0))
    task = rig.start()
    await rig.clock.advance(0.5)
    task.cancel()
    await rig.clock.advance(0.5)
    assert task.cancelled()
    answer = await rig.client.peek(find_key(REQUEST))
    assert answer is not None
    assert answer.body == b"one"


async def test_unsent_request_without_askers_is_withdrawn_without_trace() -> None:
    policy = Policy("demo", windows=(Window(1, 100.0),), retries=0)
    rig = Rig(Reply(connect_s=5.0), Reply(body=b"later"), policy=policy)
    tasks = [rig.start(), rig.start()]
    await rig.clock.advance(1.0)
    for task in tasks:
        task.cancel()
    await rig.clock.settle()
    assert rig.transport.sent == []
    assert rig.client.lane("demo").in_flight == 0
    assert await rig.fetch(within_s=0.1) == b"later"


async def test_new_asker_does_not_join_a_withdrawn_flight() -> None:
    rig = Rig(Reply(connect_s=5.0), Reply(body=b"second"))
    first = rig.start()
    await rig.clock.advance(1.0)
    first.cancel()
    await asyncio.sleep(0)  # the asker is gone, its flight is still being taken down
    second = rig.start()
    await rig.clock.settle()
    assert await second == b"second"


async def test_later_asker_lifts_a_waiting_flight() -> None:
    policy = Policy("demo", concurrency=1, retries=0)
    rig = Rig(Reply(after_s=1.0), policy=policy)
    busy = asyncio.create_task(rig.client.send(Request("demo", "busy", "GET", "http://demo.test/0")))
    await rig.clock.settle()
    with asking(rig.clock, within_s=100.0, priority=Priority.AUTOCOMPLETE):
        other = asyncio.create_task(rig.client.send(Request("demo", "other", "GET", "http://demo.test/1")))
        await rig.clock.settle()
    slow = rig.start(priority=Priority.BACKGROUND)
    await rig.clock.settle()
    urgent = rig.start(priority=Priority.COMMAND)
    await rig.clock.advance(1.0)
    await asyncio.gather(busy, other, slow, urgent)
    assert [sent.request.what for sent in rig.transport.sent] == ["busy", "thing", "other"]


async def test_later_asker_extends_the_deadline_of_a_waiting_flight() -> None:
    rig = Rig(Reply(after_s=5.0), policy=Policy("demo", concurrency=1, retries=0))
    busy = asyncio.create_task(rig.client.send(Request("demo", "busy", "GET", "http://demo.test/0")))
    await rig.clock.settle()
    hasty, patient = rig.start(within_s=1.0), rig.start(within_s=50.0)
    await rig.clock.advance(2.0)
    assert isinstance(hasty.exception(), TimedOut)
    await rig.clock.advance(3.0)
    assert await patient == b"{}"
    await busy


async def test_each_asker_waits_to_its_own_deadline() -> None:
    rig = Rig(Reply(body=b"late", after_s=3.0))
    hasty, patient = rig.start(within_s=1.0), rig.start(within_s=10.0)
    await rig.clock.advance(1.0)
    assert isinstance(hasty.exception(), TimedOut)
    await rig.clock.advance(2.0)
    assert await patient == b"late"


async def test_retries_what_may_be_repeated() -> None:
    rig = Rig(DOWN, DOWN, Reply(body=b"fine"), policy=Policy("demo", retries=2))
    task = rig.start()
    await rig.clock.run(task)
    assert await task == b"fine"
    assert rig.client.counters.get("demo", "retried") == 2


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        pytest.param(Reply(400, b"Invalid query\n"), Rejected, id="refused question"),
        pytest.param(Reply(429), Throttled, id="throttled"),
        pytest.param(Reply(302, headers={"location": "http://else.test"}), BadAnswer, id="redirect"),
        pytest.param(Reply(503, headers={"retry-after": "5"}), Unavailable, id="inside a pause"),
    ],
)
async def test_does_not_retry(reply: Reply, kind: type[Exception]) -> None:
    rig = Rig(reply, policy=Policy("demo", retries=3))
    task = rig.start()
    await rig.clock.advance(60.0)
    assert isinstance(task.exception(), kind)
    assert len(rig.transport.sent) == 1


async def test_does_not_retry_what_may_not_be_repeated() -> None:
    rig = Rig(DOWN, policy=Policy("demo", retries=3))
    with pytest.raises(Unavailable):
        await rig.client.send(Request("demo", "write", "POST", "http://demo.test/w", b"x", repeatable=False))
    assert len(rig.transport.sent) == 1


async def test_does_not_retry_past_the_deadline() -> None:
    rig = Rig(Reply(500, after_s=1.0), policy=Policy("demo", retries=3))
    task = rig.start(within_s=1.0001)
    await rig.clock.advance(60.0)
    assert isinstance(task.exception(), Unavailable)
    assert len(rig.transport.sent) == 1


async def test_rejection_carries_the_services_words() -> None:
    rig = Rig(Reply(400, b"Invalid 'x' filter: Unknown field.\n"))
    with pytest.raises(Rejected) as caught:
        await rig.fetch()
    assert (caught.value.reason, caught.value.status) == ("Invalid 'x' filter: Unknown field.", 400)


async def test_pause_holds_for_everybody() -> None:
    rig = Rig(Reply(429, headers={"Retry-After": "20"}))
    with pytest.raises(Throttled) as caught:
        await rig.fetch()
    assert caught.value.retry_after_s == pytest.approx(20.0)
    with pytest.raises(Throttled):
        await rig.fetch(within_s=10.0)
    task = rig.start(within_s=60.0)
    await rig.clock.advance(20.01)
    assert task.done()
    assert len(rig.transport.sent) == 2


async def test_circuit_opens_and_one_trial_closes_it() -> None:
    rig = Rig(*[DOWN] * 5, Reply(body=b"back"))
    for _ in range(5):
        with pytest.raises(Unavailable):
            await rig.fetch()
    with pytest.raises(CircuitOpen):
        await rig.fetch()
    await rig.clock.advance(10.0)
    assert await rig.fetch() == b"back"
    assert rig.client.lane("demo").up


async def test_refused_connection_takes_no_slot() -> None:
    rig = Rig(
        Reply(error=Unavailable("demo"), unsent=True),
        policy=Policy("demo", windows=(Window(1, 100.0),), retries=0),
    )
    with pytest.raises(Unavailable):
        await rig.fetch()
    assert await rig.fetch(within_s=0.1) == b"{}"


async def test_transport_that_never_answers_is_given_up() -> None:
    rig = Rig(policy=Policy("demo", timeout_s=5.0, retries=0))
    rig.transport.replies.append(Reply(connect_s=1e6))
    task = rig.start()
    await rig.clock.advance(6.0)
    assert isinstance(task.exception(), TimedOut)
    assert rig.client.lane("demo").in_flight == 0


def examine_cost(response: Response) -> Finding:
    if response.body == b"banned":
        return Finding(pause_s=50.0, error=Throttled("demo", "banned", retry_after_s=50.0))
    return Finding(cost_s=4.0)


async def test_examined_cost_is_booked() -> None:
    rig = Rig(Reply(after_s=4.5), policy=Policy("demo", time_account=TimeAccount(), examine=examine_cost))
    task = rig.start()
    await rig.clock.advance(4.5)
    await task
    assert rig.client.lane("demo").debt_s == pytest.approx(240.0)


async def test_no_more_is_booked_than_the_request_can_have_taken() -> None:
    rig = Rig(Reply(after_s=0.5), policy=Policy("demo", time_account=TimeAccount(), examine=examine_cost))
    task = rig.start()
    await rig.clock.advance(0.5)
    await task
    assert rig.client.lane("demo").debt_s == pytest.approx(30.0)


@pytest.mark.parametrize("debt_s", [5e6, math.inf])
async def test_a_debt_that_is_taken_over_is_over_within_the_hour(debt_s: float) -> None:
    rig = Rig(policy=Policy("demo", time_account=TimeAccount()))
    rig.client.take_over("demo", Spent((), debt_s))
    assert rig.client.lane("demo").debt_s == pytest.approx(3600.0)
    await rig.clock.advance(3301.0)
    assert await rig.fetch() == b"{}"


async def test_examined_ban_in_a_good_answer_pauses_the_lane() -> None:
    rig = Rig(Reply(200, b"banned"), policy=Policy("demo", examine=examine_cost))
    with pytest.raises(Throttled):
        await rig.fetch()
    assert rig.client.lane("demo").paused_for_s == pytest.approx(50.0)
    assert await rig.client.peek(find_key(REQUEST)) is None


async def test_every_request_is_one_log_line_without_address(caplog: pytest.LogCaptureFixture) -> None:
    rig = Rig(Reply(after_s=0.25))
    with caplog.at_level(logging.DEBUG, logger="bot.http"):
        tasks = [rig.start(), rig.start()]
        await rig.clock.advance(1.0)
        await asyncio.gather(*tasks)
        await rig.fetch()
        await rig.clock.advance(100.0)
        await rig.fetch()
    lines = [(record.levelname, record.getMessage()) for record in caplog.records if record.name == "bot.http"]
    assert lines == [
        ("DEBUG", "service=demo what=thing status=- ms=0 source=joined"),
        ("INFO", "service=demo what=thing status=200 ms=250 source=sent"),
        ("DEBUG", "service=demo what=thing status=- ms=0 source=cache"),
        ("DEBUG", "service=demo what=thing status=- ms=0 source=stale"),
    ]


async def test_counters_can_be_read() -> None:
    rig = Rig(Reply(), Reply(404))
    await rig.fetch()
    await rig.fetch()
    with pytest.raises(Rejected):
        await rig.client.send(REQUEST)
    assert rig.client.counters.snapshot() == {
        "demo.answered_2xx": 1,
        "demo.answered_4xx": 1,
        "demo.hit": 1,
        "demo.miss": 1,
        "demo.sent": 2,
    }


async def test_how_long_a_service_took_and_was_waited_for_can_be_read() -> None:
    rig = Rig(Reply(after_s=0.25), Reply(after_s=12.0), policy=Policy("demo", concurrency=1, retries=0, timeout_s=15.0))
    first, second = (asyncio.create_task(rig.client.send(REQUEST)) for _ in range(2))
    await rig.clock.run(asyncio.gather(first, second))
    took, waited = rig.client.counters.took["demo"], rig.client.counters.waited["demo"]
    assert took.counts == [0, 1, 0, 0, 0, 0, 0, 1, 0]  # 0.25 is no more than 0.25
    assert took.total_s == pytest.approx(12.25)
    assert (sum(waited.counts), waited.total_s) == (2, pytest.approx(0.25))


async def test_close_ends_every_wait() -> None:
    rig = Rig(Reply(after_s=5.0))
    task = rig.start()
    await rig.clock.advance(1.0)
    await rig.client.close()
    with pytest.raises(Unavailable):
        await task
    assert rig.transport.closed
