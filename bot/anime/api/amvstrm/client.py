"""amvstrm, for who hosts it: https://github.com/amvstrm/amvstrm (its public hosts are gone). Its data are AniList's.

Both generations are understood, 2.7.0 and the rewrite. What their answers mean stands in `amvstrm_error`, how they are
read in `amvstrm_parse`. The routes that stream are left alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlencode

import msgspec

from bot.anime.api.amvstrm.error import SERVICE, ErrorPage, examine
from bot.anime.api.amvstrm.parse import parse_media, parse_rows
from bot.anime.api.model import Media, MediaRow
from bot.anime.api.wish import PAGE_SIZE, SEASONS, MediaWish
from bot.errors import InvalidInput, NotFound, ServiceError, Unavailable
from bot.http import Answer, Client, Lifetime, Policy, Request, Window, find_key
from bot.service.picture_host import PictureHosts
from bot.service.record import Card, Found
from bot.service.suggest import clean

__all__ = ["SERVICE", "Amvstrm", "can_search", "policy"]

HOUR_S = 3600.0
DAY_S = 24 * HOUR_S
CARD_LIFETIME = Lifetime(fresh_s=HOUR_S, stale_s=DAY_S, empty_s=600.0)
LIST_LIFETIME = Lifetime(fresh_s=DAY_S, stale_s=DAY_S, empty_s=600.0)

# 2.7.0 keeps whatever it answered for half an hour, errors too; answers are kept here, so its cache is of no use.
# This is the one header that its cache (apicache) heeds.
HEADERS = {"x-apicache-bypass": "true"}

PICTURE_HOSTS = ("anilist.co",)  # what it hands on

_BY_ID = ("info", "recommendations")
SORTS = {
    "match": "SEARCH_MATCH",
    "rating": "SCORE_DESC",
    "popularity": "POPULARITY_DESC",
    "trending": "TRENDING_DESC",
    "newest": "START_DATE_DESC",
}


def policy() -> Policy:
    """amvstrm's limits.

    Published: 60 requests a minute; `Retry-After` and the resets of both generations are followed. Nothing is tried
    again at once: a failure is AniList's, and 2.7.0 keeps it for half an hour.
    """
    return Policy(
        service=SERVICE,
        windows=(Window(60, 60.0),),
        concurrency=2,  # polite: nothing is published
        timeout_s=5.0,  # AniList's time and the way there; then there is still some left to ask AniList itself
        retries=0,
        examine=examine,
    )


def can_search(wish: MediaWish) -> bool:
    """Whether amvstrm's search knows everything that the wish has: anime by a text, no score or date, not only adult
    ones, and in no order that what has no date would begin.
    """
    if wish.kind != "ANIME" or not _clean(wish.text) or wish.adult is True or wish.sort in ("oldest", "upcoming"):
        return False
    return (wish.min_score, wish.released_after, wish.released_before) == (None, None, None)


class Amvstrm:
    """Questions to amvstrm. Every coroutine raises `ServiceError`.

    Nothing says what is adult: `is_adult` is None, or True for the genre that is. `anilist_url`: where the AniList is
    whose data these are, if it is not the one that everybody asks.
    """

    def __init__(self, client: Client, *, base_url: str, anilist_url: str = "") -> None:
        self._client = client
        self._pictures = PictureHosts(PICTURE_HOSTS, base_url, *filter(None, (anilist_url,)))
        self._base_url = base_url.rstrip("/").removesuffix("/api/v2") + "/api/v2"
        self._upper_seasons = False  # the rewrite wants them in lower case, 2.7.0 in upper case

    async def fetch(self, media_id: int) -> Card[Media]:
        """An anime and what it is related to, without saying how. Raises `NotFound`: of a manga too."""
        answer = await self._get(
            f"info/{media_id}", CARD_LIFETIME, what="info", is_empty=lambda body: parse_media(body) is None
        )
        media = parse_media(_body(answer))
        if media is None:
            raise NotFound(SERVICE, f"anime {media_id}")
        return Card(self._pictures.keep(media), answer.age_s, answer.stale)

    async def search(self, wish: MediaWish, *, page: int = 1) -> Found[MediaRow]:
        """Anime by a text, 25 a page. Raises `InvalidInput` for what it cannot search for (`can_search`)."""
        if not can_search(wish):
            raise InvalidInput("search", "needs a text, and knows neither manga nor scores")
        request = self._build_search(wish, page=page)
        answer = await self._client.fetch(request, LIST_LIFETIME, is_empty=partial(_has_no_rows, page=page))
        return self._read_rows(answer, what="search", page=page)

    async def peek(self, wish: MediaWish) -> Found[MediaRow] | None:
        """The first page of a search if it is at hand; amvstrm is not asked."""
        answer = await self._client.peek(find_key(self._build_search(wish, page=1)))
        return None if answer is None else self._read_rows(answer, what="search", page=1)

    async def fetch_recommendations(self, media_id: int) -> Found[MediaRow]:
        """What people recommend to who likes this anime: a dozen at most. Raises `NotFound`."""
        answer = await self._get_rows(f"recommendations/{media_id}", what="recommendations", page=1)
        found = self._read_rows(answer, what=f"anime {media_id}", page=1)
        return Found(found.items, more=False, age_s=found.age_s, stale=found.stale)

    async def fetch_trending(self, page: int = 1) -> Found[MediaRow]:
        """What is watched most at present, 25 a page."""
        return await self._fetch_rows("trending", {"p": page, "limit": PAGE_SIZE}, what="trending", page=page)

    async def fetch_popular(self, page: int = 1) -> Found[MediaRow]:
        """What most people have on their lists, 25 a page."""
        return await self._fetch_rows("popular", {"p": page, "limit": PAGE_SIZE}, what="popular", page=page)

    async def fetch_season(self, season: str, year: int, page: int = 1) -> Found[MediaRow]:
        """The anime of a season (WINTER, SPRING, SUMMER, FALL), 25 a page. Raises `InvalidInput` for another word.

        The generation tells itself by the case that it does not bear; that is remembered.
        """
        if season.upper() not in SEASONS:
            raise InvalidInput("season", "must be winter, spring, summer or fall")
        upper = self._upper_seasons
        try:
            return await self._fetch_season(season, year, page=page, upper=upper)
        except ServiceError as error:
            if not (error.status == 422 if upper else _is_error_page(error)):
                raise
        found = await self._fetch_season(season, year, page=page, upper=not upper)
        self._upper_seasons = not upper
        return found

    async def _fetch_season(self, season: str, year: int, *, page: int, upper: bool) -> Found[MediaRow]:
        path = f"season/{season.upper() if upper else season.lower()}/{year}"
        return await self._fetch_rows(path, {"p": page, "limit": PAGE_SIZE}, what="season", page=page)

    async def _fetch_rows(self, path: str, query: dict[str, object], *, what: str, page: int = 1) -> Found[MediaRow]:
        answer = await self._get_rows(f"{path}?{urlencode(query)}", what=what, page=page)
        return self._read_rows(answer, what=what, page=page)

    def _read_rows(self, answer: Answer, *, what: str, page: int) -> Found[MediaRow]:
        found = parse_rows(_body(answer), page=page, size=PAGE_SIZE)
        if found is None:
            raise NotFound(SERVICE, what)
        return self._pictures.keep(Found(found.items, found.more, answer.age_s, answer.stale))

    def _build_search(self, wish: MediaWish, *, page: int) -> Request:
        if page == 1 and wish == MediaWish(kind="ANIME", text=wish.text):
            query = urlencode({"q": _clean(wish.text), "limit": PAGE_SIZE})
            return Request(SERVICE, "search", "GET", f"{self._base_url}/search?{query}", headers=HEADERS)
        body = msgspec.json.encode(_build_question(wish, page=page))
        # 2.7.0 knows kept answers by their address alone: without this, a search could get another one's rows.
        query = urlencode({"body": hashlib.blake2b(body, digest_size=8).hexdigest()})
        headers = {"content-type": "application/json", **HEADERS}
        return Request(SERVICE, "search", "POST", f"{self._base_url}/search?{query}", body, headers)

    async def _get_rows(self, path: str, *, what: str, page: int) -> Answer:
        return await self._get(path, LIST_LIFETIME, what=what, is_empty=partial(_has_no_rows, page=page))

    async def _get(self, path: str, lifetime: Lifetime, *, what: str, is_empty: Callable[[bytes], bool]) -> Answer:
        looks_up = what in _BY_ID
        request = Request(SERVICE, what, "GET", f"{self._base_url}/{path}", headers=HEADERS, looks_up=looks_up)
        return await self._client.fetch(request, lifetime, is_empty=is_empty)


def _has_no_rows(body: bytes, *, page: int) -> bool:
    """What cannot be read raises here, before it is kept."""
    found = parse_rows(body, page=page, size=PAGE_SIZE)
    return found is None or not found.items


def _build_question(wish: MediaWish, *, page: int) -> dict[str, Any]:
    """The body of a search. `nsfw` false leaves adult works out; that is the only way to."""
    question: dict[str, Any] = {
        "search": _clean(wish.text),
        "type": wish.kind,
        "page": page,
        "size": PAGE_SIZE,
        "sort": [SORTS[wish.sort], "ID"],  # else a page could repeat what the one before it had
        "genres": list(wish.genres),
        "format": [wish.format] if wish.format else [],
        "status": wish.status,
        "season": wish.season,
        "seasonYear": wish.season_year,
        "nsfw": False if wish.adult is False else None,
    }
    return {name: value for name, value in question.items() if value not in (None, [])}


def _body(answer: Answer) -> bytes:
    return answer.body or b""


def _is_error_page(error: ServiceError) -> bool:
    """Whether it may be 2.7.0's page: that is longer than it announces, so it can also look like no HTTP at all."""
    return isinstance(error, ErrorPage) or (type(error) is Unavailable and error.status is None)


def _clean(text: str | None) -> str:
    cleaned = clean(text or "")
    return cleaned if any(sign.isalnum() for sign in cleaned) else ""
