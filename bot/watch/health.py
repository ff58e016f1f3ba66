"""Whether the bot serves: its connection to Discord stands, and its database answers. If not, in a few words why."""

from __future__ import annotations

from bot.client import Shiori
from bot.http import Clock
from bot.store.question import Question
from bot.watch.gateway import Gateway


class Health:
    """How it stands with one bot. `close` it before its database is closed."""

    def __init__(self, shiori: Shiori, gateway: Gateway, *, clock: Clock) -> None:
        self._gateway = gateway
        self.database = Question("the database", shiori.store.ping, clock=clock)

    async def find_troubles(self) -> list[str]:
        """All that is wrong, in words that hold no secrets."""
        return [trouble for trouble in (self._gateway.find_trouble(), await self.database.find_trouble()) if trouble]

    async def close(self) -> None:
        """Stop asking."""
        await self.database.close()
