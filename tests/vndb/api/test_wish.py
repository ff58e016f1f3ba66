"""Wishes: what people can ask for, as the filter that VNDB gets."""

from __future__ import annotations

import pytest

from bot.errors import InvalidInput
from bot.vndb.api import where
from bot.vndb.api.filter import Json, all_of
from bot.vndb.api.wish import ReleaseWish, VnWish, parse_birthday


def build_vn(wish: VnWish) -> Json:
    found = wish.build()
    return found and found.json


def build_release(wish: ReleaseWish) -> Json:
    found = wish.build()
    return found and found.json


@pytest.mark.parametrize("wish", [VnWish(), ReleaseWish(), VnWish(text="")])
def test_no_wish_is_no_filter(wish: VnWish | ReleaseWish) -> None:
    assert wish.build() is None


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        (VnWish(text="steins;gate"), ("search", "=", "steins;gate")),
        (VnWish(olang="ja"), ("olang", "=", "ja")),
        (VnWish(lang="en"), ("lang", "=", "en")),
        (VnWish(platform="win"), ("platform", "=", "win")),
        (VnWish(length=5), ("length", "=", 5)),
        (VnWish(min_rating=80), ("rating", ">=", 80)),
        (VnWish(min_votes=0), ("votecount", ">=", 0)),
        (VnWish(developer="p24"), ("developer", "=", ("id", "=", "p24"))),
        (VnWish(tags=("g19",)), ("tag", "=", "g19")),
        (VnWish(tags=("g19", "g20")), ("and", ("tag", "=", "g19"), ("tag", "=", "g20"))),
        (VnWish(has_anime=True), ("has_anime", "=", 1)),
        (VnWish(has_anime=False), ("has_anime", "!=", 1)),
        (VnWish(devstatus=0), ("devstatus", "=", 0)),
        (VnWish(given=where.VN.id.eq("v17")), ("id", "=", "v17")),
    ],
)
def test_each_wish_for_a_novel_is_a_filter(wish: VnWish, expected: Json) -> None:
    assert build_vn(wish) == expected


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        (ReleaseWish(lang="en"), ("lang", "=", "en")),
        (ReleaseWish(platform="swi"), ("platform", "=", "swi")),
        (ReleaseWish(given=where.RELEASE.freeware.eq(1)), ("freeware", "=", 1)),
    ],
)
def test_each_wish_for_a_release_is_a_filter(wish: ReleaseWish, expected: Json) -> None:
    assert build_release(wish) == expected


def test_wishes_come_true_together() -> None:
    given = all_of(where.VN.has_review.eq(1), where.VN.has_screenshot.eq(1))
    assert build_vn(VnWish(text="key", min_rating=70, given=given)) == (
        "and",
        ("search", "=", "key"),
        ("rating", ">=", 70),
        given.json,
    )


@pytest.mark.parametrize(
    ("after", "first"), [("2004", "2004-01-01"), ("2004-05", "2004-05-01"), ("2004-05-09", "2004-05-09")]
)
def test_after_a_year_begins_with_its_first_day(after: str, first: str) -> None:
    # VNDB orders a partial date after every day in it, so ">= 2004" would leave out nearly all of 2004.
    assert build_vn(VnWish(after=after)) == (
        "and",
        ("released", ">=", first),
        ("released", "!=", "tba"),
    )


@pytest.mark.parametrize("before", ["2004", "2004-05", "2004-05-09"])
def test_before_a_year_includes_all_of_it_and_no_unknown_date(before: str) -> None:
    assert build_vn(VnWish(before=before)) == ("and", ("released", ">=", "1980-01-01"), ("released", "<=", before))


@pytest.mark.parametrize(("after", "before"), [("2004", "2004"), ("2004-05", "2004"), ("2004-05-09", "2004-05")])
def test_a_span_may_end_where_it_begins(after: str, before: str) -> None:
    assert build_vn(VnWish(after=after, before=before)) is not None


@pytest.mark.parametrize(("after", "before"), [("2005", "2004"), ("2004-05", "2004-04"), ("2005-01-01", "2004-12")])
def test_a_span_that_ends_before_it_begins_is_refused(after: str, before: str) -> None:
    with pytest.raises(InvalidInput, match="ends before"):
        VnWish(after=after, before=before).build()


@pytest.mark.parametrize("text", ["today", "TBA", "20040130", "2004-1", "2004-13", "2004-02-30", "", "2004-01-30 "])
def test_what_is_no_date_is_refused(text: str) -> None:
    for wish in (VnWish(after=text), VnWish(before=text)):
        with pytest.raises(InvalidInput):
            wish.build()


@pytest.mark.parametrize(
    "wish",
    [
        VnWish(olang="japanese"),
        VnWish(length=6),
        VnWish(min_rating=9),
        VnWish(developer="Key"),
        VnWish(tags=("g19", "time travel")),
        VnWish(devstatus=3),
        ReleaseWish(platform="Windows"),
    ],
)
def test_what_vndb_would_refuse_is_refused(wish: VnWish | ReleaseWish) -> None:
    with pytest.raises(InvalidInput):
        wish.build()


@pytest.mark.parametrize("text", ["12-14", "14 December", "14 dec", "Dec 14", "december 14", "14. December", " dec14 "])
def test_a_birthday_is_read_in_many_forms(text: str) -> None:
    assert parse_birthday(text) == (12, 14)


def test_a_month_alone_is_all_of_it() -> None:
    assert parse_birthday("December") == (12, 0)


def test_the_leap_day_is_a_birthday() -> None:
    assert parse_birthday("02-29") == (2, 29)


@pytest.mark.parametrize(
    "text", ["", "14-12", "13-01", "02-30", "31 June", "Dec 0", "14 dez", "de 14", "12/14", "14", "2004-12-14"]
)
def test_what_is_no_birthday_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="birthday"):
        parse_birthday(text)
