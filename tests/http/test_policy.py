"""What is known of a service of which nothing is known."""

from __future__ import annotations

from bot.errors import Rejected
from bot.http import Policy, Response, TimeAccount
from bot.http.policy import NOTHING_FOUND, Finding


def test_a_service_of_which_nothing_is_said_is_asked_with_care() -> None:
    assert Policy("demo") == Policy(
        "demo",
        windows=(),
        concurrency=1,
        min_gap_s=0.0,
        timeout_s=10.0,
        max_body_bytes=4_194_304,
        retries=1,
        longest_pause_s=300.0,
        blocks_repeat_offenders=False,
        time_account=None,
    )


def test_execution_time_is_counted_as_vndb_publishes_it() -> None:
    assert TimeAccount() == TimeAccount(debt_per_s=60.0, refuse_at_s=300.0, reserve_s=3.0)


def test_an_answer_that_nobody_examines_means_what_its_status_says() -> None:
    assert Policy("demo").examine(Response(500, {}, b"")) == NOTHING_FOUND == Finding(cost_s=0.0)
    assert Finding(error=Rejected("demo")).pause_s is None
