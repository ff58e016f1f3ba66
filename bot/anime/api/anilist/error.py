"""What AniList's answers mean beyond their status: errors come inside answers, also in those of status 200.

https://docs.anilist.co/guide/graphql/errors and https://docs.anilist.co/guide/rate-limiting
"""

from __future__ import annotations

import msgspec

from bot.errors import BadAnswer, Rejected, ServiceError, Throttled, Unavailable
from bot.http import Finding, Response
from bot.service.body import decode_whole

SERVICE = "AniList"

LIMIT_AT_MOST = 90  # the published limit; since 2025 AniList is "degraded" to 30
LIMIT_AT_LEAST = 10  # less would stop the bot for good, and was never seen
PAUSE_S = 60.0  # what a time-out of AniList takes

_MARGIN = 1  # a request that somebody else behind our address sends, or one of before a restart
_REASON_CHARS = 200


class Missing(Rejected):
    """There is no such entry, or it is private."""


class _Error(msgspec.Struct):
    message: object = None
    status: object = None
    validation: object = None


class _Body(msgspec.Struct):
    data: msgspec.Raw = msgspec.Raw(b"null")
    errors: list[_Error] | None = None


def examine(response: Response) -> Finding:
    """Read how many requests a minute AniList grants, and the error that an answer holds."""
    if response.status == 429:
        # A minute's time-out follows, whatever the answer says of it; more, if it says so.
        return Finding(pause_s=PAUSE_S)
    if response.status >= 500:
        return Finding()
    # What stands before AniList may have limits of its own.
    limit = parse_limit(response.headers.get("x-ratelimit-limit", "")) if _decode(response.body) else None
    error = _find_error(response)
    return Finding(limit=limit, error=error, pause_s=PAUSE_S if isinstance(error, Throttled) else None)


def parse_limit(text: str) -> int | None:
    """Read `X-RateLimit-Limit` into what may be used of it; None if it says nothing usable."""
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) >= LIMIT_AT_LEAST):
        return None
    return min(int(text), LIMIT_AT_MOST) - _MARGIN


def _find_error(response: Response) -> ServiceError | None:
    body = _decode(response.body)
    if body is None:
        return _find_foreign(response)
    if body.errors:
        return _build_error(body.errors, response.status)
    if response.status == 200 and bytes(body.data) == b"null":
        return BadAnswer(SERVICE, "no data", status=200)
    return _find_foreign(response) if response.status != 200 else None


def _decode(body: bytes) -> _Body | None:
    try:
        return decode_whole(body, _Body)
    except msgspec.DecodeError:
        return None


def _find_foreign(response: Response) -> ServiceError | None:
    """What an answer means that is none of the interface itself, such as a page of what stands before it."""
    if response.status == 403:
        return Unavailable(SERVICE, "refused at the door", status=403)
    return BadAnswer(SERVICE, "no GraphQL answer", status=200) if response.status == 200 else None


def _build_error(errors: list[_Error], http_status: int) -> ServiceError:
    """The first of the errors that has a status says what they mean; without any, that of HTTP does."""
    reason = _join_words(errors)
    status = next((error.status for error in errors if isinstance(error.status, int)), http_status)
    if status == 404 or (status == 403 and "private" in reason.lower()):
        return Missing(SERVICE, reason, status=status)
    if status == 429:
        return Throttled(SERVICE, reason, status=429, retry_after_s=PAUSE_S)
    if status == 403 or status >= 500:  # "temporarily disabled due to severe stability issues"
        return Unavailable(SERVICE, reason, status=status)
    if 400 <= status < 500:
        return Rejected(SERVICE, reason, status=status)
    return BadAnswer(SERVICE, reason, status=status)


def _join_words(errors: list[_Error]) -> str:
    """The errors' own words and the arguments that they are about, on one line, for the log."""
    words = [" ".join(map(str, filter(None, (error.message, error.validation)))) for error in errors[:5]]
    return " ".join("; ".join(words).split())[:_REASON_CHARS]
