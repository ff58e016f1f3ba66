"""A look at a page."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Protocol

from bot.apis.anilist import AniList
from bot.apis.anime import Anime
from bot.apis.ehentai import Ehentai
from bot.apis.nekos import Nekos
from bot.apis.vndb import Vndb
from bot.ui.address import Address
from bot.ui.frame import PageView
from bot.ui.viewer import Viewer


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
