"""VNDB, the visual novel database: https://api.vndb.org/kana (free for non-commercial use).

Queries are POST with a JSON object; errors are one line of text. What the records hold is in `vndb_model`,
filters are built in `vndb_filter`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from random import Random
from typing import TypeVar

import msgspec

from bot.apis import vndb_filter, vndb_model, vndb_names
from bot.apis.vndb_filter import CompactFilter, Filter, any_of
from bot.apis.vndb_model import Card, Found, Page, Stats, Tag, Vn
from bot.apis.vndb_names import Names
from bot.apis.vndb_random import Ids, RandomDraw, RandomFilter
from bot.apis.vndb_suggest import Suggester, clean
from bot.errors import BadAnswer, InvalidInput, NotFound, ServiceError
from bot.http import (
    Answer,
    Batcher,
    Client,
    Clock,
    Finding,
    Lifetime,
    Policy,
    Priority,
    Request,
    Response,
    SystemClock,
    TimeAccount,
    Window,
    asking,
)

__all__ = ["RandomFilter", "Vndb", "build_query", "policy"]

T = TypeVar("T")

SERVICE = "vndb"
DEFAULT_URL = "https://api.vndb.org/kana"
MAX_RESULTS = 100

HOUR_S = 3600.0
DAY_S = 24 * HOUR_S
# Votes and ratings are themselves up to an hour old on VNDB; the rest of a novel changes by hand, rarely.
VN_LIFETIME = Lifetime(fresh_s=DAY_S, stale_s=7 * DAY_S, empty_s=600.0)
SEARCH_LIFETIME = Lifetime(fresh_s=HOUR_S, stale_s=DAY_S, empty_s=600.0)
TOP_LIFETIME = Lifetime(fresh_s=HOUR_S, stale_s=DAY_S, empty_s=600.0)
TAG_LIFETIME = Lifetime(fresh_s=DAY_S, stale_s=7 * DAY_S, empty_s=HOUR_S)
STATS_LIFETIME = Lifetime(fresh_s=HOUR_S, stale_s=DAY_S, empty_s=600.0)
SCHEMA_LIFETIME = Lifetime(fresh_s=DAY_S, stale_s=30 * DAY_S, empty_s=600.0)
SAMPLE_LIFETIME = Lifetime(fresh_s=60.0, stale_s=60.0, empty_s=60.0)

# One page serves suggestions, the pick list and what is typed on after it; so it asks for twice what is shown.
SEARCH_RESULTS = 50
SEARCH_FIELDS = "title,alttitle,titles{lang,title,latin},aliases,released,olang,rating,votecount"
CARD_FIELDS = (
    "title,alttitle,titles{lang,title,latin,official,main},aliases,olang,devstatus,released,languages,platforms,"
    "image{id,url,dims,sexual,violence,votecount,thumbnail,thumbnail_dims},length,length_minutes,length_votes,"
    "description,rating,votecount,developers{name,original},tags{name,rating,spoiler,lie,category}"
)
TAG_FIELDS = "name,aliases,category,searchable,vn_count"

BATCH_WINDOW_S = 0.01
DRAWS = 3  # a drawn novel may have been deleted since
SCHEMA_WITHIN_S = 0.3  # names are not worth more of a person's time: there are built-in ones
SCHEMA_AGAIN_S = 60.0


def policy() -> Policy:
    """VNDB's limits.

    Published: 200 requests in 5 minutes, one second of execution time a minute, queries over 3 s are aborted.
    The server's code (lib/VNWeb/API.pm of https://code.blicky.net/yorhel/vndb) has for the time: 60 s of debt for
    each second, refusal at 300 s. Neither limit shows in a header; what a query cost is in the answer's `time`.
    """
    return Policy(
        service=SERVICE,
        windows=(Window(200, 300.0),),
        concurrency=2,  # polite: nothing is published
        timeout_s=5.0,  # the 3 s above, and the way there and back
        retries=1,
        time_account=TimeAccount(debt_per_s=60.0, refuse_at_s=300.0),
        examine=examine,
    )


class _Timed(msgspec.Struct):
    time: float | None = None


def examine(response: Response) -> Finding:
    """Read what an answer cost. It is in whole milliseconds: 0 means less than half of one, not nothing."""
    if response.status != 200:
        return Finding()
    try:
        timed = msgspec.json.decode(response.body, type=_Timed)
        response.body.decode("utf-8")  # else a string that is none would only show when a record is read
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Finding(error=BadAnswer(SERVICE, "no JSON object", status=200))
    return Finding(cost_s=0.0 if timed.time is None else max(timed.time, 0.5) / 1000)


def build_query(
    filters: Filter | CompactFilter | None,
    *,
    fields: str,
    sort: str = "id",
    reverse: bool = False,
    results: int = 10,
) -> bytes:
    """The body of a query. `filters` None matches everything; `fields` as on the published page."""
    if not 0 <= results <= MAX_RESULTS:
        raise InvalidInput("results", f"must be 0 to {MAX_RESULTS}")
    query: dict[str, object] = {"fields": fields, "sort": sort, "results": results, "time": True}
    if isinstance(filters, CompactFilter):
        query["filters"] = filters.text
    elif filters is not None:
        query["filters"] = filters.json
    if reverse:
        query["reverse"] = True
    return msgspec.json.encode(query, order="deterministic")


class Vndb:
    """Questions to VNDB. Every coroutine raises `ServiceError` unless it says otherwise."""

    def __init__(self, client: Client, *, base_url: str = DEFAULT_URL, rng: Random, clock: Clock | None = None) -> None:
        self._client = client
        self._clock = clock or SystemClock()
        self._base_url = base_url.rstrip("/")
        self._names = vndb_names.BUILT_IN
        self._schema_body: bytes | None = None
        self._schema_again_at = float("-inf")
        self._batcher: Batcher[str, bytes | None] = Batcher(
            self._load_batch, max_size=MAX_RESULTS, window_s=BATCH_WINDOW_S, clock=self._clock, service=SERVICE
        )
        self._random = RandomDraw(ask=self._ask_ids, ask_top=self._ask_top, share=self._share, rng=rng)
        self._vn_suggester = Suggester(
            fetch=self._search_vns, peek=self._peek_vns, names=_list_names, clock=self._clock
        )
        self._tag_suggester = Suggester(
            fetch=self._search_tags, peek=self._peek_tags, names=_list_tag_names, clock=self._clock
        )

    async def fetch_vn(self, vn_id: str) -> Card:
        """The whole of one novel (`v17`). Raises `NotFound` if there is none, `InvalidInput` if it is no id.

        Ids that are asked for at the same time share one query.
        """
        if not vn_id.startswith("v") or not vn_id[1:].isascii() or not vn_id[1:].isdigit():
            raise InvalidInput("visual novel id", "must look like v17")
        known = vndb_model.find_vn_id("v" + vn_id[1:].lstrip("0"))
        if known is None:
            raise NotFound(SERVICE, vn_id)
        answer = await self._client.cached(
            f"{SERVICE} vn {known}",
            VN_LIFETIME,
            lambda: self._batcher.load(known),
            service=SERVICE,
            what="vn",
        )
        vn = None if answer.body is None else vndb_model.parse_vn(answer.body)
        if vn is None:
            raise NotFound(SERVICE, known)
        return Card(vn, answer.age_s, answer.stale)

    async def search(self, text: str, *, results: int = 25) -> Found[Vn]:
        """Novels by title or alias, best match first, with what a list needs. Raises `InvalidInput` for no text."""
        wanted = clean(text)[:200].rstrip().lower()
        # VNDB takes a text of invisible characters for none, and finds everything.
        if not any(sign.isprintable() and not sign.isspace() for sign in wanted):
            raise InvalidInput("search", "needs some text")
        found = await self._search_vns(wanted)
        more = found.more or len(found.items) > results
        return Found(found.items[:results], more, found.age_s, found.stale)

    async def suggest(self, text: str, *, asker: int) -> list[Vn]:
        """Novels that may be meant by what was typed so far. Never raises `ServiceError`; see `Suggester`."""
        return await self._vn_suggester.suggest(text, asker=asker)

    async def search_tags(self, text: str, *, asker: int | None = None) -> list[Tag]:
        """Tags that may be meant by `text` and can be filtered by. Never raises `ServiceError`.

        `asker`: who is typing it, letter by letter; None if it is a whole word.
        """
        tags = await self._tag_suggester.suggest(text, asker=asker)
        return [tag for tag in tags if tag.searchable]

    async def fetch_random(self, chosen: RandomFilter) -> Card:
        """A novel like `chosen`, each as likely as any other. Raises `NotFound` if there is none like that."""
        for _ in range(DRAWS - 1):
            try:
                return await self.fetch_vn(f"v{await self._random.draw(chosen)}")
            except NotFound as error:
                if not error.what.startswith("v"):
                    raise
        return await self.fetch_vn(f"v{await self._random.draw(chosen)}")

    async def fetch_stats(self) -> Stats:
        """How much VNDB has of each kind."""
        answer = await self._get("stats", STATS_LIFETIME, _is_empty_stats)
        return _read(vndb_model.parse_stats, answer.body or b"")

    async def fetch_schema(self) -> Names:
        """The names of languages and platforms: VNDB's own, or built-in ones when those cannot be had at once.

        Never raises `ServiceError`.
        """
        if self._clock.monotonic() < self._schema_again_at:
            return self._names
        try:
            with asking(self._clock, within_s=SCHEMA_WITHIN_S, priority=Priority.AUTOCOMPLETE):
                answer = await self._get("schema", SCHEMA_LIFETIME, _is_empty_schema)
            if answer.body is not None and answer.body is not self._schema_body:
                self._names = _read(vndb_names.parse_schema, answer.body)
                self._schema_body = answer.body
        except ServiceError:
            self._schema_again_at = self._clock.monotonic() + SCHEMA_AGAIN_S
        return self._names

    # What is asked, one coroutine a kind of question.

    async def _get(self, what: str, lifetime: Lifetime, is_empty: Callable[[bytes], bool]) -> Answer:
        request = Request(SERVICE, what, "GET", f"{self._base_url}/{what}")
        return await self._client.fetch(request, lifetime, is_empty=is_empty)

    def _build_post(self, path: str, what: str, body: bytes) -> Request:
        # Any other content type, and one with a charset in older versions of the server, is answered with 400.
        headers = {"content-type": "application/json"}
        return Request(SERVICE, what, "POST", f"{self._base_url}/{path}", body, headers)

    async def _load_batch(self, ids: Sequence[str]) -> list[bytes | Exception | None]:
        """The record of each id as it came, None where there is none. They come in VNDB's order, not in ours."""
        wanted = any_of(*(vndb_filter.field("id").eq(one) for one in ids))
        body = build_query(wanted, fields=CARD_FIELDS, results=len(ids))
        page = _read_page(await self._client.send(self._build_post("vn", "vn by id", body)))
        records = {vn.id: bytes(raw) for raw in page.results if (vn := vndb_model.parse_vn(raw))}
        return [records.get(one) for one in ids]

    def _build_search(self, text: str) -> Request:
        body = build_query(
            vndb_filter.field("search").eq(text),
            fields=SEARCH_FIELDS,
            sort="searchrank",
            results=SEARCH_RESULTS,
        )
        return self._build_post("vn", "search", body)

    async def _search_vns(self, text: str) -> Found[Vn]:
        answer = await self._client.fetch(self._build_search(text), SEARCH_LIFETIME, is_empty=_is_empty)
        return _build_found(answer, vndb_model.parse_vn)

    async def _peek_vns(self, text: str) -> Found[Vn] | None:
        answer = await self._client.peek(self._build_search(text).key)
        return None if answer is None else _build_found(answer, vndb_model.parse_vn)

    def _build_tag_search(self, text: str) -> Request:
        query: dict[str, object] = {
            "filters": ("search", "=", text),
            "fields": TAG_FIELDS,
            "sort": "searchrank",
            "results": SEARCH_RESULTS,
            "time": True,
        }
        return self._build_post("tag", "tag search", msgspec.json.encode(query, order="deterministic"))

    async def _search_tags(self, text: str) -> Found[Tag]:
        answer = await self._client.fetch(self._build_tag_search(text), TAG_LIFETIME, is_empty=_is_empty)
        return _build_found(answer, vndb_model.parse_tag)

    async def _peek_tags(self, text: str) -> Found[Tag] | None:
        answer = await self._client.peek(self._build_tag_search(text).key)
        return None if answer is None else _build_found(answer, vndb_model.parse_tag)

    def _build_ids(self, wanted: Filter | None) -> Request:
        return self._build_post("vn", "vn ids", build_query(wanted, fields="id", results=MAX_RESULTS))

    async def _ask_ids(self, wanted: Filter | None) -> Ids:
        response = await self._client.send(self._build_ids(wanted))
        return _build_ids(_read_page(response))

    async def _ask_top(self, wanted: Filter | None) -> Ids:
        body = build_query(wanted, fields="id", reverse=True, results=MAX_RESULTS)
        request = self._build_post("vn", "highest vn ids", body)
        answer = await self._client.fetch(request, TOP_LIFETIME, is_empty=_is_empty)
        return _build_ids(_read(vndb_model.parse_page, answer.body or b""))

    async def _share(self, key: str, load: Callable[[], Awaitable[bytes]]) -> bytes:
        """Run `load` once for all who ask at the same time: the client's own single flight does it."""
        answer = await self._client.cached(
            f"{SERVICE} random {key}", SAMPLE_LIFETIME, load, service=SERVICE, what="random"
        )
        return answer.body or b"[]"


