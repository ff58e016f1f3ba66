"""Shares where questions meet: turns, flights, batches, refreshes."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Hashable, Sequence

import pytest

from bot.errors import OverShare, OverTime, ServiceError, TimedOut, TimeSpent
from bot.http import (
    Ask,
    Batcher,
    Client,
    Lane,
    Lifetime,
    MemoryCache,
    Policy,
    Priority,
    Request,
    Standing,
    TimeAccount,
    Window,
    asking,
    current_ask,
)
from bot.http.share import Claim, Shares, SlotPot, Stake, TimePot, Wait
from tests.support.clock import FakeClock
from tests.support.transport import Reply, ScriptedTransport

MINUTE = Window(10, 60.0)  # half of it is five
LIFETIME = Lifetime(fresh_s=10.0, stale_s=1000.0, empty_s=10.0)


def build_client(clock: FakeClock, transport: ScriptedTransport, *, concurrency: int = 5) -> Client:
    policy = Policy("demo", windows=(MINUTE,), concurrency=concurrency)
    return Client(transport, clock=clock, cache=MemoryCache(), policies=[policy], rng=random.Random(1))


def build_request(name: str, *, looks_up: bool = False) -> Request:
    return Request("demo", "thing", "GET", name, looks_up=looks_up)


async def ask_as(
    clock: FakeClock,
    person: Hashable,
    work: Callable[[], Awaitable[object]],
    *,
    within_s: float = 20.0,
    priority: Priority = Priority.COMMAND,
    reserved: bool = False,
) -> None:
    with asking(clock, within_s=within_s, priority=priority, person=person, reserved=reserved):
        task = asyncio.ensure_future(work())
        await clock.run(task)
        await task


async def use_up(clock: FakeClock, client: Client, person: Hashable, count: int = 5) -> None:
    for number in range(count):
        await ask_as(clock, person, lambda number=number: client.send(build_request(f"{person} {number}")))


async def test_what_is_asked_inside_stays_the_persons() -> None:
    clock = FakeClock()
    with (
        asking(clock, within_s=20.0, priority=Priority.COMMAND, person="a", reserved=True),
        asking(clock, within_s=1.0, priority=Priority.AUTOCOMPLETE),
    ):
        inside = current_ask(clock)
    assert (inside.persons, inside.reserved) == (frozenset({"a"}), True)
    assert current_ask(clock).persons == frozenset({None})


async def test_persons_take_turns_within_a_priority() -> None:
    clock = FakeClock()
    lane = Lane(Policy("demo", concurrency=1), clock=clock)
    served: list[str] = []

    async def use(person: str, name: str) -> None:
        ask = Ask(clock.monotonic() + 100.0, Priority.COMMAND, frozenset({person}))
        permit = await lane.acquire(Standing(ask))
        permit.mark_sent()
        served.append(name)
        await clock.sleep(1.0)
        permit.close()

    plan = [("a", "a1"), ("a", "a2"), ("a", "a3"), ("b", "b1"), ("c", "c1"), ("b", "b2")]
    tasks = [asyncio.create_task(use(*one)) for one in plan]
    await clock.run(asyncio.gather(*tasks))
    assert served == ["a1", "a2", "b1", "c1", "a3", "b2"]


async def test_who_has_had_half_of_a_short_window_lets_others_go_first_whatever_they_ask() -> None:
    clock = FakeClock()
    lane = Lane(Policy("demo", windows=(Window(4, 5.0),), concurrency=1), clock=clock)
    served: list[str] = []

    async def use(person: str, priority: Priority) -> None:
        permit = await lane.acquire(Standing(Ask(clock.monotonic() + 100.0, priority, frozenset({person}))))
        permit.mark_sent()
        served.append(person)
        await clock.sleep(0.1)
        permit.close()

    flood = [asyncio.create_task(use("flooder", Priority.COMMAND)) for _ in range(12)]
    await clock.settle()
    other = asyncio.create_task(use("other", Priority.PREVIEW))
    await clock.run(asyncio.gather(other, *flood))
    assert served.index("other") == 2


async def test_who_joins_a_question_of_somebody_over_their_share_is_answered_and_so_are_both() -> None:
    clock = FakeClock()
    transport = ScriptedTransport(clock, default=Reply(after_s=0.1))
    client = build_client(clock, transport)
    await use_up(clock, client, "a")
    transport.default = Reply(after_s=1.0)

    async def fetch() -> object:
        return await client.fetch(build_request("shared"), LIFETIME)

    tasks: list[asyncio.Future[object]] = []
    for person, sent in (("a", 5), ("b", 6)):  # alone, it waits for the share of the one who began it
        with asking(clock, within_s=100.0, priority=Priority.COMMAND, person=person):
            tasks.append(asyncio.ensure_future(fetch()))
        await clock.settle()
        assert len(transport.sent) == sent
    await clock.advance(1.1)
    assert all(task.done() for task in tasks)
    await client.close()


async def test_a_batch_goes_on_the_share_of_whoever_has_most_of_it_left() -> None:
    clock = FakeClock()
    client = build_client(clock, ScriptedTransport(clock))
    await use_up(clock, client, "a")

    async def load(keys: Sequence[str]) -> Sequence[str]:
        await client.send(build_request(" ".join(keys)))
        return keys

    batcher = Batcher(load, max_size=10, window_s=0.01, clock=clock)
    tasks: list[asyncio.Future[str]] = []
    for person, key in (("a", "1"), ("b", "2")):
        with asking(clock, within_s=20.0, priority=Priority.COMMAND, person=person):
            tasks.append(asyncio.ensure_future(batcher.load(key)))
    await clock.run(asyncio.gather(*tasks))
    assert [task.result() for task in tasks] == ["1", "2"]
    await client.close()


async def test_a_refresh_is_the_readers_and_their_share_is_no_failure_of_the_service() -> None:
    clock = FakeClock()
    transport = ScriptedTransport(clock)
    client = build_client(clock, transport)

    async def fetch() -> None:
        answer = await client.fetch(build_request("page"), LIFETIME)
        assert not answer.stale

    await ask_as(clock, None, fetch)
    await clock.advance(11.0)
    await use_up(clock, client, "a", 4)  # of the nine that are left, four are still free then
    sent = len(transport.sent)
    await ask_as(clock, "a", fetch)  # refused behind their back
    await clock.settle()
    assert len(transport.sent) == sent
    await ask_as(clock, "b", fetch)
    await clock.settle()
    assert len(transport.sent) == sent + 1
    await client.close()


async def test_the_last_tenth_is_for_look_ups_and_page_turns() -> None:
    clock = FakeClock()
    client = build_client(clock, ScriptedTransport(clock))
    for number in range(9):
        await use_up(clock, client, f"person {number}", 1)
    searching = client.send(build_request("search"))
    with pytest.raises(Exception, match="the turn comes too late") as caught:
        await ask_as(clock, "x", lambda: searching)
    assert not isinstance(caught.value, OverShare)  # it is not for what they asked
    await ask_as(clock, "x", lambda: client.send(build_request("entry", looks_up=True)))
    await client.close()


async def test_a_page_turn_may_use_the_last_tenth() -> None:
    clock = FakeClock()
    client = build_client(clock, ScriptedTransport(clock))
    for number in range(9):
        await use_up(clock, client, f"person {number}", 1)
    await ask_as(clock, "x", lambda: client.send(build_request("next page")), reserved=True)
    await client.close()


async def test_that_a_first_attempt_used_up_the_share_is_not_what_is_told() -> None:
    clock = FakeClock()
    transport = ScriptedTransport(clock)
    client = build_client(clock, transport)
    await use_up(clock, client, "a", 4)
    transport.default = Reply(error=TimedOut("demo"))
    with pytest.raises(TimedOut):
        await ask_as(clock, "a", lambda: client.send(build_request("slow")))
    await client.close()


async def test_nobody_is_remembered_after_the_window() -> None:
    slots, time = SlotPot(MINUTE), TimePot(TimeAccount())
    for pot in (slots, time):
        pot.end(1000.0, Stake("a", suggests=False, looks_up=False), 30.0)
    assert [slots.hold(1059.0, "a"), time.hold(1010.0, "a")] == [1.0, 20.0]
    assert [slots.list_parts(1060.0, answered=False), time.list_parts(1030.0, answered=False)] == [[], []]


async def test_the_costliest_question_of_one_leaves_the_others_what_it_did_not_take() -> None:
    """What it costs is known when it has cost it; from then on its asker waits, and the others share the rest."""
    clock = FakeClock()
    lane = Lane(Policy("demo", concurrency=2, time_account=TimeAccount()), clock=clock)
    answered: dict[str, float] = {}
    refused: dict[str, type[ServiceError]] = {}

    async def use(person: str, cost_s: float, *, looks_up: bool = False) -> None:
        ask = Ask(clock.monotonic() + 20.0, Priority.COMMAND, frozenset({person}))
        try:
            permit = await lane.acquire(Standing(ask), looks_up=looks_up)
        except ServiceError as error:
            refused[person] = type(error)
            return
        permit.mark_sent()
        await clock.sleep(cost_s)
        lane.record_answer(permit)
        permit.close(cost_s=cost_s)
        answered[person] = clock.monotonic() - begun

    begun = clock.monotonic() + 2.9
    await asyncio.ensure_future(use("other 0", 0.0))
    await clock.run(asyncio.ensure_future(use("costly", 2.9)))
    answered.clear()
    burst = [use("costly", 0.3), *(use(f"other {number}", 0.3) for number in range(8))]
    asked = asyncio.gather(*burst)
    await clock.advance(2.0)
    assert len(answered) == 6  # 174 s are owed, and 18 s for each of these: only then the last tenth begins
    await clock.run(asyncio.ensure_future(use("looks up", 0.01, looks_up=True)))
    assert answered["looks up"] < 3.0
    await clock.run(asked)
    assert refused == {"costly": OverTime, "other 7": TimeSpent}
    assert answered["other 6"] < 20.0


def test_half_of_one_short_window_is_enough_to_let_others_go_first() -> None:
    shares = Shares(Policy("demo", windows=(Window(2, 5.0), Window(100, 10.0))))
    stake = Stake("a", suggests=False, looks_up=False)
    shares.begin(stake)
    shares.end(1000.0, stake, sent=True, debt_s=0.0)
    assert shares.lets_others_go_first(1001.0, "a")
    assert not shares.lets_others_go_first(1001.0, "b")
    assert not shares.lets_others_go_first(1001.0, None)
    assert not shares.lets_others_go_first(1005.0, "a")


NOW = 1000.0


def build_timed_shares() -> Shares:
    """Shares of execution time, which somebody else wants too."""
    shares = Shares(Policy("demo", time_account=TimeAccount()))
    shares.note(NOW, "somebody else")
    return shares


def test_owed_time_is_waited_for_to_the_second() -> None:
    shares = build_timed_shares()
    stake = Stake("a", suggests=False, looks_up=False)
    shares.begin(stake)
    shares.end(1000.0, stake, sent=True, debt_s=200.0)
    claim = Claim.of(Ask(2000.0, Priority.COMMAND, frozenset({"a"})), looks_up=False)
    assert shares.find_wait(1000.0, claim).own_s == pytest.approx(140.0, abs=0.01)  # a fifth of five minutes is left
    assert shares.find_wait(1100.0, claim).own_s == pytest.approx(40.0, abs=0.01)
    assert shares.find_wait(1150.0, claim).longest_s == 0.0


def claim_for(*persons: Hashable, priority: Priority = Priority.COMMAND, looks_up: bool = False) -> Claim:
    return Claim.of(Ask(2000.0, priority, frozenset(persons)), looks_up=looks_up)


def hold(shares: Shares, person: Hashable, *, suggests: bool = False, debt_s: float = 0.0) -> None:
    """Have a person's request go, and be answered at once."""
    stake = Stake(person, suggests=suggests, looks_up=False)
    shares.begin(stake)
    shares.end(NOW, stake, sent=True, debt_s=debt_s)


