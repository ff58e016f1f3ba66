"""The local Discord on a port of 127.0.0.1: REST under /api/v10, the gateway under /gateway, and files."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Self, cast

import msgspec
from aiohttp import BodyPartReader, web

from bot.playground.engine.clock import Clock
from bot.playground.engine.fault import ApiError
from bot.playground.engine.gateway import Gateway
from bot.playground.engine.message import Form, Upload
from bot.playground.engine.model import RestFault, SeenRequest
from bot.playground.engine.rest import Reply, Rest
from bot.playground.engine.world import World

HOST = "127.0.0.1"
_MAX_BODY_BYTES = 32 * 1024 * 1024
_REMEMBERED_REQUESTS = 10_000
_TOO_MANY = 429


class LocalDiscord:
    """A Discord for one bot.

    async with LocalDiscord() as discord:
        discord.world, discord.gateway, discord.api_url, discord.gateway_url, discord.token
    """

    def __init__(self, world: World | None = None, *, clock: Clock | None = None) -> None:
        self.world = world or World(clock=clock)
        self.gateway = Gateway(self.world)
        self._rest = Rest(self.world, gateway_url=lambda: self.gateway_url, shards=self.gateway.shards)
        self._runner: web.AppRunner | None = None
        self._port = 0

    @property
    def api_url(self) -> str:
        """What `DISCORD_API_URL` is set to."""
        return f"http://{HOST}:{self._port}/api/v10"

    @property
    def gateway_url(self) -> str:
        """What `DISCORD_GATEWAY_URL` is set to."""
        return f"ws://{HOST}:{self._port}/gateway"

    @property
    def token(self) -> str:
        """The only token that is taken."""
        return self.world.token

    async def start(self, port: int = 0) -> None:
        """Listen; raises OSError when the port is taken. Port 0 takes a free one."""
        app = web.Application(client_max_size=_MAX_BODY_BYTES)
        app.router.add_get("/gateway", self.gateway.handle)
        app.router.add_get("/attachments/{path:.+}", self._attachment)
        app.router.add_route("*", "/api/v10/{path:.*}", self._call)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        self._runner = runner
        try:
            await web.TCPSite(runner, HOST, port).start()
        except OSError:
            await self.stop()
            raise
        self._port = int(runner.addresses[0][1])
        self.gateway.url = self.gateway_url
        self.world.base_url = f"http://{HOST}:{self._port}"

    async def stop(self) -> None:
        """Close the connections and stop listening."""
        await self.world.stop_unfurling()
        await self.gateway.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def _attachment(self, request: web.Request) -> web.Response:
        data = self.world.attachments.get(request.path.removeprefix("/"))
        if data is None:
            raise web.HTTPNotFound
        return web.Response(body=data)

    async def _call(self, request: web.Request) -> web.Response:
        path = request.rel_url.path.removeprefix("/api/v10")
        fault = _find_fault(self.world.rest_faults, request.method, path)
        if fault is not None and fault.delay_s:
            await self.world.clock.sleep(fault.delay_s)
        if fault is not None and fault.status is not None and not fault.taken:
            return self._fail(request, path, fault, fault.status)
        body: Any = None
        try:
            form, body = await _read_form(request)
            reply = self._rest.handle(
                request.method,
                path,
                query=request.query,
                form=form,
                body=body,
                authorization=request.headers.get("Authorization"),
            )
        except ApiError as error:
            reply = Reply(error.status, error.body())
        except ConnectionResetError:
            return web.Response()  # the bot was stopped while it was asking
        if fault is not None and fault.status is not None:
            return self._fail(request, path, fault, fault.status)
        self._remember(request, path, body, reply.status)
        if reply.body is None:
            return web.Response(status=reply.status)
        return _build_response(reply.status, reply.body)

    def _fail(self, request: web.Request, path: str, fault: RestFault, status: int) -> web.Response:
        self._remember(request, path, None, status)
        if status == 0:
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        if status != _TOO_MANY:
            return _build_response(status, {"message": f"{status}: {HTTPStatus(status).phrase}", "code": 0})
        # Without a `Via` discord.py takes it for a ban by what stands before Discord.
        headers = {"Retry-After": f"{fault.retry_after_s:.3f}", "Via": "1.1 local", "X-RateLimit-Scope": "user"}
        if fault.for_all:
            headers |= {"X-RateLimit-Global": "true", "X-RateLimit-Scope": "global"}
        body = {"message": "You are being rate limited.", "retry_after": fault.retry_after_s, "global": fault.for_all}
        return _build_response(status, body, headers)

    def _remember(self, request: web.Request, path: str, body: Any, status: int) -> None:
        seen = self.world.requests
        if len(seen) >= 2 * _REMEMBERED_REQUESTS:
            del seen[:_REMEMBERED_REQUESTS]
        agent = request.headers.get("User-Agent", "")
        seen.append(SeenRequest(request.method, path, body, status, agent, request.query_string))


def _build_response(status: int, body: Any, headers: Mapping[str, str] | None = None) -> web.Response:
    # Bytes, not text: with a charset behind it discord.py does not take it for JSON.
    return web.Response(body=msgspec.json.encode(body), status=status, content_type="application/json", headers=headers)


def _find_fault(faults: list[RestFault], method: str, path: str) -> RestFault | None:
    """How this request goes wrong, if it is to; it is counted."""
    for fault in faults:
        if fault.count > 0 and fault.method in (None, method) and re.search(fault.path, path):
            fault.count -= 1
            return fault
    return None


async def _read_form(request: web.Request) -> tuple[Form, Any]:
    """The body as a form and as it stands; code 50109 when it is no JSON."""
    files: dict[int, Upload] = {}
    raw = b""
    if request.content_type.startswith("multipart/"):
        raw = await _read_parts(request, files)
    elif request.can_read_body:
        raw = await request.read()
    if not raw:
        return Form({}, files), None
    try:
        body: Any = json.loads(raw)
    except ValueError as error:
        raise ApiError(50109) from error
    inner = cast("dict[str, Any]", body) if isinstance(body, dict) else {}
    return Form(inner, files), cast("Any", body)


async def _read_parts(request: web.Request, files: dict[int, Upload]) -> bytes:
    """Collect a multipart body's files; returns its `payload_json`."""
    raw = b""
    reader = await request.multipart()
    with contextlib.suppress(AssertionError):
        async for part in reader:
            if not isinstance(part, BodyPartReader):
                continue
            data = bytes(await part.read())
            found = re.fullmatch(r"files\[(\d+)\]", part.name or "")
            if part.name == "payload_json":
                raw = data
            elif found is not None:
                kind = part.headers.get("Content-Type", "application/octet-stream")
                files[int(found[1])] = Upload(part.filename or "file", kind, data)
    return raw
