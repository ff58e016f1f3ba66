"""Single flight over processes: of those that would ask the same at once, one asks, and the others wait for its answer.

Whoever asks holds a lease of three seconds and renews it each second. If it dies, the next one goes on after that. The
lease says how urgent it is, whether the request is on its way (`s`) or waits for its turn (`w`), and whose it is.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from typing import Any

from bot.errors import SharedAway, Throttled, TimedOut
from bot.http.ask import Priority, Standing, current_standing
from bot.http.clock import Clock
from bot.redis.connection import Redis, Script, begin, build_key
from bot.redis.news import News

LEASE_S = 3.0
RENEW_S = 1.0
LOOK_S = 0.25
"""Who waits is told when it is over, and looks so often in case that it was not heard."""
PATIENCE_S = 1.5
"""After that a person waits no longer for a request that is not on its way, as a lease says by then.

It may be far behind in its queue, or wait for another person's share.
"""
DONE = "done"
"""The channel on which is said what is no longer asked for."""

_NOBODY = "9"
# From which urgency on others are overtaken. A command lets no other person's keep it up.
_OVERTAKEN = {Priority.COMMAND: f"{Priority.COMMAND:d}", Priority.AUTOCOMPLETE: f"{Priority.PREVIEW:d}"}

_WAITS, _MAY_ASK, _SENT = range(3)
# What stands there by now if it is another entry than the one that was seen; 1 for whoever may ask; else, of the one
# who does: 0 while they wait for their turn, 2 once their request is on its way. A lease that is longer than one may be
# was taken before the clock was set back.
_CLAIM = """
local version = redis.call('GETRANGE', KEYS[1], 0, 7)
if version ~= '' and version ~= ARGV[1] then
    return {redis.call('GET', KEYS[1]), redis.call('PTTL', KEYS[1])}
end
local lease = redis.call('GET', KEYS[2])
if lease and string.sub(lease, 3) ~= ARGV[2] and redis.call('PTTL', KEYS[2]) <= tonumber(ARGV[4]) then
    local waits = string.sub(lease, 2, 2) == 'w'
    if not waits then return 2 end
    if lease < ARGV[5] then return 0 end
end
redis.call('SET', KEYS[2], ARGV[3] .. 'w' .. ARGV[2], 'PX', ARGV[4])
return 1
"""
_RENEW = """
for number, key in ipairs(KEYS) do
    local lease = redis.call('GET', key)
    if lease and string.sub(lease, 3) == ARGV[1] then
        redis.call('SET', key, ARGV[number + 2] .. ARGV[1], 'PX', ARGV[2])
    end
end
return 1
"""
_END = """
local lease = redis.call('GET', KEYS[1])
if lease and string.sub(lease, 3) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return redis.call('PUBLISH', KEYS[2], ARGV[2])
"""


class SharedFlights:
    """Which names this process holds, and who waits here for those of others."""

    def __init__(self, redis: Redis, news: News, *, clock: Clock) -> None:
        self._clock = clock
        self._channel = redis.build_channel(DONE)
        self._claim = Script(redis, _CLAIM)
        self._renew = Script(redis, _RENEW)
        self._end = Script(redis, _END)
        self._owner = secrets.token_hex(8)
        self._held: dict[str, Standing] = {}
        self._waiting: dict[str, set[asyncio.Future[None]]] = {}
        self._renewing: asyncio.Task[None] | None = None
        news.hear(DONE, self._hear_done)

    async def begin(self, name: str, place: str, version: bytes) -> Any:
        """None if it is for this process to ask: `end` it then. Otherwise the entry at `place`, and how long it lives,
        as soon as there is another than that of the `version`.

        It waits for as long as another process asks: to leave in time is up to whoever waits.
        """
        since_s = self._clock.monotonic()
        standing = current_standing(self._clock)
        while True:
            overtaken = _NOBODY
            if self._clock.monotonic() - since_s >= PATIENCE_S:
                overtaken = _OVERTAKEN.get(standing.ask.priority, _NOBODY)
            lease = (f"{standing.ask.priority:d}", int(LEASE_S * 1000), overtaken)
            try:
                found = await self._claim.run([place, _lease(name)], version, self._owner, *lease)
            except SharedAway:
                return None
            if found == _MAY_ASK:
                self._hold(name, standing)
                return None
            if found not in (_WAITS, _SENT):
                return found
            standing.wait_for_turn(TimedOut if found == _SENT else Throttled)
            await self._wait(name)

    async def end(self, name: str) -> None:
        """Let the others go on. Nothing if this process does not hold it."""
        if name in self._held:
            del self._held[name]
            with contextlib.suppress(SharedAway):  # then the lease ends by itself
                await self._end.run([_lease(name), self._channel], self._owner, name)

    async def close(self) -> None:
        """Renew nothing any more."""
        self._held.clear()
        if self._renewing is not None:
            self._renewing.cancel()
            await asyncio.gather(self._renewing, return_exceptions=True)

    def _hold(self, name: str, standing: Standing) -> None:
        self._held[name] = standing
        if self._renewing is None or self._renewing.done():
            self._renewing = begin(self._go_on())

    async def _go_on(self) -> None:
        while True:
            await self._clock.sleep(RENEW_S)
            if not self._held:
                return
            heads = [f"{one.ask.priority:d}{'s' if one.sent else 'w'}" for one in self._held.values()]
            with contextlib.suppress(SharedAway):
                await self._renew.run([_lease(name) for name in self._held], self._owner, int(LEASE_S * 1000), *heads)

    async def _wait(self, name: str) -> None:
        """Until it was said to be over, or a moment has passed."""
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        timer = self._clock.call_at(self._clock.monotonic() + LOOK_S, lambda: woken.done() or woken.set_result(None))
        self._waiting.setdefault(name, set()).add(woken)
        try:
            await woken
        finally:
            timer.cancel()
            self._waiting[name].discard(woken)
            if not self._waiting[name]:
                del self._waiting[name]

    async def _hear_done(self, said: bytes) -> None:
        for woken in self._waiting.get(said.decode(), ()):
            if not woken.done():
                woken.set_result(None)


def _lease(name: str) -> str:
    return build_key("asked", name)
