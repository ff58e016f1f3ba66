"""Batching: many keys asked for at about the same time are one question."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Generic, TypeVar

from bot.http.ask import Priority, Standing, build_context, current_standing
from bot.http.clock import Clock, Timer
from bot.http.flight import wait_within

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class _Batch(Generic[K, V]):
    """The keys gathered so far, with the number of who waits for each, and what became of them."""

    __slots__ = ("closed", "keys", "standing", "task", "timer")

    def __init__(self, standing: Standing) -> None:
        self.standing = standing
        self.keys: dict[K, int] = {}
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.timer: Timer | None = None
        self.task: asyncio.Task[dict[K, V | Exception]] | None = None


class Batcher(Generic[K, V]):
    """Turns `load(key)` by many into one `load(keys)`, with the DataLoader contract: as many results as keys,
    in their order; an exception stands for its own key; an exception raised, or a wrong number of results, is
    everybody's.

    A batch is closed by `max_size` keys or `window_s` seconds after its first. Its ask is the most urgent and
    latest of its waiters. One waiter's cancellation cancels nobody else; a key nobody waits for any more is
    left out. `one_at_a_time`: the service takes one question at a time, so while one is unanswered the next batch
    goes on gathering, unless a command waits for it.
    """

    def __init__(
        self,
        load: Callable[[Sequence[K]], Awaitable[Sequence[V | Exception]]],
        *,
        max_size: int,
        window_s: float,
        clock: Clock,
        service: str = "batch",
        one_at_a_time: bool = False,
    ) -> None:
        self._load = load
        self._max_size = max_size
        self._window_s = window_s
        self._clock = clock
        self._service = service  # names the errors of waiters whose time ran out
        self._one_at_a_time = one_at_a_time
        self._running = 0
        self._open: _Batch[K, V] | None = None

    async def load(self, key: K) -> V:
        """The key's result; raises the exception that stands for it."""
        asker = current_standing(self._clock)
        batch = self._open or self._begin(Standing(asker.ask, shared=True))
        batch.keys[key] = batch.keys.get(key, 0) + 1
        leave = batch.standing.join(asker)
        if len(batch.keys) >= self._max_size or (batch.timer is None and not self._may_hold(batch)):
            self._close(batch)
        try:
            result = await self._wait(batch, key, asker)
        finally:
            leave()
            self._forget(batch, key)
        if isinstance(result, Exception):
            raise result
        return result

    def _begin(self, standing: Standing) -> _Batch[K, V]:
        batch: _Batch[K, V] = _Batch(standing)
        batch.task = asyncio.create_task(self._run(batch), context=build_context(standing))
        batch.task.add_done_callback(_look_at)
        batch.timer = self._clock.call_at(self._clock.monotonic() + self._window_s, lambda: self._expire(batch))
        self._open = batch
        return batch

    def _expire(self, batch: _Batch[K, V]) -> None:
        batch.timer = None
        if not self._may_hold(batch):
            self._close(batch)

    def _may_hold(self, batch: _Batch[K, V]) -> bool:
        """Whether a batch whose time is over goes on gathering: its question would only wait behind another one.

        A person who waits for a command is not held up: the lane lets them go first.
        """
        return self._one_at_a_time and self._running > 0 and batch.standing.ask.priority >= Priority.PREVIEW

    def _close(self, batch: _Batch[K, V]) -> None:
        """From now on the batch takes no more keys."""
        if self._open is batch:
            self._open = None
        if batch.timer is not None:
            batch.timer.cancel()
        if not batch.closed.done():
            batch.closed.set_result(None)

    async def _run(self, batch: _Batch[K, V]) -> dict[K, V | Exception]:
        await batch.closed
        keys = tuple(batch.keys)
        self._running += 1
        try:
            results = await self._load(keys)
        finally:
            self._running -= 1
            if self._open is not None and self._open.timer is None and not self._may_hold(self._open):
                self._close(self._open)
        return dict(zip(keys, results, strict=True))

    async def _wait(self, batch: _Batch[K, V], key: K, asker: Standing) -> V | Exception:
        assert batch.task is not None  # noqa: S101 - set by _begin
        results = await wait_within(
            batch.task, asker=asker, standing=batch.standing, service=self._service, clock=self._clock
        )
        return results[key]

    def _forget(self, batch: _Batch[K, V], key: K) -> None:
        """Somebody left. Nothing is changed once the request is on the wire."""
        batch.keys[key] -= 1
        if batch.keys[key] == 0 and not batch.closed.done():
            del batch.keys[key]
        if not any(batch.keys.values()) and not batch.standing.sent:
            self._close(batch)
            if batch.task is not None:
                batch.task.cancel()


def _look_at(task: asyncio.Task[object]) -> None:
    """The last waiter may have left; then nobody else looks at the exception."""
    if not task.cancelled():
        task.exception()
