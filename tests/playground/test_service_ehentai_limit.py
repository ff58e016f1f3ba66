"""The sample E-Hentai's limit, its bans, its faults and its record of requests."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.playground.service import Sample, SampleEhentai, SampleServices, start_sample_services
from bot.playground.service.ehentai.data import build_token
from bot.playground.service.ehentai.fault import name_left
from tests.support.clock import Time

BAN = "Your IP address has been temporarily banned for excessive pageloads"
ASKED = (Sample.PLAIN, Sample.MANGA, Sample.NON_H)
BODY: dict[str, object] = {"method": "gdata", "gidlist": [[one, build_token(one)] for one in ASKED], "namespace": 1}


@pytest.fixture
def clock() -> Time:
    return Time()


@pytest.fixture
async def services(clock: Time) -> AsyncIterator[SampleServices]:
    started = await start_sample_services(ehentai=SampleEhentai(clock=clock, sleep=clock.sleep))
    yield started
    await started.stop()


async def post(services: SampleServices, body: object = BODY) -> tuple[int, str]:
    async with (
        aiohttp.ClientSession() as http,
        http.post(services.ehentai.api_url, json=body, allow_redirects=False) as answer,
    ):
        return answer.status, await answer.text()


async def test_sixth_request_within_five_seconds_is_banned(services: SampleServices) -> None:
    texts = [(await post(services))[1] for _ in range(6)]
    assert [text.startswith("{") for text in texts] == [True] * 5 + [False]
    assert texts[5].startswith(BAN)
    assert texts[5].endswith("The ban expires in 59 minutes and 59 seconds")
    assert services.ehentai.violations == 1


async def test_window_slides_with_each_arrival(services: SampleServices, clock: Time) -> None:
    for _ in range(4):
        await post(services)
    clock.now += 4.9
    await post(services)
    clock.now += 0.1
    for _ in range(4):
        assert (await post(services))[1].startswith("{")
    assert (await post(services))[1].startswith(BAN)
    assert services.ehentai.violations == 1


async def test_requests_count_from_their_arrival_not_from_their_answer(services: SampleServices) -> None:
    services.ehentai.latency_s = 1.0  # five answers take the five seconds
    texts = [(await post(services))[1] for _ in range(6)]
    assert all(text.startswith("{") for text in texts)
    assert services.ehentai.requests[5].time - services.ehentai.requests[0].time == 5.0


async def test_ban_holds_as_long_as_it_says(services: SampleServices, clock: Time) -> None:
    services.ehentai.ban_s = 60.0
    for _ in range(6):
        await post(services)
    clock.now += 59.5
    assert (await post(services))[1].endswith("expires in 1 second")
    clock.now += 0.5
    assert (await post(services))[1].startswith("{")
    assert services.ehentai.violations == 2


async def test_first_request_into_a_ban_is_no_violation_and_the_next_is(services: SampleServices) -> None:
    services.ehentai.ban(30)
    assert (await post(services))[1].endswith("expires in 30 seconds")
    assert services.ehentai.violations == 0
    await post(services)
    assert services.ehentai.violations == 1
    services.ehentai.ban(0)
    assert (await post(services))[1].startswith("{")


@pytest.mark.parametrize(
    ("seconds", "named"),
    [
        (0, "1 second"),
        (1.2, "2 seconds"),
        (60, "1 minute"),
        (61, "1 minute and 1 second"),
        (3599, "59 minutes and 59 seconds"),
        (3600, "1 hour"),
        (3601, "1 hour and 1 minute"),
        (7199, "2 hours"),
        (158_400, "1 day and 20 hours"),
    ],
)
def test_time_left_is_named_in_two_units_and_never_too_short(seconds: float, named: str) -> None:
    assert name_left(seconds) == named


@pytest.mark.parametrize(
    ("fault", "status", "begins"),
    [
        ("ban", 200, BAN),
        ("html", 200, "<!DOCTYPE html>"),
        ("list", 200, '[{"gid":9000001,'),
        ("missing", 200, "{}"),
        ("error", 200, '{"error":'),
        ("entries", 200, '{"gmetadata":[null,7,'),
        ("500", 500, "Internal server error."),
        ("502", 502, "<html>"),
        ("timeout", 500, "Processing timeout"),
        ("429", 429, "<html>"),
        ("rubbish", 200, "<html>"),
        ("null", 200, "null"),
        ("redirect", 302, ""),
    ],
)
async def test_faults(services: SampleServices, fault: Any, status: int, begins: str) -> None:
    services.ehentai.fault = fault
    answered = await post(services)
    assert answered[0] == status
    assert answered[1].startswith(begins)
    services.ehentai.fault = None
    assert (await post(services))[1].startswith('{"gmetadata":[{"gid":9000001,')
    assert services.ehentai.violations == 0


async def test_empty_answer_is_empty(services: SampleServices) -> None:
    services.ehentai.fault = "empty"
    assert await post(services) == (200, "")


async def test_half_an_answer_looks_whole(services: SampleServices) -> None:
    _, whole = await post(services)
    services.ehentai.fault = "half"
    assert await post(services) == (200, whole[: len(whole) // 2])


async def test_cut_answer_ends_early(services: SampleServices) -> None:
    services.ehentai.fault = "cut"
    with pytest.raises(aiohttp.ClientPayloadError):
        await post(services)


async def test_entries_can_be_fewer_or_in_another_order(services: SampleServices) -> None:
    async def list_gids(fault: Any) -> list[int]:
        services.ehentai.fault = fault
        return [one["gid"] for one in json.loads((await post(services))[1])["gmetadata"]]

    assert await list_gids(None) == list(ASKED)
    assert await list_gids("fewer") == list(ASKED[:2])
    assert await list_gids("reversed") == list(ASKED[::-1])


async def test_flood_is_a_hundred_megabytes(services: SampleServices) -> None:
    services.ehentai.fault = "flood"
    size = 0
    async with aiohttp.ClientSession() as http, http.post(services.ehentai.api_url, json=BODY) as answer:
        async for part in answer.content.iter_any():
            size += len(part)
    assert size > 100 * 1024 * 1024


async def test_slow_answer_is_the_right_one(services: SampleServices, clock: Time) -> None:
    services.ehentai.fault, services.ehentai.slow_s = "slow", 20.0
    assert (await post(services))[1].startswith("{")
    assert clock.now == 1020.0


async def test_requests_are_noted_with_what_they_asked(services: SampleServices) -> None:
    await post(services)
    [seen] = services.ehentai.requests
    assert (seen.time, seen.method, seen.path, seen.body) == (1000.0, "POST", "/api.php", BODY)


async def test_services_stand_on_ports_of_their_own(services: SampleServices) -> None:
    assert services.vndb.api_url == f"{services.vndb.address}/kana"
    assert services.ehentai.api_url == f"{services.ehentai.address}/api.php"
    assert services.vndb.address != services.ehentai.address
