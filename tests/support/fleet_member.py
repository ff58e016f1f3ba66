"""The processes of a fleet: each asks a service for as much as its limits allow until its wire ends. See `fleet.py`."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import random
import socket
import sys
from collections.abc import AsyncGenerator

import msgspec

from bot.errors import ServiceError
from bot.http import AiohttpTransport, Client, Clock, MemoryCache, Policy, Priority, Request, SystemClock, asking
from bot.redis.connection import Redis
from bot.redis.lane import LaneBook
from tests.support.fleet import SERVICE, Orders

_PERSONS = 8


async def _ask_on(client: Client, url: str, rng: random.Random) -> None:
    clock = SystemClock()
    request = Request(SERVICE, "one", "GET", f"{url}?process={os.getpid()}")
    while True:
        person = rng.randrange(_PERSONS)
        with asking(clock, within_s=60.0, priority=Priority.COMMAND, person=person), contextlib.suppress(ServiceError):
            await client.send(request)


async def _run(orders: Orders, wire: socket.socket) -> None:
    clock = SystemClock()
    policy = Policy(
        SERVICE,
        windows=orders.windows,
        min_gap_s=orders.min_gap_s,
        concurrency=orders.concurrency,
        timeout_s=2.0,
        retries=0,
    )
    async with _open_book(orders.cache_url, clock) as book:
        transport = AiohttpTransport("fleet")
        client = Client(transport, clock=clock, cache=MemoryCache(), policies=[policy], rng=random.Random(), book=book)
        if book is not None:
            await book.start()
        await _serve(client, orders.url, wire)


@contextlib.asynccontextmanager
async def _open_book(cache_url: str, clock: Clock) -> AsyncGenerator[LaneBook | None]:
    if not cache_url:
        yield None
        return
    redis = Redis(cache_url, clock=clock)
    await redis.open()
    book = LaneBook(redis, clock=clock)
    yield book
    await book.close()
    await redis.close()


async def _serve(client: Client, url: str, wire: socket.socket) -> None:
    reader, writer = await asyncio.open_connection(sock=wire)
    writer.write(f"{os.getpid()}\n".encode())
    rng = random.Random(os.getpid())
    workers: list[asyncio.Task[None]] = []
    while line := (await reader.readline()).strip():  # how many ask at once from now on
        while len(workers) > int(line):
            workers.pop().cancel()
        while len(workers) < int(line):
            workers.append(asyncio.create_task(_ask_on(client, url, rng)))
    for worker in workers:
        worker.cancel()
    await asyncio.gather(*workers, return_exceptions=True)
    await client.close()
    writer.close()


def _main() -> None:
    """Fork once for each wire: everything is imported then."""
    orders = msgspec.json.decode(sys.argv[1], type=Orders)
    wires = [socket.socket(fileno=int(number)) for number in sys.argv[2:]]
    for wire in wires:
        if os.fork() == 0:
            for other in wires:
                if other is not wire:
                    other.close()
            asyncio.run(_run(orders, wire))
            return
    for wire in wires:
        wire.close()
    for _ in wires:
        os.wait()


if __name__ == "__main__":
    logging.basicConfig(level=logging.ERROR, format=f"{os.getpid()} %(relativeCreated)d %(message)s")
    _main()
