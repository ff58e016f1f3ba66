"""For how long services are to be left alone, over a restart."""

from __future__ import annotations

import asyncio
import random
from typing import cast

import pytest

from bot.errors import Banned, ServiceError, StoreError
from bot.gallery.api import client as ehentai
from bot.http import Client, MemoryCache, Priority, Request, asking
from bot.rest import RestKeeper, SpentKeeper
from bot.store.rest import RestRecord
from bot.store.spent import SpentRecord
from bot.store.store import Store
from bot.vndb.api import client as vndb
from tests.store.database import Opener, eventually
from tests.support.clock import FakeClock
from tests.support.transport import Reply, ScriptedTransport

NOW = 1_800_000_000.0


async def test_a_rest_is_kept_until_it_is_over(store: Store) -> None:
    await store.keep_rest(RestRecord("E-Hentai", "ban", 3600.0), now_s=NOW)
    await store.keep_rest(RestRecord("VNDB", "pause", 60.0), now_s=NOW)
    assert sorted(one.for_s for one in await store.list_rests(now_s=NOW)) == [60, 3600]
    assert await store.list_rests(now_s=NOW + 100) == [RestRecord("E-Hentai", "ban", 3500)]
    await store.keep_rest(RestRecord("E-Hentai", "ban", 10.0), now_s=NOW + 3590)
    assert await store.list_rests(now_s=NOW + 3590) == [RestRecord("E-Hentai", "ban", 10)]
    assert await store.list_rests(now_s=NOW + 3600) == []


async def test_processes_may_note_the_same_at_the_same_time(store: Store, opened: Opener) -> None:
    stores = [store, await opened()]
    for number in range(10):
        noted = RestRecord("E-Hentai", f"ban {number}", 60.0)
        await asyncio.gather(*(one.keep_rest(noted, now_s=NOW) for one in stores * 4))
    assert len(await store.list_rests(now_s=NOW)) == 10


async def test_a_clock_that_was_set_back_makes_no_rest_longer(store: Store) -> None:
    await store.keep_rest(RestRecord("E-Hentai", "ban", 60.0), now_s=NOW)
    assert await store.list_rests(now_s=NOW - 7200) == [RestRecord("E-Hentai", "ban", 60)]


class Process:
    """A client as a process has it, with what it is told of earlier ones."""

    def __init__(self, store: Store, clock: FakeClock, *replies: Reply) -> None:
        self.clock = clock
        self.transport = ScriptedTransport(clock, *replies)
        self.keeper = RestKeeper(store, clock=clock)
        self.http = Client(
            self.transport,
            clock=clock,
            cache=MemoryCache(),
            policies=[ehentai.policy(), vndb.policy()],
            rng=random.Random(1),
            on_rest=self.keeper.keep,
        )

    async def ask(self, service: str) -> ServiceError | None:
        with asking(self.clock, within_s=5.0, priority=Priority.COMMAND):
            try:
                await self.http.send(Request(service, "thing", "GET", f"https://{service}.test/"))
            except ServiceError as error:
                return error
        return None


BAN = b"Your IP address has been temporarily banned. The ban expires in 59 minutes and 23 seconds"


@pytest.mark.parametrize(
    ("service", "reply", "for_s"),
    [
        ("E-Hentai", Reply(body=BAN), 59 * 60 + 24),
        ("VNDB", Reply(429, headers={"Retry-After": "200"}), 200),
        ("VNDB", Reply(503, headers={"Retry-After": "200"}), 200),
    ],
)
async def test_the_next_process_asks_nothing_until_it_is_over(
    opened: Opener, clock: FakeClock, service: str, reply: Reply, for_s: float
) -> None:
    first = Process(await opened(), clock, reply)
    assert await first.ask(service) is not None
    await first.keeper.close()
    await clock.advance(100)
    second = Process(await opened(), clock)
    await second.keeper.give_back(second.http)
    error = await second.ask(service)
    assert error is not None
    assert error.retry_after_s == pytest.approx(for_s - 100, abs=1)
    assert isinstance(error, Banned) == (service == "E-Hentai")
    assert second.transport.sent == []
    await clock.advance(for_s - 99)
    assert await second.ask(service) is None


