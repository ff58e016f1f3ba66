"""When a shard may begin a session: Discord takes one in five seconds, or several at once from large bots.

<https://discord.com/developers/docs/events/gateway#sharding-max-concurrency>: shards whose numbers leave the same
remainder by `max_concurrency` wait for each other, in whichever process they are.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

from bot.errors import ShioriError
from bot.http import Clock

log = logging.getLogger(__name__)

IDENTIFY_EVERY_S = 5.0
SLACK_S = 0.5
"""A connection may be opened so long after its turn was taken. By twice as much turns are further apart: what is sent
may be on its way for longer than the next.
"""

Claim = Callable[[str, float], Awaitable[float]]
"""Takes what is so called for so many seconds, over all processes. How long that is somebody else's; 0: it is ours."""


class Turns:
    """`claim` None: no other process has shards of this bot."""

    def __init__(self, *, clock: Clock, claim: Claim | None = None) -> None:
        self.max_concurrency = 1
        self._clock = clock
        self._claim = claim
        self._locks: dict[int, asyncio.Lock] = {}
        self._next_s: dict[int, float] = {}
        self._taken_s: dict[int, float] = {}

    @asynccontextmanager
    async def take(self, shard_id: int) -> AsyncGenerator[None]:
        """The turn of a shard: others of this process wait until the end of the block, in their order.

        A connection is opened in it, so that none stands open and waits.
        """
        async with self._locks.setdefault(shard_id % self.max_concurrency, asyncio.Lock()):
            await self._take(shard_id)
            yield

    async def renew(self, shard_id: int) -> None:
        """Called as a session begins: if opening the connection took long, its turn is over, and it waits for another
        one.
        """
        if self._clock.monotonic() > self._taken_s.get(shard_id, float("-inf")) + SLACK_S:
            await self._take(shard_id)

    async def _take(self, shard_id: int) -> None:
        key, for_s = shard_id % self.max_concurrency, IDENTIFY_EVERY_S + 2 * SLACK_S
        while (wait_s := await self._find_wait(key, for_s)) > 0:
            await self._clock.sleep(wait_s)
        self._taken_s[shard_id] = self._clock.monotonic()
        self._next_s[key] = self._taken_s[shard_id] + for_s

    async def _find_wait(self, key: int, for_s: float) -> float:
        wait_s = self._next_s.get(key, float("-inf")) - self._clock.monotonic()
        if wait_s > 0 or self._claim is None:
            return wait_s
        try:
            return await self._claim(f"identify {key}", for_s)
        except ShioriError as error:
            log.info("other processes do not know that a shard connects: %s", error)
            return 0.0
