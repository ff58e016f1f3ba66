"""Which novels are at hand by their names, and what is kept of each."""

from __future__ import annotations

from collections.abc import Iterator

from bot.service.names import Known
from bot.vndb.api import kind as kinds
from bot.vndb.api import where
from bot.vndb.api.model import Vn, find_id
from bot.vndb.api.query import MAX_RESULTS, ListQuery

SHELF = "vn"
PAGES = 50
FIRST_PAGES = 3
WITH_ANIME = "vn with anime"
ANIME_PAGES = 20
"""More than twice what there is: VNDB knows of about 700 such novels."""


def build_best_known(page: int) -> ListQuery[Vn]:
    """The query for a page of the novels that most people voted for."""
    return ListQuery(kinds.VN, sort="votecount", reverse=True, results=MAX_RESULTS, page=page)


def build_with_anime(page: int) -> ListQuery[Vn]:
    """The query for a page of the novels that there is an anime of: VNDB tells it by a filter alone."""
    return ListQuery(kinds.VN, filters=where.VN.has_anime.eq(1), fields="id", results=MAX_RESULTS, page=page)


def list_numbers(vn: Vn) -> Iterator[int]:
    """The number of a novel, if it has one."""
    if find_id(vn.id, kinds.VN.prefix) is not None:
        yield int(vn.id[1:])


def describe(vn: Vn) -> Known[Vn] | None:
    """What is kept of a novel, with all that it is called. Titles of novels may stand everywhere."""
    if find_id(vn.id, kinds.VN.prefix) is None:
        return None
    work = Vn(
        id=vn.id,
        title=vn.title,
        alttitle=vn.alttitle,
        titles=[title for title in vn.titles if title.lang == "en"],  # what else a title is chosen from
        olang=vn.olang,
        released=vn.released,
    )
    names = list(kinds.VN.list_names(vn))
    return Known(int(vn.id[1:]), adult=False, weight=vn.votecount, names=names, work=work)
