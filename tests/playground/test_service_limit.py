from __future__ import annotations

from bot.playground.service.limit import ExecutionTime, SlidingWindow


def test_window_admits_its_count_and_no_more() -> None:
    window = SlidingWindow(3, 10.0)
    assert [window.admit(0.0) for _ in range(5)] == [True, True, True, False, False]
    assert (window.admitted, window.violations) == (3, 2)


def test_window_slides_with_each_request() -> None:
    window = SlidingWindow(2, 10.0)
    assert window.admit(0.0)
    assert window.admit(9.0)
    assert not window.admit(9.99)
    assert window.admit(10.0)
    assert not window.admit(18.9)
    assert window.admit(19.0)


def test_refused_request_takes_no_place() -> None:
    window = SlidingWindow(1, 10.0)
    assert window.admit(0.0)
    assert not window.admit(5.0)
    assert window.admit(10.0)


def test_window_is_not_misled_by_the_rounding_of_sums() -> None:
    window = SlidingWindow(1, 0.1)
    now = 0.0
    for _ in range(1000):
        assert window.admit(now)
        now += 0.1


def test_window_says_how_much_room_is_left() -> None:
    now = 0.0
    window = SlidingWindow(2, 10.0, lambda: now)
    window.admit()
    assert window.room() == 1
    now = 10.0
    assert window.room() == 2


def test_execution_time_has_a_burst_of_five_seconds() -> None:
    account = ExecutionTime()
    for _ in range(5):
        assert account.admit(0.0)
        account.spend(1.0, 0.0)
    assert not account.admit(0.0)
    assert account.violations == 1


def test_execution_time_comes_back_a_second_a_minute() -> None:
    account = ExecutionTime()
    account.spend(5.0, 100.0)
    assert account.debt_s(100.0) == 300.0
    assert not account.admit(100.0)
    assert account.admit(100.1)
    account.spend(1.0, 160.0)
    assert account.debt_s(160.0) == 300.0
    assert account.debt_s(500.0) == 0.0


def test_unused_execution_time_is_not_saved_up() -> None:
    account = ExecutionTime()
    account.spend(1.0, 0.0)
    account.spend(5.0, 10_000.0)
    assert not account.admit(10_000.0)
