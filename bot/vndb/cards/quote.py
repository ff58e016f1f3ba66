"""Lines from novels."""

from __future__ import annotations

from typing import Any

import msgspec
from discord import ui

from bot.cards.fact import plain_name
from bot.cards.image import build_thumbnail, explain_hidden
from bot.cards.text import clip, escape, escape_line
from bot.navigation.address import Address
from bot.navigation.frame import Choice, Frame, Shown
from bot.navigation.item import GoButton
from bot.navigation.viewer import Viewer
from bot.service.image import Image
from bot.service.record import Card
from bot.vndb.api.model import Quote
from bot.vndb.cards.route import RandomQuoteRoute
from bot.vndb.cards.text import SOURCE
from bot.vndb.cards.title import retitle
from bot.vndb.cards.vn.page import appears_openly, build_choice

_QUOTE_LIMIT = 2000
_LINES_AT_MOST = 40
_NAME_LIMIT = 250


def render_quote(card: Card[Quote], *, viewer: Viewer, address: Address) -> Shown:
    """A quote, who says it and where, with the cover of the novel."""
    quote, hidden = _leave_out_speaker(retitle(card.entry, viewer), address)
    cover = quote.vn.image if quote.vn else None
    text = "\n".join(filter(None, (_format_quote(quote.quote), _format_source(quote), _format_score(quote.score))))
    again = GoButton(address.go(RandomQuoteRoute()), asker_id=viewer.asker_id, label="Another one", emoji="🎲")
    frame = Frame(
        viewer,
        address.turn(1),
        choices=_list_ways(quote, address),
        actions=[again],
        hidden=hidden,
        notes=[explain_hidden([cover], viewer, noun="cover")],
        age_s=card.age_s,
        stale=card.stale,
        source=SOURCE,
    )
    return Shown([_build_body(text, cover, quote, viewer)], frame)


def _leave_out_speaker(quote: Quote, address: Address) -> tuple[Quote, bool]:
    """The quote without who says it, if that they are in the novel is a spoiler; and whether it is."""
    vn_id = quote.vn.id if quote.vn else ""
    if quote.character is None or appears_openly(quote.character, vn_id, address):
        return quote, False
    return msgspec.structs.replace(quote, character=None), True


def _build_body(text: str, cover: Image | None, quote: Quote, viewer: Viewer) -> ui.Item[Any]:
    title = plain_name(quote.vn.title, quote.vn.id) if quote.vn else ""
    thumbnail = build_thumbnail(cover, viewer, description=f"Cover of {title}")
    return ui.Section(text, accessory=thumbnail) if thumbnail else ui.TextDisplay(text)


def _format_quote(quote: str) -> str:
    lines = [line for line in clip(escape(quote), _QUOTE_LIMIT).split("\n") if line.strip()]
    return "\n".join(f"> {line}" for line in lines[:_LINES_AT_MOST]) or "> …"


def _format_source(quote: Quote) -> str:
    name = clip(escape_line(quote.character.name), _NAME_LIMIT) if quote.character else ""
    title = clip(escape_line(quote.vn.title) or escape_line(quote.vn.id), _NAME_LIMIT) if quote.vn else ""
    who = f"**{name}**" if name else ""
    return "— " + ", ".join(filter(None, (who, title))) if name or title else ""


def _format_score(score: int) -> str:
    return f"-# {'+' if score > 0 else ''}{score:,} on VNDB" if score else ""


def _list_ways(quote: Quote, address: Address) -> list[Choice]:
    vn = quote.vn and build_choice(address, quote.vn.id, "v", label=quote.vn.title, description="The visual novel")
    speaker = quote.character and build_choice(
        address, quote.character.id, "c", label=quote.character.name, description="Who says it"
    )
    return [choice for choice in (vn, speaker) if choice]
