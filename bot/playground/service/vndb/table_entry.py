"""Which filters there are for releases, characters, staff and quotes of the sample VNDB, and what they mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from bot.playground.service.vndb.data import Novel, Producer, Schema
from bot.playground.service.vndb.entry import Character, Quote, Release
from bot.playground.service.vndb.filter import Filter, compare
from bot.playground.service.vndb.index import Cast, Index, Issue, StaffName
from bot.playground.service.vndb.table import matches
from bot.playground.service.vndb.value import (
    MAX_INTEGER,
    Reader,
    between,
    build_flag,
    build_links_filter,
    build_many,
    build_nested,
    build_number,
    build_released,
    entry_id,
    one_of,
    or_null,
    read_pair,
    read_text,
)

_RELEASE_TYPES = frozenset({"complete", "partial", "trial"})
_IMAGE_TYPES = frozenset({"pkgfront", "pkgback", "pkgcontent", "pkgside", "pkgmed", "dig"})
_ROLES = frozenset({"main", "primary", "side", "appears"})
_SEXES = frozenset({"m", "f", "b", "n"})
_GENDERS = frozenset({"m", "f", "o", "a"})
_CUPS = ("AAA", "AA", *"ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_STAFF_TYPES = frozenset({"person", "group", "company", "repo"})

NovelTable = Callable[[], Mapping[str, Filter[Novel]]]


def names_of_release(release: Release) -> Sequence[str]:
    """Everything a search looks at."""
    titles = (text for one in release.languages for text in (one.title, one.latin))
    return [name for name in (release.title, release.alttitle, *titles) if name]


def names_of_character(character: Character) -> Sequence[str]:
    """Everything a search looks at."""
    return [name for name in (character.name, character.original, *character.aliases) if name]


def names_of_staff(name: StaffName) -> Sequence[str]:
    """Everything a search looks at."""
    return [text for text in (name.alias.latin, name.alias.name) if text]


def build_release_table(
    schema: Schema, index: Index, novel: NovelTable, producer: Callable[[], Mapping[str, Filter[Producer]]]
) -> dict[str, Filter[Issue]]:
    """Every filter of POST /release. Nothing is known here about animation, DRM and people's lists."""
    lang, platform = one_of(schema.ids("language")), one_of(schema.ids("platform"))
    unknown: dict[str, Filter[Issue]] = {
        name: build_many(num, or_null(between(0, 2**15)), _is_null)
        for name, num in {
            "ani_story_sp": 70, "ani_story_cg": 71, "ani_cutscene": 72, "ani_ero_sp": 73, "ani_ero_cg": 74,
            "ani_bg": 75, "ani_face": 76, "animation_ero": 13, "animation_story": 14, "rlist": 18,
        }.items()
    }  # fmt: skip
    return {
        "id": build_number(80, entry_id("r"), lambda one: int(one.id[1:]), prefix="r"),
        "search": build_many(81, read_text, lambda one, text: matches(names_of_release(one.release), text)),
        "lang": build_many(2, lang, lambda one, value: any(it.lang == value for it in one.release.languages)),
        "platform": build_many(4, or_null(platform), lambda one, value: _in(one.release.platforms, value)),
        "released": build_released(7, lambda one: one.release.date),
        "resolution": Filter(8, read_pair, _test_resolution, ordered=True),
        "resolution_aspect": Filter(9, read_pair, _test_aspect, ordered=True),
        "minage": build_number(10, between(0, 18), lambda one: one.release.minage, nullable=True),
        "medium": build_many(
            11,
            or_null(one_of(schema.ids("medium"))),
            lambda one, value: _in([medium for medium, _ in one.release.media], value),
        ),
        "voiced": build_number(12, between(0, 4), lambda one: one.release.voiced, ordered=False, nullable=True),
        "engine": build_many(15, or_null(read_text), lambda one, value: (one.release.engine or None) == value),
        "rtype": build_many(16, one_of(_RELEASE_TYPES), _has_rtype),
        "producer_id": build_many(
            17, entry_id("p"), lambda one, value: any(it.producer == value for it in one.release.producers)
        ),
        "developer_id": build_many(
            6,
            entry_id("p"),
            lambda one, value: any(it.producer == value and it.developer for it in one.release.producers),
        ),
        "extlink": build_links_filter(19, lambda one: one.release.extlinks),
        "drm": build_many(20, or_null(read_text), _is_null),
        "patch": build_flag(61, lambda one: one.release.patch),
        "freeware": build_flag(62, lambda one: one.release.freeware),
        "doujin": build_flag(63, lambda one: _is_doujin(one.release, index)),
        "uncensored": build_flag(64, lambda one: one.release.uncensored),
        "official": build_flag(65, lambda one: one.release.official),
        "has_ero": build_flag(66, lambda one: one.release.has_ero),
        "image": build_many(
            67, or_null(one_of(_IMAGE_TYPES)), lambda one, value: _in([it.type for it in one.release.images], value)
        ),
        "vn": build_nested(53, novel, lambda one: [index.novels[it.vn] for it in one.release.vns]),
        "producer": build_nested(
            55, producer, lambda one: [index.producers[it.producer] for it in one.release.producers]
        ),
        **unknown,
    }


