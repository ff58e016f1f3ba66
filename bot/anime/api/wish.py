"""What people ask of anime and manga, for every provider."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.anime.api.model import MediaKind

Sort = Literal["match", "score", "popularity", "trending", "newest"]

FORMATS = ("TV", "TV_SHORT", "MOVIE", "SPECIAL", "OVA", "ONA", "MUSIC", "MANGA", "NOVEL", "ONE_SHOT")
STATUSES = ("FINISHED", "RELEASING", "NOT_YET_RELEASED", "CANCELLED", "HIATUS")
SEASONS = ("WINTER", "SPRING", "SUMMER", "FALL")


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaWish:
    """What a work must be like; None is anything.

    All `genres` must apply. `format`, `status` and `season` are AniList's words (`FORMATS`, `STATUSES`,
    `SEASONS`); manga have a year but no season. `min_score` is 1 to 100, included. `adult` False leaves adult works out
    and True all others. The sort `match` without a text is by popularity.
    """

    kind: MediaKind
    text: str | None = None
    genres: tuple[str, ...] = ()
    format: str | None = None
    status: str | None = None
    season: str | None = None
    season_year: int | None = None
    min_score: int | None = None
    sort: Sort = "match"
    adult: bool | None = None
