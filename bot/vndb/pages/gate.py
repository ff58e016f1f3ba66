"""What may be asked for where, and what an answer would give away: the tags and traits that a filter names."""

from __future__ import annotations

import asyncio
import operator as operators
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from bot.errors import InvalidInput, NotFound
from bot.navigation.viewer import Viewer
from bot.service.suggest import fold, names_it
from bot.vndb.api import kind as kinds
from bot.vndb.api.client import Vndb
from bot.vndb.api.filter import Filter, Json
from bot.vndb.api.kind import Kind
from bot.vndb.api.model import Character, Vn, is_sexual

LABELS_AT_MOST = 50
"""Tags and traits of one filter that are looked up where sexual ones may not stand: two questions at most."""

_TOO_MANY_SPOILERS = (
    "asks for spoilers that are not shown here; take them out of it, or ask again with more of them chosen in /me, or "
    "by “spoilers” where a command has that"
)
_LABELS: Mapping[str, Kind[Any]] = {
    "tag": kinds.TAG,
    "dtag": kinds.TAG,
    "trait": kinds.TRAIT,
    "dtrait": kinds.TRAIT,
}
_SEXUAL: Mapping[str, tuple[Json, ...]] = {
    "has_ero": (1,),
    "voiced": (2,),  # in sexual scenes only
    "category": ("ero",),
    # What has neither is not among those that are not so: whoever asks for them asks for sexual scenes.
    "uncensored": (),
    "animation_ero": (),
    "ani_ero_sp": (),
    "ani_ero_cg": (),
}
"""Filters that ask for sexual content: with which values, or with any."""

_REALLY = {"sex_spoil", "gender_spoil"}
# VNDB knows no level there: a novel is found by somebody whose appearance in it is a spoiler.
_NAMES_SOMEBODY = {"id", "search"}
# The others are found by what is below them, too, which rows do not show.
_DIRECT = {"dtag", "dtrait"}

_ORDERS: Mapping[str, Callable[[int, int], bool]] = {
    "=": operators.eq,
    "!=": operators.ne,
    ">=": operators.ge,
    ">": operators.gt,
    "<=": operators.le,
    "<": operators.lt,
}
_DIGITS = re.compile(r"\d{1,9}")
_FIELDS = {kinds.VN.key: ",tags{spoiler,lie}", kinds.CHARACTER.key: ",traits{spoiler,lie}"}


async def check_filter(vndb: Vndb, wanted: Filter[Any] | None, viewer: Viewer, *, spoiler: int) -> None:
    """Raises `InvalidInput` for a filter that asks for sexual content where that may not stand, or for what a page of
    that spoiler level does not tell.
    """
    if wanted is None:
        return
    if find_spoiler(wanted.json) > spoiler:
        raise InvalidInput("filter", _TOO_MANY_SPOILERS)
    if viewer.age_restricted:
        return
    if asks_for_sexual(wanted.json):
        raise InvalidInput("search", f"asks for sexual content, and can be used {viewer.adult_places}")
    labels = dict.fromkeys(list_labels(wanted.json))
    if len(labels) > LABELS_AT_MOST:
        raise InvalidInput("filter", f"names more than {LABELS_AT_MOST} tags and traits, which is too many here")
    # Asked for together, they share one question.
    for refused in await asyncio.gather(*(_find_refusal(vndb, kind, entry_id, viewer) for kind, entry_id in labels)):
        if refused is not None:
            raise refused


async def _find_refusal(vndb: Vndb, kind: Kind[Any], entry_id: str, viewer: Viewer) -> InvalidInput | None:
    try:
        entry = (await vndb.fetch(kind, entry_id)).entry
    except NotFound:
        return None
    return refuse(kind, viewer) if is_sexual(entry) else None


def asks_for_sexual(json: Json, *, negated: bool = False) -> bool:
    """Whether a filter asks for sexual scenes, for releases from 18 on, or for sexual tags as such, however deep.

    `negated`: it says what is not wanted.
    """
    if isinstance(json, str) or not isinstance(json, Sequence) or not json:
        return False
    if json[0] in {"and", "or"}:
        return any(asks_for_sexual(part, negated=negated) for part in json[1:])
    if len(json) != 3:
        return False
    name, operator, value = str(json[0]), str(json[1]), _read_number(json[2])
    negative = negated != (operator == "!=")
    if name == "minage":
        return _is_from_18(operator, value, negated=negated)
    if name in _SEXUAL:
        wanted = _SEXUAL[name]
        return (value in wanted and not negative) if wanted else value is not None
    return asks_for_sexual(value, negated=negative)


def find_spoiler(json: Json, *, inside: bool = False) -> int:
    """The highest spoiler level that a filter asks for and its rows do not show, so that nothing can be left out of
    them: what characters really are, in what one of them appears, tags and traits below others, and levels `inside` a
    filter of something else, however deep.
    """
    if isinstance(json, str) or not isinstance(json, Sequence) or not json:
        return 0
    if json[0] in {"and", "or"}:
        return max((find_spoiler(part, inside=inside) for part in json[1:]), default=0)
    name, value = str(json[0]), json[-1]
    if name in _REALLY:
        return 2
    if name in _LABELS:
        return _read_level(value) if inside or name not in _DIRECT else 0
    if name == "character" and _names_somebody(value):
        return 2
    return find_spoiler(value, inside=True)


