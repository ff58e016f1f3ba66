"""How long many gallery links at once take: the program as its users start it, and a service that bans for haste.

Every request to the service and every answer is delayed; the service judges a request when it arrives.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.playground.engine import Channel, walk
from bot.playground.service import start_sample_services
from bot.playground.service.ehentai.data import Sample
from bot.playground.service.ehentai.server import SampleEhentai
from bot.playground.service.limit import SlidingWindow
from tests.bench.program import Program, run_shiori
from tests.bench.row import Row

_MESSAGES, _LINKS_EACH = 50, 5
_LINKS = _MESSAGES * _LINKS_EACH
_REQUESTS = 10  # of 25 galleries each, which is the most
_COUNT, _WINDOW_S = 5, 5.0
_JITTER_S = 0.030
_PATIENCE_S = 60.0
_RATIO_TARGET = 1.1

# What no client can beat: the sixth request may arrive a window after the first one did, and the four others of its
# windowful may arrive together with it. The first arrives at the posting at the earliest, and an answer may be there
# the moment its request is, since the jitter begins at 0. A client that knows no arrivals and asks one at a time needs
# the ways to and fro of a windowful besides: five times 30 ms on average, 0.15 s.
_AT_BEST_S = (_REQUESTS - 1) // _COUNT * _WINDOW_S


class _DistantEhentai(SampleEhentai):
    """A request is on its way for up to 30 ms, and so is its answer."""

    def __init__(self, rng: random.Random) -> None:
        super().__init__(window=SlidingWindow(_COUNT, _WINDOW_S))
        self._rng = rng

    def build_app(self) -> web.Application:
        app = super().build_app()
        app.middlewares.append(self._delay)
        return app

    @web.middleware
    async def _delay(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        await asyncio.sleep(self._rng.uniform(0, _JITTER_S))
        answer = await handler(request)
        await asyncio.sleep(self._rng.uniform(0, _JITTER_S))
        return answer


@dataclass(frozen=True)
class _Outcome:
    """`took_s`: from the posting to the last card."""

    requests: int
    violations: int
    took_s: float


async def measure_galleries(seed: int) -> list[Row]:
    """Post 250 links at the same moment, and once more when their galleries are known."""
    service = _DistantEhentai(random.Random(seed))
    services = await start_sample_services(ehentai=service)
    try:
        async with run_shiori(vndb_url=services.vndb.api_url, ehentai_url=services.ehentai.api_url) as program:
            channels = [program.world.create_channel(f"after-dark-{n}", nsfw=True) for n in range(1, _MESSAGES + 1)]
            await asyncio.sleep(0.5)  # the bot learns of them, which is not to be measured
            cold = await _preview_all(program, channels, service)
            warm = await _preview_all(program, channels, service)
    finally:
        await services.stop()
    return [_build_cold_row(cold), _build_warm_row(warm)]


async def _preview_all(program: Program, channels: Sequence[Channel], service: SampleEhentai) -> _Outcome:
    """Post a message with links of its own in every channel, and wait for all cards."""
    requests, violations = len(service.requests), service.violations
    events = program.world.subscribe()
    began_s = time.perf_counter()
    missing: dict[str, set[str]] = {}
    for number, channel in enumerate(channels):
        first = Sample.FILLER + number * _LINKS_EACH
        urls = [service.library[gid].url for gid in range(first, first + _LINKS_EACH)]
        message = await program.person.post(channel, "\n".join(urls))
        missing[message["id"]] = set(urls)
    try:
        async with asyncio.timeout(_PATIENCE_S):
            while any(missing.values()):
                _note_cards(await events.get(), missing)
    except TimeoutError:
        refused = service.violations - violations
        gone = sum(map(len, missing.values()))
        raise RuntimeError(f"{gone} of {_LINKS} cards did not come; {refused} requests were refused") from None
    finally:
        program.world.unsubscribe(events)
    took_s = time.perf_counter() - began_s
    return _Outcome(len(service.requests) - requests, service.violations - violations, took_s)


def _note_cards(event: Mapping[str, Any], missing: Mapping[str, set[str]]) -> None:
    """Take the galleries that a reply shows off what its message still misses."""
    message: dict[str, Any] = event.get("message", {})
    if "message_reference" in message:
        shown = {part["url"] for part in walk(message["components"]) if "url" in part}
        missing.get(message["message_reference"]["message_id"], set[str]()).difference_update(shown)


def _build_cold_row(outcome: _Outcome) -> Row:
    ratio = outcome.took_s / _AT_BEST_S
    kept = outcome.requests == _REQUESTS and outcome.violations == 0
    return Row(
        f"{_LINKS} gallery links at once, from the posting to the last card ({_MESSAGES} messages with {_LINKS_EACH}"
        f" links in as many channels; a strict server, {_COUNT} in any {_WINDOW_S:g} s, {_JITTER_S * 1000:g} ms jitter"
        " each way)",
        f"{outcome.took_s:.2f} s ({ratio:.2f} ×); {outcome.requests} requests, {outcome.violations} refused",
        f"what the limit allows at best: {_AT_BEST_S:.2f} s",
        f"≤ {_RATIO_TARGET:g} × the best; {_REQUESTS} requests, 0 refused",
        kept and ratio <= _RATIO_TARGET,
    )


def _build_warm_row(outcome: _Outcome) -> Row:
    return Row(
        "The same links once more",
        f"{outcome.took_s:.2f} s; {outcome.requests} requests",
        target="0 requests",
        met=outcome.requests == 0,
    )
