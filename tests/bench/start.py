"""What a start costs."""

from __future__ import annotations

import statistics
import time
from contextlib import AbstractAsyncContextManager
from typing import Any

from bot.playground.service import SampleServices, start_sample_services
from tests.bench.program import Program, run_constant, run_shiori
from tests.bench.row import Row

_QUERY = "v17"
_ROUNDS, _GUILD_ROUNDS = 5, 3
_FIRST_TARGET_S = 1.2
_GUILDS, _CPU_TARGET = 2500, 1.5

Card = dict[str, Any]


async def measure_start() -> list[Row]:
    """Start both bots, alone and in many servers, and let them answer."""
    services = await start_sample_services()
    try:
        async with _run_shiori(services) as shiori:
            card = await shiori.show(_QUERY)
        return [await _measure_first(services, card), await _measure_guilds(services, card)]
    finally:
        await services.stop()


def _run_shiori(services: SampleServices, **options: Any) -> AbstractAsyncContextManager[Program]:
    return run_shiori(vndb_url=services.vndb.api_url, ehentai_url=services.ehentai.api_url, **options)


async def _measure_first(services: SampleServices, card: Card) -> Row:
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(_ROUNDS):
        async with _run_shiori(services, settles=False, again=True) as shiori:
            ours.append(await _answer_first(shiori))
        async with run_constant(card, settles=False) as constant:
            theirs.append(await _answer_first(constant))
    took_s = min(ours)
    return Row(
        f"First answer after the start (from the process's beginning; as after a restart; best of {_ROUNDS})",
        f"{took_s:.2f} s",
        f"constant bot: {min(theirs):.2f} s",
        f"≤ {_FIRST_TARGET_S:g} s",
        took_s <= _FIRST_TARGET_S,
    )


async def _answer_first(program: Program) -> float:
    await program.show(_QUERY)
    return time.perf_counter() - program.began_s


async def _measure_guilds(services: SampleServices, card: Card) -> Row:
    ours: list[float] = []
    theirs: list[float] = []
    measured = (
        f"Processor time of a start in {_GUILDS:,} servers, until a command is answered (median of {_GUILD_ROUNDS})"
    )
    target = f"≤ {_CPU_TARGET:g} × the constant bot"
    for _ in range(_GUILD_ROUNDS):
        async with _run_shiori(services, guilds=_GUILDS) as shiori:
            await shiori.show(_QUERY)
            ours.append(shiori.read_cpu_s() or 0.0)
        async with run_constant(card, guilds=_GUILDS) as constant:
            await constant.show(_QUERY)
            theirs.append(constant.read_cpu_s() or 0.0)
    if not all((*ours, *theirs)):
        return Row(measured, "not known on this system", target=target)
    ratio = statistics.median(one / other for one, other in zip(ours, theirs, strict=True))
    return Row(
        measured,
        f"{statistics.median(ours):.2f} s ({ratio:.2f} ×)",
        f"constant bot: {statistics.median(theirs):.2f} s",
        target,
        ratio <= _CPU_TARGET,
    )
