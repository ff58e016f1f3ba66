"""What is suggested is called while an option is typed."""

from __future__ import annotations

from bot.anime.api.model import Character as AnimeCharacter
from bot.anime.api.model import MediaRow, Person, Studio
from bot.anime.cards.text import format_year as format_year_of
from bot.anime.cards.title import name_of, title_of
from bot.cards.fact import plain_name
from bot.cards.text import clip_field, count_units, one_line
from bot.navigation.viewer import Viewer
from bot.vndb.api.model import Character, Producer, Release, Staff, Tag, Trait, Vn
from bot.vndb.api.names import Names
from bot.vndb.cards.text import format_year

Profile = AnimeCharacter | Person | Studio

_CHOICE_LIMIT = 100


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
