"""Between discord.py and the local Discord: requests that take their time, get lost, or are answered wrongly."""

from __future__ import annotations

import asyncio
import json
import random
import re
from collections.abc import Mapping
from contextvars import Context
from dataclasses import dataclass, field
from typing import Any, Self, cast

import aiohttp
import msgspec
from multidict import CIMultiDict
from yarl import URL

from bot.playground.engine.fault import ApiError
from bot.playground.engine.message import Form, Upload
from bot.playground.engine.rest import Reply, Rest
from tests.simulate.loop import OWNER, Loop, Owner

Payload = dict[str, Any]

API = "http://discord.invalid/api/v10"
_NOT_DONE = {"refused", "lost", "throttled"}
_BAD_GATEWAY = Reply(502, {"message": "502: Bad Gateway", "code": 0})
_THROTTLED = Reply(429, {"message": "You are being rate limited.", "retry_after": 2.5, "global": False})
_THROTTLED_HEADERS = {"Retry-After": "2.5", "Via": "1.1 local", "X-RateLimit-Scope": "user"}


@dataclass
class WireFault:
    """How the next `count` requests go wrong that fit `method` and `path`.

    `refused`: a 502, and nothing was done; `taken`: a 502, and it was done. `lost`: the connection ends before it
    arrives, `cut`: after. `throttled`: a 429. `late`: it arrives only after `late_s`, as `slow` an answer comes back.
    """

    how: str
    count: int = 1
    method: str | None = None
    path: str = ""
    late_s: float = 5.0


@dataclass
class Sent:
    """A request as Discord's judge sees it: what a process asked, when it left, when it arrived, what came of it."""

    owner: Owner | None
    method: str
    path: str
    body: Payload
    left_s: float
    arrived_s: float | None = None
    status: int | None = None
    answer: Any = None


@dataclass
class DiscordWire:
    """All that goes to Discord. `on_left` and `on_arrived` are told of every request."""

    loop: Loop
    rest: Rest
    seed: int
    pace: int = 1
    faults: list[WireFault] = field(default_factory=list[WireFault])

    def __post_init__(self) -> None:
        self.rng = random.Random(f"wire {self.seed}")
        self.world_context = Context()
        self.on_left: list[Any] = []
        self.on_arrived: list[Any] = []

    def take_fault(self, method: str, path: str) -> WireFault | None:
        for fault in self.faults:
            if fault.count > 0 and fault.method in (None, method) and re.search(fault.path, path):
                fault.count -= 1
                return fault
        return None

    def draw_delay_s(self) -> float:
        """One way: mostly a few hundredths of a second, now and then much more."""
        usual_s = (0.01 + 0.04 * self.rng.random()) * self.pace
        return usual_s + (self.rng.random() < 0.03) * self.rng.random() * 2

    def send(self, sent: Sent, form: Form, query: Mapping[str, str], authorization: str | None) -> asyncio.Future[Any]:
        """Begin. The future has the status, or fails as aiohttp does."""
        future: asyncio.Future[Any] = self.loop.create_future()
        fault = self.take_fault(sent.method, sent.path) or WireFault("")
        for hear in self.on_left:
            hear(sent)
        self.loop.note(f"> {sent.method} {sent.path} {fault.how}")
        there_s, back_s = self.draw_delay_s(), self.draw_delay_s()
        there_s += fault.late_s if fault.how == "late" else 0.0
        back_s += fault.late_s if fault.how == "slow" else 0.0

        def answer(reply: Reply, headers: Mapping[str, str]) -> None:
            self.loop.note(f"< {sent.method} {sent.path} {reply.status}")
            if future.done():
                return
            if reply.status == 0:
                future.set_exception(aiohttp.ServerDisconnectedError())
            else:
                future.set_result((reply.status, headers, reply.body))

        def arrive() -> None:
            done = None if fault.how in _NOT_DONE else self._handle(sent, form, query, authorization)
            reply = _spoil(fault.how, done)
            self.later(back_s, answer, reply, _THROTTLED_HEADERS if fault.how == "throttled" else {})

        self.later(there_s, arrive)
        return future

    def later(self, delay_s: float, call: Any, *args: Any) -> None:
        """In the world, which outlives every process."""
        self.loop.call_later(delay_s, call, *args, context=self.world_context)

    def _handle(self, sent: Sent, form: Form, query: Mapping[str, str], authorization: str | None) -> Reply:
        sent.arrived_s = self.loop.time()
        try:
            reply = self.rest.handle(
                sent.method, sent.path, query=query, form=form, body=sent.body, authorization=authorization
            )
        except ApiError as error:
            reply = Reply(error.status, error.body())
        sent.status, sent.answer = reply.status, reply.body
        for hear in self.on_arrived:
            hear(sent)
        return reply


