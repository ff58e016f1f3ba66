"""What a 429 tells: for how long to be quiet, and whether to stop altogether."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from enum import StrEnum

FIRST_PAUSE_S = 5.0
MAX_PAUSE_S = 300.0
STRIKES = 3
STRIKE_MEMORY_S = 3600.0
BLOCK_S = 3600.0

_MIN_ASKED_S = 1.0  # "0" or a moment just past would mean to go on at once
_EPOCH_FROM = 1_000_000_000  # smaller numbers are seconds left: no service asks for 30 years
_EPOCH_MS_FROM = 1_000_000_000_000


class Rest(StrEnum):
    """Why a service is left alone for a time."""

    PAUSE = "pause"
    """It asked for that."""
    BLOCK = "block"
    """It was throttled so often that it would punish more."""
    BAN = "ban"
    """It has shut us out, and says for how long."""


def parse_pause(headers: Mapping[str, str], *, now_epoch_s: float, longest_s: float) -> float | None:
    """Seconds a service asks to be left alone: `Retry-After` as seconds or as a date, else
    `X-RateLimit-Reset` as an epoch or as seconds left. None if it says nothing usable; at most `longest_s`, since a
    slip must not silence it.

    Dates are compared with the service's own `Date` where it sends one: its clock may be wrong, or ours.
    """
    server_now_s = _parse_date(headers.get("date", ""))
    now_s = now_epoch_s if server_now_s is None else server_now_s
    asked_s = _parse_retry_after(headers.get("retry-after", ""), now_s=now_s)
    if asked_s is None:
        asked_s = _parse_reset(headers.get("x-ratelimit-reset", ""), now_s=now_s)
    return None if asked_s is None else min(max(asked_s, _MIN_ASKED_S), longest_s)


def _parse_retry_after(text: str, *, now_s: float) -> float | None:
    seconds = _parse_number(text)
    if seconds is not None:
        return seconds
    date_s = _parse_date(text)
    return None if date_s is None else date_s - now_s


def _parse_reset(text: str, *, now_s: float) -> float | None:
    number = _parse_number(text)
    if number is None or number < _EPOCH_FROM:
        return number
    return (number / 1000 if number >= _EPOCH_MS_FROM else number) - now_s


def _parse_number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None


def _parse_date(text: str) -> float | None:
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()


class Throttle:
    """Counts the 429 of one service and says what follows. All times are monotonic seconds."""

    def __init__(self, *, blocks_repeat_offenders: bool) -> None:
        self._blocks = blocks_repeat_offenders
        self._in_a_row = 0
        self._last_at = -math.inf
        self._strikes: deque[float] = deque(maxlen=STRIKES)
        self._until = dict.fromkeys(Rest, -math.inf)

    def strike(self, now: float, *, sent_at: float, asked_s: float | None) -> None:
        """A 429 came back for a request sent at `sent_at`. `asked_s`: what its headers asked for."""
        # Several requests on their way are thrown back by one and the same overrun: that is not a longer one.
        if sent_at >= self._last_at:
            self._in_a_row += 1
        self._last_at = now
        backoff_s = min(FIRST_PAUSE_S * 2 ** min(self._in_a_row - 1, 10), MAX_PAUSE_S)
        self.rest(Rest.PAUSE, now + (backoff_s if asked_s is None else asked_s))
        self._strikes.append(now)
        if self._blocks and len(self._strikes) == STRIKES and now - self._strikes[0] < STRIKE_MEMORY_S:
            self.rest(Rest.BLOCK, now + BLOCK_S)

    def rest(self, kind: Rest, until: float) -> None:
        """Nothing may be sent before `until`."""
        self._until[kind] = max(self._until[kind], until)

    def rests_for_s(self, kind: Rest, now: float) -> float:
        return max(0.0, self._until[kind] - now)

    def succeed(self, *, sent_at: float) -> None:
        """A request was let through: the next 429 is a first one again."""
        if sent_at >= self._last_at:
            self._in_a_row = 0

    def paused_for_s(self, now: float) -> float:
        """For whatever reason."""
        return max(0.0, max(self._until.values()) - now)
