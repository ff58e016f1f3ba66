"""People on VNDB, and the public part of their lists."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlencode

import msgspec
from msgspec.structs import replace

from bot.errors import BadAnswer, InvalidInput, NotFound
from bot.http import Batcher, Client, Clock, Credential, Secret
from bot.service.body import decode
from bot.service.record import Card, Found, parse_record
from bot.vndb.api.access import SCHEME, Access
from bot.vndb.api.endpoint import LIST_LIFETIME, Endpoints, read, read_record
from bot.vndb.api.error import SERVICE
from bot.vndb.api.filter import all_of
from bot.vndb.api.kind import LIST_ENTRY
from bot.vndb.api.model import Label, ListEntry, User, find_id
from bot.vndb.api.query import MAX_RESULTS, ListQuery
from bot.vndb.api.taste import TASTE_FIELDS
from bot.vndb.api.where import ULIST, check_search

VOTED = 7
"""The label of what somebody voted on, in every list."""

LABELS = {1: "Playing", 2: "Finished", 3: "Stalled", 4: "Dropped", 5: "Wishlist", 6: "Blacklist", VOTED: "Voted"}
"""The labels that everybody has."""
WISHLIST = 5

VOTE_PAGES = 5
COMMON_PAGES = 50
WHOLE_PAGES = 30
MAX_USERS = 100
PROBE = MAX_RESULTS
MAX_NAMED = 20
NO_LISTS = "cannot be found: that person has no public lists"

_BATCH_WINDOW_S = 0.01
_NULL = b"null"
_NAME = re.compile(r"[a-z0-9_.-]{1,40}")


class Votes(msgspec.Struct, frozen=True):
    """Somebody's votes. `complete` is False where there are more than were asked for.

    `age_s` and `stale` as in `Found`, of the oldest part.
    """

    entries: list[ListEntry]
    complete: bool
    age_s: float = 0.0
    stale: bool = False


class Labels(msgspec.Struct, frozen=True):
    """The labels of somebody's list. `unread`: how many more there are that cannot be read."""

    labels: list[Label]
    unread: int = 0


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
        """Somebody by name, in any case, or by an id like `u2`. Raises `NotFound`, and `InvalidInput` for blanks.

        Who is asked for at the same time shares one request.
        """
        wanted = name_or_id.strip().lower()
        if not _NAME.fullmatch(wanted):
            check_search(wanted)
            raise NotFound(SERVICE, f"user called {name_or_id.strip()}")
        answer = await self._client.cached(
            f"{SERVICE} user {wanted}",
            LIST_LIFETIME,
            lambda: self._load(wanted),
            service=SERVICE,
            what="user",
        )
        if answer.body is None:
            raise NotFound(SERVICE, f"user called {wanted}")
        user = _read_user(answer.body)
        if not answer.cached and user.id != wanted:  # from here on they are asked for by their id
            await self._client.put(f"{SERVICE} user {user.id}", answer.body, LIST_LIFETIME)
        return Card(user, answer.age_s, answer.stale)

    async def fetch_access(self, token: Secret) -> Access:
        """Whose token it is just now, and what it permits. Raises `UnknownToken` if it is nobody's."""
        request = self._endpoints.build_get("authinfo", Credential(token, SCHEME))
        access = read_record((await self._client.send(request)).body, Access)
        if find_id(access.id, "u") is None:
            raise BadAnswer(SERVICE, "no user")
        return access

    async def fetch_labels(self, user_id: str) -> Labels:
        """The public labels of somebody's list (`u2`), each with its count; no labels if nobody has that id."""
        if find_id(user_id, "u") is None:
            raise InvalidInput("user id", "must look like u2")
        path = "ulist_labels?" + urlencode({"user": user_id, "fields": "count"})
        answer = await self._endpoints.get(
            path, LIST_LIFETIME, is_empty=lambda body: not read(_parse_labels, body).labels
        )
        return read(_parse_labels, answer.body)

    async def fetch_votes(self, user_id: str) -> Votes:
        """Everything somebody (`u2`) voted on publicly, the latest first, up to five hundred novels."""
        return await self._fetch_pages(_build_votes(user_id), at_most=VOTE_PAGES)

    async def fetch_extremes(self, user_id: str) -> Votes:
        """What somebody (`u2`) voted highest and lowest on publicly, up to a hundred each, with its tags."""
        query = replace(_build_votes(user_id), sort="vote", fields=TASTE_FIELDS)
        best = await self._fetch_pages(query, at_most=1)
        if best.complete:
            return best
        worst = await self._fetch_pages(replace(query, reverse=False), at_most=1)
        both = {entry.id: entry for entry in (*best.entries, *worst.entries)}
        return Votes(
            list(both.values()), complete=False, age_s=max(best.age_s, worst.age_s), stale=best.stale or worst.stale
        )

    async def fetch_common(self, user_id: str, other_id: str) -> Votes:
        """What somebody thinks of the novels that both voted on publicly, up to five thousand, by number. Their titles
        come with the votes of one of the two: of the same one in whichever order, so that what is kept serves both.
        """
        both = all_of(ULIST.label.eq(VOTED), ULIST.label.eq((other_id, VOTED)))
        fields = LIST_ENTRY.card_fields if user_id <= other_id else "vote"
        query = ListQuery(LIST_ENTRY, both, sort="id", results=MAX_RESULTS, fields=fields, user=user_id)
        return await self._fetch_pages(query, at_most=COMMON_PAGES)

    async def fetch_whole(self, user_id: str) -> list[ListEntry]:
        """All that everybody can read of somebody's list, by votes and labels alone: of more than three thousand
        novels those that VNDB has had for the shortest time, which are the likeliest to have something to tell.

        It is not kept.
        """
        entries: dict[str, ListEntry] = {}
        for page in range(1, WHOLE_PAGES + 1):
            query = ListQuery(
                LIST_ENTRY,
                sort="id",
                reverse=True,
                results=MAX_RESULTS,
                page=page,
                fields="vote,labels.id",
                user=user_id,
            )
            found = await self._endpoints.send(query, what="whole list")
            rows = self._endpoints.list_entries(found, LIST_ENTRY)
            entries.update((entry_id, entry) for entry_id, (entry, _) in rows.items())
            if not found.more:
                break
        return [entry for entry in entries.values() if find_id(entry.id, "v") is not None]

    async def count_unknown(self, query: ListQuery[ListEntry]) -> int:
        """How many entries stand before the first that has what the list is sorted by: where VNDB puts those first.

        Half of what is left is ruled out with each question, so a list of a thousand needs five at most.
        """
        low, high = 1, 1  # the page that holds the first with a value is from `low` to `high`
        while (page := await self._probe(query, page=high)).more and not _has_value(page.items[-1:], query.sort):
            low, high = high + 1, 2 * high + 1
        while low < high:
            middle = (low + high) // 2
            found = await self._probe(query, page=middle)
            if found.more and not _has_value(found.items[-1:], query.sort):
                low = middle + 1
            else:
                high = middle
        items = (await self._probe(query, page=low)).items
        return (low - 1) * PROBE + sum(not _has_value([item], query.sort) for item in items)

    async def _probe(self, query: ListQuery[ListEntry], *, page: int) -> Found[ListEntry]:
        probe = replace(query, results=PROBE, page=page, fields=query.sort)
        return await self._endpoints.fetch(probe, LIST_LIFETIME, what=f"ulist {query.sort}")

    async def _fetch_pages(self, query: ListQuery[ListEntry], *, at_most: int) -> Votes:
        entries: dict[str, ListEntry] = {}
        age_s, stale, more = 0.0, False, True
        for page in range(1, at_most + 1):
            found = await self._endpoints.fetch(replace(query, page=page), LIST_LIFETIME, what="votes")
            # Somebody may vote between two pages: then the last of one is the first of the next.
            entries.update((entry.id, entry) for entry in found.items)
            age_s, stale, more = max(age_s, found.age_s), stale or found.stale, found.more
            if not more:
                break
        return Votes(list(entries.values()), not more, age_s, stale)

    async def _load(self, name: str) -> bytes | None:
        """Somebody's record; None: there is nobody of that name. What cannot be read raises before it is kept."""
        record = await self._batcher.load(name)
        if record is not None:
            _read_user(record)
        return record

    async def _load_batch(self, names: Sequence[str]) -> list[bytes | None]:
        # The keys of a batch are distinct, as they must be: the same name twice is answered with 500.
        question = urlencode([*(("q", name) for name in names), ("fields", "lengthvotes,lengthvotes_sum")])
        response = await self._client.send(self._endpoints.build_get(f"user?{question}"))
        found = read(_parse_users, response.body)
        records = (bytes(found.get(name, _NULL)) for name in names)
        return [None if record == _NULL else record for record in records]


