"""Wishes as AniList's search takes them."""

from __future__ import annotations

import pytest

from bot.anime.api.anilist.search import build_search, check_text
from bot.anime.api.wish import MediaWish, Sort
from bot.errors import InvalidInput


def test_what_is_not_wished_for_is_not_sent() -> None:
    assert build_search(MediaWish(kind="ANIME")) == {"type": "ANIME", "sort": ["POPULARITY_DESC", "ID"], "page": 1}


def test_everything_that_is_wished_for_is_sent() -> None:
    wish = MediaWish(
        kind="ANIME",
        text="letters",
        genres=("Drama", "Sci-Fi"),
        format="TV",
        status="FINISHED",
        season="SPRING",
        season_year=2011,
        min_score=80,
        sort="rating",
        adult=False,
    )
    assert build_search(wish, page=3) == {
        "type": "ANIME",
        "search": "letters",
        "genres": ["Drama", "Sci-Fi"],
        "format": "TV",
        "status": "FINISHED",
        "season": "SPRING",
        "seasonYear": 2011,
        "score": 79,  # AniList compares with "greater"
        "isAdult": False,
        "sort": ["SCORE_DESC", "POPULARITY_DESC", "ID"],
        "page": 3,
    }


def test_a_mangas_year_is_that_of_its_beginning() -> None:
    variables = build_search(MediaWish(kind="MANGA", season_year=2011))
    assert (variables["after"], variables["before"]) == (20109999, 20120000)
    assert "seasonYear" not in variables


@pytest.mark.parametrize(
    ("wish", "asked"),
    [
        (MediaWish(kind="ANIME", sort="newest"), (None, "NOT_YET_RELEASED")),
        (MediaWish(kind="MANGA", sort="upcoming"), ("NOT_YET_RELEASED", None)),
        (MediaWish(kind="ANIME", sort="newest", status="HIATUS"), ("HIATUS", None)),
        (MediaWish(kind="ANIME", sort="oldest"), (None, None)),
    ],
)
def test_what_is_newest_has_come_out_and_what_is_upcoming_has_not(
    wish: MediaWish, asked: tuple[str | None, str | None]
) -> None:
    variables = build_search(wish)
    assert (variables.get("status"), variables.get("statusNot")) == asked


@pytest.mark.parametrize(
    ("sort", "text", "first"),
    [
        ("match", "letters", "SEARCH_MATCH"),
        ("match", None, "POPULARITY_DESC"),
        ("trending", None, "TRENDING_DESC"),
        ("newest", "letters", "START_DATE_DESC"),
    ],
)
def test_a_sort_is_anilists_own(sort: Sort, text: str | None, first: str) -> None:
    sorts = build_search(MediaWish(kind="ANIME", text=text, sort=sort))["sort"]
    assert isinstance(sorts, list)
    assert sorts[0] == first


@pytest.mark.parametrize(
    "wish",
    [
        MediaWish(kind="ANIME", season="AUTUMN"),
        MediaWish(kind="MANGA", season="SPRING"),
        MediaWish(kind="ANIME", format="VHS"),
        MediaWish(kind="ANIME", status="finished"),
        MediaWish(kind="ANIME", min_score=0),
        MediaWish(kind="ANIME", min_score=101),
        MediaWish(kind="ANIME", season_year=11),
        MediaWish(kind="ANIME", text=" ~!;… "),
        MediaWish(kind="ANIME", text=""),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused(wish: MediaWish) -> None:
    with pytest.raises(InvalidInput):
        build_search(wish)


@pytest.mark.parametrize("page", [0, -1, 2**31])
def test_a_page_that_there_cannot_be_is_refused(page: int) -> None:
    with pytest.raises(InvalidInput):
        build_search(MediaWish(kind="ANIME"), page=page)


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("時の手紙", "時の手紙"),
        ("  ｔｏｋｉ\n no  ", "toki no"),
        ("тетрадь", "тетрадь"),
        ("a" * 300, "a" * 300),
        ("no\ud800te", "note"),
        ("été", "été"),
    ],
)
def test_a_text_is_sent_as_unicode_in_one_form(text: str, sent: str) -> None:
    assert check_text(text) == sent
