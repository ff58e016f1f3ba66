"""What is known of a service's limits, as data. Each API module holds one `Policy`, with its source beside
it.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from bot.errors import ServiceError
from bot.http.message import Response

MAX_BODY_BYTES = 4 * 1024 * 1024


class Window(msgspec.Struct, frozen=True):
    """At most `count` requests in any `seconds` seconds."""

    count: int
    seconds: float


class TimeAccount(msgspec.Struct, frozen=True):
    """A service that counts execution time: `T = max(T, now) + debt_per_s * seconds_spent`, refused once
    `T >= now + refuse_at_s`.

    `reserve_s`: the execution time a request still on its way is taken to cost, until its answer tells.
    """

    debt_per_s: float = 60.0
    refuse_at_s: float = 300.0
    reserve_s: float = 3.0


class Spent(msgspec.Struct, frozen=True):
    """What of a service's limits is used up: how long ago each request was answered that a window still counts, oldest
    first (0: it is on its way), and the debt of its time account.
    """

    ages_s: tuple[float, ...]
    debt_s: float = 0.0


class Finding(msgspec.Struct, frozen=True):
    """What a service's own reading of an answer found, beyond its status.

    `cost_s`: the execution time the service reports; 0 where it reports none.
    `pause_s`: the service must be left alone for so long.
    `limit`: how many requests the first window of the policy has from now on.
    `error`: what the answer means, in place of what its status says.
    """

    cost_s: float = 0.0
    pause_s: float | None = None
    limit: int | None = None
    error: ServiceError | None = None


NOTHING_FOUND = Finding()


def examine_nothing(_response: Response) -> Finding:
    """Leave it to the status."""
    return NOTHING_FOUND


class Policy(msgspec.Struct, frozen=True):
    """One service's limits.

    `concurrency`: requests on their way at once. `min_gap_s`: from an answer to the next request.
    `timeout_s`: for one attempt. `retries`: attempts after the first one.
    `longest_pause_s`: the longest for which it is left alone on the word of its headers.
    `blocks_repeat_offenders`: after three 429 within an hour it is left alone for an hour.
    """

    service: str
    windows: tuple[Window, ...] = ()
    concurrency: int = 1
    min_gap_s: float = 0.0
    timeout_s: float = 10.0
    max_body_bytes: int = MAX_BODY_BYTES
    retries: int = 1
    longest_pause_s: float = 300.0
    blocks_repeat_offenders: bool = False
    time_account: TimeAccount | None = None
    examine: Callable[[Response], Finding] = examine_nothing
