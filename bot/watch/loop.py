"""How late the event loop is, which is how long everybody waits for whoever holds it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from bot.http import Clock
from bot.watch.family import NO_LABELS, build_gauge

EVERY_S = 1.0
BOUNDS_S = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)


class Loop(Collector):
    """Of the loop in which it is made."""

    def __init__(self, registry: CollectorRegistry, *, clock: Clock) -> None:
        self._clock = clock
        self._lag = Histogram(
            "shiori_loop_lag_seconds",
            "How much later than it wanted a task was woken that wanted to be each second.",
            buckets=BOUNDS_S,
            registry=registry,
        )
        registry.register(self)

    async def measure(self) -> None:
        """Wake up each second, for ever."""
        while True:
            due_s = self._clock.monotonic() + EVERY_S
            await self._clock.sleep(EVERY_S)
            self._lag.observe(max(0.0, self._clock.monotonic() - due_s))

    def collect(self) -> Iterator[Metric]:
        tasks = len(asyncio.all_tasks())
        yield build_gauge("shiori_tasks", "Tasks of the event loop that are not done.", (), {NO_LABELS: tasks})
