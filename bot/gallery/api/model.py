"""What E-Hentai's API says of a gallery, as values. How it is read is in `parse`.

https://ehwiki.org/wiki/API
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec

from bot.service.ban import NON_H


class GalleryKey(msgspec.Struct, frozen=True):
    """What names a gallery: its number and the token (ten hexadecimal digits) without which nobody may ask."""

    gid: int
    token: str


class PageKey(msgspec.Struct, frozen=True):
    """What names a page of a gallery: the gallery's number, the page's own token and its number from 1."""

    gid: int
    token: str
    page: int


class Torrent(msgspec.Struct, frozen=True):
    """A torrent of a gallery. `hash` are the forty hexadecimal digits of its infohash, or none; `size_bytes` is that of
    its content.
    """

    hash: str
    name: str
    added: datetime | None
    size_bytes: int

    @property
    def magnet(self) -> str:
        """Its magnet link, or nothing: by the hash alone, since nobody says which tracker has it."""
        return f"magnet:?xt=urn:btih:{self.hash}" if self.hash else ""


class Gallery(msgspec.Struct, frozen=True):
    """A gallery that may be shown, at least somewhere: what may be shown nowhere never becomes one.

    Texts are as people wrote them (unescaped HTML, escaped for nothing). `tags` are by namespace, in the service's
    order; those without a namespace are under `""`. `rating` is 0 to 5, None without votes or when it makes no sense.
    `thumb` is an address on ehgt.org (or on the API's own host), None for any other. `newer` is the
    latest version if that is not this one, `older` the one before it, and `first` the first if that is neither.
    """

    key: GalleryKey
    title: str
    title_jpn: str
    category: str
    uploader: str
    posted: datetime | None
    pages: int
    size_bytes: int
    rating: float | None
    expunged: bool
    tags: Mapping[str, tuple[str, ...]]
    thumb: str | None = None
    torrent_count: int = 0
    torrents: tuple[Torrent, ...] = ()
    newer: GalleryKey | None = None
    older: GalleryKey | None = None
    first: GalleryKey | None = None

    @property
    def is_adult(self) -> bool:
        """Whether it belongs in age-restricted places only: every category but one does, unknown ones too."""
        return self.category != NON_H

    @property
    def url(self) -> str:
        """Its page, on the site that shows it to everybody."""
        return f"https://e-hentai.org/g/{self.key.gid}/{self.key.token}/"


class Withheld(msgspec.Struct, frozen=True):
    """A gallery that may be shown nowhere. Nothing of it is kept."""


WITHHELD = Withheld()
