"""How well processes keep one limit together over one Redis (a Valkey that is started for it), and what that costs.

Each is a real process with the real client and transport. The service judges by the strict sliding window.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

from bot.http.policy import Window
from tests.bench.row import Row
from tests.support.fleet import Member, StrictService, run_fleet
from tests.support.valkey import Valkey, run_valkey

_LIMIT = Window(20, 2.0)
_WARM_S, _LONG_S = 3.0, 10.0
_NUMBERS = (1, 2, 4)
_SHARE_TARGET = 0.95
_UNBOUND = Window(1_000_000, 1.0)
_AT_ONCE = 16


async def _measure_share(service: StrictService, for_s: float) -> float:
    """The share of the allowed, from the middle of the windowful before to the middle of the last one: in so short a
    time it matters much whether one more begins.
    """
    before = len(service.admitted)
    await asyncio.sleep(for_s)
    times = [at for at, _ in service.admitted[before - _LIMIT.count :]]
    took_s = statistics.mean(times[-_LIMIT.count :]) - statistics.mean(times[: _LIMIT.count])
    return (len(times) - _LIMIT.count) / _LIMIT.count * _LIMIT.seconds / took_s


async def _let_all_ask(fleet: list[Member], at_once: int) -> None:
    for member in fleet:
        await member.ask(at_once)


async def _measure_limit(valkey: Valkey) -> Row:
    outcomes: list[tuple[int, float]] = []
    for number in _NUMBERS:
        service = StrictService(_LIMIT, concurrency=_LIMIT.count)
        async with run_fleet(service, valkey.url, number) as fleet:
            await _let_all_ask(fleet, _LIMIT.count)
            await asyncio.sleep(_WARM_S)
            share = await _measure_share(service, _LONG_S)
        outcomes.append((len(service.violations), share))
    return Row(
        f"One limit ({_LIMIT.count} in any {_LIMIT.seconds:g} s; 30 ms jitter each way) kept by"
        f" {', '.join(map(str, _NUMBERS))} processes on one Valkey: requests that break it, and share of the allowed",
        "; ".join(f"{violations}, {share:.1%}" for violations, share in outcomes),
        target=f"0 at ≥ {_SHARE_TARGET:.0%}",
        met=all(not violations and share >= _SHARE_TARGET for violations, share in outcomes),
    )


async def _measure_faults(valkey: Valkey) -> Row:
    service = StrictService(_LIMIT, concurrency=_LIMIT.count)
    async with run_fleet(service, valkey.url, 4) as fleet:
        await _let_all_ask(fleet, _LIMIT.count)
        await asyncio.sleep(_WARM_S)
        await fleet.pop().kill()
        dying = await _measure_share(service, _LONG_S)
        killed = await _measure_share(service, _LONG_S)
        valkey.freeze()
        frozen = await _measure_share(service, _LONG_S)
        valkey.thaw()
        thawed = await _measure_share(service, _LONG_S)
        await _let_all_ask(fleet[1:], 0)
        await asyncio.sleep(_WARM_S)
        alone = await _measure_share(service, _LONG_S)
    shares = {
        "after kill -9 of one": dying,
        "then": killed,
        "Valkey hung": frozen,
        "back": thawed,
        "one of three asks": alone,
    }
    return Row(
        f"The same by four processes, {_LONG_S:g} s each: requests that break it, and share of the allowed",
        f"{len(service.violations)}; " + ", ".join(f"{what} {share:.1%}" for what, share in shares.items()),
        target=f"0 at ≥ {_SHARE_TARGET:.0%} with the Valkey",
        met=not service.violations and min(killed, alone) >= _SHARE_TARGET,
    )


async def _measure_rate(cache_url: str, number: int) -> float:
    service = StrictService(_UNBOUND, concurrency=_UNBOUND.count, jitter_s=0.0)
    async with run_fleet(service, cache_url, number) as fleet:
        await _let_all_ask(fleet, _AT_ONCE)
        await asyncio.sleep(1.0)
        before, since = len(service.admitted), time.monotonic()
        await asyncio.sleep(4.0)
        return (len(service.admitted) - before) / (time.monotonic() - since)


async def _measure_rates(valkey: Valkey) -> Row:
    without = await _measure_rate("", 1)
    rates = [await _measure_rate(valkey.url, number) for number in _NUMBERS]
    return Row(
        f"Questions a second of {', '.join(map(str, _NUMBERS))} processes where no limit binds"
        f" ({_AT_ONCE} at once each; the service is a part)",
        "; ".join(f"{rate:.0f}" for rate in rates),
        f"one process without Valkey: {without:.0f}",
    )


async def measure_processes() -> list[Row]:
    """All of it, in two minutes."""
    with tempfile.TemporaryDirectory() as folder, run_valkey(Path(folder)) as valkey:
        return [await _measure_limit(valkey), await _measure_faults(valkey), await _measure_rates(valkey)]
