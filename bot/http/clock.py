"""Time, as a constructor argument: nothing else below the cogs looks at a clock or sleeps."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Protocol


class Timer(Protocol):
    """A callback that is due later."""

    def cancel(self) -> None:
        """Forget the callback. Harmless when it has run."""


class Clock(Protocol):
    """What the time is, and how to be woken. All durations are seconds."""

    def monotonic(self) -> float:
        """Seconds on a clock that never jumps: for waiting and for measuring."""
        ...

    def time(self) -> float:
        """Seconds since the epoch: for what is kept or compared with a server's dates."""
        ...

    def call_at(self, when_monotonic: float, callback: Callable[[], object]) -> Timer:
        """Run the callback once `monotonic()` has reached the time; it may run a moment early."""
        ...

    async def sleep(self, duration_s: float) -> None:
        """Wait."""


class SystemClock:
    """The real time."""

    def monotonic(self) -> float:
        return time.monotonic()

    def time(self) -> float:
        return time.time()

    def call_at(self, when_monotonic: float, callback: Callable[[], object]) -> Timer:
        # The loop's own clock may have another origin than time.monotonic (other event loops do).
        return asyncio.get_running_loop().call_later(max(0.0, when_monotonic - time.monotonic()), callback)

    async def sleep(self, duration_s: float) -> None:
        await asyncio.sleep(duration_s)


@contextmanager
def time_limit(clock: Clock, limit_s: float, *, looks: int = 0) -> Generator[None]:
    """Cancel the body after `limit_s` and raise TimeoutError in its place: `asyncio.timeout` on a given
    clock. Before that the loop looks for what has arrived so many times more: where it was busy, that is late and not
    missing.
    """
    task = asyncio.current_task()
    if task is None:  # a plain callback cannot be interrupted
        raise RuntimeError("time_limit needs a task")
    cancelling = task.cancelling()
    expired = False

    def expire() -> None:
        nonlocal expired, looks, timer
        if looks:
            looks -= 1
            timer = asyncio.get_running_loop().call_soon(expire)
        else:
            expired = True
            task.cancel()

    timer: Timer = clock.call_at(clock.monotonic() + limit_s, expire)
    try:
        yield
    except asyncio.CancelledError:
        # Only our own cancellation is a time-out; one from outside, at the same moment, wins.
        if expired and task.uncancel() <= cancelling:
            raise TimeoutError from None
        raise
    finally:
        timer.cancel()
