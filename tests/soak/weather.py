"""What goes wrong during a soak, one thing after the other: services, Discord, the gateway, the processes."""

from __future__ import annotations

import asyncio
import copy
import random
from collections.abc import Awaitable, Callable
from typing import get_args

from bot.playground.engine import LocalDiscord
from bot.playground.engine.model import RestFault
from bot.playground.service import SampleServices
from bot.playground.service.fault import Fault
from tests.soak.program import Programs

EACH_S = 8.0
CLEAR_S = 4.0
"""Nothing is wrong for so long after each."""
END_EACH_S = 45.0
"""Between two processes that are ended, where they are."""
_END_WITHIN_S = 15.0
KILLED, RESTARTED = "a process is killed", "a process is restarted"

_REST = (
    RestFault(429, count=3, retry_after_s=0.5),
    RestFault(500, count=3),
    RestFault(502, count=2, taken=True),
    RestFault(0, count=2),
    RestFault(0, count=2, taken=True),
    RestFault(None, count=5, delay_s=1.5),
)


class Weather:
    """Makes the weather until it is cancelled, and remembers when what was away."""

    def __init__(
        self, discord: LocalDiscord, services: SampleServices, programs: Programs, *, rng: random.Random
    ) -> None:
        self._discord, self._services, self._programs, self._rng = discord, services, programs, rng
        self._services_all = (services.vndb, services.ehentai, services.anilist, services.nekos)
        self.told: list[str] = []
        self.bad_until_s: dict[str, float] = {}
        """Until when (of the loop's clock) something was wrong with a service, or with `Discord`."""

    async def make(self, rest: Callable[[], Awaitable[object]]) -> None:
        """Every kind once in random order, then `rest`, then again in another."""
        while True:
            kinds: list[Callable[[], Awaitable[None]]] = [
                *(self._fail_service(fault) for fault in get_args(Fault)),
                *(self._fail_discord(fault) for fault in _REST),
                self._drop_gateway(4000, forget=False),
                self._drop_gateway(4009, forget=True),
            ]
            self._rng.shuffle(kinds)
            for make in kinds:
                await make()
                await asyncio.sleep(CLEAR_S)
            await rest()

    async def end_processes(self, for_s: float) -> None:
        """End one after the other and start it again, in the first fifth of this time and in the last tenth: between
        them each lives for so long that its memory can be judged.
        """
        loop = asyncio.get_running_loop()
        began_s, kill = loop.time(), False
        while True:
            await asyncio.sleep(min(END_EACH_S, for_s / 10))
            gone_s = loop.time() - began_s
            if gone_s < 0.2 * for_s or 0.9 * for_s < gone_s < for_s - _END_WITHIN_S:
                kill = not kill
                await self._end(kill=kill)

    def is_fair(self, what: str, *, since_s: float | None = None) -> bool:
        """Whether nothing has been wrong with it for some time, so that what was asked had to come; or nothing was
        since then.
        """
        if since_s is None:
            since_s = asyncio.get_running_loop().time()
        return since_s > self.bad_until_s.get(what, 0.0)

    def _spoil(self, what: str, for_s: float, told: str) -> None:
        self.bad_until_s[what] = asyncio.get_running_loop().time() + for_s
        self.told.append(told)

    def _fail_service(self, fault: Fault) -> Callable[[], Awaitable[None]]:
        async def make() -> None:
            service = self._rng.choice(self._services_all)
            name = type(service).__name__.removeprefix("Sample")
            # What a fault leaves behind (a pause, an open circuit) lasts up to a minute and a half.
            self._spoil(name, EACH_S + 90, f"{name} {fault}")
            service.fault = fault
            try:
                await asyncio.sleep(EACH_S)
            finally:
                service.fault = None

        return make

    def _fail_discord(self, fault: RestFault) -> Callable[[], Awaitable[None]]:
        async def make() -> None:
            status = "slow" if fault.status is None else fault.status
            self._spoil("Discord", EACH_S + 10, f"Discord's REST {status}{' but taken' if fault.taken else ''}")
            faults = self._discord.world.rest_faults
            faults.append(copy.copy(fault))
            try:
                await asyncio.sleep(EACH_S)
            finally:
                faults.clear()

        return make

    def _drop_gateway(self, code: int, *, forget: bool) -> Callable[[], Awaitable[None]]:
        async def make() -> None:
            self._spoil("Discord", 20, f"the gateway is closed ({code}{', the session lost' if forget else ''})")
            self._discord.gateway.disconnect(code, forget=forget)

        return make

    async def _end(self, *, kill: bool) -> None:
        self._spoil("Discord", 30, KILLED if kill else RESTARTED)
        await self._programs.restart(self._rng.randrange(len(self._programs)), kill=kill)