def build_character_table(
    index: Index, novel: NovelTable, staff: Callable[[], Mapping[str, Filter[StaffName]]]
) -> dict[str, Filter[Cast]]:
    """Every filter of POST /character."""

    def measure(num: int, name: str) -> Filter[Cast]:
        return build_number(num, between(0, 32767), lambda one: getattr(one.character, name), nullable=True)

    def guise(num: int, name: str, place: int, known: frozenset[str]) -> Filter[Cast]:
        # In the first place stands what a character seems to be, in the second what it is.
        return build_many(
            num,
            or_null(one_of(known)),
            lambda one, value: (getattr(one.character, name) or (None, None))[place] == value,
        )

    return {
        "id": build_number(80, entry_id("c"), lambda one: int(one.id[1:]), prefix="c"),
        "search": build_many(81, read_text, lambda one, text: matches(names_of_character(one.character), text)),
        "role": build_many(2, one_of(_ROLES), _has_role),
        "blood_type": build_many(
            3, one_of({"a", "b", "ab", "o"}), lambda one, value: one.character.blood_type == value
        ),
        "sex": guise(4, "sex", 0, _SEXES),
        "sex_spoil": guise(5, "sex", 1, _SEXES),
        "gender": guise(16, "gender", 0, _GENDERS),
        "gender_spoil": guise(17, "gender", 1, _GENDERS),
        "height": measure(6, "height"),
        "weight": measure(7, "weight"),
        "bust": measure(8, "bust"),
        "waist": measure(9, "waist"),
        "hips": measure(10, "hips"),
        "cup": Filter(11, or_null(one_of(_CUPS)), _test_cup, ordered=True),
        "age": measure(12, "age"),
        "trait": build_many(13, _trait_value, _has_trait),
        "dtrait": build_many(15, _trait_value, _has_trait),
        "birthday": build_many(14, or_null(_birthday_value), _has_birthday),
        "seiyuu": build_nested(
            52, staff, lambda one: [index.names[it.aid] for it in index.voices_for.get(one.character.id, ())]
        ),
        "vn": build_nested(53, novel, lambda one: [index.novels[it.vn] for it in one.character.vns]),
    }


