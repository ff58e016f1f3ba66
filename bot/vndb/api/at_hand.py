"""Which novels are at hand by their names, and what is kept of each."""

from __future__ import annotations

from bot.service.names import Known
from bot.vndb.api import kind as kinds
from bot.vndb.api.model import Vn, find_id
from bot.vndb.api.query import MAX_RESULTS, ListQuery

SHELF = "vn"
PAGES = 50


def build_best_known(page: int) -> ListQuery[Vn]:
    """The query for a page of the novels that most people voted for."""
    return ListQuery(kinds.VN, sort="votecount", reverse=True, results=MAX_RESULTS, page=page)


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
