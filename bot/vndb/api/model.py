"""What VNDB knows, typed: the fields of every entry, as https://api.vndb.org/kana lists them.

Every field but the id has a default, since a query selects only some. Defaults are the careful choice: an unknown
spoiler level is the highest, an unflagged image is not safe, a trait of unknown kind is sexual.

Dates are `YYYY-MM-DD`, `YYYY-MM`, `YYYY`, `TBA` or None. Descriptions and notes hold VNDB's formatting codes.
"""

from __future__ import annotations

import re

import msgspec

from bot.service.image import Image

# At most seven digits: the server refuses a longer one as an invalid value, and with it the whole query.
_ID = re.compile(r"[a-z]{1,2}[1-9][0-9]{0,6}")


def find_id(text: str, prefix: str) -> str | None:
    """Read `v17` as the server would take it; None if no entry with that `prefix` can have that id."""
    fits = _ID.fullmatch(text) and text.removeprefix(prefix).isdigit()
    return text if fits and text.startswith(prefix) else None


class _Record(msgspec.Struct, frozen=True, omit_defaults=True):
    """Suggestions are kept encoded: what has its default takes no room."""


class Link(_Record, frozen=True):
    """A link to another site. `name` is the site's internal name; `label` is for people."""

    url: str
    label: str = ""
    name: str = ""
    id: str | int | None = None


class Title(_Record, frozen=True):
    """A title in one language: `title` in the original script, `latin` its romanization if there is one."""

    title: str
    lang: str = ""
    latin: str | None = None
    official: bool = False
    main: bool = False


class Producer(_Record, frozen=True):
    """A company or a person that makes novels. `type` is `co` company, `in` individual, `ng` amateur group."""

    id: str
    name: str = ""
    original: str | None = None
    aliases: list[str] = []
    lang: str | None = None
    type: str | None = None
    description: str | None = None
    extlinks: list[Link] = []


class Tag(_Record, frozen=True):
    """A tag, on its own or on a novel. `rating` 0 to 3, `spoiler` 0 to 2 and `lie` mean something on a novel only.

    `category` is `cont` content, `ero` sexual content, `tech` technical.
    """

    id: str
    name: str = ""
    rating: float = 0.0
    spoiler: int = 2
    lie: bool = False
    category: str = ""
    aliases: list[str] = []
    description: str | None = None
    searchable: bool = True
    applicable: bool = True
    vn_count: int = 0

    @property
    def is_sexual(self) -> bool:
        """Whether it belongs into age-restricted channels only. A category that is not known counts as sexual."""
        return self.category not in {"cont", "tech"}

    @property
    def spoils(self) -> int:
        """The spoiler level it needs. A lie is told to mislead: that it is one gives as much away as anything."""
        return 2 if self.lie else self.spoiler


class Trait(_Record, frozen=True):
    """A trait, on its own or on a character. `spoiler` 0 to 2 and `lie` mean something on a character only."""

    id: str
    name: str = ""
    spoiler: int = 2
    lie: bool = False
    sexual: bool = True
    aliases: list[str] = []
    description: str | None = None
    searchable: bool = True
    applicable: bool = True
    group_id: str | None = None
    group_name: str | None = None
    char_count: int = 0

    @property
    def spoils(self) -> int:
        """The spoiler level it needs; see `Tag.spoils`."""
        return 2 if self.lie else self.spoiler


class StaffAlias(_Record, frozen=True):
    """A name someone is known by: `name` in the original script, `latin` its romanization."""

    name: str
    aid: int = 0
    latin: str | None = None
    ismain: bool = False


class Staff(_Record, frozen=True):
    """A name of someone who works on novels. A person may have several rows, with one `id` and an `aid` each."""

    id: str
    aid: int = 0
    ismain: bool = False
    name: str = ""
    original: str | None = None
    lang: str | None = None
    gender: str | None = None
    description: str | None = None
    extlinks: list[Link] = []
    aliases: list[StaffAlias] = []


class Credit(Staff, frozen=True):
    """Someone's part in a novel. `eid` is the edition it belongs to, None the original one."""

    eid: int | None = None
    role: str = ""
    note: str | None = None


class Edition(_Record, frozen=True):
    """A translated edition that has staff of its own."""

    eid: int
    lang: str | None = None
    name: str = ""
    official: bool = False


class VoiceActor(_Record, frozen=True):
    """Who speaks whom."""

    staff: Staff
    character: Character
    note: str | None = None


class Vn(_Record, frozen=True):
    """A visual novel.

    `rating` (Bayesian) and `average` are 10 to 100. `devstatus` is 0 finished, 1 in development, 2 cancelled;
    `length` 1 very short to 5 very long; either may hold a value not known yet. Inside a list entry it has no id.
    """

    id: str = ""
    title: str = ""
    alttitle: str | None = None
    titles: list[Title] = []
    aliases: list[str] = []
    olang: str | None = None
    devstatus: int | None = None
    released: str | None = None
    languages: list[str] = []
    platforms: list[str] = []
    image: Image | None = None
    length: int | None = None
    length_minutes: int | None = None
    length_votes: int = 0
    description: str | None = None
    average: float | None = None
    rating: float | None = None
    popularity: float | None = None
    votecount: int = 0
    screenshots: list[Screenshot] = []
    relations: list[Relation] = []
    developers: list[Producer] = []
    tags: list[Tag] = []
    editions: list[Edition] = []
    staff: list[Credit] = []
    va: list[VoiceActor] = []
    extlinks: list[Link] = []


class Relation(Vn, frozen=True):
    """A novel that another one is related to. `relation` is a code such as `seq`, said of this one."""

    relation: str = ""
    relation_official: bool = False


