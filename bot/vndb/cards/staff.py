"""People who work on novels: their first two pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from bot.cards.fact import format_fact, format_heading, format_list_heading
from bot.cards.text import clip, count, escape_line
from bot.navigation.address import Address
from bot.navigation.frame import Frame, Shown
from bot.navigation.sheet import Sheet, hides_part, render_glance, render_sheet
from bot.navigation.viewer import Viewer
from bot.service.record import Card, Found
from bot.vndb.api.model import Staff, Vn
from bot.vndb.api.names import Names
from bot.vndb.cards.card import (
    NOVELS_AT_MOST,
    build_covers,
    build_vn_choices,
    choose_links,
    format_aliases,
    format_links,
    format_novel,
)
from bot.vndb.cards.text import SOURCE, link_to_vndb
from bot.vndb.cards.title import retitle

_ROLES_LIMIT = 120


def render_staff(
    card: Card[Staff],
    novels: Found[Vn] | None = None,
    *,
    names: Names,
    viewer: Viewer,
    address: Address,
    notes: Sequence[str] = (),
) -> Shown:
    """A person at a glance, under the main name. `novels` are the best known ones."""
    person = retitle(card.entry, viewer)
    best = [retitle(vn, viewer) for vn in novels.items] if novels else []
    covers, withheld = build_covers(best, viewer)
    name, original = find_main_name(person)
    sheet = Sheet(
        heading=format_heading(name, original, otherwise=person.id),
        line=[*_list_glance(person, names)],
        cover=covers,
        description=person.description or "",
        blocks=[_format_works(best, person.id, names)],
    )
    frame = _build_frame(card, viewer=viewer, address=address, notes=[withheld, *notes])
    choices = build_vn_choices(best, names=names, address=address)
    frame = replace(frame, choices=choices, placeholder="Open a visual novel")
    return render_glance(sheet, frame)


def render_staff_details(card: Card[Staff], *, names: Names, viewer: Viewer, address: Address) -> Shown:
    """All facts about a person, and the whole description."""
    person = retitle(card.entry, viewer)
    name, _ = find_main_name(person)
    links, withheld = choose_links(person.extlinks, viewer)
    sheet = Sheet(
        heading=format_list_heading(name, person.id, "Details"),
        facts=list(_list_facts(person, names)),
        description=person.description or "",
        blocks=[format_links(links)],
    )
    return render_sheet(sheet, _build_frame(card, viewer=viewer, address=address, notes=[withheld]))


def _build_frame(card: Card[Staff], *, viewer: Viewer, address: Address, notes: Sequence[str] = ()) -> Frame:
    return Frame(
        viewer,
        address,
        hidden=hides_part(card.entry.description, address),
        links=link_to_vndb(card.entry.id, "s"),
        notes=notes,
        age_s=card.age_s,
        stale=card.stale,
        source=SOURCE,
    )


def find_main_name(person: Staff) -> tuple[str, str | None]:
    """The main name, romanized, and in its own script, or as `retitle` put them. The row may be another name."""
    for alias in person.aliases:
        if alias.ismain:
            return alias.latin or alias.name, alias.name
    return person.name, person.original


def list_roles(vn: Vn, staff_id: str, names: Names) -> list[str]:
    """What a person did for a novel, each once."""
    codes = [credit.role for credit in vn.staff if credit.id == staff_id and credit.role]
    codes += ["seiyuu" for voice in vn.va if voice.staff.id == staff_id]
    return list(dict.fromkeys(names.staff_role(code) for code in codes))


def _format_works(novels: Sequence[Vn], staff_id: str, names: Names) -> str:
    works = [(vn, ", ".join(map(escape_line, list_roles(vn, staff_id, names)))) for vn in novels[:NOVELS_AT_MOST]]
    lines = [format_novel(place, vn, clip(roles, _ROLES_LIMIT)) for place, (vn, roles) in enumerate(works, 1)]
    return "\n".join(["**Worked on:**", *lines]) if lines else ""


def _list_glance(person: Staff, names: Names) -> Iterator[str]:
    if person.lang:
        yield names.language(person.lang)
    if person.gender:
        yield names.sex(person.gender)
    others = [alias for alias in person.aliases if not alias.ismain]
    if others:
        yield count(len(others), "other name")


def _list_facts(person: Staff, names: Names) -> Iterator[str]:
    if person.gender:
        yield format_fact("Gender", escape_line(names.sex(person.gender)))
    if person.lang:
        yield format_fact("Language", escape_line(names.language(person.lang)))
    others = (alias for alias in person.aliases if not alias.ismain)
    yield format_aliases(
        "Also known as",
        (f"{alias.latin} ({alias.name})" if alias.latin else alias.name for alias in others),
    )
