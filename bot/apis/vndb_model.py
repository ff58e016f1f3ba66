"""What VNDB knows, typed, and read so that no odd record costs the rest of the page.

The fields are those of https://api.vndb.org/kana (POST /vn, POST /tag). A record is decoded strictly first, since that
is nearly always right and fast; what does not fit is decoded once more field by field, and only the fields that make
no sense are left out. Defaults are the careful choice: an unknown spoiler level is the highest, an unflagged image is
not safe.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar, cast, get_args, get_origin, get_type_hints

import msgspec

T = TypeVar("T")
S = TypeVar("S", bound=msgspec.Struct)

# At most seven digits: the server refuses a longer one as an invalid value, and with it the whole query.
_VN_ID = re.compile(r"v[1-9][0-9]{0,6}")
_TAG_ID = re.compile(r"g[1-9][0-9]{0,6}")

SAFE_UP_TO = 0.4
"""Average vote (0 safe, 1 suggestive, 2 explicit) up to which a picture counts as safe, as VNDB's own site has it."""


class Image(msgspec.Struct, frozen=True):
    """A picture. `sexual` and `violence` are average votes, 0 to 2; a picture nobody voted on is reported as 2, 2."""

    url: str
    id: str = ""
    dims: list[int] = msgspec.field(default_factory=list[int])
    sexual: float | None = None
    violence: float | None = None
    votecount: int = 0
    thumbnail: str | None = None
    thumbnail_dims: list[int] = msgspec.field(default_factory=list[int])

    @property
    def is_safe(self) -> bool:
        """Whether it may be shown anywhere. No votes prove nothing; a missing or impossible average is not safe."""
        return self.votecount >= 1 and _is_low(self.sexual) and _is_low(self.violence)


class Title(msgspec.Struct, frozen=True):
    """A title in one language: `title` in the original script, `latin` its romanization if there is one."""

    title: str
    lang: str = ""
    latin: str | None = None
    official: bool = False
    main: bool = False


class Producer(msgspec.Struct, frozen=True):
    """A company or a person that makes novels. `original` is the name in the original script if it differs."""

    id: str
    name: str
    original: str | None = None


class Tag(msgspec.Struct, frozen=True):
    """A tag, on its own or on a novel. `rating` 0 to 3 and `spoiler` 0 to 2 mean something on a novel only."""

    id: str
    name: str
    rating: float = 0.0
    spoiler: int = 2
    lie: bool = False
    category: str = ""
    aliases: list[str] = msgspec.field(default_factory=list[str])
    searchable: bool = True
    vn_count: int = 0


class Vn(msgspec.Struct, frozen=True):
    """A visual novel.

    `released` is `YYYY-MM-DD`, `YYYY-MM`, `YYYY`, `TBA` or None. `rating` is 10 to 100. `devstatus` is 0 finished,
    1 in development, 2 cancelled; `length` 1 very short to 5 very long; either may hold a value not known yet.
    """

    id: str
    title: str = ""
    alttitle: str | None = None
    titles: list[Title] = msgspec.field(default_factory=list[Title])
    aliases: list[str] = msgspec.field(default_factory=list[str])
    olang: str | None = None
    devstatus: int | None = None
    released: str | None = None
    languages: list[str] = msgspec.field(default_factory=list[str])
    platforms: list[str] = msgspec.field(default_factory=list[str])
    image: Image | None = None
    length: int | None = None
    length_minutes: int | None = None
    length_votes: int = 0
    description: str | None = None
    rating: float | None = None
    votecount: int = 0
    developers: list[Producer] = msgspec.field(default_factory=list[Producer])
    tags: list[Tag] = msgspec.field(default_factory=list[Tag])


class Stats(msgspec.Struct, frozen=True):
    """How many entries VNDB has of each kind."""

    vn: int = 0
    releases: int = 0
    chars: int = 0
    producers: int = 0
    staff: int = 0
    tags: int = 0
    traits: int = 0


class Page(msgspec.Struct, frozen=True):
    """The answer to a query. `time` is the execution time in ms; `more`, whether further pages hold anything."""

    results: list[msgspec.Raw]
    more: bool = False
    time: float | None = None


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """What a search found. `age_s` is how long ago VNDB said so; `stale`, that VNDB could not be asked anew."""

    items: list[T]
    more: bool
    age_s: float = 0.0
    stale: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """One novel. `age_s` is how long ago VNDB said so; `stale`, that VNDB could not be asked anew."""

    vn: Vn
    age_s: float = 0.0
    stale: bool = False


def parse_page(body: bytes) -> Page:
    """Read an answer without looking into its records. Raises `msgspec.DecodeError` if it is none."""
    return msgspec.json.decode(body, type=Page)


def parse_vn(raw: bytes | msgspec.Raw) -> Vn | None:
    """Read one novel; None if it has no usable id."""
    vn = _parse_record(raw, Vn)
    return vn if vn is not None and _VN_ID.fullmatch(vn.id) else None


def parse_tag(raw: bytes | msgspec.Raw) -> Tag | None:
    """Read one tag; None if it has no usable id or no name."""
    tag = _parse_record(raw, Tag)
    return tag if tag is not None and _TAG_ID.fullmatch(tag.id) else None


def parse_stats(body: bytes) -> Stats:
    """Read the answer of GET /stats. Raises `msgspec.DecodeError` if it is no object."""
    return build_leniently(msgspec.json.decode(body, type=dict[str, object]), Stats) or Stats()


def find_vn_id(text: str) -> str | None:
    """Read `v17` as the server would take it; None if no novel can have that id."""
    return text if _VN_ID.fullmatch(text) else None


def find_tag_id(text: str) -> str | None:
    """Read `g123` as the server would take it; None if no tag can have that id."""
    return text if _TAG_ID.fullmatch(text) else None


def build_leniently(value: object, kind: type[S]) -> S | None:
    """Build `kind` from a decoded object without the fields that do not fit; None if a needed one is missing."""
    if not isinstance(value, Mapping):
        return None
    record = cast("Mapping[str, object]", value)
    hints = get_type_hints(kind)
    kept: dict[str, object] = {}
    for field in msgspec.structs.fields(kind):
        found = _fit(record.get(field.encode_name), hints[field.name])
        if found is not None:
            kept[field.name] = found
        elif field.required:
            return None
    return kind(**kept)


def _parse_record(raw: bytes | msgspec.Raw, kind: type[S]) -> S | None:
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.DecodeError:
        pass
    try:
        return build_leniently(msgspec.json.decode(raw), kind)
    except msgspec.DecodeError:
        return None


def _fit(value: object, hint: object) -> object | None:
    """`value` as `hint` describes it, with the unusable members of a list left out, or None."""
    if value is None:
        return None
    if get_origin(hint) is list:
        members = cast("Sequence[object]", value) if isinstance(value, list) else ()
        fitted = (_fit(member, get_args(hint)[0]) for member in members)
        return [member for member in fitted if member is not None]
    inner = [arm for arm in get_args(hint) if arm is not type(None)] or [hint]
    if isinstance(inner[0], type) and issubclass(inner[0], msgspec.Struct):
        return build_leniently(value, inner[0])
    try:
        return cast("object", msgspec.convert(value, type=hint))
    except msgspec.ValidationError:
        return None


def _is_low(average: float | None) -> bool:
    return average is not None and 0 <= average <= SAFE_UP_TO
