"""The Nekos API, in two versions: v4 (https://nekosapi.com/docs), and servers of the shape of v1, which has ended.

The base address tells which: one whose path ends with `/v4` is v4, every other is v1. Nothing is kept of what either
says but names for suggestions: both forbid to keep it for more than an hour, and every draw is a new one anyway.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Literal, TypeGuard, TypeVar
from urllib.parse import quote, urlsplit

from bot.errors import BadAnswer, InvalidInput, NotFound, Rejected
from bot.http import Client, Credential, Finding, Policy, Request, Response, Secret, Window
from bot.picture.api.model import Artist, AskedRating, Category, Picture, PictureWish, normalise_tag
from bot.picture.api.names import LISTED_AT_MOST, NAMES_LIFETIME, Names
from bot.picture.api.parse import (
    SERVICE,
    Drawn,
    parse_v1_artist,
    parse_v1_artists,
    parse_v1_categories,
    parse_v1_picture,
    parse_v1_pictures,
    parse_v4_pictures,
)
from bot.picture.api.pattern import Searched, check_pattern
from bot.service.body import is_record
from bot.service.picture_host import PictureHosts
from bot.service.record import Card, Found

__all__ = ["DEFAULT_URL", "SERVICE", "Nekos", "find_version", "policy"]

T = TypeVar("T")

DEFAULT_URL = "https://api.nekosapi.com/v4"
DRAWS = 6
"""Questions at most until a picture is what was wanted."""

# v1 has its pictures in a store of Supabase, at addresses that are signed for an hour.
PICTURE_HOSTS: dict[int, tuple[str, ...]] = {1: ("nekosapi.com", "supabase.co"), 4: ("nekosapi.com",)}

_LISTS = 3
"""Lists at most, of v1: with a second for each question, more would take too long for a command."""
# All that is told of a hundred pictures, three times over: twenty-five of v1's are 33 kB.
_BODY_AT_MOST = 256 * 1024
_MESSAGE = re.compile(r'"message": *"((?:[^"\\]|\\.)*)')
_UNKNOWN = re.compile(r"do not exist: *([^\"]*)")


def find_version(base_url: str) -> Literal[1, 4]:
    """Which version of the API is at that address."""
    return 4 if urlsplit(base_url).path.rstrip("/").endswith("/v4") else 1


def policy(base_url: str = DEFAULT_URL) -> Policy:
    """The limits of the API at that address.

    v1, published: one request a second; ten violations within an hour block for an hour, and each request in a block
    begins it anew. v4, published: none "at the moment"; one a second is a courtesy.
    """
    if find_version(base_url) == 4:
        return Policy(service=SERVICE, max_body_bytes=_BODY_AT_MOST, windows=(Window(1, 1.0),), examine=examine)
    return Policy(
        service=SERVICE,
        max_body_bytes=_BODY_AT_MOST,
        min_gap_s=1.1,
        longest_pause_s=3600.0,
        blocks_repeat_offenders=True,
        examine=examine,
    )


def examine(response: Response) -> Finding:
    """Find out whether an answer is none at all, such as a page of what stands before the API."""
    if not 200 <= response.status < 300 or is_record(response.body):
        return Finding()
    return Finding(error=BadAnswer(SERVICE, "no JSON", status=response.status))


class Nekos:
    """Questions to the Nekos API.

    v1 knows no filter by rating, so lists are looked through. They mix up whose address is whose: the picture that is
    taken of one is asked for by its id. `token`: sent as a bearer with each question.
    """

    def __init__(
        self, client: Client, *, base_url: str = DEFAULT_URL, token: str = "", rng: random.Random | None = None
    ) -> None:
        self._client = client
        self._base_url = base_url.rstrip("/")
        self._credential = Credential(Secret(token), "Bearer") if token else None
        self._rng = rng or random.Random()
        self.version = find_version(base_url)
        self._pictures = PictureHosts(PICTURE_HOSTS[self.version], base_url)
        self.names = Names(self._keep, version=self.version, hosts=self._pictures)

    async def fetch_random(self, wish: PictureWish) -> Card[Picture]:
        """A new picture each time, of exactly that rating. Raises `NotFound`, `InvalidInput`, `ServiceError`."""
        if self.version == 1:
            return await self._draw_v1(wish)
        drawn: list[Drawn] = []
        for _ in range(DRAWS):
            picture = await self._draw_v4(wish)
            if _fits(picture, wish):
                return Card(picture)
            drawn.append(picture)
        raise _explain(drawn, f"{_describe(wish)} among those it drew")

    async def fetch_of_artist(self, artist: Artist, *, rating: AskedRating) -> Card[Picture]:
        """One of an artist's `images`, at random (v1). Raises `NotFound`, `ServiceError`."""
        wish = PictureWish(rating)
        drawn: list[Drawn] = []
        offsets = range(0, artist.images or 0, LISTED_AT_MOST)
        for offset in self._rng.sample(offsets, min(len(offsets), _LISTS)):
            path = f"artist/{quote(artist.id, safe='')}/images"
            body = await self._find(path, {"limit": str(LISTED_AT_MOST), "offset": str(offset)})
            picture = await self._take(body, wish, drawn)
            if picture is not None:
                return Card(picture)
        among = " among those it drew" if len(offsets) > _LISTS else ""
        raise _explain(drawn, f"{rating} picture by this artist{among}")

    async def fetch_artist(self, artist_id: str) -> Card[Artist]:
        """An artist, with the number of their pictures (v1). Raises `NotFound`, `ServiceError`."""
        body = await self._find(f"artist/{quote(artist_id, safe='')}", {})
        if body is None:
            raise NotFound(SERVICE, "such artist")
        return Card(parse_v1_artist(body))

    async def search_artists(self, pattern: str, *, page: int = 1) -> Found[Artist]:
        """25 of the artists whose names match (v1), see `check_pattern`. Raises `InvalidInput`, `ServiceError`."""
        return await self._search("artist", pattern, parse_v1_artists, page=page)

    async def search_categories(self, pattern: str, *, page: int = 1) -> Found[Category]:
        """25 of the categories whose names or descriptions match (v1). Raises as `search_artists`."""
        return await self._search("category", pattern, parse_v1_categories, page=page)

    async def _draw_v4(self, wish: PictureWish) -> Drawn:
        """One of all. Raises `NotFound` if there is none at all."""
        asked = {"limit": "1", "rating": wish.rating}
        asked |= {"tags": ",".join(wish.tags)} if wish.tags else {}
        asked |= {"without_tags": ",".join(wish.without)} if wish.without else {}
        body = await self._find("images/random", asked)
        pictures = parse_v4_pictures(body, self._pictures) if body is not None else []
        if not pictures:
            raise NotFound(SERVICE, _describe(wish))
        return pictures[0]

    async def _draw_v1(self, wish: PictureWish) -> Card[Picture]:
        categories = {"categories": ",".join(tag.replace("_", " ") for tag in wish.tags)} if wish.tags else {}
        # Most pictures are safe: one alone is likely to do, and needs no second question.
        drawn: list[Drawn] = []
        limits = (1, *[LISTED_AT_MOST] * _LISTS) if wish.rating == "safe" else (LISTED_AT_MOST,) * _LISTS
        for limit in limits:
            try:
                body = await self._find("image/random", {"limit": str(limit), **categories})
            except Rejected as error:
                unknown = _UNKNOWN.search(error.reason)
                if unknown is None:
                    raise
                raise InvalidInput("tags", f"are not all categories of this server: {unknown[1]}") from None
            # None at all is no last word either: v1 looks at a fifth of its pictures each time.
            picture = await self._take(body, wish, drawn)
            if picture is not None:
                return Card(picture)
        raise _explain(drawn, f"{_describe(wish)} among those it drew")

    async def _take(self, body: bytes | None, wish: PictureWish, drawn: list[Drawn]) -> Picture | None:
        """One of a list of v1 that fits, with its own address. All of the list comes to `drawn`."""
        pictures = parse_v1_pictures(body, self._pictures) if body is not None else []
        drawn += pictures
        fitting = [picture for picture in pictures if _fits(picture, wish)]
        if len(pictures) < 2 or not fitting:
            return fitting[0] if fitting else None
        body = await self._find(f"image/{quote(self._rng.choice(fitting).id, safe='')}", {})
        picture = parse_v1_picture(body, self._pictures) if body is not None else None
        return picture if _fits(picture, wish) else None

    async def _search(
        self, kind: Searched, pattern: str, parse: Callable[[bytes], list[T | None]], *, page: int
    ) -> Found[T]:
        asked = {"limit": str(LISTED_AT_MOST), "offset": str((page - 1) * LISTED_AT_MOST)}
        body = await self._find(kind, {**asked, "search": check_pattern(pattern, kind=kind)})
        if body is None:
            raise NotFound(SERVICE, f"{kind} search")
        rows = parse(body)
        found = [row for row in rows if row is not None]
        if rows and not found:
            raise BadAnswer(SERVICE, "rows of which none can be read")
        # v1's total counts the whole table, whatever is searched for; so a full page may have another after it.
        return Found(found, more=len(rows) >= LISTED_AT_MOST)

    def _build_request(self, path: str, asked: Mapping[str, str]) -> Request:
        query = "&".join(f"{name}={quote(value, safe=',')}" for name, value in asked.items())
        url = f"{self._base_url}/{path}" + (f"?{query}" if query else "")
        return Request(SERVICE, path.partition("/")[0], "GET", url, credential=self._credential)

    async def _keep(self, path: str, asked: Mapping[str, str]) -> bytes:
        """The answer, as it is now or was within the hour."""
        return (await self._client.fetch(self._build_request(path, asked), NAMES_LIFETIME)).body or b""

    async def _find(self, path: str, asked: Mapping[str, str]) -> bytes | None:
        """The answer; None for a 404, which says that there is nothing."""
        try:
            return (await self._client.send(self._build_request(path, asked))).body
        except Rejected as error:
            if error.status == 404:
                return None
            message = _MESSAGE.search(error.reason)
            if message is None:
                raise
            raise Rejected(SERVICE, message[1], status=error.status) from None


def _explain(drawn: Sequence[Drawn], noun: str) -> BadAnswer | NotFound:
    """Why nothing of what was drawn is shown. What cannot be read may be what is wanted."""
    odd = [one for one in drawn if isinstance(one, BadAnswer)]
    return odd[0] if odd and len(odd) == len(drawn) else NotFound(SERVICE, noun)


def _fits(picture: Drawn, wish: PictureWish) -> TypeGuard[Picture]:
    """Whether it is what was asked for, whatever the service made of the question."""
    if not isinstance(picture, Picture):
        return False
    tags = set(map(normalise_tag, picture.tags))
    return picture.rating == wish.rating and tags.isdisjoint(wish.without)


def _describe(wish: PictureWish) -> str:
    """The wish in words, as in `safe picture with “lake”, without “night”`."""
    named = ((" with ", wish.tags), (", without " if wish.tags else " without ", wish.without))
    said = (before + ", ".join(f"“{tag.replace('_', ' ')}”" for tag in tags) for before, tags in named if tags)
    return f"{wish.rating} picture{''.join(said)}"
