"""The connections to Discord: which of them stand, and how far away Discord is."""

from __future__ import annotations

import math
from collections.abc import Iterator

from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from bot.client import Shiori
from bot.watch.family import NO_LABELS, build_counter, build_gauge

_SHARD = ("shard",)
_NAMED_AT_MOST = 20


class Gateway(Collector):
    """Of one bot."""

    def __init__(self, shiori: Shiori) -> None:
        self._shiori = shiori

    def find_trouble(self) -> str:
        """What is wrong, in words; empty if nothing is."""
        if self._shiori.is_closed():
            return "the bot is ending"
        standing, own = self._shiori.standing, self._shiori.own_shards
        lost = [shard for shard in own if shard not in standing]
        if not lost:
            return ""
        if len(own) == 1:
            return "Discord's gateway: not connected"
        more = f" and {len(lost) - _NAMED_AT_MOST} more" if len(lost) > _NAMED_AT_MOST else ""
        named = ", ".join(map(str, lost[:_NAMED_AT_MOST]))
        return f"Discord's gateway: shard {named}{more} of {self._shiori.shard_count} not connected"

    def collect(self) -> Iterator[Metric]:
        standing, own, losses = self._shiori.standing, self._shiori.own_shards, self._shiori.losses
        latencies = {(str(shard),): took_s for shard, took_s in self._shiori.latencies if math.isfinite(took_s)}
        yield build_gauge(
            "shiori_shards", "Connections to Discord that this process is to have.", (), {NO_LABELS: len(own)}
        )
        yield build_gauge(
            "shiori_shard_up",
            "Whether a connection to Discord stands.",
            _SHARD,
            {(str(shard),): shard in standing for shard in own},
        )
        yield build_counter(
            "shiori_shard_losses",
            "How often a connection to Discord was lost.",
            _SHARD,
            {(str(shard),): losses[shard] for shard in own},
        )
        yield build_gauge(
            "shiori_shard_latency_seconds", "From a heartbeat to Discord's answer to it.", _SHARD, latencies
        )
        servers = len(self._shiori.guilds)
        yield build_gauge("shiori_servers", "Servers that this process is told of.", (), {NO_LABELS: servers})
