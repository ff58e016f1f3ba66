"""The pages of people's public lists, and VNDB's own numbers."""

from __future__ import annotations

import asyncio

from bot.apis import vndb_kind as kinds
from bot.apis import vndb_where as where
from bot.apis.vndb_model import Label
from bot.apis.vndb_query import ListQuery
from bot.errors import ServiceError
from bot.pages.chart import fetch_chart
from bot.pages.visit import Groups, Route, Sources, Visit
from bot.pages.vndb_list import BLOCK, fetch_rows
from bot.ui.chart import build_vote_chart
from bot.ui.frame import PageView
from bot.ui.vndb_comparison import render_comparison
from bot.ui.vndb_stats import render_stats
from bot.ui.vndb_user import LIST_SORTS, list_votes, render_user, render_user_list


async def _show_user(groups: Groups, sources: Sources, visit: Visit) -> PageView:
    user = await sources.vndb.users.fetch_user(groups[0])
    labels = await _find_labels(groups[0], sources)
    votes = await sources.vndb.users.fetch_votes(groups[0])
    chart = await fetch_chart(build_vote_chart(list_votes(votes.entries))) if votes.entries else None
    return render_user(user, labels, votes, viewer=visit.viewer, address=visit.address, chart=chart)


async def _show_user_list(groups: Groups, sources: Sources, visit: Visit) -> PageView:
    user_id, label, sorting = groups
    user = await sources.vndb.users.fetch_user(user_id)
    labels = await _find_labels(user_id, sources)
    _, reverse = LIST_SORTS[sorting]
    query = ListQuery(
        kinds.LIST_ENTRY,
        filters=where.ULIST.label.eq(int(label)),
        sort=sorting,
        reverse=reverse,
        results=BLOCK,
        count=True,
        user=user_id,
    )
    found = await fetch_rows(sources.vndb, query, number=visit.address.number)
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


async def _find_labels(user_id: str, sources: Sources) -> list[Label]:
    """Somebody's labels; none where VNDB fails, since they only name what is there without them."""
    try:
        return await sources.vndb.users.fetch_labels(user_id)
    except ServiceError:
        return []


async def _show_comparison(groups: Groups, sources: Sources, visit: Visit) -> PageView:
    vndb = sources.vndb
    first, second = await asyncio.gather(vndb.users.fetch_user(groups[0]), vndb.users.fetch_user(groups[1]))
    votes = await vndb.users.fetch_votes(groups[0]), await vndb.users.fetch_votes(groups[1])
    return render_comparison((first.entry, second.entry), votes, viewer=visit.viewer, address=visit.address)


async def _show_stats(_groups: Groups, sources: Sources, visit: Visit) -> PageView:
    card = await sources.vndb.fetch_stats()
    return render_stats(card, viewer=visit.viewer, address=visit.address)


_ID = "(u[1-9][0-9]{0,6})"

ROUTES: tuple[Route, ...] = (
    (_ID, _show_user),
    (f"{_ID}/list/([0-9]{{1,6}})/({'|'.join(LIST_SORTS)})", _show_user_list),
    (f"compare/{_ID}/{_ID}", _show_comparison),
    ("stats", _show_stats),
)
