"""A VNDB on loopback: the published limits, the real server's answers and words, sample entries.

It answers all that an anonymous reader can ask, and serves the pictures that its answers name. What the real
server does beyond its published page was seen on its own code: the literal `content-type: text` of errors,
bodies of one line, no header about limits, no refusal of missing ids.
"""

from __future__ import annotations

import asyncio
import functools
import gzip
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from random import Random

import msgspec
from aiohttp import hdrs, web

from bot.playground.service.fault import Fault, answer_fault, nginx_page
from bot.playground.service.limit import ExecutionTime, SlidingWindow
from bot.playground.service.query_error import QueryError
from bot.playground.service.request import SeenRequest
from bot.playground.service.vndb_data import Library, load_schema_bytes
from bot.playground.service.vndb_endpoint import Answerable, build_endpoints, count_entries
from bot.playground.service.vndb_index import Index
from bot.playground.service.vndb_library import load_library
from bot.playground.service.vndb_picture import Picture, draw_picture, find_pictures
from bot.playground.service.vndb_query import NO_USER, Query, decode_body, parse_query
from bot.playground.service.vndb_user import answer_labels, answer_users
from bot.playground.service.vndb_view import View

_GZIP_FROM_BYTES = 257
_CONTENT_TYPE = re.compile(r"application/json(;\s*charset=utf-8)?", re.IGNORECASE)
_AUTHORIZATION = re.compile(r"token\s+(\S+)", re.IGNORECASE)
_TOKEN = re.compile(r"(?:[a-z0-9]-*){32}")
_INVALID = "Invalid request (most likely: invalid JSON or non-UTF8 data)."
_KINDS = frozenset(
    {"/vn", "/release", "/producer", "/character", "/staff", "/tag", "/trait", "/quote", "/ulist"},
)
# The tables of filters depend on whose labels are meant; those of so many users are kept.
_KEPT_USERS = 16


