"""The gateway: what a process is told of the world, in order, some time after it happened."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from typing import Any

from bot.playground.engine.gateway import application_flags
from bot.playground.engine.model import DM, Channel
from bot.playground.engine.payload import copy_payload
from bot.playground.engine.world import World
from tests.simulate.loop import Loop

Payload = dict[str, Any]


class Session:
    """A process's connection. What happens while it is lost is told when it is resumed, or never."""

    def __init__(self, world: World, loop: Loop, seed: str) -> None:
        self._world, self._loop = world, loop
        self._rng = random.Random(f"gateway {seed}")
        self._events: deque[tuple[str, Payload, float]] = deque()
        self._wake = asyncio.Event()
        self._last_s = 0.0
        self.is_open = False
        self.is_remembered = False
        self.told: list[Any] = []
        """Who else is told of each event when the process is."""
        self.behind_s = 0.0

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
        }
        self.add("READY", ready)
        if world.bot_in_guild:
            self.add("GUILD_CREATE", world.guild_payload())

    def lose(self) -> None:
        """The connection ends."""
        self.is_open = False

    def resume(self) -> None:
        """It stands again, and all that was missed is told."""
        self.is_open = True
        self.add("RESUMED", {})
        self._wake.set()

    def hear(self, name: str, payload: Payload, channel: Channel | None) -> None:
        """The world's listener."""
        if self.is_remembered and self._gets(name, channel):
            self.add(name, copy_payload(payload))

    def add(self, name: str, payload: Payload) -> None:
        delay_s = 0.01 + 0.03 * self._rng.random() + (self._rng.random() < 0.05) * self._rng.random()
        self._last_s = max(self._last_s, self._loop.time() + delay_s + self.behind_s)
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

    async def pump(self, shiori: Any) -> None:
        """Hand events to discord.py, as its own connection does, for ever."""
        while True:
            while not self.is_open or not self._events:
                self._wake.clear()
                await self._wake.wait()
            name, payload, when_s = self._events[0]
            if when_s > self._loop.time():
                await asyncio.sleep(when_s - self._loop.time())
                continue
            self._events.popleft()
            self._loop.note(f"! {name}")
            for hear in self.told:
                hear(name, payload)
            parse = shiori._connection.parsers.get(name)
            if parse is not None:
                parse(payload)
