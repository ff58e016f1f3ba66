"""Lengths of time as people say them."""

from __future__ import annotations

import math


def format_minutes(minutes: int) -> str:
    """`90` as `1 h 30 min`."""
    hours, rest = divmod(max(minutes, 0), 60)
    if not hours:
        return f"{rest} min"
    return f"{hours:,} h {rest} min" if rest else f"{hours:,} h"


def format_age(age_s: float) -> str:
    """How long ago something was: `just now`, `5 min ago`, `2 h ago`, `3 days ago`."""
    if age_s < 60:
        return "just now"
    if age_s < 3600:
        return f"{round(age_s // 60)} min ago"
    if age_s < 48 * 3600:
        return f"{round(age_s // 3600)} h ago"
    return f"{round(age_s // 86400)} days ago"


def format_wait(wait_s: float) -> str:
    """When something will be possible: `in about 2 minutes`. Rounds up, so that waiting suffices."""
    wait_s = round(wait_s, 3)  # what is left of 3600 s on a clock may be 3600.0000000002 s
    if wait_s <= 2:
        return "in a moment"
    if wait_s <= 50:
        return f"in about {math.ceil(wait_s / 5) * 5} seconds"
    if wait_s <= 3300:
        return "in about " + _count(math.ceil(wait_s / 60), "minute")
    if wait_s <= 24 * 3600:
        return "in about " + _count(math.ceil(wait_s / 3600), "hour")
    return "in about " + _count(math.ceil(wait_s / 86400), "day")


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}s" if number != 1 else f"one {unit}"
