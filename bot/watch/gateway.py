"""The connections to Discord: which of them stand, and what they cost in time."""

from __future__ import annotations

import math
from collections.abc import Iterator

from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from bot.client import Shiori
from bot.watch.family import NO_LABELS, Labels, build_counter, build_gauge

_SHARD = ("shard",)


class Gateway(Collector):
    """Hears of the bot whether its connections stand (`Shiori.hear`): discord.py says "ready" once and for ever."""

    def __init__(self, shiori: Shiori) -> None:
        self._shiori = shiori
        self._stands = shiori.is_ready()
        self._losses = 0

    async def on_connect(self) -> None:
        """READY came."""
        self._stands = True

    async def on_resumed(self) -> None:
        """The session goes on."""
        self._stands = True

    async def on_disconnect(self) -> None:
        """It is lost; discord.py connects again."""
        self._losses += self._stands
        self._stands = False

    def find_trouble(self) -> str:
        """What is wrong, in words; empty if nothing is."""
        if self._shiori.is_closed():
            return "the bot is ending"
        return "" if self._stands else "Discord's gateway: not connected"

    def collect(self) -> Iterator[Metric]:
        latency_s = self._shiori.latency
        latencies: dict[Labels, float] = {("0",): latency_s} if math.isfinite(latency_s) else {}
        yield build_gauge("shiori_shards", "Connections to Discord of this process.", (), {NO_LABELS: 1})
        yield build_gauge("shiori_shard_up", "Whether a connection to Discord stands.", _SHARD, {("0",): self._stands})
        yield build_counter(
            "shiori_shard_losses", "How often a connection to Discord was lost.", _SHARD, {("0",): self._losses}
        )
        yield build_gauge(
            "shiori_shard_latency_seconds", "From a heartbeat to Discord's answer to it.", _SHARD, latencies
        )
        servers = len(self._shiori.guilds)
        yield build_gauge("shiori_servers", "Servers that the bot is in, of this process.", (), {NO_LABELS: servers})
