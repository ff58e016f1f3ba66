"""What is answered to those who look at the bot: hosts, and Prometheus."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Callable

from bot.client import Shiori
from bot.http import Client, Clock
from bot.store.question import Question
from bot.watch.figures import CONTENT_TYPE, Figures
from bot.watch.gateway import Gateway
from bot.watch.health import Health
from bot.watch.server import Answer, open_server
from bot.watch.work import Work

log = logging.getLogger(__name__)


class Lookout:
    """Answers from before the bot is built until after it has ended."""

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._health: Health | None = None
        self._due: Question | None = None
        self._figures = Figures(clock=clock)
        self.port = 0
        """Where it listens."""

    def look_at_shared(self, is_there: Callable[[], bool]) -> None:
        """Tell whether what processes share can be used, too."""
        self._figures.is_shared = is_there

    @contextlib.asynccontextmanager
    async def watch(self, shiori: Shiori, http: Client) -> AsyncGenerator[None]:
        """Look meanwhile at this bot, which has not logged in yet."""
        gateway, work = Gateway(shiori), Work(shiori)
        health = self._health = Health(shiori, gateway, clock=self._clock)
        due = self._due = Question("the notices", work.count_due, clock=self._clock)
        try:
            with self._figures.show(shiori, http, (gateway, work)):
                yield
        finally:
            self._health = self._due = None
            await health.close()
            await due.close()

    async def say_alive(self) -> Answer:
        """The loop turns: nothing else is asked, since being started anew would help with nothing else."""
        return Answer(200, b"alive\n")

    async def say_ready(self) -> Answer:
        """Whether people are served."""
        if troubles := await self._find_troubles():
            return Answer(503, "".join(f"{trouble}\n" for trouble in troubles).encode())
        return Answer(200, b"ready\n")

    async def show_figures(self) -> Answer:
        """All figures, also while nobody is served."""
        health, due = self._health, self._due
        if health is None or due is None:
            self._figures.note_health(ready=False, database_s=None)
        else:  # together: a database that is silent must not make Prometheus give up
            troubles, _ = await asyncio.gather(health.find_troubles(), due.find_trouble())
            self._figures.note_health(ready=not troubles, database_s=health.database.took_s)
        return Answer(200, self._figures.render(), CONTENT_TYPE)

    async def _find_troubles(self) -> list[str]:
        return ["the bot is starting, or ending"] if self._health is None else await self._health.find_troubles()


@contextlib.asynccontextmanager
async def open_lookout(*, host: str, port: int, clock: Clock) -> AsyncGenerator[Lookout]:
    """Answer there what is asked.

    Raises:
        StartError: the port cannot be used.
    """
    lookout = Lookout(clock=clock)
    routes = {"/healthz": lookout.say_alive, "/readyz": lookout.say_ready, "/metrics": lookout.show_figures}
    async with open_server(routes, host=host, port=port) as lookout.port:
        shown = f"[{host}]" if ":" in host else host
        log.info("how the bot is, is told at http://%s:%d (%s)", shown, lookout.port, ", ".join(routes))
        yield lookout
