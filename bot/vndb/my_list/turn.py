"""One after the other: what a person presses while their last press is still being worked on."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from contextlib import contextmanager


class Turns:
    """The presses of each person, in the order in which they came.

    The next one's turn comes when the one before is through, its answer included: so what is shown last is what was
    found last, whatever took how long.
    """

    def __init__(self) -> None:
        self._last: dict[int, asyncio.Event] = {}

    @contextmanager
    def join(self, person_id: int) -> Generator[Turn]:
        """Stand behind what the person pressed before, until the end of the block."""
        before, done = self._last.get(person_id), asyncio.Event()
        self._last[person_id] = done
        try:
            yield Turn(before)
        finally:
            done.set()
            if self._last.get(person_id) is done:
                del self._last[person_id]


class Turn:
    """A press that has its place."""

    def __init__(self, before: asyncio.Event | None) -> None:
        self._before = before

    async def wait(self) -> None:
        """Until it is this one's turn."""
        if self._before is not None:
            await self._before.wait()
