"""Single flight over processes: of those that would ask the same at once, one asks, and the others wait for its answer.

Whoever asks holds a lease of three seconds and renews it each second. If it dies, the next one goes on after that.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from typing import Any

from bot.errors import SharedAway
from bot.http.ask import Priority, current_standing
from bot.http.clock import Clock
from bot.redis.connection import Redis, Script, build_key
from bot.redis.news import News

LEASE_S = 3.0
RENEW_S = 1.0
LOOK_S = 0.25
"""Who waits is told when it is over, and looks so often in case that it was not heard."""
PATIENCE_S = 1.0
"""After that a person no longer waits for who asks in the background, and may be far behind in the queue."""
DONE = "done"
"""The channel on which is said what is no longer asked for."""

# What stands there by now if it is another entry than the one that was seen; 1 for whoever may ask; else 0.
_CLAIM = """
local version = redis.call('GETRANGE', KEYS[1], 0, 7)
if version ~= '' and version ~= ARGV[1] then
    return {redis.call('GET', KEYS[1]), redis.call('PTTL', KEYS[1])}
end
local holder = redis.call('GET', KEYS[2])
if holder then
    local mine = string.sub(holder, 2) == ARGV[2]
    local behind = ARGV[4] == '1' and tonumber(string.sub(holder, 1, 1)) >= tonumber(ARGV[6])
    if not (mine or behind) then return 0 end
end
redis.call('SET', KEYS[2], ARGV[3] .. ARGV[2], 'PX', ARGV[5])
return 1
"""
_RENEW = """
for _, key in ipairs(KEYS) do
    local holder = redis.call('GET', key)
    if holder and string.sub(holder, 2) == ARGV[1] then redis.call('PEXPIRE', key, ARGV[2]) end
end
return 1
"""
_END = """
local holder = redis.call('GET', KEYS[1])
if holder and string.sub(holder, 2) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return redis.call('PUBLISH', KEYS[2], ARGV[2])
"""


class SharedFlights:
    """Which names this process holds, and who waits here for those of others."""

    def __init__(self, redis: Redis, news: News, *, clock: Clock) -> None:
        self._clock = clock
        self._claim = Script(redis, _CLAIM)
        self._renew = Script(redis, _RENEW)
        self._end = Script(redis, _END)
        self._owner = secrets.token_hex(8)
        self._held: dict[str, None] = {}
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
            priority = standing.ask.priority
            overtakes = priority < Priority.PREVIEW and self._clock.monotonic() - since_s >= PATIENCE_S
            lease = (f"{priority:d}", int(overtakes), int(LEASE_S * 1000), f"{Priority.PREVIEW:d}")
            try:
                found = await self._claim.run([place, _lease(name)], version, self._owner, *lease)
            except SharedAway:
                return None
            if found == 1:
                self._hold(name)
                return None
            if found != 0:
                return found
            await self._wait(name)

    async def end(self, name: str) -> None:
        """Let the others go on. Nothing if this process does not hold it."""
        if name in self._held:
            del self._held[name]
            with contextlib.suppress(SharedAway):  # then the lease ends by itself
                await self._end.run([_lease(name), build_key(DONE)], self._owner, name)

    async def close(self) -> None:
        """Renew nothing any more."""
        self._held.clear()
        if self._renewing is not None:
            self._renewing.cancel()
            await asyncio.gather(self._renewing, return_exceptions=True)

    def _hold(self, name: str) -> None:
        self._held[name] = None
        if self._renewing is None or self._renewing.done():
            self._renewing = asyncio.create_task(self._go_on())

    async def _go_on(self) -> None:
        while True:
            await self._clock.sleep(RENEW_S)
            if not self._held:
                return
            with contextlib.suppress(SharedAway):
                await self._renew.run([_lease(name) for name in self._held], self._owner, int(LEASE_S * 1000))

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