def test_suggestions_together_hold_a_third_and_commands_more() -> None:
    shares = Shares(Policy("demo", windows=(Window(30, 60.0),)))
    suggested = claim_for("newcomer", priority=Priority.AUTOCOMPLETE)
    for number in range(9):
        hold(shares, number, suggests=True)
    assert shares.find_wait(NOW, suggested).longest_s == 0.0
    hold(shares, 9, suggests=True)
    assert shares.find_wait(NOW, suggested).common_s == 60.0
    assert shares.find_wait(NOW, claim_for("newcomer")).longest_s == 0.0


def test_of_several_who_ask_the_same_it_is_the_one_who_holds_least() -> None:
    shares = Shares(Policy("demo", windows=(Window(30, 60.0),)))
    hold(shares, 1)
    assert shares.choose_person(NOW, claim_for(1, 2)) == 2
    hold(shares, 2)
    hold(shares, 2)
    assert shares.choose_person(NOW, claim_for(1, 2)) == 1
    assert shares.choose_person(NOW, claim_for(1, 2, None)) is None


def test_what_is_on_its_way_is_held_once_for_each() -> None:
    shares = build_timed_shares()
    claim = claim_for("a", looks_up=True)
    for _ in range(4):
        shares.begin(Stake("a", suggests=False, looks_up=True))
    assert shares.find_wait(NOW, claim).longest_s == 0.0
    shares.begin(Stake("a", suggests=False, looks_up=True))
    assert shares.find_wait(NOW, claim).own_s == float("inf")
    assert shares.find_wait(NOW, claim, answered=True).longest_s == 0.0


