"""A service that counts execution time: when it takes the next request."""

from __future__ import annotations

import pytest

from bot.http import Lane, Policy, TimeAccount
from bot.http.time_account import Ledger
from tests.http.test_lane import take
from tests.support.clock import FakeClock

NOW = 1000.0
ACCOUNT = TimeAccount(debt_per_s=60.0, refuse_at_s=300.0, reserve_s=3.0)


def soon(seconds: float) -> object:
    """That moment, or just after it."""
    return pytest.approx(NOW + seconds, abs=0.01)


def book(ledger: Ledger, now: float, cost_s: float) -> float:
    debt_s = ledger.learn_cost(cost_s)
    ledger.owe(now, debt_s)
    return debt_s


def test_without_debt_it_takes_one_at_once() -> None:
    assert Ledger(ACCOUNT).ready_at(NOW, in_flight=0) <= NOW


def test_what_was_booked_is_owed_and_paid_off_as_time_passes() -> None:
    ledger = Ledger(ACCOUNT)
    assert book(ledger, NOW, 2.0) == 120.0
    assert book(ledger, NOW + 20.0, 1.0) == 60.0
    assert ledger.debt_s(NOW + 20.0) == 160.0
    assert ledger.debt_s(NOW + 500.0) == 0.0
    book(ledger, NOW + 500.0, 1.0)
    assert ledger.debt_s(NOW + 500.0) == 60.0


def test_it_is_ready_just_after_the_moment_at_which_the_service_would_refuse() -> None:
    ledger = Ledger(ACCOUNT)
    book(ledger, NOW, 6.0)  # 360 s of debt: 60 too many
    ready_at = ledger.ready_at(NOW, in_flight=0)
    assert NOW + 60.0 < ready_at < NOW + 60.01


def test_what_is_on_its_way_is_taken_at_its_reserve() -> None:
    ledger = Ledger(ACCOUNT)
    book(ledger, NOW, 3.0)
    assert ledger.ready_at(NOW, in_flight=0) <= NOW
    assert ledger.ready_at(NOW, in_flight=1) == soon(60.0)


def test_when_what_is_on_its_way_may_cost_all_only_an_answer_helps() -> None:
    ledger = Ledger(ACCOUNT)
    assert ledger.ready_at(NOW, in_flight=1) <= NOW
    assert ledger.ready_at(NOW, in_flight=2) == float("inf")
    free = Ledger(TimeAccount(debt_per_s=60.0, refuse_at_s=300.0, reserve_s=6.0))
    assert free.ready_at(NOW, in_flight=0) <= NOW
    almost_all = Ledger(TimeAccount(debt_per_s=1.0, refuse_at_s=10.0, reserve_s=9.9995))
    assert almost_all.ready_at(NOW, in_flight=1) == float("inf")


def test_those_ahead_are_taken_at_what_is_usual() -> None:
    ledger = Ledger(ACCOUNT)
    for _ in range(60):
        book(ledger, NOW, 1.0)
    usual = ledger.ready_at(NOW, in_flight=0, ahead=2) - ledger.ready_at(NOW, in_flight=0)
    assert usual == pytest.approx(120.0, abs=0.1)


def test_what_is_usual_is_learnt_slowly() -> None:
    ledger = Ledger(ACCOUNT)
    book(ledger, NOW, 10.0)
    usual = ledger.ready_at(NOW, in_flight=0, ahead=1) - ledger.ready_at(NOW, in_flight=0)
    assert usual == pytest.approx(120.0)


def test_a_refusal_says_that_at_least_so_much_is_owed_as_is_refused_at() -> None:
    ledger = Ledger(ACCOUNT)
    ledger.learn_refusal(NOW)
    assert ledger.debt_s(NOW) == 300.0
    assert ledger.ready_at(NOW, in_flight=0) == soon(0.0)


def test_a_refusal_takes_nothing_of_a_larger_debt() -> None:
    ledger = Ledger(ACCOUNT)
    book(ledger, NOW, 6.0)
    ledger.learn_refusal(NOW)
    assert ledger.debt_s(NOW) == 360.0


async def test_a_lane_that_was_refused_owes_what_is_refused_at() -> None:
    clock = FakeClock()
    lane = Lane(Policy("demo", time_account=ACCOUNT), clock=clock)
    permit = await take(lane, clock)
    lane.record_throttle(permit, {"retry-after": "1"})
    permit.close(cost_s=0.0)
    assert lane.state.debt_s == 300.0


async def test_a_lane_without_an_account_owes_nothing() -> None:
    clock = FakeClock()
    lane = Lane(Policy("demo"), clock=clock)
    permit = await take(lane, clock)
    lane.record_throttle(permit, {})
    permit.close(cost_s=2.0)
    assert lane.state.debt_s == 0.0
