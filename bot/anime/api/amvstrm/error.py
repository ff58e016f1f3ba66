"""What amvstrm's answers mean beyond their status: most of its errors come with a 200.

Two generations are in use: 2.7.0 (Express) and its rewrite (Bun). Both hand on what AniList answered them, each in its
own way.
"""

from __future__ import annotations

import msgspec

from bot.errors import BadAnswer, Rejected, ServiceError, Throttled, Unavailable
from bot.http import Finding, Response
from bot.http.throttle import parse_pause
from bot.service.body import decode

SERVICE = "amvstrm"

ANILIST_PAUSE_S = 60.0
"""AniList shuts out whoever asked too much for a minute; amvstrm does not hand on for how long."""

_LONGEST_RESET_S = 3600.0
_REASON_CHARS = 200


class ErrorPage(Unavailable):
    """2.7.0 stumbled over an error without a number: AniList was out of reach, or a season's case was not its own."""


class _Envelope(msgspec.Struct):
    code: object = None
    message: object = None
    id: object = None
    results: object = None


def examine(response: Response) -> Finding:
    """Find out what an answer is: `code` counts, and a success that holds nothing is AniList's failure.

    That there is no such entry (`code` 404) is an answer like any other: see `amvstrm_parse`. Every answer, whatever it
    is, may be the last one of its window; but what 2.7.0 kept says nothing of now: neither that AniList throttles it,
    nor how many requests are left.
    """
    if response.status == 429:
        return Finding(pause_s=_parse_reset_s(response))
    error = _find_fault(response)
    if "apicache-store" in response.headers:
        return Finding(error=error)
    spent_s = _find_spent_s(response)
    if isinstance(error, Throttled):
        return Finding(pause_s=max(ANILIST_PAUSE_S, spent_s or 0.0), error=error)
    return Finding(pause_s=spent_s, error=error)


def _find_fault(response: Response) -> ServiceError | None:
    """What an answer says beyond its status; None also where the status says it all."""
    if response.status >= 500 and "text/html" in response.headers.get("content-type", ""):
        return ErrorPage(SERVICE, "an HTML page in place of JSON", status=response.status)
    if not 200 <= response.status < 300:
        return None
    try:
        return _find_error(decode(response.body, _Envelope))
    except msgspec.DecodeError:
        return BadAnswer(SERVICE, "no JSON object", status=response.status)


def _find_error(envelope: _Envelope) -> ServiceError | None:
    code = envelope.code
    holds = isinstance(envelope.results, list) or isinstance(envelope.id, int)
    if code == 404 or (code == 200 and holds):
        return None
    if code == 200:
        return Unavailable(SERVICE, "success, but no results", status=200)
    if isinstance(code, str):  # such as "ConnectionRefused"
        return Unavailable(SERVICE, code[:_REASON_CHARS], status=200)
    if not isinstance(code, int):
        return BadAnswer(SERVICE, "no code in the answer")
    return _build_error(code, str(envelope.message or "")[:_REASON_CHARS])


def _build_error(code: int, reason: str) -> ServiceError:
    """What AniList answered amvstrm, handed on; 403 is AniList switched off."""
    if code == 429:
        return Throttled(SERVICE, "AniList throttles it", status=429, retry_after_s=ANILIST_PAUSE_S)
    if code == 403 or code >= 500:
        return Unavailable(SERVICE, reason, status=code)
    return Rejected(SERVICE, reason, status=code)


def _find_spent_s(response: Response) -> float | None:
    """Seconds until the window begins anew, if this was its last request: in both generations' headers."""
    headers = response.headers
    if headers.get("ratelimit-remaining") == "0":
        return _parse_reset_s(response)
    if headers.get("x-ratelimit-remaining") == "0" and "date" in headers:  # a Unix time, by the server's own clock
        return parse_pause(headers, now_epoch_s=0.0, longest_s=_LONGEST_RESET_S)
    return None


def _parse_reset_s(response: Response) -> float | None:
    """Seconds left by the rewrite's header; the lane reads 2.7.0's, and `Retry-After`, which counts before both."""
    text = response.headers.get("ratelimit-reset", "")
    if "retry-after" in response.headers or not (text.isascii() and text.isdigit()):
        return None
    return min(float(text), _LONGEST_RESET_S)
