"""The pages of characters, releases, producers, staff, tags, traits and quotes."""

from __future__ import annotations

import dataclasses
from typing import TypeVar

import msgspec

from bot.cards.chart import build_chart_gallery, build_year_chart
from bot.cards.chart_file import fetch_chart
from bot.cards.text import escape_line
from bot.errors import ServiceError
from bot.interaction.error import render_error
from bot.navigation.frame import PageView
from bot.navigation.visit import Groups, Route, Show, Visit
from bot.service.record import Found
from bot.vndb.api import kind as kinds
from bot.vndb.api import where
from bot.vndb.api.filter import Filter
from bot.vndb.api.model import Character, Producer, Staff, Vn
from bot.vndb.api.query import MAX_RESULTS, ListQuery
from bot.vndb.cards.character import render_character, render_character_novels, render_character_traits
from bot.vndb.cards.producer import render_producer
from bot.vndb.cards.quote import render_quote
from bot.vndb.cards.release import render_release, render_release_pictures
from bot.vndb.cards.staff import render_staff
from bot.vndb.cards.tag import render_tag, render_trait
from bot.vndb.cards.title import retitle
from bot.vndb.pages.gate import add_label_fields, may_tell
from bot.vndb.pages.list import CHARACTERS, VNS, show_rows
from bot.vndb.pages.source import VndbSources

T = TypeVar("T", bound=msgspec.Struct)

MIN_YEARS = 3


async def _show_character(groups: Groups, sources: VndbSources, visit: Visit) -> PageView:
    card = await sources.vndb.fetch(kinds.CHARACTER, groups[0])
    names = await sources.vndb.fetch_names()
    return render_character(card, names=names, viewer=visit.viewer, address=visit.address)


async def _show_character_traits(groups: Groups, sources: VndbSources, visit: Visit) -> PageView:
    card = await sources.vndb.fetch(kinds.CHARACTER, groups[0])
    return render_character_traits(card, viewer=visit.viewer, address=visit.address)


async def _show_character_novels(groups: Groups, sources: VndbSources, visit: Visit) -> PageView:
    card = await sources.vndb.fetch(kinds.CHARACTER, groups[0])
    names = await sources.vndb.fetch_names()
    return render_character_novels(card, names=names, viewer=visit.viewer, address=visit.address)


async def _show_random_character(_groups: Groups, sources: VndbSources, visit: Visit) -> PageView:
    card = await sources.vndb.fetch_random_character()
    names = await sources.vndb.fetch_names()
    viewer = dataclasses.replace(visit.viewer, again=visit.address)
    return render_character(card, names=names, viewer=viewer, address=visit.address.go(card.entry.id))


async def _show_release(groups: Groups, sources: VndbSources, visit: Visit) -> PageView:
    card = await sources.vndb.fetch(kinds.RELEASE, groups[0])
    names = await sources.vndb.fetch_names()
    return render_release(card, names=names, viewer=visit.viewer, address=visit.address)


async def _show_release_pictures(groups: Groups, sources: VndbSources, visit: Visit) -> PageView:
    card = await sources.vndb.fetch(kinds.RELEASE, groups[0])
    names = await sources.vndb.fetch_names()
    return render_release_pictures(card, names=names, viewer=visit.viewer, address=visit.address)


async def _show_producer(groups: Groups, sources: VndbSources, visit: Visit) -> PageView:
    card = await sources.vndb.fetch(kinds.PRODUCER, groups[0])
    novels, note = await _find_best(sources, _by_developer(groups[0]))
    names = await sources.vndb.fetch_names()
    chart = build_year_chart((vn.released for vn in novels.items), unit="novel")
    # A bar or two say no more than the list does.
    file = await fetch_chart(chart) if len(chart.bars) >= MIN_YEARS else None
    counted = f"The chart counts the {len(novels.items)} best rated novels." if file and novels.more else ""
    return render_producer(
        card.with_part(novels),
        novels,
        names=names,
        viewer=visit.viewer,
        address=visit.address,
        picture=None if file is None else build_chart_gallery(chart, file),
        files=[] if file is None else [file],
        notes=[note, counted],
    )


