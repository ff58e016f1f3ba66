"""How long a failed request waits before it is tried again."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace

import pytest

from bot.errors import CircuitOpen, Rejected, ServiceError, TimedOut, Unavailable
from bot.http import Client, Lane, MemoryCache, Policy, Request, TimeAccount
from bot.http.retry import find_retry_delay_s
from tests.support.clock import FakeClock
from tests.support.transport import Reply, ScriptedTransport

REQUEST = Request("demo", "thing", "GET", "http://demo.test/thing")
WRITE = Request("demo", "thing", "POST", "http://demo.test/thing", b"1", repeatable=False)


class Latest(random.Random):
    """Draws the upper bound."""

    def uniform(self, a: float, b: float) -> float:  # noqa: ARG002 - the lower one is not drawn
        return b


def find(
    attempt: int,
    *,
    rng: random.Random | None = None,
    retries: int = 9,
    within_s: float = 100.0,
    request: Request = REQUEST,
    error: ServiceError | None = None,
    account: TimeAccount | None = None,
) -> float | None:
    clock = FakeClock()
    return find_retry_delay_s(
        error or Unavailable("demo"),
        request=request,
        lane=Lane(Policy("demo", retries=retries, time_account=account), clock=clock),
        attempt=attempt,
        deadline_monotonic=clock.monotonic() + within_s,
        rng=rng or Latest(),
    )


def test_the_longest_wait_doubles_up_to_ten_seconds() -> None:
    assert [find(attempt) for attempt in range(1, 8)] == [0.5, 1.0, 2.0, 4.0, 8.0, 10.0, 10.0]


def test_waits_are_drawn_evenly_from_nothing_to_the_longest() -> None:
    rng = random.Random(5)
    drawn = sorted(find(3, rng=rng) or 0.0 for _ in range(400))
    assert (drawn[0], drawn[-1]) == (pytest.approx(0.0, abs=0.05), pytest.approx(2.0, abs=0.05))
    assert sum(drawn) / len(drawn) == pytest.approx(1.0, abs=0.1)


def test_no_more_attempts_than_the_policy_allows() -> None:
    assert find(2, retries=2) is not None
    assert find(3, retries=2) is None


def test_no_retry_that_would_end_at_the_deadline_or_later() -> None:
    assert find(1, within_s=0.6) == 0.5
    assert find(1, within_s=0.5) is None


@pytest.mark.parametrize("error", [Rejected("demo"), CircuitOpen("demo")])
def test_only_a_service_that_was_away_is_asked_again(error: ServiceError) -> None:
    assert find(1, error=error) is None


def test_what_may_not_be_repeated_is_not() -> None:
    assert find(1, request=WRITE) is None


def test_what_a_service_that_counts_its_time_may_still_be_at_is_not_asked_again() -> None:
    unsent, sent = TimedOut("demo"), TimedOut("demo")
    sent.cut = True
    assert find(1, error=sent, account=TimeAccount()) is None
    assert find(1, error=sent) is not None
    assert find(1, error=unsent, account=TimeAccount()) is not None
    assert find(1, error=sent, account=TimeAccount(), request=replace(REQUEST, looks_up=True)) is not None


async def test_the_client_waits_before_it_asks_again() -> None:
    clock = FakeClock()
    transport = ScriptedTransport(clock, Reply(500), Reply(500), Reply(500), Reply())
    policy = Policy("demo", retries=3)
    client = Client(transport, clock=clock, cache=MemoryCache(), policies=[policy], rng=Latest())
    task = asyncio.create_task(client.send(REQUEST))
    await clock.run(task)
    assert [sent.at - 1000.0 for sent in transport.sent] == [0.0, 0.5, 1.5, 3.5]
    await client.close()
