"""The cache that processes share, on a real server: what is kept, for how long, and what becomes of it in a trouble."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator

import pytest

from bot.http import Entry
from bot.http.cache import name_owner
from bot.http.digest import Digests
from bot.redis.connection import build_key
from bot.redis.shared import Shared, open_shared
from tests.redis.process import LIFETIME, REQUEST, run_process, until
from tests.store.database import eventually
from tests.support.clock import FakeClock
from tests.support.transport import Reply
from tests.support.valkey import Valkey

pytestmark = pytest.mark.usefixtures("unhurried")

RANDOM = random.Random(1)
DOWN = Reply(500, b"oops")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def own(valkey: Valkey, clock: FakeClock) -> AsyncGenerator[Shared]:
    async with open_shared(valkey.url, clock=clock) as one:
        yield one


@pytest.fixture
async def other(valkey: Valkey) -> AsyncGenerator[Shared]:
    """Another process, whose clocks are as wrong as can be."""
    async with open_shared(valkey.url, clock=FakeClock(5e9)) as one:
        yield one


async def list_keys(own: Shared) -> list[str]:
    keys: list[bytes] = await own.redis.run("KEYS", build_key("answer", "*"))
    return [key.decode() for key in keys]


async def grow_old(own: Shared, *, left_s: float) -> None:
    """Let all that is kept have so much of its time left."""
    for key in await list_keys(own):
        await own.redis.run("PEXPIRE", key, int(left_s * 1000))


@pytest.mark.parametrize("body", [None, b"", b"1", b'{"results":[],"more":false}' * 100, RANDOM.randbytes(70_000)])
async def test_a_body_comes_back_as_it_was_whoever_asks(
    own: Shared, other: Shared, clock: FakeClock, body: bytes | None
) -> None:
    await own.cache.set("a", Entry(body, clock.monotonic(), 60.0, 600.0))
    for one, now in ((own, clock.monotonic()), (other, 5e9)):
        entry = await one.cache.get("a")
        assert entry is not None
        assert (entry.body, entry.fresh_s, entry.stale_s, entry.refresh_failed_at_s) == (body, 60.0, 600.0, None)
        assert entry.stored_at_s == pytest.approx(now, abs=0.9)
    assert await other.cache.get("b") is None


async def test_the_age_is_the_servers_and_goes_on_over_a_restart_of_everybody(
    valkey: Valkey, own: Shared, clock: FakeClock
) -> None:
    await own.cache.set("a", Entry(b"x", clock.monotonic(), 60.0, 60_000.0))
    await grow_old(own, left_s=59_900)
    clock.set_back(1e6)
    async with open_shared(valkey.url, clock=FakeClock(7.0)) as later:
        entry = await later.cache.get("a")
    assert entry is not None
    assert entry.stored_at_s == pytest.approx(7.0 - 100, abs=1.0)


async def test_an_entry_of_a_server_whose_clock_was_set_back_is_none(own: Shared, clock: FakeClock) -> None:
    await own.cache.set("a", Entry(b"x", clock.monotonic(), 60.0, 600.0))
    await grow_old(own, left_s=3600)
    await own.cache._memory.delete((await list_keys(own))[0].rpartition(":")[2])  # pyright: ignore[reportPrivateUsage]
    assert await own.cache.get("a") is None


_NEVER = b"-" * 10
_SHORT = b"\x93\x01\x02\xc4\x01x"  # whose body was never compressed


@pytest.mark.parametrize(
    "junk",
    [b"", b"x", *(b"12345678" + rest for rest in (_NEVER, _NEVER + b"\xc1", _NEVER + _SHORT, b"abcdefghij\x93\1\2\3"))],
)
async def test_what_is_no_entry_is_none(own: Shared, other: Shared, clock: FakeClock, junk: bytes) -> None:
    await own.cache.set("a", Entry(b"x", clock.monotonic(), 60.0, 600.0))
    (key,) = await list_keys(own)
    await own.redis.run("SET", key, junk, "PX", 60_000)
    assert await other.cache.get("a") is None


async def test_what_is_somebodys_alone_stays_in_its_process_and_keys_say_nothing(
    own: Shared, other: Shared, clock: FakeClock
) -> None:
    entry = Entry(b"mine", clock.monotonic(), 60.0, 600.0)
    await own.cache.set(name_owner("list", "person 7"), entry)
    await own.cache.set("VNDB user typed-by-somebody", entry)
    kept = await own.cache.get(name_owner("list", "person 7"))
    assert kept is not None
    assert kept.body == b"mine"
    assert await other.cache.get(name_owner("list", "person 7")) is None
    keys = await list_keys(own)
    assert len(keys) == 1
    assert "typed" not in keys[0]
    hers = name_owner("list", "person 8")
    await own.redis.run("RENAME", keys[0], build_key("answer", Digests().find(hers)))
    assert await own.cache.get(hers) is None  # nor is it asked for there


async def test_who_has_the_secret_shares_and_nobody_else_can_tell_a_key(valkey: Valkey, clock: FakeClock) -> None:
    async with (
        open_shared(valkey.url, clock=clock, secret="ours") as one,
        open_shared(valkey.url, clock=clock, secret="ours") as two,
        open_shared(valkey.url, clock=clock, secret="theirs") as stranger,
    ):
        await one.cache.set("a", Entry(b"x", clock.monotonic(), 60.0, 600.0))
        assert await two.cache.get("a") is not None
        assert await stranger.cache.get("a") is None
        assert one.book.find_tag(7) == two.book.find_tag(7) != stranger.book.find_tag(7)
        assert one.book.find_tag(None) is None


async def test_what_is_somebodys_alone_is_marked_in_memory(own: Shared, clock: FakeClock) -> None:
    key = name_owner("list", "person 7")
    await own.cache.set(key, Entry(b"mine", clock.monotonic(), 60.0, 600.0))
    kept = await own.cache.get(key)
    assert kept is not None
    await own.cache.mark_failed(key, kept, at_s=1234.0)
    marked = await own.cache.get(key)
    assert marked is not None
    assert marked.refresh_failed_at_s == 1234.0


async def test_who_has_ended_keeps_nobody_waiting_and_who_asks_for_themselves_waits_for_nobody(
    own: Shared, other: Shared
) -> None:
    owned = name_owner("list", "person 7")
    for key in ("a", owned):
        assert await own.cache.begin(key, None) is None
    assert await asyncio.wait_for(other.cache.begin(owned, None), timeout=5) is None
    await own.cache.end("a")
    assert await asyncio.wait_for(other.cache.begin("a", None), timeout=5) is None


async def test_what_is_forgotten_is_forgotten_by_all(valkey: Valkey) -> None:
    async with run_process(valkey.url) as one, run_process(valkey.url) as two:
        for key in ("a", name_owner("list", "person 7")):
            for process in (one, two):
                await process.shared.cache.set(key, Entry(b"x", 0.0, 60.0, 600.0))
            await one.shared.cache.delete(key)
            await until(lambda key=key: two.shared.cache.get(key), lambda entry: entry is None)


@pytest.mark.usefixtures("hurried")
async def test_what_could_not_be_forgotten_there_is_not_read_there(valkey: Valkey) -> None:
    clock = FakeClock()
    async with run_process(valkey.url, clock=clock) as one:
        cache = one.shared.cache
        await cache.set("a", Entry(b"old", clock.monotonic(), 60.0, 600.0))
        valkey.freeze()
        deleting = asyncio.create_task(cache.delete("a"))
        await clock.advance(0.3)
        await deleting
        assert await cache.get("a") is None
        valkey.thaw()
        await eventually(lambda: one.shared.redis.is_there, clock=clock)
        assert await cache.get("a") is None
        await asyncio.wait_for(one.shared.news.is_listening.wait(), timeout=15)
        assert await list_keys(one.shared) == []


async def test_a_failed_refresh_is_known_to_all_and_harms_no_newer_entry(
    own: Shared, other: Shared, clock: FakeClock
) -> None:
    await own.cache.set("a", Entry(b"one", clock.monotonic(), 60.0, 60_000.0))
    await grow_old(own, left_s=400)
    seen = await own.cache.get("a")
    assert seen is not None
    await own.cache.mark_failed("a", seen, at_s=clock.monotonic())
    marked = await other.cache.get("a")
    assert marked is not None
    assert marked.refresh_failed_at_s == pytest.approx(5e9, abs=1.0)
    assert marked.stored_at_s == pytest.approx(5e9 - 59_600, abs=1.0)
    await other.cache.set("a", Entry(b"two", 5e9, 60.0, 60_000.0))
    await own.cache.mark_failed("a", seen, at_s=clock.monotonic())
    newer = await own.cache.get("a")
    assert newer is not None
    assert (newer.body, newer.refresh_failed_at_s) == (b"two", None)


async def test_an_old_answer_is_served_and_refreshed_by_one_process(valkey: Valkey) -> None:
    async with (
        run_process(valkey.url, Reply(body=b"one"), Reply(body=b"new")) as one,
        run_process(valkey.url, Reply(body=b"new", after_s=0.1), Reply(body=b"new")) as two,
    ):
        assert await one.fetch() == b"one"
        assert await two.fetch() == b"one"
        assert (one.asked, two.asked) == (1, 0)
        await grow_old(one.shared, left_s=LIFETIME.stale_s - LIFETIME.fresh_s - 1)
        assert await asyncio.gather(*(process.fetch() for process in (one, two))) == [b"one", b"one"]
        for process in (one, two):
            await until(process.fetch, lambda body: body == b"new")
        assert one.asked + two.asked == 2


async def test_an_answer_outlives_the_process_that_asked(valkey: Valkey) -> None:
    async with run_process(valkey.url, Reply(body=b"one")) as one:
        assert await one.fetch() == b"one"
    async with run_process(valkey.url) as two:
        assert await two.fetch() == b"one"
        assert two.asked == 0


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("trouble", ["killed", "frozen", "full", "replica"])
async def test_while_the_server_is_of_no_use_each_goes_on_with_what_it_keeps_itself(
    valkey: Valkey, trouble: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with run_process(valkey.url, Reply(body=b"one"), DOWN) as one:
        assert await one.fetch() == b"one"
        match trouble:
            case "killed":
                valkey.kill()
            case "frozen":
                valkey.freeze()
            case "full":
                valkey.run("CONFIG", "SET", "maxmemory", "1")
            case _:
                valkey.run("REPLICAOF", "127.0.0.1", "1")
        assert await one.fetch() == b"one"
        await one.shared.cache.set("b", Entry(b"b", 0.0, 60.0, 60.0))
        assert not one.shared.redis.is_there
        for key, body in (("b", b"b"), ("a", None)):
            entry = await one.shared.cache.get(key)
            assert (entry and entry.body) == body
        await one.client.forget(REQUEST)
        assert one.asked == 1
        valkey.restore()
        await eventually(lambda: one.shared.redis.is_there)
        # By now: on a busy machine it may stumble afterwards, too.
        said = [record.levelname for record in caplog.records if record.name == "bot.redis.connection"]
        assert (await one.shared.cache.get("b")) is not None  # an empty server takes nothing away
    assert said == ["WARNING"] * 2


async def test_with_a_server_that_is_away_from_the_start_on_everything_works(valkey: Valkey) -> None:
    valkey.kill()
    async with open_shared(valkey.url, clock=FakeClock()) as own:
        await own.cache.set("a", Entry(b"x", 0.0, 60.0, 600.0))
        assert await own.cache.begin("a", None) is None
        await own.cache.end("a")
        entry = await own.cache.get("a")
        assert entry is not None
        await own.cache.mark_failed("a", entry, at_s=5.0)
        await own.cache.delete("a")
        assert await own.cache.get("a") is None


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.deep), pytest.param(3, marks=pytest.mark.deep)])
async def test_whatever_happens_who_forgot_something_never_reads_it_again(valkey: Valkey, seed: int) -> None:
    """Two processes read, keep and forget at random, while the server takes changes and takes none."""
    rng = random.Random(seed)
    clock = FakeClock()
    async with run_process(valkey.url, clock=clock) as one, run_process(valkey.url, clock=clock) as two:
        processes = (one, two)
        forgotten: dict[tuple[int, str], int] = {}
        read = 0
        for number in range(400):
            who, key = rng.randrange(2), rng.choice("abc")
            cache = processes[who].shared.cache
            match rng.choice(("get", "get", "get", "set", "set", "delete", "spoil", "mend", "wait")):
                case "get":
                    entry = await cache.get(key)
                    assert entry is None or int(entry.body or b"") > forgotten.get((who, key), -1)
                    read += entry is not None
                case "set":
                    await cache.set(key, Entry(b"%d" % number, clock.monotonic(), 60.0, 600.0))
                case "delete":
                    await cache.delete(key)
                    forgotten[who, key] = number
                case "spoil":
                    valkey.run("CONFIG", "SET", "maxmemory", "1")
                case "mend":
                    valkey.run("CONFIG", "SET", "maxmemory", "0")
                case _:
                    await clock.advance(rng.choice((0.1, 1.0, 8.0)))
                    await asyncio.sleep(0.005)
        assert read > 50
