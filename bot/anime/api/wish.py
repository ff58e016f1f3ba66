"""What people ask of anime and manga, for every provider."""

from __future__ import annotations

import math
import re
from datetime import date
from typing import Literal

import msgspec

from bot.anime.api.model import MediaKind, MediaRow
from bot.errors import InvalidInput

Sort = Literal["match", "rating", "popularity", "trending", "newest", "oldest", "upcoming"]

NameSort = Literal["match", "name", "favourites"]

FORMATS = ("TV", "TV_SHORT", "MOVIE", "SPECIAL", "OVA", "ONA", "MUSIC", "MANGA", "NOVEL", "ONE_SHOT")
STATUSES = ("FINISHED", "RELEASING", "NOT_YET_RELEASED", "CANCELLED", "HIATUS")
_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")

SEASONS = ("WINTER", "SPRING", "SUMMER", "FALL")

PAGE_SIZE = 30
"""Entries of a service's page of a search: whole pages of rows, and of covers."""

PART_SIZE = 24
"""Entries of a page of what belongs to a work: whole pages of rows; AniList gives 25 at most."""


class MediaWish(msgspec.Struct, frozen=True, kw_only=True):
    """What a work must be like; None is anything.

    All `genres` must apply. `format`, `status` and `season` are AniList's words (`FORMATS`, `STATUSES`,
    `SEASONS`); manga have a year but no season. `min_score` is 1 to 100, included. `released_after` and
    `released_before` are AniList's dates (`YYYYMMDD`, zeros for what is not known), both included. `adult` False leaves
    adult works out and True all others. The sort `match` without a text is by popularity.
    """

    kind: MediaKind
    text: str | None = None
    genres: tuple[str, ...] = ()
    format: str | None = None
    status: str | None = None
    season: str | None = None
    season_year: int | None = None
    min_score: int | None = None
    released_after: int | None = None
    released_before: int | None = None
    sort: Sort = "match"
    adult: bool | None = None


class NameWish(msgspec.Struct, frozen=True):
    """What a character, a person or a studio must be called; None is anything. Studios alone are sorted by `name`.

    The sort `match` without a text is by how many have them among their favourites.
    """

    text: str | None = None
    sort: NameSort = "match"


def is_as_wished(row: MediaRow, wish: MediaWish) -> bool:
    """Whether a work that is had already is as wished, title and order aside. What is not known of it does not fit."""
    asked = (
        (row.format, wish.format),
        (row.status, wish.status),
        (row.season, wish.season),
        (row.season_year or row.start_date.year, wish.season_year),
    )
    began = row.start_date.number
    return (
        set(wish.genres) <= {*row.genres}
        and all(want is None or want == has for has, want in asked)
        and (wish.min_score or 0) <= (row.average_score or 0)
        and (wish.released_after or 0) <= began
        and (wish.released_before is None or 0 < began <= wish.released_before)
    )


def scale_rating(rating: float) -> int:
    """The least of AniList's 1 to 100 that is not below a rating of 1 to 10."""
    return math.ceil(round(rating * 10, 6))  # 8.3 * 10 is a little more than 83


def build_date(day: date) -> int:
    """A day as AniList's date."""
    return day.year * 10_000 + day.month * 100 + day.day


def read_first_date(text: str) -> int:
    """The first of AniList's dates that is not before `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.

    Raises `InvalidInput` for what is no such date.
    """
    year, month, day = _read_date(text)
    return year * 10_000 + month * 100 + day


def read_last_date(text: str) -> int:
    """The last of AniList's dates that is not after it. Raises as `read_first_date`."""
    year, month, day = _read_date(text)
    return year * 10_000 + (month or 99) * 100 + (day or 99)


def _read_date(text: str) -> tuple[int, int, int]:
    found = _DATE.fullmatch(text.strip())
    if not found:
        raise InvalidInput("release date", "must be YYYY, YYYY-MM or YYYY-MM-DD")
    year, month, day = (int(part or 0) for part in found.groups())
    try:
        date(year, month or 1, day or 1)
    except ValueError:
        raise InvalidInput("release date", f"cannot be {text}: there is no such day") from None
    return year, month, day
