"""A filter in words, so that everybody in the channel sees what a list is a list of."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from bot.cards.text import clip, count, escape_line
from bot.vndb.api.filter import Json
from bot.vndb.api.names import Names
from bot.vndb.api.wish import FIRST_DATE
from bot.vndb.cards.text import format_date
from bot.vndb.cards.vn.overview import LENGTHS, STATUSES

_LIMIT = 200
_SIGNS = {">=": "from ", ">": "after ", "<=": "up to ", "<": "before "}


def describe_filter(json: Json, names: Names, titles: Mapping[str, str] | None = None) -> str:
    """The conditions of a filter that a few words say, and whether there are others; escaped.

    `titles`: what the entries are called that `find_entries` names, as far as that is known.
    """
    conditions = [condition for condition in _list_conditions(json) if not _goes_without_saying(condition)]
    said = [text for condition in conditions if (text := _describe(condition, names, titles or {}))]
    if len(said) < len(conditions):
        said.append("other conditions" if said else "")
    return clip(" · ".join(filter(None, said)), _LIMIT)


def find_entries(json: Json) -> list[str]:
    """The ids of the tags, traits and producers that a filter's description names."""
    if isinstance(json, str) or not isinstance(json, Sequence) or not json:
        return []
    if json[0] in {"and", "or"}:
        return list(dict.fromkeys(entry_id for part in json[1:] for entry_id in find_entries(part)))
    entry_id = _find_entry(json)
    return [entry_id] if entry_id else []


def _find_entry(condition: Sequence[Json]) -> str:
    """The tag, trait or producer that a condition is about; a tag may come with levels, a producer in a filter."""
    if len(condition) != 3 or condition[0] not in _ENTRIES:
        return ""
    value = condition[2]
    if isinstance(value, Sequence) and not isinstance(value, str) and value:
        is_filter = len(value) == 3 and list(value[:2]) == ["id", "="]
        value = value[2] if is_filter else value[0] if condition[0] not in _PRODUCED else None
    return value if isinstance(value, str) and _ENTRY_ID.fullmatch(value) else ""


def _list_conditions(json: Json) -> Iterator[Sequence[Json]]:
    """The conditions that must all hold."""
    if isinstance(json, str) or not isinstance(json, Sequence) or not json:
        return
    if json[0] == "and":
        for part in json[1:]:
            yield from _list_conditions(part)
    else:
        yield json


def _goes_without_saying(condition: Sequence[Json]) -> bool:
    """What is added to what was asked for: that of staff the main names count, dates that keep out what has none, or
    what the heading says.
    """
    return list(condition[:2]) == ["ismain", "="] or (
        condition[0] == "released"
        and condition[1] != "="
        and str(condition[-1]).lower() in {"today", "tba", FIRST_DATE}
    )


def _describe(condition: Sequence[Json], names: Names, titles: Mapping[str, str]) -> str:
    if condition[0] == "or":
        said = [_describe(part, names, titles) for part in condition[1:] if isinstance(part, list | tuple) and part]
        return " or ".join(said) if all(said) and len(said) == len(condition) - 1 else ""
    if len(condition) != 3:
        return ""
    if condition[1] == "!=":
        said = _describe([condition[0], "=", condition[2]], names, titles)
        return f"not {said}" if said else ""
    return _describe_entry(condition, titles) or _describe_value(condition, names)


def _describe_entry(condition: Sequence[Json], titles: Mapping[str, str]) -> str:
    entry_id = _find_entry(condition) if condition[1] == "=" else ""
    return f"{_ENTRIES[str(condition[0])]} {escape_line(titles.get(entry_id, entry_id))}" if entry_id else ""


def _describe_value(condition: Sequence[Json], names: Names) -> str:
    name, operator, value = str(condition[0]), str(condition[1]), condition[2]
    if name in _FLAGS:
        return _FLAGS[name] if operator == "=" else ""
    word = _WORDS.get((name, "=" if operator == "=" else "order"))
    if word is None or not (isinstance(value, str | int | float) or name in _STRUCTURED):
        return ""
    try:
        text = word(value, names)
    except ValueError:
        return ""
    return escape_line(_SIGNS.get(operator, "") + text) if operator == "=" or operator in _SIGNS else ""


def _rate(value: Json, _names: Names) -> str:
    return f"rating {float(str(value)) / 10:g}"


def _name_dated(value: Json) -> str:
    if value is None or str(value).lower() == "unknown":
        return "date unknown"
    return "to be announced" if str(value).lower() == "tba" else f"released {format_date(str(value))}"


def _rate_age(value: Json) -> str:
    return f"rated {value}+" if value else "for all ages"


def _name_role(value: Json, names: Names) -> str:
    role = str(value)
    return f"as {names.character_role(names.staff_role(role))}"


def _format_size(value: Json) -> str:
    return "×".join(map(str, value)) if isinstance(value, Sequence) else ""


def _name_site(value: Json) -> str:
    site = value[0] if isinstance(value, Sequence) and not isinstance(value, str) and value else value
    return f"with a link to {site}"


_ENTRY_ID = re.compile("[gip][1-9][0-9]{0,6}")
_PRODUCED = frozenset({"developer", "developer_id", "producer"})
_ENTRIES: Mapping[str, str] = {
    "tag": "tagged",
    "dtag": "tagged",
    "trait": "with the trait",
    "dtrait": "with the trait",
    **dict.fromkeys(_PRODUCED, "by"),
}
"""Conditions about an entry, and what stands before its name."""

_STRUCTURED = frozenset({"released", "resolution", "extlink"})
_FLAGS: Mapping[str, str] = {
    "official": "official",
    "patch": "a patch",
    "freeware": "freeware",
    "doujin": "doujin",
    "uncensored": "uncensored",
    "has_ero": "with sexual scenes",
}
_WORDS: Mapping[tuple[str, str], Callable[[Json, Names], str]] = {
    ("search", "="): lambda value, _: f"“{value}”",
    ("olang", "="): lambda value, names: f"originally in {names.language(str(value))}",
    ("lang", "="): lambda value, names: f"in {names.language(str(value))}",
    ("platform", "="): lambda value, names: f"on {names.platform(str(value))}",
    ("length", "="): lambda value, _: LENGTHS.get(int(str(value)), ""),
    ("devstatus", "="): lambda value, _: STATUSES.get(int(str(value)), ""),
    ("has_anime", "="): lambda _value, _names: "with an anime",
    ("rating", "order"): _rate,
    ("votecount", "order"): lambda value, _: count(int(str(value)), "vote"),
    ("released", "order"): lambda value, _: format_date(str(value)),
    ("released", "="): lambda value, _: _name_dated(value),
    ("rtype", "="): lambda value, names: names.release_type(str(value)),
    ("voiced", "="): lambda value, names: names.voiced(int(str(value))),
    ("engine", "="): lambda value, _: f"made with {value}",
    ("medium", "="): lambda value, names: f"on {names.medium(str(value))}",
    ("minage", "="): lambda value, _: _rate_age(value),
    ("minage", "order"): lambda value, _: f"age rating {value}",
    ("resolution", "="): lambda value, _: _format_size(value),
    ("resolution", "order"): lambda value, _: _format_size(value),
    ("type", "="): lambda value, names: names.producer_type(str(value)),
    ("role", "="): _name_role,
    ("gender", "="): lambda value, names: names.sex(str(value)),
    ("extlink", "="): lambda value, _: _name_site(value),
    ("category", "="): lambda value, names: names.tag_category(str(value)),
}
