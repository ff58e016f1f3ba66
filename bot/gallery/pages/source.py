"""What these pages are made from."""

from __future__ import annotations

from typing import Protocol

from bot.gallery.api.client import Ehentai
from bot.navigation.kept_place import Keeper


class GallerySources(Keeper, Protocol):
    """E-Hentai."""

    @property
    def ehentai(self) -> Ehentai: ...