def _spoil(how: str, done: Reply | None) -> Reply:
    """What comes back in the place of what was done; status 0 is the end of the connection."""
    if how in ("refused", "taken"):
        return _BAD_GATEWAY
    if how == "throttled":
        return _THROTTLED
    return Reply(0) if how in ("lost", "cut") or done is None else done


class FakeResponse:
    """As much of aiohttp's as discord.py reads."""

    reason = ""

    def __init__(self, status: int, headers: Mapping[str, str], body: Any) -> None:
        self.status = status
        kind = {} if body is None else {"content-type": "application/json"}
        self.headers = CIMultiDict({**kind, **headers})
        self._body = "" if body is None else msgspec.json.encode(body).decode()

    async def text(self, encoding: str = "utf-8") -> str:  # noqa: ARG002
        return self._body


class _Request:
    """The context manager that aiohttp gives for a request."""

    def __init__(self, session: FakeSession, method: str, url: str, options: Payload) -> None:
        self._session, self._method, self._url, self._options = session, method, url, options

    async def __aenter__(self) -> FakeResponse:
        return await self._session.send(self._method, self._url, self._options)

    async def __aexit__(self, *_: object) -> None:
        pass


@dataclass
class FakeRequest:
    """What a connector is told of a request, and who asked finds its answer at."""

    response: FakeResponse | None = None


class FakeSession:
    """In the place of aiohttp's: made by discord.py itself."""

    wire: DiscordWire

    def __init__(self, *, connector: aiohttp.TCPConnector, **_: object) -> None:
        self._connector = connector
        self.closed = False

    def request(self, method: str, url: str, **options: Any) -> _Request:
        return _Request(self, method, url, options)

    async def send(self, method: str, url: str, options: Payload) -> FakeResponse:
        if self.closed:
            raise RuntimeError("Session is closed")
        request = FakeRequest()
        connection = await self._connector.connect(cast("Any", request), [], aiohttp.ClientTimeout())
        connection.release()
        address = URL(url)
        form = _read_form(options.get("data"))
        params: Payload = options.get("params") or {}
        query = {**address.query, **{key: str(value) for key, value in params.items()}}
        path = address.path.removeprefix("/api/v10")
        body = form.body if form.raw is None else form.raw
        sent = Sent(OWNER.get(), method, path, body, self.wire.loop.time())
        headers: Payload = options.get("headers") or {}
        status, answered, answer = await self.wire.send(sent, form.form, query, headers.get("Authorization"))
        request.response = FakeResponse(status, answered, answer)
        return request.response

    async def close(self) -> None:
        self.closed = True
        await self._connector.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


@dataclass
class _Read:
    form: Form
    raw: Any = None

    @property
    def body(self) -> Payload:
        return self.form.body


def _read_form(data: Any) -> _Read:
    if data is None:
        return _Read(Form({}))
    files: dict[int, Upload] = {}
    if isinstance(data, aiohttp.FormData):
        raw = "{}"
        for kind, headers, value in cast("Any", data)._fields:
            name = kind["name"]
            if name == "payload_json":
                raw = value
            else:
                content = value if isinstance(value, bytes) else value.read()
                number = int(re.sub(r"\D", "", name) or 0)
                files[number] = Upload(kind.get("filename", "file"), headers.get("Content-Type", ""), content)
    else:
        raw = data
    body = json.loads(raw)
    return _Read(Form(cast("Payload", body) if isinstance(body, dict) else {}, files), body)


class LooseConnection:
    """What a connector gives where there is no socket."""

    def release(self) -> None:
        pass


async def connect(_self: object, _request: object, _traces: object, _timeout: object) -> LooseConnection:
    """In the place of `TCPConnector.connect`: a connection is there after a moment."""
    wire = FakeSession.wire
    await asyncio.sleep(wire.rng.random() * 0.004)
    return LooseConnection()
