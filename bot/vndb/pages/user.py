"""The pages of people's public lists, and VNDB's own numbers."""

from __future__ import annotations

import asyncio
import dataclasses

from bot.cards.chart import build_vote_chart
from bot.cards.chart_file import fetch_chart
from bot.errors import ServiceError
from bot.navigation.frame import PageView
from bot.navigation.visit import Groups, Route, Visit
from bot.vndb.api import kind as kinds
from bot.vndb.api import where
from bot.vndb.api.filter import all_of
from bot.vndb.api.list_sort import LIST_SORTS
from bot.vndb.api.model import Label
from bot.vndb.api.query import ListQuery
from bot.vndb.api.user import VOTED
from bot.vndb.cards.comparison import render_comparison
from bot.vndb.cards.stats import render_stats
from bot.vndb.cards.user import list_votes, render_user, render_user_list
from bot.vndb.pages.list import BLOCK, fetch_rows
from bot.vndb.pages.source import VndbSources


async def _show_user(groups: Groups, sources: VndbSources, visit: Visit) -> PageView:
    user = await sources.vndb.users.fetch_user(groups[0])
    labels = await _find_labels(groups[0], sources)
    votes = await sources.vndb.users.fetch_votes(groups[0])
    chart = await fetch_chart(build_vote_chart(list_votes(votes.entries))) if votes.entries else None
    return render_user(user, labels, votes, viewer=visit.viewer, address=visit.address, chart=chart)


async def _show_user_list(groups: Groups, sources: VndbSources, visit: Visit) -> PageView:
    user_id, label, sorting = groups
    user = await sources.vndb.users.fetch_user(user_id)
    labels = await _find_labels(user_id, sources)
    order, wanted = LIST_SORTS[sorting], where.ULIST.label.eq(int(label))
    query = ListQuery(
        kinds.LIST_ENTRY,
        filters=wanted if order.only in {None, wanted} else all_of(wanted, order.only or wanted),
        sort=order.sort,
        reverse=order.reverse,
        results=BLOCK,
        user=user_id,
    )
    skip = await sources.vndb.users.count_unknown(query) if order.unknown_first else 0
    found = await fetch_rows(sources.vndb, query, number=visit.address.number, skip=skip)
    if found.count is None and order.only in {None, wanted} and found.more:
        # To count, VNDB has to be told of all labels: it refuses to count a list.
        total = next((one.count for one in labels if one.id == int(label)), None)
        found = dataclasses.replace(found, count=None if total is None else total - skip)
    names = await sources.vndb.fetch_names()
    return render_user_list(
        found,
        user=user.entry,
        label=int(label),
        sort=sorting,
        labels=labels,
        names=names,
        viewer=visit.viewer,
        address=visit.address,
    )


async def _find_labels(user_id: str, sources: VndbSources) -> list[Label]:
    """Somebody's labels; none where VNDB fails, since they only name what is there without them."""
    try:
        return await sources.vndb.users.fetch_labels(user_id)
    except ServiceError:
        return []


async def _show_comparison(groups: Groups, sources: VndbSources, visit: Visit) -> PageView:
    vndb = sources.vndb
    first, second = await asyncio.gather(vndb.users.fetch_user(groups[0]), vndb.users.fetch_user(groups[1]))
    votes = await asyncio.gather(vndb.users.fetch_common(*groups), vndb.users.fetch_common(groups[1], groups[0]))
    totals = [_find_total(await _find_labels(group, sources)) for group in groups]
    return render_comparison(
        (first.entry, second.entry), votes, (totals[0], totals[1]), viewer=visit.viewer, address=visit.address
    )


def _find_total(labels: list[Label]) -> int | None:
    return next((label.count for label in labels if label.id == VOTED), None)


async def _show_stats(_groups: Groups, sources: VndbSources, visit: Visit) -> PageView:
    card = await sources.vndb.fetch_stats()
    return render_stats(card, viewer=visit.viewer, address=visit.address)


_ID = "(u[1-9][0-9]{0,6})"

ROUTES: tuple[Route[VndbSources], ...] = (
    (_ID, _show_user),
    (f"{_ID}/list/([0-9]{{1,6}})/({'|'.join(LIST_SORTS)})", _show_user_list),
    (f"compare/{_ID}/{_ID}", _show_comparison),
    ("stats", _show_stats),
)
