"""Kinds, dates, scores and times of works, as text."""

from __future__ import annotations

import pytest

from bot.anime.api.model import FuzzyDate, MediaRow
from bot.anime.cards.route import find_route
from bot.anime.cards.text import (
    FORMATS,
    describe_media,
    format_fuzzy_date,
    format_mark,
    format_season,
    format_time,
    link_to_media,
    name_word,
)


@pytest.mark.parametrize(
    ("date", "text"),
    [
        (FuzzyDate(year=2011, month=4, day=6), "6 April 2011"),
        (FuzzyDate(year=2011, month=4), "April 2011"),
        (FuzzyDate(year=2011, day=6), "2011"),
        (FuzzyDate(month=4, day=6), "6 April"),
        (FuzzyDate(year=-1, month=13, day=6), ""),
        (FuzzyDate(year=2011, month=4, day=60), "April 2011"),
        (FuzzyDate(), ""),
    ],
)
def test_a_date_says_what_is_known(date: FuzzyDate, text: str) -> None:
    assert format_fuzzy_date(date) == text


@pytest.mark.parametrize(
    ("mark", "text"), [(89, "89"), (71.25, "71.2"), (100.0, "100"), (0, ""), (101, ""), (float("nan"), ""), (None, "")]
)
def test_a_score_is_a_number_of_1_to_100(mark: float | None, text: str) -> None:
    assert format_mark(mark) == text


@pytest.mark.parametrize(("time_s", "text"), [(1, "<t:1:R>"), (0, ""), (-5, ""), (10**15, "")])
def test_a_time_is_one_that_discord_can_show(time_s: int, text: str) -> None:
    assert format_time(time_s, "R") == text


@pytest.mark.parametrize(
    ("row", "place"),
    [
        (MediaRow(id=1, type="ANIME"), "anime/1"),
        (MediaRow(id=1, type="MANGA"), "manga/1"),
        (MediaRow(id=1, format="NOVEL"), "manga/1"),
        (MediaRow(id=1), "anime/1"),
        (MediaRow(id=0), ""),
        (MediaRow(id=-3), ""),
        (MediaRow(id=2**31), ""),
    ],
)
def test_a_work_has_a_place_where_its_id_is_one(row: MediaRow, place: str) -> None:
    route = find_route(row)
    assert (str(route) if route else "") == place


def test_a_work_is_linked_where_it_is_known() -> None:
    links = [url for _, url in link_to_media(MediaRow(id=30_002, id_mal=2, type="MANGA"))]
    assert links == ["https://anilist.co/manga/30002", "https://myanimelist.net/manga/2"]
    assert link_to_media(MediaRow(id=0, id_mal=-1)) == []


def test_a_season_has_its_year() -> None:
    assert format_season(MediaRow(id=1, season="FALL", season_year=2011)) == "Fall 2011"
    assert format_season(MediaRow(id=1, start_date=FuzzyDate(year=2011))) == "2011"


def test_a_constant_that_is_not_known_is_read_as_words() -> None:
    assert name_word("TV_SHORT", FORMATS) == "TV short"
    assert name_word("STAGE\nPLAY_x", FORMATS) == "Stage play x"
    assert name_word(None, FORMATS) == ""


def test_details_tell_works_of_one_name_apart() -> None:
    row = MediaRow(id=1, format="TV", season_year=2011, status="HIATUS", episodes=1, average_score=89)
    assert describe_media(row) == "TV series · 2011 · 1 episode · On hiatus · 8.9/10"
