"""All figures of the bot, as Prometheus reads them. No names and no ids of people or servers are among them."""

from __future__ import annotations

import asyncio
import contextlib
import platform
from collections.abc import Callable, Generator, Iterable, Iterator

import discord
from prometheus_client import CollectorRegistry, GCCollector, ProcessCollector, disable_created_metrics, generate_latest
from prometheus_client.core import Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

import bot
from bot.client import Shiori
from bot.http import Client, Clock
from bot.interaction.course import heard_by
from bot.watch.discord_request import DiscordRequests
from bot.watch.family import NO_LABELS, Labels, build_gauge
from bot.watch.interaction import Interactions
from bot.watch.loop import Loop
from bot.watch.service import Services

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
EVERY_S = 1.0
"""More often they are not made: whoever asks sooner gets the same again, and cannot keep the bot busy."""


class Figures(Collector):
    """They count from the start of the program, through every bot of it."""

    def __init__(self, *, clock: Clock) -> None:
        disable_created_metrics()  # a third of all lines, which nothing here reads
        self._clock = clock
        self._registry = CollectorRegistry()
        self._registry.register(self)
        ProcessCollector(registry=self._registry)
        GCCollector(registry=self._registry)
        self._interactions = Interactions(self._registry, clock=clock)
        self._requests = DiscordRequests(self._registry, clock=clock)
        self._loop = Loop(self._registry, clock=clock)
        self._made = b""
        self._made_s = 0.0
        self._ready: dict[Labels, float] = {NO_LABELS: 0}
        self._database: dict[Labels, float] = {}
        self.is_shared: Callable[[], bool] | None = None

    @contextlib.contextmanager
    def show(self, shiori: Shiori, http: Client, collectors: Iterable[Collector]) -> Generator[None]:
        """Have figures of this bot meanwhile, which has not logged in yet."""
        shiori.http.http_trace = self._requests.build_trace()
        shown = (Services(http), *collectors)
        for one in shown:
            self._registry.register(one)
        measuring = asyncio.create_task(self._loop.measure(), name="loop lag")
        try:
            with heard_by(shiori, self._interactions):
                yield
        finally:
            measuring.cancel()
            for one in shown:
                self._registry.unregister(one)

    def note_health(self, *, ready: bool, database_s: float | None) -> None:
        """Whether people are served, and how long the database took to answer, if it did."""
        self._ready = {NO_LABELS: ready}
        self._database = {} if database_s is None else {NO_LABELS: database_s}

    def render(self) -> bytes:
        """All of them, at most a second old."""
        now_s = self._clock.monotonic()
        if not self._made or now_s - self._made_s >= EVERY_S:
            self._made, self._made_s = generate_latest(self._registry), now_s
        return self._made

    def collect(self) -> Iterator[Metric]:
        versions = {(bot.__version__, platform.python_version(), discord.__version__): 1.0}
        yield build_gauge(
            "shiori_build_info",
            "Always 1: which version that is, and of what.",
            ("version", "python", "discord_py"),
            versions,
        )
        yield build_gauge(
            "shiori_ready", "Whether people are served: Discord and the database are there.", (), self._ready
        )
        yield build_gauge(
            "shiori_database_seconds", "How long the database took to answer; none: it does not.", (), self._database
        )
        shared: dict[Labels, float] = {} if self.is_shared is None else {NO_LABELS: self.is_shared()}
        yield build_gauge(
            "shiori_shared_up",
            "Whether limits and answers are shared with other processes now; none: they are not to be.",
            (),
            shared,
        )
