"""What VNDB's entries can be filtered by: one table per kind, after https://api.vndb.org/kana and the server's source.

    where.CHARACTER.vn.eq(where.VN.id.eq("v17"))

Ids and codes are checked in form only: VNDB adds some every year, and one it does not know is refused with a text
that says so. Flags take 1; what is not so is found with `ne(1)`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Generic, Literal, TypeAlias, TypeVar, cast

import msgspec

from bot.errors import InvalidInput
from bot.vndb.api.filter import (
    ClassOrder,
    Equality,
    Json,
    Match,
    Nested,
    NullableEquality,
    NullableOrder,
    Order,
)
from bot.vndb.api.model import Character, ListEntry, Producer, Quote, Release, Staff, Tag, Trait, Vn

E = TypeVar("E", bound=msgspec.Struct)

Id: TypeAlias = str | int
"""`v17`, or just 17."""

Flag: TypeAlias = Literal[1]

LeveledTag: TypeAlias = Id | tuple[Id, int, float]
"""A tag that spoils nothing, or (tag, highest spoiler level 0 to 2, lowest tag level 0 to 3)."""

LeveledTrait: TypeAlias = Id | tuple[Id, int]
"""A trait that spoils nothing, or (trait, highest spoiler level 0 to 2)."""

OwnedLabel: TypeAlias = int | tuple[Id, int]
"""A label of the query's user, or (user, label). 0 is no label."""

SiteLink: TypeAlias = str | tuple[str, Id]
"""A site's name, a link to an entry there, or (site, id there)."""

Pair: TypeAlias = tuple[int, int]

_Check: TypeAlias = Callable[[object], Json]

_SMALL = 32767
_LARGE = 9_999_999


def _number(low: int, high: int) -> _Check:
    def check(value: object) -> Json:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise ValueError(f"must be a whole number from {low} to {high}" if low < high else f"must be {low}")
        return value

    return check


def _text(pattern: str, meaning: str) -> _Check:
    compiled = re.compile(pattern)

    def check(value: object) -> Json:
        if not isinstance(value, str) or not compiled.fullmatch(value):
            raise ValueError(f"must be {meaning}")
        return value

    return check


def _id(prefix: str) -> _Check:
    text = _text(prefix + r"[1-9][0-9]{0,6}", f"an id like {prefix}17")
    number = _number(1, _LARGE)
    return lambda value: number(value) if isinstance(value, int) else text(value)


def _several(*checks: _Check, meaning: str) -> _Check:
    """A value of several parts, each with a check of its own."""

    def check(value: object) -> Json:
        if not isinstance(value, list | tuple) or len(parts := cast("Sequence[object]", value)) != len(checks):
            raise ValueError(f"must be {meaning}")
        return tuple(one(part) for one, part in zip(checks, parts, strict=True))

    return check


def _either(single: _Check, several: _Check) -> _Check:
    """`single` for a text or a number, `several` for anything else."""
    return lambda value: (single if isinstance(value, str | int) else several)(value)


def _level(value: object) -> Json:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 3:
        raise ValueError("must have a tag level from 0 to 3")
    return value


