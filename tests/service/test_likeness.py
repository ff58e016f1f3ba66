"""How alike two texts are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.service.likeness import Likeness, mark_letters
from bot.service.names import LIKE, Called, NameIndex, NamePortion

_TEXTS = st.text(alphabet="abcdefgシュタゲ\U0001f600", max_size=70)


def count_common(one: str, other: str) -> int:
    """The length of the longest common subsequence, by the table of the textbooks."""
    row = [0] * (len(other) + 1)
    for sign in one:
        above = row
        row = [0]
        for place, letter in enumerate(other):
            row.append(above[place] + 1 if sign == letter else max(row[-1], above[place + 1]))
    return row[-1]


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [("clannad", "clannad", 1.0), ("clanad", "clannad", 12 / 13), ("ab", "ba", 0.5), ("ab", "cd", 0.0), ("", "a", 0.0)],
)
def test_likeness_is_the_share_of_letters_in_the_same_order(one: str, other: str, alike: float) -> None:
    assert Likeness(one).measure(other) == alike


@given(one=_TEXTS, other=_TEXTS)
def test_likeness_is_that_of_the_textbooks(one: str, other: str) -> None:
    assert Likeness(one).measure(other) == 2 * count_common(one, other) / ((len(one) + len(other)) or 1)


@given(one=st.text(max_size=30), other=st.text(max_size=30))
def test_letters_of_one_alone_are_no_more_than_they_are_apart(one: str, other: str) -> None:
    """Else a name would be passed over that is near."""
    apart = len(one) + len(other) - 2 * count_common(one, other)
    assert (mark_letters(one) ^ mark_letters(other)).bit_count() <= apart


@given(
    wanted=st.text(alphabet="abcdef", min_size=4, max_size=20),
    names=st.lists(st.text(alphabet="abcdef", min_size=1, max_size=25), min_size=1, max_size=20, unique=True),
)
def test_no_near_name_is_passed_over(wanted: str, names: list[str]) -> None:
    works = [Called(id=number, adult=False, weight=0, names=name) for number, name in enumerate(names, start=1)]
    found = NameIndex([NamePortion(works)]).find_near(wanted, adult=False)
    likeness = Likeness(wanted)
    begun = [likeness.measure(name[: len(wanted)]) >= LIKE and name[0] == wanted[0] for name in names]
    # Names are of like length if they differ by two letters, or by one in five.
    like = [
        likeness.measure(name) >= LIKE and abs(len(name) - len(wanted)) <= max(2, len(wanted) // 5) for name in names
    ]
    expected = begun if any(begun) else like
    assert set(found) == {number for number, one in enumerate(expected, start=1) if one}