class SampleVndb:
    """The service. Limits are strict: `window` counts requests, `account` sums seconds of execution.

    `clock` returns seconds. Everything that tests switch is a plain attribute.
    """

    def __init__(
        self,
        *,
        library: Library | None = None,
        window: SlidingWindow | None = None,
        account: ExecutionTime | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        rng: Random | None = None,
    ) -> None:
        self.library = library or load_library()
        # https://api.vndb.org/kana: 200 requests per 5 minutes, and 1 second of execution per minute.
        self.window = window or SlidingWindow(200, 300, clock)
        self.account = account or ExecutionTime(clock=clock)
        self.fault: Fault | None = None
        """What goes wrong with every request until it is set back; see `answer_fault`."""
        self.latency_s = 0.0
        """How long every answer is on its way, without counting as execution."""
        self.slow_s = 2.0
        """How long the fault `slow` takes."""
        self.execution_s = 0.004
        """What each query is charged for and reports as its `time`; nobody waits for it."""
        self.requests: list[SeenRequest] = []
        """Every API request since the start, refused ones too; pictures are not among them."""
        self.address = "http://127.0.0.1"
        """Where the service can be reached: the beginning of the pictures' addresses."""
        self._clock = clock
        self._sleep = sleep
        self._closing = asyncio.Event()
        self._rng = rng or Random()
        self._index, self._pictures = _read(self.library)
        self._endpoints: dict[tuple[str, str | None], Mapping[str, Answerable]] = {}

    @property
    def violations(self) -> int:
        """Requests that came too early, by either limit."""
        return self.window.violations + self.account.violations

    def build_app(self) -> web.Application:
        """The application, for a runner of the caller's own."""
        app = web.Application(client_max_size=1024 * 1024)
        app.router.add_route("*", "/{path:.*}", self._handle)
        return app

    def close(self) -> None:
        """Let go of whoever hangs."""
        self._closing.set()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        if request.path.startswith("/img/"):
            return self._picture(request.path)
        body = await request.read()
        self._note(request, body)
        if self.latency_s:
            await self._sleep(self.latency_s)
        if not self.window.admit():
            return nginx_page(429, "Too Many Requests")
        if self.fault is None:
            return self._answer(request, body)

        async def answer() -> web.StreamResponse:
            return self._answer(request, body)

        began = self._clock()
        response = await answer_fault(
            self.fault, request, answer, slow_s=self.slow_s, sleep=self._sleep, closing=self._closing
        )
        if self.fault in {"slow", "timeout"}:
            self.account.spend(self._clock() - began)
        return response

    def _note(self, request: web.Request, body: bytes) -> None:
        try:
            decoded = msgspec.json.decode(body) if body else None
        except (ValueError, RecursionError):
            decoded = None
        agent = request.headers.get(hdrs.USER_AGENT, "")
        self.requests.append(SeenRequest(self._clock(), request.method, request.path, decoded, agent))

    def _answer(self, request: web.Request, body: bytes) -> web.Response:
        # The check comes before all else, and what follows is charged even if it ends in an error.
        if not self.account.admit():
            return _refusal(QueryError("Throttled on query execution time.", status=429))
        self.account.spend(self.execution_s)
        try:
            return self._route(request, body)
        except QueryError as error:
            return _refusal(error)
        except RecursionError:  # filters or fields within each other; the server has another bound or none
            return _refusal(QueryError(_INVALID))

    def _route(self, request: web.Request, body: bytes) -> web.Response:
        path = request.path.removeprefix("/kana")
        if request.method in {"GET", "HEAD"} and path in {"/stats", "/schema", "/user", "/ulist_labels"}:
            return _json(request, self._look_up(request, path))
        if request.method != "POST" or path not in _KINDS:
            raise QueryError("Not found.", status=404)
        _check_token(request.headers.get(hdrs.AUTHORIZATION))
        content_type = request.headers.get(hdrs.CONTENT_TYPE, "")
        if request.content_length is None or not _CONTENT_TYPE.fullmatch(content_type):
            raise QueryError(_INVALID)
        return _json(request, self._query(path, decode_body(body)))

    def _look_up(self, request: web.Request, path: str) -> bytes:
        if path == "/schema":
            return load_schema_bytes()
        if path == "/stats":
            return msgspec.json.encode(count_entries(self._index), order="sorted")
        fields, token = request.query.getall("fields", []), request.headers.get(hdrs.AUTHORIZATION)
        if path == "/user":
            users = answer_users(self._index, request.query.getall("q", []), fields)
            return msgspec.json.encode(users, order="sorted")
        labels = answer_labels(self._index, request.query.get("user"), fields, token=token)
        return msgspec.json.encode(labels, order="sorted")

    def _query(self, path: str, members: dict[str, object]) -> bytes:
        query = parse_query(members, self._build_endpoints(None)[path].sort_names)
        answer = self._find_endpoint(path, query).answer(query)
        if query.time:
            answer["time"] = round(self.execution_s * 1000)
        return msgspec.json.encode(answer, order="sorted")

    def _find_endpoint(self, path: str, query: Query) -> Answerable:
        if path == "/ulist" and query.user is None:
            raise QueryError(NO_USER)
        return self._build_endpoints(query.user)[path]

    def _build_endpoints(self, user: str | None) -> Mapping[str, Answerable]:
        key = (self.address, user)
        if key not in self._endpoints:
            if len(self._endpoints) > _KEPT_USERS:
                self._endpoints.clear()
            view = View(self._index, image_url=f"{self.address}/img")
            self._endpoints[key] = build_endpoints(self._index, view, user=user, rng=self._rng)
        return self._endpoints[key]

    def _picture(self, path: str) -> web.Response:
        text = draw_picture(path, self._pictures)
        if text is None:
            return nginx_page(404, "Not Found")
        # The picture is only ever shown as one: opened by itself it can run nothing.
        headers = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
        return web.Response(text=text, content_type="image/svg+xml", headers=headers)


@functools.lru_cache(maxsize=4)
def _read(library: Library) -> tuple[Index, Mapping[str, Picture]]:
    """What is looked up of the entries, which nobody changes."""
    index = Index(library)
    return index, find_pictures(index)


def _check_token(header: str | None) -> None:
    if header is None:
        return
    found = _AUTHORIZATION.fullmatch(header)
    if not found:
        raise QueryError("Invalid Authorization header format.", status=401)
    if not _TOKEN.fullmatch(found[1].lower()):
        raise QueryError("Invalid token format.", status=401)
    raise QueryError("Invalid token.", status=401)


def _refusal(error: QueryError) -> web.Response:
    headers = {"Content-Type": "text"} | ({"WWW-Authenticate": "Token"} if error.status == 401 else {})
    return web.Response(status=error.status, body=f"{error.text}\n".encode(), headers=headers)


def _json(request: web.Request, body: bytes) -> web.Response:
    headers = {"Content-Type": "application/json"}
    if len(body) >= _GZIP_FROM_BYTES:
        headers["Vary"] = "accept-encoding"
        if "gzip" in request.headers.get(hdrs.ACCEPT_ENCODING, ""):
            body = gzip.compress(body, compresslevel=1)
            headers["Content-Encoding"] = "gzip"
    return web.Response(body=body, headers=headers)
