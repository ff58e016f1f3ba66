"""A VNDB on loopback: the published limits, the real server's answers and words, sample entries.

It answers `POST /kana/vn`, `/kana/producer` and `/kana/tag`, `GET /kana/stats` and `/kana/schema`, and serves
the covers that its answers name. What the real server does beyond its published page was seen on its own
code: the literal `content-type: text` of errors, bodies of one line, no header about limits, no refusal of
missing ids.
"""

from __future__ import annotations

import asyncio
import gzip
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import msgspec
from aiohttp import hdrs, web

from bot.playground.service.cover import draw_cover
from bot.playground.service.fault import Fault, answer_fault, nginx_page
from bot.playground.service.limit import ExecutionTime, SlidingWindow
from bot.playground.service.query_error import QueryError
from bot.playground.service.vndb_data import (
    COVER_DIMS,
    THUMBNAIL_DIMS,
    Library,
    load_library,
    load_schema_bytes,
)
from bot.playground.service.vndb_endpoint import Endpoints, build_endpoints
from bot.playground.service.vndb_query import answer_query, decode_body, parse_query

_GZIP_FROM_BYTES = 257
_COVER = re.compile(r"/img/(cv|cv\.t)/([0-9]+)\.svg")
_CONTENT_TYPE = re.compile(r"application/json(;\s*charset=utf-8)?", re.IGNORECASE)
_AUTHORIZATION = re.compile(r"token\s+(\S+)", re.IGNORECASE)
_TOKEN = re.compile(r"(?:[a-z0-9]-*){32}")
_INVALID = "Invalid request (most likely: invalid JSON or non-UTF8 data)."
_UNVOTED = "no votes about this cover"
_SENSITIVE = "stands for a sensitive cover"


@dataclass(frozen=True)
class SeenRequest:
    """A request as it arrived: when (seconds of the service's clock), what, and the decoded JSON or None."""

    time: float
    method: str
    path: str
    body: object
    user_agent: str = ""


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
        """Where the service can be reached: the beginning of the covers' addresses."""
        self._clock = clock
        self._sleep = sleep
        self._closing = asyncio.Event()
        self._endpoints: dict[str, Endpoints] = {}

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
            return self._cover(request.path)
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
        except ValueError:
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

    def _route(self, request: web.Request, body: bytes) -> web.Response:
        path = request.path.removeprefix("/kana")
        endpoints = self._build_endpoints()
        if request.method in {"GET", "HEAD"} and path == "/stats":
            return _json(request, msgspec.json.encode(endpoints.stats, order="sorted"))
        if request.method in {"GET", "HEAD"} and path == "/schema":
            return _json(request, load_schema_bytes())
        if request.method != "POST" or path not in {"/vn", "/producer", "/tag"}:
            raise QueryError("Not found.", status=404)
        _check_token(request.headers.get(hdrs.AUTHORIZATION))
        content_type = request.headers.get(hdrs.CONTENT_TYPE, "")
        if request.content_length is None or not _CONTENT_TYPE.fullmatch(content_type):
            raise QueryError(_INVALID)
        return _json(request, self._query(path, decode_body(body), endpoints))

    def _query(self, path: str, members: dict[str, object], endpoints: Endpoints) -> bytes:
        if path == "/vn":
            query = parse_query(members, endpoints.vn.sorts)
            answer = answer_query(query, endpoints.vn)
        elif path == "/producer":
            query = parse_query(members, endpoints.producer.sorts)
            answer = answer_query(query, endpoints.producer)
        else:
            query = parse_query(members, endpoints.tag.sorts)
            answer = answer_query(query, endpoints.tag)
        if query.time:
            answer["time"] = round(self.execution_s * 1000)
        return msgspec.json.encode(answer, order="sorted")

    def _build_endpoints(self) -> Endpoints:
        if self.address not in self._endpoints:
            self._endpoints[self.address] = build_endpoints(self.library, image_url=f"{self.address}/img")
        return self._endpoints[self.address]

    def _cover(self, path: str) -> web.Response:
        found = _COVER.fullmatch(path)
        wanted = f"v{found[2]}" if found else ""
        novel = next((one for one in self.library.vn if one.id == wanted and one.image), None)
        if found is None or novel is None or novel.image is None:
            return nginx_page(404, "Not Found")
        width, height = COVER_DIMS if found[1] == "cv" else THUMBNAIL_DIMS
        note = _UNVOTED if not novel.image.votecount else ""
        if novel.image.votecount and max(novel.image.sexual, novel.image.violence) > 0.4:
            note = _SENSITIVE
        names = {one.id: one.name for one in self.library.producers}
        subtitle = ", ".join(names[one] for one in novel.developers)
        text = draw_cover(novel.title, subtitle=subtitle, width=width, height=height, note=note)
        # The picture is only ever shown as one: opened by itself it can run nothing.
        headers = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
        return web.Response(text=text, content_type="image/svg+xml", headers=headers)


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
