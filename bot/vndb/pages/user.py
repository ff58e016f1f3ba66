"""The pages of people's public lists, and VNDB's own numbers."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import msgspec

from bot.cards.chart import build_vote_chart
from bot.cards.chart_file import build_chart_file, fetch_chart
from bot.errors import ServiceError
from bot.navigation.address import Address
from bot.navigation.frame import Shown
from bot.navigation.page import Page, Visit
from bot.navigation.viewer import Viewer
from bot.service.record import Card, Found
from bot.vndb.api import kind as kinds
from bot.vndb.api import where
from bot.vndb.api.filter import all_of
from bot.vndb.api.list_sort import LIST_SORTS
from bot.vndb.api.model import Label, ListEntry, Stats, User
from bot.vndb.api.names import Names
from bot.vndb.api.query import ListQuery
from bot.vndb.api.user import VOTED, Labels, Votes
from bot.vndb.cards.comparison import render_comparison
from bot.vndb.cards.list import count_rows
from bot.vndb.cards.route import EntryRoute, UserListRoute, entry
from bot.vndb.cards.stats import render_stats
from bot.vndb.cards.user import list_votes, render_user, render_user_list
from bot.vndb.pages.list import BLOCK, fetch_rows
from bot.vndb.pages.source import VndbSources


@dataclass(frozen=True, slots=True)
class Profile:
    """Somebody, their lists and votes. `labels` None: VNDB failed. `chart` is a PNG, if there are votes."""

    user: Card[User]
    labels: Labels | None
    votes: Votes
    chart: bytes | None


@dataclass(frozen=True)
class UserCard(Page[VndbSources, Profile], EntryRoute):
    id: Annotated[str, entry("u")]

    async def ask(self, visit: Visit[VndbSources]) -> Profile:
        users = visit.sources.vndb.users
        user = await users.fetch_user(self.id)
        labels = await _find_labels(self.id, visit.sources)
        votes = await users.fetch_votes(self.id)
        chart = await fetch_chart(build_vote_chart(list_votes(votes.entries))) if votes.entries else None
        return Profile(user, labels, votes, chart)

    def show(self, asked: Profile, viewer: Viewer, address: Address) -> Shown:
        chart = None if asked.chart is None else build_chart_file(asked.chart)
        return render_user(asked.user, asked.labels, asked.votes, viewer=viewer, address=address, chart=chart)


@dataclass(frozen=True, slots=True)
class Shelf:
    """A page of somebody's list, and whose it is."""

    found: Found[ListEntry]
    user: User
    labels: Sequence[Label]
    names: Names


class UserList(Page[VndbSources, Shelf], UserListRoute):
    async def ask(self, visit: Visit[VndbSources]) -> Shelf:
        vndb = visit.sources.vndb
        user = await vndb.users.fetch_user(self.id)
        labels = _list(await _find_labels(self.id, visit.sources))
        order, wanted = LIST_SORTS[self.sort], where.ULIST.label.eq(self.label_id)
        query = ListQuery(
            kinds.LIST_ENTRY,
            filters=wanted if order.only in {None, wanted} else all_of(wanted, order.only or wanted),
            sort=order.sort,
            reverse=order.reverse,
            results=BLOCK,
            user=self.id,
        )
        skip = await vndb.users.count_unknown(query) if order.unknown_first else 0
        rows = count_rows(kinds.VN.prefix, visit.address)
        found = await fetch_rows(vndb, query, number=visit.address.number, rows=rows, skip=skip)
        if found.count is None and order.only in {None, wanted} and found.more:
            # To count, VNDB has to be told of all labels: it refuses to count a list.
            total = next((one.count for one in labels if one.id == self.label_id), None)
            found = msgspec.structs.replace(found, count=None if total is None else total - skip)
        return Shelf(found, user.entry, labels, await vndb.fetch_names())

    def show(self, asked: Shelf, viewer: Viewer, address: Address) -> Shown:
        return render_user_list(
            asked.found,
            user=asked.user,
            label=self.label_id,
            sort=self.sort,
            labels=asked.labels,
            names=asked.names,
            viewer=viewer,
            address=address,
        )


@dataclass(frozen=True, slots=True)
class Compared:
    """Two people, their votes on what both voted on, and how many votes each has, if that is known."""

    users: tuple[User, User]
    votes: tuple[Votes, Votes]
    totals: tuple[int | None, int | None]


@dataclass(frozen=True)
class UserComparison(Page[VndbSources, Compared]):
    """What two people think of the novels that both voted on."""

    path = "compare/{first}/{second}"
    first: Annotated[str, entry("u")]
    second: Annotated[str, entry("u")]

    async def ask(self, visit: Visit[VndbSources]) -> Compared:
        users = visit.sources.vndb.users
        first, second = await asyncio.gather(users.fetch_user(self.first), users.fetch_user(self.second))
        votes = await asyncio.gather(
            users.fetch_common(self.first, self.second), users.fetch_common(self.second, self.first)
        )
        totals = [_find_total(_list(await _find_labels(one, visit.sources))) for one in (self.first, self.second)]
        return Compared((first.entry, second.entry), votes, (totals[0], totals[1]))

    def show(self, asked: Compared, viewer: Viewer, address: Address) -> Shown:
        return render_comparison(asked.users, asked.votes, asked.totals, viewer=viewer, address=address)


class StatsPage(Page[VndbSources, Card[Stats]]):
    """VNDB in numbers."""

    path = "stats"

    async def ask(self, visit: Visit[VndbSources]) -> Card[Stats]:
        return await visit.sources.vndb.fetch_stats()

    def show(self, asked: Card[Stats], viewer: Viewer, address: Address) -> Shown:
        return render_stats(asked, viewer=viewer, address=address)


async def _find_labels(user_id: str, sources: VndbSources) -> Labels | None:
    """Somebody's labels; None where VNDB fails, since they only name what is there without them."""
    try:
        return await sources.vndb.users.fetch_labels(user_id)
    except ServiceError:
        return None


def _list(found: Labels | None) -> list[Label]:
    return [] if found is None else found.labels


def _find_total(labels: list[Label]) -> int | None:
    return next((label.count for label in labels if label.id == VOTED), None)
