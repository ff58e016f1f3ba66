"""What can be asked for by name: tags, artists and categories, as far as the service says what there is.

v4 has no list of its tags, so those of a hundred of its pictures stand in. Nothing is kept for more than the hour that
the terms of both versions allow.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Literal, TypeVar

from bot.errors import ServiceError
from bot.http import Lifetime
from bot.picture.api.model import Category, Picture, normalise_tag
from bot.picture.api.parse import parse_v1_artists, parse_v1_categories, parse_v4_pictures
from bot.picture.api.pattern import Searched, is_plain, quote_name
from bot.service.picture_host import PictureHosts

T = TypeVar("T")
Ask = Callable[[str, Mapping[str, str]], Awaitable[bytes]]
"""Asks for a path with these parameters, or remembers the answer for `NAMES_LIFETIME`. Raises `ServiceError`."""

_HOUR_S = 3600.0
NAMES_LIFETIME = Lifetime(fresh_s=_HOUR_S, stale_s=_HOUR_S, empty_s=_HOUR_S)

LISTED_AT_MOST = 25
SAMPLE = 100
_BEGINNING = 3
"""Letters by which a long list is narrowed first: one question for all that is typed so."""


class Names:
    """Suggests names that hold a text, those that begin with it first. It raises nothing: an error is no name."""

    def __init__(self, ask: Ask, *, version: Literal[1, 4], hosts: PictureHosts) -> None:
        self._ask = ask
        self._version = version
        self._hosts = hosts
        self._sampled: tuple[bytes, list[str]] = b"", []  # a sample, and the tags in it

    async def suggest_tags(self, text: str) -> list[str]:
        """Tags of safe pictures (v4), the commonest first; those of categories that are not marked for adults (v1)."""
        if self._version == 1:
            tags = [normalise_tag(one.name) for one in await self.suggest_categories(text) if not one.nsfw]
        else:
            tags = await self._sample_tags()
        return _match(tags, normalise_tag(text), str)

    async def suggest_artists(self, text: str) -> list[str]:
        """Names of artists (v1)."""
        found = await self._search("artist", text, parse_v1_artists)
        return _match([artist.name for artist in found], text, str)

    async def suggest_categories(self, text: str) -> list[Category]:
        """Categories (v1)."""
        found = await self._search("category", text, parse_v1_categories)
        return _match(found, text, lambda category: category.name)

    async def _sample_tags(self) -> list[str]:
        try:
            body = await self._ask("images/random", {"limit": str(SAMPLE), "rating": "safe"})
            if body != self._sampled[0]:
                pictures = [one for one in parse_v4_pictures(body, self._hosts) if isinstance(one, Picture)]
                counted = Counter(normalise_tag(tag) for picture in pictures for tag in picture.tags)
                self._sampled = body, [tag for tag, _ in counted.most_common() if tag]
        except ServiceError:
            return []
        return self._sampled[1]

    async def _search(self, kind: Searched, text: str, parse: Callable[[bytes], list[T | None]]) -> list[T]:
        """All there is if that fits on one list, else what holds the beginning of the text, else all of it."""
        wanted = " ".join(text.replace("_", " ").split())
        found: list[T | None] = []
        if not is_plain(wanted):
            return []
        for part in dict.fromkeys(("", wanted[:_BEGINNING].strip(), wanted)):
            search = {"search": f"%{quote_name(part, kind=kind, room=2)}%"} if part else {}
            try:
                found = parse(await self._ask(kind, {"limit": str(LISTED_AT_MOST), "offset": "0", **search}))
            except ServiceError:
                break
            if len(found) < LISTED_AT_MOST:
                break
        return [one for one in found if one is not None]


def _match(known: Iterable[T], text: str, name: Callable[[T], str]) -> list[T]:
    """Those whose names hold the text, in their order, but those that begin with it first."""
    wanted = normalise_tag(text)
    hits = [one for one in known if wanted in normalise_tag(name(one))]
    return sorted(hits, key=lambda one: not normalise_tag(name(one)).startswith(wanted))