def test_a_person_may_hold_as_much_as_is_still_free_with_what_the_next_one_takes() -> None:
    shares = build_timed_shares()
    hold(shares, "a", debt_s=130.0)
    # 300 s, less 30 s for each of two look-ups, are 240: of that much, 20 s are too many, and each counts twice.
    assert shares.find_wait(NOW, claim_for("a", looks_up=True)).own_s == pytest.approx(10.0, abs=0.01)
    assert shares.find_wait(NOW, claim_for("b", looks_up=True)).longest_s == 0.0


def test_what_was_booked_first_is_paid_off_first_and_every_moment_counts() -> None:
    shares = build_timed_shares()
    hold(shares, "b", debt_s=60.0)
    hold(shares, "a", debt_s=200.0)
    claim = claim_for("a", looks_up=True)
    # 460 s, with their own counted twice, are 220 more than 240: 60 of the other's are paid first, then 80 of theirs.
    for tenths in range(100):
        assert shares.find_wait(NOW + tenths / 10, claim).own_s == pytest.approx(140.0 - tenths / 10, abs=0.01)


def test_of_what_is_told_late_is_held_what_the_service_has_not_been_paid_since() -> None:
    time = TimePot(TimeAccount())
    one, other = (Stake(person, suggests=False, looks_up=False) for person in ("one", "other"))
    time.end(NOW - 200.0, one, 10.0)
    assert time.hold(NOW, "one") == 0.0
    for ago_s in (90.0, 60.0, 30.0):
        time.end(NOW - ago_s, other, 40.0)
    assert time.hold(NOW, "other") == 30.0
    time.end(NOW, one, 5.0)
    time.end(NOW - 20.0, other, 1.0)
    assert [time.hold(NOW + 32.0, person) for person in ("one", "other")] == [4.0, 0.0]


