"""A relay on whose wire connections go silent, as those to a PostgreSQL do in a failover."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from urllib.parse import parse_qs, urlsplit

Connect = Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]


class Wire:
    """A relay to whatever `connect` leads to. `silent`: what is sent is lost, and nobody is told. `deaf_to`: an answer
    that is lost, each time or `once`. `delay_s`: how long each answer is on its way.
    """

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._writers: set[asyncio.StreamWriter] = set()
        self.silent: set[int] = set()
        self.deaf_to: bytes | None = None
        self.once = False
        self.delay_s = 0.0
        self.count = 0

    async def relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.count += 1
        number = self.count
        up_reader, up_writer = await self._connect()
        self._writers |= {writer, up_writer}
        # Where it is cancelled, at the end of a test, asyncio fails on asking what it failed with.
        with suppress(asyncio.CancelledError):
            await asyncio.gather(
                self._pump(reader, up_writer, number), self._pump(up_reader, writer, number, is_answer=True)
            )

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int, *, is_answer: bool = False
    ) -> None:
        with suppress(ConnectionError, RuntimeError):
            while data := await reader.read(65_536):
                if self.deaf_to is not None and self.deaf_to in data:
                    self.silent.add(number)
                    self.deaf_to = None if self.once else self.deaf_to
                if is_answer and self.delay_s:
                    await asyncio.sleep(self.delay_s)
                if number not in self.silent:
                    writer.write(data)
                    await writer.drain()
            if number not in self.silent:
                writer.close()

    def silence(self) -> None:
        """All connections of now say nothing any more."""
        self.silent = set(range(self.count + 1))

    def close(self) -> None:
        for writer in self._writers:
            writer.close()


@asynccontextmanager
async def relayed(url: str) -> AsyncGenerator[tuple[Wire, str]]:
    """To a PostgreSQL, and the URL that leads there."""
    parts = urlsplit(url)
    folder = parse_qs(parts.query)["host"][0]
    async with relayed_to(partial(asyncio.open_unix_connection, f"{folder}/.s.PGSQL.5432")) as (wire, port):
        yield wire, f"postgresql://postgres@127.0.0.1:{port}{parts.path}?sslmode=disable"


@asynccontextmanager
async def relayed_to(connect: Connect) -> AsyncGenerator[tuple[Wire, int]]:
    """A relay, and its port on loopback."""
    wire = Wire(connect)
    server = await asyncio.start_server(wire.relay, "127.0.0.1", 0)
    try:
        yield wire, server.sockets[0].getsockname()[1]
    finally:
        wire.close()
        server.close()
