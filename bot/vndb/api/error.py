"""What VNDB's answers mean beyond their status: what a query cost, and which of its refusals are of another kind.

Errors are one line of text, never JSON; which there are was seen on the server's own code.
"""

from __future__ import annotations

import msgspec

from bot.errors import BadAnswer, MalformedToken, MissingPermission, QueryTimedOut, Unauthorized, UnknownToken
from bot.http import Finding, Response
from bot.service.body import decode_whole

SERVICE = "VNDB"

_TIMED_OUT = b"Processing timeout"
_REFUSALS: dict[bytes, type[Unauthorized]] = {
    # There never was one, somebody took it back, or their account is being deleted: it does not say which.
    b"Invalid token.": UnknownToken,
    b"Invalid token format.": MalformedToken,
    b"Invalid Authorization header format.": MalformedToken,
    # Also if none came with the question; who sends none asks for nothing that needs one.
    b"Unauthorized": MissingPermission,
}
"""What a 401 says. One in other words is not VNDB's own, and says nothing of the token."""


class _Timed(msgspec.Struct):
    time: float | None = None


def examine(response: Response) -> Finding:
    """Read what an answer cost. It is told in whole milliseconds, and booked as it is: a little of it is not told.

    So one is added. Left out, what is missing would add up, and the next request be a moment too early.
    """
    if response.status == 400 and "www-authenticate" in response.headers:
        # Of `GET /ulist_labels`, which takes a token that it does not know for a fault of the question.
        return Finding(error=UnknownToken(SERVICE, "the token was not accepted", status=400))
    if response.status == 401:
        refusal = _REFUSALS.get(response.body.strip(), Unauthorized)
        return Finding(error=refusal(SERVICE, "the token was not accepted", status=401))
    if response.status == 500 and response.body.startswith(_TIMED_OUT):
        # What it cost is not said; the time it took is taken for that.
        return Finding(error=QueryTimedOut(SERVICE, "the query took over 3 s of execution", status=500))
    if response.status != 200:
        return Finding()
    try:
        timed = decode_whole(response.body, _Timed)
    except msgspec.DecodeError:
        return Finding(error=BadAnswer(SERVICE, "no JSON object", status=200))
    return Finding(cost_s=0.0 if timed.time is None else (max(timed.time, 0.0) + 1.0) / 1000)
