"""Random floods by one person, or by many keystrokes, against a strict server: what becomes of everybody else."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import OverShare, OverTime, Throttled, TimedOut
from bot.http import (
    Client,
    Finding,
    MemoryCache,
    Policy,
    Priority,
    Request,
    Response,
    TimeAccount,
    Window,
    asking,
)
from tests.support.clock import FakeClock
from tests.support.examples import examples
from tests.support.judge import ConcurrencyJudge, ExecutionJudge, WindowJudge

FLOODER = "flooder"
PATIENCE_S = 20.0
KEYSTROKE_S = 0.8


@dataclass(frozen=True)
class Question:
    """What somebody asks after `at_s` seconds, and how long the service works on it."""

    at_s: float
    person: str
    work_s: float = 0.05
    priority: Priority = Priority.COMMAND
    looks_up: bool = False


class StrictService:
    """Works on each question as long as it takes, tells that, and judges."""

    def __init__(self, clock: FakeClock, policy: Policy, plan: list[Question]) -> None:
        self.windows = WindowJudge(*policy.windows)
        self.concurrency = ConcurrencyJudge(concurrency=policy.concurrency)
        self.execution = ExecutionJudge()
        self.answered: list[Question] = []
        self._clock = clock
        self._plan = plan

    async def send(
        self,
        request: Request,
        *,
        timeout_s: float,  # noqa: ARG002 - nothing takes so long
        max_body_bytes: int,  # noqa: ARG002 - there are no bodies
        on_sent: Callable[[], None] | None = None,
    ) -> Response:
        question = self._plan[int(request.url)]
        if on_sent is not None:
            on_sent()
        now = self._clock.monotonic()
        self.windows.arrive(now)
        self.concurrency.arrive(now)
        self.execution.admit(now)
        await self._clock.sleep(question.work_s)
        now = self._clock.monotonic()
        self.concurrency.answer(now)
        self.execution.finish(now, question.work_s)
        self.answered.append(question)
        return Response(200, {"spent": str(question.work_s)}, b"{}")

    async def close(self) -> None:
        """Nothing is open."""

    @property
    def violations(self) -> list[str]:
        return self.windows.violations + self.concurrency.violations


def read_spent(response: Response) -> Finding:
    return Finding(cost_s=float(response.headers["spent"]))


@dataclass
class Run:
    """What became of each question: None if it was answered."""

    service: StrictService
    client: Client
    results: list[tuple[Question, BaseException | None]]

    def list_refused(self, *, but: str = "") -> list[tuple[Question, BaseException]]:
        return [(one, error) for one, error in self.results if error is not None and one.person != but]


async def play(plan: list[Question], policy: Policy) -> Run:
    clock = FakeClock()
    service = StrictService(clock, policy, plan)
    client = Client(service, clock=clock, cache=MemoryCache(), policies=[policy], rng=random.Random(1))

    async def ask(number: int, question: Question) -> None:
        await clock.sleep(question.at_s)
        within_s = KEYSTROKE_S if question.priority is Priority.AUTOCOMPLETE else PATIENCE_S
        with asking(clock, within_s=within_s, priority=question.priority, person=question.person):
            await client.send(Request("demo", "thing", "GET", str(number), looks_up=question.looks_up))

    tasks = [asyncio.create_task(ask(number, question)) for number, question in enumerate(plan)]
    everything = asyncio.ensure_future(asyncio.gather(*tasks, return_exceptions=True))
    await clock.run(everything)
    await clock.advance(PATIENCE_S)  # what somebody typed may be on its way still
    state = client.lane("demo")
    assert (state.in_flight, state.waiting) == (0, 0)
    await client.close()
    return Run(service, client, list(zip(plan, everything.result(), strict=True)))


def floods(work: st.SearchStrategy[float], *, person: str = FLOODER) -> st.SearchStrategy[list[Question]]:
    """Bursts of up to 40 at once, as often as anybody likes, of every kind."""
    question = st.builds(
        Question,
        at_s=st.floats(0.0, 500.0),
        person=st.just(person),
        work_s=work,
        priority=st.sampled_from([Priority.COMMAND, Priority.PREVIEW, Priority.BACKGROUND]),
    )
    bursts = st.lists(st.tuples(question, st.integers(1, 40)), min_size=1, max_size=8)
    return bursts.map(lambda bursts: [one for one, count in bursts for _ in range(count)])


def ordinary(
    work: st.SearchStrategy[float], *, persons: int, each: int, longest_s: float
) -> st.SearchStrategy[list[Question]]:
    """Each of some persons asks a few questions at any time."""

    def build(person: str) -> st.SearchStrategy[list[Question]]:
        question = st.builds(
            Question,
            at_s=st.floats(0.0, longest_s),
            person=st.just(person),
            work_s=work,
            priority=st.sampled_from([Priority.COMMAND, Priority.PREVIEW]),
            looks_up=st.booleans(),
        )
        return st.lists(question, max_size=each)

    people = st.tuples(*(build(f"person {number}") for number in range(persons)))
    return people.map(lambda lists: [one for asked in lists for one in asked])


@examples(40)
@given(
    flood=floods(st.floats(0.0, 0.2)),
    others=ordinary(st.floats(0.0, 0.2), persons=4, each=3, longest_s=500.0),
    window=st.sampled_from([Window(30, 60.0), Window(60, 60.0), Window(200, 300.0)]),
    concurrency=st.integers(1, 3),
)
async def test_nobody_is_refused_slots_because_of_one_person(
    flood: list[Question], others: list[Question], window: Window, concurrency: int
) -> None:
    run = await play(flood + others, Policy("demo", windows=(window,), concurrency=concurrency))
    assert run.list_refused(but=FLOODER) == []
    assert all(isinstance(error, Throttled | TimedOut) for _, error in run.list_refused())
    assert run.service.violations == []


@examples(40)
@given(
    flood=floods(st.floats(0.0, 3.0)),
    others=ordinary(st.floats(0.0, 0.05), persons=5, each=2, longest_s=500.0),
)
async def test_nobody_is_refused_execution_time_because_of_one_person(
    flood: list[Question], others: list[Question]
) -> None:
    policy = Policy(
        "demo",
        windows=(Window(200, 300.0),),
        concurrency=2,
        time_account=TimeAccount(),
        examine=read_spent,
    )
    # Who is alone is held to no share of it.
    seldom = [Question(at_s, "seldom", work_s=0.0, looks_up=True) for at_s in (0.0, 250.0, 500.0)]
    run = await play(seldom + flood + others, policy)
    assert run.list_refused(but=FLOODER) == []
    assert run.service.violations + run.service.execution.violations == []


@examples(15)
@given(
    floods=st.tuples(*(floods(st.floats(0.0, 0.1), person=f"flooder {number}") for number in range(3))),
    others=ordinary(st.floats(0.0, 0.1), persons=2, each=3, longest_s=500.0),
)
async def test_several_floods_break_no_limit_and_lose_nobody(
    floods: tuple[list[Question], ...], others: list[Question]
) -> None:
    plan = [one for flood in floods for one in flood] + others
    run = await play(plan, Policy("demo", windows=(Window(30, 60.0), Window(4, 1.0)), concurrency=2))
    assert run.service.violations == []
    assert all(isinstance(error, Throttled | TimedOut) for _, error in run.list_refused())
    # Who was sent just before their time was over counts twice.
    assert len(run.service.answered) + len(run.list_refused()) >= len(plan)


@examples(15)
@given(
    keystrokes=st.lists(st.floats(0.0, 250.0), min_size=100, max_size=200),
    others=ordinary(st.floats(0.0, 0.05), persons=10, each=3, longest_s=290.0),
)
async def test_keystrokes_of_many_leave_two_thirds_to_commands(keystrokes: list[float], others: list[Question]) -> None:
    typed = [
        Question(at_s, f"typist {number}", priority=Priority.AUTOCOMPLETE) for number, at_s in enumerate(keystrokes)
    ]
    run = await play(typed + others, Policy("demo", windows=(Window(200, 300.0),), concurrency=2))
    refused = [one for one, _ in run.list_refused() if one.priority is not Priority.AUTOCOMPLETE]
    assert refused == []
    answered = [one for one in run.service.answered if one.priority is Priority.AUTOCOMPLETE]
    assert len(answered) <= 200 // 3


@pytest.mark.parametrize(("window", "half"), [(Window(30, 60.0), 15), (Window(200, 300.0), 100)])
async def test_one_alone_has_half_of_each_window(window: Window, half: int) -> None:
    plan = [Question(at_s / 2, "alone", work_s=0.0) for at_s in range(int(window.seconds) * 4)]
    run = await play(plan, Policy("demo", windows=(window,), concurrency=2))
    assert 2 * half <= len(run.service.answered) <= 3 * half
    first = next(error for _, error in run.list_refused())
    assert isinstance(first, OverShare)
    assert first.retry_after_s is not None
    assert first.retry_after_s <= window.seconds + 0.1


async def test_the_wait_that_is_told_is_enough() -> None:
    clock = FakeClock()
    policy = Policy("demo", windows=(Window(30, 60.0),), concurrency=2)
    service = StrictService(clock, policy, [Question(0.0, "alone")])
    client = Client(service, clock=clock, cache=MemoryCache(), policies=[policy], rng=random.Random(1))
    with asking(clock, within_s=PATIENCE_S, priority=Priority.COMMAND, person="alone"):
        for _ in range(15):
            await clock.run(asyncio.ensure_future(client.send(Request("demo", "thing", "GET", "0"))))
        with pytest.raises(OverShare) as caught:
            await client.send(Request("demo", "thing", "GET", "0"))
    await clock.advance(caught.value.retry_after_s or 0.0)
    with asking(clock, within_s=0.2, priority=Priority.COMMAND, person="alone"):
        await clock.run(asyncio.ensure_future(client.send(Request("demo", "thing", "GET", "0"))))
    await client.close()


async def test_costly_searches_of_one_leave_time_to_look_things_up() -> None:
    policy = Policy(
        "demo", windows=(Window(200, 300.0),), concurrency=2, time_account=TimeAccount(), examine=read_spent
    )
    plan = [Question(1.0, FLOODER, work_s=2.9)] * 3 + [Question(at_s, "other", work_s=0.2) for at_s in (0.0, 8.0)]
    run = await play(plan, policy)
    assert [one.person for one in run.service.answered] == ["other", FLOODER, "other"]
    assert [type(error) for _, error in run.list_refused()] == [OverTime, OverTime]
