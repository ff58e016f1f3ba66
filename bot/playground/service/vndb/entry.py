"""What the sample VNDB knows besides novels: releases, characters, staff, traits, quotes and people's lists.

Names are the API's own. Structs that stand often in the data are arrays there.
"""

from __future__ import annotations

import msgspec

from bot.playground.service.vndb.date import UNKNOWN_DATE, parse_date
from bot.playground.service.vndb.link import Link


class Image(msgspec.Struct, frozen=True, array_like=True):
    """A picture's number and what people voted about it: averages from 0 to 2, and how many voted."""

    number: int
    sexual: float = 0
    violence: float = 0
    votecount: int = 9
    dims: tuple[int, int] | None = None


class ReleaseLanguage(msgspec.Struct, frozen=True, array_like=True):
    """A language of a release; no title means the main language's. The first one is the main one."""

    lang: str
    title: str | None = None
    latin: str | None = None
    mtl: bool = False


class ReleaseNovel(msgspec.Struct, frozen=True, array_like=True):
    """A novel that a release holds: `complete`, `partial` or `trial`."""

    vn: str
    rtype: str = "complete"


class ReleaseProducer(msgspec.Struct, frozen=True, array_like=True):
    """Who made or published a release."""

    producer: str
    developer: bool
    publisher: bool


class ReleaseImage(msgspec.Struct, frozen=True, array_like=True):
    """A picture of a release: `pkgfront`, `pkgback`, `pkgcontent`, `pkgside`, `pkgmed` or `dig`."""

    type: str
    image: Image
    vn: str | None = None
    languages: list[str] | None = None
    photo: bool = False


class Release(msgspec.Struct, frozen=True):
    """A release. `released` may be a whole date, a month, a year, TBA or unknown."""

    id: str
    title: str
    released: str | None
    languages: list[ReleaseLanguage]
    vns: list[ReleaseNovel]
    alttitle: str | None = None
    platforms: list[str] = []
    media: list[tuple[str, int]] = []
    producers: list[ReleaseProducer] = []
    images: list[ReleaseImage] = []
    minage: int | None = None
    patch: bool = False
    freeware: bool = False
    uncensored: bool | None = None
    official: bool = True
    has_ero: bool = False
    resolution: tuple[int, int] | str | None = None
    engine: str | None = None
    voiced: int | None = None
    notes: str | None = None
    gtin: str | None = None
    catalog: str | None = None
    extlinks: list[Link] = []

    @property
    def date(self) -> int:
        """The release date as the server compares it."""
        return parse_date(self.released) if self.released else UNKNOWN_DATE


class Appearance(msgspec.Struct, frozen=True, array_like=True):
    """A character in a novel: `main`, `primary`, `side` or `appears`; one release or all of them."""

    vn: str
    role: str
    spoiler: int = 0
    release: str | None = None


class AppliedTrait(msgspec.Struct, frozen=True, array_like=True):
    """A trait of a character: its id, spoiler level (0 to 2), and whether it is a lie."""

    trait: str
    spoiler: int = 0
    lie: bool = False


class Character(msgspec.Struct, frozen=True):
    """A character. `sex` and `gender`: what it seems to be, what it is."""

    id: str
    name: str
    vns: list[Appearance]
    original: str | None = None
    aliases: list[str] = []
    description: str | None = None
    image: Image | None = None
    blood_type: str | None = None
    height: int | None = None
    weight: int | None = None
    bust: int | None = None
    waist: int | None = None
    hips: int | None = None
    cup: str | None = None
    age: int | None = None
    birthday: tuple[int, int] | None = None
    sex: tuple[str | None, str | None] | None = None
    gender: tuple[str | None, str | None] | None = None
    traits: list[AppliedTrait] = []


class StaffAlias(msgspec.Struct, frozen=True, array_like=True):
    """A name of a person: its own number, the name as written, the romanized name."""

    aid: int
    name: str
    latin: str | None = None


class Staff(msgspec.Struct, frozen=True):
    """A person; the first alias is the main one."""

    id: str
    lang: str
    aliases: list[StaffAlias]
    gender: str | None = None
    description: str | None = None
    extlinks: list[Link] = []
    type: str = "person"


class Credit(msgspec.Struct, frozen=True, array_like=True):
    """Who did what for a novel, under which name; no edition is the original one."""

    vn: str
    aid: int
    role: str
    note: str | None = None
    eid: int | None = None


class Voice(msgspec.Struct, frozen=True, array_like=True):
    """Who speaks whom in a novel."""

    vn: str
    aid: int
    character: str
    note: str | None = None


class Trait(msgspec.Struct, frozen=True):
    """A trait; one without a group is a group itself."""

    id: str
    name: str
    group_id: str | None = None
    aliases: list[str] = []
    description: str = "What a character is like."
    searchable: bool = True
    applicable: bool = True
    sexual: bool = False


class Quote(msgspec.Struct, frozen=True, array_like=True):
    """A quote, and who says it if that is known."""

    id: str
    vn: str
    quote: str
    score: int
    character: str | None = None


class Edition(msgspec.Struct, frozen=True, array_like=True):
    """An edition of a novel, which staff can belong to."""

    eid: int
    lang: str | None
    name: str
    official: bool


class Screenshot(msgspec.Struct, frozen=True, array_like=True):
    """A screenshot and the release it is of."""

    image: Image
    release: str


class Detail(msgspec.Struct, frozen=True):
    """What only some novels have."""

    editions: list[Edition] = []
    screenshots: list[Screenshot] = []
    extlinks: list[Link] = []
    has_review: bool = False


class Relation(msgspec.Struct, frozen=True, array_like=True):
    """`other` is the `relation` (such as `seq`) of `vn`; the way back follows from it."""

    vn: str
    relation: str
    other: str
    official: bool = True


class Listed(msgspec.Struct, frozen=True):
    """A novel on somebody's list. Times are seconds of the epoch.

    The data leaves out the label of votes, which comes with one. `releases`: ids with a status from 0 to 4, as the
    list begins.
    """

    vn: str
    added: int
    vote: int | None = None
    voted: int | None = None
    lastmod: int | None = None
    labels: list[int] = []
    started: str | None = None
    finished: str | None = None
    notes: str | None = None
    releases: list[tuple[str, int]] = []


class User(msgspec.Struct, frozen=True):
    """A person with a list. `labels`: those besides the ones that everybody has; some are for their owner alone."""

    id: str
    username: str
    lengthvotes: int = 0
    lengthvotes_sum: int = 0
    labels: list[tuple[int, str]] = []
    entries: list[Listed] = []
    private_labels: list[int] = []


BACK = {
    "seq": "preq", "preq": "seq", "side": "par", "par": "side", "fan": "orig", "orig": "fan",
    "set": "set", "alt": "alt", "char": "char", "ser": "ser",
}  # fmt: skip
"""What a novel is to the one that is its sequel, side story and so on."""
