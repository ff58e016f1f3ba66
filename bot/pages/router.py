"""Which page stands at which address."""

from __future__ import annotations

import dataclasses
import re

from bot.errors import InvalidInput
from bot.pages import (
    anime,
    anime_entry,
    anime_list,
    gallery,
    picture,
    preview,
    vndb_entry,
    vndb_list,
    vndb_user,
    vndb_vn,
)
from bot.pages.place import find_place
from bot.pages.visit import Route, Sources, Visit
from bot.ui.frame import PageView

ROUTES: tuple[Route, ...] = (
    *vndb_vn.ROUTES,
    *vndb_entry.ROUTES,
    *vndb_list.ROUTES,
    *vndb_user.ROUTES,
    *gallery.ROUTES,
    *anime.ROUTES,
    *anime_list.ROUTES,
    *anime_entry.ROUTES,
    *picture.ROUTES,
    *preview.ROUTES,
)


class Router:
    """Shows pages."""

    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self._routes = [(re.compile(pattern), show) for pattern, show in ROUTES]

    async def show(self, visit: Visit) -> PageView:
        """The page, as it is now and for this viewer. Raises `InvalidInput` where there is none, else `ShioriError`."""
        place = await find_place(visit.address.place, self.sources)
        visit = dataclasses.replace(visit, address=dataclasses.replace(visit.address, place=place))
        for pattern, show in self._routes:
            match = pattern.fullmatch(place)
            if match:
                return await show(match.groups(""), self.sources, visit)
        raise InvalidInput("button", "is from another version of Shiori; use the command again")
