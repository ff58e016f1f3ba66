"""What ten ordinary members notice of one who floods: the real `Client` with VNDB's policy, virtual time."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

from bot.errors import ServiceError
from bot.http import Client, MemoryCache, Priority, Request, Response, asking
from bot.playground.service.limit import ExecutionTime, SlidingWindow
from bot.vndb.api.client import policy
from tests.bench.row import Row
from tests.support.clock import FakeClock

_FLOODER, _MEMBERS = "flooder", 10
_RATE = 20  # questions a second, each another one
_FLOOD_S = 600
_PAUSE_S = 60.0  # between two questions of an ordinary member
_COST_MS = 30
_PATIENCE_S = 20.0


class _StrictVndb:
    """Judges by both of VNDB's limits, and tells what each question cost."""

    def __init__(self, clock: FakeClock) -> None:
        self.window = SlidingWindow(200, 300.0, clock.monotonic)
        self.account = ExecutionTime(clock=clock.monotonic)
        self._clock = clock

    async def send(
        self,
        request: Request,  # noqa: ARG002
        *,
        timeout_s: float,  # noqa: ARG002
        max_body_bytes: int,  # noqa: ARG002
        on_sent: Callable[[], None] | None = None,
    ) -> Response:
        if on_sent is not None:
            on_sent()
        admitted = self.window.admit() and self.account.admit()
        await self._clock.sleep(_COST_MS / 1000)
        self.account.spend(_COST_MS / 1000)
        return Response(200 if admitted else 429, {}, b'{"results":[],"more":false,"time":%d}' % _COST_MS)

    async def close(self) -> None:
        """Nothing is open."""


async def measure_fairness(seed: int) -> Row:
    """Let one member ask 20 different searches a second for ten minutes, beside ten who ask one a minute."""
    rng = random.Random(seed)
    clock = FakeClock()
    service = _StrictVndb(clock)
    client = Client(service, clock=clock, cache=MemoryCache(), policies=[policy()], rng=rng)
    refused: dict[str, int] = {}

    async def ask(at_s: float, person: str, number: int) -> None:
        await clock.sleep(at_s)
        try:
            with asking(clock, within_s=_PATIENCE_S, priority=Priority.COMMAND, person=person):
                await client.send(Request("VNDB", "search", "POST", f"{person} {number}"))
        except ServiceError:
            refused[person] = refused.get(person, 0) + 1

    flood = [(number / _RATE, _FLOODER, number) for number in range(_FLOOD_S * _RATE)]
    asked = [
        (rng.uniform(0, _PAUSE_S) + turn * _PAUSE_S, f"member {member}", turn)
        for member in range(_MEMBERS)
        for turn in range(int(_FLOOD_S / _PAUSE_S))
    ]
    await clock.run(asyncio.gather(*(ask(*one) for one in flood + asked)))
    await client.close()
    ordinary = sum(count for person, count in refused.items() if person != _FLOODER)
    violations = service.window.violations + service.account.violations
    answered = len(flood) - refused.get(_FLOODER, 0)
    return Row(
        f"Ordinary questions refused while one member floods ({_RATE} different searches a second for"
        f" {_FLOOD_S // 60} min; {_MEMBERS} others ask one a minute each; VNDB's limits, {_COST_MS} ms of execution a"
        " search, virtual time)",
        f"{ordinary} of {len(asked)} ({answered} of the flood's {len(flood)} answered; {violations} refused by the"
        " service)",
        target="0, and 0 by the service",
        met=ordinary == 0 and violations == 0,
    )