def _release_date(value: object) -> Json:
    text = value if isinstance(value, str) else ""
    if text.lower() in {"unknown", "today", "tba"}:
        return text.lower()
    found = re.fullmatch(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?", text)
    if not found:
        raise ValueError("must be YYYY, YYYY-MM, YYYY-MM-DD, TBA, unknown or today")
    year, month, day = (int(part or 1) for part in found.groups())
    try:
        date(year, month, day)
    except ValueError:
        raise ValueError("is no date") from None
    return text


def check_search(value: object) -> Json:
    """What can be searched for. Raises `InvalidInput`, also for a text that would find everything."""
    if not isinstance(value, str) or not re.fullmatch(_PRINTED, value):
        raise InvalidInput("search", "must be text without control characters")
    # VNDB looks at letters and digits only; of a text without any it finds everything.
    if not any(sign.isalnum() for sign in value):
        raise InvalidInput("search", "needs some letters or digits")
    return value


# A lone half of a surrogate pair comes through JSON, and cannot be sent on.
_PRINTED = r"[^\x00-\x1f\ud800-\udfff]*"
_TEXT = _text(_PRINTED, "text without control characters")
_NAME = _text(r"[^\x00-\x1f\ud800-\udfff]+", "a name")
_CODE = _text(r"[a-z0-9]{1,16}", "a code of small letters")
_LANGUAGE = _text(r"[a-z]{2,3}(?:-[A-Za-z]{2,4})?", "a language code like ja or zh-Hans")
_PLATFORM = _text(r"[a-z0-9]{2,4}", "a platform code like win or ps4")
_FLAG = _number(1, 1)
_SIZE = _number(0, _SMALL)
_SPOILER = _number(0, 2)
_ANIMATED = _number(0, 4)
_TAG = _either(
    _id("g"),
    _several(_id("g"), _SPOILER, _level, meaning="a tag id, or (tag id, highest spoiler level, lowest tag level)"),
)
_TRAIT = _either(_id("i"), _several(_id("i"), _SPOILER, meaning="a trait id, or (trait id, highest spoiler level)"))
_LABEL = _either(
    _number(0, 999_999), _several(_id("u"), _number(0, 999_999), meaning="a label id, or (user id, label id)")
)
_RESOLUTION = _several(_SIZE, _SIZE, meaning="(width, height)")
_BIRTHDAY = _several(_number(1, 12), _number(0, 31), meaning="(month, day), with day 0 for the whole month")
_SITE = _text(r"[a-z0-9_]{2,32}", "the name of a site")
_LINK = _either(
    _text(r"[a-z0-9_]{2,32}|https?://[^\x00-\x20\ud800-\udfff]+", "the name of a site, or an address"),
    _several(
        _SITE,
        lambda value: _number(0, 2**63 - 1)(value) if isinstance(value, int) else _NAME(value),
        meaning="(site, id)",
    ),
)


class _VnFields(Generic[E]):
    """Filters of novels; a list is filtered by the novels in it."""

    id: Order[E, Id] = Order("id", _id("v"))
    search: Equality[E, str] = Equality("search", check_search)
    lang: Equality[E, str] = Equality("lang", _LANGUAGE)
    olang: Equality[E, str] = Equality("olang", _LANGUAGE)
    platform: Equality[E, str] = Equality("platform", _PLATFORM)
    length: ClassOrder[E] = ClassOrder("length", _number(1, 5), highest=5)
    released: NullableOrder[E, str] = NullableOrder("released", _release_date)
    popularity: Order[E, int] = Order("popularity", _number(0, 100))
    rating: Order[E, int] = Order("rating", _number(10, 100))
    votecount: Order[E, int] = Order("votecount", _number(0, 2**30))
    has_description: Equality[E, Flag] = Equality("has_description", _FLAG)
    has_anime: Equality[E, Flag] = Equality("has_anime", _FLAG)
    has_screenshot: Equality[E, Flag] = Equality("has_screenshot", _FLAG)
    has_review: Equality[E, Flag] = Equality("has_review", _FLAG)
    on_list: Equality[E, Flag] = Equality("on_list", _FLAG)
    devstatus: Equality[E, int] = Equality("devstatus", _number(0, 2))
    tag: Equality[E, LeveledTag] = Equality("tag", _TAG)
    dtag: Equality[E, LeveledTag] = Equality("dtag", _TAG)
    anime_id: Equality[E, int] = Equality("anime_id", _number(1, 2**31 - 1))
    label: Equality[E, OwnedLabel] = Equality("label", _LABEL)
    release: Nested[E, Release] = Nested("release")
    character: Nested[E, Character] = Nested("character")
    staff: Nested[E, Staff] = Nested("staff")
    developer: Nested[E, Producer] = Nested("developer")
    developer_id: Equality[E, Id] = Equality("developer_id", _id("p"))


class _ReleaseFields:
    """Filters of releases."""

    id = Order[Release, Id]("id", _id("r"))
    search = Equality[Release, str]("search", check_search)
    lang = Equality[Release, str]("lang", _LANGUAGE)
    platform = NullableEquality[Release, str]("platform", _PLATFORM)
    released = NullableOrder[Release, str]("released", _release_date)
    resolution = Order[Release, Pair]("resolution", _RESOLUTION)
    resolution_aspect = Order[Release, Pair]("resolution_aspect", _RESOLUTION)
    minage = NullableOrder[Release, int]("minage", _number(0, 18))
    medium = NullableEquality[Release, str]("medium", _CODE)
    voiced = NullableEquality[Release, int]("voiced", _number(0, 4))
    animation_ero = Equality[Release, int]("animation_ero", _ANIMATED)
    animation_story = Equality[Release, int]("animation_story", _ANIMATED)
    ani_story_sp = NullableEquality[Release, str]("ani_story_sp", _CODE)
    ani_story_cg = NullableEquality[Release, str]("ani_story_cg", _CODE)
    ani_cutscene = NullableEquality[Release, str]("ani_cutscene", _CODE)
    ani_ero_sp = NullableEquality[Release, str]("ani_ero_sp", _CODE)
    ani_ero_cg = NullableEquality[Release, str]("ani_ero_cg", _CODE)
    ani_bg = NullableEquality[Release, int]("ani_bg", _number(0, 1))
    ani_face = NullableEquality[Release, int]("ani_face", _number(0, 1))
    engine = NullableEquality[Release, str]("engine", _TEXT)
    drm = NullableEquality[Release, str]("drm", _TEXT)
    rtype = Equality[Release, str]("rtype", _CODE)
    rlist = Equality[Release, int]("rlist", _number(0, 4))
    extlink = Equality[Release, SiteLink]("extlink", _LINK)
    image = NullableEquality[Release, str]("image", _CODE)
    patch = Equality[Release, Flag]("patch", _FLAG)
    freeware = Equality[Release, Flag]("freeware", _FLAG)
    doujin = Equality[Release, Flag]("doujin", _FLAG)
    uncensored = Equality[Release, Flag]("uncensored", _FLAG)
    official = Equality[Release, Flag]("official", _FLAG)
    has_ero = Equality[Release, Flag]("has_ero", _FLAG)
    vn = Nested[Release, Vn]("vn")
    producer = Nested[Release, Producer]("producer")
    producer_id = Equality[Release, Id]("producer_id", _id("p"))
    developer_id = Equality[Release, Id]("developer_id", _id("p"))


class _ProducerFields:
    """Filters of producers."""

    id = Order[Producer, Id]("id", _id("p"))
    search = Equality[Producer, str]("search", check_search)
    lang = Equality[Producer, str]("lang", _LANGUAGE)
    type = Equality[Producer, str]("type", _CODE)
    extlink = Equality[Producer, SiteLink]("extlink", _LINK)


class _CharacterFields:
    """Filters of characters. Sizes are in cm, `weight` in kg; a value that is not known is on no side of any other."""

    id = Order[Character, Id]("id", _id("c"))
    search = Equality[Character, str]("search", check_search)
    role = Equality[Character, str]("role", _CODE)
    blood_type = Equality[Character, str]("blood_type", _CODE)
    sex = NullableEquality[Character, str]("sex", _CODE)
    sex_spoil = NullableEquality[Character, str]("sex_spoil", _CODE)
    gender = NullableEquality[Character, str]("gender", _CODE)
    gender_spoil = NullableEquality[Character, str]("gender_spoil", _CODE)
    height = NullableOrder[Character, int]("height", _SIZE)
    weight = NullableOrder[Character, int]("weight", _SIZE)
    bust = NullableOrder[Character, int]("bust", _SIZE)
    waist = NullableOrder[Character, int]("waist", _SIZE)
    hips = NullableOrder[Character, int]("hips", _SIZE)
    cup = NullableOrder[Character, str]("cup", _text(r"AAA|AA|[A-Z]", "a cup size like AA or C"))
    age = NullableOrder[Character, int]("age", _SIZE)
    trait = Equality[Character, LeveledTrait]("trait", _TRAIT)
    dtrait = Equality[Character, LeveledTrait]("dtrait", _TRAIT)
    birthday = NullableEquality[Character, Pair]("birthday", _BIRTHDAY)
    seiyuu = Nested[Character, Staff]("seiyuu")
    vn = Nested[Character, Vn]("vn")


class _StaffFields:
    """Filters of staff. There is a row for each name of a person; `ismain.eq(1)` leaves one of them."""

    id = Order[Staff, Id]("id", _id("s"))
    aid = Equality[Staff, int]("aid", _number(1, _LARGE))
    search = Equality[Staff, str]("search", check_search)
    lang = Equality[Staff, str]("lang", _LANGUAGE)
    gender = NullableEquality[Staff, str]("gender", _CODE)
    role = Equality[Staff, str]("role", _CODE)
    type = Equality[Staff, str]("type", _CODE)
    extlink = Equality[Staff, SiteLink]("extlink", _LINK)
    ismain = Equality[Staff, Flag]("ismain", _FLAG)


class _TagFields:
    """Filters of tags."""

    id = Order[Tag, Id]("id", _id("g"))
    search = Equality[Tag, str]("search", check_search)
    category = Equality[Tag, str]("category", _CODE)


class _TraitFields:
    """Filters of traits."""

    id = Order[Trait, Id]("id", _id("i"))
    search = Equality[Trait, str]("search", check_search)


class _QuoteFields:
    """Filters of quotes. `random` finds a single one."""

    id = Order[Quote, Id]("id", _id("q"))
    vn = Nested[Quote, Vn]("vn")
    character = Nested[Quote, Character]("character")
    random = Match[Quote, Flag]("random", _FLAG)


VN = _VnFields[Vn]()
ULIST = _VnFields[ListEntry]()
RELEASE = _ReleaseFields()
PRODUCER = _ProducerFields()
CHARACTER = _CharacterFields()
STAFF = _StaffFields()
TAG = _TagFields()
TRAIT = _TraitFields()
QUOTE = _QuoteFields()
