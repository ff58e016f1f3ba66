"""How fast a cached `/vn search` is answered, beside a bot with a constant card.

Both are processes of their own on local Discords of their own, used in turn, so that whatever else the machine does
meets both alike.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from bot.playground.service import SampleServices, start_sample_services
from tests.bench.program import Program, run_constant, run_shiori
from tests.bench.row import Row

_QUERY = "v17"
_WARM_UP, _ANSWERS = 100, 1500
_PAUSE_S = 0.003  # one bot has put away what it sent before the other one begins
_ROUNDS, _COMMANDS, _AT_ONCE = 4, 300, 32
_MEDIAN_TARGET, _RATE_TARGET = 1.0, 0.9


@asynccontextmanager
async def open_both(
    services: SampleServices,
) -> AsyncGenerator[tuple[Program, Program, dict[str, Any], dict[str, Any]]]:
    """Shiori and the constant bot, and the same card as each of them showed it."""
    async with run_shiori(vndb_url=services.vndb.api_url, ehentai_url=services.ehentai.api_url) as shiori:
        card = await shiori.show(_QUERY)
        async with run_constant(card) as constant:
            shown = await constant.show(_QUERY)
            if _simplify(shown["components"]) != _simplify(card["components"]):
                raise RuntimeError("the constant card is not of the form of Shiori's")
            yield shiori, constant, card, shown


async def measure_answers() -> list[Row]:
    """Let both bots answer the same command with the same card."""
    async with AsyncExitStack() as stack:
        services = await start_sample_services()
        stack.push_async_callback(services.stop)
        shiori, constant, card, shown = await stack.enter_async_context(open_both(services))
        for vn in services.vndb.library.vn:
            await shiori.show(vn.id)  # its cache is as full as it gets here
        rows = await _measure_latency(shiori, constant)
        rows += await _measure_throughput(shiori, constant)
        rows += await _measure_page_turns(shiori, constant, {shiori: card, constant: shown})
        return rows


async def _measure_latency(shiori: Program, constant: Program) -> list[Row]:
    ours, theirs = await _take_turns(shiori, constant, times=_WARM_UP)
    ours, theirs = await _take_turns(shiori, constant, times=_ANSWERS)
    median, beside = statistics.median(ours), statistics.median(theirs)
    ratio = median / beside
    return [
        Row(
            f"Cached `/vn search {_QUERY}`, median of {_ANSWERS} answers in turn (ratio to the constant bot)",
            f"{_ms(median)} ({ratio:.2f} ×)",
            f"constant bot: {_ms(beside)}",
            f"≤ {_MEDIAN_TARGET:g} × the constant bot",
            ratio <= _MEDIAN_TARGET,
        ),
        Row("The same, 99th percentile", _ms(_p99(ours)), f"constant bot: {_ms(_p99(theirs))}"),
    ]


async def _take_turns(shiori: Program, constant: Program, *, times: int) -> tuple[list[float], list[float]]:
    ours: list[float] = []
    theirs: list[float] = []
    turns = [(shiori, ours), (constant, theirs)]
    for _ in range(times):
        for program, took in turns:
            took.append(await program.use(_QUERY))
            await asyncio.sleep(_PAUSE_S)
        turns.reverse()  # neither is always the first
    return ours, theirs


async def _measure_throughput(shiori: Program, constant: Program) -> list[Row]:
    ours, theirs = await _load(shiori, constant, lambda program: program.use(_QUERY))
    return [
        Row(
            f"Commands per second, {_AT_ONCE} at once ({_ROUNDS} × {_COMMANDS} in turn; the local Discord is a part"
            " of it)",
            f"{ours.rate:.0f} ({ours.rate / theirs.rate:.2f} ×)",
            f"constant bot: {theirs.rate:.0f}",
            f"≥ {_RATE_TARGET:g} × the constant bot",
            ours.rate / theirs.rate >= _RATE_TARGET,
        ),
        *_build_cost_rows("Processor time per command then", ours, theirs),
    ]


async def _measure_page_turns(shiori: Program, constant: Program, cards: Mapping[Program, dict[str, Any]]) -> list[Row]:
    ours, theirs = await _load(shiori, constant, lambda program: program.turn(cards[program]))
    return _build_cost_rows("Processor time per page turn, the page in the cache, as many at once", ours, theirs)


def _build_cost_rows(measured: str, ours: _Load, theirs: _Load) -> list[Row]:
    if ours.cpu_s is None or theirs.cpu_s is None:
        return []
    ratio = ours.cpu_s / theirs.cpu_s
    return [Row(measured, f"{_ms(ours.cpu_s)} ({ratio:.2f} ×)", f"constant bot: {_ms(theirs.cpu_s)}")]


@dataclass(frozen=True)
class _Load:
    """`rate`: answers in a second. `cpu_s`: processor time for each; None where the system does not tell."""

    rate: float
    cpu_s: float | None


async def _load(shiori: Program, constant: Program, use: Callable[[Program], Awaitable[float]]) -> tuple[_Load, _Load]:
    """Use both in turn, as fast as they answer."""
    rates: dict[Program, list[float]] = {shiori: [], constant: []}
    cpu: dict[Program, list[float]] = {shiori: [], constant: []}
    for _ in range(_ROUNDS):
        for program in (shiori, constant):
            before_s = program.read_cpu_s()
            rates[program].append(await _measure_rate(partial(use, program)))
            after_s = program.read_cpu_s()
            if before_s is not None and after_s is not None:
                cpu[program].append((after_s - before_s) / _COMMANDS)
    ours, theirs = (
        _Load(statistics.mean(rates[one]), statistics.mean(cpu[one]) if cpu[one] else None)
        for one in (shiori, constant)
    )
    return ours, theirs


async def _measure_rate(use: Callable[[], Awaitable[float]]) -> float:
    left = iter(range(_COMMANDS))

    async def use_until_done() -> None:
        for _ in left:
            await use()

    began_s = time.perf_counter()
    await asyncio.gather(*(use_until_done() for _ in range(_AT_ONCE)))
    return _COMMANDS / (time.perf_counter() - began_s)


def _simplify(value: Any) -> Any:
    """A message's components without what Discord adds to each."""
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value)
        return {key: _simplify(part) for key, part in members.items() if key not in {"id", "media"}}
    if isinstance(value, list):
        return [_simplify(part) for part in cast("list[Any]", value)]
    return value


def _p99(values: Sequence[float]) -> float:
    return statistics.quantiles(values, n=100)[98]


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.2f} ms"
