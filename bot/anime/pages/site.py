"""What AniList has of itself and of a day: its numbers, birthdays, and one part of somebody's list."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Annotated

from msgspec.structs import replace

from bot.anime.api.anilist.error import SERVICE
from bot.anime.api.model import LIST_AT_MOST, AnimeUser, Character, FuzzyDate, ListEntry, SiteStats
from bot.anime.api.wish import PART_SIZE, MediaWish, is_as_wished
from bot.anime.cards.page import find_block, keep_shown
from bot.anime.cards.person import render_character_list
from bot.anime.cards.route import USER_NAME
from bot.anime.cards.stats import render_stats
from bot.anime.cards.text import LIST_STATUSES, format_fuzzy_date
from bot.anime.cards.user import LIST_SORTS, render_user_list
from bot.anime.pages.list import WISH
from bot.anime.pages.media import KINDS, pick_card
from bot.anime.pages.source import AnimeSources
from bot.errors import NotFound
from bot.navigation.address import Address
from bot.navigation.frame import Shown, Trail
from bot.navigation.page import Opened, Page, Redirect, Visit, open_page
from bot.navigation.route import one_of
from bot.navigation.viewer import Viewer
from bot.service.record import Card, Found

_RNG = random.Random()
ALL = "all"
"""Every status of a list."""


@dataclass(frozen=True)
class StatsPage(Page[AnimeSources, Card[SiteStats]]):
    path = "al-stats"

    async def ask(self, visit: Visit[AnimeSources]) -> Card[SiteStats]:
        return await visit.sources.anilist.fetch_stats()

    def show(self, asked: Card[SiteStats], viewer: Viewer, address: Address) -> Shown:
        return render_stats(asked, viewer=viewer, address=address)


@dataclass(frozen=True)
class Birthday(Page[AnimeSources, Found[Character]]):
    """The characters whose birthday is today, as AniList says."""

    path = "al-birthday"

    async def ask(self, visit: Visit[AnimeSources]) -> Found[Character]:
        found = await visit.sources.anilist.fetch_born(page=find_block(visit.address, PART_SIZE))
        if not found.items and visit.address.number == 1:
            raise NotFound(SERVICE, "character whose birthday is today")
        return found

    def show(self, asked: Found[Character], viewer: Viewer, address: Address) -> Shown:
        # The day is AniList's, which may be another one when a page is turned.
        born = next((one.date_of_birth for one in asked.items if one.date_of_birth.day), FuzzyDate())
        day = format_fuzzy_date(replace(born, year=None))
        heading = f"Whose birthday it is on {day}" if day else "Whose birthday it is"
        return render_character_list(asked, heading=heading, viewer=viewer, address=address)


@dataclass(frozen=True)
class UserShelf(Page[AnimeSources, tuple[Card[AnimeUser], Found[ListEntry]]]):
    """Somebody's list, or what is of one status there, in an order."""

    path = "al-list/{user}/{kind}/{status}/{sort}"
    user: Annotated[str, USER_NAME]
    kind: Annotated[str, one_of(KINDS)]
    status: Annotated[str, one_of((ALL, *LIST_STATUSES))]
    sort: Annotated[str, one_of(LIST_SORTS)]

    async def ask(self, visit: Visit[AnimeSources]) -> tuple[Card[AnimeUser], Found[ListEntry]]:
        card = await visit.sources.anilist.fetch_user(self.user)
        return card, await visit.sources.anilist.fetch_user_list(card.entry.id, KINDS[self.kind])

    def show(self, asked: tuple[Card[AnimeUser], Found[ListEntry]], viewer: Viewer, address: Address) -> Shown:
        card, listed = asked
        status = "" if self.status == ALL else self.status
        return render_user_list(
            card, listed, kind=KINDS[self.kind], viewer=viewer, address=address, status=status, sort=self.sort
        )


@dataclass(frozen=True)
class RandomOnShelf(Redirect[AnimeSources]):
    """A work of one status on somebody's list that is as wished, each as likely as any other."""

    path = "al-random/{user}/{status}/{wish}"
    user: Annotated[str, USER_NAME]
    status: Annotated[str, one_of(LIST_STATUSES)]
    wish: Annotated[MediaWish, WISH]

    async def follow(self, visit: Visit[AnimeSources]) -> Opened:
        card = await visit.sources.anilist.fetch_user(self.user)
        listed = await visit.sources.anilist.fetch_user_list(card.entry.id, self.wish.kind)
        rows = keep_shown((entry.media for entry in listed.items if entry.status == self.status), visit.viewer)
        fitting = [row for row in rows if is_as_wished(row, self.wish)]
        if not fitting:
            shelf = f"the public list of {card.entry.name} ({LIST_STATUSES[self.status]})"
            if listed.more:
                shelf = f"the first {LIST_AT_MOST:,} entries of {shelf}"
            raise NotFound(SERVICE, f"{self.wish.kind.lower()} like that on {shelf}")
        drawn = pick_card(_RNG.choice(fitting))
        return open_page(drawn, await drawn.ask(visit), trail=Trail(again=visit.address.go(self)))
