"""A clock that stands still until a test turns it."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

EPOCH_S = 1_800_000_000.0


class Time:
    """A time that is turned by hand, or by whoever sleeps: for what takes functions and no clock."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


class FakeTimer:
    """A callback on the fake clock."""

    def __init__(self, when: float, callback: Callable[[], object]) -> None:
        self.when = when
        self.callback: Callable[[], object] | None = callback

    def cancel(self) -> None:
        self.callback = None


class FakeClock:
    """`await clock.advance(s)` runs what is due, in order, and lets the tasks that woke come to rest each
    time.
    """

    def __init__(self, start: float = 1000.0) -> None:
        self._start = start
        self._now = start
        self._set_back_s = 0.0
        self._timers: list[tuple[float, int, FakeTimer]] = []
        self._count = 0

    def monotonic(self) -> float:
        return self._now

    def time(self) -> float:
        return EPOCH_S + self._now - self._start - self._set_back_s

    def set_back(self, duration_s: float) -> None:
        """Set the wall clock back, as a host does whose clock was wrong."""
        self._set_back_s += duration_s

    def call_at(self, when_monotonic: float, callback: Callable[[], object]) -> FakeTimer:
        timer = FakeTimer(when_monotonic, callback)
        self._count += 1
        heapq.heappush(self._timers, (when_monotonic, self._count, timer))
        return timer

    def is_due(self, after_s: float, within_s: float) -> bool:
        """Whether something is to happen between these moments from now on."""
        return any(timer.callback and after_s < when - self._now <= within_s for when, _, timer in self._timers)

    async def sleep(self, duration_s: float) -> None:
        if duration_s <= 0:
            await asyncio.sleep(0)
            return
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def wake() -> None:
            if not woken.done():
                woken.set_result(None)

        timer = self.call_at(self._now + duration_s, wake)
        try:
            await woken
        finally:
            timer.cancel()

    async def settle(self) -> None:
        """Let every task run until all of them wait for time or for the network."""
        ready = getattr(asyncio.get_running_loop(), "_ready", None)
        for _ in range(1000):
            await asyncio.sleep(0)
            if ready is not None and not ready:
                return

    @property
    def next_at(self) -> float | None:
        """When the next callback is due."""
        while self._timers and self._timers[0][2].callback is None:
            heapq.heappop(self._timers)
        return self._timers[0][0] if self._timers else None

    async def advance(self, duration_s: float) -> None:
        """Let so much time pass."""
        target = self._now + duration_s
        await self.settle()
        while (due := self.next_at) is not None and due <= target:
            _, _, timer = heapq.heappop(self._timers)
            self._now = max(self._now, due)
            if timer.callback is not None:
                timer.callback()
            await self.settle()
        self._now = target
        await self.settle()

    async def run(self, task: asyncio.Future[T], *, limit_s: float = 100_000.0) -> None:
        """Turn until the task is done, or fail."""
        end = self._now + limit_s
        await self.settle()
        while not task.done():
            due = self.next_at
            if due is None or due > end:
                raise AssertionError(f"still waiting at {self._now:.3f}")
            await self.advance(max(0.0, due - self._now))