def _names_somebody(json: Json) -> bool:
    if isinstance(json, str) or not isinstance(json, Sequence) or not json:
        return False
    return any(map(_names_somebody, json[1:])) if json[0] in {"and", "or"} else str(json[0]) in _NAMES_SOMEBODY


def _read_level(value: Json) -> int:
    """The spoiler level that stands beside a tag or a trait; the highest where it cannot be read."""
    if isinstance(value, str) or not isinstance(value, Sequence) or len(value) < 2:
        return 0
    level = _read_number(value[1])
    return level if isinstance(level, int) else 2


def _read_number(value: Json) -> Json:
    """A whole number that is written as a text, or with a point, as VNDB reads it: as the number."""
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    return int(value) if isinstance(value, str) and _DIGITS.fullmatch(value) else value


def _is_from_18(operator: str, value: Json, *, negated: bool) -> bool:
    """Whether only releases for people of 18 years and more have such an age rating; so of what cannot be read."""
    if value is None:
        return False
    order = _ORDERS.get(operator)
    if order is None or not isinstance(value, int):
        return True
    matched = {age for age in range(19) if order(age, value) != negated}
    return matched == {18}


def refuse(kind: Kind[Any], viewer: Viewer) -> InvalidInput:
    """The error for a sexual tag or trait in an ordinary channel."""
    return InvalidInput(kind.noun, f"is about sexual content, and can be asked for {viewer.adult_places}")


def add_label_fields(kind: Kind[Any], wanted: Filter[Any] | None) -> str | None:
    """The row fields of a query, with what tells whether a row has one of the filter's labels as a lie."""
    more = _FIELDS.get(kind.key)
    return f"{kind.row_fields}{more}" if more and wanted is not None and any(list_labels(wanted.json)) else None


def may_tell(entry: object, wanted: Filter[Any] | None, spoiler: int) -> bool:
    """Whether a page of that spoiler level may tell that `entry` is what the filter asks for.

    VNDB's filters know spoiler levels, but no lies.
    """
    ids = {entry_id for _, entry_id in list_labels(wanted.json)} if wanted else set[str]()
    if isinstance(entry, Vn):
        return all(tag.spoils <= spoiler for tag in entry.tags if tag.id in ids)
    if isinstance(entry, Character):
        json: Json = wanted.json if wanted else ()
        openly = all(is_found_openly(entry, text, spoiler) for text in _list_searched(json))
        openly = openly and all(_appears_openly(entry, vn_id, spoiler) for vn_id in _list_novels(json))
        return openly and all(trait.spoils <= spoiler for trait in entry.traits if trait.id in ids)
    return True


def _appears_openly(character: Character, vn_id: str, spoiler: int) -> bool:
    """Whether a page of that spoiler level may tell that somebody appears in a novel, or in whichever it is."""
    levels: dict[str, int] = {}
    for novel in character.vns:  # one may come again, for another of its releases
        levels[novel.id] = min(novel.spoils, levels.get(novel.id, 2))
    return levels[vn_id] <= spoiler if vn_id in levels else max(levels.values(), default=2) <= spoiler


def _list_novels(json: Json) -> Iterator[str]:
    """The novels that a filter of characters names, each by its id; "" for one that it describes."""
    if isinstance(json, str) or not isinstance(json, Sequence) or not json:
        return
    if json[0] in {"and", "or"}:
        for part in json[1:]:
            yield from _list_novels(part)
    elif json[0] == "vn":
        match json[-1]:
            case ["id", "=", str(vn_id)]:
                yield vn_id
            case _:
                yield ""


def is_found_openly(entry: object, text: str, spoiler: int) -> bool:
    """Whether a page of that spoiler level may tell that `text` finds an entry.

    An alias may tell who a character really is, and VNDB does not say which does. Those whose every appearance is a
    spoiler are found by what they are called, not by their aliases.
    """
    if spoiler >= 2 or not isinstance(entry, Character) or entry.appears_within(spoiler):
        return True
    names = "\n".join(fold(name) for name in (entry.name, entry.original) if name)
    return names_it(" ".join(word for word in text.split() if not word.startswith("-")), names)


def _list_searched(json: Json) -> Iterator[str]:
    """The texts that all rows must be called."""
    if isinstance(json, str) or not isinstance(json, Sequence) or not json:
        return
    if json[0] == "and":
        for part in json[1:]:
            yield from _list_searched(part)
    elif json[0] == "search" and len(json) == 3:
        yield str(json[2])


def list_labels(json: Json) -> Iterator[tuple[Kind[Any], str]]:
    """The tags and traits that a filter names, however deep; one may come again."""
    if isinstance(json, str) or not isinstance(json, Sequence) or not json:
        return
    kind = _LABELS.get(str(json[0]))
    if kind is not None and len(json) == 3:
        value = json[2]
        entry_id = value[0] if isinstance(value, Sequence) and not isinstance(value, str) and value else value
        yield kind, str(entry_id)
    for part in json:
        yield from list_labels(part)
