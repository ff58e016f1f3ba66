"""Virtual time: an event loop that waits for nothing, and chooses by a seed what runs next.

Time stands still while anything can run, and then jumps to the next timer. What runs belongs to a process; that of a
process which was killed runs no more, not even its `finally`.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import heapq
import random
import traceback
from collections import deque
from collections.abc import Callable, Generator
from contextvars import ContextVar
from typing import Any

EPOCH_S = 1_774_000_000.0
"""When a simulation begins: a day in March of 2026."""


class Stuck(Exception):
    """Nothing is left that could ever run."""


class Owner:
    """A process of the bot, as far as the loop knows it. `None` as owner is the world, which nobody kills."""

    def __init__(self) -> None:
        self.is_dead = False
        self.dies_after: int | None = None
        """How many more of its callbacks run; for a death between two awaits."""
        self.buried: list[object] = []
        """What would have run: let go of, it would run its `finally`."""


OWNER: ContextVar[Owner | None] = ContextVar("simulate_owner", default=None)


class _Task(asyncio.Task[Any]):
    """Hashed by when it was made: else a set of tasks would be in an order of its own each time."""

    _made = 0

    @classmethod
    def begin(cls) -> None:
        """From here on tasks are counted anew."""
        cls._made = 0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        _Task._made += 1
        self._hash = _Task._made
        super().__init__(*args, **kwargs)
        if (owner := OWNER.get()) is not None:
            owner.buried.append(self)
            if len(owner.buried) > 2_000:
                owner.buried[:] = [one for one in owner.buried if not isinstance(one, _Task) or not one.done()]

    def __hash__(self) -> int:
        return self._hash


def _make_task(loop: asyncio.AbstractEventLoop, work: Any, **options: Any) -> _Task:
    return _Task(work, loop=loop, **options)


class Loop(asyncio.BaseEventLoop):
    """`shuffles`: of all that can run now any may be next, and not the one that waited longest."""

    def __init__(self, seed: int, *, shuffles: bool = False) -> None:
        super().__init__()
        _Task.begin()
        self._ready: deque[asyncio.Handle]
        self._scheduled: list[asyncio.TimerHandle]
        self._rng = random.Random(f"order {seed}")
        self._shuffles = shuffles
        self._now = 0.0
        self._trace = hashlib.blake2b(digest_size=8)
        self.steps = 0
        self.told: list[str] | None = None
        """Every note, for whoever reads them."""
        self.on_death: Callable[[Owner], object] = lambda _: None
        self.complaints: list[str] = []
        """What nobody heard of but the loop."""
        self.set_task_factory(_make_task)
        self.set_exception_handler(self._complain)

    def time(self) -> float:
        return self._now

    def note(self, text: str) -> None:
        """Let something count in what tells one run from another."""
        if self.told is not None:
            self.told.append(f"{self._now:9.3f} p{getattr(OWNER.get(), 'number', '-')} {text}")
        self._trace.update(f"{self._now:.6f} {self.steps} {text}\n".encode())

    @property
    def trace(self) -> str:
        """What two runs of the same seed have in common, and no others."""
        return self._trace.hexdigest()

    def end(self) -> None:
        """Nothing runs any more: what is let go of from now on has nobody to call."""
        self.close()
        self.call_soon = self.call_later = self.call_at = _call_nobody  # type: ignore[method-assign]

    def lay_to_rest(self, owner: Owner) -> None:
        """Let what a process left run its `finally` now, when nothing comes of it: not amid whatever runs next."""
        for one in owner.buried:
            if isinstance(one, _Task) and not one.done():
                with contextlib.suppress(BaseException):
                    work: Any = one.get_coro()
                    work.close()
        owner.buried.clear()

    def _complain(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        owner = OWNER.get()
        if owner is None or not owner.is_dead:
            error = context.get("exception")
            told = "".join(traceback.format_exception(error)) if error else ""
            self.complaints.append(f"{context.get('message')} {told}")

    def _process_events(self, event_list: object) -> None:
        raise NotImplementedError

    def _write_to_self(self) -> None:
        """Nobody else wakes it."""

    def run_in_executor(self, _: object, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:  # type: ignore[override]
        """There are no threads: the work is done here, after a moment."""
        future: asyncio.Future[Any] = self.create_future()

        def work() -> None:
            if future.done():
                return
            try:
                future.set_result(func(*args))
            except Exception as error:  # noqa: BLE001 - as an executor does
                future.set_exception(error)

        self.call_later(0.003, work)
        return future

    def _run_once(self) -> None:
        ready, scheduled = self._ready, self._scheduled
        if not ready:
            while scheduled and scheduled[0].cancelled():
                heapq.heappop(scheduled)
            if not scheduled:
                raise Stuck
            self._now = max(self._now, scheduled[0].when())
        while scheduled and scheduled[0].when() <= self._now:
            timer = heapq.heappop(scheduled)
            if not timer.cancelled():
                ready.append(timer)
        if ready:
            self._run_one(self._choose())

    def _choose(self) -> asyncio.Handle:
        ready = self._ready
        if not self._shuffles or len(ready) < 2:
            return ready.popleft()
        at = self._rng.randrange(len(ready))
        if _begins(ready[at]):
            # Tasks begin in the order in which they were made: asyncio promises that, and discord.py's events need it.
            at = next(number for number, handle in enumerate(ready) if _begins(handle))
        handle = ready[at]
        del ready[at]
        return handle

    def _run_one(self, handle: asyncio.Handle) -> None:
        if handle.cancelled():
            return
        owner: Owner | None = handle._context.get(OWNER)  # type: ignore[attr-defined]
        if owner is not None:
            if owner.dies_after is not None:
                owner.dies_after -= 1
                if owner.dies_after < 0:
                    owner.dies_after, owner.is_dead = None, True
                    self.on_death(owner)
            if owner.is_dead:
                owner.buried.append(handle)
                return
        self.steps += 1
        handle._run()


def _begins(handle: asyncio.Handle) -> bool:
    return type(handle._callback).__name__ == "TaskStepMethWrapper"  # type: ignore[attr-defined]


def _call_nobody(*_: object, **__: object) -> Any:
    return None


@contextlib.contextmanager
def running(loop: Loop) -> Generator[Loop]:
    """The loop is this thread's."""
    asyncio.set_event_loop(loop)
    try:
        yield loop
    finally:
        asyncio.set_event_loop(None)


class VirtualClock:
    """Both clocks that the bot, and its Discord, look at."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self.set_back_s = 0.0
        """How far somebody has set the wall clock back."""

    def monotonic(self) -> float:
        return self._loop.time()

    def time(self) -> float:
        return EPOCH_S + self._loop.time() - self.set_back_s

    def call_at(self, when_monotonic: float, callback: Callable[[], object]) -> asyncio.TimerHandle:
        return self._loop.call_at(when_monotonic, callback)

    async def sleep(self, duration_s: float) -> None:
        await asyncio.sleep(duration_s)
