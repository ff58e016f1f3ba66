"""What makes two questions the same, and how headers are found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.http import Headers, Request, Response, find_key

ASKED = Request("demo", "thing", "POST", "http://demo.test/thing", b"a body")


def test_equal_questions_have_one_key_whatever_they_are_called_and_for_whom() -> None:
    assert find_key(ASKED) == find_key(replace(ASKED))
    assert find_key(ASKED) == find_key(replace(ASKED, what="other", headers={"authorization": "token"}, looks_up=True))


@pytest.mark.parametrize(
    "other",
    [
        replace(ASKED, service="other"),
        replace(ASKED, method="GET"),
        replace(ASKED, url="http://demo.test/other"),
        replace(ASKED, body=b"another body"),
        replace(ASKED, body=None),
    ],
)
def test_other_questions_have_other_keys(other: Request) -> None:
    assert find_key(ASKED) != find_key(other)


def test_a_question_can_be_kept_in_a_set() -> None:
    assert len({ASKED, replace(ASKED)}) == 1


def test_a_question_may_be_repeated_and_is_no_look_up_unless_that_is_said() -> None:
    assert (ASKED.repeatable, ASKED.looks_up) == (True, False)


def test_headers_are_found_in_any_case() -> None:
    response = Response(200, {"Retry-After": "5", "X-Other": "1"}, b"")
    assert response.headers["RETRY-AFTER"] == response.headers["retry-after"] == "5"
    assert (len(response.headers), sorted(response.headers)) == (2, ["retry-after", "x-other"])
    assert Response(200, Headers({"A": "b"}), b"").headers.get("a") == "b"
    assert len(Headers()) == 0
