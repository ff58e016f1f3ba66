"""Whose turn it is."""

from __future__ import annotations

from collections.abc import Hashable

from bot.http.ask import Priority
from bot.http.turn import Turns


def anybody(_waiter: str) -> bool:
    return True


def nobody(_person: Hashable) -> bool:
    return False


def build_turns(*waiting: tuple[str, Priority]) -> Turns[str]:
    """Those who wait, in that order; each one's first letter is the person."""
    turns: Turns[str] = Turns()
    for waiter, priority in waiting:
        turns.add(waiter, priority, waiter[0])
    return turns


def serve_all(turns: Turns[str]) -> list[str]:
    served: list[str] = []
    while (waiter := turns.find_next(anybody, nobody)) is not None:
        turns.take(waiter)
        served.append(waiter)
    return served


COMMAND, PREVIEW, BACKGROUND = Priority.COMMAND, Priority.PREVIEW, Priority.BACKGROUND


def test_persons_take_turns_and_each_one_keeps_their_order() -> None:
    turns = build_turns(("a1", COMMAND), ("a2", COMMAND), ("a3", COMMAND), ("b1", COMMAND), ("b2", COMMAND))
    assert serve_all(turns) == ["a1", "b1", "a2", "b2", "a3"]
    assert len(turns) == 0


def test_a_smaller_priority_goes_first() -> None:
    assert serve_all(build_turns(("a1", PREVIEW), ("b1", COMMAND))) == ["b1", "a1"]


def test_who_waits_for_a_share_is_passed_over() -> None:
    turns = build_turns(("a1", COMMAND), ("a2", COMMAND), ("b1", COMMAND))
    assert turns.find_next(lambda waiter: waiter != "a1", nobody) == "a2"
    assert turns.find_next(lambda waiter: waiter[0] != "a", nobody) == "b1"
    assert turns.find_next(lambda _waiter: False, nobody) is None


def test_who_yields_comes_after_those_of_every_priority_but_comes() -> None:
    turns = build_turns(("a1", COMMAND), ("c1", COMMAND), ("b1", BACKGROUND))
    assert turns.find_next(anybody, lambda person: person in ("a", "c")) == "b1"
    assert turns.find_next(anybody, lambda _person: True) == "a1"


def test_who_waits_no_more_is_forgotten_and_may_be_removed_again() -> None:
    turns = build_turns(("a1", COMMAND), ("b1", COMMAND))
    turns.remove("a1")
    turns.remove("a1")
    assert (len(turns), list(turns)) == (1, ["b1"])
    turns.add("a2", COMMAND, "a")  # came back: last among the persons
    assert serve_all(turns) == ["b1", "a2"]


def test_a_place_is_a_priority_and_a_person() -> None:
    assert build_turns(("a1", PREVIEW)).find_place("a1") == (PREVIEW, "a")


def test_a_newcomer_has_all_of_their_own_ahead_and_of_each_other_person_one_more_than_that() -> None:
    turns = build_turns(*((f"a{number}", COMMAND) for number in range(2)), *((f"b{n}", COMMAND) for n in range(9)))
    assert turns.count_ahead(COMMAND, "a", anybody) == (2, 5)
    assert turns.count_ahead(COMMAND, "c", anybody) == (0, 2)
    assert turns.count_ahead(COMMAND, "b", anybody) == (9, 11)


def test_whoever_waits_with_a_larger_priority_is_not_ahead() -> None:
    turns = build_turns(("a1", COMMAND), ("b1", PREVIEW), ("c1", BACKGROUND))
    assert turns.count_ahead(PREVIEW, "d", anybody) == (0, 2)


def test_one_person_in_two_priorities_is_one_person() -> None:
    turns = build_turns(("a1", COMMAND), ("a2", PREVIEW), ("d1", PREVIEW))
    assert turns.count_ahead(PREVIEW, "d", anybody) == (1, 3)


def test_who_waits_for_a_share_is_not_ahead() -> None:
    turns = build_turns(("a1", COMMAND), ("a2", COMMAND), ("b1", COMMAND))
    assert turns.count_ahead(COMMAND, "c", lambda waiter: waiter != "a1") == (0, 1)
