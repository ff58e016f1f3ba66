"""Everything outside the bot in virtual time: Discord, the services, the disk, and what is in the place of sockets,
threads, chance and the computer's clock.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import random
import secrets
import shutil
import types
import uuid
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import discord.ext.tasks
import discord.utils
import msgspec
from discord.webhook.async_ import AsyncWebhookAdapter

import bot.account.keeper
import bot.follow.follower
import bot.gateway.connected
import bot.interaction.callback
import bot.interaction.reply
import bot.names.keeper
import bot.store.database
import bot.store.store
import bot.transfer.importer
from bot.app import Outside
from bot.config import Config
from bot.playground.engine.rest import Rest
from bot.playground.engine.shard import ShardRules
from bot.playground.engine.world import World
from bot.playground.service import SampleServices
from bot.playground.service.anilist.server import SampleAnilist
from bot.playground.service.ehentai.server import SampleEhentai
from bot.playground.service.nekos.server import SampleNekos
from bot.playground.service.vndb.library import load_library
from bot.playground.service.vndb.server import SampleVndb
from bot.store.store import Store
from tests.simulate import discord_wire
from tests.simulate.discord_wire import API, DiscordWire, FakeSession
from tests.simulate.disk import Disk, InlineWorker
from tests.simulate.gateway import FakeSocket, Session
from tests.simulate.loop import EPOCH_S, OWNER, Loop, Owner, VirtualClock
from tests.simulate.process import Process
from tests.simulate.service_wire import ServiceWire
from tests.simulate.statement import ALIKE, make_engine

TODAY = dt.datetime.fromtimestamp(EPOCH_S, dt.UTC).date()
_registered: list[dict[str, Any]] = []


class Universe:
    """One simulation's."""

    def __init__(self, seed: int, loop: Loop, folder: Path, new_database: Path, *, has_two: bool = False) -> None:
        self.seed, self.loop = seed, loop
        self.clock = VirtualClock(loop)
        """The computer's, which somebody may set back; what is outside goes by the right time."""
        self.right_clock = VirtualClock(loop)
        self.world = World(clock=self.right_clock, token="token")
        if _registered:
            self.world.commands = [{**one, "application_id": self.world.application_id} for one in _registered]
        self.disk = Disk(seed)
        now, sleep, clock = self.right_clock.time, self.right_clock.sleep, self.right_clock.monotonic
        services = SampleServices(
            vndb=SampleVndb(
                library=load_library(TODAY), clock=clock, now=now, sleep=sleep, rng=random.Random(f"vndb {seed}")
            ),
            ehentai=SampleEhentai(clock=clock, sleep=sleep),
            anilist=SampleAnilist(clock=clock, now=now, sleep=sleep),
            nekos=SampleNekos(clock=clock, sleep=sleep),
        )
        self.services = services
        if has_two:
            # Each process keeps the whole limit, unless a server tells them of each other.
            for service in (services.vndb, services.ehentai, services.anilist):
                service.window.count *= 2
        for name in ("vndb", "ehentai", "anilist", "nekos", "amvstrm"):
            getattr(services, name).address = f"http://{name}.invalid"
        self.wire = DiscordWire(
            loop,
            Rest(self.world, gateway_url=lambda: "ws://discord.invalid", shards=ShardRules(self.right_clock)),
            seed,
        )
        self.service_wire = ServiceWire(loop, services, seed)
        self.database = folder / f"{seed}.db"
        shutil.copy(new_database, self.database)
        self.config = msgspec.structs.replace(
            Config(),
            discord_token=self.world.token,
            discord_api_url=API,
            discord_gateway_url="ws://discord.invalid",
            database_url=f"sqlite:///{self.database}",
            data_dir=folder,
            **services.api_urls,
        )
        self.processes: list[Process] = []
        self.failures: list[str] = []
        loop.on_death = self._bury

    def fail(self, what: str) -> None:
        """Something is not as it has to be."""
        self.failures.append(f"{self.loop.time():9.3f}  {what}")

    def start_process(self) -> Process:
        """One more process over the same database."""
        number = len(self.processes)
        session = Session(self.world, self.loop, f"{self.seed} {number}")
        session.pace = self.wire.pace
        self.world.listeners.append(session.hear)
        rng = random.Random(f"bot {self.seed} {number}")
        outside = Outside(clock=self.clock, rng=rng, build_transport=self.service_wire.build)
        process = Process(
            number,
            self.loop,
            session,
            self.config,
            outside,
            on_failure=lambda what: self.fail(f"process {number} ended: {what}"),
        )
        self.processes.append(process)
        process.start()
        assert process.task is not None
        process.task.add_done_callback(lambda _: process.gave_up and self.loop.call_later(5, self.start_anew, process))
        return process

    def start_anew(self, process: Process) -> None:
        """Start another in its place: once, though several may have ended the same one."""
        if not process.is_replaced:
            process.is_replaced = True
            self.start_process()

    @property
    def living(self) -> list[Process]:
        return [one for one in self.processes if not one.is_dead and one.task and not one.task.done()]

    def kill(self, process: Process, *, after: int = 0) -> None:
        """End a process after so many more of its callbacks, without another word of it."""
        process.dies_after = after

    def kill_now(self, process: Process) -> None:
        """The same at once."""
        process.dies_after, process.is_dead = None, True
        self._bury(process)

    def _bury(self, owner: Owner) -> None:
        self.loop.note("killed")
        self.disk.lose(owner)
        assert isinstance(owner, Process)
        owner.session.is_remembered = False
        if owner.session.hear in self.world.listeners:
            self.world.listeners.remove(owner.session.hear)

    def close(self) -> None:
        if not _registered and self.world.commands:
            _registered.extend(self.world.commands)
        self.disk.close()
        for path in self.database.parent.glob(f"{self.database.name}*"):
            path.unlink()


