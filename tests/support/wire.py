"""A relay to PostgreSQL on whose wire connections go silent, as in a failover."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from urllib.parse import parse_qs, urlsplit


class Wire:
    """A relay to PostgreSQL. `silent`: what is sent is lost, and nobody is told. `deaf_to`: an answer
    that is lost, each time or `once`. `delay_s`: how long each answer is on its way.
    """

    def __init__(self, socket: str) -> None:
        self._socket = socket
        self._writers: set[asyncio.StreamWriter] = set()
        self.silent: set[int] = set()
        self.deaf_to: bytes | None = None
        self.once = False
        self.delay_s = 0.0
        self.count = 0

    async def relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.count += 1
        number = self.count
        up_reader, up_writer = await asyncio.open_unix_connection(self._socket)
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
    parts = urlsplit(url)
    folder = parse_qs(parts.query)["host"][0]
    wire = Wire(f"{folder}/.s.PGSQL.5432")
    server = await asyncio.start_server(wire.relay, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield wire, f"postgresql://postgres@127.0.0.1:{port}{parts.path}?sslmode=disable"
    finally:
        wire.close()
        server.close()