def find_label(found: Labels, wanted: str) -> int:
    """The public list of that number, or that is called so, in any case. Raises `InvalidInput`, naming those there are.

    A number may be a name as well: some have a list for each year.
    """
    public = [label for label in found.labels if not label.private]
    named = {_fold_name(label.label): label.id for label in reversed(public) if label.label}
    label_id = (named | {str(label.id): label.id for label in public}).get(_fold_name(wanted))
    if label_id is None:
        names = ", ".join([label.label for label in public if label.label][:MAX_NAMED])
        some = " that can be read" if found.unread else ""
        raise InvalidInput("label", f"is none of that person's public lists{some} ({names})" if names else NO_LISTS)
    return label_id


def _fold_name(name: str) -> str:
    return " ".join(name.split()).casefold()


def _has_value(entries: Sequence[ListEntry], name: str) -> bool:
    return any(getattr(entry, name, None) is not None for entry in entries)


def _build_votes(user_id: str) -> ListQuery[ListEntry]:
    return ListQuery(
        LIST_ENTRY,
        ULIST.label.eq(VOTED),
        sort="voted",
        reverse=True,
        results=MAX_RESULTS,
        fields="vote",
        user=user_id,
    )


def _read_user(body: bytes) -> User:
    user = read_record(body, User)
    if find_id(user.id, "u") is None:
        raise BadAnswer(SERVICE, "no user")
    return user


def _parse_users(body: bytes) -> dict[str, msgspec.Raw]:
    return decode(body, dict[str, msgspec.Raw])


def _parse_labels(body: bytes) -> Labels:
    """Read the labels of a list. Raises `msgspec.DecodeError` if there are none to be read."""
    raws = decode(body, _Labels).labels
    labels = [label for raw in raws if (label := parse_record(raw, Label)) is not None]
    if raws and not labels:
        raise msgspec.DecodeError("no label among them")
    return Labels(labels, len(raws) - len(labels))
