"""How a service can fail: answers that tests and people switch on to see what the bot makes of them."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
from collections.abc import Awaitable, Callable
from typing import Literal

from aiohttp import web

from bot.playground.service.query_error import INTERNAL_ERROR

Fault = Literal[
    "500", "502", "timeout", "slow", "hang", "rubbish", "cut", "huge", "bomb", "deep", "429", "null", "redirect", "lost"
]

_HUGE_BYTES = 6 * 1024 * 1024
_BLOCK = b"0," * 32768
_DEPTH = 100_000
_JSON = {"Content-Type": "application/json"}

# What the web server in front of the service sends; it knows neither JSON nor how long to wait.
_NGINX_PAGE = (
    "<html>\r\n<head><title>{status}</title></head>\r\n<body>\r\n<center><h1>{status}</h1></center>\r\n"
    "<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
)


def nginx_page(status: int, reason: str) -> web.Response:
    """The page of the web server in front, such as its 429, which carries no header about waiting."""
    text = _NGINX_PAGE.format(status=f"{status} {reason}")
    return web.Response(status=status, reason=reason, text=text, content_type="text/html")


async def answer_fault(
    fault: Fault,
    request: web.Request,
    answer: Callable[[], Awaitable[web.StreamResponse]],
    *,
    slow_s: float,
    sleep: Callable[[float], Awaitable[None]],
    closing: asyncio.Event,
) -> web.StreamResponse:
    """What is sent in the place of `answer`.

    `500`, `502`, `429`, `timeout`: errors. `slow`: the right answer after `slow_s`. `hang`: nothing, until
    the client leaves or `closing` is set. `rubbish`, `null`: 200 with a page, with JSON's null. `cut`: the
    connection ends within the body. `huge`: 6 MiB of JSON; `bomb`: the same compressed to a few kB; `deep`: arrays
    within each other. `redirect`: to another host. `lost`: the service does what it was asked, and the connection ends
    before it can say so.
    """
    if fault == "slow":
        await sleep(slow_s)
        return await answer()
    if fault == "lost":
        await answer()
        if request.transport is not None:
            request.transport.close()
        return web.Response()
    if fault == "hang":
        await closing.wait()
        return nginx_page(504, "Gateway Time-out")
    if fault == "cut":
        return await _cut(request)
    if fault == "huge":
        return await _huge(request)
    return _ANSWERS[fault]()


def _text(status: int, text: str) -> web.Response:
    return web.Response(status=status, body=f"{text}\n".encode(), headers={"Content-Type": "text"})


def _bomb() -> web.Response:
    body = gzip.compress(b"[" + b"0," * (_HUGE_BYTES // 2) + b"0]")
    return web.Response(body=body, headers=_JSON | {"Content-Encoding": "gzip"})


_ANSWERS: dict[str, Callable[[], web.Response]] = {
    "500": lambda: _text(500, INTERNAL_ERROR),
    "502": lambda: nginx_page(502, "Bad Gateway"),
    "timeout": lambda: _text(500, "Processing timeout"),
    "429": lambda: nginx_page(429, "Too Many Requests"),
    "rubbish": lambda: web.Response(body=b"<html><body>Down for maintenance</body></html>", headers=_JSON),
    "null": lambda: web.Response(body=b"null", headers=_JSON),
    "bomb": _bomb,
    "deep": lambda: web.Response(body=b'{"results":' + b"[" * _DEPTH + b"]" * _DEPTH + b"}", headers=_JSON),
    "redirect": lambda: web.Response(status=302, headers={"Location": "https://elsewhere.invalid/kana/vn"}),
}


async def _cut(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers=_JSON | {"Content-Length": "100000"})
    response.force_close()
    await response.prepare(request)
    await response.write(b'{"more":false,"results":[{"id":"v1')
    if request.transport is not None:
        request.transport.close()
    return response


async def _huge(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers=_JSON)
    await response.prepare(request)
    with contextlib.suppress(ConnectionError):  # who asked has had enough
        await response.write(b"[")
        for _ in range(_HUGE_BYTES // len(_BLOCK)):
            await response.write(_BLOCK)
        await response.write(b"0]")
    return response
