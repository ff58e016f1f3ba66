"""Whether and when a failed request is tried again."""

from __future__ import annotations

import random

from bot.errors import CircuitOpen, ServiceError, TimedOut, Unavailable
from bot.http.lane import Lane
from bot.http.message import Request

BASE_S = 0.5
MAX_DELAY_S = 10.0


def find_retry_delay_s(
    error: ServiceError,
    *,
    request: Request,
    lane: Lane,
    attempt: int,
    deadline_monotonic: float,
    rng: random.Random,
) -> float | None:
    """Seconds to wait before attempt `attempt + 1`, or None to give up.

    Only what may be repeated and only when the service was away; within the deadline; never inside a pause.
    The wait is drawn evenly from 0 to a bound that doubles ("full jitter"), so that many retries do not meet.
    """
    if attempt > lane.policy.retries or not request.repeatable:
        return None
    if not isinstance(error, Unavailable) or isinstance(error, CircuitOpen) or not lane.up:
        return None
    if isinstance(error, TimedOut) and error.cut and lane.ledger is not None and not request.looks_up:
        return None  # the service may still be at it, and would book both
    delay_s = rng.uniform(0.0, min(BASE_S * 2 ** (attempt - 1), MAX_DELAY_S))
    return delay_s if lane.clock.monotonic() + delay_s < deadline_monotonic else None
