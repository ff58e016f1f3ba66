"""What an answer's status means."""

from __future__ import annotations

from bot.errors import BadAnswer, Rejected, ServiceError, Unavailable
from bot.http.message import Request, Response

_REASON_CHARS = 200


def find_error(request: Request, response: Response, *, pause_s: float | None) -> ServiceError | None:
    """The error a status stands for; None for 2xx. 429 is the lane's own business and does not come here.

    `pause_s`: for how long the service asked to be left alone, if it did.
    """
    status = response.status
    if 200 <= status < 300:
        return None
    if status >= 500:
        return Unavailable(request.service, f"{request.what} failed", status=status, retry_after_s=pause_s)
    if status >= 400 and "text/html" in response.headers.get("content-type", ""):
        return BadAnswer(request.service, f"a page in place of an answer to {request.what}", status=status)
    if status >= 400:
        return Rejected(request.service, parse_reason(response.body), status=status)
    return BadAnswer(request.service, f"{request.what} was redirected", status=status)


def parse_reason(body: bytes) -> str:
    """What an error's body says, on one line and cut to what a log can bear; nothing of a page."""
    text = body[: 4 * _REASON_CHARS].decode("utf-8", errors="replace")
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return "" if line.startswith("<") else line[:_REASON_CHARS]
