"""People on VNDB, and the public part of their lists."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

import msgspec

from bot.apis.body import decode
from bot.apis.record import Card, parse_record
from bot.apis.vndb_endpoint import Endpoints, read, read_record
from bot.apis.vndb_error import SERVICE
from bot.apis.vndb_filter import Filter
from bot.apis.vndb_kind import LIST_ENTRY
from bot.apis.vndb_model import Label, ListEntry, User, find_id
from bot.apis.vndb_query import ListQuery
from bot.errors import InvalidInput, NotFound
from bot.http import Batcher, Client, Clock, Lifetime

VOTED = 7
"""The label of what somebody voted on, in every list."""

VOTE_PAGES = 5
MAX_USERS = 100

# What somebody made private is to be gone soon.
LIST_LIFETIME = Lifetime(fresh_s=600.0, stale_s=3_600.0, empty_s=600.0)

_BATCH_WINDOW_S = 0.01
_NULL = b"null"
_NAME = re.compile(r"[a-z0-9_.-]{1,40}")


@dataclass(frozen=True, slots=True)
class Votes:
    """What somebody voted on, the latest first. `complete` is False where there are more than were asked for.

    `age_s` and `stale` as in `Found`, of the oldest part.
    """

    entries: list[ListEntry]
    complete: bool
    age_s: float = 0.0
    stale: bool = False


class _Labels(msgspec.Struct):
    labels: list[msgspec.Raw]


class Users:
    """Questions about people. Every coroutine raises `ServiceError`."""

    def __init__(self, client: Client, endpoints: Endpoints, *, clock: Clock) -> None:
        self._client = client
        self._endpoints = endpoints
        self._batcher: Batcher[str, bytes | None] = Batcher(
            self._load_batch, max_size=MAX_USERS, window_s=_BATCH_WINDOW_S, clock=clock, service=SERVICE
        )

    async def fetch_user(self, name_or_id: str) -> Card[User]:
        """Somebody by name, in any case, or by an id like `u2`. Raises `NotFound`.

        Who is asked for at the same time shares one request.
        """
        wanted = name_or_id.strip().lower()
        if not _NAME.fullmatch(wanted):
            raise NotFound(SERVICE, f"user called {name_or_id.strip()}")
        answer = await self._client.cached(
            f"{SERVICE} user {wanted}",
            LIST_LIFETIME,
            lambda: self._batcher.load(wanted),
            service=SERVICE,
            what="user",
        )
        if answer.body is None:
            raise NotFound(SERVICE, f"user called {wanted}")
        user = read_record(answer.body, User)
        if not answer.cached and user.id != wanted:  # from here on they are asked for by their id
            await self._client.put(f"{SERVICE} user {user.id}", answer.body, LIST_LIFETIME)
        return Card(user, answer.age_s, answer.stale)

    async def fetch_labels(self, user_id: str) -> list[Label]:
        """The public labels of somebody's list (`u2`), each with its count. Empty if there is no such person."""
        if find_id(user_id, "u") is None:
            raise InvalidInput("user id", "must look like u2")
        path = "ulist_labels?" + urlencode({"user": user_id, "fields": "count"})
        answer = await self._endpoints.get(path, LIST_LIFETIME, is_empty=lambda body: not read(_parse_labels, body))
        return read(_parse_labels, answer.body)

    async def fetch_votes(self, user_id: str) -> Votes:
        """Everything somebody (`u2`) voted on publicly, up to five hundred novels."""
        entries: dict[str, ListEntry] = {}
        age_s, stale, more = 0.0, False, True
        for page in range(1, VOTE_PAGES + 1):
            found = await self._endpoints.fetch(_build_votes(user_id, page=page), LIST_LIFETIME, what="votes")
            # Somebody may vote between two pages: then the last of one is the first of the next.
            entries.update((entry.id, entry) for entry in found.items)
            age_s, stale, more = max(age_s, found.age_s), stale or found.stale, found.more
            if not more:
                break
        return Votes(list(entries.values()), not more, age_s, stale)

    async def _load_batch(self, names: Sequence[str]) -> list[bytes | None]:
        # The keys of a batch are distinct, as they must be: the same name twice is answered with 500.
        question = urlencode([*(("q", name) for name in names), ("fields", "lengthvotes,lengthvotes_sum")])
        response = await self._client.send(self._endpoints.build_get(f"user?{question}"))
        found = read(_parse_users, response.body)
        records = (bytes(found.get(name, _NULL)) for name in names)
        return [None if record == _NULL else record for record in records]


def _build_votes(user_id: str, *, page: int) -> ListQuery[ListEntry]:
    return ListQuery(
        LIST_ENTRY,
        Filter(("label", "=", VOTED)),
        sort="voted",
        reverse=True,
        page=page,
        results=100,
        fields=LIST_ENTRY.card_fields,
        user=user_id,
    )


def _parse_users(body: bytes) -> dict[str, msgspec.Raw]:
    return decode(body, dict[str, msgspec.Raw])


def _parse_labels(body: bytes) -> list[Label]:
    raws = decode(body, _Labels).labels
    labels = (parse_record(raw, Label) for raw in raws)
    return [label for label in labels if label is not None]
