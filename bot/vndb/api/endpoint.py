"""VNDB's endpoints through the shared client: queries go out, pages of entries come back.

Queries are POST with a JSON object. What cannot be read raises `BadAnswer` before it is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, TypeVar

import msgspec

from bot.errors import BadAnswer
from bot.http import HOT_ENTRIES, Answer, Client, Credential, Lifetime, Request, find_key
from bot.service.body import decode
from bot.service.picture_host import PictureHosts
from bot.service.record import Found, parse_record
from bot.vndb.api.error import SERVICE
from bot.vndb.api.kind import Kind
from bot.vndb.api.model import find_id
from bot.vndb.api.query import ListQuery, build_query

# What somebody made private is to be gone soon.
LIST_LIFETIME = Lifetime(fresh_s=600.0, stale_s=3_600.0, empty_s=600.0)
# Filters that soon find something else: what is on somebody's list, and what is told by the day, which is another one
# after midnight. Within a text the quotation marks would be escaped; who looks for “today” is merely asked for anew.
_PASSING_FILTERS = (b'["label",', b'"today"')

R = TypeVar("R")
T = TypeVar("T", bound=msgspec.Struct)

# Any other content type, and one with a charset in older versions of the server, is answered with 400.
_JSON = {"content-type": "application/json"}


class _Identified(msgspec.Struct):
    id: str


class Page(msgspec.Struct, frozen=True):
    """The answer to a query. `time` is the execution time in ms; `more`, whether further pages hold anything."""

    results: list[msgspec.Raw]
    more: bool = False
    time: float | None = None
    count: int | None = None
    compact_filters: str | None = None


class Endpoints:
    """Asks VNDB at `base_url`. Every coroutine raises `ServiceError`.

    No entry has a picture that is not one of `pictures`.
    """

    def __init__(self, client: Client, *, base_url: str, pictures: PictureHosts) -> None:
        self._client = client
        self._pictures = pictures
        self._base_url = base_url.rstrip("/")
        # As many as the cache has at hand: equal bodies are the same object then, and so found at once.
        self._read_lately = lru_cache(HOT_ENTRIES)(self._read_entry)

    async def get(self, path: str, lifetime: Lifetime, *, is_empty: Callable[[bytes], bool]) -> Answer:
        """The answer of a GET, kept for `lifetime`. `path` may hold a question, but nothing secret."""
        return await self._client.fetch(self.build_get(path), lifetime, is_empty=is_empty)

    def build_get(self, path: str, credential: Credential | None = None) -> Request:
        """The request of a GET: none of them searches."""
        what, url = path.split("?", 1)[0], f"{self._base_url}/{path}"
        return Request(SERVICE, what, "GET", url, looks_up=True, credential=credential)

    def build_post(
        self,
        query: ListQuery[T],
        *,
        what: str,
        normalized: bool = False,
        looks_up: bool = False,
        credential: Credential | None = None,
    ) -> Request:
        """The request of a query; `what` names it in the log. `looks_up`: its filter is a list of ids."""
        body = build_query(query, normalized=normalized)
        url = f"{self._base_url}/{query.kind.path}"
        return Request(SERVICE, what, "POST", url, body, _JSON, looks_up=looks_up, credential=credential)

    def build_write(self, method: str, path: str, members: object, credential: Credential) -> Request:
        """The request that changes somebody's list; `members` None: it has no body. The client does not repeat it."""
        body = None if members is None else msgspec.json.encode(members)
        headers = {} if body is None else _JSON
        what, url = f"{method} {path.split('/', 1)[0]}", f"{self._base_url}/{path}"
        return Request(
            SERVICE, what, method, url, body, headers, repeatable=False, looks_up=True, credential=credential
        )

    async def fetch(self, query: ListQuery[T], lifetime: Lifetime, *, what: str) -> Found[T]:
        """The entries that a query finds, kept for `lifetime`; for `LIST_LIFETIME` if a list or the day decides."""
        request = self.build_post(query, what=what)
        body = request.body or b""
        passing = query.user is not None or any(one in body for one in _PASSING_FILTERS)
        lifetime = LIST_LIFETIME if passing else lifetime
        answer = await self._client.fetch(request, lifetime, is_empty=lambda body: _is_empty(body, query.kind))
        return self._pictures.keep(_build_found(answer, query))

    async def peek(self, query: ListQuery[T]) -> Found[T] | None:
        """What is kept of the answer to a query."""
        answer = await self._client.peek(find_key(self.build_post(query, what="")))
        return None if answer is None else self._pictures.keep(_build_found(answer, query))

    async def send(
        self, query: ListQuery[T], *, what: str, looks_up: bool = False, credential: Credential | None = None
    ) -> Page:
        """The page that answers a query just now."""
        request = self.build_post(query, what=what, looks_up=looks_up, credential=credential)
        return read(parse_page, (await self._client.send(request)).body)

    def read_entry(self, body: bytes | None, model: type[T]) -> T:
        """Parse an entry's record, but for one that was read lately. Raises `BadAnswer` if it is none."""
        return self._read_lately(body, model)

    def _read_entry(self, body: bytes | None, model: type[Any]) -> Any:
        return self._pictures.keep(read_record(body, model))

    def list_entries(self, page: Page, kind: Kind[T]) -> dict[str, tuple[T, bytes]]:
        """The entries of a page by id, in its order, each with its record as it came.

        Of rows with the same id, as staff have for each of their names, the first one counts. What cannot be read is
        left out; raises `BadAnswer` if that is all there is.
        """
        entries: dict[str, tuple[T, bytes]] = {}
        for entry_id, entry, raw in _list_rows(page, kind):
            entries.setdefault(entry_id, (self._pictures.keep(entry), raw))
        return entries

    def list_all(self, page: Page, kind: Kind[T], *, unread: set[str] | None = None) -> dict[str, T]:
        """All entries of a page, by id: for what is written by them, or is given as complete.

        Raises `BadAnswer` if a row or a field of it cannot be read: left out, it would be taken for one that is not
        there. `unread`: is given the ids of these instead, as far as they are known.
        """
        entries: dict[str, T] = {}
        for raw in page.results:
            row = parse_record(raw, _Identified)
            entry_id = find_id(row.id if row else "", kind.prefix)
            if entry_id is None:
                raise BadAnswer(SERVICE, f"a row is no {kind.noun}")
            try:
                entries[entry_id] = self._pictures.keep(read(lambda body: decode(body, kind.model), bytes(raw)))
            except BadAnswer:
                if unread is None:
                    raise
                unread.add(entry_id)
        return entries


