"""The cache's bound."""

from __future__ import annotations

import random

import pytest

from bot.http import Entry, MemoryCache

RANDOM = random.Random(1)


def make(size: int) -> Entry:
    """An entry whose body cannot be compressed."""
    return Entry(RANDOM.randbytes(size), 0.0, 1.0, 1.0)


@pytest.mark.parametrize("body", [None, b"", b"1", b'{"results":[],"more":false}' * 100])
async def test_a_body_comes_back_as_it_was(body: bytes | None) -> None:
    cache = MemoryCache()
    entry = Entry(body, 1.0, 2.0, 3.0, 4.0)
    await cache.set("a", entry)
    assert await cache.get("a") == entry


async def test_texts_take_a_part_of_their_room() -> None:
    cache = MemoryCache(max_bytes=1000)
    for number in range(3):
        await cache.set(str(number), Entry(b'{"id":"v17","title":"Ever17"},' * 100, 0.0, 1.0, 1.0))
    assert len(cache) == 3


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
    cache = MemoryCache(max_bytes=1000)
    await cache.set("a", make(800))
    await cache.set("a", make(400))
    await cache.set("b", make(500))
    assert len(cache) == 2
    await cache.set("c", make(100))
    assert [await cache.get(key) is None for key in ("a", "b", "c")] == [True, False, False]


async def test_writing_an_entry_anew_counts_as_use() -> None:
    cache = MemoryCache(max_entries=2)
    for key in ("a", "b", "a", "c"):
        await cache.set(key, Entry(key.encode(), 0.0, 1.0, 1.0))
    assert [await cache.get(key) is None for key in ("a", "b", "c")] == [False, True, False]


async def test_what_was_deleted_takes_no_room_and_deleting_nothing_gives_none() -> None:
    cache = MemoryCache(max_bytes=1000)
    await cache.set("a", make(800))
    await cache.delete("a")
    await cache.delete("never there")
    await cache.set("b", make(800))
    await cache.set("c", make(100))
    assert len(cache) == 2
    await cache.set("d", make(100))
    assert await cache.get("b") is None


async def test_five_thousand_entries_are_kept_and_no_more() -> None:
    cache = MemoryCache()
    for number in range(5_001):
        await cache.set(str(number), Entry(b"", 0.0, 1.0, 1.0))
    assert len(cache) == 5_000
    assert await cache.get("0") is None


async def test_six_mebibytes_are_kept_and_no_more() -> None:
    cache = MemoryCache()
    for number in range(12):
        await cache.set(str(number), make(500_000))
    assert len(cache) == 12
    await cache.set("12", make(500_000))
    assert await cache.get("0") is None
    assert len(cache) == 12
