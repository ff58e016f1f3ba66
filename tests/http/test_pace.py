"""How a service has answered lately."""

from __future__ import annotations

from bot.http.pace import KEPT, LOOKS_BACK_S, Pace

NOW = 1000.0


def test_nine_answers_of_a_quarter_of_an_hour_count() -> None:
    assert (KEPT, LOOKS_BACK_S) == (9, 900.0)


def test_before_the_first_request_nothing_is_known() -> None:
    pace = Pace()
    assert (pace.typical_s(NOW), pace.trouble, pace.answered_ago_s(NOW)) == (None, None, None)


def test_one_slow_answer_among_many_is_not_typical() -> None:
    pace = Pace()
    for took_s in (0.2, 9.0, 0.3, 0.1, 0.2):
        pace.answer(NOW, took_s)
    assert pace.typical_s(NOW) == 0.2


def test_what_was_long_ago_says_nothing_of_now() -> None:
    pace = Pace()
    pace.answer(NOW, 5.0)
    later = NOW + LOOKS_BACK_S
    assert (pace.typical_s(later), pace.answered_ago_s(later)) == (None, LOOKS_BACK_S)


def test_the_last_one_tells_what_is_wrong_and_since_when() -> None:
    pace = Pace()
    pace.answer(NOW, 0.2)
    pace.fail(NOW + 1, "cut")
    assert (pace.trouble, pace.trouble_at) == ("cut", NOW + 1)
    pace.answer(NOW + 2, 0.4)
    assert pace.trouble is None


def test_only_the_last_few_count() -> None:
    pace = Pace()
    for took_s in [5.0] * KEPT + [0.1] * KEPT:
        pace.answer(NOW, took_s)
    assert pace.typical_s(NOW) == 0.1
