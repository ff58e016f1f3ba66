"""Time as the local Discord sees it, so that tests can turn it by hand."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """What the engine needs of a clock."""

    def monotonic(self) -> float:
        """Seconds since some fixed moment; never goes back."""
        ...

    def time(self) -> float:
        """Seconds since 1970."""
        ...

    async def sleep(self, seconds: float, /) -> None:
        """Wait that many seconds."""
        ...


class RealClock:
    """The computer's own."""

    def monotonic(self) -> float:
        return time.monotonic()

    def time(self) -> float:
        return time.time()

    async def sleep(self, seconds: float, /) -> None:
        await asyncio.sleep(seconds)
