"""The pages of a visual novel, a random one, and those like one."""

from __future__ import annotations

import dataclasses
from typing import TypeVar

import msgspec

from bot.errors import NotFound, ServiceError
from bot.navigation.frame import PageView
from bot.navigation.visit import Groups, Route, Visit
from bot.service.record import Card, Found
from bot.vndb.api import kind as kinds
from bot.vndb.api import where
from bot.vndb.api.client import SERVICE, Drawn, Vndb
from bot.vndb.api.filter import Filter
from bot.vndb.api.model import Release, Vn
from bot.vndb.api.query import MAX_RESULTS, ListQuery
from bot.vndb.cards.list import build_search_url, can_carry
from bot.vndb.cards.vn.character import render_characters
from bot.vndb.cards.vn.overview import render_overview
from bot.vndb.cards.vn.quote import render_quotes
from bot.vndb.cards.vn.relation import render_links, render_relations
from bot.vndb.cards.vn.release import render_releases
from bot.vndb.cards.vn.screenshot import render_screenshots
from bot.vndb.cards.vn.staff import render_staff
from bot.vndb.cards.vn.tag import render_similar, render_tags
from bot.vndb.pages.gate import check_filter, may_tell
from bot.vndb.pages.source import VndbSources

DRAWS = 3

T = TypeVar("T", bound=msgspec.Struct)


async def show_overview(groups: Groups, sources: VndbSources, visit: Visit) -> PageView:
    """The card of a novel: `groups` are its id."""
    card = await sources.vndb.fetch(kinds.VN, groups[0])
    names = await sources.vndb.fetch_names()
    return render_overview(card, names=names, viewer=visit.viewer, address=visit.address)


async def _show_characters(groups: Groups, sources: VndbSources, visit: Visit) -> PageView:
    card = await sources.vndb.fetch(kinds.VN_DETAILS, groups[0])
    query = ListQuery(kinds.CHARACTER, filters=where.CHARACTER.vn.eq(where.VN.id.eq(groups[0])), results=MAX_RESULTS)
    # VNDB cannot sort by role, so all must be there before the first can be shown.
    found = await _fetch_blocks(sources.vndb, query)
    return render_characters(card.with_part(found), found.items, found.more, viewer=visit.viewer, address=visit.address)


async def _show_releases(groups: Groups, sources: VndbSources, visit: Visit) -> PageView:
    query = ListQuery(
        kinds.RELEASE, filters=where.RELEASE.vn.eq(where.VN.id.eq(groups[0])), sort="released", results=MAX_RESULTS
    )
    found = await _fetch_blocks(sources.vndb, query)
    # The releases name the novel as well: that spares a question.
    card = _find_novel(groups[0], found) or await sources.vndb.fetch(kinds.VN, groups[0])
    names = await sources.vndb.fetch_names()
    return render_releases(card, found.items, found.more, names=names, viewer=visit.viewer, address=visit.address)


def _find_novel(vn_id: str, found: Found[Release]) -> Card[Vn] | None:
    novels = (vn for release in found.items for vn in release.vns if vn.id == vn_id)
    return next((Card(vn, found.age_s, found.stale) for vn in novels), None)


async def _show_staff(groups: Groups, sources: VndbSources, visit: Visit) -> PageView:
    card = await sources.vndb.fetch(kinds.VN_DETAILS, groups[0])
    names = await sources.vndb.fetch_names()
    return render_staff(card, names=names, viewer=visit.viewer, address=visit.address)


async def _show_tags(groups: Groups, sources: VndbSources, visit: Visit) -> PageView:
    card = await sources.vndb.fetch(kinds.VN, groups[0])
    names = await sources.vndb.fetch_names()
    return render_tags(card, names=names, viewer=visit.viewer, address=visit.address)


async def _show_screenshots(groups: Groups, sources: VndbSources, visit: Visit) -> PageView:
    card = await sources.vndb.fetch(kinds.VN_DETAILS, groups[0])
    return render_screenshots(card, viewer=visit.viewer, address=visit.address)


async def _show_relations(groups: Groups, sources: VndbSources, visit: Visit) -> PageView:
    card = await sources.vndb.fetch(kinds.VN_DETAILS, groups[0])
    names = await sources.vndb.fetch_names()
    return render_relations(card, names=names, viewer=visit.viewer, address=visit.address)


