"""An AniList on loopback: its GraphQL over sample data, its limit, its errors, and the pictures its answers name."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import cast

import msgspec
from aiohttp import hdrs, web

from bot.playground.service.anilist.airing import Schedule
from bot.playground.service.anilist.data import Library, load_library
from bot.playground.service.anilist.execute import Answer, execute
from bot.playground.service.anilist.fault import (
    OWN_FAULTS,
    AnilistFault,
    OwnFault,
    answer_own_fault,
    build_errors,
    send_json,
)
from bot.playground.service.anilist.graph import AnilistGraph
from bot.playground.service.anilist.media import Shelf
from bot.playground.service.anilist.picture import draw_picture, is_picture
from bot.playground.service.fault import Fault, answer_fault, nginx_page
from bot.playground.service.limit import SlidingWindow
from bot.playground.service.request import SeenRequest

_TOO_MANY = "Too Many Requests."


class SampleAnilist:
    """The service. Its limit is strict: one request too many, and a minute of refusals follows.

    `clock` returns seconds for the limits, `now` seconds since the epoch for what airs. Everything that tests switch
    is a plain attribute; `AnilistSample` names the interesting entries of `library`.
    """

    def __init__(
        self,
        *,
        library: Library | None = None,
        window: SlidingWindow | None = None,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.library = library or load_library()
        # https://docs.anilist.co/guide/rate-limiting: 90 a minute, at present 30; then a minute's time-out.
        self.window = window or SlidingWindow(30, 60, clock)
        self.block_s = 60.0
        """How long a time-out holds."""
        self.shows_limits = True
        """Whether the answers carry X-RateLimit headers."""
        self.bare_refusals = True
        """Whether a 429 carries `Retry-After` alone, as real ones did, or X-RateLimit headers besides."""
        self.schedule = Schedule(self.library, now)
        """What airs when; its `delays` can be changed."""
        self.fault: AnilistFault | None = None
        """What goes wrong with every request until it is set back; see `answer_fault` and `answer_own_fault`."""
        self.latency_s = 0.0
        """How long every answer is on its way."""
        self.slow_s = 2.0
        """How long the fault `slow` takes."""
        self.requests: list[SeenRequest] = []
        """Every API request since the start, refused ones too; pictures are not among them."""
        self._clock = clock
        self._now = now
        self._sleep = sleep
        self._closing = asyncio.Event()
        self._shelf = Shelf(self.library, self.schedule)
        self._graph = AnilistGraph(self._shelf)
        self._blocked_until = float("-inf")
        self._told = False
        self._defied = 0
        self.address = "http://127.0.0.1"

    @property
    def address(self) -> str:
        """Where the service can be reached: the beginning of the pictures' addresses."""
        return self._shelf.address

    @address.setter
    def address(self, address: str) -> None:
        self._shelf.address = address

    @property
    def limit(self) -> int:
        """How many requests a minute it takes, and says that it takes."""
        return self.window.count

    @limit.setter
    def limit(self, count: int) -> None:
        self.window.count = count

    @property
    def violations(self) -> int:
        """Requests that came too early, and those of a client that knew of its time-out."""
        return self.window.violations + self._defied

    def block(self, seconds: float | None = None) -> None:
        """Refuse whoever asks from now on, for `block_s` by default; 0 ends it. It is no violation of anybody's."""
        self._blocked_until = self._clock() + (self.block_s if seconds is None else seconds)
        self._told = False

    def build_app(self) -> web.Application:
        """The application, for a runner of the caller's own."""
        app = web.Application(client_max_size=1024 * 1024)
        app.router.add_route("*", "/{path:.*}", self._handle)
        return app

    def close(self) -> None:
        """Let go of whoever hangs."""
        self._closing.set()

    def execute(self, query: object, variables: object = None, *, operation: object = None) -> Answer:
        """Answer a document without HTTP, limits and faults."""
        return execute(query, variables, graph=self._graph, operation=operation)

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        if is_picture(request.path):
            return self._picture(request.path)
        if request.path != "/":
            return nginx_page(404, "Not Found")
        arrived = self._clock()
        blocked = self._judge(arrived)
        sent = _decode(await request.read())
        agent = request.headers.get(hdrs.USER_AGENT, "")
        self.requests.append(SeenRequest(arrived, request.method, request.path, sent, agent))
        if self.latency_s:
            await self._sleep(self.latency_s)
        if blocked:
            return self._refuse()
        response = await self._answer(request, sent)
        if self.shows_limits and not response.prepared:
            response.headers.update(self._build_limits())
        return response

    def _judge(self, now: float) -> bool:
        if now < self._blocked_until:
            self._defied += self._told
            return True
        if self.window.admit(now):
            return False
        self.block()
        return True

    def _refuse(self) -> web.Response:
        self._told = True
        left = max(1, -int(-(self._blocked_until - self._clock()) // 1))
        response = send_json(build_errors(_TOO_MANY, 429), status=429)
        response.headers["Retry-After"] = str(left)
        if not self.bare_refusals:
            reset = str(int(self._now()) + left)
            response.headers.update(
                {"X-RateLimit-Limit": str(self.limit), "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset}
            )
        return response

    def _build_limits(self) -> dict[str, str]:
        return {"X-RateLimit-Limit": str(self.limit), "X-RateLimit-Remaining": str(max(0, self.window.room()))}

    async def _answer(self, request: web.Request, sent: object) -> web.StreamResponse:
        right = self._build_answer(request, sent)
        if self.fault in OWN_FAULTS:
            return answer_own_fault(cast("OwnFault", self.fault), msgspec.json.encode(right.body))

        async def send() -> web.StreamResponse:
            return send_json(right.body, status=right.status)

        if self.fault is None:
            return await send()
        fault = cast("Fault", self.fault)
        return await answer_fault(fault, request, send, slow_s=self.slow_s, sleep=self._sleep, closing=self._closing)

    def _build_answer(self, request: web.Request, sent: object) -> Answer:
        if request.method != "POST":
            return Answer(405, build_errors("Method Not Allowed", 405))
        members: Mapping[str, object] = cast("Mapping[str, object]", sent) if isinstance(sent, Mapping) else {}
        return self.execute(members.get("query"), members.get("variables"), operation=members.get("operationName"))

    def _picture(self, path: str) -> web.Response:
        text = draw_picture(path, self.library)
        if text is None:
            return nginx_page(404, "Not Found")
        # The picture is only ever shown as one: opened by itself it can run nothing.
        headers = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
        return web.Response(text=text, content_type="image/svg+xml", headers=headers)


def _decode(body: bytes) -> object:
    try:
        return msgspec.json.decode(body) if body else None
    except (ValueError, RecursionError):
        return None
