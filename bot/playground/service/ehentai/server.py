"""An E-Hentai API on loopback: the published answers, a limit that bans, sample galleries and their pictures."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import cast

import msgspec
from aiohttp import hdrs, web

from bot.playground.service.ehentai.answer import Answer, Refusal, answer, encode
from bot.playground.service.ehentai.data import Library
from bot.playground.service.ehentai.fault import (
    BAN_TEXT,
    OWN_FAULTS,
    EhentaiFault,
    OwnFault,
    answer_own_fault,
    name_left,
    page,
)
from bot.playground.service.ehentai.library import load_library
from bot.playground.service.ehentai.picture import Thumbs
from bot.playground.service.fault import Fault, answer_fault, nginx_page
from bot.playground.service.limit import SlidingWindow
from bot.playground.service.request import SeenRequest

_PATH = "/api.php"


class SampleEhentai:
    """The service. Its limit is strict: `window` counts requests by their arrival, and one too many is banned.

    `clock` returns seconds. Everything that tests switch is a plain attribute; `Sample` names the interesting
    galleries of `library`.
    """

    def __init__(
        self,
        *,
        library: Library | None = None,
        window: SlidingWindow | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.library = library or load_library()
        # https://ehwiki.org/wiki/API: 4 to 5 requests in a row, then a pause of about 5 seconds.
        self.window = window or SlidingWindow(5, 5, clock)
        self.ban_s = 3599.0
        """How long a ban holds."""
        self.fault: EhentaiFault | None = None
        """What goes wrong with every request until it is set back; see `answer_fault` and `answer_own_fault`."""
        self.latency_s = 0.0
        """How long every answer is on its way."""
        self.slow_s = 2.0
        """How long the fault `slow` takes."""
        self.requests: list[SeenRequest] = []
        """Every API request since the start, refused ones too; pictures are not among them."""
        self.address = "http://127.0.0.1"
        """Where the service can be reached: the beginning of the pictures' addresses."""
        self._clock = clock
        self._sleep = sleep
        self._closing = asyncio.Event()
        self._thumbs = Thumbs(self.library)
        self._banned_until = float("-inf")
        self._told = False
        self._defied = 0
        self._too_large = 0

    @property
    def violations(self) -> int:
        """Requests that came too early or asked for too much, and those of a client that knew of its ban."""
        return self.window.violations + self._defied + self._too_large

    def ban(self, seconds: float | None = None) -> None:
        """Ban whoever asks from now on, for `ban_s` by default; 0 ends a ban. It is no violation of anybody's."""
        self._banned_until = self._clock() + (self.ban_s if seconds is None else seconds)
        self._told = False

    def build_app(self) -> web.Application:
        """The application, for a runner of the caller's own."""
        app = web.Application(client_max_size=1024 * 1024)
        app.router.add_route("*", "/{path:.*}", self._handle)
        return app

    def close(self) -> None:
        """Let go of whoever hangs."""
        self._closing.set()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        if request.path.startswith("/t/"):
            return self._picture(request.path)
        if request.path != _PATH:
            return nginx_page(404, "Not Found")
        arrived = self._clock()
        banned = self._judge(arrived)
        body = await request.read()
        self._note(request, body, arrived)
        if self.latency_s:
            await self._sleep(self.latency_s)
        if banned:
            self._told = True
            return page(_render_ban(self._banned_until - self._clock()).encode())
        return await self._answer(request, body)

    def _judge(self, now: float) -> bool:
        """Whether a request that arrived now is one of somebody who is banned, by now at the latest."""
        if now < self._banned_until:
            self._defied += self._told
            return True
        if self.window.admit(now):
            return False
        self.ban()
        return True

    def _note(self, request: web.Request, body: bytes, arrived: float) -> None:
        try:
            decoded = msgspec.json.decode(body) if body else None
        except (ValueError, RecursionError):
            decoded = None
        agent = request.headers.get(hdrs.USER_AGENT, "")
        self.requests.append(SeenRequest(arrived, request.method, request.path, decoded, agent))

    async def _answer(self, request: web.Request, body: bytes) -> web.StreamResponse:
        right = self._build_answer(body)
        if self.fault in OWN_FAULTS:
            fault = cast("OwnFault", self.fault)
            return await answer_own_fault(fault, request, right, ban_page=_render_ban(self.ban_s))

        async def send() -> web.StreamResponse:
            return page(encode(right))

        if self.fault is None:
            return await send()
        fault = cast("Fault", self.fault)
        return await answer_fault(fault, request, send, slow_s=self.slow_s, sleep=self._sleep, closing=self._closing)

    def _build_answer(self, body: bytes) -> Answer:
        try:
            return answer(body, self.library, address=self.address)
        except Refusal as refusal:
            self._too_large += refusal.too_many
            return {"error": refusal.words}

    def _picture(self, path: str) -> web.Response:
        text = self._thumbs.draw(path)
        if text is None:
            return nginx_page(404, "Not Found")
        # The picture is only ever shown as one: opened by itself it can run nothing.
        headers = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
        return web.Response(text=text, content_type="image/svg+xml", headers=headers)


def _render_ban(left_s: float) -> str:
    return BAN_TEXT.format(left=name_left(left_s))