async def _show_staff(groups: Groups, sources: VndbSources, visit: Visit) -> PageView:
    card = await sources.vndb.fetch(kinds.STAFF, groups[0])
    wanted = _by_staff(groups[0])
    query = ListQuery(kinds.VN, wanted, sort="rating", reverse=True, fields=kinds.VN.row_fields + kinds.CREDIT_FIELDS)
    novels, note = await _find(sources, query)
    names = await sources.vndb.fetch_names()
    return render_staff(
        card.with_part(novels), novels, names=names, viewer=visit.viewer, address=visit.address, notes=[note]
    )


async def _show_tag(groups: Groups, sources: VndbSources, visit: Visit) -> PageView:
    card = await sources.vndb.fetch(kinds.TAG, groups[0])
    names = await sources.vndb.fetch_names()
    if card.entry.is_sexual and not visit.viewer.age_restricted:
        return render_tag(card, names=names, viewer=visit.viewer, address=visit.address)
    wanted = _by_tag(groups[0], visit)
    novels, note = await _find_best(sources, wanted)
    novels = dataclasses.replace(
        novels, items=[vn for vn in novels.items if may_tell(vn, wanted, visit.address.spoiler)]
    )
    return render_tag(
        card.with_part(novels), novels, names=names, viewer=visit.viewer, address=visit.address, notes=[note]
    )


async def _show_trait(groups: Groups, sources: VndbSources, visit: Visit) -> PageView:
    card = await sources.vndb.fetch(kinds.TRAIT, groups[0])
    if card.entry.sexual and not visit.viewer.age_restricted:
        return render_trait(card, viewer=visit.viewer, address=visit.address)
    wanted = _by_trait(groups[0], visit)
    query = ListQuery(kinds.CHARACTER, wanted, fields=add_label_fields(kinds.CHARACTER, wanted))
    found, note = await _find(sources, query)
    found = dataclasses.replace(
        found, items=[one for one in found.items if may_tell(one, wanted, visit.address.spoiler)]
    )
    return render_trait(card.with_part(found), found, viewer=visit.viewer, address=visit.address, notes=[note])


async def _show_quote(groups: Groups, sources: VndbSources, visit: Visit) -> PageView:
    card = await sources.vndb.fetch(kinds.QUOTE, groups[0])
    return render_quote(card, viewer=visit.viewer, address=visit.address)


async def _show_random_quote(_groups: Groups, sources: VndbSources, visit: Visit) -> PageView:
    card = await sources.vndb.fetch_random_quote()
    return render_quote(card, viewer=visit.viewer, address=visit.address.go(card.entry.id))


# Lists that belong to an entry


async def _show_producer_novels(groups: Groups, sources: VndbSources, visit: Visit) -> PageView:
    card = await sources.vndb.fetch(kinds.PRODUCER, groups[0])
    heading = f"Novels of {_name(card.entry, visit)}, by rating"
    return await show_rows(VNS, _by_developer(groups[0]), "rating", sources, visit, heading=heading, of_entry=groups[0])


async def _show_staff_novels(groups: Groups, sources: VndbSources, visit: Visit) -> PageView:
    card = await sources.vndb.fetch(kinds.STAFF, groups[0])
    heading = f"Novels with {_name(card.entry, visit)}, by rating"
    return await show_rows(VNS, _by_staff(groups[0]), "rating", sources, visit, heading=heading, of_entry=groups[0])


