"""What suggestions are called while an option is typed, and what is meant where one was typed instead of picked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from bot.anime.api.anilist.client import AniList
from bot.anime.api.model import Character as AnimeCharacter
from bot.anime.api.model import MediaRow, Person, Studio, list_names
from bot.anime.cards.page import keep_shown
from bot.anime.cards.person import may_stand
from bot.anime.cards.text import format_year as format_year_of
from bot.anime.cards.title import name_of, title_of
from bot.anime.pages.entry import list_profile_names
from bot.anime.pages.media import KINDS
from bot.cards.fact import plain_name
from bot.cards.text import clip_field, count_units, one_line
from bot.lookup.source import Sources
from bot.navigation.page import Visit
from bot.navigation.viewer import Viewer
from bot.service.suggest import fold
from bot.vndb.api.client import Vndb
from bot.vndb.api.kind import Kind
from bot.vndb.api.model import Character, Producer, Release, Staff, Tag, Trait, Vn, is_sexual
from bot.vndb.api.names import Names
from bot.vndb.cards.text import format_year
from bot.vndb.cards.title import retitle
from bot.vndb.pages.list_kind import LISTS

Profile = AnimeCharacter | Person | Studio

_CHOICE_LIMIT = 100
_SPLITS_AT_MOST = 2


class _Suggested(NamedTuple):
    """Something that may be suggested: how it is referred to, what it is called there, and all its names."""

    reference: str
    label: str
    names: Iterable[str | None]


async def read_suggestion(text: str, wanted: str, visit: Visit[Sources]) -> str:
    """What the suggestion `text` refers to, such as `v2002` for `STEINS;GATE (2009, Japanese)`; else the text itself.

    `wanted`: the kind, as `read_reference` takes it. Asks only where a text ends so, and raises nothing.
    """
    if wanted in LISTS:
        return await read_entry_suggestion(text, LISTS[wanted].kind, visit.sources.vndb, visit.viewer)
    return await _read(text, lambda name: _suggest_on_anilist(name, wanted, visit))


async def read_entry_suggestion(text: str, kind: Kind[Any], vndb: Vndb, viewer: Viewer) -> str:
    """The same of a kind of VNDB's."""

    async def suggest(name: str) -> list[_Suggested]:
        names = await vndb.fetch_names()
        return [
            _Suggested(entry.id, _NAME_ENTRY[kind.prefix](retitle(entry, viewer), names), kind.list_names(entry))
            for entry in await vndb.suggest(kind, name, asker=None)
            if viewer.age_restricted or not is_sexual(entry)
        ]

    return await _read(text, suggest)


async def _read(text: str, suggest: Callable[[str], Awaitable[Sequence[_Suggested]]]) -> str:
    for name, details in _split(text):
        called = (one.reference for one in await suggest(name) if _is_called(one, name, details))
        if reference := next(called, None):
            return reference
    return text


def _split(text: str) -> Iterator[tuple[str, str]]:
    """`name (details)`: there may be brackets in either."""
    typed = one_line(text)
    parts = typed.split(" (")
    if typed.endswith(")"):
        for at in range(len(parts) - 1, max(0, len(parts) - 1 - _SPLITS_AT_MOST), -1):
            name = " (".join(parts[:at]).rstrip(" …")
            if name:
                yield name, " (".join(parts[at:])


def _is_called(one: _Suggested, name: str, details: str) -> bool:
    """Whether that is its suggestion, in whatever language its title was: long titles are clipped there."""
    tail = fold(details)
    is_clipped = len(name) > _CHOICE_LIMIT // 2
    called = (fold(other) for other in one.names if other)
    named = any(other == fold(name) or (is_clipped and other.startswith(fold(name))) for other in called)
    return named and any(fold(own) == tail for _, own in _split(one.label))


