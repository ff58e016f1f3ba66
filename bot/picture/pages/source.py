"""What these pages are made from."""

from __future__ import annotations

from typing import Protocol

from bot.navigation.kept_place import Keeper
from bot.picture.api.client import Nekos


class PictureSources(Keeper, Protocol):
    """The Nekos API."""

    @property
    def nekos(self) -> Nekos: ...
