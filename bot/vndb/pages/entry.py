"""The pages of characters, releases, producers, staff, tags, traits and quotes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

import msgspec

from bot.cards.chart import Chart, build_chart_gallery, build_year_chart
from bot.cards.chart_file import build_chart_file, fetch_chart
from bot.errors import ServiceError
from bot.interaction.error import render_error
from bot.navigation.address import Address
from bot.navigation.frame import Shown, Trail
from bot.navigation.page import Opened, Page, Redirect, Visit, open_page
from bot.navigation.viewer import Viewer
from bot.service.record import Card, Found
from bot.vndb.api import kind as kinds
from bot.vndb.api import where
from bot.vndb.api.filter import Filter
from bot.vndb.api.model import Character, Producer, Quote, Release, Staff, Tag, Trait, Vn
from bot.vndb.api.names import Names
from bot.vndb.api.query import MAX_RESULTS, ListQuery
from bot.vndb.cards.character import (
    render_character,
    render_character_details,
    render_character_novels,
    render_character_traits,
)
from bot.vndb.cards.producer import render_producer, render_producer_details
from bot.vndb.cards.quote import render_quote
from bot.vndb.cards.release import render_release, render_release_details, render_release_pictures
from bot.vndb.cards.route import EntryRoute, RandomQuoteRoute, entry
from bot.vndb.cards.staff import render_staff, render_staff_details
from bot.vndb.cards.tag import render_tag, render_tag_details, render_trait, render_trait_details
from bot.vndb.pages.gate import add_label_fields, may_tell
from bot.vndb.pages.source import VndbSources

A = TypeVar("A")
T = TypeVar("T", bound=msgspec.Struct)

MIN_YEARS = 3
NO_CHART = Chart("", (), unit="")


@dataclass(frozen=True)
class CharacterPage(Page[VndbSources, A], EntryRoute, Generic[A]):
    """A page of a character."""

    menu = "character"
    id: Annotated[str, entry("c")]


class CharacterCard(CharacterPage[tuple[Card[Character], Names]]):
    label = "Overview"

    async def ask(self, visit: Visit[VndbSources]) -> tuple[Card[Character], Names]:
        card = await visit.sources.vndb.fetch(kinds.CHARACTER, self.id)
        return card, await visit.sources.vndb.fetch_names()

    def show(self, asked: tuple[Card[Character], Names], viewer: Viewer, address: Address) -> Shown:
        card, names = asked
        return render_character(card, names=names, viewer=viewer, address=address)


class CharacterDetails(CharacterPage[tuple[Card[Character], Names]]):
    path = "{id}/details"
    label = "Details"

    async def ask(self, visit: Visit[VndbSources]) -> tuple[Card[Character], Names]:
        card = await visit.sources.vndb.fetch(kinds.CHARACTER, self.id)
        return card, await visit.sources.vndb.fetch_names()

    def show(self, asked: tuple[Card[Character], Names], viewer: Viewer, address: Address) -> Shown:
        card, names = asked
        return render_character_details(card, names=names, viewer=viewer, address=address)


class CharacterTraits(CharacterPage[Card[Character]]):
    path = "{id}/traits"
    label = "Traits"

    async def ask(self, visit: Visit[VndbSources]) -> Card[Character]:
        return await visit.sources.vndb.fetch(kinds.CHARACTER, self.id)

    def show(self, asked: Card[Character], viewer: Viewer, address: Address) -> Shown:
        return render_character_traits(asked, viewer=viewer, address=address)


class CharacterNovels(CharacterPage[tuple[Card[Character], Names]]):
    path = "{id}/novels"
    label = "Visual novels"

    async def ask(self, visit: Visit[VndbSources]) -> tuple[Card[Character], Names]:
        card = await visit.sources.vndb.fetch(kinds.CHARACTER, self.id)
        return card, await visit.sources.vndb.fetch_names()

    def show(self, asked: tuple[Card[Character], Names], viewer: Viewer, address: Address) -> Shown:
        card, names = asked
        return render_character_novels(card, names=names, viewer=viewer, address=address)


class RandomCharacter(Redirect[VndbSources]):
    path = "random/c"

    async def follow(self, visit: Visit[VndbSources]) -> Opened:
        card = await visit.sources.vndb.fetch_random_character()
        names = await visit.sources.vndb.fetch_names()
        return open_page(CharacterCard(card.entry.id), (card, names), trail=Trail(again=visit.address.go(self)))


@dataclass(frozen=True)
class ReleasePage(Page[VndbSources, tuple[Card[Release], Names]], EntryRoute):
    """A page of a release."""

    menu = "release"
    id: Annotated[str, entry("r")]

    async def ask(self, visit: Visit[VndbSources]) -> tuple[Card[Release], Names]:
        card = await visit.sources.vndb.fetch(kinds.RELEASE, self.id)
        return card, await visit.sources.vndb.fetch_names()


class ReleaseCard(ReleasePage):
    label = "Overview"

    def show(self, asked: tuple[Card[Release], Names], viewer: Viewer, address: Address) -> Shown:
        card, names = asked
        return render_release(card, names=names, viewer=viewer, address=address)


class ReleaseDetails(ReleasePage):
    path = "{id}/details"
    label = "Details"

    def show(self, asked: tuple[Card[Release], Names], viewer: Viewer, address: Address) -> Shown:
        card, names = asked
        return render_release_details(card, names=names, viewer=viewer, address=address)


class ReleasePictures(ReleasePage):
    path = "{id}/pictures"
    label = "Pictures"

    def show(self, asked: tuple[Card[Release], Names], viewer: Viewer, address: Address) -> Shown:
        card, names = asked
        return render_release_pictures(card, names=names, viewer=viewer, address=address)


@dataclass(frozen=True, slots=True)
class Works:
    """What belongs on a card beside its entry: the novels, or a `note` why there are none. `chart` is of their years,
    and `picture` is it as a PNG, if there are enough of them.
    """

    novels: Found[Vn]
    note: str = ""
    chart: Chart = NO_CHART
    picture: bytes | None = None


@dataclass(frozen=True)
class ProducerPage(Page[VndbSources, A], EntryRoute, Generic[A]):
    """A page of a producer."""

    menu = "producer"
    id: Annotated[str, entry("p")]


class ProducerCard(ProducerPage[tuple[Card[Producer], Works, Names]]):
    label = "Overview"

    async def ask(self, visit: Visit[VndbSources]) -> tuple[Card[Producer], Works, Names]:
        card = await visit.sources.vndb.fetch(kinds.PRODUCER, self.id)
        novels, note = await _find_best(visit.sources, by_developer(self.id))
        names = await visit.sources.vndb.fetch_names()
        chart = build_year_chart((vn.released for vn in novels.items), unit="novel")
        # A bar or two say no more than the list does.
        picture = await fetch_chart(chart) if len(chart.bars) >= MIN_YEARS else None
        return card, Works(novels, note, chart, picture), names

    def show(self, asked: tuple[Card[Producer], Works, Names], viewer: Viewer, address: Address) -> Shown:
        card, works, names = asked
        novels = works.novels
        file = None if works.picture is None else build_chart_file(works.picture)
        counted = f"The chart counts the {len(novels.items)} best rated novels."
        return render_producer(
            card.with_part(novels),
            novels,
            names=names,
            viewer=viewer,
            address=address,
            picture=None if file is None else build_chart_gallery(works.chart, file),
            files=[] if file is None else [file],
            notes=[works.note, counted if file and novels.more else ""],
        )


class ProducerDetails(ProducerPage[tuple[Card[Producer], Names]]):
    path = "{id}/details"
    label = "Details"

    async def ask(self, visit: Visit[VndbSources]) -> tuple[Card[Producer], Names]:
        card = await visit.sources.vndb.fetch(kinds.PRODUCER, self.id)
        return card, await visit.sources.vndb.fetch_names()

    def show(self, asked: tuple[Card[Producer], Names], viewer: Viewer, address: Address) -> Shown:
        card, names = asked
        return render_producer_details(card, names=names, viewer=viewer, address=address)


@dataclass(frozen=True)
class StaffPage(Page[VndbSources, A], EntryRoute, Generic[A]):
    """A page of somebody of a novel's staff."""

    menu = "staff"
    id: Annotated[str, entry("s")]


