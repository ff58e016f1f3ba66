"""bot.watch.server: what may stand in the open."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import re
import socket
import sys
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from bot.connection import StartError
from bot.watch.server import CONNECTIONS_AT_MOST, Answer, open_server
from tests.watch.wire import ask, send

ROOT = Path(__file__).parents[2]
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"


async def say_alive() -> Answer:
    return Answer(200, b"alive\n")


@pytest.fixture
async def port() -> AsyncGenerator[int]:
    async with open_server({"/healthz": say_alive}, host="127.0.0.1", port=0) as port:
        yield port


async def test_it_answers_reading_and_nothing_else(port: int) -> None:
    got = await ask(port, "/healthz")
    assert (got.status, got.body) == (200, "alive\n")
    head = await ask(port, "/healthz", method="HEAD")
    assert (head.status, head.body) == (200, "")
    assert "Content-Length: 6" in head.head
    assert (await ask(port, "/healthz?x=1")).status == 200
    assert "/healthz" in (await ask(port, "/admin")).body
    refused = await ask(port, "/healthz", method="POST")
    assert refused.status == 405
    assert "Allow: GET, HEAD" in refused.head
    for heard in (got, head, refused, await ask(port, "/admin")):
        assert "Connection: close" in heard.head
    for heard in (got, head, refused, await ask(port, "/admin"), await send(port, b"\x16\x03\x01\r\n\r\n")):
        assert "Server: shiori" in heard.head
        assert "aiohttp" not in heard.head + heard.body


def is_here(address: str) -> bool:
    """Whether this machine has that address: not each has IPv6, nor all of 127.0.0.0/8."""
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as taken:
        try:
            taken.bind((address, 0))
        except OSError:
            return False
    return True


async def test_the_health_check_of_the_image_asks_where_it_listens() -> None:
    text = (ROOT / "deploy" / "container" / "Dockerfile").read_text("utf-8")
    line = re.search(r"^HEALTHCHECK .*\\\n +CMD (\[.*\])$", text, re.MULTILINE)
    assert line
    words = [sys.executable, *json.loads(line[1])[1:]]

    async def ask_it(listen: str, port: int) -> int:
        environ = {**os.environ, "LISTEN": listen, "PORT": str(port)}
        process = await asyncio.create_subprocess_exec(*words, env=environ, stderr=asyncio.subprocess.DEVNULL)
        return await asyncio.wait_for(process.wait(), timeout=30)

    found: dict[str, int] = {}
    for listen in filter(is_here, ("127.0.0.1", "127.0.0.2", "0.0.0.0", "::1", "::")):
        async with open_server({"/healthz": say_alive}, host=listen, port=0) as port:
            found[listen] = await ask_it(listen, port)
    assert found == dict.fromkeys(found, 0)
    async with open_server({"/else": say_alive}, host="127.0.0.1", port=0) as port:
        assert await ask_it("", port) == 1
    assert await ask_it("", port) == 1


async def test_nonsense_is_refused_in_a_word_and_not_logged(port: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    sent = {
        "no HTTP": b"\x16\x03\x01\x02\x00\x01\r\n\r\n",
        "a long line": b"GET /" + b"x" * 5000 + b" HTTP/1.1\r\n\r\n",
        "a long header": HEALTH + b"X-Long: " + b"x" * 5000 + b"\r\n\r\n",
        "many headers": HEALTH + b"".join(b"X-%d: 1\r\n" % n for n in range(500)) + b"\r\n",
        "two lengths": HEALTH + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
    }
    heard = {name: await send(port, one) for name, one in sent.items()}
    assert {name: (one.status, one.body) for name, one in heard.items()} == dict.fromkeys(
        sent, (400, "this was not understood\n")
    )
    assert caplog.records == []


async def test_a_body_is_not_waited_for(port: int) -> None:
    for method in (b"POST", b"GET"):
        sent = method + b" /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000\r\n\r\nabc"
        assert (await send(port, sent)).status == (200 if method == b"GET" else 405)
    upgrade = HEALTH + b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\nabc"
    assert (await send(port, upgrade)).status == 200


async def test_who_is_slow_holds_nobody_up_and_is_ended(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.watch.server.WITHIN_S", 1.0)
    slow = [await asyncio.open_connection("127.0.0.1", port) for _ in range(3 * CONNECTIONS_AT_MOST)]
    for _, writer in slow:
        with contextlib.suppress(ConnectionError):
            writer.write(HEALTH)  # and never the empty line
            await writer.drain()
    assert (await ask(port, "/healthz")).status == 200
    left = [pair for pair in slow if not pair[0].at_eof() and pair[0].exception() is None]
    assert 0 < len(left) < CONNECTIONS_AT_MOST
    assert left[-1] is slow[-1]
    trickling = asyncio.create_task(_trickle(slow[-1][1]))
    for reader, writer in slow:
        with contextlib.suppress(ConnectionError):
            assert await asyncio.wait_for(reader.read(), timeout=5) == b""
        writer.close()
    await asyncio.wait_for(trickling, timeout=5)


async def _trickle(writer: asyncio.StreamWriter) -> None:
    """A byte now and then, as long as anybody takes them."""
    with contextlib.suppress(ConnectionError):
        while not writer.is_closing():
            writer.write(b"X")
            await writer.drain()
            await asyncio.sleep(0.05)


async def test_who_does_not_take_the_answer_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.watch.server.WITHIN_S", 0.5)
    tasks = len(asyncio.all_tasks())

    async def say_much() -> Answer:
        return Answer(200, b"x" * 50_000_000)

    async with open_server({"/metrics": say_much}, host="127.0.0.1", port=0) as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.transport.pause_reading()  # pyright: ignore[reportAttributeAccessIssue] - a transport that reads
        writer.write(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
        async with asyncio.timeout(10):
            while len(asyncio.all_tasks()) == tasks:  # noqa: ASYNC110 - that it began has no event
                await asyncio.sleep(0.01)
            while len(asyncio.all_tasks()) > tasks:  # noqa: ASYNC110 - nor that it ended
                await asyncio.sleep(0.05)
        writer.transport.abort()


async def test_a_port_that_is_taken_is_one_sentence(port: int) -> None:
    with pytest.raises(StartError, match=rf"^Port {port} of 127\.0\.0\.1 cannot be used \(Address already in use\)"):
        async with open_server({}, host="127.0.0.1", port=port):
            pass
    with pytest.raises(StartError, match=r"Port 0 of 203\.0\.113\.1 cannot be used"):
        async with open_server({}, host="203.0.113.1", port=0):
            pass


async def test_what_fails_is_said_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def fail() -> Answer:
        raise ValueError("secret")

    async with open_server({"/metrics": fail}, host="127.0.0.1", port=0) as port:
        heard = await ask(port, "/metrics")
    assert (heard.status, heard.body) == (500, "this failed\n")
    assert [record.getMessage() for record in caplog.records] == ["/metrics could not be answered"]


async def test_it_ends_though_somebody_still_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.watch.server.END_WITHIN_S", 0.1)
    waiting, never = asyncio.Event(), asyncio.Event()

    async def wait() -> Answer:
        waiting.set()
        await never.wait()
        raise AssertionError

    async with asyncio.timeout(10):
        async with open_server({"/metrics": wait}, host="127.0.0.1", port=0) as port:
            asked = asyncio.create_task(ask(port, "/metrics"))
            _, idle = await asyncio.open_connection("127.0.0.1", port)
            await waiting.wait()
        await asyncio.wait({asked})
    idle.close()
    assert asked.exception() is not None or asked.result().head == ""
