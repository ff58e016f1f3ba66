"""Producers: companies, groups and people that make novels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import discord
from discord import ui

from bot.cards.fact import format_fact, format_heading
from bot.cards.text import escape_line
from bot.navigation.address import Address
from bot.navigation.frame import Frame, Shown
from bot.navigation.sheet import Sheet, hides_part, render_sheet
from bot.navigation.viewer import Viewer
from bot.service.record import Card, Found
from bot.vndb.api.model import Producer, Vn
from bot.vndb.api.names import Names
from bot.vndb.cards.card import build_vn_choices, format_aliases, format_links, format_novels
from bot.vndb.cards.text import SOURCE, link_to_vndb
from bot.vndb.cards.title import retitle


def render_producer(
    card: Card[Producer],
    novels: Found[Vn] | None = None,
    *,
    names: Names,
    viewer: Viewer,
    address: Address,
    picture: ui.Item[Any] | None = None,
    files: Sequence[discord.File] = (),
    notes: Sequence[str] = (),
) -> Shown:
    """The card of a producer. `novels` are its best ones, and `picture` a chart whose file is in `files`."""
    producer = retitle(card.entry, viewer)
    best = [retitle(vn, viewer) for vn in novels.items] if novels else []
    sheet = Sheet(
        heading=format_heading(producer.name, producer.original, otherwise=producer.id),
        facts=list(_list_facts(producer, names)),
        description=producer.description or "",
        blocks=[format_novels("Best rated", best), format_links(producer.extlinks)],
        picture=picture,
    )
    frame = Frame(
        viewer,
        address,
        choices=build_vn_choices(best, names=names, address=address),
        placeholder="Pick a visual novel to open its card",
        hidden=hides_part(producer.description, address),
        links=link_to_vndb(producer.id, "p"),
        notes=notes,
        age_s=card.age_s,
        stale=card.stale,
        source=SOURCE,
    )
    return render_sheet(sheet, frame, files=files)


def _list_facts(producer: Producer, names: Names) -> Iterator[str]:
    if producer.type:
        yield format_fact("Type", escape_line(names.producer_type(producer.type)))
    if producer.lang:
        yield format_fact("Language", escape_line(names.language(producer.lang)))
    yield format_aliases("Also known as", producer.aliases)