def build_staff_table(schema: Schema, index: Index) -> dict[str, Filter[StaffName]]:
    """Every filter of POST /staff."""
    return {
        "id": build_number(3, entry_id("s"), lambda one: int(one.id[1:]), prefix="s"),
        "aid": build_many(81, between(1, MAX_INTEGER), lambda one, value: one.alias.aid == value),
        "search": build_many(80, read_text, lambda one, text: matches(names_of_staff(one), text)),
        "lang": build_many(2, one_of(schema.ids("language")), lambda one, value: one.staff.lang == value),
        "gender": build_many(4, or_null(one_of({"m", "f"})), lambda one, value: one.staff.gender == value),
        "role": build_many(
            5, one_of({*schema.ids("staff_role"), "seiyuu"}), lambda one, value: value in index.find_roles(one)
        ),
        "extlink": build_links_filter(6, lambda one: one.staff.extlinks),
        "type": build_many(7, one_of(_STAFF_TYPES), lambda one, value: one.staff.type == value),
        "ismain": build_flag(61, lambda one: one.is_main),
    }


def build_quote_table(
    index: Index,
    novel: NovelTable,
    character: Callable[[], Mapping[str, Filter[Cast]]],
    draw: Callable[[], str],
) -> dict[str, Filter[Quote]]:
    """Every filter of POST /quote. `draw`: the id of a random quote, drawn when the filter is read."""

    def read_random(value: object) -> object:
        between(1, 1)(value)
        return draw()

    return {
        "id": build_number(2, entry_id("q"), lambda one: int(one.id[1:]), prefix="q"),
        "random": Filter(
            81, read_random, lambda one, sign, value: (one.id == value) == (sign == "="), show=lambda _: 1
        ),
        "vn": build_nested(53, novel, lambda one: [index.novels[one.vn]]),
        "character": build_nested(
            54, character, lambda one: [Cast(index.characters[one.character], one.vn)] if one.character else []
        ),
    }


def _is_null(_: object, value: object) -> bool:
    return value is None


def _in(values: Sequence[str], value: object) -> bool:
    return value in values if value is not None else not values


def _has_rtype(one: Issue, value: object) -> bool:
    return any(it.rtype == value for it in one.release.vns if one.vn in {None, it.vn})


def _is_doujin(release: Release, index: Index) -> bool:
    makers = [index.producers[it.producer].type for it in release.producers if it.developer]
    return bool(makers) and "co" not in makers


def _test_resolution(one: Issue, sign: str, value: object) -> bool:
    size = one.release.resolution
    if not isinstance(size, tuple):
        return False
    width, height = msgspec.convert(value, tuple[int, int])
    if sign == "!=":
        return size != (width, height)
    return compare(size[0], sign, width) and compare(size[1], sign, height)


def _test_aspect(one: Issue, sign: str, value: object) -> bool:
    width, height = msgspec.convert(value, tuple[int, int])
    size = one.release.resolution
    return isinstance(size, tuple) and size[0] * height == size[1] * width and _test_resolution(one, sign, value)


def _has_role(one: Cast, value: object) -> bool:
    return any(it.role == value for it in one.character.vns if one.vn in {None, it.vn})


def _test_cup(one: Cast, sign: str, value: object) -> bool:
    cup = one.character.cup
    if value is None:
        return (cup is None) == (sign == "=")
    return cup is not None and compare(_CUPS.index(cup), sign, _CUPS.index(str(value)))


def _birthday_value(value: object) -> object:
    month, day = read_pair(value)
    return [between(1, 12)(month), between(0, 31)(day)]


def _has_birthday(one: Cast, value: object) -> bool:
    birthday = one.character.birthday
    if value is None or birthday is None:
        return birthday is None and value is None
    month, day = msgspec.convert(value, tuple[int, int])
    return birthday[0] == month and day in {0, birthday[1]}


def _trait_value(value: object) -> object:
    read_id: Reader = entry_id("i")
    if not isinstance(value, list):
        return [read_id(value), 0]
    trait, spoiler = msgspec.convert(value, tuple[object, object])
    return [read_id(trait), between(0, 2)(spoiler)]


def _has_trait(one: Cast, value: object) -> bool:
    trait, spoiler = msgspec.convert(value, tuple[str, int])
    return any(it.trait == trait and it.spoiler <= spoiler for it in one.character.traits)
