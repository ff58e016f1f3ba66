"""Fills a cache in a process of its own, and prints by how many bytes that has grown."""

from __future__ import annotations

import asyncio
import secrets
import sys
from pathlib import Path

from bot.http.cache import MAX_ENTRIES, Entry, MemoryCache


def _read_memory_bytes() -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:"))


async def main(size: int) -> None:
    """Keeps as many answers of that many bytes as there may be."""
    cache = MemoryCache()
    before = _read_memory_bytes()
    for number in range(MAX_ENTRIES):
        key = f"vndb POST https://api.vndb.org/kana/vn {number:064}"
        await cache.set(key, Entry(secrets.token_bytes(size), 0.0, 1, 1))
    print(_read_memory_bytes() - before)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
