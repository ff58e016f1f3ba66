"""What an answer's status means, and what its body says of it."""

from __future__ import annotations

import pytest

from bot.errors import BadAnswer, Rejected, ServiceError, Unavailable
from bot.http import Request, Response
from bot.http.verdict import find_error, parse_reason
from tests.support.each import each

REQUEST = Request("demo", "thing", "GET", "http://demo.test/thing")


def find(
    status: int, body: bytes = b"no such field", *, kind: str = "text/plain", pause_s: float | None = None
) -> ServiceError | None:
    return find_error(REQUEST, Response(status, {"Content-Type": kind}, body), pause_s=pause_s)


@each(
    ("status", "error"),
    [
        (200, None),
        (204, None),
        (299, None),
        (199, BadAnswer),
        (300, BadAnswer),
        (302, BadAnswer),
        (399, BadAnswer),
        (400, Rejected),
        (404, Rejected),
        (499, Rejected),
        (500, Unavailable),
        (503, Unavailable),
    ],
)
def test_a_status_stands_for_an_error_or_none(status: int, error: type[ServiceError] | None) -> None:
    found = find(status)
    assert type(found) is (error or type(None))
    assert found is None or found.status == status


def test_a_page_in_place_of_an_answer_is_a_bad_one() -> None:
    assert isinstance(find(400, kind="text/html"), BadAnswer)
    assert isinstance(find(403, kind="text/html; charset=utf-8"), BadAnswer)
    assert isinstance(find(502, kind="text/html"), Unavailable)
    assert find(200, kind="text/html") is None


def test_who_is_away_may_have_said_for_how_long() -> None:
    found = find(503, pause_s=7.0)
    assert isinstance(found, Unavailable)
    assert found.retry_after_s == 7.0


def test_what_was_wrong_with_a_question_is_told_in_the_services_words() -> None:
    found = find(400, b"no such\n  field")
    assert isinstance(found, Rejected)
    assert found.reason == "no such field"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", ""),
        (b" one\r\n\ttwo\x00three ", "one two three"),
        (b"  <html><body>Not found", ""),
        (b"a < b", "a < b"),
        (b"\xff\xfe", "\ufffd\ufffd"),
        (b"x" * 200, "x" * 200),
        (b"x" * 5000, "x" * 200),
    ],
)
def test_a_reason_is_one_short_line(body: bytes, reason: str) -> None:
    assert parse_reason(body) == reason


def test_a_reason_has_as_many_signs_in_every_script() -> None:
    assert parse_reason(("\u20ac" * 300).encode()) == "\u20ac" * 200
    assert parse_reason(("\U0001f338" * 300).encode()) == "\U0001f338" * 200
    assert parse_reason(b" " * 799 + b"xy") == "x"  # no more is read than two hundred signs can have
