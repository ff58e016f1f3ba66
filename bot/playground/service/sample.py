"""What every sample service is: it notes what it is asked, is late or fails as it is told, and draws its pictures."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar, cast

import msgspec
from aiohttp import hdrs, web

from bot.playground.service.fault import Fault, answer_fault, nginx_page
from bot.playground.service.request import SeenRequest

F = TypeVar("F", bound=str)
Clock = Callable[[], float]
Sleep = Callable[[float], Awaitable[None]]
Refusal = Callable[[], web.Response]

# The picture is only ever shown as one: opened by itself it can run nothing.
_PICTURE_HEADERS = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
_MAX_BODY_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Call:
    """A request that was admitted, with its body, and when it arrived."""

    request: web.Request
    body: bytes
    arrived: float


class SampleService(Generic[F]):
    """A service on loopback; `F` are the names of its faults.

    A service says how it judges a request (`judge`) and how it answers one (`answer`), and draws its pictures (`draw`).
    `clock` returns seconds; only differences matter. Everything that tests switch is a plain attribute.
    """

    variable: ClassVar[str]
    """What the configuration calls where its API is."""
    root: ClassVar[str] = ""
    """The path that its API begins with."""
    picture_path: ClassVar[str | None] = None
    """How the paths of its pictures begin; they are neither noted nor judged."""
    api_path: ClassVar[re.Pattern[str]] = re.compile(".*")
    """Where its API is; elsewhere there is a 404 that nobody notes."""

    def __init__(self, *, clock: Clock = time.monotonic, sleep: Sleep = asyncio.sleep) -> None:
        self.fault: F | None = None
        """What goes wrong with every request until it is set back; see `answer_fault`."""
        self.choose_fault: Callable[[Call], F | None] | None = None
        """What goes wrong with a request, in place of `fault`: for what some meet and others do not."""
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

    @property
    def api_url(self) -> str:
        """Where its API is."""
        return self.address + self.root

    @property
    def violations(self) -> int:
        """Requests that it refused, and those that its published limits forbid."""
        raise NotImplementedError

    def build_app(self) -> web.Application:
        """The application, for a runner of the caller's own."""
        app = web.Application(client_max_size=_MAX_BODY_BYTES)
        app.router.add_route("*", "/{path:.*}", self._handle)
        return app

    def close(self) -> None:
        """Let go of whoever hangs."""
        self._closing.set()

    def draw(self, path: str) -> str | None:
        """The SVG at a path; None if there is no such picture."""
        raise NotImplementedError

    def judge(self, request: web.Request, arrived: float, /) -> Refusal | None:
        """Count a request; what makes the refusal if it came too early, None if it is admitted."""
        raise NotImplementedError

    async def answer(self, call: Call, /) -> web.StreamResponse:
        """The right answer."""
        raise NotImplementedError

    async def fail(self, fault: F, call: Call) -> web.StreamResponse:
        """What is sent in the place of the answer."""
        return await answer_fault(
            cast("Fault", fault),
            call.request,
            lambda: self.answer(call),
            slow_s=self.slow_s,
            sleep=self._sleep,
            closing=self._closing,
        )

    async def respond(self, call: Call) -> web.StreamResponse:
        """What an admitted request gets."""
        fault = self.fault if self.choose_fault is None else self.choose_fault(call)
        return await (self.answer(call) if fault is None else self.fail(fault, call))

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        if self.picture_path is not None and request.path.startswith(self.picture_path):
            return self._send_picture(request.path)
        if not self.api_path.fullmatch(request.path):
            return nginx_page(404, "Not Found")
        arrived = self._clock()
        refuse = self.judge(request, arrived)
        body = await request.read()
        self.requests.append(_note(request, body, arrived))
        if self.latency_s:
            await self._sleep(self.latency_s)
        return await self.respond(Call(request, body, arrived)) if refuse is None else refuse()

    def _send_picture(self, path: str) -> web.Response:
        text = self.draw(path)
        if text is None:
            return nginx_page(404, "Not Found")
        return web.Response(text=text, content_type="image/svg+xml", headers=_PICTURE_HEADERS)


def decode_json(body: bytes) -> object:
    """What JSON says; None if it is empty or none."""
    try:
        return msgspec.json.decode(body) if body else None
    except (ValueError, RecursionError):
        return None


def _note(request: web.Request, body: bytes, arrived: float) -> SeenRequest:
    agent = request.headers.get(hdrs.USER_AGENT, "")
    query = request.rel_url.raw_query_string
    return SeenRequest(arrived, request.method, request.path, query, decode_json(body), agent)
