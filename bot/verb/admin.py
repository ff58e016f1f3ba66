"""`python -m bot admin stats | lanes | resync`: for the host, from outside of a bot that may be running.

It looks at the database, which it neither makes nor migrates, and asks Discord; the running bot is not disturbed.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import tempfile
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager

import discord

from bot.app import assemble, build_http
from bot.config import Config
from bot.connection import FAILURES, StartError, explain_failure, open_rest
from bot.errors import StoreError
from bot.http import SystemClock
from bot.log import blot_out
from bot.lookup.source import build_policies, build_sources
from bot.store.count import Counts, count_rows
from bot.store.database import Database
from bot.store.rest import RestRecord, RestRecords
from bot.store.schema import fetch_version, find_head, misses_table
from bot.store.store import Store
from bot.verb.call import Call, say
from bot.verb.database import open_database
from bot.verb.running import describe_figures, fetch_figures

_NO_PORT = "set PORT to hear of it"
_MIB = 1024 * 1024


def run(call: Call, config: Config) -> int:
    """Do what the call's act says. The exit code: 0 it was done, 1 it could not be."""
    act = {"stats": _tell_stats, "lanes": _tell_lanes, "resync": _register}[call.act]
    try:
        asyncio.run(act(config))
    except StoreError as error:
        say(blot_out(f"The database tells nothing: {error.reason}.", config.secrets))
    except StartError as error:
        say(blot_out(str(error), config.secrets))
    else:
        return 0
    return 1


async def _tell_stats(config: Config) -> None:
    async with open_database(config) as database:
        counts = await count_rows(database)
    _print(_list_counts(counts))
    if config.discord_token:
        async with _log_in(config) as client:
            application = await client.application_info()
        installs = application.approximate_user_install_count
        _print([("servers", f"about {application.approximate_guild_count:,}")])
        _print([("installed by persons", f"about {installs:,}")] if installs is not None else [])


def _list_counts(counts: Counts) -> Iterator[tuple[str, str]]:
    yield "tables", _describe_version(counts.version)
    yield "size of the database", f"{counts.size_bytes / _MIB:,.1f} MiB"
    for name, number in counts.rows.items():
        yield name, f"{number:,}"


def _describe_version(version: str | None) -> str:
    if version is None:
        return "none yet; the first start makes them"
    if version == find_head():
        return f"of version {version}, as this code needs them"
    return f"of version {version}, and this code needs {find_head()}: the next start migrates them"


async def _tell_lanes(config: Config) -> None:
    now_s = SystemClock().time()
    async with open_database(config) as database:
        version = await fetch_version(database)
        rests = await _list_rests(database, now_s)
    _print([] if version == find_head() else [("tables", _describe_version(version))])
    running = await fetch_figures(config)
    for service in (policy.service for policy in build_policies(config)):
        told = [_describe_rests([one for one in rests if one.service == service], now_s)]
        if running:
            told.append(f"the running bot: {describe_figures(running.get(service, {}))}")
        _print([(service, "; ".join(told))])
    if not running:
        silent = "tells nothing" if running is None else "is starting or ending, or something else answers"
        _print([("the running bot", f"{silent} at port {config.port}" if config.port else _NO_PORT)])


async def _list_rests(database: Database, now_s: float) -> list[RestRecord]:
    """None where there is no table of them yet."""
    try:
        return await RestRecords(database).list_rests(now_s=now_s)
    except StoreError as error:
        if misses_table(error):
            return []
        raise


def _describe_rests(rests: list[RestRecord], now_s: float) -> str:
    if not rests:
        return "nothing is written down against it"
    longest = max(rests, key=lambda one: one.for_s)
    until = dt.datetime.fromtimestamp(now_s + longest.for_s, dt.UTC)
    return f"left alone until {until:%Y-%m-%d %H:%M:%S} UTC ({', '.join(sorted(one.kind for one in rests))})"


async def _register(config: Config) -> None:
    """Tell Discord the commands, whether or not it has them."""
    if not config.discord_token:
        raise StartError("DISCORD_TOKEN is not set, so there is no bot to register commands for.")
    commands = await _list_commands(config)
    async with _log_in(config) as client:
        assert client.application_id is not None  # noqa: S101 - known since the log-in
        told = await client.http.bulk_upsert_global_commands(client.application_id, payload=commands)
    names = ", ".join(sorted(one["name"] for one in told))
    _print([("registered anew", f"{len(told)} commands: {names}")])


async def _list_commands(config: Config) -> list[dict[str, object]]:
    """All of them as Discord is told. The bot that has them is never logged in, and opens no database."""
    clock, http = SystemClock(), build_http(config)
    try:
        with tempfile.TemporaryDirectory(prefix="shiori-") as folder:
            store = Store(Database(f"sqlite:///{folder}/none.db"), clock=clock)
            shiori = assemble(config, http, build_sources(http, config), store, clock=clock)
            await shiori.load_commands()
            return shiori.describe_commands()
    finally:
        await http.close()


@asynccontextmanager
async def _log_in(config: Config) -> AsyncGenerator[discord.Client]:
    """Discord's REST API, without its gateway: whoever is connected stays so. Raises StartError."""
    try:
        async with open_rest(config) as client:
            await client.login(config.discord_token)
            yield client
    except FAILURES as error:
        raise StartError(explain_failure(error, config)) from None


def _print(lines: Iterator[tuple[str, str]] | list[tuple[str, str]]) -> None:
    for name, value in lines:
        print(f"{name + ':':<32} {value}")  # noqa: T201