class StaffCard(StaffPage[tuple[Card[Staff], Works, Names]]):
    label = "Overview"

    async def ask(self, visit: Visit[VndbSources]) -> tuple[Card[Staff], Works, Names]:
        card = await visit.sources.vndb.fetch(kinds.STAFF, self.id)
        fields = kinds.VN.row_fields + kinds.CREDIT_FIELDS
        novels, note = await _find(
            visit.sources, ListQuery(kinds.VN, by_staff(self.id), sort="rating", reverse=True, fields=fields)
        )
        return card, Works(novels, note), await visit.sources.vndb.fetch_names()

    def show(self, asked: tuple[Card[Staff], Works, Names], viewer: Viewer, address: Address) -> Shown:
        card, works, names = asked
        novels = works.novels
        return render_staff(
            card.with_part(novels), novels, names=names, viewer=viewer, address=address, notes=[works.note]
        )


class StaffDetails(StaffPage[tuple[Card[Staff], Names]]):
    path = "{id}/details"
    label = "Details"

    async def ask(self, visit: Visit[VndbSources]) -> tuple[Card[Staff], Names]:
        card = await visit.sources.vndb.fetch(kinds.STAFF, self.id)
        return card, await visit.sources.vndb.fetch_names()

    def show(self, asked: tuple[Card[Staff], Names], viewer: Viewer, address: Address) -> Shown:
        card, names = asked
        return render_staff_details(card, names=names, viewer=viewer, address=address)


