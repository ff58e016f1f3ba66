"""Who made a visual novel: the original, and its translated editions."""

from __future__ import annotations

from collections.abc import Iterator

from bot.cards.notation import explain_empty
from bot.cards.text import clip, escape_line
from bot.navigation.address import Address
from bot.navigation.frame import Shown
from bot.navigation.row import Row
from bot.navigation.viewer import Viewer
from bot.service.record import Card
from bot.vndb.api.model import Credit, Edition, Vn
from bot.vndb.api.names import Names
from bot.vndb.cards.text import SOURCE
from bot.vndb.cards.title import retitle
from bot.vndb.cards.vn.page import NOTE_SPOILS, Listing, build_choice, format_name, render_listing, shows_spoiler

_ROLES = (
    "scenario",
    "chardesign",
    "art",
    "music",
    "songs",
    "director",
    "translator",
    "editor",
    "qa",
    "staff",
)
_ROLE_LIMIT = 60
_EDITION_LIMIT = 150
_NOTE_LIMIT = 300


def render_staff(card: Card[Vn], *, names: Names, viewer: Viewer, address: Address) -> Shown:
    """A page of who worked on a novel (`VN_DETAILS`), by edition and role."""
    with_notes = shows_spoiler(NOTE_SPOILS, address)
    rows = list(_list_rows(retitle(card.entry, viewer), names=names, address=address, with_notes=with_notes))
    listing = Listing(
        title="Staff",
        rows=rows,
        empty=explain_empty("staff", at=SOURCE),
        hidden=not with_notes and any(escape_line(credit.note or "") for credit in card.entry.staff),
    )
    return render_listing(card, listing, viewer=viewer, address=address)


def _list_rows(vn: Vn, *, names: Names, address: Address, with_notes: bool) -> Iterator[Row]:
    editions = {edition.eid: edition for edition in vn.editions}
    order = [None, *editions]
    several = any(credit.eid is not None for credit in vn.staff)

    def rank(credit: Credit) -> tuple[int, int, int]:
        edition = order.index(credit.eid) if credit.eid in order else len(order)
        return (edition, credit.eid or 0, _ROLES.index(credit.role) if credit.role in _ROLES else len(_ROLES))

    for credit in sorted(vn.staff, key=rank):
        role = names.staff_role(credit.role)
        heading = f"**{clip(escape_line(role) or 'Staff', _ROLE_LIMIT)}**"
        above = [_format_edition(credit.eid, editions, names)] if several else []
        note = escape_line(credit.note or "") if with_notes else ""
        text = f"- {format_name(credit.name, credit.original, otherwise=credit.id)}"
        if note:
            text += f": {clip(note, _NOTE_LIMIT)}"
        choice = build_choice(address, credit.id, "s", label=credit.name, description=role)
        yield Row(text, (*above, heading), choice)


def _format_edition(eid: int | None, editions: dict[int, Edition], names: Names) -> str:
    edition = None if eid is None else editions.get(eid)
    if edition is None:
        return "### Original" if eid is None else "### Another edition"
    parts = [names.language(edition.lang) if edition.lang else "", edition.name]
    parts.append("official" if edition.official else "unofficial")
    return f"### {clip(' · '.join(part for part in map(escape_line, parts) if part), _EDITION_LIMIT)}"
