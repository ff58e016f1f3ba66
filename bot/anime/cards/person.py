"""Characters, voice actors and staff: their cards, the works they belong to, and lists of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from bot.anime.api.model import Appearance, Character, MediaRow, Name, Person, Studio
from bot.anime.api.wish import PART_SIZE
from bot.anime.cards.cast import ROLES
from bot.anime.cards.list import NO_MATCH
from bot.anime.cards.markup import build_codes
from bot.anime.cards.page import (
    build_media_choice,
    build_media_row,
    build_person_row,
    build_portrait,
    cut_block,
    find_portrait,
    format_line,
    keep_shown,
    may_show_work,
    number_part,
    render_closed,
    render_pictured,
)
from bot.anime.cards.text import (
    FORMATS,
    SOURCE,
    format_fuzzy_date,
    format_year,
    link_to_anilist,
    name_word,
)
from bot.anime.cards.title import choose_names, choose_titles, name_of, title_of
from bot.cards.fact import format_fact, format_heading, format_list_heading, join_some
from bot.cards.image import explain_hidden
from bot.cards.text import clip, count, escape_line, one_line
from bot.gate.setting import TITLE_LANGUAGE
from bot.navigation.address import Address
from bot.navigation.frame import COVERS_LABEL, PORTRAITS_LABEL, Choice, Frame, Shown
from bot.navigation.row import Row
from bot.navigation.sheet import Sheet, hides_part, render_glance, render_sheet
from bot.navigation.viewer import Viewer
from bot.service.record import Card, Found

_WORKS_AT_MOST = 5
_VOICED_AT_MOST = 2
_HEADING_LIMIT = 250
_NAME_LIMIT = 80
_WORK_LIMIT = 150
_YEARS = re.compile("[0-9]+(?:[-–][0-9]+)?")


# Characters


def render_character(card: Card[Character], found: Found[Appearance], *, viewer: Viewer, address: Address) -> Shown:
    """A character at a glance. `found`: works that they are in, which say whether they may stand here.

    One who is known from works for adults alone, or from none, is not shown outside age-restricted channels.
    """
    character, works = card.entry, list_works(found, viewer)
    if not (viewer.age_restricted or works):
        return render_closed(None, viewer, address)
    sheet = Sheet(
        heading=_format_heading(character.name, viewer),
        line=[*_list_glance(character, works, viewer)],
        cover=build_portrait(character, viewer),
        description=build_codes(character.description or "", facts=False),
    )
    return render_glance(sheet, _build_character_frame(card.with_part(found), works, viewer, address))


def render_character_details(
    card: Card[Character], found: Found[Appearance], *, viewer: Viewer, address: Address
) -> Shown:
    """All facts about a character, and the whole description, likewise."""
    character, works = card.entry, list_works(found, viewer)
    if not (viewer.age_restricted or works):
        return render_closed(None, viewer, address)
    aliases = [*character.name.alternative, *(character.name.alternative_spoiler if address.spoiler >= 2 else ())]
    sheet = Sheet(
        heading=format_list_heading(name_of(character.name, viewer), "", "Details"),
        facts=[*_list_aliases(aliases), *_list_character_facts(character)],
        description=build_codes(character.description or ""),
        blocks=[format_works("In", works, viewer)],
    )
    frame = _build_character_frame(card.with_part(found), works, viewer, address)
    return render_sheet(sheet, replace(frame, notes=()))


def _build_character_frame(card: Card[Character], works: Sequence[MediaRow], viewer: Viewer, address: Address) -> Frame:
    character = card.entry
    secret = any(map(one_line, character.name.alternative_spoiler))
    return replace(
        _build_frame(card, "character", works, viewer, address),
        hidden=hides_part(build_codes(character.description or ""), address) or (secret and address.spoiler < 2),
        notes=[explain_hidden([find_portrait(character)], viewer, noun="portrait")],
    )


def render_appearances(card: Card[Character], found: Found[Appearance], *, viewer: Viewer, address: Address) -> Shown:
    """A page of the works that a character is in, as AniList cuts them.

    The page does not tell whether the character may be shown: if their best known work is not for everybody, and none
    on a later page is, not even the name stands there.
    """
    is_safe = card.entry.is_adult is False or any(may_show_work(one.media, viewer) for one in found.items)
    if not (viewer.age_restricted or is_safe):
        if address.number == 1:
            return render_closed(None, viewer, address)
        cut = cut_block(found, address, PART_SIZE)
        frame = Frame(viewer, address, source=SOURCE)
        return render_pictured(
            "## Works", [], frame, found=cut, pictures=COVERS_LABEL, empty="", left_out=len(cut.items)
        )
    return render_works(card.entry.name, found, _build_frame(card, "character", (), viewer, address))


def may_stand(one: Character | Person | Studio, viewer: Viewer) -> bool:
    """Whether a list may name somebody: not a character who may be known from works for adults."""
    return viewer.age_restricted or not isinstance(one, Character) or one.is_adult is False


def render_character_list(found: Found[Character], *, heading: str, viewer: Viewer, address: Address) -> Shown:
    """A page of characters, without those who may be known from works for adults. `heading` is escaped."""
    rows = [
        build_person_row(one, viewer, address, lead=lead, details=[*_list_known(one, viewer)])
        for lead, one in number_part(found, address)
        if may_stand(one, viewer)
    ]
    return render_profiles(rows, found, heading=heading, viewer=viewer, address=address)


# Staff


def render_person(card: Card[Person], found: Found[Appearance], *, viewer: Viewer, address: Address) -> Shown:
    """Somebody of the staff at a glance. `found`: works that they made or play in."""
    person, works = card.entry, list_works(found, viewer)
    sheet = Sheet(
        heading=_format_heading(person.name, viewer),
        line=[", ".join(person.primary_occupations[:2]), name_word(person.language_v2, {})],
        cover=build_portrait(person, viewer),
        description=build_codes(person.description or ""),
        blocks=[format_works("Works", works, viewer)],
    )
    return render_glance(sheet, _build_person_frame(card.with_part(found), works, viewer, address))


def render_person_details(card: Card[Person], found: Found[Appearance], *, viewer: Viewer, address: Address) -> Shown:
    """All facts about somebody, and the whole description."""
    person = card.entry
    sheet = Sheet(
        heading=format_list_heading(name_of(person.name, viewer), "", "Details"),
        facts=[*_list_aliases(person.name.alternative), *_list_person_facts(person)],
        description=build_codes(person.description or ""),
    )
    return render_sheet(sheet, _build_person_frame(card.with_part(found), (), viewer, address))


def _build_person_frame(card: Card[Person], works: Sequence[MediaRow], viewer: Viewer, address: Address) -> Frame:
    return replace(
        _build_frame(card, "staff", works, viewer, address),
        hidden=hides_part(build_codes(card.entry.description or ""), address),
        notes=[explain_hidden([find_portrait(card.entry)], viewer, noun="portrait")],
    )


def render_person_works(card: Card[Person], found: Found[Appearance], *, viewer: Viewer, address: Address) -> Shown:
    """A page of the works that somebody worked on, as AniList cuts them."""
    frame = _build_frame(card, "staff", (), viewer, address)
    empty = "AniList knows nothing yet that they worked on. What they speak in stands under Roles."
    return render_works(card.entry.name, found, frame, empty=empty)


def render_person_roles(card: Card[Person], found: Found[Appearance], *, viewer: Viewer, address: Address) -> Shown:
    """A page of the works with somebody's voice, likewise."""
    frame = _build_frame(card, "staff", (), viewer, address)
    return render_works(card.entry.name, found, frame, title="Roles", empty="AniList knows no roles of theirs yet.")


