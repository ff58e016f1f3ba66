"""An E-Hentai API on loopback: the published answers, a limit that bans, sample galleries and their pictures."""

from __future__ import annotations

import asyncio
import re
import time
from typing import cast

from aiohttp import web

from bot.playground.service.ehentai.answer import Answer, Refused, answer, encode
from bot.playground.service.ehentai.data import Library
from bot.playground.service.ehentai.fault import (
    BAN_TEXT,
    OWN_FAULTS,
    EhentaiFault,
    OwnFault,
    answer_own_fault,
    name_left,
    page,
)
from bot.playground.service.ehentai.library import load_library
from bot.playground.service.ehentai.picture import Thumbs
from bot.playground.service.limit import SlidingWindow
from bot.playground.service.sample import Call, Clock, Refusal, SampleService, Sleep


class SampleEhentai(SampleService[EhentaiFault]):
    """The service. Its limit is strict: `window` counts requests by their arrival, and one too many is banned.

    `Sample` names the interesting galleries of `library`, and `answer_own_fault` the faults of its own.
    """

    variable = "ehentai_api_url"
    root = "/api.php"
    picture_path = "/t/"
    api_path = re.compile(r"/api\.php")

    def __init__(
        self,
        *,
        library: Library | None = None,
        window: SlidingWindow | None = None,
        clock: Clock = time.monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        super().__init__(clock=clock, sleep=sleep)
        self.library = library or load_library()
        # https://ehwiki.org/wiki/API: 4 to 5 requests in a row, then a pause of about 5 seconds.
        self.window = window or SlidingWindow(5, 5, clock)
        self.ban_s = 3599.0
        """How long a ban holds."""
        self._thumbs = Thumbs(self.library)
        self._banned_until = float("-inf")
        self._told = False
        self._defied = 0
        self._too_large = 0

    @property
    def violations(self) -> int:
        """Requests that came too early or asked for too much, and those of a client that knew of its ban."""
        return self.window.violations + self._defied + self._too_large

    def ban(self, seconds: float | None = None) -> None:
        """Ban whoever asks from now on, for `ban_s` by default; 0 ends a ban. It is no violation of anybody's."""
        self._banned_until = self._clock() + (self.ban_s if seconds is None else seconds)
        self._told = False

    def draw(self, path: str) -> str | None:
        return self._thumbs.draw(path)

    def judge(self, _: web.Request, arrived: float, /) -> Refusal | None:
        if arrived < self._banned_until:
            self._defied += self._told
            return self._refuse
        if self.window.admit(arrived):
            return None
        self.ban()
        return self._refuse

    def _refuse(self) -> web.Response:
        self._told = True
        return page(_render_ban(self._banned_until - self._clock()).encode())

    async def answer(self, call: Call) -> web.Response:
        return page(encode(self._build_answer(call.body)))

    async def fail(self, fault: EhentaiFault, call: Call) -> web.StreamResponse:
        if fault not in OWN_FAULTS:
            return await super().fail(fault, call)
        right = self._build_answer(call.body)
        return await answer_own_fault(cast("OwnFault", fault), call.request, right, ban_page=_render_ban(self.ban_s))

    def _build_answer(self, body: bytes) -> Answer:
        try:
            return answer(body, self.library, address=self.address)
        except Refused as refusal:
            self._too_large += refusal.too_many
            return {"error": refusal.words}


def _render_ban(left_s: float) -> str:
    return BAN_TEXT.format(left=name_left(left_s))
