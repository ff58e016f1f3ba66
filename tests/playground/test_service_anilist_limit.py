"""The sample AniList over a socket: its limit, its time-outs, its faults, its pictures, its record of requests."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.playground.service.anilist.server import SampleAnilist
from tests.support.clock import Time

BODY: dict[str, object] = {"query": "{ Media(id: 9253) { id } }", "variables": {}}
RIGHT = '{"data":{"Media":{"id":9253}}}'
TOO_MANY: dict[str, object] = {"data": None, "errors": [{"message": "Too Many Requests.", "status": 429}]}


@pytest.fixture
def clock() -> Time:
    return Time()


@pytest.fixture
async def anilist(clock: Time) -> AsyncIterator[SampleAnilist]:
    service = SampleAnilist(clock=clock, sleep=clock.sleep, now=lambda: 1_795_003_200.0)
    runner = web.AppRunner(service.build_app(), access_log=None, handler_cancellation=True, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    service.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield service
    service.close()
    await runner.cleanup()


async def post(service: SampleAnilist, body: object = BODY) -> tuple[int, str, dict[str, str]]:
    """Status, text and the headers about the limit."""
    async with (
        aiohttp.ClientSession() as http,
        http.post(service.address, json=body, allow_redirects=False) as answer,
    ):
        told = {name: value for name, value in answer.headers.items() if name.lower().startswith(("x-rate", "retry"))}
        return answer.status, await answer.text(), told


async def test_each_answer_tells_of_the_limit(anilist: SampleAnilist) -> None:
    assert await post(anilist) == (200, RIGHT, {"X-RateLimit-Limit": "30", "X-RateLimit-Remaining": "29"})


async def test_limit_can_be_another_and_is_told(anilist: SampleAnilist) -> None:
    anilist.limit = 2
    assert [(await post(anilist))[2].get("X-RateLimit-Limit") for _ in range(3)] == ["2", "2", None]


async def test_limit_can_be_kept_secret(anilist: SampleAnilist) -> None:
    anilist.shows_limits = False
    assert (await post(anilist))[2] == {}


async def test_31st_request_within_a_minute_is_refused(anilist: SampleAnilist) -> None:
    statuses = [(await post(anilist))[0] for _ in range(31)]
    assert statuses == [200] * 30 + [429]
    assert anilist.violations == 1


async def test_refusal_carries_nothing_but_how_long_to_wait(anilist: SampleAnilist) -> None:
    anilist.limit = 0
    status, text, told = await post(anilist)
    assert (status, json.loads(text), told) == (429, TOO_MANY, {"Retry-After": "60"})


async def test_refusal_can_carry_the_limit_besides(anilist: SampleAnilist) -> None:
    anilist.limit, anilist.bare_refusals = 0, False
    assert (await post(anilist))[2] == {
        "Retry-After": "60",
        "X-RateLimit-Limit": "0",
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Reset": "1795003260",
    }


async def test_time_out_holds_for_a_minute_and_defiance_is_counted(anilist: SampleAnilist, clock: Time) -> None:
    anilist.block()
    assert (await post(anilist))[0] == 429
    assert anilist.violations == 0
    clock.now += 59.5
    assert (await post(anilist))[2] == {"Retry-After": "1"}
    assert anilist.violations == 1
    clock.now += 0.5
    assert (await post(anilist))[0] == 200


async def test_window_slides(anilist: SampleAnilist, clock: Time) -> None:
    anilist.limit = 2
    await post(anilist)
    clock.now += 30
    await post(anilist)
    clock.now += 30
    assert (await post(anilist))[0] == 200
    assert (await post(anilist))[0] == 429


@pytest.mark.parametrize(
    ("fault", "status", "begins"),
    [
        ("outage", 403, '{"data":null,"errors":[{"message":"The AniList API has been temporarily disabled'),
        ("busy", 500, '{"data":null,'),
        ("error", 200, '{"data":null,"errors":[{'),
        ("partial", 200, '{"data":{"Media":null'),
        ("missing", 200, "{}"),
        ("odd", 200, '{"data":{"Media":[1,'),
        ("page", 200, "<!DOCTYPE html>"),
        ("500", 500, "Internal server error."),
        ("429", 429, "<html>"),
        ("null", 200, "null"),
        ("redirect", 302, ""),
    ],
)
async def test_faults(anilist: SampleAnilist, fault: Any, status: int, begins: str) -> None:
    anilist.fault = fault
    said, text, _ = await post(anilist)
    assert said == status
    assert text.startswith(begins)
    anilist.fault = None
    assert (await post(anilist))[:2] == (200, RIGHT)


async def test_half_an_answer_looks_whole(anilist: SampleAnilist) -> None:
    anilist.fault = "half"
    assert (await post(anilist))[:2] == (200, RIGHT[: len(RIGHT) // 2])


async def test_cut_answer_ends_early(anilist: SampleAnilist) -> None:
    anilist.fault = "cut"
    with pytest.raises(aiohttp.ClientPayloadError):
        await post(anilist)


async def test_slow_answer_is_the_right_one(anilist: SampleAnilist, clock: Time) -> None:
    anilist.fault, anilist.slow_s = "slow", 20.0
    assert (await post(anilist))[1] == RIGHT
    assert clock.now == 1020.0


@pytest.mark.parametrize("body", [None, [], 7, {}, {"query": 5}])
async def test_request_without_a_document_is_refused(anilist: SampleAnilist, body: object) -> None:
    status, text, _ = await post(anilist, body)
    assert (status, json.loads(text)["errors"][0]["message"]) == (400, "Must provide a query string.")


async def test_requests_are_noted_with_what_they_asked(anilist: SampleAnilist) -> None:
    await post(anilist)
    [seen] = anilist.requests
    assert (seen.time, seen.method, seen.path, seen.body) == (1000.0, "POST", "/", BODY)


async def test_every_picture_that_is_named_is_drawn(anilist: SampleAnilist) -> None:
    query = """{ Media(id: 9253) { bannerImage coverImage { extraLarge large medium }
      characters(perPage: 1) { nodes { image { large medium } } } }
      Staff(id: 95001) { image { large } } User(id: 700001) { avatar { large medium } } }"""
    _, text, _ = await post(anilist, {"query": query})
    addresses = [part for part in text.split('"') if part.startswith("http")]
    assert len(addresses) == 9
    async with aiohttp.ClientSession() as http:
        for address in addresses:
            async with http.get(address) as answer:
                assert (answer.status, answer.content_type) == (200, "image/svg+xml")
                assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert len(anilist.requests) == 1


async def test_no_other_picture_exists(anilist: SampleAnilist) -> None:
    async with aiohttp.ClientSession() as http:
        for path in (
            "media/anime/cover/large/bx7777777.svg",
            "media/anime/cover/huge/bx9253.svg",
            "staff/large/b1.svg",
        ):
            async with http.get(f"{anilist.address}/file/anilistcdn/{path}") as answer:
                assert answer.status == 404
