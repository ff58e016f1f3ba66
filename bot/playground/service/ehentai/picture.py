"""The thumbs of the sample E-Hentai: how they are named, and what is drawn for their names."""

from __future__ import annotations

import functools
import hashlib
import re

from bot.playground.service.cover import draw_cover
from bot.playground.service.ehentai.data import Gallery, Library

_WIDTH = 400
_NAME = re.compile(r"/t/([0-9a-f]{2})/([0-9a-f]{2})/(\1\2[0-9a-f]{36})-[0-9]+-[0-9]+-[0-9]+-svg_l\.svg")


def build_thumb(gallery: Gallery, *, address: str) -> str:
    """The address of a gallery's thumb, named as the real ones are: digest, bytes, width and height of the page."""
    if gallery.thumb is not None:
        return gallery.thumb
    digest = _digest(gallery.gid)
    width, height = gallery.cover
    size = gallery.size // max(gallery.pages, 1)
    return f"{address}/t/{digest[:2]}/{digest[2:4]}/{digest}-{size}-{width}-{height}-svg_l.svg"


class Thumbs:
    """The pictures of a library."""

    def __init__(self, library: Library) -> None:
        self._galleries = {_digest(one.gid): one for one in library.galleries.values() if one.thumb is None}

    def draw(self, path: str) -> str | None:
        """The SVG for the path of an address, or None if there is no such picture."""
        asked = _NAME.fullmatch(path)
        gallery = self._galleries.get(asked[3]) if asked else None
        if gallery is None:
            return None
        width, height = gallery.cover
        title = gallery.title or gallery.title_jpn
        return draw_cover(title, subtitle=gallery.category, width=_WIDTH, height=_WIDTH * height // width)


@functools.cache
def _digest(gid: int) -> str:
    return hashlib.sha256(f"cover {gid}".encode()).hexdigest()[:40]
