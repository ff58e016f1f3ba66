"""Where a gallery, its details and its torrents are: `gallery/2231376/a7584a5932`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Self

from bot.gallery.api.model import GalleryKey
from bot.navigation.route import Part, Route, word


@dataclass(frozen=True)
class GalleryRoute(Route):
    path = "gallery/{gid}/{token}"
    gid: Annotated[int, Part("[1-9][0-9]{0,18}", int)]
    token: Annotated[str, word("[0-9a-f]{10}")]

    @classmethod
    def of(cls, key: GalleryKey) -> Self:
        """That of the gallery with this key."""
        return cls(key.gid, key.token)

    @property
    def key(self) -> GalleryKey:
        return GalleryKey(self.gid, self.token)


class DetailsRoute(GalleryRoute):
    path = "gallery/{gid}/{token}/details"


class TorrentsRoute(GalleryRoute):
    path = "gallery/{gid}/{token}/torrents"
