"""One limit kept by real processes, of which one is killed, while their Valkey hangs or is gone for a time."""

from __future__ import annotations

import asyncio
import time

import pytest

from bot.http.policy import Window
from tests.support.fleet import Member, StrictService, run_fleet
from tests.support.valkey import Valkey

ENOUGH = 0.75
"""On a busy machine, that is: `make bench ARGS=processes` measures it."""


async def measure(service: StrictService, for_s: float) -> float:
    """The part of the allowed that is used for so long from now."""
    (window,) = service.windows
    before, since = len(service.admitted), time.monotonic()
    await asyncio.sleep(for_s)
    return (len(service.admitted) - before) / (window.count * (time.monotonic() - since) / window.seconds)


async def serve(service: StrictService, fleet: list[Member], times: int) -> None:
    """Go on until each has been served so often from now on."""
    since = time.monotonic()
    async with asyncio.timeout(30):
        while any(service.count_by_process(since)[member.pid] < times for member in fleet):  # noqa: ASYNC110 - others' doing
            await asyncio.sleep(0.01)


async def test_four_processes_keep_one_limit_though_one_is_killed_and_the_server_hangs(valkey: Valkey) -> None:
    service = StrictService(Window(10, 0.5), concurrency=10)
    async with run_fleet(service, valkey.url, 4) as fleet:
        for member in fleet:
            await member.ask(10)
        await serve(service, fleet, 2)
        await fleet.pop(1).kill()
        await serve(service, fleet, 2)
        valkey.freeze()
        await asyncio.sleep(0.4)
        valkey.thaw()
        await serve(service, fleet, 2)
    assert service.violations == []


@pytest.mark.deep
@pytest.mark.parametrize("fault", ["freeze", "crash"])
async def test_they_use_most_of_it_and_go_on_while_the_server_is_away(fault: str, valkey: Valkey) -> None:
    service = StrictService(Window(20, 2.0), concurrency=20)
    async with run_fleet(service, valkey.url, 4) as fleet:
        for member in fleet:
            await member.ask(20)
        await measure(service, 2.0)
        assert await measure(service, 10.0) >= ENOUGH
        if fault == "freeze":
            valkey.freeze()
        else:
            valkey.kill()
        await measure(service, 4.0)  # each notices, and lets the window pass
        assert await measure(service, 8.0) >= ENOUGH
        since = time.monotonic()
        if fault == "freeze":
            valkey.thaw()
        else:
            valkey.start()
        await measure(service, 12.0)  # by then all have come back
        assert await measure(service, 6.0) >= ENOUGH
        await fleet.pop(2).kill()
        assert await measure(service, 6.0) >= ENOUGH
        counts = service.count_by_process(since)
        assert max(counts.values()) < 2 * min(counts[member.pid] for member in fleet)
        for member in fleet[1:]:
            await member.ask(0)
        await measure(service, 0.6)
        assert await measure(service, 6.0) >= ENOUGH  # what others leave is anybody's
    assert service.violations == []


@pytest.mark.deep
async def test_where_a_window_has_fewer_slots_than_there_are_processes_they_take_turns(valkey: Valkey) -> None:
    service = StrictService(Window(3, 1.5), concurrency=1, min_gap_s=0.3)
    async with run_fleet(service, valkey.url, 4) as fleet:
        for member in fleet:
            await member.ask(3)
        await measure(service, 2.0)
        assert await measure(service, 6.0) >= ENOUGH
        valkey.freeze()
        await measure(service, 10.0)
        valkey.thaw()
        await measure(service, 12.0)
        assert await measure(service, 6.0) >= ENOUGH
    assert service.violations == []
