"""The gateway: what a process is told of the world, in order, some time after it happened."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, Self

from discord.gateway import ReconnectWebSocket

from bot.playground.engine.gateway import application_flags
from bot.playground.engine.model import DM, Channel
from bot.playground.engine.payload import copy_payload
from bot.playground.engine.world import World
from tests.simulate.loop import OWNER, Loop

Payload = dict[str, Any]


class Session:
    """What Discord keeps for a process. What happens while the connection is lost is told when it is resumed, or never.

    `told` are who else hears each event when the process does.
    """

    def __init__(self, world: World, loop: Loop, seed: str) -> None:
        self._world, self._loop = world, loop
        self.rng = random.Random(f"gateway {seed}")
        self._events: deque[tuple[str, Payload, float]] = deque()
        self._wake = asyncio.Event()
        self._last_s = 0.0
        self.is_open = False
        self.is_remembered = False
        self.is_down = False
        """Whether no connection can be made."""
        self.told: list[Callable[[str, Payload], object]] = []
        self.pace = 1

    def identify(self) -> None:
        """Begin anew: what was not told yet never will be."""
        world = self._world
        self._events.clear()
        self.is_open = self.is_remembered = True
        guilds = [{"id": world.guild_id, "unavailable": True}] if world.bot_in_guild else []
        ready = {
            "v": 10,
            "user": {**world.bot.payload(), "verified": True, "mfa_enabled": True, "flags": 0},
            "guilds": guilds,
            "session_id": "session",
            "resume_gateway_url": "ws://discord.invalid",
            "application": {"id": world.application_id, "flags": application_flags(world)},
            "shard": [0, 1],
        }
        self.add("READY", ready)
        if world.bot_in_guild:
            self.add("GUILD_CREATE", world.guild_payload())

    def lose(self, *, forget: bool = False) -> None:
        """The connection ends, and none can be made; with `forget` the session with it."""
        self.is_open, self.is_down = False, True
        self.is_remembered = self.is_remembered and not forget
        self._wake.set()

    def resume(self) -> None:
        """It stands again, and all that was missed is told."""
        self.is_open = True
        self.add("RESUMED", {"__shard_id__": 0})

    def hear(self, name: str, payload: Payload, channel: Channel | None) -> None:
        """The world's listener."""
        if self.is_remembered and self._gets(name, channel):
            self.add(name, copy_payload(payload))

    def add(self, name: str, payload: Payload) -> None:
        delay_s = (0.01 + 0.03 * self.rng.random()) * self.pace + (self.rng.random() < 0.05) * self.rng.random()
        self._last_s = max(self._last_s, self._loop.time() + delay_s)
        self._events.append((name, payload, self._last_s))
        self._wake.set()

    def _gets(self, name: str, channel: Channel | None) -> bool:
        world = self._world
        if channel is None:
            return world.bot_in_guild and not name.startswith("GUILD_MEMBER")
        if channel.kind == DM:
            return name.startswith(("MESSAGE_", "INTERACTION_"))
        if channel.guild_id != world.guild_id:
            return name.startswith("INTERACTION_")
        if not world.bot_in_guild:
            return False
        return name.startswith(("CHANNEL_", "INTERACTION_")) or world.sees(world.bot, channel)

    async def next(self) -> tuple[str, Payload]:
        """The next event, when it has arrived. Raises ReconnectWebSocket when the connection ends."""
        while True:
            if not self.is_open:
                raise ReconnectWebSocket(0, resume=self.is_remembered)
            now_s = self._loop.time()
            if self._events and self._events[0][2] <= now_s:
                name, payload, _ = self._events.popleft()
                self._loop.note(f"! {name}")
                for hear in self.told:
                    hear(name, payload)
                return name, payload
            self._wake.clear()
            due_s = self._events[0][2] - now_s if self._events else None
            try:
                async with asyncio.timeout(due_s):
                    await self._wake.wait()
            except TimeoutError:
                pass


class FakeSocket:
    """In the place of discord.py's connection to the gateway: made, asked and closed by the bot's own."""

    open = True
    gateway = "ws://discord.invalid"
    session_id = "session"
    sequence = 0
    latency = 0.05

    def __init__(self, session: Session, client: Any, shard_id: int) -> None:
        self._session, self._client = session, client
        self.shard_id = shard_id
        self.socket = SimpleNamespace(close_code=1006)

    @classmethod
    async def from_client(cls, client: Any, *, shard_id: int, resume: bool = False, **_: object) -> Self:
        session: Session = getattr(OWNER.get(), "session")  # noqa: B009 - the owner is a process here
        await asyncio.sleep((0.01 + 0.03 * session.rng.random()) * session.pace)
        if session.is_down:
            raise ConnectionRefusedError(111, "no gateway")
        if resume and session.is_remembered:
            session.resume()
        else:
            await client.before_identify_hook(shard_id, initial=False)
            session.identify()
        return cls(session, client, shard_id)

    async def poll_event(self) -> None:
        name, payload = await self._session.next()
        parse = self._client._connection.parsers.get(name)
        if parse is not None:
            parse(payload)

    async def close(self, *_: object, **__: object) -> None:
        self.open = False
        self._session.is_open = False
