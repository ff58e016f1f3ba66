"""Two lists compared: the numbers, the words, and every novel in reach."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.navigation.address import Address
from bot.navigation.frame import Shown
from bot.navigation.viewer import Viewer
from bot.vndb.api.model import ListEntry, User, Vn
from bot.vndb.api.user import Votes
from bot.vndb.cards.comparison import compare_votes, render_comparison
from tests.support.discord_limits import check_view, read_addresses, read_texts
from tests.support.examples import examples

VIEWER = Viewer(asker_id=7, age_restricted=False)
USERS = (User(id="u3", username="ann"), User(id="u5", username="ben"))
ADDRESS = Address("compare/u3/u5")


def entries(*votes: int | None) -> list[ListEntry]:
    """An entry for each vote, of v1, v2 and so on."""
    return [
        ListEntry(id=f"v{number}", vote=vote, vn=Vn(title=f"Novel {number}")) for number, vote in enumerate(votes, 1)
    ]


def render(
    first: list[ListEntry],
    second: list[ListEntry],
    totals: tuple[int | None, int | None] = (None, None),
    *,
    number: int = 1,
    complete: bool = True,
) -> Shown:
    votes = (Votes(first, complete), Votes(second, True))
    return render_comparison(USERS, votes, totals, viewer=VIEWER, address=ADDRESS.turn(number))


def test_novels_that_both_voted_on_are_in_common_the_greatest_difference_first() -> None:
    comparison = compare_votes(entries(80, 90, None, 50), entries(70, 40, 100))
    assert [(pair.entry_id, pair.first, pair.second) for pair in comparison.pairs] == [("v2", 90, 40), ("v1", 80, 70)]


def test_the_order_of_the_lists_does_not_matter() -> None:
    comparison = compare_votes(entries(80, 90), list(reversed(entries(70, 40))))
    assert {(pair.entry_id, pair.second) for pair in comparison.pairs} == {("v1", 70), ("v2", 40)}


def test_the_mean_difference_says_how_much_higher_the_first_votes() -> None:
    assert compare_votes(entries(80, 90), entries(70, 40)).mean_difference == 30


def test_the_correlation_is_pearsons() -> None:
    assert compare_votes(entries(10, 20, 30), entries(50, 60, 70)).correlation == pytest.approx(1)
    assert compare_votes(entries(10, 20, 30), entries(70, 60, 50)).correlation == pytest.approx(-1)
    assert compare_votes(entries(10, 20, 30, 40), entries(20, 10, 40, 30)).correlation == pytest.approx(0.6)


def test_fewer_than_three_novels_have_no_correlation() -> None:
    assert compare_votes(entries(10, 20), entries(50, 60)).correlation is None


def test_votes_that_are_all_the_same_have_no_correlation() -> None:
    assert compare_votes(entries(80, 80, 80), entries(10, 60, 70)).correlation is None


def test_nothing_in_common_has_no_numbers() -> None:
    comparison = compare_votes([], entries(50, 60))
    assert (comparison.pairs, comparison.mean_difference, comparison.correlation) == ((), None, None)


def test_what_is_no_vote_is_not_compared() -> None:
    assert compare_votes(entries(5, 80), entries(80, 101)).pairs == ()


def test_the_summary_says_the_numbers_in_words() -> None:
    texts = read_texts(render(entries(10, 20, 30), entries(50, 60, 70)))
    assert "## ann and ben" in texts
    assert "**Both voted on:** 3 visual novels, all compared" in texts
    assert "**Strictness:** ben votes 4 higher on average, where both voted" in texts
    assert "**Agreement:** 1.00 on a scale of -1 to 1: they like very much the same" in texts


def test_opposite_tastes_are_said_to_be_opposite() -> None:
    assert "one likes what the other does not" in read_texts(render(entries(10, 20, 30), entries(70, 60, 50)))


def test_too_few_novels_and_equal_votes_are_told_apart() -> None:
    assert "fewer than 3 novels" in read_texts(render(entries(80, 70), entries(80, 70)))
    assert "the same vote" in read_texts(render(entries(80, 80, 80), entries(80, 70, 60)))


def test_the_same_votes_are_equal_on_average() -> None:
    assert "**Strictness:** Equal on average" in read_texts(render(entries(80, 70), entries(70, 80)))


def test_a_difference_and_an_agreement_stand_under_their_headings() -> None:
    texts = read_texts(render(entries(90, 80), entries(20, 80)))
    assert "### Where they differ most\n**1. Novel 1**\n-# ann 9 · ben 2" in texts
    assert "### Where they agree most\n**1. Novel 2**\n-# ann 8 · ben 8" in texts


def test_a_private_list_is_said_to_be_private_or_empty() -> None:
    texts = read_texts(render([], [], (0, 1)))
    assert "**ann:** No votes can be seen: the list is private or empty" in texts
    assert "**ben:** 1 vote\n" in texts


def test_the_mean_is_of_what_both_voted_on() -> None:
    texts = read_texts(render(entries(80, 70), entries(60, 60), (2500, None)))
    assert "**ann:** 2,500 votes, 7.5 on average where both voted" in texts
    assert "**ben:** 6 on average where both voted" in texts


def test_a_comparison_that_was_cut_says_how_many_were_compared() -> None:
    cut = read_texts(render(entries(80, 70), entries(80, 60), complete=False))
    assert "Only the first 2 visual novels in common are compared." in cut
    assert "all compared" not in cut


@pytest.mark.parametrize("common", [1, 10, 11, 45])
def test_every_novel_in_common_can_be_reached(common: int) -> None:
    ours, theirs = entries(*range(10, 10 + common)), entries(*[50] * common)
    reached: set[str] = set()
    address = "compare/u3/u5"
    number = 1
    while address:
        addresses = read_addresses(render(ours, theirs, number=number))
        reached |= addresses
        number += 1
        address = f"compare/u3/u5~{number}" if f"compare/u3/u5~{number}" in addresses and number < 9 else ""
    assert {f"v{number}" for number in range(1, common + 1)} <= reached


def test_a_comparison_leads_to_both_people() -> None:
    assert {"u3", "u5"} <= read_addresses(render(entries(80), entries(80)))


def test_somebody_can_be_compared_with_themselves() -> None:
    votes = Votes(entries(80), True)
    view = render_comparison(
        (USERS[0], USERS[0]), (votes, votes), (1, 1), viewer=VIEWER, address=Address("compare/u3/u3")
    )
    assert "u3" in read_addresses(view)


words = st.one_of(
    st.text(max_size=12),
    st.text(min_size=1, max_size=5).map(lambda text: text * 50),
    st.lists(
        st.sampled_from(["@everyone", "<@123>", "*", "\\", "👩‍👩‍👧", "||", "\n", "# ", "シ", "\u202e"]), max_size=12
    ).map(lambda parts: "".join(parts) * 10),
)
some_entries = st.lists(
    st.builds(
        ListEntry,
        id=st.integers(0, 30).map(lambda number: f"v{number}"),
        vote=st.none() | st.integers(5, 105),
        vn=st.none() | st.builds(Vn, title=words),
    ),
    max_size=40,
)
people = st.builds(User, id=st.sampled_from(["u3", "u5", "odd/id"]), username=words)


@examples(50)
@given(
    users=st.tuples(people, people),
    votes=st.tuples(st.builds(Votes, some_entries, st.booleans()), st.builds(Votes, some_entries, st.booleans())),
    totals=st.tuples(st.none() | st.integers(0, 10**9), st.none() | st.integers(0, 10**9)),
    number=st.integers(1, 999_999) | st.integers(1, 3),
)
def test_every_comparison_is_one_that_discord_takes(
    users: tuple[User, User], votes: tuple[Votes, Votes], totals: tuple[int | None, int | None], number: int
) -> None:
    assert check_view(render_comparison(users, votes, totals, viewer=VIEWER, address=ADDRESS.turn(number)))


@examples(50)
@given(first=some_entries, second=some_entries)
def test_a_comparison_reads_the_same_from_either_side(first: list[ListEntry], second: list[ListEntry]) -> None:
    one, other = compare_votes(first, second), compare_votes(second, first)
    assert {(pair.entry_id, pair.first, pair.second) for pair in one.pairs} == {
        (pair.entry_id, pair.second, pair.first) for pair in other.pairs
    }
    assert one.correlation == (None if other.correlation is None else pytest.approx(other.correlation))
    assert one.correlation is None or -1 <= one.correlation <= 1