@dataclass(frozen=True)
class TagPage(Page[VndbSources, A], EntryRoute, Generic[A]):
    """A page of a tag."""

    menu = "tag"
    id: Annotated[str, entry("g")]


class TagCard(TagPage[tuple[Card[Tag], Works, Names]]):
    """The card. Of a sexual tag no novels are asked for where it may not stand."""

    label = "Overview"

    async def ask(self, visit: Visit[VndbSources]) -> tuple[Card[Tag], Works, Names]:
        card = await visit.sources.vndb.fetch(kinds.TAG, self.id)
        names = await visit.sources.vndb.fetch_names()
        if card.entry.is_sexual and not visit.viewer.age_restricted:
            return card, Works(Found([], more=False)), names
        wanted = by_tag(self.id, visit)
        novels, note = await _find_best(visit.sources, wanted)
        shown = [vn for vn in novels.items if may_tell(vn, wanted, visit.address.spoiler)]
        return card, Works(msgspec.structs.replace(novels, items=shown), note), names

    def show(self, asked: tuple[Card[Tag], Works, Names], viewer: Viewer, address: Address) -> Shown:
        card, works, names = asked
        novels = works.novels
        return render_tag(
            card.with_part(novels), novels, names=names, viewer=viewer, address=address, notes=[works.note]
        )


class TagDetails(TagPage[Card[Tag]]):
    path = "{id}/details"
    label = "Details"

    async def ask(self, visit: Visit[VndbSources]) -> Card[Tag]:
        return await visit.sources.vndb.fetch(kinds.TAG, self.id)

    def show(self, asked: Card[Tag], viewer: Viewer, address: Address) -> Shown:
        return render_tag_details(asked, viewer=viewer, address=address)


@dataclass(frozen=True)
class TraitPage(Page[VndbSources, A], EntryRoute, Generic[A]):
    """A page of a trait."""

    menu = "trait"
    id: Annotated[str, entry("i")]


class TraitCard(TraitPage[tuple[Card[Trait], Found[Character], str]]):
    """The card, with some who have it, or a note why there are none. As with `TagCard`."""

    label = "Overview"

    async def ask(self, visit: Visit[VndbSources]) -> tuple[Card[Trait], Found[Character], str]:
        card = await visit.sources.vndb.fetch(kinds.TRAIT, self.id)
        if card.entry.sexual and not visit.viewer.age_restricted:
            return card, Found([], more=False), ""
        wanted = by_trait(self.id, visit)
        query = ListQuery(kinds.CHARACTER, wanted, fields=add_label_fields(kinds.CHARACTER, wanted))
        found, note = await _find(visit.sources, query)
        shown = [one for one in found.items if may_tell(one, wanted, visit.address.spoiler)]
        return card, msgspec.structs.replace(found, items=shown), note

    def show(self, asked: tuple[Card[Trait], Found[Character], str], viewer: Viewer, address: Address) -> Shown:
        card, found, note = asked
        return render_trait(card.with_part(found), found, viewer=viewer, address=address, notes=[note])


class TraitDetails(TraitPage[Card[Trait]]):
    path = "{id}/details"
    label = "Details"

    async def ask(self, visit: Visit[VndbSources]) -> Card[Trait]:
        return await visit.sources.vndb.fetch(kinds.TRAIT, self.id)

    def show(self, asked: Card[Trait], viewer: Viewer, address: Address) -> Shown:
        return render_trait_details(asked, viewer=viewer, address=address)


class QuoteCard(Page[VndbSources, Card[Quote]], EntryRoute):
    id: Annotated[str, entry("q")]

    async def ask(self, visit: Visit[VndbSources]) -> Card[Quote]:
        return await visit.sources.vndb.fetch(kinds.QUOTE, self.id)

    def show(self, asked: Card[Quote], viewer: Viewer, address: Address) -> Shown:
        return render_quote(asked, viewer=viewer, address=address)


class RandomQuote(Redirect[VndbSources], RandomQuoteRoute):
    async def follow(self, visit: Visit[VndbSources]) -> Opened:
        card = await visit.sources.vndb.fetch_random_quote()
        return open_page(QuoteCard(card.entry.id), card)


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


def by_developer(producer_id: str) -> Filter[Vn]:
    """The novels that a producer developed."""
    return where.VN.developer.eq(where.PRODUCER.id.eq(producer_id))


def by_staff(staff_id: str) -> Filter[Vn]:
    """The novels that somebody worked on."""
    return where.VN.staff.eq(where.STAFF.id.eq(staff_id))


def by_tag(tag_id: str, visit: Visit[VndbSources]) -> Filter[Vn]:
    """The novels that have a tag. That one has it may itself be a spoiler."""
    return where.VN.tag.eq((tag_id, visit.address.spoiler, 0))


def by_trait(trait_id: str, visit: Visit[VndbSources]) -> Filter[Character]:
    """The characters that have a trait, likewise."""
    return where.CHARACTER.trait.eq((trait_id, visit.address.spoiler))
