"""What the headers of a 429 say."""

from __future__ import annotations

import pytest

from bot.http.throttle import parse_pause

NOW = 1_800_000_000.0  # Fri, 15 Jan 2027 08:00:00 GMT


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        pytest.param({"retry-after": "17"}, 17.0, id="seconds"),
        pytest.param({"retry-after": "1.5"}, 1.5, id="fraction"),
        pytest.param({"retry-after": "Fri, 15 Jan 2027 08:00:42 GMT"}, 42.0, id="date"),
        pytest.param({"x-ratelimit-reset": "1800000030"}, 30.0, id="epoch"),
        pytest.param({"x-ratelimit-reset": "1800000030500"}, 30.5, id="epoch in milliseconds"),
        pytest.param({"x-ratelimit-reset": "12"}, 12.0, id="seconds left"),
        pytest.param({"retry-after": "3", "x-ratelimit-reset": "60"}, 3.0, id="retry-after first"),
        pytest.param({"retry-after": "soon", "x-ratelimit-reset": "60"}, 60.0, id="unreadable, then reset"),
        pytest.param({}, None, id="nothing"),
        pytest.param({"retry-after": "nan"}, None, id="not a number"),
        pytest.param({"retry-after": "-5"}, None, id="negative"),
        pytest.param({"retry-after": "0"}, 1.0, id="zero"),
        pytest.param({"x-ratelimit-reset": "1799999000"}, 1.0, id="epoch gone by"),
        pytest.param({"retry-after": "1e18"}, 300.0, id="absurd"),
    ],
)
def test_parse_pause(headers: dict[str, str], expected: float | None) -> None:
    assert parse_pause(headers, now_epoch_s=NOW, longest_s=300.0) == expected


def test_dates_are_compared_with_the_services_own_clock() -> None:
    headers = {"date": "Fri, 15 Jan 2027 09:00:00 GMT", "retry-after": "Fri, 15 Jan 2027 09:00:10 GMT"}
    assert parse_pause(headers, now_epoch_s=NOW, longest_s=300.0) == 10.0