class Stumbling:
    """A store that keeps and tells nothing while it is away."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.recovery = store.recovery
        self.is_away = True

    async def keep_rest(self, record: RestRecord, *, now_s: float) -> None:
        if self.is_away:
            raise StoreError("it fails over")
        await self._store.keep_rest(record, now_s=now_s)

    async def list_rests(self, *, now_s: float) -> list[RestRecord]:
        if self.is_away:
            raise StoreError("it fails over")
        return await self._store.list_rests(now_s=now_s)


async def until_kept(store: Store, clock: FakeClock) -> None:
    """Wait for the thread or the server of the database."""
    for _ in range(1000):
        if await store.list_rests(now_s=clock.time()):
            return
        await asyncio.sleep(0.01)
    pytest.fail("it is not kept")


async def test_a_ban_that_cannot_be_kept_at_once_is_kept_soon(opened: Opener, clock: FakeClock) -> None:
    store = await opened()
    stumbling = Stumbling(store)
    killed = Process(cast("Store", stumbling), clock, Reply(body=BAN))
    assert isinstance(await killed.ask("E-Hentai"), Banned)
    await clock.advance(2.0)
    stumbling.is_away = False
    await clock.advance(60.0)
    await until_kept(store, clock)
    second = Process(await opened(), clock)
    await second.keeper.give_back(second.http)
    error = await second.ask("E-Hentai")
    assert isinstance(error, Banned)
    assert error.retry_after_s == pytest.approx(59 * 60 + 24 - 62, abs=1)
    assert second.transport.sent == []
    await killed.keeper.close()


async def test_a_ban_that_cannot_be_looked_up_at_the_start_is_known_soon(store: Store, clock: FakeClock) -> None:
    await store.keep_rest(RestRecord("E-Hentai", "ban", 3600.0), now_s=clock.time())
    stumbling = Stumbling(store)
    process = Process(cast("Store", stumbling), clock)
    await process.keeper.begin(process.http)
    await clock.advance(2.0)
    stumbling.is_away = False
    await eventually(lambda: process.http.lane("E-Hentai").banned_for_s > 0, clock=clock)
    assert isinstance(await process.ask("E-Hentai"), Banned)
    assert process.transport.sent == []
    await process.keeper.close()


async def test_a_process_that_ends_before_it_could_look_up_bans_waits_for_nothing(
    store: Store, clock: FakeClock
) -> None:
    process = Process(cast("Store", Stumbling(store)), clock)
    await process.keeper.begin(process.http)
    await clock.advance(2.0)
    await process.keeper.close()


async def test_a_process_that_ends_while_the_database_stumbles_tries_once_more(
    store: Store, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    for is_away in (True, False):
        stumbling = Stumbling(store)
        process = Process(cast("Store", stumbling), clock, Reply(body=BAN))
        assert isinstance(await process.ask("E-Hentai"), Banned)
        await clock.advance(2.0)
        stumbling.is_away = is_away
        await process.keeper.close()
        assert ("nobody will know that these are left alone: E-Hentai" in caplog.text) is is_away
        caplog.clear()
    (record,) = await store.list_rests(now_s=clock.time())
    assert record.for_s == pytest.approx(59 * 60 + 24 - 2, abs=1)


async def test_what_is_over_by_the_time_that_the_database_is_back_is_not_kept(
    store: Store, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    stumbling = Stumbling(store)
    process = Process(cast("Store", stumbling), clock, Reply(429, headers={"Retry-After": "30"}))
    assert await process.ask("VNDB") is not None
    await clock.advance(21.0)
    stumbling.is_away = False
    await process.keeper.close()
    assert await store.list_rests(now_s=clock.time()) == []
    assert "would know yet that VNDB is left alone" in caplog.text


async def test_what_is_not_known_here_any_more_is_passed_over(store: Store, clock: FakeClock) -> None:
    await store.keep_rest(RestRecord("elsewhere", "ban", 3600.0), now_s=clock.time())
    process = Process(store, clock)
    await process.keeper.give_back(process.http)
    assert await process.ask("VNDB") is None


async def test_a_short_pause_is_not_kept(store: Store, clock: FakeClock) -> None:
    process = Process(store, clock, Reply(429))
    assert await process.ask("VNDB") is not None
    await process.keeper.close()
    assert await store.list_rests(now_s=clock.time()) == []


async def test_what_was_used_up_is_kept_with_what_may_have_been_sent_since(store: Store) -> None:
    record = SpentRecord("VNDB", NOW, (120, 60, 0), 20, 1.5)
    await store.keep_spent(record)
    await store.keep_spent(SpentRecord("E-Hentai", NOW, (), 0, 0.0))
    assert {one.service: one for one in await store.list_spent()}["VNDB"] == record
    await store.keep_spent(SpentRecord("VNDB", NOW + 1, (0,), 0, 0.0))
    assert [one.ages_s for one in await store.list_spent() if one.service == "VNDB"] == [(0,)]


class Sender:
    """A process that asks VNDB as often as it may, until it is killed or ended in order."""

    def __init__(self, store: Store, clock: FakeClock, sent: list[float]) -> None:
        self.clock = clock
        self.keeper = SpentKeeper(store, clock=clock)
        self.sent = sent
        self.http = Client(
            ScriptedTransport(clock, *[Reply()] * 400),
            clock=clock,
            cache=MemoryCache(),
            policies=[vndb.policy()],
            rng=random.Random(1),
            on_sent=self.note,
        )

    def note(self, service: str) -> None:
        self.sent.append(self.clock.monotonic())
        self.keeper.count(service)

    async def ask(self, count: int) -> int:
        """How many of so many requests in a row went at once."""
        went = 0
        for number in range(count):
            with asking(self.clock, within_s=0.5, priority=Priority.COMMAND):
                try:
                    await self.http.send(Request("VNDB", "thing", "GET", f"https://vndb.test/{number}"))
                except ServiceError:
                    continue
            went += 1
            await asyncio.sleep(0)
        return went


async def until_noted(store: Store, process: Sender) -> None:
    """Wait until no more is missing in the store than a note says may be."""
    used = len(process.http.find_spent("VNDB").ages_s)
    for _ in range(1000):
        if any(len(one.ages_s) + one.slack >= used for one in await store.list_spent()):
            return
        await asyncio.sleep(0.01)
    pytest.fail("it is not noted")


@pytest.mark.parametrize("killed", [True, False])
async def test_processes_that_follow_each_other_keep_the_limit_together(store: Store, killed: bool) -> None:
    clock, sent = FakeClock(), list[float]()
    limit = vndb.policy().windows[0]
    for _ in range(6):
        process = Sender(store, clock, sent)
        await process.keeper.give_back(process.http)
        await process.ask(70)
        await until_noted(store, process)
        if not killed:
            await process.keeper.close()
        await clock.advance(20.0)
    in_window = [at for at in sent if at > clock.monotonic() - limit.seconds]
    assert len(in_window) <= limit.count
    assert len(in_window) >= limit.count * (0.5 if killed else 0.95)


async def test_of_processes_that_are_killed_after_a_few_requests_each_is_counted(store: Store) -> None:
    clock, sent = FakeClock(), list[float]()
    ended = Sender(store, clock, sent)
    await ended.keeper.give_back(ended.http)
    await ended.ask(50)
    await ended.keeper.close()  # "and nothing since"
    for _ in range(6):
        killed = Sender(store, clock, sent)
        await killed.keeper.give_back(killed.http)
        await killed.ask(8)
        await until_noted(store, killed)
        await clock.advance(1.0)
    last = Sender(store, clock, sent)
    await last.keeper.give_back(last.http)
    await last.ask(200)
    await until_noted(store, last)
    assert len(sent) <= vndb.policy().windows[0].count


@pytest.mark.parametrize(("killed", "used"), [(True, 1), (False, 0)])
async def test_of_one_that_was_killed_at_its_very_first_request_one_is_counted(
    opened: Opener, clock: FakeClock, *, killed: bool, used: int
) -> None:
    """Others reckon with it still, but a note is written behind a request."""
    first = await opened()
    await first.peers.announce()
    if not killed:
        await first.peers.leave()
    store = await opened()
    await store.peers.announce()
    process = Sender(store, clock, [])
    await process.keeper.give_back(process.http)
    assert len(process.http.find_spent("VNDB").ages_s) == used
