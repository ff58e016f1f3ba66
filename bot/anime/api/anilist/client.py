"""AniList, anime and manga: https://docs.anilist.co (free for non-commercial use, no key).

What is asked stands in `query`, how an answer is read in `parse`, the models in `bot.anime.api.model`.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable, Sequence
from random import Random
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from bot.anime.api.anilist import parse, query
from bot.anime.api.anilist.error import PAUSE_S, SERVICE, Missing, examine
from bot.anime.api.anilist.random import RandomMedia
from bot.anime.api.anilist.search import (
    MAX_INT,
    Variables,
    build_name_search,
    build_search,
    build_suggestion,
    check_page,
    keep_wished,
)
from bot.anime.api.at_hand import NO_NAMES, NamesByKind
from bot.anime.api.model import (
    LIST_AT_MOST,
    AiringEpisode,
    AnimeUser,
    Appearance,
    CastMember,
    Character,
    Credit,
    ListEntry,
    Media,
    MediaKind,
    MediaRow,
    Name,
    Person,
    SiteStats,
    Studio,
    list_names,
)
from bot.anime.api.wish import MediaWish, NameWish
from bot.errors import InvalidInput, NotFound
from bot.http import Answer, Batcher, Client, Clock, Lifetime, Policy, Request, SystemClock, Window, find_key
from bot.service.near_find import NearFinder
from bot.service.picture_host import PictureHosts
from bot.service.record import Card, Found
from bot.service.suggest import Suggester

__all__ = ["DEFAULT_URL", "SERVICE", "AniList", "policy"]

S = TypeVar("S", Character, Person, Studio)
T = TypeVar("T")

DEFAULT_URL = "https://graphql.anilist.co"

HOUR_S = 3600.0
DAY_S = 24 * HOUR_S
# Scores and the next episode change during the day. AniList's terms know no time, but no storing either.
CARD_LIFETIME = Lifetime(fresh_s=HOUR_S, stale_s=DAY_S, empty_s=600.0)
# Whether a work may be shown hangs on it, so nothing older is believed.
SEARCH_LIFETIME = Lifetime(fresh_s=DAY_S, stale_s=DAY_S, empty_s=600.0)
AIRING_LIFETIME = Lifetime(fresh_s=600.0, stale_s=HOUR_S, empty_s=600.0)
# Who is told of an episode is told by this: an old answer would be a notice too early or too late.
SCHEDULE_LIFETIME = Lifetime(fresh_s=60.0, stale_s=60.0, empty_s=60.0)
USER_LIFETIME = Lifetime(fresh_s=600.0, stale_s=HOUR_S, empty_s=600.0)
# What may be shown hangs on it, so nothing older is believed.
ADULT_LIFETIME = Lifetime(fresh_s=DAY_S, stale_s=DAY_S, empty_s=HOUR_S)

BATCH_WINDOW_S = 0.01
SCHEDULE_IDS = 250  # a question about more works would be long, though nothing forbids it
SCHEDULE_PAGES = 20
LIST_CHUNKS = LIST_AT_MOST // 500  # more would be a tenth of what AniList grants a minute

PICTURE_HOSTS = ("anilist.co",)  # s4.anilist.co

_IDS = frozenset({"id", "idMal", "ids"})  # a question with one of these looks up
_USER_NAME = re.compile(r"[A-Za-z0-9_-]{2,20}")


def policy() -> Policy:
    """AniList's limits.

    Published: 90 requests a minute, and at present ("degraded") 30. Every answer says which in `X-RateLimit-Limit`, and
    the lane follows that. Over it AniList is silent for a minute, and says so in `Retry-After`.
    """
    return Policy(
        service=SERVICE,
        # A limit on bursts comes on top, without a number: four a second are polite.
        windows=(Window(30, 60.0), Window(4, 1.0)),
        concurrency=2,
        timeout_s=10.0,
        retries=1,
        longest_pause_s=2 * PAUSE_S,
        examine=examine,
    )


class AniList:
    """Questions to AniList. Every coroutine raises `ServiceError` unless it says otherwise.

    Those that take an id raise `NotFound`, those that take a text or a page `InvalidInput`. `near`: questions about
    misspelt names. `at_hand`: works by their names, without asking.
    """

    def __init__(
        self,
        client: Client,
        *,
        base_url: str = DEFAULT_URL,
        clock: Clock | None = None,
        at_hand: NamesByKind = NO_NAMES,
    ) -> None:
        self.at_hand = at_hand
        self._client = client
        self._base_url = base_url
        self._pictures = PictureHosts(PICTURE_HOSTS, base_url)
        self._clock = clock = clock or SystemClock()
        self.near = NearFinder(SERVICE, clock=clock)
        self._random = RandomMedia(lambda wish, page: self.search(wish, page=page))
        self._suggesters: dict[tuple[MediaKind, bool], Suggester[MediaRow]] = {}
        self._characters = self._build_suggester(
            Character, query.CHARACTERS, parse.parse_characters, lambda one: _list_names(one.name)
        )
        self._people = self._build_suggester(
            Person, query.PEOPLE, parse.parse_people, lambda one: _list_names(one.name)
        )
        self._studios = self._build_suggester(Studio, query.STUDIOS, parse.parse_studios, lambda one: (one.name,))
        self._marks: Batcher[int, bytes | None] = Batcher(
            self._load_marks, max_size=query.IDS_AT_MOST, window_s=BATCH_WINDOW_S, clock=clock, service=SERVICE
        )

    # Works

    async def fetch(self, kind: MediaKind, media_id: int) -> Card[Media]:
        """A work with its relations."""
        card = await self._fetch_card(query.MEDIA, {"id": media_id, "type": kind}, parse.parse_media, kind.lower())
        if not card.age_s:
            self.at_hand[kind].see([card.entry])
        return card

    async def fetch_by_mal(self, kind: MediaKind, mal_id: int) -> Card[Media]:
        """A work by its id on MyAnimeList."""
        noun = f"{kind.lower()} with MyAnimeList's number"
        return await self._fetch_card(query.MEDIA_BY_MAL, {"idMal": mal_id, "type": kind}, parse.parse_media, noun)

    async def fetch_several(self, kind: MediaKind, ids: Sequence[int]) -> Found[MediaRow]:
        """Those of up to fifty works that AniList has, in any order."""
        variables: Variables = {"ids": sorted(ids), "type": kind}
        return await self._fetch_page(query.SEVERAL, variables, parse.parse_rows, SEARCH_LIFETIME)

    async def search(self, wish: MediaWish, *, page: int = 1) -> Found[MediaRow]:
        """A page of 25 works that are as wished."""
        found = await self._fetch_page(query.SEARCH, build_search(wish, page=page), parse.parse_rows, SEARCH_LIFETIME)
        if not found.age_s:
            self.at_hand[wish.kind].see(found.items)
        return keep_wished(found, wish)

    async def fetch_best_known(self, kind: MediaKind, page: int) -> Found[Media]:
        """A page of the fifty works that most people have on their lists, by their names alone; it is not kept."""
        request = self._build_request(query.BEST_KNOWN, {"type": kind, "page": check_page(page)})
        return parse.parse_named((await self._client.send(request)).body)

    async def fetch_random(self, wish: MediaWish, *, rng: Random) -> Card[MediaRow]:
        """A work that is as wished, each of the first thousand in its order as likely as any other.

        Raises `NotFound` if there is none. Two questions as a rule, up to seven when a wish is new.
        """
        return await self._random.draw(wish, rng=rng)

    async def suggest(self, kind: MediaKind, text: str, *, adult: bool, asker: int | None = None) -> list[MediaRow]:
        """Works that may be meant by `text`, best first; without `adult` none but those that are for everybody.

        `asker`: whose keystroke it is; ten of theirs cause at most two requests. Never raises `ServiceError`.
        """
        if not any(sign.isalnum() for sign in text):
            return []
        return await self._find_suggester(kind, adult=adult).suggest(text, asker=asker)

    def list_known(self, kind: MediaKind, *, adult: bool) -> list[MediaRow]:
        """Works that were suggested lately, where adult ones may stand or not; the latest first. Asks nobody."""
        suggester = self._suggesters.get((kind, adult))
        return [] if suggester is None else suggester.list_known()

    async def fetch_recommendations(self, kind: MediaKind, media_id: int) -> Found[MediaRow]:
        """The 25 works, of either kind, that are recommended most to those who like this one."""
        variables: Variables = {"id": media_id, "type": kind}
        return await self._fetch_part(query.RECOMMENDATIONS, variables, parse.parse_recommendations, kind.lower())

    async def fetch_cast(self, kind: MediaKind, media_id: int, *, page: int = 1) -> Found[CastMember]:
        """A page of 25 characters, main ones first, with who voices them in any language."""
        variables: Variables = {"id": media_id, "type": kind, "page": check_page(page)}
        return await self._fetch_part(query.CAST, variables, parse.parse_cast, kind.lower())

    async def fetch_credits(self, kind: MediaKind, media_id: int, *, page: int = 1) -> Found[Credit]:
        """A page of 25 people of the staff, the most important first."""
        variables: Variables = {"id": media_id, "type": kind, "page": check_page(page)}
        return await self._fetch_part(query.CREDITS, variables, parse.parse_credits, kind.lower())

    async def fetch_adult_marks(self, ids: Sequence[int]) -> dict[int, bool]:
        """Whether works are for adults, at most a day old. What AniList does not know or say is left out."""
        wanted = [media_id for media_id in dict.fromkeys(ids) if 0 < media_id <= MAX_INT]
        marks = await asyncio.gather(*map(self._fetch_mark, wanted))
        return {media_id: mark for media_id, mark in zip(wanted, marks, strict=True) if mark is not None}

    # Characters, people and studios

    async def fetch_character(self, character_id: int) -> Card[Character]:
        """A character."""
        return await self._fetch_card(query.CHARACTER, {"id": character_id}, parse.parse_character, "character")

    async def search_characters(self, wish: NameWish, *, page: int = 1) -> Found[Character]:
        """A page of 24 characters."""
        return await self._search_names(query.CHARACTERS, wish, page, parse.parse_characters)

    async def suggest_characters(self, text: str, *, asker: int | None = None) -> list[Character]:
        """Characters that may be meant by `text`, best first. `asker` as in `suggest`. Never raises `ServiceError`."""
        return await _suggest(self._characters, text, asker)

    async def suggest_people(self, text: str, *, asker: int | None = None) -> list[Person]:
        """People of the staff who may be meant by `text`, likewise."""
        return await _suggest(self._people, text, asker)

    async def suggest_studios(self, text: str, *, asker: int | None = None) -> list[Studio]:
        """Studios that may be meant by `text`, likewise."""
        return await _suggest(self._studios, text, asker)

    async def fetch_born(self, *, page: int = 1) -> Found[Character]:
        """A page of 24 characters whose birthday is today, the best liked first."""
        return await self._fetch_page(query.BORN, {"page": check_page(page)}, parse.parse_characters, AIRING_LIFETIME)

    async def fetch_appearances(self, character_id: int, *, page: int = 1) -> Found[Appearance]:
        """A page of 24 works with a character, the best known first."""
        return await self._fetch_works(query.APPEARANCES, character_id, page, parse.parse_appearances, "character")

    async def fetch_person(self, person_id: int) -> Card[Person]:
        """Somebody of the staff, or a voice actor."""
        return await self._fetch_card(query.PERSON, {"id": person_id}, parse.parse_person, "person")

    async def search_people(self, wish: NameWish, *, page: int = 1) -> Found[Person]:
        """A page of 24 people."""
        return await self._search_names(query.PEOPLE, wish, page, parse.parse_people)

    async def fetch_works(self, person_id: int) -> Found[Appearance]:
        """Up to 24 works with somebody's voice, then up to 24 they worked on; the best known first."""
        return await self._fetch_works(query.WORKS, person_id, 1, parse.parse_works, "person")

    async def fetch_voiced(self, person_id: int, *, page: int = 1) -> Found[Appearance]:
        """A page of 24 works with somebody's voice, the best known first."""
        return await self._fetch_works(query.VOICED_WORKS, person_id, page, parse.parse_voiced, "person")

    async def fetch_made(self, person_id: int, *, page: int = 1) -> Found[Appearance]:
        """A page of 24 works that somebody worked on, likewise."""
        return await self._fetch_works(query.MADE_WORKS, person_id, page, parse.parse_made, "person")

    async def fetch_studio(self, studio_id: int) -> Card[Studio]:
        """A studio."""
        return await self._fetch_card(query.STUDIO, {"id": studio_id}, parse.parse_studio, "studio")

    async def search_studios(self, wish: NameWish, *, page: int = 1) -> Found[Studio]:
        """A page of 24 studios."""
        return await self._search_names(query.STUDIOS, wish, page, parse.parse_studios)

    async def fetch_studio_works(self, studio_id: int, *, page: int = 1) -> Found[Appearance]:
        """A page of 24 works of a studio, the best known first."""
        return await self._fetch_works(query.STUDIO_WORKS, studio_id, page, parse.parse_studio_works, "studio")

    # What airs

    async def fetch_airing(self, start_s: int, end_s: int, *, page: int = 1) -> Found[AiringEpisode]:
        """A page of 50 episodes that air from `start_s` to before `end_s` (seconds since the epoch), in order.

        Equal bounds are one question: round them.
        """
        variables: Variables = {"after": start_s - 1, "before": end_s, "page": check_page(page)}
        return await self._fetch_page(query.AIRING, variables, parse.parse_airing, AIRING_LIFETIME)

    async def fetch_schedule(self, media_ids: Sequence[int], start_s: int, end_s: int) -> list[AiringEpisode]:
        """All episodes of these works that air from `start_s` to before `end_s`, in order, at most a minute old."""
        ids = sorted({media_id for media_id in media_ids if 0 < media_id <= MAX_INT})
        episodes: dict[tuple[int, int], AiringEpisode] = {}
        for first in range(0, len(ids), SCHEDULE_IDS):
            variables: Variables = {"ids": ids[first : first + SCHEDULE_IDS], "after": start_s - 1, "before": end_s}
            for page in range(1, SCHEDULE_PAGES + 1):
                found = await self._fetch_page(
                    query.SCHEDULE, variables | {"page": page}, parse.parse_airing, SCHEDULE_LIFETIME
                )
                episodes |= {(one.media.id, one.episode): one for one in found.items}
                if not found.more:
                    break
        return sorted(episodes.values(), key=lambda one: (one.airing_at, one.media.id, one.episode))

    # People and their lists

    async def fetch_user(self, name: str) -> Card[AnimeUser]:
        """A public profile. Raises `NotFound` for a private one, `InvalidInput` for what is no name."""
        if _USER_NAME.fullmatch(name) is None:
            raise InvalidInput("AniList name", "must have 2 to 20 letters, digits, - and _")
        parse_user, noun = parse.parse_user, f"public profile called {name}"
        return _build_card(*await self._fetch_known(query.USER, {"name": name}, parse_user, USER_LIFETIME, noun))

    async def fetch_user_by_id(self, user_id: int) -> Card[AnimeUser]:
        """A public profile by its number. Raises `NotFound` for a private one too."""
        noun = f"public profile {user_id}"
        variables: Variables = {"id": _check_id(user_id, noun)}
        return _build_card(*await self._fetch_known(query.USER_BY_ID, variables, parse.parse_user, USER_LIFETIME, noun))

    async def fetch_user_list(self, user_id: int, kind: MediaKind) -> Found[ListEntry]:
        """Somebody's public list, each work once; `more` if it is longer than 2 000 entries.

        `user_id` is one that `fetch_user` gave: AniList hides private profiles, but has answered for their lists.
        Raises `NotFound`.
        """
        found: Found[ListEntry] = Found([], more=True)
        for chunk in range(1, LIST_CHUNKS + 1):
            variables: Variables = {"userId": _check_id(user_id, "user"), "type": kind, "chunk": chunk}
            part, answer = await self._fetch_known(
                query.USER_LIST, variables, parse.parse_user_list, USER_LIFETIME, f"list of user {user_id}"
            )
            found = _join(found, _build_found(part, answer))
            if not found.more:
                break
        return found

    async def fetch_stats(self) -> Card[SiteStats]:
        """How much AniList knows."""
        return _build_card(*await self._fetch_known(query.SITE, {}, parse.parse_site, CARD_LIFETIME, "numbers"))

    # What stands behind them

    async def _fetch_card(
        self, document: str, variables: Variables, read: Callable[[bytes], T | None], noun: str
    ) -> Card[T]:
        return _build_card(*await self._fetch_entry(document, variables, read, CARD_LIFETIME, noun))

    async def _fetch_part(
        self, document: str, variables: Variables, read: Callable[[bytes], Found[T] | None], noun: str
    ) -> Found[T]:
        return _build_found(*await self._fetch_entry(document, variables, read, CARD_LIFETIME, noun))

    async def _fetch_works(
        self, document: str, entry_id: int, page: int, read: Callable[[bytes], Found[Appearance] | None], noun: str
    ) -> Found[Appearance]:
        return await self._fetch_part(document, {"id": entry_id, "page": check_page(page)}, read, noun)

    async def _search_names(
        self, document: str, wish: NameWish, page: int, read: Callable[[bytes], Found[T]]
    ) -> Found[T]:
        return await self._fetch_page(document, build_name_search(wish, page=page), read, SEARCH_LIFETIME)

    async def _fetch_page(
        self, document: str, variables: Variables, read: Callable[[bytes], Found[T]], lifetime: Lifetime
    ) -> Found[T]:
        request = self._build_request(document, variables)
        answer = await self._client.fetch(request, lifetime, is_empty=lambda body: not read(body).items)
        return self._pictures.keep(_build_found(read(answer.body or b""), answer))

    async def _fetch_entry(
        self,
        document: str,
        variables: Variables,
        read: Callable[[bytes], T | None],
        lifetime: Lifetime,
        noun: str,
    ) -> tuple[T, Answer]:
        """What belongs to the id in `variables`."""
        wanted = variables.get("id", variables.get("idMal"))
        noun = f"{noun} {wanted}"
        _check_id(wanted, noun)
        return await self._fetch_known(document, variables, read, lifetime, noun)

    async def _fetch_known(
        self,
        document: str,
        variables: Variables,
        read: Callable[[bytes], T | None],
        lifetime: Lifetime,
        noun: str,
    ) -> tuple[T, Answer]:
        """What is asked for and the answer it stands in. Raises `NotFound` where there is none; that is kept too."""
        request = self._build_request(document, variables)

        async def load() -> bytes | None:
            try:
                body = (await self._client.send(request)).body
            except Missing:
                return None
            return None if read(body) is None else body  # what cannot be read raises before it is kept

        answer = await self._client.cached(find_key(request), lifetime, load, service=SERVICE, what=request.what)
        found = None if answer.body is None else self._pictures.keep(read(answer.body))
        if found is None:
            raise NotFound(SERVICE, noun)
        return found, answer

    def _build_request(self, document: str, variables: Variables) -> Request:
        """Equal questions are equal requests, whatever the order of their variables."""
        body = msgspec.json.encode({"query": document, "variables": variables}, order="sorted")
        headers = {"content-type": "application/json", "accept": "application/json"}
        looks_up = not _IDS.isdisjoint(variables)
        return Request(SERVICE, _find_name(document), "POST", self._base_url, body, headers, looks_up=looks_up)

    async def _fetch_mark(self, media_id: int) -> bool | None:
        key = f"{SERVICE} adult {media_id}"
        answer = await self._client.cached(
            key, ADULT_LIFETIME, lambda: self._marks.load(media_id), service=SERVICE, what="adult mark"
        )
        return None if answer.body is None else answer.body == b"true"

    async def _load_marks(self, ids: Sequence[int]) -> list[bytes | None]:
        request = self._build_request(query.ADULT_MARKS, {"ids": sorted(ids)})
        marks = parse.parse_adult_marks((await self._client.send(request)).body)
        return [msgspec.json.encode(marks[one]) if one in marks else None for one in ids]

    def _find_suggester(self, kind: MediaKind, *, adult: bool) -> Suggester[MediaRow]:
        suggester = self._suggesters.get((kind, adult))
        if suggester is None:

            async def fetch(text: str) -> Found[MediaRow]:
                return await self.search(build_suggestion(kind, text, adult=adult))

            async def peek(text: str) -> Found[MediaRow] | None:
                return await self._peek(build_suggestion(kind, text, adult=adult))

            async def find_at_hand(text: str) -> list[MediaRow]:
                return await self.at_hand[kind].find(text, adult=adult)

            suggester = Suggester(
                MediaRow, fetch=fetch, peek=peek, names=list_names, clock=self._clock, at_hand=find_at_hand
            )
            self._suggesters[kind, adult] = suggester
        return suggester

    def _build_suggester(
        self,
        kind: type[S],
        document: str,
        read: Callable[[bytes], Found[S]],
        names: Callable[[S], Iterable[str | None]],
    ) -> Suggester[S]:
        """Suggestions of what is searched for by its name."""

        async def fetch(text: str) -> Found[S]:
            return await self._search_names(document, NameWish(text), 1, read)

        async def peek(text: str) -> Found[S] | None:
            request = self._build_request(document, build_name_search(NameWish(text)))
            answer = await self._client.peek(find_key(request))
            if answer is None or answer.body is None:
                return None
            return self._pictures.keep(_build_found(read(answer.body), answer))

        return Suggester(kind, fetch=fetch, peek=peek, names=names, clock=self._clock)

    async def _peek(self, wish: MediaWish) -> Found[MediaRow] | None:
        """What is kept of the answer to a search."""
        answer = await self._client.peek(find_key(self._build_request(query.SEARCH, build_search(wish))))
        if answer is None or answer.body is None:
            return None
        return keep_wished(self._pictures.keep(_build_found(parse.parse_rows(answer.body), answer)), wish)


async def _suggest(suggester: Suggester[S], text: str, asker: int | None) -> list[S]:
    return await suggester.suggest(text, asker=asker) if any(sign.isalnum() for sign in text) else []


def _list_names(name: Name) -> tuple[str | None, ...]:
    """All that somebody may be meant by: what is a spoiler is not."""
    return (name.full, name.native, *name.alternative)


def _check_id(entry_id: object, noun: str) -> int:
    if not isinstance(entry_id, int) or not 0 < entry_id <= MAX_INT:
        raise NotFound(SERVICE, noun)
    return entry_id


def _find_name(document: str) -> str:
    """The name of a document's operation, for the log."""
    return document.replace("(", " ").split()[1]


def _build_card(entry: T, answer: Answer) -> Card[T]:
    return Card(entry, answer.age_s, answer.stale)


def _build_found(found: Found[T], answer: Answer) -> Found[T]:
    return replace(found, age_s=answer.age_s, stale=answer.stale)


def _join(before: Found[ListEntry], part: Found[ListEntry]) -> Found[ListEntry]:
    known = {one.media.id for one in before.items}
    items = before.items + [one for one in part.items if one.media.id not in known]
    return Found(items, part.more, max(before.age_s, part.age_s), before.stale or part.stale)