def render_person_list(found: Found[Person], *, heading: str, viewer: Viewer, address: Address) -> Shown:
    """A page of people. `heading` is escaped."""
    rows = [
        build_person_row(one, viewer, address, lead=lead, details=[", ".join(one.primary_occupations[:2])])
        for lead, one in number_part(found, address)
    ]
    return render_profiles(rows, found, heading=heading, viewer=viewer, address=address)


# Works


def render_works(
    name: Name | str,
    found: Found[Appearance],
    frame: Frame,
    *,
    title: str = "Works",
    empty: str = "AniList knows no works yet.",
    roles: Mapping[str, str] = ROLES,
) -> Shown:
    """A page of the works of somebody of that name, without those that may not stand here.

    `roles`: what AniList's words for a part in a work are called.
    """
    viewer, address = frame.viewer, frame.address
    heading = format_list_heading(name if isinstance(name, str) else name_of(name, viewer), "", title)
    listed = number_part(found, address)
    rows = [
        build_media_row(one.media, viewer, address, lead=lead, beside=_name_part(one, roles))
        for lead, one in listed
        if may_show_work(one.media, viewer)
    ]
    cut = cut_block(found, address, PART_SIZE)
    return render_pictured(
        heading, rows, frame, found=cut, pictures=COVERS_LABEL, empty=empty, left_out=len(listed) - len(rows)
    )


def render_profiles(
    rows: Sequence[Row],
    found: Found[Any],
    *,
    heading: str,
    viewer: Viewer,
    address: Address,
    pictures: str = PORTRAITS_LABEL,
) -> Shown:
    """A page of characters, people or studios. `heading` is escaped, `pictures` as in `Frame`."""
    cut, frame = cut_block(found, address, PART_SIZE), Frame(viewer, address, source=SOURCE)
    heading = f"## {clip(heading, _HEADING_LIMIT)}"
    return render_pictured(
        heading, rows, frame, found=cut, pictures=pictures, empty=NO_MATCH, left_out=len(cut.items) - len(rows)
    )


