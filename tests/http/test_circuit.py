"""When a service that stumbles is left alone, and what ends that."""

from __future__ import annotations

from bot.http.circuit import Circuit

NOW = 1000.0


def fail(circuit: Circuit, count: int) -> None:
    for _ in range(count):
        circuit.fail(NOW, trial=circuit.begin())


def test_at_first_all_may_go() -> None:
    circuit = Circuit()
    assert (circuit.open_for_s(NOW), circuit.on_trial, circuit.trial_out) == (0.0, False, False)
    assert not circuit.begin()


def test_four_failures_in_a_row_leave_it_closed_and_the_fifth_opens_it_for_ten_seconds() -> None:
    circuit = Circuit()
    fail(circuit, 4)
    assert (circuit.open_for_s(NOW), circuit.on_trial) == (0.0, False)
    fail(circuit, 1)
    assert (circuit.open_for_s(NOW), circuit.on_trial) == (10.0, True)
    assert circuit.open_for_s(NOW + 4.0) == 6.0
    assert circuit.open_for_s(NOW + 11.0) == 0.0


def test_an_answer_forgets_the_failures_before_it() -> None:
    circuit = Circuit()
    fail(circuit, 4)
    circuit.succeed()
    fail(circuit, 4)
    assert circuit.open_for_s(NOW) == 0.0


def test_the_answer_to_a_trial_closes_it() -> None:
    circuit = Circuit()
    fail(circuit, 5)
    assert circuit.begin()
    circuit.succeed()
    assert (circuit.open_for_s(NOW), circuit.on_trial, circuit.trial_out) == (0.0, False, False)
    assert not circuit.begin()


def test_a_time_out_asks_for_a_trial_at_once() -> None:
    circuit = Circuit()
    circuit.fail(NOW, trial=circuit.begin(), timed_out=True)
    assert (circuit.open_for_s(NOW), circuit.on_trial, circuit.timed_out) == (0.0, True, True)
    assert circuit.begin()
    assert circuit.trial_out


def test_a_failure_that_was_no_time_out_asks_for_no_trial() -> None:
    circuit = Circuit()
    fail(circuit, 1)
    assert (circuit.on_trial, circuit.timed_out) == (False, False)


def test_a_trial_that_failed_is_over_and_leaves_it_open_for_ten_seconds_again() -> None:
    circuit = Circuit()
    fail(circuit, 5)
    trial = circuit.begin()
    circuit.fail(NOW + 20.0, trial=trial)
    assert (circuit.trial_out, circuit.open_for_s(NOW + 20.0)) == (False, 10.0)


def test_what_was_sent_before_and_fails_now_says_nothing_of_the_trial() -> None:
    circuit = Circuit()
    before = circuit.begin()
    fail(circuit, 5)
    circuit.begin()
    circuit.fail(NOW + 12.0, trial=before)
    assert (circuit.trial_out, circuit.open_for_s(NOW + 12.0)) == (True, 0.0)


def test_a_second_trial_that_failed_counts_once() -> None:
    circuit = Circuit()
    fail(circuit, 5)
    trial = circuit.begin()
    circuit.fail(NOW + 20.0, trial=trial)
    circuit.fail(NOW + 25.0, trial=trial)
    assert circuit.open_for_s(NOW + 25.0) == 5.0


def test_a_withdrawn_trial_lets_another_go() -> None:
    circuit = Circuit()
    fail(circuit, 5)
    circuit.begin()
    circuit.withdraw_trial()
    assert (circuit.trial_out, circuit.begin()) == (False, True)
