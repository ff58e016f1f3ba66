"""Whole lists of VNDB and AniList, as they are kept for servers that people show them to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bot.account.keeper import Lists, ListSource
from bot.account.model import ListedWork, Status
from bot.anime.api.anilist.whole_list import PEOPLE_AT_ONCE, WholeList, WholeLists
from bot.vndb.api.client import Vndb
from bot.vndb.api.model import ListEntry

# Of several labels the first one of these counts.
_VNDB_STATUSES: Mapping[int, Status] = {2: "finished", 1: "current", 3: "paused", 4: "dropped", 5: "planned"}
_ANILIST_STATUSES: Mapping[str | None, Status] = {
    "CURRENT": "current",
    "REPEATING": "current",
    "COMPLETED": "finished",
    "PAUSED": "paused",
    "DROPPED": "dropped",
    "PLANNING": "planned",
}


def build_list_sources(vndb: Vndb, anilist: WholeLists) -> list[ListSource]:
    """How the lists of each service are asked for."""

    async def fetch_from_vndb(account_ids: Sequence[str]) -> Lists:
        return {one: list(_list_novels(await vndb.users.fetch_whole(one))) for one in account_ids}

    async def fetch_from_anilist(account_ids: Sequence[str]) -> Lists:
        found = await anilist.fetch([int(one) for one in account_ids])
        return {str(user_id): list(_list_media(whole)) for user_id, whole in found.items()}

    return [ListSource("VNDB", 1, fetch_from_vndb), ListSource("AniList", PEOPLE_AT_ONCE, fetch_from_anilist)]


def _list_novels(entries: Sequence[ListEntry]) -> Iterator[ListedWork]:
    for entry in entries:
        status = _find_status({one.id for one in entry.labels})
        yield ListedWork(int(entry.id[1:]), "vn", status, _read_vote(entry.vote))


def _list_media(whole: WholeList) -> Iterator[ListedWork]:
    for kind, entries in whole.items():
        for entry in entries.values():
            status = _ANILIST_STATUSES.get(entry.status) or "other"
            yield ListedWork(entry.media_id, kind.lower(), status, _read_vote(entry.score))


def _find_status(labels: set[int]) -> Status:
    for label, status in _VNDB_STATUSES.items():
        if label in labels:
            return status
    return "other"


def _read_vote(vote: float | None) -> int:
    return round(vote) if vote is not None and 1 <= vote <= 100 else 0
