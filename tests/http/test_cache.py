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


async def test_writing_an_entry_anew_counts_as_use() -> None:
    cache = MemoryCache(max_entries=2)
    for key in ("a", "b", "a", "c"):
        await cache.set(key, Entry(key.encode(), 0.0, 1.0, 1.0))
    assert [await cache.get(key) is None for key in ("a", "b", "c")] == [False, True, False]


async def test_what_was_deleted_takes_no_room_and_deleting_nothing_gives_none() -> None:
    cache = MemoryCache(max_bytes=10)
    await cache.set("a", Entry(b"12345678", 0.0, 1.0, 1.0))
    await cache.delete("a")
    await cache.delete("never there")
    await cache.set("b", Entry(b"12345678", 0.0, 1.0, 1.0))
    await cache.set("c", Entry(b"12", 0.0, 1.0, 1.0))
    assert len(cache) == 2
    await cache.set("d", Entry(b"1", 0.0, 1.0, 1.0))
    assert await cache.get("b") is None


async def test_five_thousand_entries_are_kept_and_no_more() -> None:
    cache = MemoryCache()
    for number in range(5_001):
        await cache.set(str(number), Entry(b"", 0.0, 1.0, 1.0))
    assert len(cache) == 5_000
    assert await cache.get("0") is None


async def test_sixteen_mebibytes_are_kept_and_no_more() -> None:
    cache = MemoryCache()
    for number in range(16):
        await cache.set(str(number), Entry(bytes(1_048_576), 0.0, 1.0, 1.0))
    assert len(cache) == 16
    await cache.set("one more byte", Entry(b"1", 0.0, 1.0, 1.0))
    assert await cache.get("0") is None
    assert len(cache) == 16
