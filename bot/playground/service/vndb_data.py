"""The sample entries of VNDB, read from `data/vndb.json` into the shapes that the real server answers in."""

from __future__ import annotations

import functools
from collections import Counter
from pathlib import Path

import msgspec

_DATA = Path(__file__).parent.parent / "data"

COVER_DIMS = (600, 848)
THUMBNAIL_DIMS = (256, 362)

# Dates are compared as the server compares them: a part that is missing counts as 99, unknown as 0.
UNKNOWN_DATE = 0
TBA_DATE = 99999999


class Producer(msgspec.Struct, frozen=True):
    """A developer, as POST /producer shows it."""

    id: str
    name: str
    original: str | None
    lang: str
    type: str


class Tag(msgspec.Struct, frozen=True):
    """A tag, as POST /tag shows it."""

    id: str
    name: str
    category: str
    aliases: list[str]
    searchable: bool
    applicable: bool
    description: str


class Flags(msgspec.Struct, frozen=True):
    """What people voted about a cover: averages from 0 to 2, and how many voted."""

    sexual: float
    violence: float
    votecount: int


class Applied(msgspec.Struct, frozen=True, array_like=True):
    """A tag on a visual novel: its id, strength (0 to 3), spoiler level (0 to 2), and whether it is a lie."""

    tag: str
    rating: float
    spoiler: int
    lie: bool = False


class Title(msgspec.Struct, frozen=True, array_like=True):
    """A title besides the main one: language, title in its own script, romanized title."""

    lang: str
    title: str
    latin: str | None


class Novel(msgspec.Struct, frozen=True):
    """A visual novel. Names are the API's own; `release_titles` are found by a search and shown nowhere."""

    id: str
    title: str
    olang: str
    released: str | None
    devstatus: int
    developers: list[str]
    languages: list[str]
    platforms: list[str]
    length: int | None
    length_votes: int
    length_minutes: int | None
    votecount: int
    average: float | None
    rating: float | None
    tags: list[Applied]
    image: Flags | None
    description: str | None
    alttitle: str | None = None
    aliases: list[str] = []
    titles: list[Title] = []
    release_titles: list[str] = []
    anime: list[int] = []

    @property
    def number(self) -> int:
        """The id without its letter."""
        return int(self.id[1:])

    @property
    def date(self) -> int:
        """The release date as the server compares it."""
        return parse_date(self.released) if self.released else UNKNOWN_DATE

    @property
    def length_class(self) -> int | None:
        """1 (very short) to 5 (very long): by the votes if there are any, else by the entry."""
        if self.length_minutes is None or not self.length_votes:
            return self.length
        return 1 + sum(self.length_minutes >= bound * 60 for bound in (2, 10, 30, 50))

    @property
    def popularity(self) -> float:
        """The deprecated measure: votes by 150, at most 100."""
        return min(100.0, self.votecount / 150)


class Library(msgspec.Struct, frozen=True):
    """Everything that the sample server knows. `note` says to people what kind of data it is."""

    note: str
    producers: list[Producer]
    tags: list[Tag]
    vn: list[Novel]


class Named(msgspec.Struct, frozen=True):
    """A member of an enumeration in GET /schema."""

    id: str
    label: str


class Schema(msgspec.Struct, frozen=True):
    """GET /schema: fields by endpoint (a tree whose leaves are null) and enumerations."""

    api_fields: dict[str, dict[str, object]]
    enums: dict[str, list[Named]]
    extlinks: dict[str, list[dict[str, str]]]

    def ids(self, enum: str) -> frozenset[str]:
        """The ids of an enumeration, such as `language`."""
        return frozenset(one.id for one in self.enums[enum])


def parse_date(text: str) -> int:
    """`2004-01-30`, `2027-04`, `2027` or `TBA` as an integer that sorts as the server sorts.

    Raises ValueError for anything else; `unknown` is 0.
    """
    if text.lower() == "tba":
        return TBA_DATE
    if text.lower() == "unknown":
        return UNKNOWN_DATE
    parts = text.split("-")
    if not all(part.isascii() and part.isdigit() for part in parts):
        raise ValueError(text)
    if [len(part) for part in parts] != [4, 2, 2][: len(parts)]:
        raise ValueError(text)
    year, month, day = (*(int(part) for part in parts), *(99,) * (3 - len(parts)))
    if not (1 <= month <= 12 or month == 99) or not (1 <= day <= 31 or day == 99):
        raise ValueError(text)
    return year * 10000 + month * 100 + day


