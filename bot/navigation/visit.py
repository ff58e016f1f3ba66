"""A look at a page."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Protocol

from bot.anime.api.anilist.client import AniList
from bot.anime.api.provider import Anime
from bot.gallery.api.client import Ehentai
from bot.navigation.address import Address
from bot.navigation.frame import PageView
from bot.navigation.viewer import Viewer
from bot.picture.api.client import Nekos
from bot.vndb.api.client import Vndb


@dataclass(frozen=True, slots=True)
class Visit:
    """Who looks at which page. `filter` is the advanced search that the message carries: VNDB's compact form."""

    address: Address
    viewer: Viewer
    filter: str | None = None


class Places(Protocol):
    """Keeps places that are too long for a button. Both raise `StoreError`."""

    async def keep_place(self, place: str) -> str:
        """Return the key."""
        ...

    async def find_place(self, key: str) -> str | None:
        """Return what is kept under a key."""
        ...


@dataclass(frozen=True, slots=True)
class Sources:
    """What pages are made from. `places`: None where there is no store."""

    vndb: Vndb
    ehentai: Ehentai
    anilist: AniList
    anime: Anime
    nekos: Nekos
    places: Places | None = None


Groups = tuple[str, ...]
"""What a place holds: the groups of its route's pattern. One that did not take part is empty."""

Show = Callable[[Groups, Sources, Visit], Coroutine[Any, Any, PageView]]
Route = tuple[str, Show]
