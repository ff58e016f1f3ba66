"""A small HTTP server that may stand in the open: it reads no bodies, and nobody who is slow holds anything up.

A connection is one question, and ends in time whatever the other side does. Where too many are open, the oldest goes:
a question that was sent whole is answered before that.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from typing import Any, cast

import msgspec
from aiohttp import web

from bot.connection import StartError
from bot.errors import describe_failure

log = logging.getLogger(__name__)

CONNECTIONS_AT_MOST = 32
WITHIN_S = 10.0
"""For a connection, from its first moment to its last."""
END_WITHIN_S = 1.0
"""What is being answered when the bot ends has so long."""

TEXT = "text/plain; charset=utf-8"
_METHODS = ("GET", "HEAD")
_CONNECTION: dict[str, Any] = {
    "access_log": None,
    "tcp_keepalive": False,
    "lingering_time": 0,  # for a body
    "max_line_size": 2048,
    "max_field_size": 2048,
    "max_headers": 48,
    "read_bufsize": 8192,
}
# Else aiohttp says which version of which library answers.
_HEADERS = {"Server": "shiori", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


class Answer(msgspec.Struct, frozen=True):
    """What a question is answered with."""

    status: int
    body: bytes
    content_type: str = TEXT


Route = Callable[[], Awaitable[Answer]]


class _Connection(web.RequestHandler):
    """One connection, which ends by itself."""

    __slots__ = ("_timer",)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        # Not by `close`, which waits until all is taken that was sent.
        abort = cast("asyncio.Transport", transport).abort
        self._timer = asyncio.get_running_loop().call_later(WITHIN_S, abort)

    def connection_lost(self, exc: BaseException | None) -> None:
        self._timer.cancel()
        super().connection_lost(exc)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002 - it repeats what was sent
    ) -> web.StreamResponse:
        """A short answer in place of aiohttp's; anybody may send nonsense, and that is nothing for the log."""
        if status >= 500:
            log.error("%s could not be answered", request.path, exc_info=exc)
        return _build_response(Answer(status, b"this was not understood\n" if status < 500 else b"this failed\n"))


class _Server(web.Server):
    """Makes the connections, and ends the oldest where there are too many."""

    def __init__(self, routes: Mapping[str, Route]) -> None:
        super().__init__(self._answer)
        self._routes = routes
        self._open: dict[web.RequestHandler, asyncio.Transport] = {}

    def __call__(self) -> web.RequestHandler:
        return _Connection(self, loop=asyncio.get_running_loop(), **_CONNECTION)

    def connection_made(self, handler: web.RequestHandler, transport: asyncio.Transport) -> None:
        super().connection_made(handler, transport)
        self._open[handler] = transport
        if len(self._open) > CONNECTIONS_AT_MOST:
            oldest = next(iter(self._open))
            self._open.pop(oldest).abort()

    def connection_lost(self, handler: web.RequestHandler, exc: BaseException | None = None) -> None:
        self._open.pop(handler, None)
        super().connection_lost(handler, exc)

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        route = self._routes.get(request.path)
        if route is None:
            return _build_response(Answer(404, f"there is {', '.join(self._routes)}\n".encode()))
        if request.method not in _METHODS:
            response = _build_response(Answer(405, b"this can only be read\n"))
            response.headers["Allow"] = ", ".join(_METHODS)
            return response
        return _build_response(await route())


def _build_response(answer: Answer) -> web.Response:
    response = web.Response(
        status=answer.status, body=answer.body, headers={**_HEADERS, "Content-Type": answer.content_type}
    )
    response.force_close()
    return response


@contextlib.asynccontextmanager
async def open_server(routes: Mapping[str, Route], *, host: str, port: int) -> AsyncGenerator[int]:
    """Answer what is asked for at these paths; gives the port, which is any free one for 0.

    Raises:
        StartError: the port cannot be used.
    """
    runner = web.ServerRunner(_Server(routes), shutdown_timeout=END_WITHIN_S)
    await runner.setup()
    try:
        try:
            site = web.TCPSite(runner, host, port)
            await site.start()
        except OSError as error:
            raise StartError(
                f"Port {port} of {host} cannot be used ({describe_failure(error)}). It was asked for by PORT and "
                "LISTEN, to tell there how the bot is: choose another, or end what uses it."
            ) from None
        yield site.port
    finally:
        await runner.cleanup()
