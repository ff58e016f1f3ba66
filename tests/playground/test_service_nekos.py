"""The sample Nekos API in both versions: its answers, its quirks, its limit and its pictures."""

from __future__ import annotations

import random
import re
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from bot.playground.service.nekos.data import load_artists, load_pictures
from bot.playground.service.nekos.pattern import compile_similar
from bot.playground.service.nekos.server import SampleNekos
from tests.support.clock import Time

FIRST, LAST = load_artists()[0], load_artists()[-1]


class Asker:
    """Asks the sample service, `pause_s` apart."""

    def __init__(self, service: SampleNekos, http: aiohttp.ClientSession, clock: Time) -> None:
        self.service = service
        self.clock = clock
        self.pause_s = 1.0
        self._http = http

    async def get(self, path: str, **asked: str) -> tuple[int, Any]:
        self.clock.now += self.pause_s
        async with self._http.get(self.service.address + path, params=asked, allow_redirects=False) as answer:
            is_json = answer.content_type == "application/json"
            return answer.status, await (answer.json() if is_json else answer.text())

    async def get_headers(self, path: str) -> tuple[int, dict[str, str]]:
        self.clock.now += self.pause_s
        async with self._http.get(self.service.address + path) as answer:
            return answer.status, {name: value for name, value in answer.headers.items() if name[:1] in "XR"}


@pytest.fixture
async def asker() -> AsyncIterator[Asker]:
    clock = Time()
    service = SampleNekos(rng=random.Random(1), clock=clock, sleep=clock.sleep)
    async with TestServer(service.build_app()) as server, aiohttp.ClientSession() as http:
        service.address = str(server.make_url("")).rstrip("/")
        yield Asker(service, http, clock)
        service.close()


# v4


async def test_v4_gives_a_bare_array_of_as_many_as_were_asked_for(asker: Asker) -> None:
    status, found = await asker.get("/v4/images/random", limit="3")
    assert status == 200
    assert len(found) == 3
    assert found[0].keys() == {
        "id", "url", "rating", "color_dominant", "color_palette", "artist_name", "tags", "source_url",
    }  # fmt: skip


async def test_v4_gives_every_rating_unless_one_is_asked_for(asker: Asker) -> None:
    _, found = await asker.get("/v4/images/random", limit="100")
    assert {one["rating"] for one in found} == {"safe", "suggestive", "borderline", "explicit", None}
    _, safe = await asker.get("/v4/images/random", limit="100", rating="safe")
    assert {one["rating"] for one in safe} == {"safe"}


async def test_v4_takes_tags_with_and_without(asker: Asker) -> None:
    _, found = await asker.get("/v4/images/random", limit="100", tags="lake", without_tags="tea,paper_boat")
    assert found
    assert all("lake" in one["tags"] and not {"tea", "paper_boat"} & set(one["tags"]) for one in found)
    assert await asker.get("/v4/images/random", tags="nothing_of_the_kind") == (200, [])


@pytest.mark.parametrize("asked", [{"limit": "0"}, {"limit": "101"}, {"limit": "x"}, {"rating": "naughty"}])
async def test_v4_refuses_what_it_does_not_know(asker: Asker, asked: dict[str, str]) -> None:
    status, body = await asker.get("/v4/images/random", **asked)
    assert status == 422
    assert body["detail"][0]["loc"][1] in asked


async def test_v4_counts_who_asks_more_than_once_a_second_and_answers(asker: Asker) -> None:
    await asker.get("/v4/images/random")
    assert asker.service.violations == 0
    asker.pause_s = 0.5
    status, _ = await asker.get("/v4/images/random")
    assert status == 200
    assert asker.service.violations == 1


# v1


