"""Requests to Discord, as figures: how many came back as what, and how long they took."""

from __future__ import annotations

from types import SimpleNamespace

import aiohttp
from prometheus_client import CollectorRegistry, Counter, Histogram

from bot.http import Clock
from bot.interaction.checkpoint import Overtaken

BOUNDS_S = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
STATUSES = ("2xx", "3xx", "4xx", "429", "5xx", "failed")
_SWITCHED = 101  # the gateway is no request


class DiscordRequests:
    """Hears them from aiohttp, below all that discord.py does by itself: repeating, and waiting for limits."""

    def __init__(self, registry: CollectorRegistry, *, clock: Clock) -> None:
        self._clock = clock
        self._count = Counter(
            "shiori_discord_requests",
            "Requests to Discord, by the class of the answer's status; 429 apart; failed: there was no answer.",
            ("status",),
            registry=registry,
        )
        for status in STATUSES:
            self._count.labels(status)
        self._took = Histogram(
            "shiori_discord_request_seconds",
            "Time from sending a request to Discord to the beginning of its answer.",
            buckets=BOUNDS_S,
            registry=registry,
        )

    def build_trace(self) -> aiohttp.TraceConfig:
        """What discord.py's client is to be given."""
        trace = aiohttp.TraceConfig()
        trace.on_request_start.append(self._start)
        trace.on_request_end.append(self._end)
        trace.on_request_exception.append(self._fail)
        return trace

    async def _start(
        self, _session: object, context: SimpleNamespace, _params: aiohttp.TraceRequestStartParams
    ) -> None:
        context.begun_s = self._clock.monotonic()

    async def _end(self, _session: object, context: SimpleNamespace, params: aiohttp.TraceRequestEndParams) -> None:
        status = params.response.status
        if status != _SWITCHED:
            self._took.observe(self._clock.monotonic() - context.begun_s)
            self._count.labels("429" if status == 429 else f"{status // 100}xx").inc()

    async def _fail(
        self, _session: object, _context: SimpleNamespace, params: aiohttp.TraceRequestExceptionParams
    ) -> None:
        if not isinstance(params.exception, Overtaken):  # which was never sent
            self._count.labels("failed").inc()
