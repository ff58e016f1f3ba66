"""A client of Discord that gives the gateway up where discord.py would try for ever."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import Any, cast

import discord

from bot.http import Clock, Timer

log = logging.getLogger(__name__)

READY_WITHIN_S = 60.0
LOSSES_AT_MOST = 10
LOSSES_WITHIN_S = 60.0


class Connected(discord.Client):
    """The connection alone; what the bot does with it is `bot.client`'s."""

    def __init__(self, *, clock: Clock, intents: discord.Intents, **options: Any) -> None:
        super().__init__(intents=intents, **options)
        self.clock = clock
        self.gateway_failure = ""
        """What the gateway did that made the bot give up: words that follow its name."""
        self.given_up = asyncio.Event()
        """Set with it: whoever made the bot connect is to end that."""
        self._lost_at: deque[float] = deque(maxlen=LOSSES_AT_MOST)
        self._ready_timer: Timer | None = None
        self._is_new = True

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Wait as discord.py does, and see to it that a READY comes, for which discord.py would wait for ever."""
        await super().before_identify_hook(shard_id, initial=initial)
        self._stop_waiting_for_ready()
        self._ready_timer = self.clock.call_at(self.clock.monotonic() + READY_WITHIN_S, self._miss_ready)

    def _miss_ready(self) -> None:
        if self._is_new:
            self._give_up("takes the connection, but never says that it is ready")
        elif not self.is_closed():
            log.warning("Discord took the connection, but never said that it is ready; connecting again")
            self.loop.create_task(self.ws.close())

    def _stop_waiting_for_ready(self) -> None:
        if self._ready_timer is not None:
            self._ready_timer.cancel()

    async def on_connect(self) -> None:
        """READY came."""
        self._is_new = False
        self._stop_waiting_for_ready()
        self._lost_at.clear()

    async def on_resumed(self) -> None:
        self._lost_at.clear()

    async def on_disconnect(self) -> None:
        """Give up where discord.py would try for ever, and a host would think that all is well.

        That is when the very first connection fails, and when each one is closed as soon as it stands. (discord.py
        waits between connections that fail, longer each time, but not between those.)
        """
        self._stop_waiting_for_ready()
        if self.is_closed():
            return
        if cast("object", self.ws) is None:
            self._give_up("cannot be reached")
            return
        self._lost_at.append(self.clock.monotonic())
        if len(self._lost_at) == LOSSES_AT_MOST and self._lost_at[-1] - self._lost_at[0] < LOSSES_WITHIN_S:
            self._give_up(f"closes each connection at once (code {self.ws.socket.close_code})")

    def _give_up(self, what: str) -> None:
        self.gateway_failure = self.gateway_failure or what
        self.given_up.set()