async def _show_staff_characters(groups: Groups, sources: VndbSources, visit: Visit) -> PageView:
    card = await sources.vndb.fetch(kinds.STAFF, groups[0])
    heading = f"Characters voiced by {_name(card.entry, visit)}"
    wanted = where.CHARACTER.seiyuu.eq(where.STAFF.id.eq(groups[0]))
    return await show_rows(CHARACTERS, wanted, "name", sources, visit, heading=heading, of_entry=groups[0])


async def _show_tag_novels(groups: Groups, sources: VndbSources, visit: Visit) -> PageView:
    card = await sources.vndb.fetch(kinds.TAG, groups[0])
    if card.entry.is_sexual and not visit.viewer.age_restricted:
        return await _show_tag(groups, sources, visit)
    return await show_rows(
        VNS,
        _by_tag(groups[0], visit),
        "rating",
        sources,
        visit,
        heading=f"Novels with {escape_line(card.entry.name)}, by rating",
        of_entry=groups[0],
    )


async def _show_trait_characters(groups: Groups, sources: VndbSources, visit: Visit) -> PageView:
    card = await sources.vndb.fetch(kinds.TRAIT, groups[0])
    if card.entry.sexual and not visit.viewer.age_restricted:
        return await _show_trait(groups, sources, visit)
    return await show_rows(
        CHARACTERS,
        _by_trait(groups[0], visit),
        "name",
        sources,
        visit,
        heading=f"Characters with {escape_line(card.entry.name)}",
        of_entry=groups[0],
    )


def _name(entry: Producer | Staff, visit: Visit) -> str:
    return escape_line(retitle(entry, visit.viewer).name)


async def _find_best(sources: VndbSources, wanted: Filter[Vn]) -> tuple[Found[Vn], str]:
    """The hundred best of them; enough for a card, and for when they were released."""
    fields = add_label_fields(kinds.VN, wanted)
    query = ListQuery(kinds.VN, wanted, sort="rating", reverse=True, results=MAX_RESULTS, fields=fields)
    return await _find(sources, query)


async def _find(sources: VndbSources, query: ListQuery[T]) -> tuple[Found[T], str]:
    """What belongs on a card beside its entry; nothing, and a sentence, where VNDB fails: the entry itself is there."""
    try:
        return await sources.vndb.fetch_list(query), ""
    except ServiceError as error:
        return Found([], more=False), f"A part is missing. {render_error(error)}"


def _by_developer(producer_id: str) -> Filter[Vn]:
    return where.VN.developer.eq(where.PRODUCER.id.eq(producer_id))


def _by_staff(staff_id: str) -> Filter[Vn]:
    return where.VN.staff.eq(where.STAFF.id.eq(staff_id))


def _by_tag(tag_id: str, visit: Visit) -> Filter[Vn]:
    # That a novel has the tag may itself be a spoiler.
    return where.VN.tag.eq((tag_id, visit.address.spoiler, 0))


def _by_trait(trait_id: str, visit: Visit) -> Filter[Character]:
    return where.CHARACTER.trait.eq((trait_id, visit.address.spoiler))


def _route(prefix: str, rest: str, show: Show[VndbSources]) -> Route[VndbSources]:
    return f"({prefix}[1-9][0-9]{{0,6}}){rest}", show


ROUTES: tuple[Route[VndbSources], ...] = (
    _route("c", "", _show_character),
    _route("c", "/traits", _show_character_traits),
    _route("c", "/novels", _show_character_novels),
    ("random/c", _show_random_character),
    _route("r", "", _show_release),
    _route("r", "/pictures", _show_release_pictures),
    _route("p", "", _show_producer),
    _route("p", "/novels", _show_producer_novels),
    _route("s", "", _show_staff),
    _route("s", "/novels", _show_staff_novels),
    _route("s", "/characters", _show_staff_characters),
    _route("g", "", _show_tag),
    _route("g", "/novels", _show_tag_novels),
    _route("i", "", _show_trait),
    _route("i", "/characters", _show_trait_characters),
    _route("q", "", _show_quote),
    ("random/q", _show_random_quote),
)
