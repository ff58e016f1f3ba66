"""A Nekos API on loopback: v4 under `/v4`, a server of the shape of v1 under `/api`, and the pictures of both."""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import Awaitable, Callable, Sequence

from aiohttp import hdrs, web

from bot.playground.service.fault import Fault, answer_fault, nginx_page
from bot.playground.service.limit import SlidingWindow
from bot.playground.service.nekos.data import (
    NOTE,
    SampleArtist,
    SampleCategory,
    SamplePicture,
    load_artists,
    load_categories,
    load_pictures,
)
from bot.playground.service.nekos.limit import StrictSecond
from bot.playground.service.nekos.v1 import V1
from bot.playground.service.nekos.v4 import Answer, answer_v4
from bot.playground.service.request import SeenRequest

_PICTURE = re.compile(r"/picture/([1-9][0-9]{0,3})\.svg")
_LIMITED = "You have exceeded the rate limit{}. Please try again later."


class SampleNekos:
    """The service. v1 keeps its limit strictly; v4 has none, but counts who asks more than once a second.

    `clock` returns seconds. Everything that tests switch is a plain attribute.
    """

    def __init__(
        self,
        *,
        pictures: Sequence[SamplePicture] | None = None,
        artists: Sequence[SampleArtist] | None = None,
        categories: Sequence[SampleCategory] | None = None,
        rng: random.Random | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.pictures = load_pictures() if pictures is None else pictures
        self.note = NOTE
        self.second = StrictSecond()
        """The limit of v1."""
        self.courtesy = SlidingWindow(1, 1.0, clock)
        """What v4 asks of nobody: one request a second."""
        self.fault: Fault | None = None
        """What goes wrong with every request until it is set back; see `answer_fault`."""
        self.latency_s = 0.0
        """How long every answer is on its way."""
        self.slow_s = 2.0
        """How long the fault `slow` takes."""
        self.requests: list[SeenRequest] = []
        """Every API request since the start, refused ones too; pictures are not among them. `path` has the query."""
        self.address = "http://127.0.0.1"
        """Where the service can be reached: the beginning of the pictures' addresses."""
        self._rng = rng or random.Random()
        self._v1 = V1(self.pictures, artists or load_artists(), categories or load_categories(), self._rng)
        self._clock = clock
        self._sleep = sleep
        self._closing = asyncio.Event()

    @property
    def violations(self) -> int:
        """Requests that came too early."""
        return self.second.refused + self.courtesy.violations

    def block(self) -> None:
        """Block whoever asks v1 for an hour from now on; it is no violation of anybody's."""
        self.second.block(self._clock())

    def build_app(self) -> web.Application:
        """The application, for a runner of the caller's own."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._handle)
        return app

    def close(self) -> None:
        """Let go of whoever hangs."""
        self._closing.set()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        if request.path.startswith("/picture/"):
            return self._send_picture(request.path)
        version, _, _ = request.path.removeprefix("/").partition("/")
        if version not in {"v4", "api"}:
            return nginx_page(404, "Not Found")
        arrived = self._clock()
        self.requests.append(
            SeenRequest(arrived, request.method, request.raw_path, None, request.headers.get(hdrs.USER_AGENT, ""))
        )
        refused_s = self.second.judge(arrived) if version == "api" else None
        if version == "v4":
            self.courtesy.admit(arrived)
        if self.latency_s:
            await self._sleep(self.latency_s)
        if refused_s is not None:
            return _refuse(refused_s)
        return await self._answer(request, version)

    async def _answer(self, request: web.Request, version: str) -> web.StreamResponse:
        async def send() -> web.StreamResponse:
            return _send(self._build_answer(request, version), limited=version == "api")

        if self.fault is None:
            return await send()
        return await answer_fault(
            self.fault, request, send, slow_s=self.slow_s, sleep=self._sleep, closing=self._closing
        )

    def _build_answer(self, request: web.Request, version: str) -> Answer:
        path = request.path.removeprefix(f"/{version}")
        if version == "api":
            return self._v1.answer(path, request.query, address=self.address)
        return answer_v4(path, request.query, pictures=self.pictures, address=self.address, rng=self._rng)

    def _send_picture(self, path: str) -> web.Response:
        found = _PICTURE.fullmatch(path)
        picture = next((one for one in self.pictures if found and one.number == int(found[1])), None)
        if picture is None:
            return nginx_page(404, "Not Found")
        # The picture is only ever shown as one: opened by itself it can run nothing.
        headers = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
        return web.Response(text=picture.draw(), content_type="image/svg+xml", headers=headers)


def _send(answer: Answer, *, limited: bool) -> web.Response:
    status, body = answer
    if body is None:
        return web.Response(status=status, text="Internal Server Error" if status == 500 else "<html>Not found</html>")
    response = web.json_response(body, status=status)
    if limited:
        response.headers.update({"X-RateLimit-Limit": "1", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1"})
    return response


def _refuse(seconds: int) -> web.Response:
    message = _LIMITED.format("" if seconds == 1 else " too many times")
    response = _send((429, {"code": 429, "message": message, "success": False}), limited=True)
    response.headers.update({"X-RateLimit-Reset": str(seconds), "Retry-After": str(seconds)})
    return response
