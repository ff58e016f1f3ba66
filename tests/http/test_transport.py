"""The transport over real sockets on loopback."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

import brotli
import pytest
from aiohttp import web

from bot.errors import BadAnswer, TimedOut, Unavailable
from bot.http import AiohttpTransport, Request, Response

PLAIN = b'{"results": []}' * 50
LIMIT = 100_000
CODED: dict[str, tuple[str, bytes]] = {
    "/gzip": ("gzip", gzip.compress(PLAIN)),
    "/brotli": ("br", brotli.compress(PLAIN)),
    "/bomb-gzip": ("gzip", gzip.compress(bytes(5_000_000))),
    "/bomb-brotli": ("br", brotli.compress(bytes(5_000_000), quality=5)),
    "/bad-gzip": ("gzip", b"not gzip at all"),
}


async def answer(request: web.Request) -> web.StreamResponse:
    if request.path in CODED:
        encoding, body = CODED[request.path]
        return web.Response(body=body, headers={"Content-Encoding": encoding})
    handlers: dict[str, Callable[[web.Request], Awaitable[web.StreamResponse]]] = {
        "/slow": stall,
        "/reset": reset,
        "/endless": pour,
        "/cut": cut,
    }
    match request.path:
        case "/redirect":
            return web.Response(status=302, headers={"Location": "http://elsewhere.invalid/"})
        case "/broken-json":
            return web.Response(body=b'{"a": ')
        case "/full":
            return web.Response(body=bytes(LIMIT))
        case "/announced":
            return web.Response(body=bytes(LIMIT + 1))
        case path:
            return await handlers.get(path, echo)(request)


async def stall(_request: web.Request) -> web.Response:
    await asyncio.sleep(5)
    return web.Response()


async def reset(request: web.Request) -> web.Response:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def cut(request: web.Request) -> web.StreamResponse:
    stream = web.StreamResponse(headers={"Content-Length": "1000"})
    await stream.prepare(request)
    await stream.write(b"only this")
    assert request.transport is not None
    request.transport.close()
    return stream


async def pour(request: web.Request) -> web.StreamResponse:
    stream = web.StreamResponse()
    await stream.prepare(request)
    try:
        while True:
            await stream.write(bytes(10_000))
    except ConnectionError:
        return stream


async def echo(request: web.Request) -> web.Response:
    names = ("user-agent", "accept-encoding", "content-type", "content-length", "transfer-encoding", "cookie")
    seen = {f"x-{name}": request.headers[name] for name in names if name in request.headers}
    return web.Response(body=await request.read(), headers={**seen, "Set-Cookie": "a=b"})


@asynccontextmanager
async def serving(handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> AsyncGenerator[str]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@pytest.fixture
async def base() -> AsyncGenerator[str]:
    async with serving(answer) as url:
        yield url


@pytest.fixture
async def transport() -> AsyncGenerator[AiohttpTransport]:
    transport = AiohttpTransport("Shiori/test")
    yield transport
    await transport.close()


async def get(transport: AiohttpTransport, url: str, *, timeout_s: float = 5.0) -> Response:
    request = Request("demo", "thing", "GET", url)
    return await transport.send(request, timeout_s=timeout_s, max_body_bytes=LIMIT)


@pytest.mark.parametrize("path", ["/gzip", "/brotli"])
async def test_compressed_bodies_are_inflated(base: str, transport: AiohttpTransport, path: str) -> None:
    assert (await get(transport, base + path)).body == PLAIN


@pytest.mark.parametrize("path", ["/announced", "/endless", "/bomb-gzip", "/bomb-brotli", "/bad-gzip"])
async def test_unbearable_bodies_are_cut_off(base: str, transport: AiohttpTransport, path: str) -> None:
    with pytest.raises(BadAnswer):
        await get(transport, base + path)


async def test_a_body_may_be_as_large_as_the_limit(base: str, transport: AiohttpTransport) -> None:
    assert len((await get(transport, base + "/full")).body) == LIMIT


async def test_redirect_is_returned_and_not_followed(base: str, transport: AiohttpTransport) -> None:
    response = await get(transport, base + "/redirect")
    assert (response.status, response.headers["LOCATION"]) == (302, "http://elsewhere.invalid/")


async def test_time_out(base: str, transport: AiohttpTransport) -> None:
    with pytest.raises(TimedOut):
        await get(transport, base + "/slow", timeout_s=0.05)


@pytest.mark.parametrize("path", ["/reset", "/cut"])
async def test_broken_connection_is_unavailable(base: str, transport: AiohttpTransport, path: str) -> None:
    with pytest.raises(Unavailable):
        await get(transport, base + path)


@pytest.mark.parametrize("method", ["GET", "DELETE", "POST"])
async def test_what_is_asked_is_asked_once_also_where_the_connection_is_lost(
    transport: AiohttpTransport, method: str
) -> None:
    asked: list[str] = []

    async def lose_the_second(request: web.Request) -> web.Response:
        asked.append(request.method)
        return await reset(request) if len(asked) == 2 else web.Response()

    async with serving(lose_the_second) as url:
        request = Request("demo", "thing", method, url)
        await transport.send(request, timeout_s=5.0, max_body_bytes=LIMIT)  # by a connection that stays
        with pytest.raises(Unavailable):
            await transport.send(request, timeout_s=5.0, max_body_bytes=LIMIT)
    assert asked == [method] * 2


async def test_refused_connection_is_unavailable_and_nothing_was_sent(transport: AiohttpTransport) -> None:
    sent: list[bool] = []
    with pytest.raises(Unavailable):
        await transport.send(
            Request("demo", "thing", "GET", "http://127.0.0.1:1/"),
            timeout_s=5.0,
            max_body_bytes=LIMIT,
            on_sent=lambda: sent.append(True),
        )
    assert sent == []


async def test_broken_json_is_left_to_others(base: str, transport: AiohttpTransport) -> None:
    assert (await get(transport, base + "/broken-json")).body == b'{"a": '


async def test_post_carries_its_length_and_type(base: str, transport: AiohttpTransport) -> None:
    request = Request("demo", "thing", "POST", base + "/echo", b'{"a":1}', {"content-type": "application/json"})
    sent: list[bool] = []
    response = await transport.send(request, timeout_s=5.0, max_body_bytes=LIMIT, on_sent=lambda: sent.append(True))
    assert sent == [True]
    assert response.body == b'{"a":1}'
    assert response.headers["x-content-type"] == "application/json"
    assert response.headers["x-content-length"] == "7"
    assert "x-transfer-encoding" not in response.headers
    assert response.headers["x-user-agent"] == "Shiori/test"
    assert response.headers["x-accept-encoding"] == "gzip, br"


async def test_no_cookies_are_kept(base: str, transport: AiohttpTransport) -> None:
    await get(transport, base + "/echo")
    assert "x-cookie" not in (await get(transport, base + "/echo")).headers
