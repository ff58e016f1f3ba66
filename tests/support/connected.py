"""Connects a real discord.py client to a local Discord, for the length of a test."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from typing import Any

import discord
import pytest
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.playground.engine import LocalDiscord


class Probe(discord.Client):
    """A client with a command tree that keeps the errors of its commands."""

    def __init__(self, *, intents: discord.Intents | None = None) -> None:
        intents = intents or discord.Intents(guilds=True)
        # Ready follows the last guild by this much; two seconds otherwise.
        super().__init__(intents=intents, max_messages=None, guild_ready_timeout=0.02)
        self.tree = _Tree(self)
        self.errors: list[Exception] = []
        self.seen: list[discord.Message] = []
        self.resumed = asyncio.Event()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Discord wants five seconds between two IDENTIFYs; the local one does not."""

    async def takes(self, _interaction: discord.Interaction[Any]) -> bool:
        """Nothing is delivered twice here."""
        return True

    async def setup_hook(self) -> None:
        await self.tree.sync()

    async def on_message(self, message: discord.Message) -> None:
        self.seen.append(message)

    async def on_resumed(self) -> None:
        self.resumed.set()


class _Tree(app_commands.CommandTree[Probe]):
    async def on_error(self, interaction: discord.Interaction[Probe], error: app_commands.AppCommandError) -> None:
        cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
        interaction.client.errors.append(cause)


@contextlib.contextmanager
def pointed_at(local: LocalDiscord) -> Generator[None]:
    """discord.py speaks to this Discord inside of the block."""
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = local.api_url, yarl.URL(local.gateway_url)
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before


@contextlib.asynccontextmanager
async def connected(client: discord.Client, local: LocalDiscord) -> AsyncGenerator[None]:
    """The client is logged in and ready inside of the block."""
    with pointed_at(local):
        task = asyncio.create_task(client.start(local.token))
        ready = asyncio.create_task(_ready(client))
        await asyncio.wait({task, ready}, return_when=asyncio.FIRST_COMPLETED)
        try:
            if task.done():
                await task
            yield
        finally:
            ready.cancel()
            await client.close()
            await asyncio.gather(task, ready, return_exceptions=True)


async def _ready(client: discord.Client) -> None:
    while True:
        # wait_until_ready refuses before login has run.
        with contextlib.suppress(RuntimeError):
            await client.wait_until_ready()
            return
        await asyncio.sleep(0.005)


async def until(reached: Callable[[], object]) -> None:
    """Return when this is true: it waits for a real socket, half a minute at most."""
    async with asyncio.timeout(30):
        while not reached():  # noqa: ASYNC110 - there is no event for what a socket brings
            await asyncio.sleep(0.005)


async def code_of(request: Coroutine[Any, Any, object]) -> int:
    """Discord's code of the refusal of this request."""
    with pytest.raises(discord.HTTPException) as caught:
        await request
    return caught.value.code
