"""The program is told to end while something that it uses says nothing any more: it ends by itself, and in time."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from functools import partial
from typing import Any, cast
from urllib.parse import urlsplit

import asyncpg
import pytest

from bot.playground.engine.model import RestFault
from tests.flow.conftest import Place
from tests.flow.setting_message import open_panel
from tests.flow.test_start import start_program
from tests.support.valkey import Valkey
from tests.support.wire import relayed, relayed_to

_DEEP = [pytest.param(silent, marks=pytest.mark.deep) for silent in ("valkey", "service")]


@pytest.mark.parametrize("silent", ["database", "discord", "everything", *_DEEP])
async def test_the_program_ends_by_itself_whoever_is_silent(
    unconnected: Place, postgresql_url: str, valkey: Valkey, silent: str
) -> None:
    """What does not end by itself within ten seconds says so, and ends with 1."""
    place, discord = unconnected, urlsplit(unconnected.discord.api_url)
    async with contextlib.AsyncExitStack() as stack:
        database, database_url = await stack.enter_async_context(relayed(postgresql_url))
        connect = partial(asyncio.open_connection, discord.hostname, discord.port)
        wire, port = await stack.enter_async_context(relayed_to(connect))
        events = place.world.subscribe()
        process = await start_program(
            place,
            DATABASE_URL=database_url,
            CACHE_URL=valkey.url,
            PORT="0",
            DISCORD_API_URL=f"http://127.0.0.1:{port}{discord.path}",
            DISCORD_GATEWAY_URL=f"ws://127.0.0.1:{port}/gateway",
        )
        while not place.world.bot_connected:
            await asyncio.wait_for(events.get(), timeout=30)
        panel = await open_panel(place.moderator, place.general)
        if silent in {"service", "everything"}:
            place.services.vndb.fault = "hang"
        if silent in {"valkey", "everything"}:
            valkey.freeze()
        # People ask until it ends; this one has been told that it takes a while.
        await place.reader.slash(place.general, "vn search", title="v17")
        if silent in {"database", "everything"}:
            database.silence()
        changing = asyncio.create_task(panel.set("set:s:vndb", "on"))
        stack.callback(changing.cancel)
        if silent in {"discord", "everything"}:
            wire.silence()
        process.send_signal(signal.SIGTERM)
        _, stderr = await asyncio.wait_for(process.communicate(), timeout=30)
    assert (process.returncode, b"Traceback" in stderr) == (0, False), stderr.decode()


async def test_a_log_in_that_rests_for_as_long_as_discord_asks_it_to_is_given_up(unconnected: Place) -> None:
    unconnected.world.rest_faults.append(RestFault(429, count=9, retry_after_s=600.0))
    process = await start_program(unconnected, LOG_FORMAT="plain")
    assert process.stderr is not None
    told = b""
    while b"rate limit" not in told.lower():
        line = await asyncio.wait_for(process.stderr.readline(), timeout=30)
        assert line, told.decode()
        told += line
    process.send_signal(signal.SIGTERM)
    _, stderr = await asyncio.wait_for(process.communicate(), timeout=30)
    assert (process.returncode, stderr) == (0, b"")


async def read_until(process: asyncio.subprocess.Process, word: bytes) -> None:
    assert process.stderr is not None
    told = b""
    while word not in told:
        line = await asyncio.wait_for(process.stderr.readline(), timeout=30)
        assert line, told.decode()
        told += line


async def stop(process: asyncio.subprocess.Process) -> tuple[int | None, bytes]:
    process.send_signal(signal.SIGTERM)
    _, stderr = await asyncio.wait_for(process.communicate(), timeout=30)
    return process.returncode, stderr


async def test_who_is_told_to_stop_while_it_is_imported_ends_in_order(unconnected: Place) -> None:
    """Process 1 does not end by a signal that it does not handle."""
    process = await start_program(unconnected, PYTHONPROFILEIMPORTTIME="1")
    await read_until(process, b"discord.errors")
    code, stderr = await stop(process)
    assert (code, b"Traceback" in stderr, unconnected.world.bot_connected) == (0, False, False), stderr.decode()


async def test_who_is_told_to_stop_while_it_starts_is_soon_not_reckoned_with(
    unconnected: Place, postgresql_url: str
) -> None:
    database = cast("Any", await asyncpg.connect(postgresql_url))
    process = await start_program(unconnected, LOG_FORMAT="plain", DATABASE_URL=postgresql_url)
    async with asyncio.timeout(30):
        while await database.fetchval("SELECT to_regclass('process')") is None:  # noqa: ASYNC110 - a table has no event
            await asyncio.sleep(0.005)
        while not await database.fetchval("SELECT count(*) FROM process"):  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    code, stderr = await stop(process)
    left: int = await database.fetchval("SELECT count(*) FROM process")
    await database.close()
    assert (code, left, b"Traceback" in stderr) == (0, 0, False), stderr.decode()


async def test_who_is_told_to_stop_while_it_starts_without_an_intent_starts_no_further(unconnected: Place) -> None:
    unconnected.world.privileged_intents = 0
    process = await start_program(unconnected, LOG_FORMAT="plain")
    await read_until(process, b"message-content intent")
    code, stderr = await stop(process)
    assert (code, unconnected.world.bot_connected) == (0, False), stderr.decode()
    assert b"did not end by itself" not in stderr
    assert b"invite it" not in stderr
