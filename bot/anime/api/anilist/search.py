"""What people ask of anime and manga, made into the variables of AniList's search."""

from __future__ import annotations

from msgspec.structs import replace

from bot.anime.api.anilist.error import SERVICE
from bot.anime.api.model import MediaKind, MediaRow
from bot.anime.api.wish import FORMATS, SEASONS, STATUSES, MediaWish, NameSort, NameWish, Sort
from bot.errors import BadAnswer, InvalidInput
from bot.service.record import Found
from bot.service.suggest import clean

Variables = dict[str, object]

MAX_INT = 2**31 - 1  # GraphQL's
_FIRST_YEAR, _LAST_YEAR = 1900, 2999
_LAST_DATE = 9999_99_99  # a FuzzyDateInt is YYYYMMDD, with zeros for what is not known

_SORTS: dict[Sort, tuple[str, ...]] = {
    "match": ("SEARCH_MATCH",),
    "rating": ("SCORE_DESC", "POPULARITY_DESC"),
    "popularity": ("POPULARITY_DESC",),
    "trending": ("TRENDING_DESC", "POPULARITY_DESC"),
    "newest": ("START_DATE_DESC", "POPULARITY_DESC"),
    "oldest": ("START_DATE", "POPULARITY_DESC"),
    "upcoming": ("START_DATE", "POPULARITY_DESC"),
}
_NAME_SORTS: dict[NameSort, tuple[str, ...]] = {
    "match": ("SEARCH_MATCH",),
    "name": ("NAME", "ID"),
    "favourites": ("FAVOURITES_DESC", "ID"),
}


def build_search(wish: MediaWish, *, page: int = 1) -> Variables:
    """The variables of a search. What is not wished for is not in them. Raises `InvalidInput`."""
    text = None if wish.text is None else check_text(wish.text)
    sort: Sort = "popularity" if wish.sort == "match" and text is None else wish.sort
    return _drop_nones(
        {
            "type": wish.kind,
            "search": text,
            "genres": list(wish.genres) or None,
            "format": _check_word("format", wish.format, FORMATS),
            **_build_status(wish),
            **_build_year(wish),
            "score": None if wish.min_score is None else _check_range("score", wish.min_score, 1, 100) - 1,
            "isAdult": wish.adult,
            "sort": [*_SORTS[sort], "ID"],  # else a page could repeat what the one before it had
            "page": check_page(page),
        }
    )


def build_name_search(wish: NameWish, *, page: int = 1) -> Variables:
    """The variables of a search for characters, people or studios. Raises `InvalidInput`."""
    text = None if wish.text is None else check_text(wish.text)
    sort: NameSort = "favourites" if wish.sort == "match" and text is None else wish.sort
    return _drop_nones({"search": text, "sort": [*_NAME_SORTS[sort]], "page": check_page(page)})


def build_suggestion(kind: MediaKind, text: str, *, adult: bool) -> MediaWish:
    """What is looked for while somebody types: anything, or all but adult works."""
    return MediaWish(kind=kind, text=text, adult=None if adult else False)


def keep_wished(found: Found[MediaRow], wish: MediaWish) -> Found[MediaRow]:
    """What the answer itself says is as adult as was asked for. Raises `BadAnswer` where it says so of nothing."""
    if wish.adult is None:
        return found
    kept = [row for row in found.items if row.is_adult is wish.adult]
    if found.items and not kept and all(row.is_adult is None for row in found.items):
        raise BadAnswer(SERVICE, "works of which it does not say for whom they are")
    return replace(found, items=kept)


def check_text(text: str) -> str:
    """A text that can be searched for. Raises `InvalidInput` for one that says nothing."""
    cleaned = clean(text)
    if not any(sign.isalnum() for sign in cleaned):
        raise InvalidInput("search", "needs some letters or digits")
    return cleaned


def check_page(page: int) -> int:
    """The number of a page. Raises `InvalidInput` for none."""
    return _check_range("page", page, 1, MAX_INT)


def _build_status(wish: MediaWish) -> Variables:
    """What is newest has come out, and what is upcoming has not: a date without a day may tell neither."""
    status = _check_word("status", wish.status, STATUSES)
    if status is not None or wish.sort not in ("newest", "upcoming"):
        return {"status": status}
    return {"statusNot" if wish.sort == "newest" else "status": "NOT_YET_RELEASED"}


def _build_year(wish: MediaWish) -> Variables:
    """Anime have a season's year, manga the year they began in."""
    season = _check_word("season", wish.season, SEASONS)
    year = None if wish.season_year is None else _check_range("year", wish.season_year, _FIRST_YEAR, _LAST_YEAR)
    after, before = wish.released_after, wish.released_before
    if after is not None and before is not None and before < after:
        raise InvalidInput("release date", "ends before it begins")
    if wish.sort in ("oldest", "upcoming"):
        after = after or 1  # else what has no date yet would come first
    if wish.kind == "ANIME":
        return {"season": season, "seasonYear": year, **_build_span(after, before)}
    if season is not None:
        raise InvalidInput("season", "is something that only anime have")
    if year is not None:
        after = max(after or 0, year * 10_000)
        before = min(before or MAX_INT, year * 10_000 + 9999)
    return _build_span(after, before)


def _build_span(after: int | None, before: int | None) -> Variables:
    """A date that is not known is neither after nor before another: both bounds are sent, or none."""
    if after is None and before is None:
        return {}
    return {"after": (after or 1) - 1, "before": _LAST_DATE if before is None else before + 1}


def _check_word(what: str, word: str | None, words: tuple[str, ...]) -> str | None:
    if word is not None and word not in words:
        raise InvalidInput(what, f"must be one of {', '.join(words)}")
    return word


def _check_range(what: str, number: int, low: int, high: int) -> int:
    if not low <= number <= high:
        raise InvalidInput(what, f"must be {low} to {high}")
    return number


def _drop_nones(variables: Variables) -> Variables:
    return {name: value for name, value in variables.items() if value is not None}
