"""Works that are had already: which of them are as wished."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from bot.anime.api.model import FuzzyDate, MediaRow
from bot.anime.api.wish import MediaWish, is_as_wished

ROW = MediaRow(
    id=9253,
    type="ANIME",
    format="TV",
    status="FINISHED",
    season="SPRING",
    season_year=2011,
    start_date=FuzzyDate(2011, 4, 6),
    average_score=89,
    genres=["Drama", "Sci-Fi"],
)


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"genres": ("Sci-Fi",)},
        {"genres": ("Sci-Fi", "Drama"), "format": "TV", "status": "FINISHED", "season": "SPRING", "season_year": 2011},
        {"min_score": 89},
        {"released_after": 20110406, "released_before": 20110406},
    ],
)
def test_what_holds_fits(wish: dict[str, Any]) -> None:
    assert is_as_wished(ROW, MediaWish(kind="ANIME", **wish))


@pytest.mark.parametrize(
    "wish",
    [
        {"genres": ("Sci-Fi", "Comedy")},
        {"format": "MOVIE"},
        {"status": "RELEASING"},
        {"season": "FALL"},
        {"season_year": 2012},
        {"min_score": 90},
        {"released_after": 20110407},
        {"released_before": 20110405},
    ],
)
def test_what_does_not_hold_does_not_fit(wish: dict[str, Any]) -> None:
    assert not is_as_wished(ROW, MediaWish(kind="ANIME", **wish))


@pytest.mark.parametrize(
    "wish", [{"min_score": 1}, {"released_before": 20200101}, {"released_after": 19900101}, {"season_year": 2011}]
)
def test_what_is_not_known_does_not_fit(wish: dict[str, Any]) -> None:
    assert not is_as_wished(MediaRow(id=1), MediaWish(kind="ANIME", **wish))
    assert is_as_wished(MediaRow(id=1), MediaWish(kind="ANIME"))


def test_the_year_of_what_has_no_season_is_that_of_its_beginning() -> None:
    manga = msgspec.structs.replace(ROW, season=None, season_year=None)
    assert is_as_wished(manga, MediaWish(kind="MANGA", season_year=2011))
