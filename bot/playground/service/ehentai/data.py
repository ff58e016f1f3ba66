"""The galleries of the sample E-Hentai, and the tokens that its links carry."""

from __future__ import annotations

import enum
import functools
import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

_DATA = Path(__file__).parents[2] / "data" / "ehentai.json"


class Sample(enum.IntEnum):
    """The gids of galleries that tests and people ask for: `library[Sample.PLAIN].url`.

    The first twelve are of one category each, in the order of the API's page; the last of them is on no page.
    """

    PLAIN = 9000001
    """A Doujinshi with everything: a Japanese title, tags of most namespaces, two torrents."""
    MANGA = 9000002
    ARTIST_CG = 9000003
    GAME_CG = 9000004
    WESTERN = 9000005
    IMAGE_SET = 9000006
    NON_H = 9000007
    COSPLAY = 9000008
    ASIAN_PORN = 9000009
    MISC = 9000010
    PRIVATE = 9000011
    UNKNOWN_CATEGORY = 9000012
    OLDEST = 9000013
    """The first of three versions; `MIDDLE` and `NEWEST` follow it."""
    MIDDLE = 9000014
    NEWEST = 9000015
    EXPUNGED = 9000016
    NON_H_UNTAGGED = 9000017
    UNTAGGED = 9000018
    """In an adult category and without tags: nobody knows what it is."""
    MARKUP = 9000019
    """Mentions and Discord's own signs in all texts, and a title of two lines."""
    ENTITIES = 9000020
    """Signs that HTML escapes, and what looks escaped but is meant so."""
    RIGHT_TO_LEFT = 9000021
    NO_NAMESPACE = 9000022
    """One of its tags has none."""
    WORST = 9000023
    """Rated 0.00."""
    BEST = 9000024
    """Rated 5.00."""
    EPOCH = 9000025
    """Posted at 0."""
    NO_COVER = 9000026
    """No thumb, no pages, no bytes."""
    FOREIGN_COVER = 9000027
    """Its thumb is said to be on a host that is not the service's."""
    HUGE = 9000028
    """Very many pages and bytes."""
    LONG_TITLES = 9000029
    MANY_TAGS = 9000030
    """300 tags in all namespaces."""
    MANY_TORRENTS = 9000031
    """30 torrents."""
    NO_TITLE = 9000032
    """Only a Japanese one."""
    WITHHELD_BY_NAMESPACED_TAG = 9000041
    WITHHELD_NON_H = 9000042
    """In the category that is no adult one, and withheld all the same."""
    WITHHELD_BY_BARE_TAG = 9000043
    """The tag has no namespace, a capital letter and blanks around it."""
    FILLER = 9100001
    """The first of 300 ordinary ones (the others follow it), for those who want many."""


class Torrent(msgspec.Struct, frozen=True):
    """A torrent: `size` of its content and `file_size` of itself, in bytes; `added` in seconds of the epoch."""

    name: str
    added: int
    size: int
    file_size: int

    @property
    def hash(self) -> str:
        """Forty hexadecimal digits."""
        return hashlib.sha256(self.name.encode()).hexdigest()[:40]


class Gallery(msgspec.Struct, frozen=True):
    """A gallery, its texts as people wrote them; `posted` in seconds of the epoch, `size` in bytes.

    `parent`, `first` and `current` are the gids of other versions, `cover` the first page's width and height.
    `thumb` is None for a picture of this service.
    """

    gid: int
    title: str
    category: str
    uploader: str
    posted: int
    pages: int
    size: int
    rating: float
    tags: list[str]
    title_jpn: str = ""
    expunged: bool = False
    torrents: list[Torrent] = []
    parent: int | None = None
    first: int | None = None
    current: int | None = None
    cover: tuple[int, int] = (1200, 1697)
    thumb: str | None = None

    @property
    def token(self) -> str:
        """The key that its links carry."""
        return build_token(self.gid)

    @property
    def url(self) -> str:
        """The link that people post."""
        return f"https://e-hentai.org/g/{self.gid}/{self.token}/"

    def page_url(self, page: int) -> str:
        """The link to one of its pages, from 1."""
        return f"https://e-hentai.org/s/{build_page_token(self.gid, page)}/{self.gid}-{page}"


class Library:
    """All galleries by their gid."""

    def __init__(self, galleries: Iterable[Gallery]) -> None:
        self.galleries: Mapping[int, Gallery] = {one.gid: one for one in galleries}

    def __getitem__(self, gid: int) -> Gallery:
        return self.galleries[gid]

    def find(self, gid: int) -> Gallery | None:
        """The gallery of that number, if there is one."""
        return self.galleries.get(gid)


class Written(msgspec.Struct, frozen=True):
    """The galleries that are written rather than made."""

    galleries: list[Gallery]


def build_token(gid: int) -> str:
    """The token of any gallery: ten hexadecimal digits."""
    return _digest(f"gallery {gid}")


def build_page_token(gid: int, page: int) -> str:
    """The token of any page of a gallery: ten hexadecimal digits."""
    return _digest(f"page {page} of {gid}")


@functools.cache
def read_written() -> Written:
    """What comes with the program as data."""
    return msgspec.json.decode(_DATA.read_bytes(), type=Written)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:10]
