"""A whole list on VNDB, or many entries of it at once: for whoever takes it elsewhere, or brings much of it.

A single change is the business of `my_list`, which looks what became of it. Of many each is sent here by itself, and
they are looked at together.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import msgspec

from bot.errors import NotFound, Rejected
from bot.http import Client, Credential
from bot.vndb.api import where
from bot.vndb.api.endpoint import Endpoints
from bot.vndb.api.error import SERVICE
from bot.vndb.api.filter import Filter, any_of
from bot.vndb.api.kind import LIST_ENTRY, VN
from bot.vndb.api.list_change import EntryChange
from bot.vndb.api.model import ListEntry
from bot.vndb.api.my_list import FIELDS
from bot.vndb.api.query import MAX_RESULTS, ListQuery

Change = EntryChange | int
"""What becomes of a novel on a list, or the status that a release gets (0 to 4)."""

_TITLED = f"{FIELDS},vn.title"
_MISSING = 404


class Whose(msgspec.Struct, frozen=True):
    """Whose list is read: with their `credential` all of it, without one what everybody may see."""

    uid: str
    credential: Credential | None = None


class Part(msgspec.Struct, frozen=True):
    """Some entries, by the numbers of their novels, and whether there are `more` after them."""

    entries: list[ListEntry]
    more: bool


class Standing(msgspec.Struct, frozen=True):
    """What a list has of some novels and releases: `statuses` are those of the releases. Of what is `unread` VNDB said
    something that cannot be read.
    """

    entries: Mapping[str, ListEntry]
    statuses: Mapping[str, int]
    unread: frozenset[str] = frozenset()

    def shows(self, target: str, change: Change) -> bool:
        """Whether a change is made."""
        if isinstance(change, EntryChange):
            return change.is_made(self.entries.get(target))
        return self.statuses.get(target) == change

    def has(self, target: str) -> bool:
        """Whether a novel or a release is on the list."""
        return target in self.entries or target in self.statuses


class WholeLists:
    """Questions about whole lists. Every coroutine raises `ServiceError`; nothing of it is kept."""

    def __init__(self, client: Client, endpoints: Endpoints) -> None:
        self._client = client
        self._endpoints = endpoints

    async def fetch_part(self, whose: Whose, *, after: str | None = None) -> Part:
        """The next hundred entries after that novel. What is added or removed meanwhile moves nothing."""
        wanted = None if after is None else where.ULIST.id.gt(after)
        return await self._fetch(wanted, whose)

    async def fetch_standing(self, targets: Collection[str], credential: Credential) -> Standing:
        """What the list has of up to a hundred novels and releases (`v17`, `r12`)."""
        novels = [where.ULIST.id.eq(one) for one in targets if one.startswith("v")]
        releases = [where.RELEASE.id.eq(one) for one in targets if one.startswith("r")]
        filters = [*novels, *([where.ULIST.release.eq(any_of(*releases))] if releases else ())]
        if not filters:
            return Standing({}, {})
        whose = Whose("", credential)
        unread = set[str]()
        entries = (await self._fetch(any_of(*filters), whose, unread=unread)).entries
        statuses = {one.id: one.list_status for entry in entries for one in entry.releases}
        if unread:  # which of the releases were in these nobody knows
            unread.update(one for one in targets if one.startswith("r") and one not in statuses)
        return Standing({entry.id: entry for entry in entries}, statuses, frozenset(unread))

    async def find_titles(self, vn_ids: Sequence[str]) -> dict[str, str]:
        """What novels are called, up to a hundred of them, by their ids. What VNDB does not have is not among them."""
        wanted = any_of(*(where.VN.id.eq(one) for one in vn_ids))
        query = ListQuery(VN, wanted, results=MAX_RESULTS, fields="title")
        page = await self._endpoints.send(query, what="novels of a list", looks_up=True)
        return {vn_id: vn.title for vn_id, vn in self._endpoints.list_all(page, VN).items()}

    async def _fetch(self, wanted: Filter[ListEntry] | None, whose: Whose, *, unread: set[str] | None = None) -> Part:
        user = whose.uid if whose.credential is None else None
        query = ListQuery(LIST_ENTRY, wanted, results=MAX_RESULTS, fields=_TITLED, user=user)
        page = await self._endpoints.send(query, what="whole list", looks_up=True, credential=whose.credential)
        return Part(list(self._endpoints.list_all(page, LIST_ENTRY, unread=unread).values()), page.more)

    async def write(self, target: str, change: Change, credential: Credential) -> None:
        """Send a change of a novel or a release. Raises `NotFound` for what VNDB does not have, or has no more.

        What any other error leaves behind has to be looked up: the answer may be all that was lost.
        """
        if isinstance(change, EntryChange):
            request = self._endpoints.build_write("PATCH", f"ulist/{target}", change, credential)
        else:
            request = self._endpoints.build_write("PATCH", f"rlist/{target}", {"status": change}, credential)
        try:
            await self._client.send(request)
        except Rejected as error:
            if error.status == _MISSING:
                raise NotFound(SERVICE, f"entry {target} any more") from error
            raise
