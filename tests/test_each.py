"""A test of many rows fails with each row that does not hold."""

from __future__ import annotations

import pytest

from tests.support.each import each


def test_each_row_that_does_not_hold_is_named() -> None:
    tried: list[tuple[int, str]] = []

    @each("number", [1, 2, 3])
    @each(("word", "size"), [("a", 1), ("bb", 2), ("ccc", 3)])
    def check(number: int, word: str, size: int) -> None:
        tried.append((number, word))
        if number == 2:
            with pytest.raises(KeyError):
                {"bb": 1}[word]
        assert (number, word) != (3, "ccc")
        assert len(word) == size

    with pytest.raises(AssertionError) as failure:
        check()
    assert len(tried) == 9
    told = str(failure.value)
    assert "2 of 3 rows" in told
    assert "{'word': 'bb', 'size': 2}: Failed: DID NOT RAISE KeyError" in told.replace("<class 'KeyError'>", "KeyError")
    assert "{'word': 'ccc', 'size': 3}: AssertionError" in told
    assert "{'number': 1}" not in told


@each("number", range(3))
def test_what_pytest_runs_needs_no_fixture_of_a_row_s_name(number: int) -> None:
    assert number < 3
