"""A VNDB on loopback: the published limits, the real server's answers and words, sample entries.

It answers all that can be asked, changes the lists of those whose tokens it was given, and serves the pictures that
its answers name. What is written is forgotten with the server. What the real server does beyond its published page
was seen on its own code: the literal `content-type: text` of errors, bodies of one line, no header about limits, no
refusal of missing ids.
"""

from __future__ import annotations

import asyncio
import functools
import gzip
import re
import time
from collections.abc import Mapping
from random import Random

import msgspec
from aiohttp import hdrs, web

from bot.playground.service.fault import Fault, nginx_page
from bot.playground.service.limit import ExecutionTime, SlidingWindow
from bot.playground.service.query_error import QueryError
from bot.playground.service.sample import Call, Clock, Refusal, SampleService, Sleep
from bot.playground.service.vndb.data import Library, load_schema_bytes
from bot.playground.service.vndb.endpoint import Answerable, build_endpoints, count_entries
from bot.playground.service.vndb.entry import User
from bot.playground.service.vndb.form import BAD_BODY, read_entry_change, read_release_change
from bot.playground.service.vndb.index import Index
from bot.playground.service.vndb.library import load_library
from bot.playground.service.vndb.list import Lists
from bot.playground.service.vndb.picture import Picture, draw_picture, find_pictures
from bot.playground.service.vndb.query import NO_USER, decode_body, parse_query
from bot.playground.service.vndb.token import ANONYMOUS, Access, Tokens
from bot.playground.service.vndb.user import answer_access, answer_labels, answer_users
from bot.playground.service.vndb.view import View
from bot.playground.service.vndb.write import Writer

_GZIP_FROM_BYTES = 257
_CONTENT_TYPE = re.compile(r"application/json(;\s*charset=utf-?8)?", re.IGNORECASE)
_LIST_PATH = re.compile(r"/ulist/(v[1-9][0-9]{0,6})|/rlist/(r[1-9][0-9]{0,6})")
_INVALID = "Invalid request (most likely: invalid JSON or non-UTF8 data)."
_KINDS = frozenset(
    {"/vn", "/release", "/producer", "/character", "/staff", "/tag", "/trait", "/quote", "/ulist"},
)
_LOOK_UPS = frozenset({"/stats", "/schema", "/user", "/authinfo", "/ulist_labels"})
# The tables of filters depend on who asks and on whose labels are meant; so many are kept.
_KEPT_ENDPOINTS = 16
_CHALLENGE = {"WWW-Authenticate": "Token"}
_PREFLIGHT = {
    "Access-Control-Allow-Credentials": "true",
    "Access-Control-Allow-Methods": "POST, GET, OPTIONS",
    "Access-Control-Allow-Headers": "Content-Type, Authorization",
    "Access-Control-Max-Age": "86400",
}


