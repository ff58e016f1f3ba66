"""Characters, voice actors and staff: their cards, the works they belong to, and lists of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from bot.anime.api.model import Appearance, Character, MediaRow, Name, Person, Studio
from bot.anime.cards.cast import ROLES
from bot.anime.cards.list import NO_MATCH
from bot.anime.cards.markup import build_codes
from bot.anime.cards.page import (
    AT_MOST,
    build_media_choice,
    build_picture,
    format_line,
    may_show_work,
    render_closed,
    render_lines,
    share_room,
)
from bot.anime.cards.route import ProfileRoute
from bot.anime.cards.text import (
    FORMATS,
    SOURCE,
    format_fuzzy_date,
    format_year,
    is_known_id,
    link_to_anilist,
    name_word,
)
from bot.anime.cards.title import choose_names, name_of, title_of
from bot.cards.fact import format_fact, format_heading, format_list_heading, join_some
from bot.cards.image import build_thumbnail, explain_hidden
from bot.cards.text import NOTHING_HERE, clip, escape_line, one_line
from bot.gate.setting import TITLE_LANGUAGE
from bot.navigation.address import Address
from bot.navigation.frame import Choice, Frame, Shown
from bot.navigation.sheet import Sheet, hides_part, render_sheet
from bot.navigation.viewer import Viewer
from bot.service.record import Card, Found

_WORKS_AT_MOST = 5
_NAME_LIMIT = 80
_WORK_LIMIT = 150


# Characters


def render_character(card: Card[Character], found: Found[Appearance], *, viewer: Viewer, address: Address) -> Shown:
    """The card of a character. `found`: works that they are in, which say whether they may stand here.

    One who is known from works for adults alone, or from none, is not shown outside age-restricted channels. The
    portrait is for everybody only where all of the works are.
    """
    character = card.entry
    if not (viewer.age_restricted or any(may_show_work(one.media, viewer) for one in found.items)):
        return render_closed(None, viewer, address)
    codes = build_codes(character.description or "")
    safe = bool(found.items) and all(one.media.is_adult is False for one in found.items)
    picture = build_picture(character.image.large or character.image.medium, safe=safe)
    secret = any(map(one_line, character.name.alternative_spoiler))
    aliases = [*character.name.alternative, *(character.name.alternative_spoiler if address.spoiler >= 2 else ())]
    sheet = Sheet(
        heading=_format_heading(character.name, viewer),
        facts=[*_list_aliases(aliases), *_list_character_facts(character)],
        description=codes,
        blocks=[format_works("In", found, viewer)],
        thumbnail=build_thumbnail(picture, viewer, description=f"Picture of {name_of(character.name, viewer)}"),
    )
    frame = replace(
        _build_frame(card.with_part(found), "character", viewer, address),
        hidden=hides_part(codes, address) or (secret and address.spoiler < 2),
        notes=[explain_hidden([picture], viewer)],
    )
    return render_sheet(sheet, frame)


def render_appearances(card: Card[Character], found: Found[Appearance], *, viewer: Viewer, address: Address) -> Shown:
    """A page of the works that a character is in, as AniList cuts them.

    The page does not tell whether the character may be shown: if their best known work is not for everybody, and none
    on a later page is, not even the name stands there.
    """
    is_safe = card.entry.is_adult is False or any(may_show_work(one.media, viewer) for one in found.items)
    if not (viewer.age_restricted or is_safe):
        if address.number == 1:
            return render_closed(None, viewer, address)
        frame = Frame(viewer, address, source=SOURCE)
        return render_lines("## Works", [], frame, found=found, empty=NOTHING_HERE, left_out=len(found.items))
    frame = _build_frame(card, "character", viewer, address)
    return render_works(card.entry.name, found, frame)


def may_stand(one: Character | Person | Studio, viewer: Viewer) -> bool:
    """Whether a list may name somebody: not a character who may be known from works for adults."""
    return viewer.age_restricted or not isinstance(one, Character) or one.is_adult is False


def render_character_list(found: Found[Character], *, heading: str, viewer: Viewer, address: Address) -> Shown:
    """A page of characters, without those who may be known from works for adults. `heading` is escaped."""
    shown = [one for one in found.items if may_stand(one, viewer)]
    rows = [(character.id, character.name, "") for character in shown]
    frame, left_out = Frame(viewer, address, source=SOURCE), len(found.items) - len(shown)
    return _render_people(rows, found, "character", heading, frame, left_out=left_out)


# Staff


def render_person(card: Card[Person], found: Found[Appearance], *, viewer: Viewer, address: Address) -> Shown:
    """The card of somebody of the staff. `found`: works that they made or play in."""
    person = card.entry
    codes = build_codes(person.description or "")
    picture = build_picture(person.image.large or person.image.medium, safe=True)
    sheet = Sheet(
        heading=_format_heading(person.name, viewer),
        facts=[*_list_aliases(person.name.alternative), *_list_person_facts(person)],
        description=codes,
        blocks=[format_works("Works", found, viewer)],
        thumbnail=build_thumbnail(picture, viewer, description=f"Picture of {name_of(person.name, viewer)}"),
    )
    frame = replace(_build_frame(card.with_part(found), "staff", viewer, address), hidden=hides_part(codes, address))
    return render_sheet(sheet, frame)


def render_person_works(card: Card[Person], found: Found[Appearance], *, viewer: Viewer, address: Address) -> Shown:
    """A page of the works that somebody made or plays in, as AniList cuts them."""
    return render_works(card.entry.name, found, _build_frame(card, "staff", viewer, address))


def render_person_list(found: Found[Person], *, heading: str, viewer: Viewer, address: Address) -> Shown:
    """A page of people. `heading` is escaped."""
    rows = [(person.id, person.name, ", ".join(person.primary_occupations[:2])) for person in found.items]
    return _render_people(rows, found, "staff", heading, Frame(viewer, address, source=SOURCE))


# Works


def render_works(
    name: Name | str, found: Found[Appearance], frame: Frame, *, roles: Mapping[str, str] = ROLES
) -> Shown:
    """A page of the works of somebody of that name, without those that may not stand here.

    `roles`: what AniList's words for a part in a work are called.
    """
    viewer, address = frame.viewer, frame.address
    heading = format_list_heading(name if isinstance(name, str) else name_of(name, viewer), "", "Works")
    listed = [one for one in found.items if may_show_work(one.media, viewer)]
    shown = listed[:AT_MOST]
    room = share_room(heading, len(shown))
    lines = [
        format_line(title_of(one.media, viewer), [_name_role(one, roles), *_list_details(one.media)], room=room)
        for one in shown
    ]
    choices = [
        choice
        for one in shown
        for choice in build_media_choice(one.media, viewer, address, beside=_name_role(one, roles))
    ]
    return render_lines(
        heading,
        lines,
        replace(frame, choices=choices),
        found=found,
        empty="AniList knows no works yet.",
        left_out=len(found.items) - len(listed),
    )


def format_works(heading: str, found: Found[Appearance], viewer: Viewer) -> str:
    """The first few works that may stand here as lines; nothing if there are none."""
    shown: dict[int, MediaRow] = {one.media.id: one.media for one in found.items if may_show_work(one.media, viewer)}
    lines = [format_line(title_of(row, viewer), _list_details(row), room=_WORK_LIMIT) for row in shown.values()]
    return "\n".join([f"**{heading}:**", *lines[:_WORKS_AT_MOST]]) if lines else ""


def _render_people(
    rows: Sequence[tuple[int, Name, str]],
    found: Found[Character] | Found[Person],
    kind: str,
    heading: str,
    frame: Frame,
    *,
    left_out: int = 0,
) -> Shown:
    viewer, shown = frame.viewer, rows[:AT_MOST]
    heading = f"## {clip(heading, 250)}"
    room = share_room(heading, len(shown))
    lines: list[str] = []
    for _, name, details in shown:
        first, second = choose_names(name, viewer.rules[TITLE_LANGUAGE])
        lines.append(format_line(first or "Unnamed", [second, details], room=room))
    choices = [
        Choice(frame.address.go(ProfileRoute(kind, entry_id)), name_of(name, viewer), details)
        for entry_id, name, details in shown
        if is_known_id(entry_id)
    ]
    frame = replace(frame, choices=choices)
    return render_lines(heading, lines, frame, found=found, empty=NO_MATCH, left_out=left_out)


# Facts


def _build_frame(card: Card[Character] | Card[Person], kind: str, viewer: Viewer, address: Address) -> Frame:
    entry = card.entry
    return Frame(
        viewer,
        address,
        links=link_to_anilist(kind, entry.id),
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


def _name_role(appearance: Appearance, roles: Mapping[str, str]) -> str:
    role = appearance.role or ""
    return roles.get(role, one_line(role))


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
