"""How things are written: one notation each."""

from __future__ import annotations

import pytest

from bot.cards.notation import explain_empty, format_date, format_length, format_rating, format_row, open_on
from tests.support.each import each


@pytest.mark.parametrize(
    ("rating", "votes", "digits", "written"),
    [
        (8.681, 13_189, 2, "8.68/10 (13,189 votes)"),
        (9.0, 1, 2, "9.00/10 (1 vote)"),
        (8.6, None, 1, "8.6/10"),
        (8.6, -1, 1, "8.6/10 (0 votes)"),
    ],
)
def test_a_rating_is_out_of_ten_and_has_its_votes(rating: float, votes: int | None, digits: int, written: str) -> None:
    assert format_rating(rating, votes, digits=digits) == written


@pytest.mark.parametrize(
    ("date", "written"),
    [
        ((2011, 4, 6), "6 April 2011"),
        ((2011, 4, None), "April 2011"),
        ((2011, None, 6), "2011"),
        ((None, 4, 6), "6 April"),
        ((0, 13, 32), ""),
        ((2011, 0, 0), "2011"),
        ((10_000, 4, 6), "6 April"),
    ],
)
def test_a_date_is_written_as_far_as_it_is_known(date: tuple[int | None, int | None, int | None], written: str) -> None:
    assert format_date(*date) == written


@each(
    ("minutes", "written"),
    [
        (2_468, "41 hours"),
        (60, "1 hour"),
        (150, "2.5 hours"),
        (140, "2.5 hours"),
        (119, "2 hours"),
        (24, "24 minutes"),
        (1, "1 minute"),
        (-5, "0 minutes"),
        (630, "10 hours"),
        (90_000, "1,500 hours"),
    ],
)
def test_a_length_is_in_hours_or_in_minutes_where_it_is_none(minutes: int, written: str) -> None:
    assert format_length(minutes) == written


def test_a_row_has_its_number_title_and_original_and_below_them_what_else_is_known() -> None:
    row = format_row("Kaidan", lead="1.", original="怪談", details=["2009", "", "Japanese"])
    assert row == "**1. Kaidan** · 怪談\n-# 2009 · Japanese"
    assert format_row("A*B", original="A*B") == "**A\\*B**"
    assert format_row(" ", original="あ" * 100) == "**Untitled**"


def test_an_empty_list_says_so_and_what_helps() -> None:
    assert explain_empty("releases", at="VNDB") == "No releases at VNDB yet."
    assert explain_empty("releases", narrowed=True).startswith("No releases match. Fewer conditions")


def test_a_button_to_another_site_says_which() -> None:
    assert open_on("VNDB") == "Open on VNDB"
