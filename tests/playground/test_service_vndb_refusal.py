"""What the sample VNDB refuses, in the words that the real server's code answered."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.vndb.sample import Asker, open_asker

INVALID = "Invalid request (most likely: invalid JSON or non-UTF8 data).\n"
NO_RANK = (
    '"searchrank" sort is only available when the top-level filter is "search", '
    'or an "and" with at most one "search".\n'
)


@pytest.fixture
async def asker() -> AsyncIterator[Asker]:
    async with open_asker() as opened:
        yield opened


@pytest.mark.parametrize(
    ("members", "text"),
    [
        ({"fields": "title,nosuchfield"}, "Invalid 'fields' member: Field 'nosuchfield' not found\n"),
        ({"fields": "image{nosuch}"}, "Invalid 'fields' member: Field 'nosuch' not found\n"),
        ({"fields": "Title"}, "Invalid 'fields' member: Field 'Title' not found\n"),
        (
            {"fields": "image"},
            "Invalid 'fields' member: The 'image' object requires specifying sub-field(s).\n",
        ),
        ({"fields": "title.x"}, "Invalid 'fields' member: Sub-field specified for non-object 'title'\n"),
        ({"fields": "image{url"}, "Invalid 'fields' member: Unmatched '{'\n"),
        ({"fields": "title}"}, "Invalid 'fields' member: Unmatched '}'\n"),
        ({"fields": "title{x}"}, "Invalid 'fields' member: Unexpected '{' after non-object field 'title'\n"),
        ({"fields": "image."}, "Invalid 'fields' member: Expected name after '.'\n"),
        ({"fields": "image{}"}, "Invalid 'fields' member: Expected (sub)field, got '}'\n"),
        ({"fields": "title,,id"}, "Invalid 'fields' member: Expected (sub)field, got comma\n"),
        ({"fields": ["title"]}, "Invalid 'fields' member.\n"),
        ({"fields": "title,"}, "Invalid 'fields' member: Unmatched '{'\n"),
        ({"filters": ["nosuch", "=", 1]}, "Invalid 'nosuch' filter: Unknown field.\n"),
        ({"filters": ["extlink", "=", "steam"]}, "Invalid 'extlink' filter: Unknown field.\n"),
        ({"filters": ["id", "~", "v1"]}, "Invalid 'id' filter: Invalid operator.\n"),
        ({"filters": ["search", ">", "x"]}, "Invalid 'search' filter: Invalid operator.\n"),
        ({"filters": ["lang", "=", "xx"]}, "Invalid 'lang' filter: Invalid value.\n"),
        ({"filters": ["id", "=", "r1"]}, "Invalid 'id' filter: Invalid value.\n"),
        ({"filters": ["id", "=", "abc"]}, "Invalid 'id' filter: Invalid value.\n"),
        ({"filters": ["released", "=", "2020-13-01"]}, "Invalid 'released' filter: Invalid value.\n"),
        ({"filters": ["tag", "=", "time travel"]}, "Invalid 'tag' filter: Invalid value.\n"),
        ({"filters": ["label", "=", 2]}, "Invalid 'label' filter: Invalid value.\n"),
        ({"filters": ["rating", ">=", 101]}, "Invalid 'rating' filter: Invalid value.\n"),
        ({"filters": {"id": "v1"}}, "Invalid 'filters' member: Invalid query\n"),
        ({"filters": ["and"]}, "Invalid 'filters' member: Invalid query\n"),
        ({"filters": ["release", "=", "r1"]}, "Invalid 'filters' member: Invalid query\n"),
        ({"filters": ["developer", "=", "p1"]}, "Invalid 'filters' member: Invalid query\n"),
        ({"filters": 5}, "Invalid 'filters' member: Invalid compact encoded form\n"),
        ({"filters": "zzzz!!"}, "Invalid 'filters' member: Invalid compact encoded form\n"),
        ({"filters": ["id", "="]}, "Invalid 'filters' member: Invalid predicate\n"),
        (
            {"filters": ["or", *(["id", "=", one] for one in range(1, 1003))]},
            "Invalid 'filters' member: Too many predicates\n",
        ),
        ({"sort": "nosuch"}, "Invalid 'sort' member.\n"),
        ({"sort": "searchrank"}, NO_RANK),
        ({"sort": "searchrank", "filters": ["or", ["search", "=", "a"], ["search", "=", "b"]]}, NO_RANK),
        ({"results": 101}, "Invalid 'results' member.\n"),
        ({"results": -1}, "Invalid 'results' member.\n"),
        ({"results": "ten"}, "Invalid 'results' member.\n"),
        ({"page": 0}, "Invalid 'page' member.\n"),
        ({"reverse": "yes"}, "Invalid 'reverse' member.\n"),
        ({"reverse": 1, "results": 1}, "Invalid 'reverse' member.\n"),
        ({"filter": ["id", "=", "v1"]}, "Unknown member 'filter'.\n"),
        ({"user": "bob"}, "Invalid 'user' member.\n"),
        ([1, 2], INVALID),
        ("x", INVALID),
        (b'{"fields":', INVALID),
        (b"", INVALID),
        (b'{"filters":["search","=","\xff\xfe"]}', INVALID),
        (b'{"results":1,"results":2}', INVALID),
        ({"filters": ["search", "=", "a\x00b"]}, INVALID),
    ],
)
async def test_refusals_are_one_line_of_text(asker: Asker, members: object, text: str) -> None:
    assert await asker.post(members) == (400, "text", text)


async def test_a_thousand_ids_are_not_too_many(asker: Asker) -> None:
    assert len(await asker.ids(["or", *(["id", "=", one] for one in range(1, 1001))])) > 20


async def test_filters_may_be_deep(asker: Asker) -> None:
    filters: list[object] = ["id", "=", "v17"]
    for _ in range(100):
        filters = ["and", filters]
    assert await asker.ids(filters) == ["v17"]


async def test_filters_of_other_kinds_cannot_be_endless(asker: Asker) -> None:
    filters: list[object] = ["id", "=", "v17"]
    for _ in range(200):
        filters = ["release", "=", ["vn", "=", filters]]
    assert (await asker.post({"filters": filters}))[0] == 400


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", 200),
        ("application/json; charset=utf-8", 200),
        ("text/plain", 400),
        ("application/vnd.api+json", 400),
    ],
)
async def test_content_type_must_be_json(asker: Asker, content_type: str, status: int) -> None:
    answer = await asker.post({"results": 1}, headers={"Content-Type": content_type})
    assert answer[0] == status
    assert status == 200 or answer[2] == INVALID


async def test_body_without_a_length_is_refused(asker: Asker) -> None:
    async def body() -> AsyncIterator[bytes]:
        yield b'{"results":1}'

    headers = {"Content-Type": "application/json"}
    url = f"{asker.services.vndb.api_url}/vn"
    async with asker.http.post(url, data=body(), headers=headers) as answer:
        assert (answer.status, await answer.text()) == (400, INVALID)


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/vn"), ("PUT", "/vn"), ("DELETE", "/vn"), ("POST", "/nosuch"), ("POST", "/vn/")]
)
async def test_wrong_method_or_path_is_not_found(asker: Asker, method: str, path: str) -> None:
    async with asker.http.request(method, asker.services.vndb.api_url + path) as answer:
        assert (answer.status, answer.headers["Content-Type"]) == (404, "text")
        assert await answer.text() == "Not found.\n"


@pytest.mark.parametrize(
    ("header", "text"),
    [
        ("Basic abc", "Invalid Authorization header format.\n"),
        ("Token abc", "Invalid token format.\n"),
        ("token txho-y6ju3-3noyx-kppg-tobb8-83o7o-8jep", "Invalid token.\n"),
    ],
)
async def test_bad_token_is_unauthorized(asker: Asker, header: str, text: str) -> None:
    answer = await asker.post({}, headers={"Authorization": header})
    assert answer == (401, "text", text)