class SampleVndb(SampleService[Fault]):
    """The service. Limits are strict: `window` counts requests, `account` sums seconds of execution.

    `now` returns the seconds of the epoch that lists are stamped with. `tokens` are whose they are, by their texts.
    """

    variable = "vndb_api_url"
    root = "/kana"
    picture_path = "/img/"

    site = "https://vndb.org"
    """The origin whose scripts are known by their cookies, and whose tokens are not looked at."""

    def __init__(
        self,
        *,
        library: Library | None = None,
        window: SlidingWindow | None = None,
        account: ExecutionTime | None = None,
        tokens: Mapping[str, Access] | None = None,
        clock: Clock = time.monotonic,
        now: Clock = time.time,
        sleep: Sleep = asyncio.sleep,
        rng: Random | None = None,
    ) -> None:
        super().__init__(clock=clock, sleep=sleep)
        self.library = library or load_library()
        # https://api.vndb.org/kana: 200 requests per 5 minutes, and 1 second of execution per minute.
        self.window = window or SlidingWindow(200, 300, clock)
        self.account = account or ExecutionTime(clock=clock)
        self.execution_s = 0.004
        """What each query is charged for and reports as its `time`. Nobody waits for it, so the bot believes little of
        it: what is to cost the bot something is the fault `slow`.
        """
        self.tokens = Tokens(tokens or {})
        self._now = now
        self._rng = rng or Random()
        self._index, self._drawn = _read(self.library)
        self.lists = Lists(self._index)
        self._writer = Writer(self._index, self.lists)
        self._endpoints: dict[tuple[str, str | None, Access], Mapping[str, Answerable]] = {}

    @property
    def users(self) -> dict[str, User]:
        """People, by their ids: tests rename them."""
        return self._index.users

    @property
    def off_shelf(self) -> frozenset[str]:
        """The ids of entries that are there for tests: they have to be named."""
        return self._index.off_shelf

    @property
    def violations(self) -> int:
        """Requests that came too early, by either limit."""
        return self.window.violations + self.account.violations

    def draw(self, path: str) -> str | None:
        return draw_picture(path, self._drawn)

    def judge(self, _: web.Request, __: float, /) -> Refusal | None:
        return None if self.window.admit() else lambda: nginx_page(429, "Too Many Requests")

    async def fail(self, fault: Fault, call: Call) -> web.StreamResponse:
        began = self._clock()
        if fault == "slow":  # it is executed for so long, and says so; whether it may be is asked before
            admitted = self.account.admit()
            await self._sleep(self.slow_s)
            return self._answer(call, took_s=self._clock() - began, admitted=admitted)
        response = await super().fail(fault, call)
        if fault == "timeout":
            self.account.spend(self._clock() - began)
        return response

    async def answer(self, call: Call) -> web.Response:
        return self._answer(call, took_s=self.execution_s)

    def _answer(self, call: Call, *, took_s: float, admitted: bool | None = None) -> web.Response:
        """`admitted`: whether the account let it in; None: it is asked now."""
        request = call.request
        if request.method == "OPTIONS":
            headers = _PREFLIGHT | {"Access-Control-Allow-Origin": request.headers.get(hdrs.ORIGIN, "")}
            return web.Response(status=204, headers=headers)
        try:
            response = self._route(request, call.body, took_s, admitted)
        except QueryError as error:
            response = _refusal(error)
        except RecursionError:  # filters or fields within each other; the server has another bound or none
            response = _refusal(QueryError(_INVALID))
        _allow_origin(request, response)
        return response

    def _route(self, request: web.Request, body: bytes, took_s: float, admitted: bool | None) -> web.Response:
        path, method = request.path.removeprefix("/kana"), request.method
        listed = _LIST_PATH.fullmatch(path) if method in {"PATCH", "DELETE"} else None
        looks_up = method in {"GET", "HEAD"} and path in _LOOK_UPS
        if not listed and not looks_up and not (method == "POST" and path in _KINDS):
            raise QueryError("Not found.", status=404)
        # The check comes before all else, and what follows is charged even if it ends in an error.
        if not (self.account.admit() if admitted is None else admitted):
            raise QueryError("Throttled on query execution time.", status=429)
        self.account.spend(took_s)
        if listed:
            self._write(request, listed, body)
            return web.Response(status=204)
        if looks_up:
            return self._look_up(request, path)
        members = decode_body(_require_json(request, body, _INVALID))
        return _json(request, self._query(path, members, self._find_access(request), took_s))

    def _find_access(self, request: web.Request) -> Access:
        if request.headers.get(hdrs.ORIGIN) == self.site:
            return ANONYMOUS  # no cookie is anybody's here
        return self.tokens.find(request.headers.get(hdrs.AUTHORIZATION))

    def _write(self, request: web.Request, listed: re.Match[str], body: bytes) -> None:
        novel, release = listed.groups()
        now_s = int(self._now())
        if request.method == "DELETE":
            access = self._find_access(request)
            if novel:
                self._writer.delete_entry(novel, access)
            else:
                self._writer.delete_release(release, access)
            return
        body = _require_json(request, body, BAD_BODY)
        if novel:
            change = read_entry_change(body)
            self._writer.change_entry(novel, change, self._find_access(request), now_s=now_s)
        else:
            status = read_release_change(body)
            self._writer.change_release(release, status, self._find_access(request), now_s=now_s)

    def _look_up(self, request: web.Request, path: str) -> web.Response:
        fields = request.query.getall("fields", [])
        if path == "/schema":
            return _json(request, load_schema_bytes())
        if path == "/stats":
            return _json(request, _encode(count_entries(self._index)))
        if path == "/authinfo":
            return _json(request, _encode(answer_access(self._index, self._find_access(request))))
        if path == "/user":
            return _json(request, _encode(answer_users(self._index, request.query.getall("q", []), fields)))
        try:
            access = self._find_access(request)
        except QueryError:  # the server takes it for a fault of the query, but has noted what a refusal needs
            response = _refusal(QueryError("Invalid argument"))
            response.headers.update(_CHALLENGE)
            return response
        return _json(request, _encode(answer_labels(self.lists, request.query.get("user"), fields, access)))

    def _query(self, path: str, members: dict[str, object], access: Access, took_s: float) -> bytes:
        query = parse_query(members, self._build_endpoints(None, ANONYMOUS)[path].sort_names)
        user = query.user or access.user
        if path == "/ulist" and user is None:
            raise QueryError(NO_USER)
        answer = self._build_endpoints(user, access)[path].answer(query)
        if query.time:
            answer["time"] = round(took_s * 1000)
        return _encode(answer)

    def _build_endpoints(self, user: str | None, access: Access) -> Mapping[str, Answerable]:
        key = (self.address, user, access)
        if key not in self._endpoints:
            if len(self._endpoints) > _KEPT_ENDPOINTS:
                self._endpoints.clear()
            view = View(self._index, image_url=f"{self.address}/img")
            self._endpoints[key] = build_endpoints(
                self._index, view, self.lists, user=user, access=access, rng=self._rng
            )
        return self._endpoints[key]