def read(parse: Callable[[bytes], R], body: bytes | None) -> R:
    """Parse a whole answer. Raises `BadAnswer` if it is not what `parse` takes."""
    try:
        return parse(body or b"")
    except msgspec.DecodeError as error:
        raise BadAnswer(SERVICE, str(error)) from None


def read_record(body: bytes | None, model: type[T]) -> T:
    """Parse an answer that is one record without pictures. Raises `BadAnswer` if it is none."""
    record = parse_record(body or b"", model)
    if record is None:
        raise BadAnswer(SERVICE, f"no {model.__name__}")
    return record


def parse_page(body: bytes) -> Page:
    """Read an answer without looking into its records. Raises `msgspec.DecodeError` if it is none."""
    return decode(body, Page)


def _list_rows(page: Page, kind: Kind[T]) -> Iterator[tuple[str, T, bytes]]:
    """The rows of a page. A row of a strange id is left out; raises `BadAnswer` if there is no other."""
    is_read = False
    for raw in page.results:
        entry = parse_record(raw, kind.model)
        entry_id = find_id(str(getattr(entry, "id", "")), kind.prefix)
        if entry is not None and entry_id is not None:
            is_read = True
            yield entry_id, entry, bytes(raw)
    if page.results and not is_read:
        raise BadAnswer(SERVICE, f"no row is a {kind.noun}")


def _is_empty(body: bytes, kind: Kind[Any]) -> bool:
    return next(_list_rows(read(parse_page, body), kind), None) is None


def _build_found(answer: Answer, query: ListQuery[T]) -> Found[T]:
    page = read(parse_page, answer.body)
    items = [entry for _, entry, _ in _list_rows(page, query.kind)]
    # Past the last page the server counts the pages before as full.
    count = page.count if page.results or query.page == 1 else None
    return Found(items, page.more, answer.age_s, answer.stale, count, page.compact_filters)
