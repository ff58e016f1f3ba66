"""The sample amvstrm over a socket: both generations, their headers, and their quirks. Shapes are recorded ones."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.playground.service.amvstrm.route import Generation, Upstream
from bot.playground.service.amvstrm.server import SampleAmvstrm
from bot.playground.service.anilist.data import AnilistSample
from bot.playground.service.anilist.server import SampleAnilist

EPOCH = 1_795_003_200
BOTH = pytest.mark.parametrize("generation", ["bun", "2.7.0"])
INFO_KEYS = {
    "code", "message", "id", "idMal", "id_provider", "title", "dub", "description", "coverImage", "bannerImage",
    "genres", "tags", "status", "format", "episodes", "year", "season", "duration", "startIn", "endIn", "nextair",
    "score", "popularity", "siteUrl", "trailer", "studios", "relation",
}  # fmt: skip
ROW_KEYS = {
    "id", "idMal", "status", "title", "bannerImage", "coverImage", "episodes", "genres", "tags", "season", "format",
    "seasonYear", "averageScore", "nextAiringEpisode",
}  # fmt: skip


class Time:
    """A clock that is turned by hand."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now

    def epoch(self) -> float:
        return EPOCH + self.now - 1000

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock() -> Time:
    return Time()


@pytest.fixture
async def amvstrm(clock: Time) -> AsyncIterator[SampleAmvstrm]:
    anilist = SampleAnilist(clock=clock, now=clock.epoch)
    service = SampleAmvstrm(anilist, clock=clock, now=clock.epoch, sleep=clock.sleep)
    runner = web.AppRunner(service.build_app(), access_log=None, handler_cancellation=True, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    service.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield service
    service.close()
    await runner.cleanup()


class Reply:
    """Status, text and headers of an answer."""

    def __init__(self, status: int, text: str, headers: Mapping[str, str], content_type: str) -> None:
        self.status = status
        self.text = text
        self.headers = headers
        self.content_type = content_type

    @property
    def json(self) -> Any:
        return json.loads(self.text)


async def ask(
    service: SampleAmvstrm, path: str, *, post: object = None, headers: dict[str, str] | None = None
) -> Reply:
    """Ask for a path below `/api/v2`, by POST if there is something to post."""
    data = post if isinstance(post, bytes) else json.dumps(post).encode()
    method, body = ("GET", None) if post is None else ("POST", data)
    async with (
        aiohttp.ClientSession() as http,
        http.request(method, f"{service.address}/api/v2{path}", data=body, headers=headers) as answer,
    ):
        return Reply(answer.status, await answer.text(), answer.headers, answer.content_type)


async def find(service: SampleAmvstrm, path: str, *, post: object = None) -> Any:
    """The JSON of a success."""
    reply = await ask(service, path, post=post)
    assert (reply.status, reply.json["code"], reply.json["message"]) == (200, 200, "success")
    return reply.json


@BOTH
async def test_info_has_the_names_of_the_server(amvstrm: SampleAmvstrm, generation: Generation) -> None:
    amvstrm.generation = generation
    found = await find(amvstrm, "/info/9253")
    assert set(found) == INFO_KEYS
    assert (found["year"], found["startIn"]) == (2011, {"year": 2011, "month": 4, "day": 6})
    assert found["score"] == {"averageScore": 89, "decimalScore": 8.9}
    assert "extraLarge" not in found["coverImage"]
    assert all("relationType" not in one for one in found["relation"])
    assert {one["type"] for one in found["relation"]} == {"ANIME", "MANGA"}


async def test_score_that_is_not_known_is_zero_in_decimals(amvstrm: SampleAmvstrm) -> None:
    found = await find(amvstrm, f"/info/{AnilistSample.NOT_YET_RELEASED}")
    assert found["score"] == {"averageScore": None, "decimalScore": 0}
    assert (found["nextair"], found["trailer"], found["studios"], found["year"]) == (None, None, [], None)


@BOTH
@pytest.mark.parametrize(
    ("text", "code"),
    [("99999999", 404), ("0", 404), ("-1", 404), ("45489", 404), ("abc", 400), ("99999999999999999999", 400)],
)
async def test_errors_come_with_status_200(
    amvstrm: SampleAmvstrm, generation: Generation, text: str, code: int
) -> None:
    amvstrm.generation = generation
    reply = await ask(amvstrm, f"/info/{text}")
    assert (reply.status, reply.json["code"], list(reply.json)) == (200, code, ["code", "message"])


@pytest.mark.parametrize("text", ["9253abc", "9253.9"])
async def test_ids_are_read_as_far_as_they_are_numbers(amvstrm: SampleAmvstrm, text: str) -> None:
    assert (await find(amvstrm, f"/info/{text}"))["id"] == 9253


@pytest.mark.parametrize(("generation", "key"), [("bun", "page"), ("2.7.0", "pageInfo")])
async def test_search_names_its_paging_by_generation(amvstrm: SampleAmvstrm, generation: Generation, key: str) -> None:
    amvstrm.generation = generation
    found = await find(amvstrm, "/search?q=steins&limit=2")
    assert set(found) == {"code", "message", key, "results"}
    assert found[key]["hasNextPage"] is True
    assert [set(one) for one in found["results"]] == [ROW_KEYS, ROW_KEYS]


async def test_search_without_hits_has_empty_results(amvstrm: SampleAmvstrm) -> None:
    assert (await find(amvstrm, "/search?q=zzzzqqqq"))["results"] == []


async def test_adult_entries_are_neither_filtered_nor_marked(amvstrm: SampleAmvstrm) -> None:
    [row] = (await find(amvstrm, "/search?q=Evening%20Lanterns"))["results"]
    assert (row["id"], row["genres"]) == (AnilistSample.ADULT, ["Hentai"])
    assert "isAdult" not in row


async def test_posted_search_can_leave_adult_entries_out(amvstrm: SampleAmvstrm) -> None:
    wish = {"search": "Evening Lanterns", "nsfw": False}
    assert (await find(amvstrm, "/search", post=wish))["results"] == []


@pytest.mark.parametrize(("generation", "differs"), [("bun", False), ("2.7.0", True)])
async def test_page_of_a_search_counts_in_the_old_server_only(
    amvstrm: SampleAmvstrm, generation: Generation, differs: bool
) -> None:
    amvstrm.generation = generation
    first, second = [(await find(amvstrm, f"/search?q=no&limit=3&p={page}"))["results"] for page in (1, 2)]
    assert (first != second) is differs


async def test_page_of_a_posted_search_counts(amvstrm: SampleAmvstrm) -> None:
    first, second = [
        (await find(amvstrm, "/search", post={"search": "no", "size": 3, "page": page}))["results"] for page in (1, 2)
    ]
    assert not {one["id"] for one in first} & {one["id"] for one in second}


async def test_posted_search_knows_filters(amvstrm: SampleAmvstrm) -> None:
    wish = {"search": "a", "genres": ["Music"], "format": ["TV"], "sort": ["SCORE_DESC"], "season": "FALL"}
    results = (await find(amvstrm, "/search", post=wish))["results"]
    assert results
    assert all("Music" in one["genres"] and one["season"] == "FALL" for one in results)


async def test_recommendations_hold_nulls_and_ignore_their_limit(amvstrm: SampleAmvstrm) -> None:
    found = await find(amvstrm, f"/recommendations/{AnilistSample.MANY_RELATIONS}?limit=3&page=2")
    assert len(found["results"]) == 12
    assert found["results"][0] is None
    assert found["info"]["id"] == AnilistSample.MANY_RELATIONS


async def test_old_server_keeps_to_the_limit_of_recommendations(amvstrm: SampleAmvstrm) -> None:
    amvstrm.generation = "2.7.0"
    found = await find(amvstrm, f"/recommendations/{AnilistSample.MANY_RELATIONS}?limit=3")
    assert len(found["results"]) == 3


@BOTH
@pytest.mark.parametrize("route", ["trending", "popular"])
async def test_rankings_have_twenty_rows_and_pages(amvstrm: SampleAmvstrm, generation: Generation, route: str) -> None:
    amvstrm.generation = generation
    first, second = [await find(amvstrm, f"/{route}?p={page}") for page in (1, 2)]
    assert len(first["results"]) == 20
    assert first["page"]["hasNextPage"] is True
    assert set(first["results"][0]) == ROW_KEYS | {"trailer", "description", "meanScore", "duration"}
    assert first["results"] != second["results"]


async def test_seasons_are_lower_case_in_the_rewrite(amvstrm: SampleAmvstrm) -> None:
    found = await find(amvstrm, "/season/spring/2011")
    assert [one["id"] for one in found["results"]] == [AnilistSample.PLAIN]
    assert (await ask(amvstrm, "/season/SPRING/2011")).status == 422


async def test_seasons_are_upper_case_and_without_paging_in_the_old_server(amvstrm: SampleAmvstrm) -> None:
    amvstrm.generation = "2.7.0"
    found = await find(amvstrm, "/season/SPRING/2011")
    assert set(found) == {"code", "message", "results"}
    reply = await ask(amvstrm, "/season/spring/2011")
    assert (reply.status, reply.content_type) == (500, "text/html")
    assert "ERR_HTTP_INVALID_STATUS_CODE" in reply.text


@pytest.mark.parametrize(
    ("path", "post", "status", "code"),
    [
        ("/search", None, 422, 500),
        ("/season/autumn/2019", None, 422, 500),
        ("/search", {"genres": ["Comedy"]}, 422, 500),
        ("/search", b'{"search":', 400, 500),
        ("/nothing", None, 404, 404),
        ("/info/", None, 404, 404),
        ("/info/21", {}, 404, 404),
        ("/season/spring", None, 404, 404),
    ],
)
async def test_refusals_of_the_rewrite_count_for_nothing(
    amvstrm: SampleAmvstrm, path: str, post: object, status: int, code: int
) -> None:
    reply = await ask(amvstrm, path, post=post)
    assert (reply.status, reply.json["code"]) == (status, code)
    assert not [name for name in reply.headers if name.startswith("RateLimit")]
    assert amvstrm.window.admitted == 0


async def test_success_without_results_is_a_failure(amvstrm: SampleAmvstrm) -> None:
    wrong = {"search": "steins", "sort": ["NOPE"]}
    assert await find(amvstrm, "/search", post=wrong) == {"code": 200, "message": "success"}


@pytest.mark.parametrize("upstream", ["429", "403"])
@pytest.mark.parametrize(
    ("generation", "route", "passed_on"),
    [
        ("bun", "info/9253", True),
        ("bun", "recommendations/9253", True),
        ("bun", "search?q=steins", False),
        ("bun", "trending", False),
        ("bun", "popular", False),
        ("bun", "season/spring/2019", False),
        ("2.7.0", "info/9253", True),
        ("2.7.0", "search?q=steins", True),
        ("2.7.0", "trending", False),
    ],
)
async def test_errors_of_anilist_are_passed_on_or_hidden(
    amvstrm: SampleAmvstrm, generation: Generation, route: str, passed_on: bool, upstream: Upstream
) -> None:
    amvstrm.generation, amvstrm.upstream = generation, upstream
    reply = await ask(amvstrm, f"/{route}")
    assert reply.status == 200
    assert reply.json["code"] == (int(upstream) if passed_on else 200)
    assert "results" not in reply.json


@pytest.mark.parametrize(
    ("generation", "route", "content_type", "words"),
    [
        ("bun", "trending", "text/plain", "Unable to connect."),
        ("bun", "info/9253", "text/plain", "undefined is not an object"),
        ("2.7.0", "trending", "text/html", "ECONNREFUSED"),
        ("2.7.0", "info/9253", "text/html", "ECONNREFUSED"),
    ],
)
async def test_anilist_that_cannot_be_reached_is_a_500(
    amvstrm: SampleAmvstrm, generation: Generation, route: str, content_type: str, words: str
) -> None:
    amvstrm.generation, amvstrm.upstream = generation, "dead"
    reply = await ask(amvstrm, f"/{route}")
    assert (reply.status, reply.content_type) == (500, content_type)
    assert words in reply.text


async def test_rewrite_tells_seconds_left(amvstrm: SampleAmvstrm, clock: Time) -> None:
    await ask(amvstrm, "/info/9253")
    clock.now += 10
    told = {name: value for name, value in (await ask(amvstrm, "/info/9253")).headers.items() if "Limit" in name}
    assert told == {"RateLimit-Limit": "60", "RateLimit-Remaining": "58", "RateLimit-Reset": "50"}


async def test_old_server_tells_a_unix_time(amvstrm: SampleAmvstrm) -> None:
    amvstrm.generation = "2.7.0"
    headers = (await ask(amvstrm, "/info/9253")).headers
    assert headers["x-amv-version"] == "2.7.0"
    assert (headers["X-RateLimit-Limit"], headers["X-RateLimit-Remaining"]) == ("60", "59")
    assert headers["X-RateLimit-Reset"] == str(EPOCH + 60)


async def test_61st_request_of_a_minute_is_refused_in_plain_text(amvstrm: SampleAmvstrm) -> None:
    replies = [await ask(amvstrm, "/info/9253") for _ in range(61)]
    assert [one.status for one in replies] == [200] * 60 + [429]
    last = replies[-1]
    assert (last.text, last.content_type) == ("rate-limit reached", "text/plain")
    assert (last.headers["Retry-After"], last.headers["RateLimit-Remaining"]) == ("60", "0")
    assert amvstrm.violations == 1


async def test_old_server_refuses_in_json_and_says_what_is_left(amvstrm: SampleAmvstrm, clock: Time) -> None:
    amvstrm.generation = "2.7.0"
    amvstrm.window.count = 1
    await ask(amvstrm, "/info/9253")
    clock.now += 4
    reply = await ask(amvstrm, "/info/2167")
    assert (reply.status, reply.json["code"], reply.headers["Retry-After"]) == (429, 429, "56")


async def test_old_server_repeats_itself_for_half_an_hour(amvstrm: SampleAmvstrm, clock: Time) -> None:
    amvstrm.generation, amvstrm.upstream = "2.7.0", "429"
    assert (await ask(amvstrm, "/info/9253")).json["code"] == 429
    amvstrm.upstream = "up"
    clock.now += 1799
    again = await ask(amvstrm, "/info/9253")
    assert (again.json["code"], again.headers["apicache-store"]) == (429, "memory")
    assert (again.headers["x-ratelimit-remaining"], amvstrm.window.admitted) == ("59", 1)
    clock.now += 1
    assert (await ask(amvstrm, "/info/9253")).json["code"] == 200


async def test_old_server_answers_anew_whoever_asks_for_that(amvstrm: SampleAmvstrm) -> None:
    amvstrm.generation, amvstrm.upstream = "2.7.0", "429"
    await ask(amvstrm, "/info/9253")
    amvstrm.upstream = "up"
    assert (await ask(amvstrm, "/info/9253")).json["code"] == 429
    assert (await ask(amvstrm, "/info/9253", headers={"x-apicache-bypass": "true"})).json["code"] == 200


async def test_old_server_repeats_a_posted_search_whatever_is_posted(amvstrm: SampleAmvstrm) -> None:
    amvstrm.generation = "2.7.0"
    first = await find(amvstrm, "/search", post={"search": "steins"})
    assert await find(amvstrm, "/search", post={"search": "clannad"}) == first


@pytest.mark.parametrize(
    ("fault", "status", "begins"),
    [("500", 500, "Internal"), ("502", 502, "<html>"), ("rubbish", 200, "<html>"), ("null", 200, "null")],
)
async def test_faults(amvstrm: SampleAmvstrm, fault: Any, status: int, begins: str) -> None:
    amvstrm.fault = fault
    reply = await ask(amvstrm, "/info/9253")
    assert reply.status == status
    assert reply.text.startswith(begins)


async def test_requests_are_noted_with_what_they_asked(amvstrm: SampleAmvstrm) -> None:
    await ask(amvstrm, "/search?q=x")
    await ask(amvstrm, "/search", post={"search": "x"})
    seen = [(one.method, one.path, one.query, one.body) for one in amvstrm.requests]
    assert seen == [("GET", "/api/v2/search", "q=x", None), ("POST", "/api/v2/search", "", {"search": "x"})]
    assert amvstrm.anilist.requests == []


async def test_root_and_health_are_free(amvstrm: SampleAmvstrm) -> None:
    async with aiohttp.ClientSession() as http:
        for path, text in (("/", '{"code":200,"message":""}'), ("/health", "ok")):
            async with http.get(amvstrm.address + path) as answer:
                assert (answer.status, await answer.text()) == (200, text)
    assert amvstrm.window.admitted == 0
