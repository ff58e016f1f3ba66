"""What servers cost: memory and the start in one, a thousand and ten thousand of them."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from functools import partial

from bot.playground.service import start_sample_services
from tests.bench.program import Program, run_constant, run_shiori
from tests.bench.row import Row

_QUERY = "v17"
_SERVERS = (1, 1_000, 10_000)
_MB = 1024 * 1024

Cost = tuple[float, float]
"""Memory in MB and processor time in seconds, once a command is answered."""


async def measure_servers() -> list[Row]:
    """Start both bots in so many servers, one after the other, and let them answer."""
    services = await start_sample_services()
    run = partial(run_shiori, vndb_url=services.vndb.api_url, ehentai_url=services.ehentai.api_url)
    try:
        async with run() as shiori:
            card = await shiori.show(_QUERY)
        ours = [await _measure(run(guilds=count - 1)) for count in _SERVERS]
        theirs = [await _measure(run_constant(card, guilds=count - 1)) for count in _SERVERS]
    finally:
        await services.stop()
    rows = [
        Row(
            f"Memory and processor time of a start, by the number of servers: {count:,}",
            _tell(one),
            f"constant bot: {_tell(other)}",
        )
        for count, one, other in zip(_SERVERS, ours, theirs, strict=True)
    ]
    return [
        *rows,
        Row("Of that for each thousand servers", _tell(_share(ours)), f"constant bot: {_tell(_share(theirs))}"),
    ]


async def _measure(running: AbstractAsyncContextManager[Program]) -> Cost:
    async with running as program:
        await program.show(_QUERY)
        return (program.read_memory_bytes() or 0) / _MB, program.read_cpu_s() or 0.0


def _share(costs: list[Cost]) -> Cost:
    """What a thousand of the servers cost that the last measurement has more than the first."""
    thousands = (_SERVERS[-1] - _SERVERS[0]) / 1000
    first, last = costs[0], costs[-1]
    return (last[0] - first[0]) / thousands, (last[1] - first[1]) / thousands


def _tell(cost: Cost) -> str:
    memory_mb, cpu_s = cost
    return f"{memory_mb:.1f} MB, {cpu_s:.2f} s"
