"""Whether the database answers, for who looks at the bot."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from bot.errors import StoreError
from bot.http import Clock

WAIT_S = 2.0
"""Whoever asks is told after that time that there was no answer; the question itself goes on, with others joining."""
BELIEVED_S = 1.0
"""So long an answer is given again: many who ask are one question."""


class Question:
    """Asks something that may fail or take long, never twice at once."""

    def __init__(self, name: str, ask: Callable[[], Awaitable[None]], *, clock: Clock) -> None:
        self._name = name
        self._ask = ask
        self._clock = clock
        self._task: asyncio.Task[str] | None = None
        self._asked_s = 0.0
        self.took_s: float | None = None
        """How long the latest answer took; None if there is none, or it was no good one."""

    async def find_trouble(self) -> str:
        """What is wrong, in words; empty if nothing is."""
        now_s, task = self._clock.monotonic(), self._task
        if task is None or (task.done() and now_s - self._asked_s > BELIEVED_S):
            self._asked_s = now_s
            task = self._task = asyncio.create_task(self._find(), name=f"health of {self._name}")
        # Not `wait_for`, which would cancel it: a pool takes that for a connection that went silent.
        await asyncio.wait({task}, timeout=WAIT_S)
        if not task.done():
            self.took_s = None
            return f"{self._name}: no answer within {WAIT_S:g} s"
        return f"{self._name}: it is being closed" if task.cancelled() else task.result()

    async def close(self) -> None:
        """Stop asking."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _find(self) -> str:
        begun_s = self._clock.monotonic()
        try:
            await self._ask()
        except StoreError as error:
            self.took_s = None
            return f"{self._name}: {error.reason}"
        self.took_s = self._clock.monotonic() - begun_s
        return ""
