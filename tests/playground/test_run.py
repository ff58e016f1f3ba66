"""The playground where a host's own `.env` is: it says that nothing leaves this machine, and works whatever is set."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import aiohttp
import pytest
import pytest_asyncio

from bot.client import point_discord_at
from bot.config import Config, parse_config
from bot.playground.run import open_playground


@pytest_asyncio.fixture(autouse=True)
async def discord_as_before() -> AsyncGenerator[None]:
    yield
    default = Config()
    point_discord_at(api_url=default.discord_api_url, gateway_url=default.discord_gateway_url)


@asynccontextmanager
async def counted() -> AsyncGenerator[tuple[str, list[bytes]]]:
    """Somebody else's server: its address, and the beginning of all that it was told."""
    heard: list[bytes] = []

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read(200))
        writer.close()

    async with await asyncio.start_server(hear, "127.0.0.1", 0) as server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}", heard


async def test_the_cache_that_a_host_shares_is_not_told_of_sample_services() -> None:
    """Its limits, pauses and answers are those of the real ones, for the bot that runs on it."""
    async with counted() as (at, heard):
        async with open_playground(parse_config({"CACHE_URL": f"redis://{at}/0"}), live=False, port=0):
            pass
        assert heard == []


async def test_errors_of_the_playground_are_not_told_to_the_sentry_of_the_host() -> None:
    async with counted() as (at, heard):
        async with open_playground(parse_config({"SENTRY_DSN": f"http://key@{at}/1"}), live=False, port=0):
            logging.getLogger("bot").error("something failed in the playground")
        assert heard == []


@pytest.mark.parametrize("shards", ["0", "1"])
async def test_there_are_commands_whatever_shards_a_process_of_the_host_has(shards: str) -> None:
    config = parse_config({"SHARD_COUNT": "2", "SHARD_IDS": shards})
    async with (
        open_playground(config, live=False, port=0) as page,
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{page.url}ws", origin=page.url.rstrip("/")) as line,
        asyncio.timeout(10),
    ):
        while not (await line.receive_json()).get("commands"):
            pass
