"""What the headers of a 429 say."""

from __future__ import annotations

import pytest

from bot.http.throttle import Rest, Throttle, parse_pause

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
        pytest.param({"retry-after": "Fri, 15 Jan 20270000000000000000 08:00:42 GMT"}, None, id="no such year"),
        pytest.param({"retry-after": "Fri, 15 Jan 2027 08:00:42 +99999999999999999999"}, None, id="no such zone"),
        pytest.param({"retry-after": "nan"}, None, id="not a number"),
        pytest.param({"retry-after": "-5"}, None, id="negative"),
        pytest.param({"retry-after": "0"}, 1.0, id="zero"),
        pytest.param({"x-ratelimit-reset": "1799999000"}, 1.0, id="epoch gone by"),
        pytest.param({"retry-after": "1e18"}, 300.0, id="absurd"),
        pytest.param({"retry-after": "Fri, 15 Jan 2027 10:00:42 +0200"}, 42.0, id="date elsewhere"),
        pytest.param({"x-ratelimit-reset": "999999999"}, 300.0, id="the most seconds left"),
        pytest.param({"x-ratelimit-reset": "1000000000"}, 1.0, id="the first epoch"),
        pytest.param({"x-ratelimit-reset": "999999999999"}, 300.0, id="the last epoch in seconds"),
        pytest.param({"x-ratelimit-reset": "1000000000000"}, 1.0, id="the first epoch in milliseconds"),
    ],
)
def test_parse_pause(headers: dict[str, str], expected: float | None) -> None:
    assert parse_pause(headers, now_epoch_s=NOW, longest_s=300.0) == expected


def test_dates_are_compared_with_the_services_own_clock() -> None:
    headers = {"date": "Fri, 15 Jan 2027 09:00:00 GMT", "retry-after": "Fri, 15 Jan 2027 09:00:10 GMT"}
    assert parse_pause(headers, now_epoch_s=NOW, longest_s=300.0) == 10.0


def strike(throttle: Throttle, *moments_s: float) -> None:
    """Refuse a request at each of these moments, which was sent just then and asked for a second's rest."""
    for now_s in moments_s:
        throttle.strike(now_s, sent_at=now_s, asked_s=1.0)


def test_the_third_refusal_within_an_hour_blocks_for_an_hour() -> None:
    throttle = Throttle(blocks_repeat_offenders=True)
    strike(throttle, 1e6, 1e6 + 1800.0)
    assert throttle.rests_for_s(Rest.BLOCK, 1e6 + 1800.0) == 0.0
    strike(throttle, 1e6 + 3599.9)
    assert throttle.rests_for_s(Rest.BLOCK, 1e6 + 3599.9) == 3600.0
    assert throttle.paused_for_s(1e6 + 3600.9) == pytest.approx(3599.0)


def test_the_third_refusal_an_hour_after_the_first_does_not_block() -> None:
    throttle = Throttle(blocks_repeat_offenders=True)
    strike(throttle, 1e6, 1e6 + 1800.0, 1e6 + 3600.0)
    assert throttle.rests_for_s(Rest.BLOCK, 1e6 + 3600.0) == 0.0


def test_who_is_not_to_block_never_does() -> None:
    throttle = Throttle(blocks_repeat_offenders=False)
    strike(throttle, 1.0, 2.0, 3.0, 4.0)
    assert throttle.paused_for_s(4.0) == 1.0


def test_what_was_sent_at_the_moment_of_a_refusal_or_later_counts_as_a_further_one() -> None:
    throttle = Throttle(blocks_repeat_offenders=False)
    throttle.strike(10.0, sent_at=5.0, asked_s=None)
    throttle.strike(11.0, sent_at=9.0, asked_s=None)  # on its way at the same time: the same overrun
    assert throttle.rests_for_s(Rest.PAUSE, 11.0) == 5.0
    throttle.strike(20.0, sent_at=11.0, asked_s=None)
    assert throttle.rests_for_s(Rest.PAUSE, 20.0) == 10.0


def test_an_answer_to_what_was_sent_since_makes_the_next_refusal_a_first_one() -> None:
    throttle = Throttle(blocks_repeat_offenders=False)
    throttle.strike(10.0, sent_at=10.0, asked_s=None)
    throttle.succeed(sent_at=9.0)  # sent before the refusal: says nothing
    throttle.strike(20.0, sent_at=20.0, asked_s=None)
    assert throttle.rests_for_s(Rest.PAUSE, 20.0) == 10.0
    throttle.succeed(sent_at=20.0)
    throttle.strike(40.0, sent_at=40.0, asked_s=None)
    assert throttle.rests_for_s(Rest.PAUSE, 40.0) == 5.0


def test_a_shorter_rest_ends_no_longer_one() -> None:
    throttle = Throttle(blocks_repeat_offenders=False)
    throttle.rest(Rest.BAN, 100.0)
    throttle.rest(Rest.BAN, 50.0)
    assert (throttle.rests_for_s(Rest.BAN, 40.0), throttle.rests_for_s(Rest.BAN, 100.0)) == (60.0, 0.0)
