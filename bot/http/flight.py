"""Single flight: equal questions at once are one request."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, Generic, TypeVar

from bot.errors import ServiceError, Throttled, TimedOut, Unavailable
from bot.http.ask import Ask, Standing, build_context, current_standing
from bot.http.clock import Clock

T = TypeVar("T")


async def wait_within(task: asyncio.Task[T], *, asker: Standing, standing: Standing, service: str, clock: Clock) -> T:
    """The task's result, or at the asker's own deadline TimedOut, or why nothing was sent yet.

    The task goes on whatever happens to the waiting.
    """
    done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def finish(_task: asyncio.Task[T]) -> None:
        if not done.done():
            done.set_result(None)

    def expire() -> None:
        if not done.done():
            done.set_exception(_explain(standing, service))

    task.add_done_callback(finish)
    # What stands for others has no deadline of its own: they keep theirs.
    timer = None if asker.shared else clock.call_at(asker.ask.deadline_monotonic, expire)
    try:
        await done
    finally:
        if timer is not None:
            timer.cancel()
    if task.cancelled():
        raise Unavailable(service, "the request was withdrawn")
    return task.result()


def _explain(standing: Standing, service: str) -> ServiceError:
    if standing.sent:
        return TimedOut(service, "no answer in time")
    return standing.explain(service) if standing.explain else Throttled(service, "not sent in time")


class _Flight(Generic[T]):
    """A request that is on its way, and who waits for it."""

    __slots__ = ("askers", "standing", "task")

    def __init__(self, task: asyncio.Task[T], standing: Standing) -> None:
        self.task = task
        self.standing = standing
        self.askers = 0


class Flights(Generic[T]):
    """The requests on their way, by key.

    A failure reaches all askers and is not kept. One asker's cancellation cancels nobody else; when the last
    one leaves, the request is withdrawn if it has not been sent, and otherwise goes on for the cache's sake.
    """

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._flights: dict[Hashable, _Flight[T]] = {}
        self._tasks: set[asyncio.Task[T]] = set()

    def __contains__(self, key: Hashable) -> bool:
        return key in self._flights

    async def join(self, key: Hashable, load: Callable[[], Coroutine[Any, Any, T]], *, service: str) -> T:
        """The result of the flight under `key`, which `load` starts if there is none."""
        asker = current_standing(self._clock)
        flight = self._flights.get(key)
        if flight is None:
            flight = self._start(key, load, ask=asker.ask)
        flight.askers += 1
        leave = flight.standing.join(asker)
        try:
            return await wait_within(
                flight.task, asker=asker, standing=flight.standing, service=service, clock=self._clock
            )
        finally:
            leave()
            self._leave(key, flight)

    def _start(self, key: Hashable, load: Callable[[], Coroutine[Any, Any, T]], *, ask: Ask) -> _Flight[T]:
        standing = Standing(ask, shared=True)
        task = asyncio.create_task(load(), context=build_context(standing))
        flight = _Flight(task, standing)
        self._flights[key] = flight
        self._tasks.add(task)

        def land(task: asyncio.Task[T]) -> None:
            self._tasks.discard(task)
            self._forget(key, flight)
            if not task.cancelled():
                task.exception()  # the last asker may have left: then nobody else looks at it

        task.add_done_callback(land)
        return flight

    def _leave(self, key: Hashable, flight: _Flight[T]) -> None:
        flight.askers -= 1
        if flight.askers == 0 and not flight.standing.sent and not flight.task.done():
            self._forget(key, flight)  # at once: who asks now must not join a flight that is being cancelled
            flight.task.cancel()

    def _forget(self, key: Hashable, flight: _Flight[T]) -> None:
        if self._flights.get(key) is flight:
            del self._flights[key]

    async def close(self) -> None:
        """Cancel everything; whoever still waits gets Unavailable."""
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