class ReleaseVn(Vn, frozen=True):
    """A novel in a release. `rtype` is `complete`, `partial` or `trial`."""

    rtype: str = ""


class CharacterVn(Vn, frozen=True):
    """A novel that a character appears in. `role` is `main`, `primary`, `side` or `appears`.

    It may be listed several times, with another `release`, role and spoiler level.
    """

    spoiler: int = 2
    role: str = ""
    release: Release | None = None

    @property
    def spoils(self) -> int:
        """How much it gives away that they appear there, 0 to 2. What is not known needs the highest."""
        return self.spoiler if self.spoiler in {0, 1} else 2


class ReleaseTitle(_Record, frozen=True):
    """A language of a release. `mtl`: a machine translated it. `title` None: that of the main language."""

    lang: str
    title: str | None = None
    latin: str | None = None
    mtl: bool = False
    main: bool = False


class Medium(_Record, frozen=True):
    """What a release comes on. `qty` 0 is unknown, or does not apply."""

    medium: str
    qty: int = 0


class ReleaseProducer(Producer, frozen=True):
    """A producer's part in a release."""

    developer: bool = False
    publisher: bool = False


class ReleaseImage(Image, frozen=True):
    """A picture of a release. `type` is a code such as `pkgfront`; `vn` the novel it is of, None all of them."""

    type: str = ""
    vn: str | None = None
    languages: list[str] | None = None
    photo: bool = False


class Release(_Record, frozen=True):
    """A release. `minage` is in years, 0 for everyone. `voiced` is 1 not, 2 sexual scenes only, 3 partly, 4 fully.

    `resolution` is (width, height), `non-standard` or None.
    """

    id: str
    title: str = ""
    alttitle: str | None = None
    languages: list[ReleaseTitle] = []
    platforms: list[str] = []
    media: list[Medium] = []
    vns: list[ReleaseVn] = []
    producers: list[ReleaseProducer] = []
    images: list[ReleaseImage] = []
    released: str | None = None
    minage: int | None = None
    patch: bool = False
    freeware: bool = False
    uncensored: bool | None = None
    official: bool = False
    has_ero: bool = True
    resolution: str | list[int] | None = None
    engine: str | None = None
    voiced: int | None = None
    notes: str | None = None
    gtin: str | None = None
    catalog: str | None = None
    extlinks: list[Link] = []

    @property
    def is_for_everyone(self) -> bool:
        """Whether it is known to be for people under 18, and without sexual scenes."""
        return not self.has_ero and self.minage is not None and 0 <= self.minage < 18


class Screenshot(Image, frozen=True):
    """A picture of the game itself, and the release it was taken from."""

    release: Release | None = None


class Character(_Record, frozen=True):
    """A character. Sizes are in cm, `weight` in kg, `age` in years, `birthday` is (month, day).

    `sex` and `gender` are (apparent, real); the real one is a spoiler. Values: `m`, `f`, `b` both, `n` sexless;
    `m`, `f`, `o` non-binary, `a` ambiguous. Some aliases are spoilers, and nothing says which.
    """

    id: str
    name: str = ""
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
    birthday: list[int] | None = None
    sex: list[str | None] | None = None
    gender: list[str | None] | None = None
    vns: list[CharacterVn] = []
    traits: list[Trait] = []

    def appears_within(self, spoiler: int) -> bool:
        """Whether that spoiler level lets a novel be named that they appear in."""
        return any(novel.spoils <= spoiler for novel in self.vns)


class Quote(_Record, frozen=True):
    """A line somebody says. `score` is up minus down votes."""

    id: str
    quote: str = ""
    score: int = 0
    vn: Vn | None = None
    character: Character | None = None


class Label(_Record, frozen=True):
    """A shelf of somebody's list. Ids below 10 are the same for everyone: 7 is Voted, 0 no label."""

    id: int
    label: str = ""
    private: bool = False
    count: int | None = None


class ListRelease(Release, frozen=True):
    """A release in somebody's list. `list_status` is 0 unknown, 1 pending, 2 obtained, 3 on loan, 4 deleted."""

    list_status: int = 0


class ListEntry(_Record, frozen=True):
    """A novel in somebody's public list. `vote` is 10 to 100; `added`, `voted` and `lastmod` are Unix times in s."""

    id: str
    added: int | None = None
    voted: int | None = None
    lastmod: int | None = None
    vote: int | None = None
    started: str | None = None
    finished: str | None = None
    notes: str | None = None
    labels: list[Label] = []
    vn: Vn | None = None
    releases: list[ListRelease] = []

    @property
    def is_bare(self) -> bool:
        """Whether it says nothing of the novel, but for its releases: as VNDB makes it for one of those."""
        return not any((self.vote, self.notes, self.started, self.finished, *(label.id for label in self.labels)))


class User(_Record, frozen=True):
    """Somebody on VNDB. `lengthvotes_sum` is the play time they reported in `lengthvotes` votes, in minutes."""

    id: str
    username: str = ""
    lengthvotes: int = 0
    lengthvotes_sum: int = 0


class Stats(_Record, frozen=True):
    """How many entries VNDB has of each kind."""

    vn: int = 0
    releases: int = 0
    chars: int = 0
    producers: int = 0
    staff: int = 0
    tags: int = 0
    traits: int = 0


def is_sexual(entry: object) -> bool:
    """Whether an entry is a tag or a trait that belongs into age-restricted channels only."""
    return (isinstance(entry, Tag) and entry.is_sexual) or (isinstance(entry, Trait) and entry.sexual)
