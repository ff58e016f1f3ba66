"""The options of commands that ask VNDB: one table a kind of entries, each option with what it asks for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec
from discord import app_commands

from bot.command.completion import (
    Completion,
    complete_character,
    complete_engine,
    complete_label,
    complete_language,
    complete_medium,
    complete_platform,
    complete_producer,
    complete_release,
    complete_role,
    complete_staff,
    complete_tag,
    complete_tags,
    complete_trait,
    complete_vn,
    complete_vndb_user,
)
from bot.command.option import Date, Option, Text, Values, list_choices
from bot.errors import InvalidInput
from bot.links.target import parse_search_link, read_reference
from bot.lookup.reference import find_wanted
from bot.lookup.source import Sources
from bot.lookup.suggestion import read_entry_suggestion, read_suggestion
from bot.lookup.vndb import find_matches, find_search, is_called
from bot.navigation.page import Lead, Visit
from bot.navigation.viewer import Viewer
from bot.service.near import rank_near
from bot.service.near_match import name_near
from bot.vndb.api import kind as kinds
from bot.vndb.api import where
from bot.vndb.api.client import Vndb
from bot.vndb.api.filter import Equality, Filter, NullableOrder, all_of
from bot.vndb.api.kind import Kind
from bot.vndb.api.model import Character, Producer, Release, Staff, Vn, is_sexual
from bot.vndb.api.names import PRODUCER_TYPES, RELEASE_TYPES, SEXES, TAG_CATEGORIES, VOICED, Names
from bot.vndb.api.normal import find_json
from bot.vndb.api.user import LABELS
from bot.vndb.api.where import check_search
from bot.vndb.api.wish import AGES, DATED, build_flag, build_resolution, build_span, scale_rating
from bot.vndb.cards.vn import overview
from bot.vndb.pages.gate import refuse
from bot.vndb.pages.list import read_link
from bot.vndb.pages.list_kind import CHARACTERS, LISTS, PRODUCERS, RELEASES, STAFF, VNS, ListKind
from bot.vndb.pages.near import add_near_words, miss_name
from bot.vndb.pages.source import VndbSources

T = TypeVar("T", bound=msgspec.Struct)
V = TypeVar("V")

TAGS_AT_MOST = 10
Name = app_commands.Range[str, 1, 100]
FilterText = app_commands.Range[str, 1, 4000]


class Asked(msgspec.Struct, frozen=True):
    """What options are read with: VNDB, its names, who asks, and all that was typed."""

    vndb: Vndb
    names: Names
    viewer: Viewer
    values: Values


Read = Callable[[Asked, Any], Awaitable[Sequence[Filter[T]]]]
"""What an option asks for, if something was typed. Raises `InvalidInput`."""


async def read_wish(options: Sequence[Option[Read[T]]], values: Values, visit: Visit[VndbSources]) -> Filter[T] | None:
    """What was typed in these options asks for; None if anything will do. Raises `InvalidInput`, `ServiceError`.

    Names will do where a choice was not taken.
    """
    vndb = visit.sources.vndb
    asked = Asked(vndb, await vndb.fetch_names(), visit.viewer, values)
    typed = [(option, values.get(option.name)) for option in options]
    parts = [part for option, value in typed if value is not None for part in await option.read(asked, value)]
    return all_of(*parts) if parts else None


async def find_described(
    of: ListKind[T],
    options: Sequence[Option[Read[T]]],
    values: Values,
    text: str | None,
    sort: str | None,
    visit: Visit[Sources],
) -> Lead[Sources]:
    """The card that `text` means, or what matches it and the options.

    Raises `InvalidInput`, and `NotFound` if nothing matches.
    """
    text = text or ""
    if text.endswith(")"):  # as what a suggestion shows does
        text = await read_suggestion(text, of.kind.prefix, visit)
    prefix, link = of.kind.prefix, parse_search_link(text)
    is_plain = sort is None and all(values.get(option.name) is None for option in options)
    if link is not None and not (is_plain and link.kind != prefix):
        if values.get("filter") is not None:
            raise InvalidInput("filter", "can be given only once, as what is searched for or as the filter")
        text, values = "", {**values, "filter": text}
    # What was chosen from the list is an id, which no search for a name would find.
    elif text and (is_plain or read_reference(text, prefix) is not None):
        return await find_search(of, text, visit)
    may_rank = bool(text) and values.get("filter") is None  # VNDB ranks by one search alone, and a filter may hold one
    ranked = "rank" if may_rank else of.otherwise
    sorting = ranked if sort is None or sort == "rank" else sort
    wish = await read_wish(options, values, visit)
    parts = [*([of.search.eq(text)] if text else []), *([wish] if wish else [])]
    return await find_matches(of, all_of(*parts) if parts else None, visit, text=text, sorting=sorting)


async def read_filter(vndb: Vndb, of: ListKind[T], typed: str) -> Filter[T]:
    """What a pasted search of VNDB asks for, or its compact form. Raises `InvalidInput`."""
    if (json := find_json(typed)) is not None:
        return await vndb.normalise(of.kind, json)
    prefix, noun = of.kind.prefix, of.kind.noun
    link = parse_search_link(typed, bare=prefix)
    if link is None:
        raise InvalidInput(
            "filter", f"must be a link like https://vndb.org/{prefix}?f=…, from VNDB's search page, or JSON of its API"
        )
    if link.kind != prefix:
        raise InvalidInput("filter", f"is not one for {noun}s; such a link begins with vndb.org/{prefix}?f=")
    return await read_link(vndb, of, link)


def find_code(names: Mapping[str, str], typed: str, *, what: str) -> str:
    """The code that was chosen from the list, or whose name was typed. Raises `InvalidInput`."""
    if typed in names:
        return typed
    wanted = typed.strip().casefold()
    for code, name in names.items():
        if wanted in {code.casefold(), name.casefold()}:
            return code
    error = InvalidInput(what, "is not one that VNDB knows; choose one from the list")
    error.near = name_near(rank_near(typed, names.values(), lambda name: (name,)))
    raise error


async def find_entry_id(vndb: Vndb, kind: Kind[T], typed: str, viewer: Viewer) -> str:
    """The id that was chosen from the list, or that of the best match for what was typed, and of nothing else if that
    is what something is called.

    Raises `NotFound`, and `InvalidInput` where all of that is sexual and may not stand here.
    """
    referred = await read_entry_suggestion(typed, kind, vndb, viewer)
    known = await find_wanted(read_reference(referred, kind.prefix), kind.prefix, vndb)
    if known is not None:
        return known
    matching = (await vndb.search(kind, typed)).items
    found = [entry for entry in matching if is_called(LISTS[kind.prefix], entry, typed)] or matching
    usable = [entry for entry in found if getattr(entry, "searchable", True)]
    allowed = [entry for entry in usable if viewer.age_restricted or not is_sexual(entry)]
    if allowed:
        return str(getattr(allowed[0], "id", ""))
    if usable:
        raise refuse(kind, viewer)
    if found:
        raise InvalidInput(kind.noun, f"called “{typed.strip()}” is one that nothing can be searched by")
    raise await add_near_words(miss_name(LISTS[kind.prefix], typed), typed, kind.prefix, vndb, viewer)


# How options are read


def _equal(field: Equality[T, V]) -> Read[T]:
    async def read(_asked: Asked, value: V) -> Sequence[Filter[T]]:
        return [field.eq(value)]

    return read


def _one_of(by_value: Mapping[str, Filter[T]]) -> Read[T]:
    async def read(_asked: Asked, value: str) -> Sequence[Filter[T]]:
        return [by_value[value]]

    return read


def _flag(field: Equality[T, where.Flag]) -> Read[T]:
    async def read(_asked: Asked, wanted: bool) -> Sequence[Filter[T]]:
        return [build_flag(field, wanted)]

    return read


def _code(field: Equality[T, str], pick_names: Callable[[Names], Mapping[str, str]], what: str) -> Read[T]:
    async def read(asked: Asked, typed: str) -> Sequence[Filter[T]]:
        return [field.eq(find_code(pick_names(asked.names), typed, what=what))]

    return read


def _entry(kind: Kind[Any], build: Callable[[str], Filter[T]]) -> Read[T]:
    async def read(asked: Asked, typed: str) -> Sequence[Filter[T]]:
        return [build(await find_entry_id(asked.vndb, kind, typed, asked.viewer))]

    return read


def _given(of: ListKind[T]) -> Read[T]:
    async def read(asked: Asked, typed: str) -> Sequence[Filter[T]]:
        return [await read_filter(asked.vndb, of, typed)]

    return read


async def _read_tags(asked: Asked, typed: str) -> Sequence[Filter[Vn]]:
    check_search(typed)  # no tag at all is no wish
    tags = [part for part in typed.split(",") if part.strip()]
    if len(tags) > TAGS_AT_MOST:
        raise InvalidInput("tags", f"must be {TAGS_AT_MOST} at most")
    if any(tag.strip().startswith(("-", "!")) for tag in tags):
        raise InvalidInput("tags", "can only be asked for; to leave some out, give an advanced search as the filter")
    return [where.VN.tag.eq(await find_entry_id(asked.vndb, kinds.TAG, tag, asked.viewer)) for tag in tags]


async def _read_min_rating(_asked: Asked, rating: float) -> Sequence[Filter[Vn]]:
    return [where.VN.rating.ge(scale_rating(rating))]


async def _read_min_votes(_asked: Asked, votes: int) -> Sequence[Filter[Vn]]:
    return [where.VN.votecount.ge(votes)]


async def _read_date(asked: Asked, dated: str) -> Sequence[Filter[Release]]:
    if dated in {"tba", "unknown"} and (asked.values.get("released_after") or asked.values.get("released_before")):
        raise InvalidInput(
            "date",
            "finds releases without one, which lie neither after nor before another: leave one of the two out",
        )
    return [DATED[dated]]


async def _read_resolution(_asked: Asked, text: str) -> Sequence[Filter[Release]]:
    return [build_resolution(text)]


async def _read_engine(asked: Asked, typed: str) -> Sequence[Filter[Release]]:
    return [where.RELEASE.engine.eq(asked.names.engine(str(check_search(typed))))]


# The tables


def _language(field: Equality[T, str], description: str = "A language it can be read in") -> Option[Read[T]]:
    read = _code(field, lambda names: names.languages, "language")
    return Option("language", str, description, read, complete=complete_language)


def _platform(field: Equality[T, str]) -> Option[Read[T]]:
    read = _code(field, lambda names: names.platforms, "platform")
    return Option("platform", str, "A platform it runs on", read, complete=complete_platform)


def _span(field: NullableOrder[T, str]) -> tuple[Option[Read[T]], Option[Read[T]]]:
    async def read_after(asked: Asked, after: str) -> Sequence[Filter[T]]:
        return build_span(field, after=after, before=asked.values.get("released_before"))

    async def read_before(asked: Asked, before: str) -> Sequence[Filter[T]]:
        is_read = asked.values.get("released_after") is not None  # with the other one
        return [] if is_read else build_span(field, after=None, before=before)

    return (
        Option("released_after", Date, "Released on or after: 2004, 2004-01 or 2004-01-30", read_after),
        Option("released_before", Date, "Released on or before: 2004, 2004-01 or 2004-01-30", read_before),
    )


def _developer(build: Callable[[str], Filter[T]]) -> Option[Read[T]]:
    return Option("developer", Name, "Who made it", _entry(kinds.PRODUCER, build), complete=complete_producer)


def _filter(of: ListKind[T]) -> Option[Read[T]]:
    return Option("filter", FilterText, "An advanced search: its link on vndb.org, or JSON", _given(of))


VN_OPTIONS: tuple[Option[Read[Vn]], ...] = (
    Option(
        "original_language",
        str,
        "The language it was written in",
        _code(where.VN.olang, lambda names: names.languages, "original language"),
        complete=complete_language,
    ),
    _language(where.VN.lang),
    _platform(where.VN.platform),
    Option("length", int, "How long it takes to read", _equal(where.VN.length), choices=list_choices(overview.LENGTHS)),
    Option("min_rating", app_commands.Range[float, 1, 10], "The least rating, from 1 to 10", _read_min_rating),
    Option("min_votes", app_commands.Range[int, 1, 100_000], "The least number of votes", _read_min_votes),
    *_span(where.VN.released),
    _developer(lambda producer_id: where.VN.developer.eq(where.PRODUCER.id.eq(producer_id))),
    Option("tags", Name, "Tags it must have, separated by commas", _read_tags, complete=complete_tags),
    Option("has_anime", bool, "Whether there is an anime of it", _flag(where.VN.has_anime)),
    Option(
        "status", int, "Whether it is finished", _equal(where.VN.devstatus), choices=list_choices(overview.STATUSES)
    ),
    _filter(VNS),
)

RELEASE_OPTIONS: tuple[Option[Read[Release]], ...] = (
    _language(where.RELEASE.lang),
    _platform(where.RELEASE.platform),
    *_span(where.RELEASE.released),
    Option(
        "date",
        str,
        "Whether it is out",
        _read_date,
        choices=list_choices(
            {"released": "Out", "upcoming": "To come, with a date", "tba": "To be announced", "unknown": "Unknown"}
        ),
    ),
    Option(
        "type",
        str,
        "How much of the story it has",
        _equal(where.RELEASE.rtype),
        choices=list_choices(RELEASE_TYPES),
    ),
    Option(
        "voiced",
        int,
        "What is voiced",
        _equal(where.RELEASE.voiced),
        choices=list_choices({code: name for code, name in VOICED.items() if code}),
    ),
    Option("engine", Name, "Such as Ren'Py", _read_engine, complete=complete_engine),
    Option(
        "resolution",
        app_commands.Range[str, 3, 16],
        "1280x720; >= or <= before it for at least, at most",
        _read_resolution,
    ),
    Option(
        "medium",
        str,
        "What it comes on",
        _code(where.RELEASE.medium, lambda names: names.media, "medium"),
        complete=complete_medium,
    ),
    Option(
        "age",
        str,
        "For whom it is rated",
        _one_of(AGES),
        choices=list_choices({"all": "All ages", "under": "Under 18", "adult": "18+"}),
        adult=True,
    ),
    _developer(where.RELEASE.developer_id.eq),
    Option("official", bool, "Whether its makers are in it", _flag(where.RELEASE.official)),
    Option("patch", bool, "Whether it is a patch", _flag(where.RELEASE.patch)),
    Option("freeware", bool, "Whether it is free", _flag(where.RELEASE.freeware)),
    Option("doujin", bool, "Whether no company made it", _flag(where.RELEASE.doujin)),
    Option("uncensored", bool, "Whether it is uncensored", _flag(where.RELEASE.uncensored), adult=True),
    Option("has_ero", bool, "Whether it has sexual scenes", _flag(where.RELEASE.has_ero), adult=True),
    _filter(RELEASES),
)

CHARACTER_OPTIONS: tuple[Option[Read[Character]], ...] = (
    Option(
        "trait",
        Name,
        "A trait they must have",
        _entry(kinds.TRAIT, where.CHARACTER.trait.eq),
        complete=complete_trait,
    ),
    _filter(CHARACTERS),
)

STAFF_OPTIONS: tuple[Option[Read[Staff]], ...] = (
    Option(
        "role",
        str,
        "What somebody does",
        _code(where.STAFF.role, lambda names: names.staff_roles, "role"),
        complete=complete_role,
    ),
    _language(where.STAFF.lang, "Their language"),
    Option(
        "gender",
        str,
        "Their gender",
        _equal(where.STAFF.gender),
        choices=list_choices({code: name for code, name in SEXES.items() if code in {"m", "f"}}),
    ),
    _filter(STAFF),
)

PRODUCER_OPTIONS: tuple[Option[Read[Producer]], ...] = (
    _language(where.PRODUCER.lang, "Their language"),
    Option("type", str, "Who they are", _equal(where.PRODUCER.type), choices=list_choices(PRODUCER_TYPES)),
    _filter(PRODUCERS),
)

# What no filter is made of: each command reads these itself.

SPOILERS = Option(
    "spoilers",
    int,
    "How much may be given away",
    None,
    choices=list_choices({0: "None", 1: "Minor ones", 2: "All of them"}),
)
CATEGORY = Option("category", str, "What they are about", None, choices=list_choices(TAG_CATEGORIES))
LABEL = Option(
    "label", Text, "Which part: one that everybody has, or of their own making", None, complete=complete_label
)

OWN_LIST = Option(
    "list",
    int,
    "Only from this list of yours",
    None,
    choices=list_choices({label: LABELS[label] for label in (5, 1, 3, 2, 4)}),
)
"""The wishlist first. Nobody draws from what they never want to see."""


def _names(name: str, example: str, complete: Completion) -> Option[None]:
    article = "A title" if name == "title" else "A name"
    return Option(name, Text, f"{article}, an id such as {example}, or a vndb.org link", None, complete=complete)


def _user(name: str, description: str) -> Option[None]:
    return Option(name, Text, description, None, complete=complete_vndb_user)


VNDB_USER = _user("user", "You, if you name nobody: a name on VNDB, an id such as u3, a link, or a member (@name)")
VNDB_OTHER = _user("other", "A name on VNDB, an id such as u3, a link, or a member (@name)")
VNDB_FIRST = _user("user", "Whom they are compared with: you, if you name nobody")

VN_TITLE = _names("title", "v17", complete_vn)
RELEASE_TITLE = _names("title", "r129", complete_release)
CHARACTER_NAME = _names("name", "c34", complete_character)
STAFF_NAME = _names("name", "s81", complete_staff)
PRODUCER_NAME = _names("name", "p24", complete_producer)
TAG_NAME = _names("name", "g19", complete_tag)
TRAIT_NAME = _names("name", "i42", complete_trait)


def build_sort(*sorts: str, numbered: str = "") -> Option[None]:
    """The option `sort` with those orders. `numbered`: what the order `number` counts."""
    shown = {**_SORTS, "number": f"Number of {numbered}"}
    return Option("sort", str, "What comes first", None, choices=list_choices({sort: shown[sort] for sort in sorts}))


_SORTS = {
    "rank": "Best match",
    "rating": "Rating",
    "votes": "Votes",
    "newest": "Newest first",
    "oldest": "Oldest first",
    "title": "Title",
    "name": "Name",
}