def list_works(found: Found[Appearance], viewer: Viewer) -> list[MediaRow]:
    """The works that may stand here, each once."""
    return [*{row.id: row for row in keep_shown((one.media for one in found.items), viewer)}.values()]


def format_works(heading: str, works: Sequence[MediaRow], viewer: Viewer) -> str:
    """The first few works as lines; nothing if there are none."""
    shown = works[:_WORKS_AT_MOST]
    lines = [format_line(title_of(row, viewer), _list_details(row), room=_WORK_LIMIT) for row in shown]
    return "\n".join([f"**{heading}:**", *lines]) if lines else ""


def build_work_choices(works: Sequence[MediaRow], viewer: Viewer, address: Address) -> list[Choice]:
    """The ways to the cards of works."""
    return [choice for row in works for choice in build_media_choice(row, viewer, address)]


# Facts


def _build_frame(
    card: Card[Character] | Card[Person], kind: str, works: Sequence[MediaRow], viewer: Viewer, address: Address
) -> Frame:
    entry_id = card.entry.id
    return Frame(
        viewer,
        address,
        choices=build_work_choices(works, viewer, address),
        placeholder="Open a work",
        links=link_to_anilist(kind, entry_id),
        age_s=card.age_s,
        stale=card.stale,
        source=SOURCE,
    )


def _format_heading(name: Name, viewer: Viewer) -> str:
    first, second = choose_names(name, viewer.rules[TITLE_LANGUAGE])
    return format_heading(first, second, otherwise="Unnamed")


def _list_details(row: MediaRow) -> list[str]:
    """What tells an anime from the manga of the same name."""
    return [name_word(row.format, FORMATS), format_year(row)]


def _name_part(appearance: Appearance, roles: Mapping[str, str]) -> str:
    """`Main`, `Theme song`, or whom a voice actor speaks: `Main · Okabe Rintarou`."""
    role = appearance.role or ""
    return " · ".join(
        filter(
            None, (roles.get(role, one_line(role)), join_some(map(one_line, appearance.characters), _VOICED_AT_MOST))
        )
    )


def _list_glance(character: Character, works: Sequence[MediaRow], viewer: Viewer) -> Iterator[str]:
    for row in works[:1]:
        yield f"In {title_of(row, viewer)}"
    yield character.gender or ""
    yield _format_age(one_line(character.age or ""))
    yield format_fuzzy_date(character.date_of_birth)


def _format_age(age: str) -> str:
    """What AniList says of an age, such as `17`, `16-17`, `17-`, `15 years` or `Unknown`, such that it reads as one."""
    if _YEARS.fullmatch(age):
        return "1 year" if age == "1" else f"{age} years"
    return f"Age {age}" if age[:1].isdecimal() and "year" not in age.casefold() else age


def _list_known(character: Character, viewer: Viewer) -> Iterator[str]:
    """What tells a character from others of their name: what they are known from, and how well."""
    if title := choose_titles(character.best_known, viewer.rules[TITLE_LANGUAGE])[0]:
        yield f"In {title}"
    if character.favourites is not None and character.favourites > 0:
        yield count(character.favourites, "favourite")


def _list_aliases(aliases: Sequence[str]) -> Iterator[str]:
    if shown := join_some(dict.fromkeys(clip(escape_line(alias), _NAME_LIMIT) for alias in aliases), 5):
        yield format_fact("Also known as", shown)


def _list_character_facts(character: Character) -> Iterator[str]:
    facts = (
        ("Gender", character.gender),
        ("Age", character.age),
        ("Birthday", format_fuzzy_date(character.date_of_birth)),
        ("Blood type", character.blood_type),
    )
    yield from _list_named(facts)
    yield from _list_favourites(character.favourites)


def _list_person_facts(person: Person) -> Iterator[str]:
    facts = (
        ("Occupations", ", ".join(person.primary_occupations[:4])),
        ("Language", name_word(person.language_v2, {})),
        ("Gender", person.gender),
        ("Born", format_fuzzy_date(person.date_of_birth)),
        ("Age", str(person.age) if person.age is not None and 0 < person.age < 200 else ""),
        ("Home town", person.home_town),
    )
    yield from _list_named(facts)
    yield from _list_favourites(person.favourites)


def _list_named(facts: Sequence[tuple[str, str | None]]) -> Iterator[str]:
    for name, value in facts:
        if shown := escape_line(value or ""):
            yield format_fact(name, shown, limit=_NAME_LIMIT)


def _list_favourites(favourites: int | None) -> Iterator[str]:
    if favourites is not None and favourites > 0:
        yield format_fact("Favourites", f"{favourites:,}")
