"""What AniList's answers mean beyond their status."""

from __future__ import annotations

import msgspec
import pytest

from bot.anime.api.anilist.error import Missing, examine, parse_limit
from bot.errors import BadAnswer, Rejected, ServiceError, Throttled, Unavailable
from bot.http import Response


def error_of(status: int, body: object) -> ServiceError | None:
    raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
    return examine(Response(status, {}, raw)).error


@pytest.mark.parametrize(
    ("text", "limit"),
    [("30", 29), ("90", 89), ("500", 89), ("10", 9)],
)
def test_the_limit_is_followed_up_to_the_published_one_with_a_slot_left_free(text: str, limit: int) -> None:
    assert parse_limit(text) == limit


@pytest.mark.parametrize("text", ["", "0", "9", "-5", "thirty", "3e1", "٣٠", "1" * 40, "30.5"])
def test_a_limit_that_makes_no_sense_is_not_followed(text: str) -> None:
    assert parse_limit(text) is None


@pytest.mark.parametrize(
    ("status", "body", "limit"), [(200, b"{}", 89), (404, b"{}", 89), (200, b"<html>", None), (500, b"{}", None)]
)
def test_the_limit_is_read_from_what_anilist_itself_answers(status: int, body: bytes, limit: int | None) -> None:
    assert examine(Response(status, {"X-RateLimit-Limit": "90"}, body)).limit == limit


def test_an_answer_with_data_means_no_error() -> None:
    assert error_of(200, {"data": {"Media": None}}) is None


@pytest.mark.parametrize("status", [200, 404])
def test_not_found_is_missing_whatever_the_status(status: int) -> None:
    body = {"errors": [{"message": "Not Found.", "status": 404}], "data": {"Media": None}}
    assert isinstance(error_of(status, body), Missing)


@pytest.mark.parametrize("status", [403, 404])
def test_a_private_profile_is_missing(status: int) -> None:
    assert isinstance(error_of(status, {"errors": [{"message": "Private User", "status": status}]}), Missing)


def test_a_page_that_is_not_found_is_no_missing_entry() -> None:
    assert error_of(404, b"<html>no such host</html>") is None  # its status says Rejected


@pytest.mark.parametrize("status", [200, 403])
def test_the_outage_is_unavailable(status: int) -> None:
    message = "The AniList API has been temporarily disabled due to severe stability issues."
    error = error_of(status, {"data": None, "errors": [{"message": message, "status": 403}]})
    assert isinstance(error, Unavailable)


def test_a_page_that_refuses_is_unavailable() -> None:
    assert isinstance(error_of(403, b"<html>Attention required</html>"), Unavailable)


def test_an_internal_error_inside_200_is_unavailable() -> None:
    error = error_of(200, {"data": None, "errors": [{"message": "Internal Server Error", "status": 500}]})
    assert isinstance(error, Unavailable)


def test_a_validation_error_is_rejected_with_its_words() -> None:
    errors = [{"message": "validation", "status": 400, "validation": {"page": ["The page must be\nat least 1."]}}]
    error = error_of(400, {"errors": errors, "data": None})
    assert isinstance(error, Rejected)
    assert error.reason == "validation {'page': ['The page must be\\nat least 1.']}"


def test_the_words_of_an_error_fit_a_line() -> None:
    error = error_of(400, {"errors": [{"message": "a\nb" * 500, "status": 400}]})
    assert error is not None
    assert len(error.reason) == 200
    assert "\n" not in error.reason


def test_a_throttle_inside_200_silences_the_lane_for_a_minute() -> None:
    body = msgspec.json.encode({"data": None, "errors": [{"message": "Too Many Requests.", "status": 429}]})
    finding = examine(Response(200, {}, body))
    assert finding.pause_s == 60.0
    assert isinstance(finding.error, Throttled)


@pytest.mark.parametrize("headers", [{"Retry-After": "60"}, {"Retry-After": "0"}, {}])
def test_a_429_is_a_minute_of_silence_whatever_it_says(headers: dict[str, str]) -> None:
    finding = examine(Response(429, headers, b'{"errors":[{"status":429}]}'))
    assert (finding.error, finding.pause_s) == (None, 60.0)


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b"null", b"{}", b'{"data":null}', b'{"data":null,"errors":[]}', b'{"errors":"odd"}'],
)
def test_rubbish_is_a_bad_answer(body: bytes) -> None:
    assert isinstance(error_of(200, body), BadAnswer)


def test_text_that_is_not_utf8_is_a_bad_answer() -> None:
    assert isinstance(error_of(200, b'{"data":{"Media":{"id":1,"hashtag":"\xff"}}}'), BadAnswer)


def test_an_error_inside_200_without_a_status_is_a_bad_answer() -> None:
    assert isinstance(error_of(200, {"data": {"Media": {}}, "errors": [{"message": "odd"}]}), BadAnswer)
