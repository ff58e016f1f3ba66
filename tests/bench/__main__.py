"""Prints one table: `python -m tests.bench`, or `make bench`. It reports; a missed target is no failure."""

from __future__ import annotations

import asyncio
import platform
import sys

import discord

from tests.bench.answer import measure_answers
from tests.bench.fair import measure_fairness
from tests.bench.flood import measure_floods
from tests.bench.gallery import measure_galleries
from tests.bench.limit import measure_limit
from tests.bench.names import measure_names
from tests.bench.row import Row, build_table
from tests.bench.start import measure_start
from tests.bench.upstream import measure_upstream

_SEED = 17


async def _measure() -> list[Row]:
    # One after the other: each has the machine to itself.
    return [
        await measure_limit(_SEED),
        *await measure_galleries(_SEED),
        await measure_upstream(_SEED),
        await measure_fairness(_SEED),
        *await measure_names(_SEED),
        *await measure_answers(),
        *await measure_floods(),
        *await measure_start(),
    ]


def main() -> int:
    """Measure everything, in less than four minutes."""
    print("Measuring for about three minutes.", file=sys.stderr)
    rows = asyncio.run(_measure())
    print(build_table(rows))
    print(
        f"\nMeasured by `make bench` (`python -m tests.bench`) with Python {platform.python_version()},"
        f" discord.py {discord.__version__}, {platform.system()} on {platform.machine()}."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
