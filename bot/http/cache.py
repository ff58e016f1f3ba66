"""What is remembered of answers. The only file that knows aiocache."""

from __future__ import annotations

import sys
import zlib
from collections import OrderedDict
from typing import Protocol, cast

import msgspec
from msgspec.structs import replace

# aiocache imports all of redis-py (6 MB, 80 ms) wherever it is installed; whoever wants it does that later.
_HIDES = "redis" not in sys.modules
if _HIDES:
    sys.modules["redis"] = None  # pyright: ignore[reportArgumentType]
try:
    from aiocache import SimpleMemoryCache
finally:
    if _HIDES:
        del sys.modules["redis"]

HOT_ENTRIES = 64
HOT_BYTES = 16 * 1024
MAX_ENTRIES = 5_000
MAX_BYTES = 6 * 1024 * 1024
"""Of answers as they are kept: JSON takes a third, so these were 17 MiB."""


class Lifetime(msgspec.Struct, frozen=True):
    """How long an answer is of use, in seconds since it came.

    `fresh_s`: as it is. `stale_s`: for want of a newer one. `empty_s`: an answer that says "there is
    nothing".
    """

    fresh_s: float
    stale_s: float
    empty_s: float


class Entry(msgspec.Struct):
    """One remembered answer. `body` None is a remembered nothing. `stored_at_s` is of the clock that never jumps: the
    wall clock may be set back by hours, and an answer would be new again.
    """

    body: bytes | None
    stored_at_s: float
    fresh_s: float
    stale_s: float
    refresh_failed_at_s: float | None = None
    version: str = ""
    """Which writing of it this is, in a cache that others write to as well."""


_OWNER_MARK = " for "


def name_owner(key: str, owner: str) -> str:
    """The key of an answer that is its owner's alone. It never leaves this process."""
    return f"{key}{_OWNER_MARK}{owner}"


def is_owned(key: str) -> bool:
    """Whether it may be the key of an answer that is somebody's alone."""
    return _OWNER_MARK in key


class Cache(Protocol):
    """Where entries are kept: in this process, or where several share them."""

    async def get(self, key: str) -> Entry | None:
        """The entry, fresh or not; None if there is none."""
        ...

    async def set(self, key: str, entry: Entry) -> None:
        """Keep the entry in place of an earlier one."""

    async def delete(self, key: str) -> None:
        """Forget the entry."""

    async def mark_failed(self, key: str, entry: Entry, *, at_s: float) -> None:
        """Note that this entry could not be refreshed at that time, unless another stands there by now."""

    async def begin(self, key: str, seen: Entry | None) -> Entry | None:
        """Call it before asking for what shall stand in place of `seen`, and `end` once that was kept, or it failed.

        Of several processes one goes on, and the others wait for it: they get the fresh entry that it left.
        """

    async def end(self, key: str) -> None:
        """Nobody asks for it here any more."""


class MemoryCache:
    """In this process, at most `max_entries` entries of `max_bytes` together; the one unused longest goes first.

    Bodies are kept compressed: a tenth of a millisecond when an answer comes, a tenth of that when it is read. The few
    that were read last are at hand as they came, unless they are large.

    aiocache has neither a bound nor cheap lifetimes (a timer for each key, which outlives `clear()` and then
    deletes newer values), so entries carry their own times. `timeout=None`: its default time-out makes a read
    five times slower.
    """

    def __init__(self, max_entries: int = MAX_ENTRIES, *, max_bytes: int = MAX_BYTES) -> None:
        self._max_entries = max_entries
        self._max_bytes = max_bytes
        self._bytes = 0
        self._store = SimpleMemoryCache(timeout=None)
        self._used: OrderedDict[str, int] = OrderedDict()  # the size of each body, in order of use
        self._hot: dict[str, Entry] = {}

    def __len__(self) -> int:
        return len(self._used)

    async def get(self, key: str) -> Entry | None:
        hot = self._hot.get(key)
        entry = hot or cast("Entry | None", await self._store.get(key))
        if entry is None:
            return None
        self._used.move_to_end(key)
        return hot or self._heat(key, replace(entry, body=entry.body and zlib.decompress(entry.body)))

    def _heat(self, key: str, entry: Entry) -> Entry:
        if len(entry.body or b"") <= HOT_BYTES:
            self._hot[key] = entry
            if len(self._hot) > HOT_ENTRIES:
                del self._hot[next(iter(self._hot))]
        return entry

    async def set(self, key: str, entry: Entry) -> None:
        self._hot.pop(key, None)
        entry = replace(entry, body=entry.body and zlib.compress(entry.body, 1))
        size = len(entry.body or b"")
        self._bytes += size - self._used.get(key, 0)
        self._used[key] = size
        self._used.move_to_end(key)
        await self._store.set(key, entry)
        while len(self._used) > self._max_entries or self._bytes > self._max_bytes:
            oldest, size = self._used.popitem(last=False)
            self._bytes -= size
            self._hot.pop(oldest, None)
            await self._store.delete(oldest)

    async def delete(self, key: str) -> None:
        self._bytes -= self._used.pop(key, 0)
        self._hot.pop(key, None)
        await self._store.delete(key)

    async def mark_failed(self, key: str, entry: Entry, *, at_s: float) -> None:
        kept = cast("Entry | None", await self._store.get(key))
        if kept is not None and kept.stored_at_s == entry.stored_at_s:
            kept.refresh_failed_at_s = at_s
            self._hot.pop(key, None)

    async def begin(self, key: str, seen: Entry | None) -> Entry | None:  # noqa: ARG002 - nobody shares it
        return None

    async def end(self, key: str) -> None:
        """Nobody waits for that."""
