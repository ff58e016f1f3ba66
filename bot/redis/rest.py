"""What one process finds out, that a service is to be left alone, all others know before their next request."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Coroutine
from typing import Any

from bot.errors import SharedAway
from bot.http import Client, Clock, Rest
from bot.http.throttle import BLOCK_S, STRIKE_MEMORY_S, STRIKES
from bot.redis.connection import Redis, Script, begin, build_key
from bot.redis.news import News

log = logging.getLogger(__name__)

RESTS = "rests"
"""The channel on which they are said: the milliseconds that are left, the kind and the service."""

_SAME_S = 0.1  # so much later is the same one, as it comes back from others

READ_REST = """
local function read_rest(key)
  return math.min(redis.call('PTTL', key), tonumber(redis.call('GET', key) or '0'))
end
"""
"""In Lua: how many milliseconds are left of a rest. None is longer than it was said to be, which is what its key holds:
the clock may have been set back since.
"""
# Said only where it is news, so that nobody answers the news with the same.
_TELL = (
    READ_REST
    + """
if read_rest(KEYS[1]) + 100 >= tonumber(ARGV[1]) then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[1])
redis.call('PUBLISH', KEYS[2], ARGV[1] .. ' ' .. ARGV[2])
return 1
"""
)
_LIST = (
    READ_REST
    + """
local left = {}
for number, key in ipairs(KEYS) do left[number] = read_rest(key) end
return left
"""
)
# Whether that was one refusal too many within the time, whichever processes they came to.
_STRIKE = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('LPUSH', KEYS[1], now)
redis.call('LTRIM', KEYS[1], 0, ARGV[1] - 1)
redis.call('PEXPIRE', KEYS[1], ARGV[2])
local first = redis.call('LINDEX', KEYS[1], ARGV[1] - 1)
return first and now - first < tonumber(ARGV[2]) and 1 or 0
"""


class SharedRests:
    """Tells what the client of this process finds out, and tells it what others do."""

    def __init__(self, redis: Redis, news: News, *, clock: Clock) -> None:
        self._clock = clock
        self._channel = redis.build_channel(RESTS)
        self._tell_them = Script(redis, _TELL)
        self._list = Script(redis, _LIST)
        self._count = Script(redis, _STRIKE)
        self._until: dict[tuple[str, Rest], float] = {}
        self._telling: set[asyncio.Task[None]] = set()
        self._http: Client | None = None
        news.hear(RESTS, self._hear)
        news.begin(self._catch_up)

    def serve(self, http: Client) -> None:
        """Whom to tell, and who tells of refusals."""
        self._http = http
        http.on_strike = self._strike

    def tell(self, service: str, kind: Rest, for_s: float) -> None:
        """The client's `on_rest`."""
        until = self._clock.monotonic() + for_s
        if not self._is_news(service, kind, until):
            return
        self._until[service, kind] = until
        self._begin(self._tell(service, kind, for_s))

    def _strike(self, service: str) -> None:
        self._begin(self._judge(service))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = begin(work)
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def tell_all(self) -> None:
        """Wait until all of it was told, or cannot be."""
        while self._telling:  # of which one may begin another
            await asyncio.wait(self._telling)

    async def _tell(self, service: str, kind: Rest, for_s: float) -> None:
        try:
            await self._tell_them.run(
                [_place(service, kind), self._channel], math.ceil(for_s * 1000), f"{kind} {service}"
            )
        except SharedAway as error:  # told when the server is there again
            log.debug("the others are not told yet that %s is left alone: %s", service, error.reason)

    async def _judge(self, service: str) -> None:
        """Leave a service alone for long that has refused processes, together, as often as one alone may be refused."""
        try:
            too_many = await self._count.run([build_key("strikes", service)], STRIKES, int(STRIKE_MEMORY_S * 1000))
        except SharedAway:
            return  # each counts for itself as well
        if too_many and self._http is not None:
            self._http.rest(service, Rest.BLOCK, BLOCK_S)

    async def _catch_up(self) -> None:
        """Tell what nobody could be told, and look up what was said meanwhile."""
        now = self._clock.monotonic()
        self._until = {which: until for which, until in self._until.items() if until > now}
        for (service, kind), until in tuple(self._until.items()):
            await self._tell(service, kind, until - now)
        if self._http is None:
            return
        wanted = [(service, kind) for service in self._http.services for kind in Rest]
        left_ms: Any = await self._list.run([_place(service, kind) for service, kind in wanted])
        for (service, kind), one_ms in zip(wanted, left_ms, strict=True):
            self._rest(service, kind, one_ms / 1000)

    async def _hear(self, said: bytes) -> None:
        left_ms, kind, service = said.decode().split(" ", 2)
        self._rest(service, Rest(kind), int(left_ms) / 1000)

    def _rest(self, service: str, kind: Rest, for_s: float) -> None:
        until = self._clock.monotonic() + for_s
        if self._http is None or for_s <= 0 or not self._is_news(service, kind, until):
            return
        self._until[service, kind] = until  # before the client says that it heard of it
        self._http.rest(service, kind, for_s)

    def _is_news(self, service: str, kind: Rest, until: float) -> bool:
        return until > self._until.get((service, kind), -math.inf) + _SAME_S


def list_places(service: str) -> list[str]:
    """Where it is kept for how long a service is left alone."""
    return [_place(service, kind) for kind in Rest]


def _place(service: str, kind: Rest) -> str:
    return build_key("rest", kind, service)
