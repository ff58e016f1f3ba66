"""What processes tell each other at once: said on a channel, and heard by all of them, who says it too."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable

from bot.errors import SharedAway
from bot.redis.connection import FIRST_TRY_S, Redis, begin, keep_on

log = logging.getLogger(__name__)


class News:
    """Hears what is said on channels for as long as the server is there. What is said meanwhile is missed: whoever must
    know it looks it up when it begins anew. Say who hears before `start`.
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._hearers: dict[str, Callable[[bytes], Awaitable[None]]] = {}
        self._beginners: list[Callable[[], Awaitable[None]]] = []
        self._task: asyncio.Task[None] | None = None
        self.is_listening = asyncio.Event()
        """Set while nothing is missed."""

    def hear(self, channel: str, hear: Callable[[bytes], Awaitable[None]]) -> None:
        """Await `hear` with what is said there. It may raise ValueError for what another version says."""
        self._hearers[self._redis.build_channel(channel)] = hear

    def begin(self, look_up: Callable[[], Awaitable[None]]) -> None:
        """Await `look_up` whenever it listens from now on, and before anything is heard. It may raise SharedAway."""
        self._beginners.append(look_up)

    def start(self) -> None:
        """Listen whenever the server is there."""
        self._redis.watch(self._follow)
        self._follow(self._redis.is_there)

    async def close(self) -> None:
        """Listen no more."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def _follow(self, is_there: bool) -> None:
        if self._task is not None:
            self._task.cancel()
        self._task = begin(keep_on(self._listen, clock=self._redis.clock)) if is_there else None

    async def _listen(self) -> None:
        try:
            async with contextlib.aclosing(self._redis.hear(tuple(self._hearers))) as heard:
                async for said in heard:
                    if said is None:
                        for look_up in self._beginners:
                            await look_up()
                        self.is_listening.set()
                    else:
                        await self._pass_on(*said)
        except SharedAway:  # which the connection has noticed, and mostly has ended this
            await self._redis.clock.sleep(FIRST_TRY_S)
        finally:
            self.is_listening.clear()

    async def _pass_on(self, channel: str, said: bytes) -> None:
        try:
            await self._hearers[channel](said)
        except ValueError:
            log.debug("another version says something at %s that this one does not know", channel)
