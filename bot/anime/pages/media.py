"""Anime and manga: `anime/9253` and its pages."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from discord import ui

from bot.anime.api.anilist.error import SERVICE
from bot.anime.api.model import CastMember, Credit, Media, MediaKind, MediaRow
from bot.anime.api.wish import PART_SIZE
from bot.anime.cards.cast import render_cast
from bot.anime.cards.credit import render_credits
from bot.anime.cards.link import render_links
from bot.anime.cards.media import render_details, render_media
from bot.anime.cards.page import find_block, may_show_work, render_closed
from bot.anime.cards.relation import render_recommendations, render_relations
from bot.anime.cards.route import HereRoute, MediaRoute, NovelRoute, find_route
from bot.anime.cards.text import find_kind, has_ended, is_known_id
from bot.anime.pages.source import AnimeSources
from bot.errors import NotFound
from bot.links.target import AnimeTarget
from bot.navigation.address import Address
from bot.navigation.frame import Shown
from bot.navigation.item import FollowButton, GoButton, SeeButton
from bot.navigation.page import Page, Visit
from bot.navigation.viewer import Viewer
from bot.service.record import Card, Found

A = TypeVar("A")
T = TypeVar("T")

KINDS: dict[str, MediaKind] = {"anime": "ANIME", "manga": "MANGA"}

_FROM_NOVEL = "VISUAL_NOVEL"

Part = tuple[Card[Media], Found[T]]
"""A work, and what is asked for of it besides: nothing, if it may not stand here."""

Whole = tuple[Card[Media], bool]
"""A work, and whether a part of it is missing, which amvstrm does not send."""


class MediaPage(Page[AnimeSources, A], MediaRoute, Generic[A]):
    """A page of a work. Whether it may stand here is asked where it is shown."""

    menu = "media"

    async def fetch(self, visit: Visit[AnimeSources]) -> Card[Media]:
        """The work."""
        return await visit.sources.anime.fetch(KINDS[self.kind], self.id)

    async def fetch_whole(self, visit: Visit[AnimeSources]) -> Whole:
        """The work with what amvstrm does not send."""
        card, away = await visit.sources.anime.fetch_whole(KINDS[self.kind], self.id)
        return card, away is not None


class MediaCard(MediaPage[Card[Media]]):
    label = "Overview"

    async def ask(self, visit: Visit[AnimeSources]) -> Card[Media]:
        return await self.fetch(visit)

    def show(self, asked: Card[Media], viewer: Viewer, address: Address) -> Shown:
        if not may_show_work(asked.entry, viewer):
            return render_closed(asked.entry, viewer, address)
        actions: list[ui.Item[Any]] = [*_list_ways(asked.entry, viewer, address), *_list_follows(asked.entry)]
        if SERVICE in viewer.lists_on and is_known_id(asked.entry.id):
            way = address.go(HereRoute(find_kind(asked.entry), asked.entry.id))
            actions.append(SeeButton(way, label="Members", emoji="👥"))
        return render_media(asked, viewer=viewer, address=address, actions=actions)


class DetailsPage(MediaPage[Card[Media]]):
    path = "{kind}/{id}/details"
    label = "Details"

    async def ask(self, visit: Visit[AnimeSources]) -> Card[Media]:
        return await self.fetch(visit)

    def show(self, asked: Card[Media], viewer: Viewer, address: Address) -> Shown:
        return render_details(asked, viewer=viewer, address=address)


class CastPage(MediaPage[Part[CastMember]]):
    path = "{kind}/{id}/cast"
    label = "Characters"

    async def ask(self, visit: Visit[AnimeSources]) -> Part[CastMember]:
        card, number = await self.fetch(visit), find_block(visit.address, PART_SIZE)
        if not may_show_work(card.entry, visit.viewer):
            return card, Found([], more=False)
        return card, await visit.sources.anilist.fetch_cast(KINDS[self.kind], card.entry.id, page=number)

    def show(self, asked: Part[CastMember], viewer: Viewer, address: Address) -> Shown:
        card, found = asked
        return render_cast(card.with_part(found), found, viewer=viewer, address=address)


class CreditsPage(MediaPage[Part[Credit]]):
    path = "{kind}/{id}/staff"
    label = "Staff"

    async def ask(self, visit: Visit[AnimeSources]) -> Part[Credit]:
        card, number = await self.fetch(visit), find_block(visit.address, PART_SIZE)
        if not may_show_work(card.entry, visit.viewer):
            return card, Found([], more=False)
        return card, await visit.sources.anilist.fetch_credits(KINDS[self.kind], card.entry.id, page=number)

    def show(self, asked: Part[Credit], viewer: Viewer, address: Address) -> Shown:
        card, found = asked
        return render_credits(card.with_part(found), found, viewer=viewer, address=address)


class RelationsPage(MediaPage[Whole]):
    path = "{kind}/{id}/relations"
    label = "Relations"

    async def ask(self, visit: Visit[AnimeSources]) -> Whole:
        return await self.fetch_whole(visit)

    def show(self, asked: Whole, viewer: Viewer, address: Address) -> Shown:
        card, partial = asked
        ways = _list_ways(card.entry, viewer, address)
        return render_relations(card, viewer=viewer, address=address, partial=partial, actions=ways)


class RecommendationsPage(MediaPage[Part[MediaRow]]):
    path = "{kind}/{id}/recommendations"
    label = "Recommendations"

    async def ask(self, visit: Visit[AnimeSources]) -> Part[MediaRow]:
        card = await self.fetch(visit)
        if not may_show_work(card.entry, visit.viewer):
            return card, Found([], more=False)
        return card, await visit.sources.anime.fetch_recommendations(KINDS[self.kind], card.entry.id)

    def show(self, asked: Part[MediaRow], viewer: Viewer, address: Address) -> Shown:
        card, found = asked
        return render_recommendations(card.with_part(found), found, viewer=viewer, address=address)


class LinksPage(MediaPage[Whole]):
    path = "{kind}/{id}/links"
    label = "Titles and links"

    def name(self) -> str:
        return "Where to watch, titles and links" if self.kind == "anime" else self.label

    async def ask(self, visit: Visit[AnimeSources]) -> Whole:
        return await self.fetch_whole(visit)

    def show(self, asked: Whole, viewer: Viewer, address: Address) -> Shown:
        card, partial = asked
        return render_links(card, viewer=viewer, address=address, partial=partial)


def pick_card(row: MediaRow) -> MediaCard:
    """The card of a work that was found. Raises `NotFound` if its id is none."""
    route = find_route(row)
    if route is None:
        raise NotFound(SERVICE, "work of that number")
    return MediaCard(route.kind, route.id)


async def fetch_linked(target: AnimeTarget, sources: AnimeSources) -> Card[Media]:
    """The work that a link names. Raises `NotFound`, `ServiceError`."""
    kind = KINDS[target.kind]
    if target.site == "myanimelist":
        return await sources.anilist.fetch_by_mal(kind, target.id)
    return await sources.anime.fetch(kind, target.id)


def may_have_novel(media: Media) -> bool:
    """Whether a work came from a visual novel; amvstrm does not send what one came from."""
    return media.source in {_FROM_NOVEL, None}


def _list_ways(media: Media, viewer: Viewer, address: Address) -> list[GoButton]:
    """The way to the novel, where there is one: not where what the work came from is not known."""
    if find_kind(media) != "anime" or media.source != _FROM_NOVEL or not is_known_id(media.id):
        return []
    way = address.go(NovelRoute(media.id))
    return [GoButton(way, asker_id=viewer.asker_id, label="Visual novel", emoji="📖")]


def _list_follows(media: Media) -> list[FollowButton]:
    """What follows an anime of which an episode may come, as it can be followed from anywhere: if for everybody."""
    can = find_kind(media) == "anime" and media.is_adult is False and not has_ended(media) and is_known_id(media.id)
    return [FollowButton("anime", media.id)] if can else []
