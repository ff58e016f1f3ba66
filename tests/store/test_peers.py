"""Processes that know of each other, and take things on for all."""

from __future__ import annotations

import asyncio
import os
import shutil
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.http import SystemClock
from bot.store.peers import BEAT_S, LASTS_S
from bot.store.stamp import Stamp
from bot.store.store import ALONE_POLL_S, POLL_S, Store, open_store
from tests.store.database import Opener, eventually, noted_statements, open_whole, run_sql
from tests.support.choose import choose
from tests.support.clock import FakeClock

REFUSING = {
    "sqlite": (
        "CREATE TRIGGER refuse BEFORE INSERT ON process BEGIN SELECT RAISE(ABORT, 'refused'); END",
        "DROP TRIGGER refuse",
    ),
    "postgresql": (
        "ALTER TABLE process ADD CONSTRAINT refuse CHECK (false) NOT VALID",
        "ALTER TABLE process DROP CONSTRAINT refuse",
    ),
}
"""Has the database take no process, and again."""


async def test_processes_know_within_a_second_whether_they_are_alone(
    store: Store, opened: Opener, clock: FakeClock
) -> None:
    await store.peers.announce()
    assert store.peers.alone
    other = await opened()
    await other.peers.announce()
    assert not other.peers.alone
    await eventually(lambda: not store.peers.alone, clock=clock)
    await other.peers.leave()
    await clock.advance(BEAT_S)
    await eventually(lambda: store.peers.alone, clock=clock)


async def test_one_that_comes_while_somebody_is_forgotten_is_noticed_as_soon(
    store: Store, opened: Opener, clock: FakeClock
) -> None:
    """Whoever forgets reads what is new, which leaves nothing new to the next look."""
    await store.peers.announce()
    other = await opened()
    await other.peers.announce()
    await store.delete_person(1)
    for _ in range(int(ALONE_POLL_S) + 2):
        await clock.advance(1)
        await store.ping()  # so long a question takes
        await asyncio.sleep(0.01)
    assert not store.peers.alone


async def test_one_that_could_not_say_so_at_its_start_says_so_later(
    store: Store, opened: Opener, url: str, clock: FakeClock
) -> None:
    await store.peers.announce()
    other = await opened()
    await run_sql(url, "ALTER TABLE process RENAME TO elsewhere")
    with pytest.raises(StoreError):
        await other.peers.announce()
    await run_sql(url, "ALTER TABLE elsewhere RENAME TO process")
    await eventually(lambda: not (store.peers.alone or other.peers.alone), clock=clock)


async def test_one_that_saw_others_before_it_could_say_so_says_so_later(
    store: Store, opened: Opener, url: str, clock: FakeClock
) -> None:
    """What is there can be read while its word is refused, as with a full disk."""
    await store.peers.announce()
    await store.refresh()  # so that it has no reason of its own to look
    other = await opened()
    refuse, take = REFUSING[url.partition(":")[0]]
    await run_sql(url, refuse)
    with pytest.raises(StoreError):
        await other.peers.announce()
    await other.peers.look()
    assert (store.peers.others, other.peers.others) == (0, 1)
    await run_sql(url, take)
    await other.peers.keep_up()
    await clock.advance(ALONE_POLL_S)  # long before either says again that it is there
    await eventually(lambda: not store.peers.alone)


async def test_one_that_was_killed_is_reckoned_with_for_a_while(store: Store, opened: Opener, clock: FakeClock) -> None:
    other = await opened()
    await other.peers.announce()
    await other.close()
    await store.peers.announce()
    assert not store.peers.alone
    await clock.advance(LASTS_S + BEAT_S)
    await eventually(lambda: store.peers.alone, clock=clock)


async def test_one_whose_clock_is_another_one_is_there(store: Store, url: str, clock: FakeClock) -> None:
    behind = FakeClock()
    behind.set_back(20.0)
    other = await open_whole(url, clock=behind)
    await asyncio.gather(store.peers.announce(), other.peers.announce())
    for one in (store, other):
        await one.peers.look()
        assert not one.peers.alone
    await other.close()


