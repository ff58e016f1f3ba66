"""How much of the log is reported. What is reported, tests/flow/test_report.py tries."""

from __future__ import annotations

import logging

from bot.report.sentry import AT_MOST, WITHIN_S, Measure


def test_what_fails_again_and_again_is_reported_so_many_times_an_hour() -> None:
    measure = Measure()
    record = logging.makeLogRecord({"levelno": logging.ERROR})

    def count(number: int, *, at_s: float) -> int:
        record.created = at_s
        return sum(bool(measure.filter(record)) for _ in range(number))

    assert count(AT_MOST - 1, at_s=1000.0) == AT_MOST - 1
    assert count(10, at_s=1100.0) == 1
    assert count(10, at_s=999.0 + WITHIN_S) == 0
    assert count(2 * AT_MOST, at_s=1000.0 + WITHIN_S) == AT_MOST - 1
