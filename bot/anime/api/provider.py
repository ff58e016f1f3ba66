"""Anime and manga from whoever has them: AniList, or a self-hosted amvstrm in front of it.

amvstrm does not say what is adult; AniList is asked that, and while it is away nothing counts as for everybody but what
amvstrm was asked to leave adult works out of.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Literal, Protocol, TypeVar, cast

import msgspec
from msgspec.structs import replace

from bot.anime.api.amvstrm.client import Amvstrm, can_search
from bot.anime.api.at_hand import NamesByKind
from bot.anime.api.model import Media, MediaKind, MediaRow, Related, list_names
from bot.anime.api.wish import MediaWish
from bot.errors import NotFound, ServiceError
from bot.http import Clock, SystemClock, asking, current_ask
from bot.service.record import Card, Found
from bot.service.suggest import Suggester

__all__ = ["Anime", "AnimeProvider", "Marker", "ProviderMode"]

ProviderMode = Literal["anilist", "amvstrm", "auto"]

MARK_WITHIN_S = 3.0  # what AniList says of titles that are there already is not worth more of a person's time

T = TypeVar("T")
R = TypeVar("R", bound=MediaRow)


class AnimeProvider(Protocol):
    """What both providers can, together. Each coroutine but `suggest` raises `ServiceError`."""

    async def fetch(self, kind: MediaKind, media_id: int) -> Card[Media]:
        """One work. Raises `NotFound`."""
        ...

    async def search(self, wish: MediaWish, *, page: int = 1) -> Found[MediaRow]:
        """A page of 25. With `adult` False in the wish, only what is for everybody is in it."""
        ...

    async def suggest(self, kind: MediaKind, text: str, *, adult: bool, asker: int | None = None) -> list[MediaRow]:
        """Works that may be meant by `text`. `asker`: whose keystroke it is. Never raises `ServiceError`."""
        ...

    async def fetch_recommendations(self, kind: MediaKind, media_id: int) -> Found[MediaRow]:
        """What people recommend to who likes this work. Raises `NotFound`."""
        ...


class Marker(AnimeProvider, Protocol):
    """A provider that knows what is adult: AniList."""

    async def fetch_adult_marks(self, ids: Sequence[int]) -> dict[int, bool]:
        """`isAdult` of those of the ids that exist."""
        ...

    def list_known(self, kind: MediaKind, *, adult: bool) -> list[MediaRow]:
        """Works that were suggested lately. Asks nobody."""
        ...

    @property
    def at_hand(self) -> NamesByKind:
        """Works by their names, without asking."""
        ...


class Anime:
    """An `AnimeProvider` that chooses. What amvstrm cannot do goes to AniList.

    `auto` asks amvstrm first, and AniList when that gives no answer. Rows whose `is_adult` stays None may be shown
    nowhere but in age-restricted places.
    """

    def __init__(
        self,
        anilist: Marker,
        amvstrm: Amvstrm | None = None,
        *,
        mode: ProviderMode = "anilist",
        clock: Clock | None = None,
    ) -> None:
        self._anilist = anilist
        self._amvstrm = None if mode == "anilist" else amvstrm
        self._falls_back = mode == "auto"
        self._clock = clock or SystemClock()
        self._suggesters: dict[bool, Suggester[MediaRow]] = {}

    async def fetch(self, kind: MediaKind, media_id: int) -> Card[Media]:
        """One work, marked. Raises `NotFound`, `ServiceError`."""
        amvstrm = self._amvstrm
        if amvstrm is None or kind != "ANIME":
            return await self._anilist.fetch(kind, media_id)
        card = await self._ask(lambda: amvstrm.fetch(media_id), lambda: self._anilist.fetch(kind, media_id))
        (media,) = await self.mark_adult([card.entry])
        return replace(card, entry=media)

    async def fetch_whole(self, kind: MediaKind, media_id: int) -> tuple[Card[Media], ServiceError | None]:
        """One work with what amvstrm does not send: source, titles, how works are related, where to watch.

        While AniList is away it is what amvstrm has, marked, and why there is no more of it. Raises as `fetch`.
        """
        try:
            return await self._anilist.fetch(kind, media_id), None
        except ServiceError as error:
            if self._amvstrm is None or kind != "ANIME":
                raise
            away = error
        try:
            card = await self._amvstrm.fetch(media_id)
        except ServiceError as error:
            away.also = error.service
            raise away from None
        except NotFound:
            raise away from None
        (media,) = await self.mark_adult([card.entry])
        return replace(card, entry=media), away

    async def search(self, wish: MediaWish, *, page: int = 1) -> Found[MediaRow]:
        """A page of 25, marked. With `adult` False in the wish, only what is known to be for everybody is in it.

        Raises `ServiceError`, `InvalidInput`: AniList's own too, if nothing is left since it could not be asked.
        """
        ask = None if self._amvstrm is None else _find_route(self._amvstrm, wish, page=page)
        if ask is None:
            return await self._anilist.search(wish, page=page)
        found = await self._ask(ask, lambda: self._anilist.search(wish, page=page))
        rows, away = await self._mark(found.items)
        if wish.adult is False:
            if can_search(wish):
                rows = [_trust(row) for row in rows]
            rows = [row for row in rows if row.is_adult is False]
            if away is not None and found.items and not rows:
                raise away
        return replace(found, items=rows)

    async def suggest(self, kind: MediaKind, text: str, *, adult: bool, asker: int | None = None) -> list[MediaRow]:
        """Works that may be meant by `text`, best first; without `adult`, only what is known to be for everybody.

        AniList is not asked: somebody is typing, and adult works were left out of the search. `asker` as with AniList.
        Never raises `ServiceError`.
        """
        if self._amvstrm is None or kind != "ANIME":
            return await self._anilist.suggest(kind, text, adult=adult, asker=asker)
        if not any(sign.isalnum() for sign in text):
            return []
        rows = await self._find_suggester(self._amvstrm, adult=adult).suggest(text, asker=asker)
        if adult:
            return rows
        trusted = [_trust(msgspec.structs.replace(row, unmarked=row.is_adult is None)) for row in rows]
        return [row for row in trusted if row.is_adult is False]

    def list_known(self, kind: MediaKind, *, adult: bool) -> list[MediaRow]:
        """Works that were suggested lately, as they came: not all are marked. Asks nobody."""
        own = self._suggesters.get(adult) if kind == "ANIME" else None
        return [*(own.list_known() if own else []), *self._anilist.list_known(kind, adult=adult)]

    async def fetch_recommendations(self, kind: MediaKind, media_id: int) -> Found[MediaRow]:
        """What people recommend to who likes this work, marked. Raises `NotFound`, `ServiceError`."""
        amvstrm = self._amvstrm
        if amvstrm is None or kind != "ANIME":
            return await self._anilist.fetch_recommendations(kind, media_id)
        found = await self._ask(
            lambda: amvstrm.fetch_recommendations(media_id),
            lambda: self._anilist.fetch_recommendations(kind, media_id),
        )
        return replace(found, items=await self.mark_adult(found.items))

    async def mark_adult(self, rows: Sequence[R]) -> list[R]:
        """The rows, and what they are related to, with `is_adult` as far as it can be known. Never raises.

        AniList is asked for what is not known. While it is away that stays None, and is `unmarked`.
        """
        return (await self._mark(rows))[0]

    async def _mark(self, rows: Sequence[R]) -> tuple[list[R], ServiceError | None]:
        """The same, and why AniList could not be asked, if so."""
        unknown = {row.id for row in _walk(rows) if row.is_adult is None}
        if not unknown:
            return list(rows), None
        try:
            with asking(self._clock, within_s=self._find_patience_s(), priority=current_ask(self._clock).priority):
                marks = await self._anilist.fetch_adult_marks(sorted(unknown))
        except ServiceError as error:
            return [_fill(row, lambda one: msgspec.structs.replace(one, unmarked=True)) for row in rows], error
        return [_fill(row, lambda one: msgspec.structs.replace(one, is_adult=marks.get(one.id))) for row in rows], None

    def _find_suggester(self, amvstrm: Amvstrm, *, adult: bool) -> Suggester[MediaRow]:
        def build_wish(text: str) -> MediaWish:
            return MediaWish(kind="ANIME", text=text, adult=None if adult else False)

        def fetch(text: str) -> Awaitable[Found[MediaRow]]:
            wish = build_wish(text)
            return self._ask(lambda: amvstrm.search(wish), lambda: self._anilist.search(wish))

        if adult not in self._suggesters:
            self._suggesters[adult] = Suggester(
                MediaRow,
                at_hand=lambda text: self._anilist.at_hand["ANIME"].find(text, adult=adult),
                fetch=fetch,
                peek=lambda text: amvstrm.peek(build_wish(text)),
                names=list_names,
                clock=self._clock,
            )
        return self._suggesters[adult]

    def _find_patience_s(self) -> float:
        return min(MARK_WITHIN_S, max(0.0, current_ask(self._clock).deadline_monotonic - self._clock.monotonic()))

    async def _ask(self, first: Callable[[], Awaitable[T]], then: Callable[[], Awaitable[T]]) -> T:
        """What amvstrm says, or AniList when that is away and may be asked."""
        try:
            return await first()
        except ServiceError as error:
            if not self._falls_back:
                raise
            failed = error.service
        try:
            return await then()
        except ServiceError as error:
            error.also = failed
            raise


def _find_route(amvstrm: Amvstrm, wish: MediaWish, *, page: int) -> Callable[[], Awaitable[Found[MediaRow]]] | None:
    """What amvstrm has for the wish: its search, or one of its lists; None if it has nothing."""
    if can_search(wish):
        return lambda: amvstrm.search(wish, page=page)
    season, year = wish.season, wish.season_year
    known = MediaWish(kind="ANIME", season=season, season_year=year, sort=wish.sort, adult=wish.adult)
    if wish != known or wish.adult is True:
        return None
    if season is None and year is None and wish.sort == "trending":
        return lambda: amvstrm.fetch_trending(page)
    if wish.sort not in ("match", "popularity"):
        return None
    if season is not None and year is not None:
        return lambda: amvstrm.fetch_season(season, year, page)
    return (lambda: amvstrm.fetch_popular(page)) if season is None and year is None else None


def _walk(rows: Sequence[MediaRow]) -> Iterable[MediaRow]:
    """The rows, and what each of them is related to."""
    for row in rows:
        yield row
        if isinstance(row, Media):
            yield from (related.media for related in row.related)


def _fill(row: R, fill: Callable[[MediaRow], MediaRow]) -> R:
    """The row, and what it is related to, with `fill` done to those that nothing is known of."""
    if isinstance(row, Media):
        related = [Related(_fill(part.media, fill), part.relation) for part in row.related]
        row = cast("R", msgspec.structs.replace(row, related=related))
    return row if row.is_adult is not None else cast("R", fill(row))


def _trust(row: MediaRow) -> MediaRow:
    """A row of a search that left adult works out, while AniList could not be asked about it."""
    return msgspec.structs.replace(row, is_adult=False, unmarked=False) if row.unmarked else row