def _read(parse: Callable[[bytes], T], body: bytes) -> T:
    try:
        return parse(body)
    except msgspec.DecodeError as error:
        raise BadAnswer(SERVICE, str(error)) from None


def _read_page(response: Response) -> Page:
    return _read(vndb_model.parse_page, response.body)


# What cannot be read raises here, before it is kept.


def _is_empty_stats(body: bytes) -> bool:
    return not _read(vndb_model.parse_stats, body).vn


def _is_empty_schema(body: bytes) -> bool:
    return not _read(vndb_names.parse_schema, body).languages


def _is_empty(body: bytes) -> bool:
    return not _read(vndb_model.parse_page, body).results


def _build_found(answer: Answer, parse: Callable[[msgspec.Raw], T | None]) -> Found[T]:
    page = _read(vndb_model.parse_page, answer.body or b"")
    items = [item for raw in page.results if (item := parse(raw)) is not None]
    return Found(items, page.more, answer.age_s, answer.stale)


def _build_ids(page: Page) -> Ids:
    found = (vndb_model.parse_vn(raw) for raw in page.results)
    return Ids([int(vn.id[1:]) for vn in found if vn is not None], page.more)


def _list_names(vn: Vn) -> Iterable[str]:
    yield vn.title
    yield vn.alttitle or ""
    for title in vn.titles:
        yield title.title
        yield title.latin or ""
    yield from vn.aliases


def _list_tag_names(tag: Tag) -> Iterable[str]:
    yield tag.name
    yield from tag.aliases
