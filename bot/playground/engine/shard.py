"""Shards: which connection is told of which server, and how often connections may begin a session.

<https://discord.com/developers/docs/events/gateway#sharding>.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from bot.playground.engine.clock import Clock

Payload = dict[str, Any]

IDENTIFY_EVERY_S = 5.0


class Shard(NamedTuple):
    """One of so many connections."""

    id: int
    of: int

    def gets(self, guild_id: str | None) -> bool:
        """Whether it is told of this server; None: of direct messages."""
        return self.id == (0 if guild_id is None else (int(guild_id) >> 22) % self.of)


ALL = Shard(0, 1)


def parse_shard(told: Any) -> Shard | None:
    """The shard that IDENTIFY names; the only one if it names none. None: there is no such shard."""
    match told:
        case None:
            return ALL
        case [int(id_), int(count)] if 0 <= id_ < count:
            return Shard(id_, count)
        case _:
            return None


class ShardRules:
    """What Discord wants of shards. `recommended`: how many it says; with fewer than `needed` nobody connects.

    `judges`: whether it counts as a violation, and ends the attempt, when a session is begun within `every_s` of
    another one of the same remainder by `max_concurrency`.
    """

    def __init__(self, clock: Clock) -> None:
        self.recommended = 1
        self.needed = 1
        self.max_concurrency = 1
        self.remaining = 999
        self.judges = False
        self.every_s = IDENTIFY_EVERY_S
        self.violations = 0
        self.identified: list[Shard] = []
        """Which shards began a session, in their order."""
        self._clock = clock
        self._last_s: dict[int, float] = {}

    def payload(self) -> Payload:
        """What GET /gateway/bot says of them."""
        limit = {
            "total": 1000,
            "remaining": self.remaining,
            "reset_after": 14_400_000,
            "max_concurrency": self.max_concurrency,
        }
        return {"shards": self.recommended, "session_start_limit": limit}

    def take(self, shard: Shard) -> bool:
        """Count a session that begins. False: it came too soon after another."""
        self.identified.append(shard)
        now_s, key = self._clock.monotonic(), shard.id % self.max_concurrency
        too_soon = self.judges and now_s - self._last_s.get(key, -self.every_s) < self.every_s
        self._last_s[key] = now_s
        self.violations += too_soon
        return not too_soon
