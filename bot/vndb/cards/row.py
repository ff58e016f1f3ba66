"""Entries as rows of lists, and as options that lead to their cards."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from bot.cards.fact import plain_name
from bot.cards.notation import format_row, join_facts
from bot.navigation.address import Address
from bot.navigation.frame import Choice
from bot.navigation.row import Row
from bot.service.image import Image
from bot.vndb.api.model import Vn, find_id
from bot.vndb.api.names import Names
from bot.vndb.cards.route import EntryRoute
from bot.vndb.cards.text import format_votes, format_year

_LEADING = frozenset("vrpcsgi")
_PICTURES = {"v": "Cover of", "r": "Cover of", "c": "Portrait of"}


class EntryRow(msgspec.Struct, frozen=True):
    """An entry in a list. All is plain text, since a select shows it as well."""

    entry_id: str
    title: str
    original: str | None = None
    details: Sequence[str] = ()
    image: Image | None = None


def lay_row(
    entry: EntryRow, address: Address, *, lead: str = "", mark: str = "", below: str = "", groups: Sequence[str] = ()
) -> Row:
    """The row on the page at that address. `lead` stands before its title, `mark` behind it, `below` under everything;
    these and `groups` are markdown.
    """
    title, *small = format_row(entry.title, lead=lead, original=entry.original, details=entry.details).split("\n")
    return Row(
        "\n".join(filter(None, (f"{title}{mark}", *small, below))),
        tuple(groups),
        lead_to(entry, address),
        entry.image,
        f"{_PICTURES.get(entry.entry_id[:1], 'Picture of')} {entry.title}",
    )


def lay_rows(entries: Iterable[EntryRow], address: Address, *, first: int = 1) -> list[Row]:
    """The rows, numbered."""
    return [lay_row(entry, address, lead=f"{number}.") for number, entry in enumerate(entries, first)]


def lead_to(entry: EntryRow, address: Address) -> Choice | None:
    """The way to the card of an entry; None if its id is none."""
    prefix = entry.entry_id[:1]
    if prefix not in _LEADING or find_id(entry.entry_id, prefix) is None:
        return None
    return Choice(address.go(EntryRoute(entry.entry_id)), entry.title, join_facts(entry.details))


def build_vn_row(vn: Vn, *, names: Names, more: Iterable[str] = ()) -> EntryRow:
    """A novel: year, language, rating and `more`."""
    return EntryRow(vn.id, plain_name(vn.title, vn.id), vn.alttitle, (*list_vn_facts(vn, names), *more), vn.image)


def list_vn_facts(vn: Vn, names: Names) -> Sequence[str]:
    """What tells a novel from others of its name, as plain text: `2004`, `Japanese`, `8.50/10 (1,234 votes)`."""
    return format_year(vn.released), names.language(vn.olang) if vn.olang else "", format_votes(vn.rating, vn.votecount)
