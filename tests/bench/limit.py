"""How well a limit is kept, and how much of it is used, when the network delays every request and answer.

Our lane and two ready-made limiters send as much as they dare to a server of their own, over real HTTP. The server
judges by the strict sliding window and refuses what comes too early.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web
from aiolimiter import AsyncLimiter
from pyrate_limiter import Limiter, Rate

from bot.errors import ServiceError
from bot.http import (
    AiohttpTransport,
    Client,
    MemoryCache,
    Policy,
    Priority,
    Request,
    SystemClock,
    Window,
    asking,
)
from bot.playground.service.limit import SlidingWindow
from tests.bench.row import Row

_COUNT, _WINDOW_S = 20, 2.0
_REQUESTS = 180  # nine windows full
_JITTER_S = 0.030
_PATIENCE_S = 120.0
_SHARE_TARGET = 0.97
_SERVICE = "strict"

Ask = Callable[[], Awaitable[object]]


class _StrictServer:
    """Admits 20 requests in any 2 s. A request is on its way for up to 30 ms, and so is its answer."""

    def __init__(self, rng: random.Random) -> None:
        self.judge = SlidingWindow(_COUNT, _WINDOW_S)
        self.admitted_at: list[float] = []
        self.url = ""
        self._rng = rng

    @asynccontextmanager
    async def serve(self) -> AsyncGenerator[None]:
        app = web.Application()
        app.router.add_get("/", self._handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            self.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
            yield
        finally:
            await runner.cleanup()

    async def _handle(self, _request: web.Request) -> web.Response:
        await asyncio.sleep(self._rng.uniform(0, _JITTER_S))
        now = time.monotonic()
        admitted = self.judge.admit(now)
        if admitted:
            self.admitted_at.append(now)
        await asyncio.sleep(self._rng.uniform(0, _JITTER_S))
        return web.Response(status=200 if admitted else 429)


@dataclass(frozen=True)
class _Outcome:
    violations: int
    share: float

    def __str__(self) -> str:
        return f"{self.violations} refused, {self.share:.1%}"


def _sum_up(server: _StrictServer) -> _Outcome:
    """The share of the allowed throughput, from the middle of the first windowful to the middle of the last one.

    From the very first to the very last it would tell how widely jitter has spread the last burst, too.
    """
    first, last = server.admitted_at[:_COUNT], server.admitted_at[-_COUNT:]
    took_s = statistics.mean(last) - statistics.mean(first)
    at_best_s = (len(server.admitted_at) - _COUNT) / _COUNT * _WINDOW_S
    return _Outcome(server.judge.violations, at_best_s / took_s)


async def _ask_all(ask: Ask) -> None:
    """Want everything at once: what limits the rate is the limiter alone."""

    async def ask_once() -> None:
        try:
            await ask()
        except ServiceError:
            return  # a refusal is counted by the judge

    await asyncio.gather(*(ask_once() for _ in range(_REQUESTS)))


async def _measure_lane(seed: int) -> _Outcome:
    server = _StrictServer(random.Random(seed))
    clock = SystemClock()
    policy = Policy(_SERVICE, windows=(Window(_COUNT, _WINDOW_S),), concurrency=_COUNT, retries=0)
    client = Client(
        AiohttpTransport("bench"), clock=clock, cache=MemoryCache(), policies=[policy], rng=random.Random(seed)
    )
    async with server.serve():
        request = Request(_SERVICE, "one", "GET", server.url)
        with asking(clock, within_s=_PATIENCE_S, priority=Priority.COMMAND):
            await _ask_all(lambda: client.send(request))
        await client.close()
    return _sum_up(server)


async def _measure_ready_made(seed: int, acquire: Callable[[], Awaitable[object]]) -> _Outcome:
    server = _StrictServer(random.Random(seed))
    transport = AiohttpTransport("bench")
    async with server.serve():
        request = Request(_SERVICE, "one", "GET", server.url)

        async def ask() -> None:
            await acquire()
            await transport.send(request, timeout_s=10, max_body_bytes=1024)

        await _ask_all(ask)
        await transport.close()
    return _sum_up(server)


async def _measure_aiolimiter(seed: int) -> _Outcome:
    return await _measure_ready_made(seed, AsyncLimiter(_COUNT, _WINDOW_S).acquire)


async def _measure_pyrate(seed: int) -> _Outcome:
    with Limiter(Rate(_COUNT, int(_WINDOW_S * 1000))) as limiter:
        return await _measure_ready_made(seed, limiter.try_acquire_async)


async def measure_limit(seed: int) -> Row:
    """Let all three send at the same time, begun a third of a window apart so that their bursts do not meet."""

    async def later(delay_s: float, measure: Callable[[int], Awaitable[_Outcome]]) -> _Outcome:
        await asyncio.sleep(delay_s)
        return await measure(seed)

    lane, aiolimiter, pyrate = await asyncio.gather(
        later(0, _measure_lane),
        later(_WINDOW_S / 3, _measure_aiolimiter),
        later(_WINDOW_S * 2 / 3, _measure_pyrate),
    )
    return Row(
        f"Requests refused by a strict server ({_COUNT} in any {_WINDOW_S:g} s; {_JITTER_S * 1000:g} ms jitter each"
        f" way; {_REQUESTS} sent), and share of the allowed throughput",
        str(lane),
        f"aiolimiter: {aiolimiter}; pyrate-limiter: {pyrate}",
        f"0 refused at ≥ {_SHARE_TARGET:.0%}",
        lane.violations == 0 and lane.share >= _SHARE_TARGET,
    )
