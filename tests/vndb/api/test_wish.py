"""Wishes: what people can ask for, as the conditions that VNDB gets."""

from __future__ import annotations

import pytest

from bot.errors import InvalidInput
from bot.vndb.api import where
from bot.vndb.api.filter import Json
from bot.vndb.api.wish import build_span, parse_birthday
from tests.support.each import each


def span(*, after: str | None = None, before: str | None = None) -> list[Json]:
    return [part.json for part in build_span(where.VN.released, after=after, before=before)]


@pytest.mark.parametrize(
    ("after", "first"), [("2004", "2004-01-01"), ("2004-05", "2004-05-01"), ("2004-05-09", "2004-05-09")]
)
def test_after_a_year_begins_with_its_first_day(after: str, first: str) -> None:
    # VNDB orders a partial date after every day in it, so ">= 2004" would leave out nearly all of 2004.
    assert span(after=after) == [("released", ">=", first), ("released", "!=", "tba")]


@pytest.mark.parametrize("before", ["2004", "2004-05", "2004-05-09"])
def test_before_a_year_includes_all_of_it_and_no_unknown_date(before: str) -> None:
    assert span(before=before) == [("released", ">=", "1980-01-01"), ("released", "<=", before)]


@pytest.mark.parametrize(("after", "before"), [("2004", "2004"), ("2004-05", "2004"), ("2004-05-09", "2004-05")])
def test_a_span_may_end_where_it_begins(after: str, before: str) -> None:
    assert span(after=after, before=before)[-1] == ("released", "<=", before)


@pytest.mark.parametrize(("after", "before"), [("2005", "2004"), ("2004-05", "2004-04"), ("2005-01-01", "2004-12")])
def test_a_span_that_ends_before_it_begins_is_refused(after: str, before: str) -> None:
    with pytest.raises(InvalidInput, match="ends before"):
        span(after=after, before=before)


@pytest.mark.parametrize("text", ["today", "TBA", "20040130", "2004-1", "2004-13", "2004-02-30", "", "2004-01-30 "])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        span(after=text)
    with pytest.raises(InvalidInput):
        span(before=text)


@pytest.mark.parametrize("text", ["12-14", "14 December", "14 dec", "Dec 14", "december 14", "14. December", " dec14 "])
def test_a_birthday_is_read_in_many_forms(text: str) -> None:
    assert parse_birthday(text) == (12, 14)


def test_a_month_alone_is_all_of_it() -> None:
    assert parse_birthday("December") == (12, 0)


def test_the_leap_day_is_a_birthday() -> None:
    assert parse_birthday("02-29") == (2, 29)


@each("text", ["", "14-12", "13-01", "02-30", "31 June", "Dec 0", "14 dez", "de 14", "12/14", "14", "2004-12-14"])
def test_what_is_no_birthday_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="birthday"):
        parse_birthday(text)
