"""The pages of a visual novel, a random one, and those like one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Generic, Protocol, TypeVar

import msgspec

from bot.errors import NotFound, ServiceError
from bot.navigation.address import Address
from bot.navigation.frame import Shown, Trail
from bot.navigation.page import Opened, Page, Redirect, Visit, open_page
from bot.navigation.viewer import Viewer
from bot.service.record import Card, Found
from bot.vndb.api import kind as kinds
from bot.vndb.api import where
from bot.vndb.api.client import SERVICE, Drawn, Similar, Vndb
from bot.vndb.api.filter import Filter
from bot.vndb.api.model import Character, Quote, Release, Vn
from bot.vndb.api.names import Names
from bot.vndb.api.query import MAX_RESULTS, ListQuery
from bot.vndb.cards.list import build_search_url, can_carry
from bot.vndb.cards.route import EntryRoute, entry
from bot.vndb.cards.vn.character import render_characters
from bot.vndb.cards.vn.overview import render_details, render_overview
from bot.vndb.cards.vn.quote import render_quotes
from bot.vndb.cards.vn.relation import render_links, render_relations
from bot.vndb.cards.vn.release import render_releases
from bot.vndb.cards.vn.screenshot import render_screenshots
from bot.vndb.cards.vn.staff import render_staff
from bot.vndb.cards.vn.tag import render_similar, render_tags
from bot.vndb.pages.gate import check_filter, may_tell
from bot.vndb.pages.list import describe_wanted, read_carried
from bot.vndb.pages.source import VndbSources

A = TypeVar("A")
S_contra = TypeVar("S_contra", contravariant=True)
T = TypeVar("T", bound=msgspec.Struct)

DRAWS = 3
TOO_LONG = "The filter is too long for a button to another one; the command gives it."

Named = tuple[Card[Vn], Names]


class RenderNamed(Protocol):
    """Makes a page of a novel."""

    def __call__(self, card: Card[Vn], *, names: Names, viewer: Viewer, address: Address) -> Shown: ...


@dataclass(frozen=True)
class VnPage(Page[S_contra, A], EntryRoute, Generic[S_contra, A]):
    """A page of a novel."""

    menu = "vn"
    id: Annotated[str, entry("v")]


class NamedPage(VnPage[VndbSources, Named]):
    """A page on which codes of VNDB have names. `kind` is what is asked for of the novel, `render` shows it."""

    kind: ClassVar[kinds.Kind[Vn]] = kinds.VN_DETAILS
    render: ClassVar[RenderNamed]

    async def ask(self, visit: Visit[VndbSources]) -> Named:
        card = await visit.sources.vndb.fetch(self.kind, self.id)
        return card, await visit.sources.vndb.fetch_names()

    def show(self, asked: Named, viewer: Viewer, address: Address) -> Shown:
        card, names = asked
        return type(self).render(card, names=names, viewer=viewer, address=address)


class Overview(VnPage[VndbSources, tuple[Card[Vn], Names, Sequence[str]]]):
    """The card. What is asked for holds notes, which are escaped."""

    label = "Overview"

    async def ask(self, visit: Visit[VndbSources]) -> tuple[Card[Vn], Names, Sequence[str]]:
        card = await visit.sources.vndb.fetch(kinds.VN, self.id)
        return card, await visit.sources.vndb.fetch_names(), ()

    def show(self, asked: tuple[Card[Vn], Names, Sequence[str]], viewer: Viewer, address: Address) -> Shown:
        card, names, notes = asked
        return render_overview(card, names=names, viewer=viewer, address=address, notes=notes)


class Details(NamedPage):
    path = "{id}/details"
    label = "Details"
    kind = kinds.VN
    render = staticmethod(render_details)


class Characters(VnPage[VndbSources, tuple[Card[Vn], Found[Character]]]):
    path = "{id}/characters"
    label = "Characters"

    async def ask(self, visit: Visit[VndbSources]) -> tuple[Card[Vn], Found[Character]]:
        card = await visit.sources.vndb.fetch(kinds.VN_DETAILS, self.id)
        query = ListQuery(kinds.CHARACTER, filters=where.CHARACTER.vn.eq(where.VN.id.eq(self.id)), results=MAX_RESULTS)
        # VNDB cannot sort by role, so all must be there before the first can be shown.
        return card, await _fetch_blocks(visit.sources.vndb, query)

    def show(self, asked: tuple[Card[Vn], Found[Character]], viewer: Viewer, address: Address) -> Shown:
        card, found = asked
        return render_characters(card.with_part(found), found.items, found.more, viewer=viewer, address=address)


class Releases(VnPage[VndbSources, tuple[Card[Vn], Found[Release], Names]]):
    path = "{id}/releases"
    label = "Releases"

    async def ask(self, visit: Visit[VndbSources]) -> tuple[Card[Vn], Found[Release], Names]:
        vndb = visit.sources.vndb
        of_vn = where.RELEASE.vn.eq(where.VN.id.eq(self.id))
        query = ListQuery(kinds.RELEASE, filters=of_vn, sort="released", results=MAX_RESULTS)
        found = await _fetch_blocks(vndb, query)
        # The releases name the novel as well: that spares a question.
        card = _find_novel(self.id, found) or await vndb.fetch(kinds.VN, self.id)
        return card, found, await vndb.fetch_names()

    def show(self, asked: tuple[Card[Vn], Found[Release], Names], viewer: Viewer, address: Address) -> Shown:
        card, found, names = asked
        return render_releases(card, found.items, found.more, names=names, viewer=viewer, address=address)


class StaffOfVn(NamedPage):
    path = "{id}/staff"
    label = "Staff"
    render = staticmethod(render_staff)


class Tags(NamedPage):
    path = "{id}/tags"
    label = "Tags"
    kind = kinds.VN
    render = staticmethod(render_tags)


class Screenshots(VnPage[VndbSources, Card[Vn]]):
    path = "{id}/screenshots"
    label = "Screenshots"

    async def ask(self, visit: Visit[VndbSources]) -> Card[Vn]:
        return await visit.sources.vndb.fetch(kinds.VN_DETAILS, self.id)

    def show(self, asked: Card[Vn], viewer: Viewer, address: Address) -> Shown:
        return render_screenshots(asked, viewer=viewer, address=address)


class Relations(NamedPage):
    path = "{id}/relations"
    label = "Relations"
    render = staticmethod(render_relations)


class Quotes(VnPage[VndbSources, tuple[Card[Vn], Found[Quote]]]):
    path = "{id}/quotes"
    label = "Quotes"

    async def ask(self, visit: Visit[VndbSources]) -> tuple[Card[Vn], Found[Quote]]:
        card = await visit.sources.vndb.fetch(kinds.VN, self.id)
        of_vn = where.QUOTE.vn.eq(where.VN.id.eq(self.id))
        query = ListQuery(kinds.QUOTE, filters=of_vn, sort="score", reverse=True, results=MAX_RESULTS)
        return card, await _fetch_blocks(visit.sources.vndb, query)

    def show(self, asked: tuple[Card[Vn], Found[Quote]], viewer: Viewer, address: Address) -> Shown:
        card, found = asked
        return render_quotes(card.with_part(found), found.items, found.more, viewer=viewer, address=address)


class Links(NamedPage):
    path = "{id}/links"
    label = "Titles and links"
    render = staticmethod(render_links)


class SimilarNovels(VnPage[VndbSources, tuple[Similar, Names]]):
    path = "similar/{id}"
    label = "Similar visual novels"

    async def ask(self, visit: Visit[VndbSources]) -> tuple[Similar, Names]:
        similar = await visit.sources.vndb.fetch_similar(self.id, age_restricted=visit.viewer.age_restricted)
        return similar, await visit.sources.vndb.fetch_names()

    def show(self, asked: tuple[Similar, Names], viewer: Viewer, address: Address) -> Shown:
        similar, names = asked
        base = msgspec.structs.replace(similar.base, age_s=similar.age_s, stale=similar.stale)
        return render_similar(base, similar.ranked, names=names, viewer=viewer, address=address)


class RandomVn(Redirect[VndbSources]):
    """A novel by chance: one of those that match what the message carries."""

    path = "random/v"

    async def follow(self, visit: Visit[VndbSources]) -> Opened:
        carried = read_carried(visit)
        return await draw(None if carried is None else await visit.sources.vndb.normalise(kinds.VN, carried), visit)


async def draw(wanted: Filter[Vn] | None, visit: Visit[VndbSources]) -> Opened:
    """A random one of the novels that match, with a button for another one."""
    await check_filter(visit.sources.vndb, wanted, visit.viewer, spoiler=visit.address.spoiler)
    drawn = await _draw(wanted, visit)
    # The link is of use by itself, and it is how the button knows what was asked for.
    url = build_search_url("v", drawn.compact) if drawn.compact else None
    repeats = url is None or can_carry(url)
    return open_page(
        Overview(drawn.card.entry.id),
        (drawn.card, await visit.sources.vndb.fetch_names(), () if repeats else (TOO_LONG,)),
        trail=Trail(again=visit.address.go(RandomVn()) if repeats else None, search=url),
    )


async def _draw(wanted: Filter[Vn] | None, visit: Visit[VndbSources]) -> Drawn:
    """A novel that may stand on the page. Raises `NotFound` where drawing goes on to give only others."""
    vndb = visit.sources.vndb
    for _ in range(DRAWS):
        try:
            drawn = await vndb.fetch_random(wanted)
        except NotFound as error:
            missed = NotFound(SERVICE, error.what)
            missed.asked = "" if wanted is None else await describe_wanted(vndb, wanted, await vndb.fetch_names())
            raise missed from None
        if may_tell(drawn.card.entry, wanted, visit.address.spoiler):
            return drawn
    raise NotFound(SERVICE, "visual novel like that, but for some of which it would give something away")


def _find_novel(vn_id: str, found: Found[Release]) -> Card[Vn] | None:
    novels = (vn for release in found.items for vn in release.vns if vn.id == vn_id)
    return next((Card(vn, found.age_s, found.stale) for vn in novels), None)


async def _fetch_blocks(vndb: Vndb, query: ListQuery[T]) -> Found[T]:
    """The first two hundred, more than nearly any novel has; `more` if there are further ones."""
    first = await vndb.fetch_list(query)
    if not first.more:
        return first
    try:
        second = await vndb.fetch_list(msgspec.structs.replace(query, page=2))
    except ServiceError:
        return first  # with `more`, so the page says that there are others
    return Found(
        [*first.items, *second.items], second.more, max(first.age_s, second.age_s), first.stale or second.stale
    )