async def test_one_that_goes_on_saying_so_is_there(store: Store, opened: Opener, clock: FakeClock) -> None:
    other = await opened()
    await other.peers.announce()
    await store.peers.announce()
    for _ in range(5):
        await clock.advance(BEAT_S)
        await asyncio.gather(store.peers.keep_up(), other.peers.keep_up())
        assert (store.peers.alone, other.peers.alone) == (False, False)


async def test_what_several_want_to_take_on_one_gets(store: Store, opened: Opener, clock: FakeClock) -> None:
    peers = [one.peers for one in (store, await opened(), await opened())]
    for number in range(30):
        waits_s = await asyncio.gather(*(one.claim(f"interaction {number}", 900.0) for one in peers * 3))
        assert waits_s.count(0.0) == 1
        assert all(0 < wait_s <= 901 for wait_s in waits_s if wait_s)
    await store.prune()
    assert await store.peers.claim("interaction 0", 900.0) > 0


async def test_what_was_taken_on_is_free_when_its_time_is_over(store: Store, clock: FakeClock) -> None:
    assert await store.peers.claim("identify 0", 0.02) == 0
    async with asyncio.timeout(10):
        while (wait_s := await store.peers.claim("identify 0", 0.02)) > 0:
            assert wait_s <= 0.02
            await clock.advance(wait_s)  # a file goes by this clock
            await asyncio.sleep(wait_s)  # and PostgreSQL by its own


async def test_a_file_that_nobody_wrote_to_is_not_asked(tmp_path: Path, new_database: Path) -> None:
    path = shutil.copy(new_database, tmp_path)
    stamp = Stamp(f"sqlite:///{path}")
    assert [stamp.may_have_changed() for _ in range(4)] == [True, True, False, False]
    os.utime(path)
    assert [stamp.may_have_changed() for _ in range(3)] == [True, True, False]
    stamp.forget()
    assert stamp.may_have_changed()
    assert [Stamp("postgresql://host/name").may_have_changed() for _ in range(3)] == [True] * 3


async def test_what_another_process_chooses_shows_though_the_file_rested(
    store: Store, opened: Opener, clock: FakeClock
) -> None:
    other = await opened()
    for number in range(3):
        for _ in range(5):
            await clock.advance(POLL_S)
            await asyncio.sleep(0.01)
        chosen = choose(vndb=bool(number % 2))
        await other.change_server(1, lambda _, chosen=chosen: chosen)
        await eventually(lambda chosen=chosen: store.server(1) == chosen, clock=clock)


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
async def test_a_server_is_asked_seldom_by_who_is_alone_until_another_one_comes(
    store: Store, opened: Opener, clock: FakeClock
) -> None:
    await store.peers.announce()
    await clock.advance(POLL_S)
    await store.ping()

    async def count_questions() -> int:
        with noted_statements() as asked:
            for _ in range(10):
                await clock.advance(POLL_S)
                await store.ping()  # so long a question takes
        return sum("revision.reset" in one for one in asked)

    assert await count_questions() <= 3
    other = await opened()
    await other.peers.announce()
    assert other.noticed_within_s == ALONE_POLL_S
    await eventually(lambda: not store.peers.alone, clock=clock)
    assert await count_questions() > 4  # of two, each second, or nearly


@pytest.mark.parametrize(("off_s", "is_told"), [(0.0, False), (50.0, False), (70.0, True), (-3600.0, True)])
async def test_a_clock_that_is_not_the_databases_is_told(
    postgresql_url: str, caplog: pytest.LogCaptureFixture, *, off_s: float, is_told: bool
) -> None:
    class Off(SystemClock):
        def time(self) -> float:
            return super().time() + off_s

    store = await open_store(postgresql_url, clock=Off())
    await store.peers.announce()
    await store.peers.leave()
    await store.close()
    assert ("s from the database's" in caplog.text) is is_told
