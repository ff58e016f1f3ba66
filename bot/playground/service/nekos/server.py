"""A Nekos API on loopback: v4 under `/v4`, a server of the shape of v1 under `/api`, and the pictures of both."""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import Sequence

from aiohttp import web

from bot.playground.service.fault import Fault
from bot.playground.service.limit import SlidingWindow
from bot.playground.service.nekos.data import (
    SampleArtist,
    SampleCategory,
    SamplePicture,
    load_artists,
    load_categories,
    load_pictures,
)
from bot.playground.service.nekos.limit import StrictSecond
from bot.playground.service.nekos.v1 import V1
from bot.playground.service.nekos.v4 import Answer, answer_v4
from bot.playground.service.sample import Call, Clock, Refusal, SampleService, Sleep

_PICTURE = re.compile(r"/picture/([1-9][0-9]{0,3})\.svg")
_LIMITED = "You have exceeded the rate limit{}. Please try again later."


class SampleNekos(SampleService[Fault]):
    """The service. v1 keeps its limit strictly; v4 has none, but counts who asks more than once a second."""

    variable = "nekos_api_url"
    root = "/v4"
    picture_path = "/picture/"
    api_path = re.compile("/(v4|api)(/.*)?")

    def __init__(
        self,
        *,
        pictures: Sequence[SamplePicture] | None = None,
        artists: Sequence[SampleArtist] | None = None,
        categories: Sequence[SampleCategory] | None = None,
        rng: random.Random | None = None,
        clock: Clock = time.monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        super().__init__(clock=clock, sleep=sleep)
        self.pictures = load_pictures() if pictures is None else pictures
        self.second = StrictSecond()
        """The limit of v1."""
        self.courtesy = SlidingWindow(1, 1.0, clock)
        """What v4 asks of nobody: one request a second."""
        self._rng = rng or random.Random()
        self._v1 = V1(self.pictures, artists or load_artists(), categories or load_categories(), self._rng)

    @property
    def violations(self) -> int:
        """Requests that came too early."""
        return self.second.refused + self.courtesy.violations

    def block(self) -> None:
        """Block whoever asks v1 for an hour from now on; it is no violation of anybody's."""
        self.second.block(self._clock())

    def draw(self, path: str) -> str | None:
        found = _PICTURE.fullmatch(path)
        return next((one.draw() for one in self.pictures if found and one.number == int(found[1])), None)

    def judge(self, request: web.Request, arrived: float, /) -> Refusal | None:
        if _read_version(request.path) == "v4":
            self.courtesy.admit(arrived)
            return None
        refused_s = self.second.judge(arrived)
        return None if refused_s is None else lambda: _refuse(refused_s)

    async def answer(self, call: Call) -> web.Response:
        version = _read_version(call.request.path)
        return _send(self._build_answer(call.request, version), limited=version == "api")

    def _build_answer(self, request: web.Request, version: str) -> Answer:
        path = request.path.removeprefix(f"/{version}")
        if version == "api":
            return self._v1.answer(path, request.query, address=self.address)
        return answer_v4(path, request.query, pictures=self.pictures, address=self.address, rng=self._rng)


def _read_version(path: str) -> str:
    return path.removeprefix("/").partition("/")[0]


def _send(answer: Answer, *, limited: bool) -> web.Response:
    status, body = answer
    if body is None:
        return web.Response(status=status, text="Internal Server Error" if status == 500 else "<html>Not found</html>")
    response = web.json_response(body, status=status)
    if limited:
        response.headers.update({"X-RateLimit-Limit": "1", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1"})
    return response


def _refuse(seconds: int) -> web.Response:
    message = _LIMITED.format("" if seconds == 1 else " too many times")
    response = _send((429, {"code": 429, "message": message, "success": False}), limited=True)
    response.headers.update({"X-RateLimit-Reset": str(seconds), "Retry-After": str(seconds)})
    return response
