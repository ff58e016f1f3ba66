"""What these pages are made from."""

from __future__ import annotations

from typing import Protocol

from bot.navigation.kept_place import Keeper
from bot.vndb.api.client import Vndb


class VndbSources(Keeper, Protocol):
    """VNDB."""

    @property
    def vndb(self) -> Vndb: ...
