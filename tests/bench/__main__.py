"""Prints one table: `python -m tests.bench`, or `make bench`; `make bench ARGS='names memory'` measures those parts.

It reports; a missed target is no failure.
"""

from __future__ import annotations

import argparse
import asyncio
import platform
import sys
from collections.abc import Awaitable, Callable

import discord

from bot.playground.service import start_sample_services
from tests.bench.answer import measure_answers, open_both
from tests.bench.fair import measure_fairness
from tests.bench.flood import measure_floods
from tests.bench.gallery import measure_galleries
from tests.bench.limit import measure_limit
from tests.bench.memory import measure_memory
from tests.bench.names import measure_names
from tests.bench.processes import measure_processes
from tests.bench.row import Row, build_head, build_line
from tests.bench.servers import measure_servers
from tests.bench.start import measure_start
from tests.bench.taste import measure_taste
from tests.bench.upstream import measure_upstream

_SEED = 17


async def _measure_one(row: Awaitable[Row]) -> list[Row]:
    return [await row]


_PARTS: dict[str, Callable[[], Awaitable[list[Row]]]] = {
    "limit": lambda: _measure_one(measure_limit(_SEED)),
    "processes": measure_processes,
    "galleries": lambda: measure_galleries(_SEED),
    "upstream": lambda: measure_upstream(_SEED),
    "fairness": lambda: _measure_one(measure_fairness(_SEED)),
    "names": lambda: measure_names(_SEED),
    "taste": lambda: _measure_one(measure_taste(_SEED)),
    "answers": measure_answers,
    "floods": measure_floods,
    "memory": measure_memory,
    "start": measure_start,
    "servers": measure_servers,
}


def main() -> int:
    """Measure the parts that are named, or everything, in seven minutes."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("parts", nargs="*", metavar="part", help=f"all, if none is named: {', '.join(_PARTS)}")
    parts: list[str] = parser.parse_args().parts or list(_PARTS)
    if unknown := [part for part in parts if part not in _PARTS]:
        parser.error(f"there is no part {', '.join(unknown)}")
    asyncio.run(_compile())
    print(build_head())
    for part in parts:  # one after the other: each has the machine to itself
        for row in asyncio.run(_measure_part(part)):
            print(build_line(row), flush=True)
    print(
        f"\nMeasured by `make bench` (`python -m tests.bench`) with Python {platform.python_version()},"
        f" discord.py {discord.__version__}, {platform.system()} on {platform.machine()}."
    )
    return 0


async def _compile() -> None:
    """Start both bots once: whoever compiles a module takes more time and memory than whoever reads it compiled."""
    services = await start_sample_services()
    try:
        async with open_both(services):
            pass
    finally:
        await services.stop()


async def _measure_part(part: str) -> list[Row]:
    return await _PARTS[part]()


if __name__ == "__main__":
    sys.exit(main())