def test_no_more_is_held_than_is_owed_whoever_tells_first() -> None:
    time = TimePot(TimeAccount())
    early, late = (Stake(person, suggests=False, looks_up=False) for person in ("early", "late"))
    time.end(1000.0, late, 80.0)
    for ago_s in (75.0, 50.0, 25.0):
        time.end(1000.0 - ago_s, early, 24.0)
    assert [time.hold(1000.0, person) for person in ("early", "late")] == [0.0, 80.0]


def test_a_tenth_is_each_persons_and_the_last_tenth_is_nobodys() -> None:
    shares = Shares(Policy("demo", windows=(Window(1000, 60.0),)))
    for _ in range(800):
        hold(shares, "b")
    for _ in range(99):
        hold(shares, "a")
    assert shares.find_wait(NOW, claim_for("a")).longest_s == 0.0
    hold(shares, "a")
    assert shares.find_wait(NOW, claim_for("c")).common_s == 60.0
    by_id = claim_for("a", looks_up=True)
    assert (shares.find_wait(NOW, by_id).own_s, shares.find_wait(NOW, by_id).common_s) == (60.0, 0.0)
    assert shares.find_wait(NOW, claim_for("c", looks_up=True)).longest_s == 0.0


def test_what_a_person_may_always_hold_may_be_held_to_the_last_second() -> None:
    shares = build_timed_shares()
    hold(shares, "b", debt_s=130.0)
    hold(shares, "a", debt_s=60.0)
    assert shares.find_wait(NOW, claim_for("a")).own_s == 0.0


