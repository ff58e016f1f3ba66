"""The page of VNDB's numbers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.navigation.address import Address
from bot.navigation.frame import Shown
from bot.navigation.viewer import Viewer
from bot.service.record import Card
from bot.vndb.api.model import Stats
from bot.vndb.cards.stats import render_stats
from tests.support.discord_limits import check_view, read_texts
from tests.support.examples import examples

VIEWER = Viewer(asker_id=7, age_restricted=False)


def render(stats: Stats, *, age_s: float = 0.0, stale: bool = False) -> Shown:
    return render_stats(Card(stats, age_s=age_s, stale=stale), viewer=VIEWER, address=Address("stats"))


def test_each_kind_has_its_number() -> None:
    texts = read_texts(render(Stats(vn=52_123, traits=3000)))
    assert "**Visual novels:** 52,123" in texts
    assert "**Traits:** 3,000" in texts


def test_a_kind_that_vndb_did_not_count_is_left_out() -> None:
    assert "Tags" not in read_texts(render(Stats(vn=1)))


def test_no_numbers_at_all_are_said_to_be_none() -> None:
    assert "VNDB gave no numbers." in read_texts(render(Stats()))


def test_old_numbers_say_how_old_they_are() -> None:
    assert "from 2 h ago (VNDB is away)" in read_texts(render(Stats(vn=1), age_s=7200, stale=True))


@examples(20)
@given(numbers=st.lists(st.integers(-(10**30), 10**300), min_size=7, max_size=7))
def test_discord_takes_any_numbers(numbers: list[int]) -> None:
    assert check_view(render(Stats(*numbers)))
