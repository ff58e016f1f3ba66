"""A service that stumbles is back for everybody soon after it is well again, under the limits of each service."""

from __future__ import annotations

import asyncio
import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.anime.api.amvstrm import client as amvstrm
from bot.anime.api.anilist import client as anilist
from bot.errors import BadAnswer, ServiceError, Silent, Throttled, TimedOut, Unavailable
from bot.gallery.api import client as ehentai
from bot.http import Client, MemoryCache, Policy, Priority, Request, asking
from bot.picture.api import client as nekos
from bot.vndb.api import client as vndb
from tests.support.clock import FakeClock
from tests.support.examples import examples
from tests.support.transport import Reply, ScriptedTransport

BACK_WITHIN_S = 20.0
POLICIES = [vndb.policy(), ehentai.policy(), anilist.policy(), amvstrm.policy(), nekos.policy()]
GOOD = Reply(body=b'{"code": 200, "results": [], "data": {}}', headers={"content-type": "application/json"})
HANGING = Reply(after_s=10_000.0)


class Rig:
    """A client of one service, and a transport that answers what is told."""

    def __init__(self, policy: Policy) -> None:
        self.service = policy.service
        self.clock = FakeClock()
        self.transport = ScriptedTransport(self.clock, default=GOOD)
        self.client = Client(
            self.transport, clock=self.clock, cache=MemoryCache(), policies=[policy], rng=random.Random(1)
        )

    def ask(self, number: int, *, within_s: float = 20.0, looks_up: bool = False) -> asyncio.Task[object]:
        async def ask() -> object:
            with asking(self.clock, within_s=within_s, priority=Priority.COMMAND):
                url = f"https://{self.service}.test/{number}"
                request = Request(self.service, "thing", "GET", url, looks_up=looks_up)
                return (await self.client.send(request)).status

        return asyncio.create_task(ask())


def describe(policy: Policy) -> str:
    return policy.service


async def test_a_service_that_hung_once_owes_nothing_and_is_asked_at_once() -> None:
    rig = Rig(vndb.policy())
    rig.transport.replies.extend([HANGING, HANGING])
    first, second = rig.ask(1, looks_up=True), rig.ask(2, looks_up=True)
    await rig.clock.advance(8.0)
    assert (await first, await second) == (200, 200)
    assert rig.client.lane("VNDB").debt_s < 1
    assert await rig.ask(3) == 200


async def test_what_the_service_had_counted_after_all_costs_one_refusal_and_a_short_wait() -> None:
    rig = Rig(vndb.policy())
    rig.transport.replies.extend([HANGING, HANGING, Reply(429, b"Throttled on query execution time.\n")])
    tasks = [rig.ask(number, looks_up=True) for number in range(2)]
    await rig.clock.advance(30.0)
    assert any(task.exception() is None for task in tasks)
    assert rig.client.lane("VNDB").up


@pytest.mark.parametrize("policy", POLICIES, ids=describe)
@given(
    outage_s=st.floats(0.0, 900.0),
    every_s=st.floats(0.2, 30.0),
    failing=st.sampled_from(
        [HANGING, Reply(status=500), Reply(status=502, after_s=3.0), Reply(error=Unavailable("x"))]
    ),
)
@example(outage_s=7.0, every_s=0.25, failing=HANGING)
@examples(25)
async def test_property_the_first_question_20_s_after_an_outage_is_answered(
    policy: Policy, outage_s: float, every_s: float, failing: Reply
) -> None:
    rig = Rig(policy)
    rig.transport.default = failing
    asked: list[asyncio.Task[object]] = []
    while rig.clock.monotonic() < 1000.0 + outage_s:
        asked.append(rig.ask(len(asked)))
        await rig.clock.advance(every_s)
    rig.transport.default = GOOD
    await rig.clock.advance(BACK_WITHIN_S)
    last, asked_s, window = rig.ask(len(asked)), rig.clock.monotonic(), policy.windows[0]
    await rig.clock.run(asyncio.gather(last, return_exceptions=True))
    if isinstance(last.exception(), Throttled):  # those who came before had the service's whole window by then
        assert sum(one.at > asked_s - window.seconds for one in rig.transport.sent) >= window.count - 1
    else:
        assert await last == 200
    await rig.clock.run(asyncio.gather(*asked, return_exceptions=True))


@pytest.mark.parametrize("policy", POLICIES, ids=describe)
async def test_who_asks_a_service_that_hangs_is_told_that_it_does_not_answer(policy: Policy) -> None:
    rig = Rig(policy)
    rig.transport.default = HANGING
    asked: list[asyncio.Task[object]] = []
    for number in range(40):
        asked.append(rig.ask(number))
        await rig.clock.advance(1.5)
    await rig.clock.advance(60.0)
    errors = [task.exception() for task in asked]
    assert all(isinstance(error, ServiceError) for error in errors)
    assert {type(error) for error in errors} <= {TimedOut, Silent}


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("policy", POLICIES, ids=describe)
async def test_no_header_silences_a_service_for_longer_than_its_policy_believes(policy: Policy, status: int) -> None:
    rig = Rig(policy)
    rig.transport.replies.append(Reply(status=status, headers={"Retry-After": "999999999999"}))
    refused = rig.ask(1)
    await rig.clock.run(refused)
    assert isinstance(refused.exception(), ServiceError)
    assert 60 <= rig.client.lane(policy.service).paused_for_s <= 300
    await rig.clock.advance(300.0)
    assert await rig.ask(2) == 200


@pytest.mark.parametrize("policy", POLICIES, ids=describe)
async def test_a_page_of_what_stands_before_a_service_is_a_bad_answer_and_pauses_nothing(policy: Policy) -> None:
    rig = Rig(policy)
    page = b"<!DOCTYPE html><html><head><title>Just a moment...</title></head></html>"
    rig.transport.replies.append(Reply(status=406, body=page, headers={"content-type": "text/html"}))
    refused = rig.ask(1)
    await rig.clock.run(refused)
    assert isinstance(refused.exception(), BadAnswer)
    assert rig.client.lane(policy.service).up
