"""The sample VNDB's limits, its faults and its record of requests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import Any

import aiohttp
import pytest

from bot.playground.service import ExecutionTime, SlidingWindow, start_sample_services
from bot.playground.service.vndb.server import SampleVndb
from tests.vndb.sample import Asker, open_asker


@pytest.fixture
async def asker() -> AsyncIterator[Asker]:
    async with open_asker() as opened:
        yield opened


async def test_requests_are_noted(asker: Asker) -> None:
    await asker.ask(filters=["id", "=", "v17"])
    [seen] = asker.services.vndb.requests
    assert (seen.method, seen.path, seen.body) == ("POST", "/kana/vn", {"filters": ["id", "=", "v17"]})


async def test_too_many_requests_get_a_page_without_a_hint() -> None:
    now = 0.0
    window = SlidingWindow(2, 300, lambda: now)
    running = await start_sample_services(vndb=SampleVndb(window=window))
    async with aiohttp.ClientSession() as http:
        asker = Asker(running, http)
        statuses = [await asker.get_status("/stats") for _ in range(3)]
        async with http.get(f"{running.vndb.api_url}/stats") as answer:
            assert answer.content_type == "text/html"
            assert "429 Too Many Requests" in await answer.text()
            assert not _hints(answer.headers)
        now = 300.0
        statuses.append(await asker.get_status("/stats"))
    await running.stop()
    assert statuses == [200, 200, 429, 200]
    assert running.vndb.violations == 2


async def test_published_limits_are_the_default(asker: Asker) -> None:
    assert (asker.services.vndb.window.count, asker.services.vndb.window.seconds) == (200, 300)
    assert (asker.services.vndb.account.cost, asker.services.vndb.account.burst_s) == (60, 300)


async def test_execution_time_is_charged_and_refused() -> None:
    now = 0.0
    running = await start_sample_services(vndb=SampleVndb(account=ExecutionTime(clock=lambda: now)))
    running.vndb.execution_s = 2.5
    async with aiohttp.ClientSession() as http:
        asker = Asker(running, http)
        assert (await asker.ask(time=True, results=0))["time"] == 2500
        # What the server refuses is charged as well.
        assert (await asker.post({"fields": "nosuch"}))[0] == 400
        assert await asker.post({}) == (429, "text", "Throttled on query execution time.\n")
        assert await asker.get_status("/stats") == 429
        now = 1.0
        assert (await asker.post({}))[0] == 200
    await running.stop()
    assert running.vndb.violations == 2


@pytest.mark.parametrize(
    ("fault", "status", "begins"),
    [
        ("500", 500, "Internal server error."),
        ("502", 502, "<html>"),
        ("timeout", 500, "Processing timeout\n"),
        ("429", 429, "<html>"),
        ("rubbish", 200, "<html>"),
        ("null", 200, "null"),
        ("huge", 200, "[0,0"),
        ("bomb", 200, "[0,0"),
    ],
)
async def test_faults(asker: Asker, fault: Any, status: int, begins: str) -> None:
    asker.services.vndb.fault = fault
    answer = await asker.post({})
    assert answer[0] == status
    assert answer[2].startswith(begins)
    asker.services.vndb.fault = None
    assert (await asker.post({}))[0] == 200


async def test_redirect_leads_to_another_host(asker: Asker) -> None:
    asker.services.vndb.fault = "redirect"
    url = f"{asker.services.vndb.api_url}/vn"
    async with asker.http.post(url, json={}, allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (302, "https://elsewhere.invalid/kana/vn")


async def test_cut_answer_ends_early(asker: Asker) -> None:
    asker.services.vndb.fault = "cut"
    with pytest.raises(aiohttp.ClientPayloadError):
        await asker.post({})


async def test_hanging_service_lets_go_at_its_end() -> None:
    arrived = asyncio.Event()

    async def note(_seconds: float) -> None:
        arrived.set()

    running = await start_sample_services(vndb=SampleVndb(sleep=note))
    running.vndb.fault, running.vndb.latency_s = "hang", 1.0
    async with aiohttp.ClientSession() as http:
        waiting = asyncio.create_task(Asker(running, http).get_status("/stats"))
        await arrived.wait()
        assert not waiting.done()
        await running.stop()
        assert await waiting == 504


async def test_slow_and_distant_answers_wait_by_the_given_clock() -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    running = await start_sample_services(vndb=SampleVndb(sleep=sleep))
    running.vndb.fault, running.vndb.slow_s, running.vndb.latency_s = "slow", 7.0, 0.5
    async with aiohttp.ClientSession() as http:
        assert (await Asker(running, http).post({}))[0] == 200
    await running.stop()
    assert slept == [0.5, 7.0]


def _hints(names: Iterable[str]) -> list[str]:
    return [name for name in names if name.lower().startswith(("retry-after", "x-ratelimit"))]
