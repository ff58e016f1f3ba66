"""A look at a page."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

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


@dataclass(frozen=True, slots=True)
class Sources:
    """What pages are made from."""

    vndb: Vndb
    ehentai: Ehentai
    anilist: AniList
    anime: Anime
    nekos: Nekos


Groups = tuple[str, ...]
"""What a place holds: the groups of its route's pattern. One that did not take part is empty."""

Show = Callable[[Groups, Sources, Visit], Coroutine[Any, Any, PageView]]
Route = tuple[str, Show]
