"""A client of the small server, over plain sockets: it sends what no library would."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass


@dataclass
class Heard:
    """An answer, as it came."""

    head: str
    body: str

    @property
    def status(self) -> int:
        return int(self.head.split(" ", 2)[1])


async def send(port: int, sent: bytes) -> Heard:
    """Send that, and hear everything until the server ends the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(sent)
        head, _, body = (await asyncio.wait_for(reader.read(), timeout=10)).decode().partition("\r\n\r\n")
        return Heard(head, body)
    finally:
        writer.close()


async def ask(port: int, path: str, *, method: str = "GET") -> Heard:
    """Ask as anybody would."""
    return await send(port, f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
