"""What a host's Sentry is told of an error that nobody expected: a real server takes it, and nothing of anybody's."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
import logging
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from typing import Any, NoReturn
from urllib.parse import quote

import pytest
from aiohttp import web

from bot.log import build_label
from bot.playground.engine import texts
from tests.flow.conftest import Place
from tests.flow.token_message import KEY

SENTRY_KEY = "0123456789abcdef0123456789abcdef"
NEKOS_TOKEN = "a1B2c3D4e5F6g7H8"
TYPED = "Ever17 of somebody's own"


class Ingest:
    """Takes envelopes as Sentry does."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.headers: list[str] = []
        self.came = asyncio.Event()

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        if body.startswith(b"\x1f\x8b"):
            body = gzip.decompress(body)
        self.bodies.append(body)
        self.headers.append(str(request.headers))
        self.came.set()
        return web.json_response({})

    def read(self) -> list[tuple[str, dict[str, Any]]]:
        """Every item, by what it is."""
        found: list[tuple[str, dict[str, Any]]] = []
        for body in self.bodies:
            _, *lines = body.splitlines()
            found += [
                (json.loads(head)["type"], json.loads(item)) for head, item in zip(*[iter(lines)] * 2, strict=True)
            ]
        return found


@asynccontextmanager
async def open_ingest() -> AsyncGenerator[tuple[Ingest, str]]:
    """One, and the DSN that leads to it."""
    ingest = Ingest()
    app = web.Application()
    app.router.add_post("/api/17/envelope/", ingest.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    try:
        yield ingest, f"http://{SENTRY_KEY}@127.0.0.1:{port}/17"
    finally:
        await runner.cleanup()


def spell(text: str) -> Iterator[bytes]:
    """A text in every way that something on its way might write it."""
    raw = text.encode()
    yield from (raw, raw.hex().encode(), raw[::-1], quote(text, safe="").encode(), repr(text)[1:-1].encode())
    yield json.dumps(text)[1:-1].encode()
    for start in range(3):  # wherever it stands in what was encoded
        yield base64.b64encode(b"x" * start + raw)[4 : -4 or None]


async def test_an_unexpected_error_is_reported_without_anything_of_anybody(
    unconnected: Place, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    hidden: list[str] = []

    def render(*_: Any, **__: Any) -> NoReturn:
        token, keys, password = hidden[0], KEY, hidden[1]
        try:
            raise KeyError(TYPED, token)
        except KeyError as error:
            logging.getLogger("of.others").exception(f"{TYPED} {token}")
            raise ValueError(f"{TYPED}: {keys} {password}") from error

    place = unconnected
    async with open_ingest() as (ingest, dsn):
        async with place.connected(sentry_dsn=dsn, nekos_token=NEKOS_TOKEN, secret_keys=KEY):
            monkeypatch.setattr("bot.vndb.pages.vn.render_overview", render)
            hidden += [place.discord.token, NEKOS_TOKEN]
            exchange = await place.reader.slash(place.general, "vn info", title="v17")
            told = texts(await exchange.message())
        caplog.clear()
    label = build_label(exchange.interaction_id)
    assert label in told
    items = ingest.read()
    assert [kind for kind, _ in items] == ["event", "event"]
    of_others, event = (item for _, item in items)
    assert of_others["logentry"] == {"message": "(see the log)"}
    assert event["tags"] == of_others["tags"] == {"interaction": label}
    assert event["logentry"] == {"message": "unexpected error in %s"}
    assert [one["type"] for one in event["exception"]["values"]] == ["KeyError", "ValueError"]
    functions = {frame["function"] for frame in event["exception"]["values"][-1]["stacktrace"]["frames"]}
    assert {"show", "_lay_out", "render"} <= functions
    world = place.world
    everything = b"\n".join([*ingest.bodies, *(f"{head}".encode() for head in ingest.headers)])
    personal = [str(world.reader.id), world.reader.name, str(world.general.id), exchange.token, exchange.interaction_id]
    for text in (place.discord.token, KEY, NEKOS_TOKEN, TYPED, *personal):
        assert [one for one in spell(text) if len(one) > 3 and one in everything] == [], text
    assert all(SENTRY_KEY.encode() not in one for one in ingest.bodies[0].splitlines()[1:])
    assert not {"user", "request", "extra", "breadcrumbs", "modules", "contexts", "server_name"} & set(event)
    assert b'"vars"' not in everything


async def test_a_sentry_that_is_away_holds_nobody_up(
    unconnected: Place, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def render(*_: Any, **__: Any) -> NoReturn:
        raise ValueError("planted")

    async with unconnected.connected(sentry_dsn=f"http://{SENTRY_KEY}@127.0.0.1:9/17"):
        monkeypatch.setattr("bot.vndb.pages.vn.render_overview", render)
        exchange = await unconnected.reader.slash(unconnected.general, "vn info", title="v17")
        assert "Something went wrong" in texts(await exchange.message())
        assert SENTRY_KEY not in caplog.text
        caplog.clear()


async def test_an_error_that_ends_the_bot_is_reported_too(unconnected: Place, caplog: pytest.LogCaptureFixture) -> None:
    async with open_ingest() as (ingest, dsn):
        with pytest.raises(ZeroDivisionError):
            async with unconnected.connected(sentry_dsn=dsn):
                raise ZeroDivisionError(TYPED)
        caplog.clear()
    ((_, event),) = ingest.read()
    assert event["logentry"] == {"message": "the bot ends with an error"}
    assert (event["level"], event["tags"]) == ("fatal", {})
    assert [one["type"] for one in event["exception"]["values"]] == ["ZeroDivisionError"]
