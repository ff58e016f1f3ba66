"""Short cards of the entries that somebody's message links to. Nothing in them is a spoiler."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from discord import ui

from bot.account.item import ThisIsMeButton
from bot.cards.fact import join_whole
from bot.cards.image import build_thumbnail
from bot.cards.markup import render_markup
from bot.cards.notation import format_length
from bot.cards.text import clip, count, escape_line, one_line
from bot.navigation.address import NOWHERE
from bot.navigation.frame import ACCENT, list_age
from bot.navigation.item import SeeButton
from bot.navigation.viewer import Viewer
from bot.service.image import Image
from bot.service.record import Card
from bot.vndb.api.model import Character, Producer, Release, Staff, Tag, Trait, User, Vn, find_id, is_sexual
from bot.vndb.api.names import Names
from bot.vndb.cards.release import find_picture, format_age_rating, list_marks
from bot.vndb.cards.route import EntryRoute
from bot.vndb.cards.staff import find_main_name
from bot.vndb.cards.text import SOURCE, format_date, format_votes, format_year
from bot.vndb.cards.title import retitle
from bot.vndb.cards.vn.page import shows_spoiler

AT_MOST = 5
"""Entries in one preview."""

Entry = Vn | Release | Producer | Character | Staff | Tag | Trait | User
EntryCard = (
    Card[Vn] | Card[Release] | Card[Producer] | Card[Character] | Card[Staff] | Card[Tag] | Card[Trait] | Card[User]
)

_PREFIXES: tuple[tuple[type[Entry], str], ...] = (
    (Vn, "v"),
    (Release, "r"),
    (Producer, "p"),
    (Character, "c"),
    (Staff, "s"),
    (Tag, "g"),
    (Trait, "i"),
    (User, "u"),
)
_TITLE_LIMIT = 150
_LINE_LIMIT = 160
_DESCRIPTION_LIMIT = 200
_BUTTON_LIMIT = 40


def build_vndb_preview(
    cards: Sequence[EntryCard], *, names: Names, viewer: Viewer, spoiler: bool = False
) -> ui.Container[Any]:
    """Short cards of one to five entries, each with a button that shows the whole card to who presses it. A profile
    that stands alone can be linked by whose it is.

    `spoiler`: all of it is covered until somebody uncovers it. An entry is at most seven components, and as much text
    as `share_text` leaves to one of five.
    """
    shown = list({card.entry.id: card for card in cards}.values())[:AT_MOST]
    allowed = {
        card.entry.id: retitle(card.entry, viewer)
        for card in shown
        if viewer.age_restricted or not is_sexual(card.entry)
    }
    container = ui.Container[Any](accent_colour=ACCENT, spoiler=spoiler)
    for card in shown:
        entry = allowed.get(card.entry.id)
        container.add_item(_build_body(entry, names=names, viewer=viewer) if entry else _refuse(viewer))
    known = [entry for entry in allowed.values() if find_id(entry.id, _find_prefix(entry))]
    buttons: list[ui.Item[Any]] = [_build_button(entry, alone=len(shown) == 1) for entry in known]
    if len(shown) == 1:
        buttons += [ThisIsMeButton("VNDB", entry.id) for entry in known if isinstance(entry, User)]
    if buttons:
        container.add_item(ui.ActionRow[Any](*buttons))
    age_s = max((card.age_s for card in shown if card.stale), default=0.0)
    age = list_age(SOURCE, age_s=age_s, stale=any(card.stale for card in shown))
    return container.add_item(ui.TextDisplay(f"-# {' · '.join([SOURCE, *age])}"))


def _build_button(entry: Entry, *, alone: bool) -> SeeButton:
    label = "Show more" if alone else f"More: {clip(_name(entry), _BUTTON_LIMIT)}"
    return SeeButton(NOWHERE.go(EntryRoute(entry.id)), label=label)


def _build_body(entry: Entry, *, names: Names, viewer: Viewer) -> ui.Item[ui.LayoutView]:
    lines = [f"### {clip(escape_line(_name(entry)), _TITLE_LIMIT)}"]
    facts = " · ".join(filter(None, _list_facts(entry, names)))
    lines += [clip(line, _LINE_LIMIT) for line in (facts, _format_people(entry)) if line]
    description = "" if isinstance(entry, (User, Release)) else _format_description(entry, viewer)
    if description:
        lines.append(description)
    text = "\n".join(lines)
    picture = _find_picture(entry, viewer)
    thumbnail = build_thumbnail(picture, viewer, description=f"Picture of {_name(entry)}")
    return ui.Section(text, accessory=thumbnail) if thumbnail else ui.TextDisplay(text)


def _format_description(entry: Vn | Producer | Character | Staff | Tag | Trait, viewer: Viewer) -> str:
    # On one line where its codes allow it.
    text = one_line(entry.description or "")
    return render_markup(text, limit=_DESCRIPTION_LIMIT, spoilers=False, adult=viewer.age_restricted)


def _refuse(viewer: Viewer) -> ui.TextDisplay[ui.LayoutView]:
    return ui.TextDisplay(f"That page of VNDB is about sexual content: it is previewed {viewer.adult_places}.")


def _find_prefix(entry: Entry) -> str:
    return next(prefix for kind, prefix in _PREFIXES if isinstance(entry, kind))


def _name(entry: Entry) -> str:
    if isinstance(entry, Staff):
        name = find_main_name(entry)[0]
    elif isinstance(entry, User):
        name = entry.username
    else:
        name = entry.title if isinstance(entry, (Vn, Release)) else entry.name
    return one_line(name) or one_line(entry.id) or "Untitled"


def _find_picture(entry: Entry, viewer: Viewer) -> Image | None:
    if isinstance(entry, (Vn, Character)):
        return entry.image
    return find_picture(entry, viewer) if isinstance(entry, Release) else None


def _list_facts(entry: Entry, names: Names) -> Iterator[str]:
    match entry:
        case Vn():
            yield format_year(entry.released)
            yield escape_line(names.language(entry.olang or ""))
            yield format_votes(entry.rating, entry.votecount)
        case Release():
            yield f"Release, {format_date(entry.released)}"
            yield format_age_rating(entry.minage)
            yield from list_marks(entry, names)
        case Producer():
            yield escape_line(names.producer_type(entry.type or "")) or "Producer"
            yield escape_line(names.language(entry.lang or ""))
        case Character():
            yield "Character"
            yield escape_line(names.sex((entry.sex or [None])[0] or ""))
        case Staff():
            yield "Staff"
            yield escape_line(names.language(entry.lang or ""))
        case Tag():
            yield f"Tag, {escape_line(names.tag_category(entry.category)).lower()}"
            yield f"on {count(max(entry.vn_count, 0), 'visual novel')}"
        case Trait():
            yield "Trait"
            yield escape_line(entry.group_name or "")
            yield f"on {count(max(entry.char_count, 0), 'character')}"
        case User():
            yield "VNDB user"
            if entry.lengthvotes > 0:
                yield f"{count(entry.lengthvotes, 'play time')}, {format_length(entry.lengthvotes_sum)} in all"


def _format_people(entry: Entry) -> str:
    """Whom an entry is by, or what it belongs to."""
    parts: list[str] = []
    if isinstance(entry, Vn):
        parts = [escape_line(producer.name) for producer in entry.developers]
    elif isinstance(entry, Release):
        parts = [escape_line(vn.title) for vn in entry.vns]
    elif isinstance(entry, Character):
        parts = [escape_line(vn.title) for vn in entry.vns if shows_spoiler(vn.spoiler, NOWHERE)]
    joined = join_whole((clip(part, _LINE_LIMIT // 2) for part in parts), ", ", limit=_LINE_LIMIT - 20)
    word = "By" if isinstance(entry, Vn) else "Of" if isinstance(entry, Release) else "In"
    return f"{word} {joined}" if joined else ""