async def _suggest_on_anilist(name: str, wanted: str, visit: Visit[Sources]) -> list[_Suggested]:
    sources, viewer = visit.sources, visit.viewer
    if wanted in KINDS:
        rows = await sources.anime.suggest(KINDS[wanted], name, adult=viewer.age_restricted)
        return [_Suggested(f"#{row.id}", name_media(row, viewer), list_names(row)) for row in keep_shown(rows, viewer)]
    suggest = _SUGGEST_PROFILES.get(wanted)
    found = await suggest(sources.anilist, name) if suggest else ()
    return [
        _Suggested(f"#{one.id}", name_profile(one, viewer), list_profile_names(one))
        for one in found
        if may_stand(one, viewer)
    ]


_SUGGEST_PROFILES: Mapping[str, Callable[[AniList, str], Awaitable[Sequence[Profile]]]] = {
    "character": lambda anilist, name: anilist.suggest_characters(name),
    "staff": lambda anilist, name: anilist.suggest_people(name),
    "studio": lambda anilist, name: anilist.suggest_studios(name),
}


def name_profile(one: Profile, viewer: Viewer) -> str:
    """The name of a character, a person or a studio of AniList in autocompletion: `name (native name)`."""
    if isinstance(one, Studio):
        return _add_details(one.name or f"#{one.id}")
    return _add_details(name_of(one.name, viewer), one.name.native or "")


def name_media(row: MediaRow, viewer: Viewer) -> str:
    """The name of a work in autocompletion: `title (2004)`, in the language of `viewer`."""
    year = format_year_of(row)
    room = _CHOICE_LIMIT - len(year) - 3
    return clip_field(one_line(title_of(row, viewer)), room) + (f" ({year})" if year else "")


def name_vn(vn: Vn, names: Names) -> str:
    """The name of `vn` in autocompletion: `title (2004, Japanese)`."""
    language = names.language(vn.olang) if vn.olang else ""
    return _add_details(plain_name(vn.title, vn.id), format_year(vn.released), language)


def name_release(release: Release, names: Names) -> str:
    """The name of a release in autocompletion: `title (2004, English)`."""
    languages = ", ".join(names.language(title.lang) for title in release.languages[:3])
    return _add_details(release.title, format_year(release.released), languages)


def name_character(character: Character, _names: Names) -> str:
    """The name of a character in autocompletion: `name (title)`."""
    # Where a character appears may be a spoiler.
    novel = next((vn.title for vn in character.vns if vn.spoiler == 0), "")
    return _add_details(character.name, novel)


def name_producer(producer: Producer, names: Names) -> str:
    """The name of a producer in autocompletion: `name (Company, Japanese)`."""
    kind = names.producer_type(producer.type) if producer.type else ""
    return _add_details(producer.name, kind, names.language(producer.lang) if producer.lang else "")


def name_staff(staff: Staff, names: Names) -> str:
    """The name of a member of the staff in autocompletion: `name (name in the original script, Japanese)`."""
    return _add_details(staff.name, staff.original or "", names.language(staff.lang) if staff.lang else "")


def name_trait(trait: Trait, _names: Names) -> str:
    """The name of a trait in autocompletion: `name (Hair)`."""
    return _add_details(trait.name, trait.group_name or "")


def name_tag(tag: Tag, _names: Names) -> str:
    """The name of a tag in autocompletion."""
    return _add_details(tag.name)


def _add_details(name: str, *details: str) -> str:
    shown = ", ".join(one_line(detail) for detail in details if detail)
    if not shown:
        return clip_field(one_line(name), _CHOICE_LIMIT)
    ending = f" ({clip_field(shown, 40)})"
    return clip_field(one_line(name), _CHOICE_LIMIT - count_units(ending)) + ending


_NAME_ENTRY: Mapping[str, Callable[[Any, Names], str]] = {
    "v": name_vn,
    "r": name_release,
    "c": name_character,
    "p": name_producer,
    "s": name_staff,
    "g": name_tag,
    "i": name_trait,
}
