"""What is said in a visual novel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from bot.cards.notation import explain_empty
from bot.cards.text import clean, clip, escape_line, one_line
from bot.navigation.address import Address
from bot.navigation.frame import Shown
from bot.navigation.row import Row
from bot.navigation.viewer import Viewer
from bot.service.record import Card
from bot.vndb.api.model import Character, Quote, Vn
from bot.vndb.cards.text import SOURCE
from bot.vndb.cards.title import retitle
from bot.vndb.cards.vn.page import MORE_ON_VNDB, Listing, appears_openly, build_choice, format_name, render_listing

_QUOTE_LIMIT = 800
_LINES_AT_MOST = 12


def render_quotes(card: Card[Vn], quotes: Sequence[Quote], more: bool, *, viewer: Viewer, address: Address) -> Shown:
    """A page of the quotes from a novel, in the order given. `more`: VNDB has others than these."""
    said = [retitle(quote, viewer) for quote in quotes if one_line(quote.quote)]
    listing = Listing(
        title="Quotes",
        rows=[_build_row(quote, card.entry.id, address) for quote in said],
        empty=explain_empty("quotes", at=SOURCE),
        hidden=any(quote.character and not appears_openly(quote.character, card.entry.id, address) for quote in said),
        notes=[MORE_ON_VNDB if more else ""],
    )
    return render_listing(card, listing, viewer=viewer, address=address)


def _build_row(quote: Quote, vn_id: str, address: Address) -> Row:
    lines = (escape_line(line) for line in clean(quote.quote).split("\n"))
    said = islice((line for line in lines if line), _LINES_AT_MOST)
    block = clip("\n".join(f"> {line}" for line in said), _QUOTE_LIMIT)
    known = quote.character is not None and appears_openly(quote.character, vn_id, address)
    speaker = quote.character if known else None
    choice = build_choice(address, speaker.id, "c", label=speaker.name) if speaker else None
    return Row(f"{block}\n-# {' · '.join(_list_facts(quote, speaker))}", choice=choice)


def _list_facts(quote: Quote, speaker: Character | None) -> Iterator[str]:
    if speaker:
        yield format_name(speaker.name, speaker.original, otherwise=speaker.id)
    yield f"score {quote.score:+d}" if quote.score else "score 0"
