"""What these pages are made from."""

from __future__ import annotations

from typing import Protocol

from bot.anime.api.anilist.client import AniList
from bot.anime.api.provider import Anime
from bot.navigation.kept_place import Keeper


class AnimeSources(Keeper, Protocol):
    """AniList, and whichever provider answers."""

    @property
    def anilist(self) -> AniList: ...

    @property
    def anime(self) -> Anime: ...
