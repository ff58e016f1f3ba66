"""A process, as far as its client and what it shares go: several of them stand side by side in a test."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from bot.http import Client, Clock, Lifetime, Policy, Priority, Request, Rest, SystemClock, asking
from bot.redis.shared import Shared, open_shared
from tests.support.transport import Reply, ScriptedTransport

T = TypeVar("T")

LIFETIME = Lifetime(fresh_s=60.0, stale_s=600.0, empty_s=10.0)
SERVICE = "Demo API"
POLICY = Policy(SERVICE, concurrency=4, retries=0, blocks_repeat_offenders=True)


def build_request(what: str) -> Request:
    return Request(SERVICE, what, "POST", f"http://demo.test/{what}", b"{}")


REQUEST = build_request("thing")


@dataclass
class Process:
    """One that answers what is asked of it with the replies of its transport."""

    transport: ScriptedTransport
    client: Client
    shared: Shared

    async def fetch(
        self,
        request: Request = REQUEST,
        lifetime: Lifetime = LIFETIME,
        *,
        within_s: float = 20.0,
        priority: Priority = Priority.COMMAND,
    ) -> bytes | None:
        with asking(SystemClock(), within_s=within_s, priority=priority):
            return (await self.client.fetch(request, lifetime)).body

    @property
    def asked(self) -> int:
        return len(self.transport.sent)


@contextlib.asynccontextmanager
async def run_process(
    url: str, *replies: Reply, clock: Clock | None = None, keeps_limits: Policy | None = None
) -> AsyncGenerator[Process]:
    """It ends in order at the end of the block. `keeps_limits`: of that policy, together with others."""
    clock = clock or SystemClock()
    async with contextlib.AsyncExitStack() as parts:
        shared = await parts.enter_async_context(open_shared(url, clock=clock))

        def on_rest(service: str, kind: Rest, for_s: float) -> None:
            shared.rests.tell(service, kind, for_s)

        transport = ScriptedTransport(clock, *replies)
        client = Client(
            transport,
            clock=clock,
            cache=shared.cache,
            policies=[keeps_limits or POLICY],
            rng=random.Random(7),
            on_rest=on_rest,
            book=shared.book if keeps_limits else None,
        )
        parts.push_async_callback(client.close)
        await shared.join(client)
        await shared.news.is_listening.wait()
        yield Process(transport, client, shared)


async def until(look: Callable[[], Awaitable[T]], holds: Callable[[T], bool], *, within_s: float = 15) -> None:
    """Look again and again until it holds: another process hears of something in a moment, and not at once."""
    async with asyncio.timeout(within_s):
        while True:
            if holds(await look()):
                return
            await asyncio.sleep(0.01)
