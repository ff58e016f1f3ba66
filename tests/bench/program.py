"""A bot as a process of its own on a local Discord of its own."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import time
from asyncio.subprocess import Process
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import Any

from bot.playground.engine import LocalDiscord, Person, World, walk

_START_WITHIN_S = 30.0
_STOP_WITHIN_S = 10.0
_CHANNELS, _ROLES = 30, 20  # of a server
_ROOT = Path(__file__).parent.parent.parent
# As `make run` starts it.
_ENVIRON = {"PYTHONOPTIMIZE": "2"}
# Of the form that Shiori's configuration asks of a token; the local Discord takes no other.
_TOKEN = ".".join(("M" * 24, "a" * 6, "b" * 38))


class Program:
    """A running bot, and the person who uses it."""

    def __init__(self, discord: LocalDiscord, process: Process, *, began_s: float) -> None:
        self.world = discord.world
        self.began_s = began_s
        """When the process was started, as `time.perf_counter` tells it."""
        self.person = Person(self.world, self.world.reader)
        self.process = process

    async def use(self, query: str) -> float:
        """Use `/vn search`. Returns the seconds from the command's dispatch until Discord has the answer."""
        exchange = await self.person.slash(self.world.general, "vn search", title=query)
        took_s = exchange.acknowledged_after_s
        if took_s is None or exchange.kind != "message":
            raise RuntimeError(f"{query!r} was answered with {exchange.kind}, not with a message at once")
        return took_s

    async def type(self, title: str) -> list[dict[str, Any]]:
        """Type a title. Returns the suggestions."""
        return await self.person.autocomplete(self.world.general, "vn info", focused="title", title=title)

    async def turn(self, card: Mapping[str, Any]) -> float:
        """Pick the first page in the menu of a card, which is its own. Returns the seconds as `use` does."""
        menu = next(part for part in walk(card["components"]) if part.get("custom_id", "").startswith("menu:"))
        exchange = await self.person.select(dict(card), menu["custom_id"], [menu["options"][0]["value"]])
        took_s = exchange.acknowledged_after_s
        if took_s is None or exchange.kind != "update":
            raise RuntimeError(f"a page turn was answered with {exchange.kind}, not with the page at once")
        return took_s

    async def show(self, query: str) -> dict[str, Any]:
        """Use `/vn search`, and return the message that answers."""
        exchange = await self.person.slash(self.world.general, "vn search", title=query)
        return await exchange.message(timeout_s=20)

    def read_memory_bytes(self) -> int | None:
        """The resident memory; None where the system does not tell."""
        with contextlib.suppress(OSError):
            lines = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii").splitlines()
            return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:"))
        return None

    def read_cpu_s(self) -> float | None:
        """The processor time used so far; None where the system does not tell."""
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        return None


@asynccontextmanager
async def run_shiori(
    *,
    vndb_url: str,
    ehentai_url: str,
    guilds: int = 0,
    settles: bool = True,
    again: bool = False,
    prepare: Callable[[str], Awaitable[None]] | None = None,
) -> AsyncGenerator[Program]:
    """The program as its users start it for the first time, with all its defaults; only the addresses are others.

    `guilds`: in how many more servers it is. `settles`: it is left alone for a moment after its start. `again`: it was
    started before, so that there are its database and its commands at Discord. `prepare` is given the URL of its
    database.
    """
    with TemporaryDirectory() as data_dir:
        if prepare is not None:
            await prepare(f"sqlite:///{Path(data_dir) / 'shiori.db'}")
        settings = {"VNDB_API_URL": vndb_url, "EHENTAI_API_URL": ehentai_url, "DATA_DIR": data_dir, "LOG_LEVEL": "INFO"}
        async with _connect(settings, guilds=guilds, settles=settles, again=again) as program:
            yield program


@asynccontextmanager
async def _connect(settings: Mapping[str, str], *, guilds: int, settles: bool, again: bool) -> AsyncGenerator[Program]:
    async with _open_discord(guilds) as discord:
        addresses = {
            "DISCORD_TOKEN": discord.token,
            "DISCORD_API_URL": discord.api_url,
            "DISCORD_GATEWAY_URL": discord.gateway_url,
        }
        if again:
            async with _run(discord, "bot", settings={**settings, **addresses}, settles=True):
                pass
        async with _run(discord, "bot", settings={**settings, **addresses}, settles=settles) as program:
            yield program


@asynccontextmanager
async def run_constant(card: Mapping[str, Any], *, guilds: int = 0, settles: bool = True) -> AsyncGenerator[Program]:
    """The constant bot, which answers with the components of a message."""
    async with _open_discord(guilds) as discord:
        addresses = {"api_url": discord.api_url, "gateway_url": discord.gateway_url, "token": discord.token}
        line = json.dumps({"card": card["components"], **addresses}) + "\n"
        async with _run(discord, "tests.bench.constant_bot", line=line, settles=settles) as program:
            yield program


def _open_discord(guilds: int) -> LocalDiscord:
    world = World(token=_TOKEN)
    world.answer_within_s = _START_WITHIN_S  # what is asked while it reads of all its servers waits
    world.quiet_guilds = [_build_guild(world) for _ in range(guilds)]
    return LocalDiscord(world)


def _build_guild(world: World) -> dict[str, Any]:
    """A server of some size, with ids of its own."""
    payload = world.guild_payload()
    guild_id = world.new_id()
    channel, everyone = payload["channels"][0], payload["roles"][0]
    return {
        **payload,
        "id": guild_id,
        "channels": [{**channel, "id": world.new_id(), "name": f"channel-{n}"} for n in range(_CHANNELS)],
        "threads": [],
        "roles": [{**everyone, "id": guild_id}, *({**everyone, "id": world.new_id()} for _ in range(_ROLES))],
        "members": [{**payload["members"][0], "roles": []}],
    }


@asynccontextmanager
async def _run(
    discord: LocalDiscord, module: str, *, settings: Mapping[str, str] | None = None, line: str = "", settles: bool
) -> AsyncGenerator[Program]:
    began_s = time.perf_counter()
    with TemporaryFile() as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            module,
            cwd=_ROOT,
            env={**os.environ, **_ENVIRON, **(settings or {})},
            stdin=asyncio.subprocess.PIPE,
            stdout=output,
            stderr=output,
        )
        try:
            assert process.stdin is not None
            process.stdin.write(line.encode())
            process.stdin.close()
            if not await _is_ready(discord.world, process):
                output.seek(0)
                raise RuntimeError(f"{module} did not start:\n{output.read().decode(errors='replace')}")
            if settles:
                await asyncio.sleep(0.5)  # the rest of its start is not to be measured
            yield Program(discord, process, began_s=began_s)
        finally:
            await _stop(process)


async def _is_ready(world: World, process: Process) -> bool:
    for _ in range(int(_START_WITHIN_S / 0.01)):
        if world.bot_connected and world.commands:
            return True
        if process.returncode is not None:
            return False
        await asyncio.sleep(0.01)
    return False


async def _stop(process: Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(_STOP_WITHIN_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