def _shift(module: types.ModuleType, clock: VirtualClock) -> types.ModuleType:
    """The module `datetime` with that clock's now."""

    class Virtual(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:  # type: ignore[override]
            return dt.datetime.fromtimestamp(clock.time(), tz)

    shifted = types.ModuleType("datetime")
    vars(shifted).update(vars(module))
    shifted.datetime = Virtual  # type: ignore[attr-defined]
    return shifted


class _OwnTasks:
    """A set of tasks that each process has for itself."""

    def __init__(self) -> None:
        self._tasks: dict[Owner | None, dict[object, None]] = {}

    def _mine(self) -> dict[object, None]:
        return self._tasks.setdefault(OWNER.get(), {})

    def __iter__(self) -> Iterator[object]:
        return iter(list(self._mine()))

    def __bool__(self) -> bool:
        return bool(self._mine())

    def add(self, task: object) -> None:
        self._mine()[task] = None

    def discard(self, task: object) -> None:
        self._mine().pop(task, None)


class _OwnLocks(dict[Any, Any]):
    """The locks of discord.py's adapters for webhooks, which all processes of this one share: each has its own."""

    def __getitem__(self, key: Any) -> Any:
        return super().__getitem__((OWNER.get(), key))

    def __setitem__(self, key: Any, lock: Any) -> None:
        super().__setitem__((OWNER.get(), key), lock)


def _find_adapters() -> list[object]:
    return [one for one in vars(bot.interaction.callback).values() if isinstance(one, AsyncWebhookAdapter)]


def _find_noticed_within_s(store: Store) -> float:
    """Who starts after one that was killed waits as long as ever, and not for the round of who is alone."""
    return 120.0 if store.peers.alone else 1.0


@contextlib.contextmanager
def replaced(universe: Universe, *, has_two: bool = False, follows: bool = False) -> Generator[None]:
    """No sockets, no threads, no chance but the seed's, and clocks that nobody waits for."""
    rng = random.Random(f"chance {universe.seed}")
    random.seed(universe.seed)
    FakeSession.wire = universe.wire
    InlineWorker.disk = universe.disk
    shifted = _shift(dt, universe.clock)
    patches: list[tuple[Any, str, Any]] = [
        (aiohttp, "ClientSession", FakeSession),
        (aiohttp.TCPConnector, "connect", discord_wire.connect),
        (bot.store.database, "Worker", InlineWorker),
        (bot.store.database, "create_engine", make_engine),
        *ALIKE,
        *((adapter, "_locks", _OwnLocks()) for adapter in _find_adapters()),
        (bot.interaction.reply, "_answering", _OwnTasks()),
        (bot.gateway.connected, "_Socket", FakeSocket),
        (discord.utils, "datetime", shifted),
        (discord.ext.tasks, "datetime", shifted),
        (uuid, "uuid4", lambda: uuid.UUID(int=rng.getrandbits(128), version=4)),
        (secrets, "token_urlsafe", lambda n=32: f"{rng.getrandbits(256):064x}"[:n]),
        (secrets, "token_hex", lambda n=32: f"{rng.getrandbits(8 * n):0{2 * n}x}"),
        (secrets, "randbits", rng.getrandbits),
    ]
    # What is done over and over without a reason would be most of the work.
    patches += [
        (bot.names.keeper, "LOAD_AFTER_S", float("inf")),
        (bot.names.keeper, "ROUND_S", 3600.0),
        (bot.account.keeper, "ROUND_S", 3600.0),
        (bot.transfer.importer, "ROUND_S", 3600.0),
        (bot.store.store, "POLL_S", 5.0 if has_two else 120.0),
        *(() if has_two else [(Store, "noticed_within_s", property(_find_noticed_within_s))]),
        (bot.follow.follower, "ROUND_S", 10.0 if follows else 600.0),
    ]
    before = [(where, name, getattr(where, name)) for where, name, _ in patches]
    for where, name, value in patches:
        setattr(where, name, value)
    try:
        yield
    finally:
        for where, name, value in before:
            setattr(where, name, value)


def look_seldom() -> None:
    """What is left to do is done in larger steps, until `replaced` ends: looking for it would be most of the work."""
    bot.store.store.POLL_S, bot.follow.follower.ROUND_S = 120.0, 90.0


async def wait_until(universe: Universe, reached: Any, within_s: float) -> bool:
    """Wait in the world until something holds. Whether it does."""
    end_s = universe.loop.time() + within_s
    while not reached():
        if universe.loop.time() >= end_s:
            return False
        await asyncio.sleep(0.05)
    return True
