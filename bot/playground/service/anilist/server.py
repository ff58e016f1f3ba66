"""An AniList on loopback: its GraphQL over sample data, its limit, its errors, and the pictures its answers name."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Mapping
from typing import cast

import msgspec
from aiohttp import web

from bot.playground.service.anilist.airing import Schedule
from bot.playground.service.anilist.data import Library, load_library
from bot.playground.service.anilist.execute import Answer, execute
from bot.playground.service.anilist.fault import (
    OWN_FAULTS,
    AnilistFault,
    OwnFault,
    answer_own_fault,
    build_errors,
    send_json,
)
from bot.playground.service.anilist.graph import AnilistGraph
from bot.playground.service.anilist.media import Shelf
from bot.playground.service.anilist.picture import PICTURES, draw_picture
from bot.playground.service.limit import SlidingWindow
from bot.playground.service.sample import Call, Clock, Refusal, SampleService, Sleep, decode_json

_TOO_MANY = "Too Many Requests."


class SampleAnilist(SampleService[AnilistFault]):
    """The service. Its limit is strict: one request too many, and a minute of refusals follows.

    `now` returns seconds since the epoch for what airs. `AnilistSample` names the interesting entries of `library`,
    and `answer_own_fault` the faults of its own.
    """

    variable = "anilist_api_url"
    picture_path = PICTURES
    api_path = re.compile("/")

    def __init__(
        self,
        *,
        library: Library | None = None,
        window: SlidingWindow | None = None,
        clock: Clock = time.monotonic,
        now: Clock = time.time,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        super().__init__(clock=clock, sleep=sleep)
        self.library = library or load_library()
        # https://docs.anilist.co/guide/rate-limiting: 90 a minute, at present 30; then a minute's time-out.
        self.window = window or SlidingWindow(30, 60, clock)
        self.block_s = 60.0
        """How long a time-out holds."""
        self.shows_limits = True
        """Whether the answers carry X-RateLimit headers."""
        self.bare_refusals = True
        """Whether a 429 carries `Retry-After` alone, as real ones did, or X-RateLimit headers besides."""
        self.schedule = Schedule(self.library, now)
        """What airs when; its `delays` can be changed."""
        self._now = now
        self._shelf = Shelf(self.library, self.schedule, lambda: self.address)
        self._graph = AnilistGraph(self._shelf)
        self._blocked_until = float("-inf")
        self._told = False
        self._defied = 0

    @property
    def limit(self) -> int:
        """How many requests a minute it takes, and says that it takes."""
        return self.window.count

    @limit.setter
    def limit(self, count: int) -> None:
        self.window.count = count

    @property
    def violations(self) -> int:
        """Requests that came too early, and those of a client that knew of its time-out."""
        return self.window.violations + self._defied

    def block(self, seconds: float | None = None) -> None:
        """Refuse whoever asks from now on, for `block_s` by default; 0 ends it. It is no violation of anybody's."""
        self._blocked_until = self._clock() + (self.block_s if seconds is None else seconds)
        self._told = False

    def draw(self, path: str) -> str | None:
        return draw_picture(path, self.library)

    def execute(self, query: object, variables: object = None, *, operation: object = None) -> Answer:
        """Answer a document without HTTP, limits and faults."""
        return execute(query, variables, graph=self._graph, operation=operation)

    def judge(self, _: web.Request, arrived: float, /) -> Refusal | None:
        if arrived < self._blocked_until:
            self._defied += self._told
            return self._refuse
        if self.window.admit(arrived):
            return None
        self.block()
        return self._refuse

    async def respond(self, call: Call) -> web.StreamResponse:
        response = await super().respond(call)
        if self.shows_limits and not response.prepared:
            response.headers.update(self._build_limits())
        return response

    def _refuse(self) -> web.Response:
        self._told = True
        left = max(1, -int(-(self._blocked_until - self._clock()) // 1))
        response = send_json(build_errors(_TOO_MANY, 429), status=429)
        response.headers["Retry-After"] = str(left)
        if not self.bare_refusals:
            reset = str(int(self._now()) + left)
            response.headers.update(
                {"X-RateLimit-Limit": str(self.limit), "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset}
            )
        return response

    def _build_limits(self) -> dict[str, str]:
        return {"X-RateLimit-Limit": str(self.limit), "X-RateLimit-Remaining": str(max(0, self.window.room()))}

    async def answer(self, call: Call) -> web.Response:
        right = self._build_answer(call)
        return send_json(right.body, status=right.status)

    async def fail(self, fault: AnilistFault, call: Call) -> web.StreamResponse:
        if fault not in OWN_FAULTS:
            return await super().fail(fault, call)
        right = self._build_answer(call)
        return answer_own_fault(cast("OwnFault", fault), msgspec.json.encode(right.body))

    def _build_answer(self, call: Call) -> Answer:
        if call.request.method != "POST":
            return Answer(405, build_errors("Method Not Allowed", 405))
        sent = decode_json(call.body)
        members: Mapping[str, object] = cast("Mapping[str, object]", sent) if isinstance(sent, Mapping) else {}
        return self.execute(members.get("query"), members.get("variables"), operation=members.get("operationName"))
