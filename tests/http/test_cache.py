"""The cache's bound."""

from __future__ import annotations

from bot.http import Entry, MemoryCache


async def test_the_one_unused_longest_goes_first() -> None:
    cache = MemoryCache(max_entries=2)
    for key in ("a", "b"):
        await cache.set(key, Entry(key.encode(), 0.0, 1.0, 1.0))
    await cache.get("a")
    await cache.set("c", Entry(b"c", 0.0, 1.0, 1.0))
    assert await cache.get("b") is None
    assert await cache.get("a") is not None
    assert len(cache) == 2


async def test_deleted_entry_is_gone() -> None:
    cache = MemoryCache()
    await cache.set("a", Entry(None, 0.0, 1.0, 1.0))
    await cache.delete("a")
    assert await cache.get("a") is None
    assert len(cache) == 0


async def test_the_bodies_together_are_bounded() -> None:
    cache = MemoryCache(max_bytes=10)
    await cache.set("a", Entry(b"12345678", 0.0, 1.0, 1.0))
    await cache.set("a", Entry(b"1234", 0.0, 1.0, 1.0))
    await cache.set("b", Entry(b"123456", 0.0, 1.0, 1.0))
    assert len(cache) == 2
    await cache.set("c", Entry(b"1", 0.0, 1.0, 1.0))
    assert [await cache.get(key) is None for key in ("a", "b", "c")] == [True, False, False]
