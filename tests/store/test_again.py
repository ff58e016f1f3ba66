from __future__ import annotations

import asyncio
import itertools
import logging

import pytest

from bot.errors import StoreError
from bot.store.again import FIRST_WAIT_S, LONGEST_WAIT_S, try_until_done
from tests.support.clock import FakeClock


async def test_what_nobody_waits_for_is_tried_until_it_is_done_and_told_of_once(
    clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    tried_s: list[float] = []

    async def work() -> str:
        tried_s.append(clock.monotonic())
        if len(tried_s) < 12:
            raise StoreError("it is away")
        return "done"

    working = asyncio.create_task(try_until_done(work, clock=clock, failed="something stays"))
    await clock.advance(3600)
    assert await working == "done"
    waits_s = [later - earlier for earlier, later in itertools.pairwise(tried_s)]
    assert (waits_s[0], waits_s[-1], waits_s) == (FIRST_WAIT_S, LONGEST_WAIT_S, sorted(waits_s))
    assert [record.getMessage() for record in caplog.records] == ["something stays: store: it is away"]
