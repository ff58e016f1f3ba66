"""The whole library of the sample E-Hentai: what is written, and galleries that have too much of something."""

from __future__ import annotations

import functools
from collections.abc import Iterator

from bot.playground.service.ehentai.data import Gallery, Library, Sample, Torrent, read_written

FILLERS = 300
_NAMESPACES = (
    "artist", "character", "cosplayer", "female", "group", "language", "location", "male", "mixed", "other", "parody",
    "reclass", "temp",
)  # fmt: skip
_PLACES = ("Lake", "Harbour", "Station", "Garden", "Bridge", "Lighthouse", "Orchard", "Mill", "Market", "Ferry")
_TIMES = ("at Dawn", "in Spring Rain", "at Noon", "in Summer", "at Dusk", "in Autumn Fog", "by Night", "in Snow")
_CATEGORIES = ("Doujinshi", "Manga", "Artist CG", "Image Set", "Western")
_MONDAY = 1_704_067_200
_DAY_S = 86_400


@functools.cache
def load_library() -> Library:
    """The sample data that comes with the program."""
    fillers = (_make_filler(number) for number in range(FILLERS))
    return Library([*read_written().galleries, *_make_abundant(), *fillers])


def _make_abundant() -> Iterator[Gallery]:
    long = "A Very Long Walk along the River, past the Mill and over Nine Bridges, "
    yield _make(
        Sample.LONG_TITLES,
        title=f"[Lantern Works] {long * 12}and Home Again",
        title_jpn="川沿いの長い長い散歩、水車を過ぎ、九つの橋を渡って、" * 20,
        uploader="a-very-long-name-" * 8,
        tags=[f"character:{'of the northern line ' * 12}conductor", "female:scarf"],
    )
    yield _make(
        Sample.MANY_TAGS,
        title="[Various] Everything That Was Seen from the Train",
        tags=[f"{_NAMESPACES[number % len(_NAMESPACES)]}:invented tag {number:03}" for number in range(300)],
    )
    yield _make(
        Sample.MANY_TORRENTS,
        title="[Various] Ferry Timetables, Collected",
        torrents=[
            Torrent(f"Ferry Timetables part {number:02}.zip", _MONDAY + number * _DAY_S, number * 10**7, 4096)
            for number in range(1, 31)
        ],
    )


def _make_filler(number: int) -> Gallery:
    place, time = _PLACES[number % len(_PLACES)], _TIMES[number // len(_PLACES) % len(_TIMES)]
    return _make(
        Sample.FILLER + number,
        title=f"[Nanohana Atelier] {place} {time}, Sheet {number + 1}",
        category=_CATEGORIES[number % len(_CATEGORIES)],
    )


def _make(
    gid: int,
    *,
    title: str,
    title_jpn: str = "",
    category: str = "Image Set",
    uploader: str = "sketchbook",
    tags: list[str] | None = None,
    torrents: list[Torrent] | None = None,
) -> Gallery:
    number = gid % 1000
    return Gallery(
        gid,
        title,
        category,
        uploader,
        posted=_MONDAY + number * _DAY_S,
        pages=10 + number,
        size=(10 + number) * 1_250_000,
        rating=round(3 + number % 200 / 100, 2),
        tags=tags or ["artist:kiri", "female:straw hat", "language:english"],
        title_jpn=title_jpn,
        torrents=torrents or [],
    )