@functools.lru_cache(maxsize=4)
def _read(library: Library) -> tuple[Index, Mapping[str, Picture]]:
    """What is looked up of the entries, which nobody changes."""
    index = Index(library)
    return index, find_pictures(index)


def _require_json(request: web.Request, body: bytes, refusal: str) -> bytes:
    content_type = request.headers.get(hdrs.CONTENT_TYPE, "")
    if request.content_length is None or not _CONTENT_TYPE.fullmatch(content_type):
        raise QueryError(refusal)
    return body


def _refusal(error: QueryError) -> web.Response:
    headers = {"Content-Type": "text"} | (_CHALLENGE if error.status == 401 else {})
    return web.Response(status=error.status, body=f"{error.text}\n".encode(), headers=headers)


def _allow_origin(request: web.Request, response: web.Response) -> None:
    origin = request.headers.get(hdrs.ORIGIN)
    if not origin:
        return
    known = hdrs.COOKIE in request.headers or hdrs.AUTHORIZATION in request.headers
    response.headers["Access-Control-Allow-Origin"] = origin if known else "*"
    if known:
        response.headers["Access-Control-Allow-Credentials"] = "true"


def _encode(answer: object) -> bytes:
    return msgspec.json.encode(answer, order="sorted")


def _json(request: web.Request, body: bytes) -> web.Response:
    headers = {"Content-Type": "application/json"}
    if len(body) >= _GZIP_FROM_BYTES:
        headers["Vary"] = "accept-encoding"
        if "gzip" in request.headers.get(hdrs.ACCEPT_ENCODING, ""):
            body = gzip.compress(body, compresslevel=1)
            headers["Content-Encoding"] = "gzip"
    return web.Response(body=body, headers=headers)
