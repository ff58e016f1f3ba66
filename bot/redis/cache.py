"""The cache that processes share, and that outlives them.

An entry is `version` (8 bytes), how old it was when a refresh of it last failed (10 digits of milliseconds), and the
rest by msgpack. How old it is, its remaining time says: the one clock that counts is the server's, and nobody else's
may be wrong. What is somebody's alone never gets there, and keys are digests: what people typed does not lie there.
"""

from __future__ import annotations

import math
import secrets
import zlib

import msgspec

from bot.errors import SharedAway
from bot.http.cache import Entry, MemoryCache, is_owned
from bot.http.clock import Clock
from bot.http.digest import Digests
from bot.redis.connection import Redis, Script, build_key
from bot.redis.flight import SharedFlights
from bot.redis.news import News

GONE = "gone"
"""The channel on which is said what is to be forgotten."""
_UNDELETED = 1_000
_LATE_S = 1.0  # an entry that lives longer than it may: the server's clock was set back
_NEVER_FAILED = b"-" * 10

_READ = """
local entry = redis.call('GET', KEYS[1])
return entry and {entry, redis.call('PTTL', KEYS[1])}
"""
_MARK = """
if redis.call('GETRANGE', KEYS[1], 0, 7) ~= ARGV[1] then return 0 end
local age = math.max(0, ARGV[2] - redis.call('PTTL', KEYS[1]))
redis.call('SETRANGE', KEYS[1], 8, string.format('%010d', age))
return 1
"""
_DELETE = """
redis.call('DEL', KEYS[1])
return redis.call('PUBLISH', KEYS[2], ARGV[1])
"""


class _Kept(msgspec.Struct, array_like=True, frozen=True):
    fresh_s: float
    stale_s: float
    body: bytes | None


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Kept)


class RedisCache:
    """A `Cache`. What this process keeps it keeps in `memory` as well, which serves while the server is away, and where
    it has lost an entry.
    """

    def __init__(
        self, redis: Redis, news: News, memory: MemoryCache, *, clock: Clock, digests: Digests | None = None
    ) -> None:
        self._clock = clock
        self._name = (digests or Digests()).find
        self._memory = memory
        self._redis = redis
        self._read = Script(redis, _READ)
        self._mark = Script(redis, _MARK)
        self._delete = Script(redis, _DELETE)
        self._flights = SharedFlights(redis, news, clock=clock)
        self._self = secrets.token_hex(8)
        self._undeleted: dict[str, None] = {}
        news.hear(GONE, self._hear_gone)
        news.begin(self._delete_late)

    async def close(self) -> None:
        """Nobody is kept waiting for what this process does not load any more."""
        await self._flights.close()

    async def get(self, key: str) -> Entry | None:
        name = self._name(key)
        if is_owned(key) or name in self._undeleted:
            return await self._memory.get(name)
        try:
            entry = self._parse(await self._read.run([_place(name)]))
        except SharedAway:
            entry = None
        return entry or await self._memory.get(name)

    async def set(self, key: str, entry: Entry) -> None:
        name = self._name(key)
        await self._memory.set(name, entry)
        life_ms = _find_life_ms(entry)
        if is_owned(key) or not life_ms:
            return
        try:
            await self._redis.run("SET", _place(name), _render(entry), "PX", life_ms)
        except SharedAway:
            return
        self._undeleted.pop(name, None)

    async def delete(self, key: str) -> None:
        await self._forget(self._name(key))

    async def mark_failed(self, key: str, entry: Entry, *, at_s: float) -> None:
        name = self._name(key)
        if entry.version:
            try:
                await self._mark.run([_place(name)], bytes.fromhex(entry.version), _find_life_ms(entry))
            except SharedAway:
                return
        else:
            await self._memory.mark_failed(name, entry, at_s=at_s)

    async def begin(self, key: str, seen: Entry | None) -> Entry | None:
        if is_owned(key):
            return None
        name = self._name(key)
        version = bytes.fromhex(seen.version) if seen else b""
        while (found := await self._flights.begin(name, _place(name), version)) is not None:
            entry = self._parse(found)
            if entry is not None and self._clock.monotonic() - entry.stored_at_s <= entry.fresh_s:
                return entry
            version = found[0][:8]  # of no use
        return None

    async def end(self, key: str) -> None:
        if not is_owned(key):
            await self._flights.end(self._name(key))

    # Forgetting

    async def _forget(self, name: str) -> None:
        await self._memory.delete(name)
        try:
            await self._tell_gone(name)
        except SharedAway:
            # Until it is deleted there, it is not read there.
            self._undeleted[name] = None
            if len(self._undeleted) > _UNDELETED:
                del self._undeleted[next(iter(self._undeleted))]

    async def _delete_late(self) -> None:
        for name in tuple(self._undeleted):
            await self._tell_gone(name)
            self._undeleted.pop(name, None)

    async def _tell_gone(self, name: str) -> None:
        await self._delete.run([_place(name), self._redis.build_channel(GONE)], f"{self._self} {name}")

    async def _hear_gone(self, said: bytes) -> None:
        who, _, name = said.decode().partition(" ")
        if who != self._self:  # what it keeps by now may be newer
            await self._memory.delete(name)

    # What stands there

    def _parse(self, found: object) -> Entry | None:
        """None as well if it is not of this form, or older than its time."""
        match found:
            case [bytes(data), int(left_ms)] if left_ms > 0:
                pass
            case _:
                return None
        version, failed, rest = data[:8], data[8:18], data[18:]
        try:
            kept = _decoder.decode(rest)
            entry = Entry(kept.body and zlib.decompress(kept.body), 0.0, kept.fresh_s, kept.stale_s)
            failed_s = None if failed == _NEVER_FAILED else int(failed) / 1000
        except (ValueError, zlib.error):  # msgspec's errors are ValueErrors
            return None
        age_s = (_find_life_ms(entry) - left_ms) / 1000
        if age_s < -_LATE_S:
            return None
        entry.version = version.hex()
        entry.stored_at_s = self._clock.monotonic() - max(0.0, age_s)
        entry.refresh_failed_at_s = None if failed_s is None else entry.stored_at_s + failed_s
        return entry


def _place(name: str) -> str:
    return build_key("answer", name)


def _find_life_ms(entry: Entry) -> int:
    return math.ceil(1000 * max(entry.fresh_s, entry.stale_s, 0.0))


def _render(entry: Entry) -> bytes:
    body = entry.body and zlib.compress(entry.body, 1)
    kept = _encoder.encode(_Kept(entry.fresh_s, entry.stale_s, body))
    return secrets.token_bytes(8) + _NEVER_FAILED + kept
