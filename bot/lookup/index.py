"""The pages of all services."""

from __future__ import annotations

from typing import Any

from bot.anime import novel
from bot.anime.pages import index as anime
from bot.gallery.pages import gallery
from bot.lookup.source import Sources
from bot.navigation.page import Page, Redirect
from bot.picture.pages import picture
from bot.vndb.pages import index as vndb

PAGES: tuple[type[Page[Sources, Any] | Redirect[Sources]], ...] = (
    *vndb.PAGES,
    *gallery.PAGES,
    *novel.PAGES,
    *anime.PAGES,
    *picture.PAGES,
)
