"""Several real processes that keep one limit together, and the strict service that they ask."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import socket
import sys
import time
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
from aiohttp import web

from bot.http.policy import Window
from bot.playground.service.limit import SlidingWindow

SERVICE = "strict"
JITTER_S = 0.030
_ROOT = Path(__file__).parents[2]


class Orders(msgspec.Struct, frozen=True, kw_only=True):
    """What a process of a fleet is told. `cache_url` "": it shares nothing."""

    cache_url: str
    url: str
    windows: tuple[Window, ...]
    concurrency: int
    min_gap_s: float = 0.0


class StrictService:
    """Refuses what its limits forbid. Each request is on its way for up to 30 ms, and so is its answer."""

    def __init__(self, *windows: Window, concurrency: int, min_gap_s: float = 0.0, jitter_s: float = JITTER_S) -> None:
        self.windows = windows
        self.concurrency = concurrency
        self.min_gap_s = min_gap_s
        self.judges = [SlidingWindow(window.count, window.seconds) for window in windows]
        self.admitted: list[tuple[float, int]] = []
        """When, and by which process."""
        self.violations: list[str] = []
        self.url = ""
        self._working = 0
        self._answered_at = -min_gap_s
        self._jitter_s = jitter_s
        self._rng = random.Random(1)

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

    def count_by_process(self, since: float = 0.0) -> Counter[int]:
        return Counter(process for at, process in self.admitted if at >= since)

    async def _handle(self, request: web.Request) -> web.Response:
        await self._travel()
        now = time.monotonic()
        self._judge(now)
        self._working += 1
        self.admitted.append((now, int(request.query["process"])))
        await self._travel()
        self._working -= 1
        self._answered_at = time.monotonic()
        await self._travel()
        return web.Response()

    async def _travel(self) -> None:
        if self._jitter_s:
            await asyncio.sleep(self._rng.uniform(0, self._jitter_s))

    def _judge(self, now: float) -> None:
        for judge in self.judges:
            if not judge.admit(now):
                self.violations.append(f"more than {judge.count} in {judge.seconds} s at {now:.3f}")
        if self._working >= self.concurrency:
            self.violations.append(f"more than {self.concurrency} at once at {now:.3f}")
        if now - self._answered_at < self.min_gap_s:
            self.violations.append(f"a gap of {now - self._answered_at:.3f} s at {now:.3f}")


@dataclass
class Member:
    """A process, and the way to it."""

    pid: int
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def ask(self, at_once: int) -> None:
        """Have so many questions at once from now on, each with another after it."""
        self.writer.write(f"{at_once}\n".encode())
        await self.writer.drain()

    async def kill(self) -> None:
        """End in the middle of whatever it does."""
        os.kill(self.pid, signal.SIGKILL)
        await self.close()

    async def close(self) -> None:
        """End in order, and wait for that."""
        if not self.writer.is_closing():
            with contextlib.suppress(OSError):
                self.writer.write_eof()
                await self.reader.read()
            self.writer.close()


@asynccontextmanager
async def run_fleet(service: StrictService, cache_url: str, count: int) -> AsyncGenerator[list[Member]]:
    """So many processes, while the service is there. They ask for nothing yet."""
    async with service.serve():
        orders = Orders(
            cache_url=cache_url,
            url=service.url,
            windows=service.windows,
            concurrency=service.concurrency,
            min_gap_s=service.min_gap_s,
        )
        pairs = [socket.socketpair() for _ in range(count)]
        theirs = [there.fileno() for _, there in pairs]
        program = (sys.executable, "-m", "tests.support.fleet_member", msgspec.json.encode(orders).decode())
        process = await asyncio.create_subprocess_exec(*program, *map(str, theirs), cwd=_ROOT, pass_fds=theirs)
        members: list[Member] = []
        for here, there in pairs:
            there.close()
            reader, writer = await asyncio.open_connection(sock=here)
            members.append(Member(int(await reader.readline()), reader, writer))
        try:
            yield members
        finally:
            await asyncio.gather(*(member.close() for member in members))
            await process.wait()