def test_a_slot_is_held_from_the_start_and_is_free_a_window_after_the_answer() -> None:
    shares = Shares(Policy("demo", windows=(Window(10, 60.0),)))
    for _ in range(4):
        shares.begin(Stake("a", suggests=False, looks_up=False))
    assert shares.find_wait(NOW, claim_for("a")).longest_s == 0.0
    shares.begin(Stake("a", suggests=False, looks_up=False))
    assert shares.find_wait(NOW, claim_for("a")).own_s == float("inf")
    assert shares.find_wait(NOW, claim_for("a"), answered=True).own_s == 60.0
    assert shares.find_wait(NOW, claim_for("b")).longest_s == 0.0


def test_of_ten_slots_none_is_always_a_persons_who_has_one() -> None:
    shares = Shares(Policy("demo", windows=(Window(10, 60.0),)))
    hold(shares, "a")
    for _ in range(6):
        hold(shares, "b")
    assert shares.find_wait(NOW, claim_for("a")).longest_s == 0.0
    hold(shares, "b")
    assert shares.find_wait(NOW, claim_for("a")) == Wait(own_s=60.0)


@pytest.mark.parametrize(("seconds", "waits"), [(20.0, False), (20.5, True)])
def test_only_of_windows_that_nobody_waits_out_a_person_has_a_share(seconds: float, waits: bool) -> None:
    shares = Shares(Policy("demo", windows=(Window(10, seconds),)))
    for _ in range(6):
        hold(shares, "a")
    assert (shares.find_wait(NOW, claim_for("a")).own_s > 0.0) is waits
    assert shares.lets_others_go_first(NOW, "a") is not waits


def test_who_is_alone_may_hold_all_the_time_but_the_last_tenth() -> None:
    shares = Shares(Policy("demo", time_account=TimeAccount()))
    shares.note(NOW, "a")
    shares.note(NOW, None)  # nobody's
    hold(shares, "a", debt_s=269.0)
    assert shares.find_wait(NOW, claim_for("a")).longest_s == 0.0
    hold(shares, "a", debt_s=2.0)
    wait = shares.find_wait(NOW, claim_for("a"))
    assert (wait.own_s, wait.common_s, wait.time_s) == pytest.approx((0.0, 1.0, 1.0), abs=0.01)
    assert shares.find_wait(NOW, claim_for("a", looks_up=True)).longest_s == 0.0


def test_nobody_is_alone_for_five_minutes_after_another_one_asked_be_it_in_vain() -> None:
    shares = Shares(Policy("demo", time_account=TimeAccount()))
    for person in ("a", "b", "c", "a", "a"):
        shares.note(NOW, person)
    assert not shares.is_alone(NOW + 299.9, "a")
    assert shares.is_alone(NOW + 300.0, "a")
    shares.note(NOW + 300.0, "a")
    assert shares.is_alone(NOW + 301.0, "a")
    assert not shares.is_alone(NOW + 301.0, "b")


def test_who_is_alone_has_a_share_of_slots_nevertheless() -> None:
    shares = Shares(Policy("demo", windows=(Window(10, 60.0),), time_account=TimeAccount()))
    for _ in range(5):
        hold(shares, "a")
    assert shares.find_wait(NOW, claim_for("a")).own_s == 60.0