@functools.cache
def load_library() -> Library:
    """The sample data that comes with the program."""
    return msgspec.json.decode((_DATA / "vndb.json").read_bytes(), type=Library)


@functools.cache
def load_schema() -> Schema:
    """The parsed GET /schema."""
    return msgspec.json.decode(load_schema_bytes(), type=Schema)


@functools.cache
def load_schema_bytes() -> bytes:
    """GET /schema as it is sent: keys sorted, no blanks."""
    decoded = msgspec.json.decode((_DATA / "vndb_schema.json").read_bytes())
    return msgspec.json.encode(decoded, order="sorted")


def build_novels(library: Library, *, image_url: str) -> dict[str, dict[str, object]]:
    """All fields of every visual novel by id, as POST /vn shows them. `image_url`: where its covers are."""
    producers = build_producers(library)
    tags = build_tags(library)
    return {one.id: _novel(one, producers=producers, tags=tags, image_url=image_url) for one in library.vn}


def build_producers(library: Library) -> dict[str, dict[str, object]]:
    """All fields of every producer by id, as POST /producer shows them."""
    rest: dict[str, object] = {"aliases": [], "description": None, "extlinks": []}
    return {one.id: msgspec.structs.asdict(one) | rest for one in library.producers}


def build_tags(library: Library) -> dict[str, dict[str, object]]:
    """All fields of every tag by id, as POST /tag shows them."""
    counts = Counter(applied.tag for novel in library.vn for applied in novel.tags)
    found: dict[str, dict[str, object]] = {}
    for one in library.tags:
        found[one.id] = {**msgspec.structs.asdict(one), "vn_count": counts[one.id]}
    return found


def _novel(
    novel: Novel,
    *,
    producers: dict[str, dict[str, object]],
    tags: dict[str, dict[str, object]],
    image_url: str,
) -> dict[str, object]:
    main = Title(novel.olang, novel.alttitle or novel.title, novel.title if novel.alttitle else None)
    return {
        "id": novel.id,
        "title": novel.title,
        "alttitle": novel.alttitle,
        "titles": [*(_title(one, main=False) for one in novel.titles), _title(main, main=True)],
        "aliases": novel.aliases,
        "olang": novel.olang,
        "devstatus": novel.devstatus,
        "released": novel.released,
        "languages": novel.languages,
        "platforms": novel.platforms,
        "image": _image(novel, image_url),
        "length": novel.length,
        "length_minutes": novel.length_minutes,
        "length_votes": novel.length_votes,
        "description": novel.description,
        "average": _plain(novel.average),
        "rating": _plain(novel.rating),
        "popularity": _plain(novel.popularity),
        "votecount": novel.votecount,
        "developers": [producers[one] for one in novel.developers],
        "tags": [_applied(one, tags) for one in novel.tags],
        "editions": [],
        "extlinks": [],
        "relations": [],
        "screenshots": [],
        "staff": [],
        "va": [],
    }


def _applied(applied: Applied, tags: dict[str, dict[str, object]]) -> dict[str, object]:
    return tags[applied.tag] | {
        "rating": _plain(applied.rating),
        "spoiler": applied.spoiler,
        "lie": applied.lie,
    }


def _plain(number: float | None) -> float | None:
    # The server writes whole numbers without a point.
    return int(number) if number is not None and number.is_integer() else number


def _title(title: Title, *, main: bool) -> dict[str, object]:
    return {
        "lang": title.lang,
        "title": title.title,
        "latin": title.latin,
        "official": True,
        "main": main,
    }


def _image(novel: Novel, image_url: str) -> dict[str, object] | None:
    if novel.image is None:
        return None
    return {
        "id": f"cv{novel.number}",
        "url": f"{image_url}/cv/{novel.number}.svg",
        "dims": list(COVER_DIMS),
        "thumbnail": f"{image_url}/cv.t/{novel.number}.svg",
        "thumbnail_dims": list(THUMBNAIL_DIMS),
        "sexual": _plain(novel.image.sexual),
        "violence": _plain(novel.image.violence),
        "votecount": novel.image.votecount,
    }
