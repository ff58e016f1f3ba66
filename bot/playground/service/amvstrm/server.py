"""An amvstrm on loopback, of either generation: AniList's data, and the limit, headers and quirks of the server.

`2.7.0` is the last one that was documented (Express), `bun` the rewrite after it. The streaming routes are left out.
"""

from __future__ import annotations

import asyncio
import math
import time
from email.utils import formatdate

from aiohttp import hdrs, web

from bot.playground.service.amvstrm.route import Asked, Generation, Routes, Sent, Upstream
from bot.playground.service.anilist.server import SampleAnilist
from bot.playground.service.fault import Fault
from bot.playground.service.limit import SlidingWindow
from bot.playground.service.sample import Call, Clock, Refusal, SampleService, Sleep

_PREFIX = "/api/v2"
_WINDOW_S = 60
_BUN_REFUSAL = Sent(429, b"rate-limit reached", "text/plain")
_EXPRESS_REFUSAL = Sent(429, b'{"code":429,"message":"Too many requests, please wait before sending another request."}')


class SampleAmvstrm(SampleService[Fault]):
    """The service. Its limit is strict: `window` counts requests by their arrival.

    `now` returns seconds since the epoch.
    """

    variable = "amvstrm_api_url"

    def __init__(
        self,
        anilist: SampleAnilist,
        *,
        generation: Generation = "bun",
        window: SlidingWindow | None = None,
        clock: Clock = time.monotonic,
        now: Clock = time.time,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        super().__init__(clock=clock, sleep=sleep)
        self.anilist = anilist
        self.generation: Generation = generation
        """Which server it is; it can change while it runs."""
        self.window = window or SlidingWindow(60, _WINDOW_S, clock)
        self.upstream: Upstream = "up"
        """How AniList answers it: `429` and `403` are AniList's errors, `dead` is no connection at all."""
        self.cache_s = 1800.0
        """How long 2.7.0 repeats an answer, errors too, to whatever asks for the same address."""
        self.overlong = False
        """Whether every answer is an error's page that is longer than it announces, on a connection that stays open."""
        self._now = now
        self._admitted: list[float] = []
        self._kept: dict[str, tuple[float, Sent, dict[str, str]]] = {}

    @property
    def violations(self) -> int:
        """Requests that came too early."""
        return self.window.violations

    def judge(self, _: web.Request, __: float, /) -> Refusal | None:
        # What is repeated counts for nothing, so that an answer is judged when it is made.
        return None

    async def respond(self, call: Call) -> web.StreamResponse:
        request = call.request
        if request.path == "/":
            return _send(Sent(200, b'{"code":200,"message":""}'), {})
        if request.path == "/health":
            return _send(Sent(200, b"ok", "text/plain"), {})
        return await (_send_overlong(request) if self.overlong else super().respond(call))

    async def answer(self, call: Call) -> web.Response:
        request, arrived = call.request, call.arrived
        bypasses = "x-apicache-bypass" in request.headers
        kept = None if bypasses else self._find_kept(request.path_qs)
        if kept is not None:
            return kept
        asked = Asked(request.method, request.path, dict(request.query), call.body)
        sent = Routes(self.generation, self.anilist.execute, self.upstream).answer(asked)
        if not request.path.startswith(_PREFIX):
            sent = Sent(404, sent.body, counts=False)
        if sent.counts and not self._admit(arrived):
            return self._refuse(arrived)
        headers = self._build_headers(request, arrived) if sent.counts else {}
        if self.generation == "2.7.0":
            headers |= {"cache-control": "max-age=1800"}
        if self.generation == "2.7.0" and not bypasses:
            self._kept[request.path_qs] = (self._clock() + self.cache_s, sent, headers)
        return _send(sent, headers)

    def _find_kept(self, address: str) -> web.Response | None:
        """What 2.7.0 answered before: by the address alone, whatever was posted, with the headers of then."""
        kept = self._kept.get(address)
        if kept is None or self.generation != "2.7.0" or self._clock() >= kept[0]:
            return None
        _, sent, headers = kept
        again = {name.lower(): value for name, value in headers.items()}
        return _send(sent, again | {"apicache-store": "memory", "apicache-version": "1.10.2"})

    def _admit(self, now: float) -> bool:
        self._admitted = [one for one in self._admitted if now - one < _WINDOW_S]
        admitted = self.window.admit(now)
        if admitted:
            self._admitted.append(now)
        return admitted

    def _left_s(self, now: float) -> int:
        """How long until the first of the counted requests is forgotten."""
        return max(1, math.ceil(_WINDOW_S - (now - self._admitted[0]))) if self._admitted else _WINDOW_S

    def _refuse(self, now: float) -> web.Response:
        if self.generation == "bun":
            headers = self._build_bun_headers(now) | {"RateLimit-Reset": str(_WINDOW_S), "Retry-After": str(_WINDOW_S)}
            return _send(_BUN_REFUSAL, headers)
        headers = self._build_express_headers("", now) | {"Retry-After": str(self._left_s(now))}
        return _send(_EXPRESS_REFUSAL, headers | {"cache-control": "no-cache, no-store, must-revalidate"})

    def _build_headers(self, request: web.Request, now: float) -> dict[str, str]:
        if self.generation == "bun":
            return self._build_bun_headers(now)
        return self._build_express_headers(request.headers.get(hdrs.USER_AGENT, ""), now)

    def _build_bun_headers(self, now: float) -> dict[str, str]:
        """The limit in the rewrite's way: the reset is in seconds from now."""
        return {
            "RateLimit-Limit": str(self.window.count),
            "RateLimit-Remaining": str(max(0, self.window.room(now))),
            "RateLimit-Reset": str(self._left_s(now)),
        }

    def _build_express_headers(self, agent: str, now: float) -> dict[str, str]:
        """The limit in 2.7.0's way: the reset is a Unix time."""
        epoch = self._now()
        return {
            "Date": formatdate(epoch, usegmt=True),
            "x-amv-trueIP": "127.0.0.1",
            "x-amv-trueHost": "",
            "x-amv-trueUA": agent,
            "x-amv-info": "logged",
            "x-amv-cache": "MISS",
            "x-amv-version": "2.7.0",
            "X-RateLimit-Limit": str(self.window.count),
            "X-RateLimit-Remaining": str(max(0, self.window.room(now))),
            "X-RateLimit-Reset": str(math.ceil(epoch) + self._left_s(now)),
        }


async def _send_overlong(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(status=500, headers={"Content-Type": "text/html; charset=utf-8"})
    response.content_length = 15
    await response.prepare(request)
    await response.write(b"<!DOCTYPE html>")
    await response.write_eof()
    if request.transport is not None:
        request.transport.write(b"<html><pre>RangeError [ERR_HTTP_INVALID_STATUS_CODE]</pre></html>")
    return response


def _send(sent: Sent, headers: dict[str, str]) -> web.Response:
    return web.Response(
        status=sent.status, body=sent.body, content_type=sent.content_type, charset="utf-8", headers=headers
    )
