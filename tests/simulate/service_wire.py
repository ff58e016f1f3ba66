"""Between the one client and the sample services: requests that take their time, and answers of strict judges."""

from __future__ import annotations

import asyncio
import random
from contextvars import Context
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, cast

from aiohttp import web
from aiohttp.http_parser import RawRequestMessage
from aiohttp.http_writer import HttpVersion11
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from bot.errors import TimedOut, Unavailable
from bot.http import Request, Response
from bot.playground.service import SampleServices
from bot.playground.service.sample import SampleService
from tests.simulate.loop import OWNER, Loop, Owner


class _Socket:
    """The transport that a handler may close, which is an answer too."""

    cut = False

    def get_extra_info(self, _name: str, default: object = None) -> object:
        return default

    def close(self) -> None:
        self.cut = True

    abort = close


@dataclass
class Asked:
    """A request to a service as its judge sees it."""

    owner: Owner | None
    service: str
    left_s: float
    arrived_s: float = 0.0
    status: int | None = None


class ServiceWire:
    """All that goes to services."""

    def __init__(self, loop: Loop, services: SampleServices, seed: int) -> None:
        self.loop = loop
        self.services = services
        self.rng = random.Random(f"services {seed}")
        self.world_context = Context()
        self.pace = 1
        self.asked: list[Asked] = []
        self.down: dict[str, str] = {}
        """Services out of reach: `refused` at once, or `silent`."""

    def build(self, _user_agent: str) -> ServiceTransport:
        return ServiceTransport(self)

    def find(self, url: URL) -> tuple[str, SampleService[Any]]:
        name = (url.host or "").partition(".")[0]
        return name, getattr(self.services, name)


class ServiceTransport:
    """One process's way there."""

    def __init__(self, wire: ServiceWire) -> None:
        self._wire = wire

    async def send(self, request: Request, *, timeout_s: float, max_body_bytes: int, on_sent: Any = None) -> Response:  # noqa: ARG002
        try:
            async with asyncio.timeout(timeout_s):
                return await self._send(request, on_sent)
        except TimeoutError as error:
            raise TimedOut(request.service, f"no answer to {request.what} within {timeout_s:g} s") from error

    async def close(self) -> None:
        pass

    async def _send(self, request: Request, on_sent: Any) -> Response:
        wire = self._wire
        url = URL(request.url)
        name, service = wire.find(url)
        await asyncio.sleep(0.002 + wire.rng.random() * 0.02)
        down = wire.down.get(name)
        if down == "refused":
            raise Unavailable(request.service, f"{request.what}: ClientConnectorError")
        if down == "silent":
            await asyncio.sleep(3600)
        if on_sent is not None:
            on_sent()
        asked = Asked(OWNER.get(), name, wire.loop.time())
        wire.asked.append(asked)
        wire.loop.note(f"> {name} {request.what}")
        arrived: asyncio.Future[Response | None] = wire.loop.create_future()
        working: list[asyncio.Task[None]] = []

        def arrive() -> None:
            work = wire.loop.create_task(_work(wire, service, request, url, arrived, asked))
            work.add_done_callback(lambda done: done.cancelled() or done.result())
            working.append(work)

        there_s = (0.005 + wire.rng.random() * 0.03) * wire.pace
        wire.loop.call_later(there_s, arrive, context=wire.world_context)
        try:
            response = await arrived
        except asyncio.CancelledError:
            for task in working:
                task.cancel()  # the server hears that the client left
            raise
        wire.loop.note(f"< {name} {response.status if response else 'cut'}")
        if response is None:
            raise Unavailable(request.service, f"{request.what}: ServerDisconnectedError")
        return response


async def _work(
    wire: ServiceWire,
    service: SampleService[Any],
    request: Request,
    url: URL,
    answered: asyncio.Future[Response | None],
    asked: Asked,
) -> None:
    """The service's own side."""
    asked.arrived_s = wire.loop.time()
    socket = _Socket()
    response = await cast("Any", service)._handle(_build_request(request, url, socket))
    await asyncio.sleep((0.005 + wire.rng.random() * 0.03) * wire.pace)
    asked.status = response.status
    if answered.done():
        return
    if socket.cut:
        answered.set_result(None)
        return
    body = response.body
    raw = body if isinstance(body, bytes) else b"" if body is None else bytes(body._value)
    answered.set_result(Response(response.status, dict(response.headers), raw))


def _build_request(request: Request, url: URL, socket: _Socket) -> web.Request:
    fields = CIMultiDict(request.headers)
    if request.credential is not None:
        fields["Authorization"] = request.credential.render()
    if request.body is not None:
        fields.setdefault("Content-Length", str(len(request.body)))
    fields["Host"] = url.host or ""
    raw = tuple((name.encode(), value.encode()) for name, value in fields.items())
    path = URL(str(url.relative()) or "/")
    message = RawRequestMessage(
        request.method,
        str(path),
        HttpVersion11,
        CIMultiDictProxy(fields),
        raw,
        False,
        None,
        False,
        False,
        path,
    )
    protocol = SimpleNamespace(transport=socket, ssl_context=None, peername=None, sockname=None)
    made = web.Request(
        message,
        cast("Any", None),
        cast("Any", protocol),
        cast("Any", None),
        cast("Any", asyncio.current_task()),
        asyncio.get_running_loop(),
    )
    cast("Any", made)._read_bytes = request.body or b""
    return made
