"""Which anime and manga are at hand by their names, and what is kept of each."""

from __future__ import annotations

from collections.abc import Mapping

from bot.anime.api.model import FuzzyDate, Media, MediaKind, MediaRow, list_names
from bot.service.names import Known, NamesAtHand

SHELVES: Mapping[MediaKind, str] = {"ANIME": "anime", "MANGA": "manga"}
PAGES = 50
FIRST_PAGES = 5

NamesByKind = Mapping[MediaKind, NamesAtHand[MediaRow]]
NO_NAMES: NamesByKind = {kind: NamesAtHand[MediaRow]() for kind in SHELVES}


def describe(row: MediaRow) -> Known[MediaRow] | None:
    """What is kept of a work, with all that it is called. One that is not said to be for everybody is for adults."""
    if row.id <= 0:
        return None
    work = MediaRow(
        id=row.id,
        type=row.type,
        title=row.title,
        is_adult=row.is_adult,
        format=row.format,
        season_year=row.season_year,
        start_date=FuzzyDate(row.start_date.year),
    )
    # What a work is tagged with is mostly what people say for it: #シュタゲ.
    synonyms = [*row.synonyms, *(row.hashtag or "").split()] if isinstance(row, Media) else []
    return Known(row.id, row.is_adult is not False, row.popularity or 0, [*list_names(row), *synonyms], work)
