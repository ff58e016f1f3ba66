"""A person's own list on VNDB: read and changed with their token, https://api.vndb.org/kana#list-management.

A change counts as made when VNDB says so, and what is told of it is what VNDB has then. One whose answer was lost is
looked up, and repeated if it was not made: to make one twice changes nothing. Both need the permission to read:
without it VNDB leaves out what is private, and says nothing of that.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import TypeVar

import msgspec

from bot.errors import (
    BadAnswer,
    CircuitOpen,
    NotConfirmed,
    NotFound,
    QueryTimedOut,
    Rejected,
    ServiceError,
    Unavailable,
)
from bot.http import Client, Credential, Lifetime
from bot.service.body import decode
from bot.vndb.api import where
from bot.vndb.api.endpoint import Endpoints, read
from bot.vndb.api.error import SERVICE
from bot.vndb.api.filter import Filter
from bot.vndb.api.kind import LIST_ENTRY
from bot.vndb.api.list_change import EntryChange, Remake
from bot.vndb.api.model import Label, ListEntry
from bot.vndb.api.query import MAX_RESULTS, ListQuery

T = TypeVar("T")

FIELDS = "vote,voted,added,lastmod,started,finished,notes,labels{id,label},releases{title,alttitle,list_status}"
# Their names and who sees them change on VNDB's own pages alone.
LABELS_LIFETIME = Lifetime(fresh_s=300.0, stale_s=300.0, empty_s=60.0)

_MISSING = 404
_ATTEMPTS = 2


class OwnedRelease(msgspec.Struct, frozen=True):
    """A release as it stands on somebody's list: `status` as in `ListRelease`, None if it is not there.

    `novels`: those of its novels that are on the list.
    """

    status: int | None
    novels: tuple[str, ...]


class MyList:
    """Questions about the list that a credential is for. Every coroutine raises `ServiceError`.

    Those that change something raise `NotConfirmed` where nobody knows what became of it, and `NotFound` for what VNDB
    has no more. They are never joined or kept, and each is sent by itself.
    """

    def __init__(self, client: Client, endpoints: Endpoints) -> None:
        self._client = client
        self._endpoints = endpoints

    # What is there

    async def fetch_entry(self, vn_id: str, credential: Credential) -> ListEntry | None:
        """What the list has of a novel just now; None: nothing, or what VNDB hides since the novel was deleted."""
        return next(iter(await self._fetch(where.ULIST.id.eq(vn_id), credential)), None)

    async def fetch_release(self, release_id: str, credential: Credential) -> OwnedRelease:
        """What the list has of a release just now."""
        entries = await self._fetch(where.ULIST.release.eq(where.RELEASE.id.eq(release_id)), credential)
        found = (one.list_status for entry in entries for one in entry.releases if one.id == release_id)
        return OwnedRelease(next(found, None), tuple(entry.id for entry in entries))

    async def fetch_labels(self, credential: Credential, *, anew: bool = False) -> list[Label]:
        """All labels of the list, the private ones too, without their counts. `anew`: not those that are kept.

        What has none has number 0, which a credential without the permission to read is not shown.
        """
        request = self._endpoints.build_get("ulist_labels", credential)
        if anew:
            await self._client.forget(request)
        answer = await self._client.fetch(request, LABELS_LIFETIME, is_empty=lambda body: not read(_parse_labels, body))
        return read(_parse_labels, answer.body)

    async def _fetch(self, wanted: Filter[ListEntry], credential: Credential) -> list[ListEntry]:
        query = ListQuery(LIST_ENTRY, wanted, results=MAX_RESULTS, fields=FIELDS)
        page = await self._endpoints.send(query, what="my list", looks_up=True, credential=credential)
        return list(self._endpoints.list_all(page, LIST_ENTRY).values())

    # What is changed

    async def change(self, vn_id: str, change: EntryChange, credential: Credential) -> ListEntry | None:
        """Change an entry, or make it. What the list has then; None if it is gone again."""
        return await self._settle(
            lambda: self._write("PATCH", f"ulist/{vn_id}", credential, change),
            lambda: self.fetch_entry(vn_id, credential),
            change.is_made,
        )

    async def remove(self, vn_id: str, credential: Credential) -> ListEntry | None:
        """Take a novel off the list, and its releases with it. What the list has then: None, or one made meanwhile."""
        return await self._settle(
            lambda: self._write("DELETE", f"ulist/{vn_id}", credential),
            lambda: self.fetch_entry(vn_id, credential),
            lambda entry: entry is None,
        )

    async def remake(self, remake: Remake, credential: Credential) -> ListEntry | None:
        """Take an entry off and make it anew, or go on with that where it broke off. What the list has then.

        Nothing is done to an entry that somebody has changed since. A new one that says nothing is what VNDB made where
        a release was put on the list.
        """
        entry = await self.fetch_entry(remake.vn_id, credential)
        if (
            entry is not None
            and not remake.change.is_made(entry)
            and not (entry.is_bare and entry.added != remake.added)
        ):
            return entry
        since: set[str] = set()
        if entry is not None and remake.is_wanted(entry):
            await self.remove(remake.vn_id, credential)
        elif entry is not None:
            since = {one.id for one in entry.releases}
        await self.change(remake.vn_id, remake.change, credential)
        for release_id, status in remake.releases:
            if release_id in since:  # as it was put back, or chosen meanwhile
                continue
            with suppress(NotFound):  # deleted since
                await self.change_release(release_id, status, credential)
        return await self.fetch_entry(remake.vn_id, credential)

    async def change_release(self, release_id: str, status: int, credential: Credential) -> OwnedRelease:
        """Give a release a status (0 to 4). VNDB puts its novels on the list with it, without a label."""
        return await self._settle(
            lambda: self._write("PATCH", f"rlist/{release_id}", credential, {"status": status}),
            lambda: self.fetch_release(release_id, credential),
            lambda owned: owned.status == status,
        )

    async def remove_release(self, release_id: str, credential: Credential) -> OwnedRelease:
        """Take a release off the list. Its novels stay."""
        return await self._settle(
            lambda: self._write("DELETE", f"rlist/{release_id}", credential),
            lambda: self.fetch_release(release_id, credential),
            lambda owned: owned.status is None,
        )

    async def _write(self, method: str, path: str, credential: Credential, members: object = None) -> None:
        try:
            await self._client.send(self._endpoints.build_write(method, path, members, credential))
        except Rejected as error:
            if error.status == _MISSING:
                raise NotFound(SERVICE, f"entry {path.partition('/')[2]} any more") from error
            raise

    async def _settle(
        self, write: Callable[[], Awaitable[None]], look: Callable[[], Awaitable[T]], is_made: Callable[[T], bool]
    ) -> T:
        """Make a change, a second time if the first was lost, and look what is there then."""
        lost: ServiceError | None = None
        for _ in range(_ATTEMPTS):
            lost = await _try(write)
            found = await self._look(look, lost)
            if lost is None or is_made(found):
                return found
        assert lost is not None  # noqa: S101 - or it would have been given
        raise lost

    async def _look(self, look: Callable[[], Awaitable[T]], lost: ServiceError | None) -> T:
        try:
            return await look()
        except ServiceError as error:
            raise NotConfirmed(SERVICE, str(error), taken=lost is None) from error


async def _try(write: Callable[[], Awaitable[None]]) -> ServiceError | None:
    """Send a change. What its answer was lost by, if it was; everything else that says that it was not made raises."""
    try:
        await write()
    except CircuitOpen:
        raise
    except (BadAnswer, QueryTimedOut, Unavailable) as error:
        return error
    return None


class _Labels(msgspec.Struct):
    labels: list[Label]


def _parse_labels(body: bytes) -> list[Label]:
    # All of them: what is said of who can read an entry is said by them.
    return decode(body, _Labels).labels


def is_public(entry: ListEntry, labels: Sequence[Label]) -> bool:
    """Whether everybody can read an entry, notes and releases too: it has a label, or the one of a vote, that its owner
    does not keep to themselves.
    """
    private = {label.id for label in labels if label.private}
    return any(label.id not in private for label in entry.labels)
