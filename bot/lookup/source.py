"""Everything that pages are made from."""

from __future__ import annotations

from dataclasses import dataclass

from bot.anime.api.anilist.client import AniList
from bot.anime.api.provider import Anime
from bot.gallery.api.client import Ehentai
from bot.navigation.kept_place import Places
from bot.picture.api.client import Nekos
from bot.vndb.api.client import Vndb


@dataclass(frozen=True, slots=True)
class Sources:
    """The services, and what keeps places that are too long for a button: None where there is no store."""

    vndb: Vndb
    ehentai: Ehentai
    anilist: AniList
    anime: Anime
    nekos: Nekos
    places: Places | None = None
