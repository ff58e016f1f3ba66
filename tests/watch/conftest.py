"""The whole bot with somebody who looks at it."""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bot.app import build_bot
from bot.client import Shiori
from bot.connection import connect
from bot.http import SystemClock
from bot.watch.lookout import Lookout, open_lookout
from tests.flow.conftest import Place, open_place
from tests.watch.wire import Heard, ask


class Watched:
    """A bot over the local Discord, and where it tells how it is."""

    def __init__(self, place: Place, lookout: Lookout) -> None:
        self.place = place
        self.lookout = lookout
        self.bot: Shiori | None = None

    @property
    def shiori(self) -> Shiori:
        assert self.bot is not None, "the bot is not connected"
        return self.bot

    async def ask(self, path: str) -> Heard:
        return await ask(self.lookout.port, path)

    @contextlib.asynccontextmanager
    async def connected(self, **changed: Any) -> AsyncGenerator[None]:
        """The bot, until it is closed. `changed`: what its configuration has instead."""
        config = msgspec.structs.replace(self.place.build_config(), **changed)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("bot.names.keeper.FIRST_AFTER_S", math.inf)
            async with build_bot(config, lookout=self.lookout) as self.bot:
                serving = asyncio.create_task(connect(self.bot, config))
                await self.bot.wait_for("ready", timeout=30)
                yield
                await self.bot.close()
                await serving

    async def wait_for(self, path: str, said: str) -> Heard:
        """Ask until it is told."""
        async with asyncio.timeout(30):
            while said not in (heard := await self.ask(path)).body:  # noqa: ASYNC110 - nobody is told
                await asyncio.sleep(0.05)
        return heard


@pytest.fixture
async def unconnected(tmp_path: Path, new_database: Path) -> AsyncGenerator[Place]:
    """A local Discord and sample services, without the bot."""
    async with open_place(tmp_path, new_database) as place:
        yield place


@pytest.fixture
async def unwatched(unconnected: Place) -> AsyncGenerator[Watched]:
    """As a program is before it has built its bot."""
    async with open_lookout(host="127.0.0.1", port=0, clock=SystemClock()) as lookout:
        yield Watched(unconnected, lookout)


@pytest.fixture
async def watched(unwatched: Watched, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Watched]:
    """The bot is connected, and nobody is in a hurry."""
    monkeypatch.setattr("bot.interaction.reply.DEFER_AFTER_S", 2.0)
    monkeypatch.setattr("bot.interaction.reply.COMPLETE_WITHIN_S", 2.0)
    monkeypatch.setattr("bot.watch.figures.EVERY_S", 0.0)
    async with unwatched.connected():
        yield unwatched
