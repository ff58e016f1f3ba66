"""Producers: companies, groups and people that make novels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import discord
from discord import ui
from msgspec.structs import replace

from bot.cards.fact import format_fact, format_heading, format_list_heading
from bot.cards.text import escape_line
from bot.navigation.address import Address
from bot.navigation.frame import Frame, Shown
from bot.navigation.item import FollowButton
from bot.navigation.sheet import Sheet, hides_part, render_glance, render_sheet
from bot.navigation.viewer import Viewer
from bot.service.record import Card, Found
from bot.vndb.api.model import Producer, Vn, find_id
from bot.vndb.api.names import Names
from bot.vndb.cards.card import (
    build_covers,
    build_vn_choices,
    choose_links,
    format_aliases,
    format_links,
    format_novels,
)
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
    """A producer at a glance. `novels` are its best ones, and `picture` a chart whose file is in `files`."""
    producer = retitle(card.entry, viewer)
    best = [retitle(vn, viewer) for vn in novels.items] if novels else []
    covers, withheld = build_covers(best, viewer)
    sheet = Sheet(
        heading=format_heading(producer.name, producer.original, otherwise=producer.id),
        line=[*_list_glance(producer, names)],
        cover=covers,
        description=producer.description or "",
        blocks=[format_novels("Best rated", best)],
        picture=picture,
    )
    frame = replace(
        _build_frame(card, viewer=viewer, address=address, notes=[withheld, *notes]),
        choices=build_vn_choices(best, names=names, address=address),
        placeholder="Open a visual novel",
        actions=[FollowButton("developer", int(producer.id[1:]))] if find_id(producer.id, "p") else (),
    )
    return render_glance(sheet, frame, files=files)


def render_producer_details(card: Card[Producer], *, names: Names, viewer: Viewer, address: Address) -> Shown:
    """All facts about a producer, and the whole description."""
    producer = retitle(card.entry, viewer)
    links, withheld = choose_links(producer.extlinks, viewer)
    sheet = Sheet(
        heading=format_list_heading(producer.name, producer.id, "Details"),
        facts=list(_list_facts(producer, names)),
        description=producer.description or "",
        blocks=[format_links(links)],
    )
    return render_sheet(sheet, _build_frame(card, viewer=viewer, address=address, notes=[withheld]))


def _build_frame(card: Card[Producer], *, viewer: Viewer, address: Address, notes: Sequence[str] = ()) -> Frame:
    return Frame(
        viewer,
        address,
        hidden=hides_part(card.entry.description, address),
        links=link_to_vndb(card.entry.id, "p"),
        notes=notes,
        age_s=card.age_s,
        stale=card.stale,
        source=SOURCE,
    )


def _list_glance(producer: Producer, names: Names) -> Iterator[str]:
    if producer.type:
        yield names.producer_type(producer.type)
    if producer.lang:
        yield names.language(producer.lang)


def _list_facts(producer: Producer, names: Names) -> Iterator[str]:
    if producer.type:
        yield format_fact("Type", escape_line(names.producer_type(producer.type)))
    if producer.lang:
        yield format_fact("Language", escape_line(names.language(producer.lang)))
    yield format_aliases("Also known as", producer.aliases)
