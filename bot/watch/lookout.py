"""What is answered to those who look at the bot: hosts, and Prometheus."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import AsyncGenerator

from bot.client import Shiori
from bot.http import Clock
from bot.watch.health import Health
from bot.watch.server import Answer, open_server

log = logging.getLogger(__name__)


class Lookout:
    """Answers from before the bot is built until after it has ended."""

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._health: Health | None = None
        self.port = 0
        """Where it listens."""

    @contextlib.asynccontextmanager
    async def watch(self, shiori: Shiori) -> AsyncGenerator[None]:
        """Look at this bot meanwhile."""
        self._health = Health(shiori, clock=self._clock)
        try:
            yield
        finally:
            health, self._health = self._health, None
            await health.close()

    async def say_alive(self) -> Answer:
        """The loop turns: nothing else is asked, since being started anew would help with nothing else."""
        return Answer(200, b"alive\n")

    async def say_ready(self) -> Answer:
        """Whether people are served."""
        troubles = ["the bot is starting, or ending"] if self._health is None else await self._health.find_troubles()
        if troubles:
            return Answer(503, "".join(f"{trouble}\n" for trouble in troubles).encode())
        return Answer(200, b"ready\n")


@contextlib.asynccontextmanager
async def open_lookout(*, host: str, port: int, clock: Clock) -> AsyncGenerator[Lookout]:
    """Answer there what is asked.

    Raises:
        StartError: the port cannot be used.
    """
    lookout = Lookout(clock=clock)
    routes = {"/healthz": lookout.say_alive, "/readyz": lookout.say_ready}
    async with open_server(routes, host=host, port=port) as lookout.port:
        shown = f"[{host}]" if ":" in host else host
        log.info("how the bot is, is told at http://%s:%d (%s)", shown, lookout.port, ", ".join(routes))
        yield lookout
