"""Lengths of time as people say them."""

from __future__ import annotations

import pytest

from bot.cards.duration import format_age, format_minutes, format_wait
from tests.support.each import each


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (0, "0 min"),
        (59, "59 min"),
        (60, "1 h"),
        (90, "1 h 30 min"),
        (1650, "27 h 30 min"),
        (60000, "1,000 h"),
    ],
)
def test_minutes(minutes: int, said: str) -> None:
    assert format_minutes(minutes) == said


@pytest.mark.parametrize(
    ("age_s", "said"),
    [
        (0, "just now"),
        (59.9, "just now"),
        (60, "1 min ago"),
        (3599, "59 min ago"),
        (7300, "2 h ago"),
        (3 * 86400 + 1, "3 days ago"),
    ],
)
def test_ages_are_rounded_down(age_s: float, said: str) -> None:
    assert format_age(age_s) == said


@each(
    ("wait_s", "said"),
    [
        (-1, "in a moment"),
        (2, "in a moment"),
        (11, "in about 15 seconds"),
        (50, "in about 50 seconds"),
        (51, "in about one minute"),
        (61, "in about 2 minutes"),
        (3300, "in about 55 minutes"),
        (3301, "in about one hour"),
        (1234.1 + 3600 - 1234.1 + 1e-9, "in about one hour"),
        (7201, "in about 3 hours"),
        (90000, "in about 2 days"),
    ],
)
def test_waits_are_rounded_up(wait_s: float, said: str) -> None:
    assert format_wait(wait_s) == said