async def test_v1_gives_one_picture_by_default_and_says_how_it_is_limited(asker: Asker) -> None:
    status, found = await asker.get("/api/image/random")
    assert status == 200
    assert found["success"] is True
    assert len(found["data"]) == 1
    assert found["data"][0]["nsfw"] in {"sfw", "questionable", "nsfw", None}
    _, headers = await asker.get_headers("/api/image/random")
    assert headers == {"X-RateLimit-Limit": "1", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1"}


async def test_v1_mixes_up_the_addresses_of_a_list(asker: Asker) -> None:
    _, found = await asker.get("/api/image/random", limit="3")
    assert len({one["id"] for one in found["data"]}) == 3
    assert len({one["url"] for one in found["data"]}) == 2


async def test_v1_wants_all_categories_and_names_those_it_does_not_know(asker: Asker) -> None:
    for _ in range(20):
        status, found = await asker.get("/api/image/random", categories="lake")
        if status == 200:
            assert "Lake" in {one["name"] for one in found["data"][0]["categories"]}
    status, refused = await asker.get("/api/image/random", categories="lake, nope")
    assert (status, refused["success"]) == (400, False)
    assert refused["message"].endswith("do not exist:  nope")


async def test_v1_gives_no_rare_picture_at_times(asker: Asker) -> None:
    answers = [await asker.get("/api/image/random", categories="lake,tea,night") for _ in range(3)]
    assert {status for status, _ in answers} == {404}


async def test_v1_counts_the_pictures_of_an_artist_and_gives_them_one_by_one(asker: Asker) -> None:
    _, artist = await asker.get(f"/api/artist/{FIRST.id}")
    images = artist["data"]["images"]
    assert images == sum(one.artist == FIRST for one in load_pictures()) > 1
    seen: list[str] = []
    for offset in range(images):
        _, found = await asker.get(f"/api/artist/{FIRST.id}/images", limit="1", offset=str(offset))
        seen += [one["id"] for one in found["data"]]
    assert len(set(seen)) == images
    status, _ = await asker.get(f"/api/artist/{FIRST.id}/images", limit="1", offset=str(images))
    assert status == 404


async def test_v1_has_an_artist_without_pictures_and_none_of_a_wrong_id(asker: Asker) -> None:
    assert (await asker.get(f"/api/artist/{LAST.id}"))[1]["data"]["images"] == 0
    assert (await asker.get(f"/api/artist/{LAST.id}/images"))[0] == 404
    assert (await asker.get("/api/artist/a0000000-0000-4000-8000-000000000999"))[0] == 404
    assert (await asker.get("/api/artist/abc"))[0] == 400


async def test_v1_searches_by_pattern(asker: Asker) -> None:
    _, found = await asker.get("/api/artist", search="%MOON", limit="25")
    assert len(found["data"]) == 6
    assert all(one["name"].endswith("Moon") for one in found["data"])
    assert found["meta"]["pagination"] == {"limit": 25, "offset": 0, "count": 6, "total": 30}
    _, found = await asker.get("/api/artist", search="%MOON", limit="25", offset="4")
    assert found["meta"]["pagination"] == {"limit": 25, "offset": 4, "count": 2, "total": 30}
    assert (await asker.get("/api/artist", search="%MOON", offset="6"))[1]["data"] == []
    _, found = await asker.get("/api/category", search="cat+girl|te_")
    assert [one["name"] for one in found["data"]] == ["Catgirl", "Tea"]


@pytest.mark.parametrize("search", ["(", "a**", "[", "[]", "\\", "a" * 21])
async def test_v1_breaks_on_a_bad_pattern(asker: Asker, search: str) -> None:
    assert (await asker.get("/api/artist", search=search))[0] == 500


async def test_v1_gives_a_picture_by_its_id(asker: Asker) -> None:
    picture = load_pictures()[4]
    _, found = await asker.get(f"/api/image/{picture.id}")
    assert found["data"]["url"] == f"{asker.service.address}/picture/5.svg?token=sample"


# v1: the limit


async def test_v1_blocks_the_twelfth_of_a_burst_for_an_hour(asker: Asker) -> None:
    asker.pause_s = 0.01
    answers = [await asker.get_headers("/api/image/random") for _ in range(13)]
    assert [status for status, _ in answers] == [200] + [429] * 12
    assert [headers.get("Retry-After") for _, headers in answers] == [None] + ["1"] * 10 + ["3600"] * 2
    assert asker.service.violations == 12


async def test_each_request_in_a_block_begins_it_anew(asker: Asker) -> None:
    asker.service.block()
    asker.pause_s = 3599.0
    for _ in range(3):
        assert (await asker.get("/api/image/random"))[0] == 429
    asker.pause_s = 3600.0
    assert (await asker.get("/api/image/random"))[0] == 200


async def test_whoever_asks_steadily_too_fast_is_never_freed(asker: Asker) -> None:
    asker.pause_s = 0.9
    statuses = [(await asker.get("/api/image/random"))[0] for _ in range(14)]
    assert statuses == [200] + [429] * 13


async def test_spread_violations_never_block(asker: Asker) -> None:
    for _ in range(15):
        asker.pause_s = 1.5
        assert (await asker.get("/api/image/random"))[0] == 200
        asker.pause_s = 0.2
        status, headers = await asker.get_headers("/api/image/random")
        assert (status, headers["Retry-After"]) == (429, "1")


# Both


async def test_every_picture_is_a_harmless_drawing_that_can_be_fetched(asker: Asker) -> None:
    for number in (1, 2, len(load_pictures())):
        status, text = await asker.get(f"/picture/{number}.svg")
        assert status == 200
        assert text.startswith("<svg ")
        assert "script" not in text
    assert (await asker.get(f"/picture/{len(load_pictures()) + 1}.svg"))[0] == 404
    assert asker.service.requests == []


async def test_a_fault_takes_the_place_of_every_answer(asker: Asker) -> None:
    asker.service.fault = "502"
    assert (await asker.get("/v4/images/random"))[0] == 502
    assert (await asker.get("/api/image/random"))[0] == 502


async def test_requests_are_remembered_as_they_came(asker: Asker) -> None:
    await asker.get("/v4/images/random", rating="safe")
    (seen,) = asker.service.requests
    assert (seen.method, seen.path, seen.query) == ("GET", "/v4/images/random", "rating=safe")


async def test_what_is_neither_version_is_not_there(asker: Asker) -> None:
    assert (await asker.get("/v3/images/random"))[0] == 404
    assert (await asker.get("/api/set"))[0] == 404


def test_quantifiers_of_python_alone_are_no_patterns() -> None:
    with pytest.raises(re.error, match="quantifier"):
        compile_similar("a*+").fullmatch("a")
