"""What nobody waits for is tried until the database takes it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from bot.errors import StoreError

T = TypeVar("T")

FIRST_WAIT_S = 5.0
LONGEST_WAIT_S = 300.0

log = logging.getLogger(__name__)


class Clock(Protocol):
    """What waiting needs of a clock."""

    async def sleep(self, duration_s: float) -> object:
        """Wait."""


async def try_until_done(work: Callable[[], Awaitable[T]], *, clock: Clock, failed: str) -> T:
    """Repeat `work`, after longer and longer waits, while it raises StoreError; `failed` says once what is not done."""
    wait_s = FIRST_WAIT_S
    while True:
        try:
            return await work()
        except StoreError as error:
            log.log(logging.WARNING if wait_s == FIRST_WAIT_S else logging.DEBUG, "%s: %s", failed, error)
        await clock.sleep(wait_s)
        wait_s = min(2 * wait_s, LONGEST_WAIT_S)
