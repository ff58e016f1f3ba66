"""Which page stands at which address."""

from __future__ import annotations

import dataclasses
import re

from bot.anime import novel as anime_novel
from bot.anime.pages import entry as anime_entry
from bot.anime.pages import list as anime_list
from bot.anime.pages import media as anime
from bot.errors import InvalidInput
from bot.gallery.pages import gallery
from bot.lookup.source import Sources
from bot.navigation.frame import PageView
from bot.navigation.kept_place import find_place
from bot.navigation.visit import Route, Visit
from bot.picture.pages import picture
from bot.vndb.pages import entry as vndb_entry
from bot.vndb.pages import list as vndb_list
from bot.vndb.pages import user as vndb_user
from bot.vndb.pages import vn as vndb_vn

SERVICES: tuple[Route[Sources], ...] = (
    *vndb_vn.ROUTES,
    *vndb_entry.ROUTES,
    *vndb_list.ROUTES,
    *vndb_user.ROUTES,
    *gallery.ROUTES,
    *anime.ROUTES,
    *anime_novel.ROUTES,
    *anime_list.ROUTES,
    *anime_entry.ROUTES,
    *picture.ROUTES,
)


class Router:
    """Shows the pages of all services, and `further` ones."""

    def __init__(self, sources: Sources, *further: Route[Sources]) -> None:
        self.sources = sources
        self._routes = [(re.compile(pattern), show) for pattern, show in (*SERVICES, *further)]

    async def show(self, visit: Visit) -> PageView:
        """The page, as it is now and for this viewer. Raises `InvalidInput` where there is none, else `ShioriError`."""
        place = await find_place(visit.address.place, self.sources)
        visit = dataclasses.replace(visit, address=dataclasses.replace(visit.address, place=place))
        for pattern, show in self._routes:
            match = pattern.fullmatch(place)
            if match:
                return await show(match.groups(""), self.sources, visit)
        raise InvalidInput("button", "is from another version of Shiori; use the command again")
