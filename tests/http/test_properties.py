"""Random schedules of askers, answers, delays, errors and cancellations against a strict server."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ServiceError, TimedOut, Unavailable
from bot.http import Client, MemoryCache, Policy, Priority, Request, Response, TimeAccount, Window, asking
from tests.support.clock import FakeClock
from tests.support.examples import examples
from tests.support.judge import ConcurrencyJudge, ExecutionJudge, WindowJudge

TIMEOUT_S = 5.0
LONG_S = 50_000.0


@dataclass(frozen=True)
class Asker:
    """Asks after `at_s`. Delays: to connect, to arrive, to be worked on, to come back. `leaves_s`: then
    cancels.
    """

    at_s: float
    priority: Priority
    patience_s: float
    leaves_s: float | None
    connect_s: float
    send_s: float
    work_s: float
    answer_s: float
    outcome: str


def delays(longest_s: float) -> st.SearchStrategy[float]:
    return st.one_of(st.just(0.0), st.floats(0.0, longest_s))


def askers(*, patience: st.SearchStrategy[float], leaves: bool, outcomes: list[str]) -> st.SearchStrategy[Asker]:
    return st.builds(
        Asker,
        at_s=delays(30.0),
        priority=st.sampled_from(Priority),
        patience_s=patience,
        leaves_s=st.one_of(st.none(), delays(20.0)) if leaves else st.none(),
        connect_s=delays(0.2),
        send_s=delays(0.5),
        work_s=delays(1.5),
        answer_s=delays(0.5),
        outcome=st.sampled_from(outcomes),
    )


@dataclass
class JudgedTransport:
    """The network with its delays, and the strict server behind it."""

    clock: FakeClock
    windows: WindowJudge
    concurrency: ConcurrencyJudge
    execution: ExecutionJudge
    plan: dict[str, Asker]
    order: list[str] = field(default_factory=list[str])

    async def send(
        self,
        request: Request,
        *,
        timeout_s: float,
        max_body_bytes: int,  # noqa: ARG002 - there are no bodies
        on_sent: Callable[[], None] | None = None,
    ) -> Response:
        asker = self.plan[request.url]
        await self.clock.sleep(asker.connect_s)
        if asker.outcome == "refused":
            raise Unavailable(request.service)
        if on_sent is not None:
            on_sent()
        self.order.append(request.url)
        answered: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        # The server goes on by itself, whether somebody listens or not.
        self._after(asker.send_s, lambda: self._arrive(asker, answered))
        if asker.outcome == "lost":
            await self.clock.sleep(timeout_s)
            raise TimedOut(request.service)
        await answered
        status = {"ok": 200, "broken": 500, "wrong": 400, "throttled": 429}[asker.outcome]
        return Response(status, {}, b"")

    def _after(self, delay_s: float, step: Callable[[], object]) -> None:
        self.clock.call_at(self.clock.monotonic() + delay_s, step)

    def _arrive(self, asker: Asker, answered: asyncio.Future[None]) -> None:
        now = self.clock.monotonic()
        self.windows.arrive(now)
        self.concurrency.arrive(now)
        executed = self.execution.admit(now) and asker.outcome != "throttled"
        self._after(asker.work_s, lambda: self._finish(asker, answered, executed=executed))

    def _finish(self, asker: Asker, answered: asyncio.Future[None], *, executed: bool) -> None:
        now = self.clock.monotonic()
        self.concurrency.answer(now)
        if executed:
            self.execution.finish(now, asker.work_s)
        self._after(asker.answer_s, lambda: answered.done() or answered.set_result(None))

    async def close(self) -> None:
        """Nothing is open."""


@dataclass
class Run:
    """What became of a schedule."""

    transport: JudgedTransport
    client: Client
    asked: list[str]
    results: list[object]


async def play(plan: list[Asker], policy: Policy) -> Run:
    clock = FakeClock()
    transport = JudgedTransport(
        clock,
        WindowJudge(*policy.windows),
        ConcurrencyJudge(concurrency=policy.concurrency, min_gap_s=policy.min_gap_s),
        ExecutionJudge(),
        {str(number): asker for number, asker in enumerate(plan)},
    )
    client = Client(transport, clock=clock, cache=MemoryCache(), policies=[policy], rng=random.Random(1))

    asked: list[str] = []

    async def ask(name: str, asker: Asker) -> None:
        await clock.sleep(asker.at_s)
        asked.append(name)
        with asking(clock, within_s=asker.patience_s, priority=asker.priority):
            task = asyncio.create_task(client.send(Request("demo", "thing", "GET", name)))
        if asker.leaves_s is not None:
            clock.call_at(clock.monotonic() + asker.leaves_s, task.cancel)
        await task

    tasks = [asyncio.create_task(ask(name, asker)) for name, asker in transport.plan.items()]
    everything = asyncio.ensure_future(asyncio.gather(*tasks, return_exceptions=True))
    await clock.run(everything, limit_s=2 * LONG_S)
    await clock.advance(2 * TIMEOUT_S)  # requests whose askers left come home
    await client.close()
    return Run(transport, client, asked, list(everything.result()))


policies = st.builds(
    Policy,
    service=st.just("demo"),
    windows=st.lists(
        st.builds(Window, count=st.integers(1, 6), seconds=st.floats(0.1, 20.0)), max_size=3, unique=True
    ).map(tuple),
    concurrency=st.integers(1, 4),
    min_gap_s=st.one_of(st.just(0.0), st.floats(0.1, 2.0)),
    timeout_s=st.just(TIMEOUT_S),
    retries=st.integers(0, 2),
    time_account=st.one_of(st.none(), st.just(TimeAccount())),
)
ANY = ["ok", "ok", "ok", "ok", "broken", "wrong", "throttled", "refused", "lost"]


@examples(150)
@given(
    plan=st.lists(askers(patience=st.floats(0.1, 60.0), leaves=True, outcomes=ANY), min_size=1, max_size=30),
    policy=policies,
)
async def test_no_schedule_breaks_a_limit(plan: list[Asker], policy: Policy) -> None:
    run = await play(plan, policy)
    assert run.transport.windows.violations == []
    if not any(asker.outcome == "lost" for asker in plan):  # nobody can tell when a lost one was worked on
        assert run.transport.concurrency.violations == []
    if policy.time_account and not any(asker.outcome == "lost" for asker in plan):
        assert run.transport.execution.violations == []
    unexpected = [
        result
        for result in run.results
        if result is not None and not isinstance(result, ServiceError | asyncio.CancelledError)
    ]
    assert unexpected == []
    state = run.client.lane("demo")
    assert (state.in_flight, state.waiting) == (0, 0)


@examples(100)
@given(
    plan=st.lists(askers(patience=st.just(LONG_S), leaves=False, outcomes=["ok", "wrong"]), min_size=1, max_size=30),
    policy=policies,
)
async def test_everybody_with_patience_is_served(plan: list[Asker], policy: Policy) -> None:
    run = await play(plan, policy)
    assert sorted(run.transport.order, key=int) == sorted(run.transport.plan, key=int)
    throttled = [r for r in run.results if isinstance(r, ServiceError) and r.status != 400]
    assert throttled == []


@examples(60)
@given(
    plan=st.lists(
        askers(patience=st.just(LONG_S), leaves=False, outcomes=["ok"]), min_size=2, max_size=20, unique=True
    ),
    window=st.builds(Window, count=st.integers(1, 3), seconds=st.floats(0.5, 5.0)),
)
async def test_order_is_strict_within_a_priority(plan: list[Asker], window: Window) -> None:
    # No delay before the first byte: the order of sending is then the order of turns.
    still = [Asker(a.at_s, a.priority, a.patience_s, None, 0.0, a.send_s, a.work_s, a.answer_s, "ok") for a in plan]
    run = await play(still, Policy("demo", windows=(window,), concurrency=3))
    for priority in Priority:
        mine = [name for name in run.transport.order if run.transport.plan[name].priority == priority]
        assert mine == [name for name in run.asked if run.transport.plan[name].priority == priority]


@examples(20)
@given(seed=st.integers(0, 2**32), count=st.integers(2, 10))
async def test_throughput_is_what_the_limit_allows(seed: int, count: int) -> None:
    rng = random.Random(seed)
    window = Window(count, 10.0)
    plan = [
        Asker(0.0, Priority.COMMAND, LONG_S, None, 0.0, rng.uniform(0, 0.03), 0.0, rng.uniform(0, 0.03), "ok")
        for _ in range(count * 20)
    ]
    run = await play(plan, Policy("demo", windows=(window,), concurrency=count))
    arrivals = run.transport.windows.arrivals
    rounds = (arrivals[-count] - arrivals[0]) / window.seconds
    assert run.transport.windows.violations == []
    assert rounds <= 19 * 1.0065  # 19 windows after the first one, each longer by one round trip at most
