"""The novels, producers and tags of the sample VNDB, all of it together, and the published schema."""

from __future__ import annotations

import functools
import itertools
import re
from pathlib import Path

import msgspec

from bot.playground.service.search import is_name
from bot.playground.service.vndb.date import UNKNOWN_DATE, parse_date
from bot.playground.service.vndb.entry import (
    Character,
    Credit,
    Detail,
    Quote,
    Relation,
    Release,
    Staff,
    Trait,
    User,
    Voice,
)
from bot.playground.service.vndb.link import Link

DATA = Path(__file__).parents[2] / "data"
# Entries that are there for tests, with impossible names or far too much of something, stand on no shelf: lists, counts
# and random draws pass over them; who names one, by its id or by a search, is shown it.
FIRST_FOR_TESTS = 90_000
"""The first number of such an entry. What belongs to one may have any number."""
# The id of what may be such an entry; whoever asks for another one by this is shown nothing else.
_ID = re.compile(r"[a-z](9\d{4}|\d{6,})")


class Producer(msgspec.Struct, frozen=True):
    """A developer, as POST /producer shows it."""

    id: str
    name: str
    original: str | None
    lang: str
    type: str
    aliases: list[str] = []
    description: str | None = None
    extlinks: list[Link] = []


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


class Library(msgspec.Struct, frozen=True, eq=False):
    """Everything that the sample server knows."""

    producers: list[Producer]
    tags: list[Tag]
    vn: list[Novel]
    releases: list[Release] = []
    characters: list[Character] = []
    staff: list[Staff] = []
    credits: list[Credit] = []
    voices: list[Voice] = []
    traits: list[Trait] = []
    quotes: list[Quote] = []
    relations: list[Relation] = []
    details: dict[str, Detail] = {}
    users: list[User] = []


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


@functools.cache
def load_schema() -> Schema:
    """The parsed GET /schema."""
    return msgspec.json.decode(load_schema_bytes(), type=Schema)


@functools.cache
def load_schema_bytes() -> bytes:
    """GET /schema as it is sent: keys sorted, no blanks."""
    decoded = msgspec.json.decode((DATA / "vndb_schema.json").read_bytes())
    return msgspec.json.encode(decoded, order="sorted")


def find_off_shelf(library: Library) -> frozenset[str]:
    """The ids of all of them, and of what belongs to nothing else."""
    named = itertools.chain(library.vn, library.producers, library.tags, library.traits, library.staff)
    off = {one.id for one in named if int(one.id[1:]) >= FIRST_FOR_TESTS}
    off |= {one.id for one in library.releases if all(part.vn in off for part in one.vns)}
    off |= {one.id for one in library.characters if all(part.vn in off for part in one.vns)}
    off |= {one.id for one in library.quotes if one.vn in off or int(one.id[1:]) >= FIRST_FOR_TESTS}
    return frozenset(off)


def names_one(filters: object) -> bool:
    """Whether filters, in their normal form, name such an entry or search for a name."""
    if isinstance(filters, list):
        parts = msgspec.convert(filters, list[object])
        if parts[:1] == ["search"]:
            return parts[2] == "" or is_name(str(parts[2]))
        return any(names_one(one) for one in parts)
    return isinstance(filters, str) and _ID.fullmatch(filters) is not None