async def _show_quotes(groups: Groups, sources: VndbSources, visit: Visit) -> PageView:
    card = await sources.vndb.fetch(kinds.VN, groups[0])
    query = ListQuery(
        kinds.QUOTE,
        filters=where.QUOTE.vn.eq(where.VN.id.eq(groups[0])),
        sort="score",
        reverse=True,
        results=MAX_RESULTS,
    )
    found = await _fetch_blocks(sources.vndb, query)
    return render_quotes(card.with_part(found), found.items, found.more, viewer=visit.viewer, address=visit.address)


async def _show_links(groups: Groups, sources: VndbSources, visit: Visit) -> PageView:
    card = await sources.vndb.fetch(kinds.VN_DETAILS, groups[0])
    names = await sources.vndb.fetch_names()
    return render_links(card, names=names, viewer=visit.viewer, address=visit.address)


async def _show_similar(groups: Groups, sources: VndbSources, visit: Visit) -> PageView:
    similar = await sources.vndb.fetch_similar(groups[0], age_restricted=visit.viewer.age_restricted)
    names = await sources.vndb.fetch_names()
    base = dataclasses.replace(similar.base, age_s=similar.age_s, stale=similar.stale)
    return render_similar(base, similar.ranked, names=names, viewer=visit.viewer, address=visit.address)


async def show_random(wanted: Filter[Vn] | None, sources: VndbSources, visit: Visit) -> PageView:
    """A random one of the novels that match, with a button for another one."""
    await check_filter(sources.vndb, wanted, visit.viewer)
    drawn = await _draw(wanted, sources, visit)
    # The link is of use by itself, and it is how the button knows what was asked for.
    url = build_search_url("v", drawn.compact) if drawn.compact else None
    repeats = url is None or can_carry(url)
    viewer = dataclasses.replace(visit.viewer, search=url, again=visit.address.go("random/v") if repeats else None)
    return render_overview(
        drawn.card,
        names=await sources.vndb.fetch_names(),
        viewer=viewer,
        address=visit.address.go(drawn.card.entry.id),
        notes=() if repeats else ["The filter is too long for a button to another one; the command gives it."],
    )


async def _draw(wanted: Filter[Vn] | None, sources: VndbSources, visit: Visit) -> Drawn:
    """A novel that may stand on the page. Raises `NotFound` where drawing goes on to give only others."""
    for _ in range(DRAWS):
        drawn = await sources.vndb.fetch_random(wanted)
        if may_tell(drawn.card.entry, wanted, visit.address.spoiler):
            return drawn
    raise NotFound(SERVICE, "visual novel like that, but for some of which it would give something away")


async def _show_random(_groups: Groups, sources: VndbSources, visit: Visit) -> PageView:
    wanted = None if visit.filter is None else await sources.vndb.normalise(kinds.VN, visit.filter)
    return await show_random(wanted, sources, visit)


async def _fetch_blocks(vndb: Vndb, query: ListQuery[T]) -> Found[T]:
    """The first two hundred, more than nearly any novel has; `more` if there are further ones."""
    first = await vndb.fetch_list(query)
    if not first.more:
        return first
    try:
        second = await vndb.fetch_list(dataclasses.replace(query, page=2))
    except ServiceError:
        return first  # with `more`, so the page says that there are others
    return Found(
        [*first.items, *second.items], second.more, max(first.age_s, second.age_s), first.stale or second.stale
    )


_ID = "(v[1-9][0-9]{0,6})"

ROUTES: tuple[Route[VndbSources], ...] = (
    (_ID, show_overview),
    (f"{_ID}/characters", _show_characters),
    (f"{_ID}/releases", _show_releases),
    (f"{_ID}/staff", _show_staff),
    (f"{_ID}/tags", _show_tags),
    (f"{_ID}/screenshots", _show_screenshots),
    (f"{_ID}/relations", _show_relations),
    (f"{_ID}/quotes", _show_quotes),
    (f"{_ID}/links", _show_links),
    (f"similar/{_ID}", _show_similar),
    ("random/v", _show_random),
)
