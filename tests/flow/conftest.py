"""The whole bot over a local Discord and sample services: real sockets everywhere, nothing replaced."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import shutil
from collections.abc import AsyncGenerator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bot.app import build_bot
from bot.client import Shiori, point_discord_at
from bot.config import Config
from bot.connection import connect
from bot.http import SystemClock
from bot.interaction.reply import COMPLETE_WITHIN_S, DEFER_AFTER_S
from bot.playground.engine import Channel, LocalDiscord, Person, User, World
from bot.playground.service import SampleServices, start_sample_services
from bot.store.store import open_store


@dataclasses.dataclass
class Place:
    """A local Discord with the sample services, and the bot when it is connected."""

    discord: LocalDiscord
    services: SampleServices
    data_dir: Path
    connected_bot: Shiori | None = None

    @property
    def shiori(self) -> Shiori:
        """The bot, while it is connected: for its store, and to hear what it has heard."""
        assert self.connected_bot is not None, "the bot is not connected"
        return self.connected_bot

    @property
    def world(self) -> World:
        return self.discord.world

    @property
    def general(self) -> Channel:
        return self.world.general

    @property
    def reader(self) -> Person:
        return self.person(self.world.reader)

    @property
    def moderator(self) -> Person:
        return self.person(self.world.moderator)

    def person(self, user: User) -> Person:
        return Person(self.world, user)

    def build_config(self) -> Config:
        return msgspec.structs.replace(
            Config(),
            discord_token=self.discord.token,
            discord_api_url=self.discord.api_url,
            discord_gateway_url=self.discord.gateway_url,
            **self.services.api_urls,
            data_dir=self.data_dir,
        )

    @asynccontextmanager
    async def connected(self, *, message_content: bool = True, **changed: Any) -> AsyncGenerator[None]:
        """The bot, connected; leaving it is a restart's first half. `changed`: what its configuration has instead."""
        config = msgspec.structs.replace(self.build_config(), **changed)
        async with build_bot(config, message_content=message_content) as shiori:
            serving = asyncio.create_task(connect(shiori, config))
            ready = asyncio.create_task(self._wait_for_commands())
            await asyncio.wait({serving, ready}, timeout=30, return_when=asyncio.FIRST_COMPLETED)
            assert ready.done(), "the bot did not connect"
            self.connected_bot = shiori
            try:
                yield
            finally:
                self.connected_bot = None
                await shiori.wait_until_ready()  # closed before, discord.py would be ready on a closed client
                await shiori.close()
                await serving

    async def _wait_for_commands(self) -> None:
        events = self.world.subscribe()
        while not (self.world.commands and self.world.bot_connected):
            await events.get()


@pytest.fixture(scope="session")
def new_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that nobody has used: making its tables is half the work of a start."""
    path = tmp_path_factory.mktemp("database") / "shiori.db"

    async def make() -> None:
        await (await open_store(f"sqlite:///{path}", clock=SystemClock())).close()

    asyncio.run(make())
    return path


@pytest.fixture
async def unconnected(request: pytest.FixtureRequest, tmp_path: Path, new_database: Path) -> AsyncGenerator[Place]:
    """A local Discord and sample services, without the bot."""
    shutil.copy(new_database, tmp_path)
    async with AsyncExitStack() as stack:
        discord = LocalDiscord()
        if "hurried" not in request.fixturenames:
            # Three seconds, of which waiting to defer has taken two, are too few where a busy machine stands still.
            discord.world.answer_within_s = 15.0
        await discord.start()
        stack.push_async_callback(discord.stop)
        services = await start_sample_services()
        stack.push_async_callback(services.stop)
        yield Place(discord, services, tmp_path)
    default = Config()
    point_discord_at(api_url=default.discord_api_url, gateway_url=default.discord_gateway_url)


@pytest.fixture(scope="session")
def registered() -> list[dict[str, Any]]:
    """The commands that this process's first bot told Discord: telling them is a third of a start."""
    return []


@pytest.fixture
async def place(unconnected: Place, registered: list[dict[str, Any]]) -> AsyncGenerator[Place]:
    """Everything, with the bot connected. Its commands are known at Discord, as they are at most starts."""
    world = unconnected.world
    world.commands = [{**command, "application_id": world.application_id} for command in registered]
    async with unconnected.connected():
        registered[:] = world.commands
        yield unconnected


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that a busy machine is late with is not deferred, and suggestions come all the same: else whether a
    sentence is private, and what is suggested, were chance. Tests of being late set the real times again.
    """
    monkeypatch.setattr("bot.interaction.reply.DEFER_AFTER_S", 2.0)
    monkeypatch.setattr("bot.interaction.reply.COMPLETE_WITHIN_S", 2.0)


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch, unhurried: None) -> None:
    """The times after which an answer is really deferred, and suggestions are really given up."""
    monkeypatch.setattr("bot.interaction.reply.DEFER_AFTER_S", DEFER_AFTER_S)
    monkeypatch.setattr("bot.interaction.reply.COMPLETE_WITHIN_S", COMPLETE_WITHIN_S)


@pytest.fixture(autouse=True)
def nothing_unhandled(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """No test ends with an error in the log: everything that can happen is handled."""
    yield
    errors = [record.getMessage() for record in caplog.get_records("call") if record.levelno >= logging.ERROR]
    # discord.py mends a lost connection itself; `bot.log` makes one line of it.
    assert [error for error in errors if not error.startswith("Attempting a reconnect")] == []
