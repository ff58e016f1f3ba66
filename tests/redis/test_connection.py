"""The connection to what processes share, with a real server that ends, hangs, is full and takes no changes."""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import ssl
import time
from collections.abc import AsyncGenerator, Callable
from pathlib import Path

import pytest

from bot.errors import SharedAway
from bot.http import SystemClock
from bot.redis.connection import CONNECTIONS, Redis, Script, begin, build_key, keep_on
from tests.redis.process import until
from tests.store.database import eventually
from tests.support.certificate import make_certificate
from tests.support.clock import FakeClock
from tests.support.port import choose_port
from tests.support.valkey import PASSWORD, Valkey, run_valkey

ECHO = "return {KEYS[1], ARGV[1]}"


@contextlib.asynccontextmanager
async def opened(url: str, clock: FakeClock | None = None) -> AsyncGenerator[Redis]:
    redis = Redis(url, clock=clock or SystemClock())
    await redis.open()
    yield redis
    await redis.close()


async def test_answers_are_bytes_and_a_script_is_sent_where_it_is_not_known(redis: Redis, valkey: Valkey) -> None:
    assert await redis.run("SET", build_key("a"), b"\xff\x00", "PX", 60_000) == b"OK"
    assert await redis.run("GET", build_key("a")) == b"\xff\x00"
    assert await redis.run("GET", build_key("b")) is None
    assert build_key("a") == "shiori:1:a"
    script = Script(redis, ECHO)
    for _ in range(3):
        assert await script.run(["k"], 7) == [b"k", b"7"]
    valkey.run("SCRIPT", "FLUSH")
    assert await script.run(["k"], 8) == [b"k", b"8"]
    assert redis.is_there


@pytest.mark.usefixtures("unhurried")
async def test_what_is_cancelled_leaves_no_answer_for_another(redis: Redis) -> None:
    rng = random.Random(1)
    script = Script(redis, ECHO)

    async def ask(number: int) -> None:
        assert await script.run(["k"], number) == [b"k", b"%d" % number]
        assert await redis.run("ECHO", number) == b"%d" % number

    tasks: list[asyncio.Task[None]] = []
    for number in range(600):
        tasks.append(asyncio.create_task(ask(number)))
        for _ in range(rng.randrange(4)):
            await asyncio.sleep(0)
        if rng.random() < 0.5:
            rng.choice(tasks[-20:]).cancel()
    done = await asyncio.gather(*tasks, return_exceptions=True)
    assert [one for one in done if isinstance(one, Exception)] == []
    assert None in done
    assert any(isinstance(one, asyncio.CancelledError) for one in done)
    await asyncio.gather(*(ask(number) for number in range(2 * CONNECTIONS)))  # no connection was lost, either


async def test_a_frozen_server_is_waited_for_once_and_then_by_nobody(
    valkey: Valkey, caplog: pytest.LogCaptureFixture
) -> None:
    clock = FakeClock()
    async with opened(valkey.url, clock) as redis:
        heard: list[bool] = []
        redis.watch(heard.append)
        valkey.freeze()
        began_s = clock.monotonic()
        waiting = [asyncio.create_task(redis.run("PING")) for _ in range(CONNECTIONS + 3)]
        await clock.settle()
        assert not any(task.done() for task in waiting)
        await clock.advance(0.25)
        await asyncio.wait(waiting)  # whose connections are closed as soon as one has waited in vain
        assert {type(task.exception()) for task in waiting} == {SharedAway}
        with pytest.raises(SharedAway):
            await redis.run("PING")
        assert clock.monotonic() == began_s + 0.25
        assert heard == [False]
        await clock.advance(30)  # it is tried again and again, and nobody waits for that or hears of it
        valkey.thaw()
        await eventually(lambda: redis.is_there, clock=clock)
        assert await redis.run("PING") == b"PONG"
        assert heard == [False, True]
    assert [record.message.partition(": ")[2] for record in caplog.records] == ["no answer within 250 ms", ""]


async def test_a_busy_loop_is_no_fault_of_the_server(redis: Redis, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(3):
        task = asyncio.create_task(redis.run("ECHO", "here"))
        await asyncio.sleep(0)
        time.sleep(0.4)  # noqa: ASYNC251 - the answer lies there meanwhile
        assert await task == b"here"
    assert caplog.records == []


async def test_a_server_that_ended_is_used_again_when_it_is_there_again(valkey: Valkey) -> None:
    clock = FakeClock()
    async with opened(valkey.url, clock) as redis:
        valkey.kill()
        with pytest.raises(SharedAway):
            await redis.run("PING")
        assert not redis.is_there
        await clock.advance(20)
        valkey.start()
        await eventually(lambda: redis.is_there, clock=clock)
        assert await redis.run("DBSIZE") == 1  # what tried it


async def test_it_is_tried_less_and_less_often_and_soon_again_where_it_was_there_for_a_minute(valkey: Valkey) -> None:
    clock = FakeClock()

    async def fail(redis: Redis, *waits_s: float) -> None:
        """The tries that follow, each of which has to come at its time, up to the last one, which succeeds."""
        valkey.kill()
        with pytest.raises(SharedAway):
            await redis.run("PING")
        for wait_s in waits_s:
            if wait_s == waits_s[-1]:
                valkey.start()
            due_at = clock.monotonic() + wait_s
            await eventually(lambda due_at=due_at: clock.next_at == due_at)
            await clock.advance(wait_s - 0.01)
            assert not redis.is_there
            await clock.advance(0.01)
        await eventually(lambda: redis.is_there)

    async with opened(valkey.url, clock) as redis:
        await fail(redis, 1.0, 2.0, 4.0, 8.0)
        await clock.advance(59.0)
        await fail(redis, 8.0)
        await clock.advance(60.0)
        await fail(redis, 1.0)


async def test_who_hears_nothing_asks_whether_it_is_still_there(
    redis: Redis, valkey: Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.redis.connection.SILENT_S", 0.05)
    heard: list[object] = []

    async def listen() -> None:
        async for said in redis.hear(["a", "b"]):
            heard.append(said)  # noqa: PERF401 - each as it comes

    async def count_pings() -> int:
        told = (await redis.run("INFO", "commandstats")).decode()
        return int(told.partition("cmdstat_ping:calls=")[2].partition(",")[0] or 0)

    listening = asyncio.create_task(listen())
    await eventually(lambda: heard == [None])
    before = await count_pings()
    await until(count_pings, lambda count: count >= before + 3)
    for channel in "ba":
        assert await redis.run("PUBLISH", channel, b"\xff") == 1
    await eventually(lambda: heard == [None, ("b", b"\xff"), ("a", b"\xff")])
    valkey.freeze()
    with pytest.raises(SharedAway):
        await asyncio.wait_for(listening, timeout=15)
    assert not redis.is_there


async def test_what_fails_beside_is_an_error_in_the_log_and_goes_on_where_it_has_to(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock, tries = FakeClock(1000.0), list[float]()

    async def fail() -> None:
        tries.append(clock.monotonic())
        raise KeyError(len(tries))

    for work in (fail(), keep_on(fail, clock=clock)):
        task = begin(work)
        await clock.advance(1.5)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert tries == [1000.0, 1001.5, 1002.5]
    assert [record.exc_info and record.exc_info[0] for record in caplog.records] == [KeyError] * 3
    caplog.clear()


async def test_one_that_is_away_at_the_start_is_used_when_it_comes(
    valkey: Valkey, caplog: pytest.LogCaptureFixture
) -> None:
    clock = FakeClock()
    valkey.kill()
    async with opened(valkey.url, clock) as redis:
        assert not redis.is_there
        valkey.start()
        await eventually(lambda: redis.is_there, clock=clock)
    assert len(caplog.records) == 2


def fill(valkey: Valkey) -> None:
    valkey.run("CONFIG", "SET", "maxmemory", "1")


def empty(valkey: Valkey) -> None:
    valkey.run("CONFIG", "SET", "maxmemory", "0")


def demote(valkey: Valkey) -> None:
    valkey.run("REPLICAOF", "127.0.0.1", "1")


def promote(valkey: Valkey) -> None:
    valkey.run("REPLICAOF", "NO", "ONE")


def forbid(valkey: Valkey) -> None:
    valkey.run("ACL", "SETUSER", "default", "-eval", "-evalsha")


def permit(valkey: Valkey) -> None:
    valkey.run("ACL", "SETUSER", "default", "+@all")


@pytest.mark.parametrize(
    ("spoil", "mend", "reason"),
    [
        (fill, empty, "it is full and throws nothing out: set its maxmemory-policy to volatile-lru"),
        (demote, promote, "it is a replica and takes no changes"),
        (forbid, permit, "the user of CACHE_URL may not do what is needed"),
    ],
    ids=["full", "replica", "forbidden"],
)
async def test_one_that_keeps_nothing_counts_as_away(
    valkey: Valkey, spoil: Callable[[Valkey], None], mend: Callable[[Valkey], None], reason: str
) -> None:
    clock = FakeClock()
    async with opened(valkey.url, clock) as redis:
        script = Script(redis, "return redis.call('SET', KEYS[1], ARGV[1])")
        await script.run(["k"], 1)
        spoil(valkey)
        with pytest.raises(SharedAway) as away:
            await script.run(["k"], 2)
        assert away.value.reason == reason
        await clock.advance(5)
        assert not redis.is_there
        mend(valkey)
        await eventually(lambda: redis.is_there, clock=clock)
        await script.run(["k"], 3)


async def test_a_wrong_command_is_an_error_and_the_server_stays(redis: Redis, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(SharedAway):
        await redis.run("NOSUCH")
    assert redis.is_there
    assert [record.levelname for record in caplog.records] == ["ERROR"]


@pytest.mark.parametrize("given", ["", ":wrong-one@", f"nobody:{PASSWORD}@"])
async def test_a_wrong_password_is_told_without_any(
    tmp_path: Path, given: str, caplog: pytest.LogCaptureFixture
) -> None:
    with run_valkey(tmp_path, "--requirepass", PASSWORD) as valkey:
        async with opened(valkey.url.replace("//", f"//{given}")) as redis:
            assert not redis.is_there
        async with opened(valkey.url.replace("//", f"//:{PASSWORD}@").replace("redis:", "valkey:")) as redis:
            assert await redis.run("PING") == b"PONG"
    assert caplog.messages[0].endswith(": it does not take the user and password of CACHE_URL, or wants one")
    assert PASSWORD not in caplog.text
    assert "wrong-one" not in caplog.text


async def carry(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    """What comes from one side goes to the other."""
    with contextlib.suppress(OSError):
        while data := await source.read(65_536):
            sink.write(data)
    sink.close()


@contextlib.asynccontextmanager
async def tls_before(valkey: Valkey, folder: Path) -> AsyncGenerator[int]:
    """A port at which the server is behind TLS, with a certificate of its own for `localhost`."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(make_certificate(folder))
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        near, far = await asyncio.open_connection("127.0.0.1", valkey.port)
        tasks.update((asyncio.create_task(carry(reader, far)), asyncio.create_task(carry(near, writer))))

    server = await asyncio.start_server(serve, "localhost", 0, ssl=context, family=socket.AF_INET)
    async with server:
        yield server.sockets[0].getsockname()[1]
        await asyncio.wait(tasks, timeout=5)


@pytest.mark.usefixtures("unhurried")
async def test_a_server_behind_tls_is_used_if_its_certificate_is_right(valkey: Valkey, tmp_path: Path) -> None:
    async with tls_before(valkey, tmp_path) as port:
        for query, is_there in (
            (f"?ssl_ca_certs={tmp_path / 'both.pem'}", True),
            ("?ssl_cert_reqs=none", True),
            ("", False),
        ):
            for scheme in ("rediss", "valkeys"):
                async with opened(f"{scheme}://localhost:{port}/1{query}") as redis:
                    assert redis.is_there is is_there
                    if is_there:
                        pings = await asyncio.gather(*(redis.run("PING") for _ in range(20)))
                        assert set(pings) == {b"PONG"}


@contextlib.asynccontextmanager
async def garbled(valkey: Valkey, *garbage: bytes) -> AsyncGenerator[str]:
    """The URL at which each of the first connections is answered by garbage, and the server by all others."""
    left = list(garbage)
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if left:
            writer.write(8 * left.pop(0))
            writer.close()
            return
        near, far = await asyncio.open_connection("127.0.0.1", valkey.port)
        tasks.update((asyncio.create_task(carry(reader, far)), asyncio.create_task(carry(near, writer))))

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        await asyncio.wait(tasks, timeout=5)


@pytest.mark.usefixtures("unhurried")
async def test_whatever_it_answers_it_is_tried_again_and_all_who_follow_it_hear_of_it(
    valkey: Valkey, caplog: pytest.LogCaptureFixture
) -> None:
    clock = FakeClock()
    heard: list[bool] = []

    def fail(is_there: bool) -> None:
        raise KeyError(is_there)

    garbage = (b":abc\r\n", b"%1\r\n*0\r\n+a\r\n", b",x\r\n", b"\xff\r\n")
    async with garbled(valkey, *garbage) as url, opened(url, clock) as redis:
        assert not redis.is_there
        redis.watch(fail)
        redis.watch(heard.append)
        await eventually(lambda: redis.is_there, clock=clock)
        assert heard == [True]
        assert await redis.run("PING") == b"PONG"
    assert [record.exc_info and record.exc_info[0] for record in caplog.records] == [None, None, KeyError]
    caplog.clear()
    async with opened("redis://a..b", clock) as redis:
        assert not redis.is_there


def divide(valkey: Valkey) -> None:
    valkey.start("--cluster-enabled", "yes", "--cluster-port", str(choose_port()), "--databases", "1")
    valkey.run("CLUSTER", "ADDSLOTSRANGE", "0", "16383")


@pytest.mark.parametrize(
    ("begin", "reason"),
    [
        (divide, "it is a Redis Cluster, which cannot be used: "),
        (Valkey.start_sentinel, "it runs no scripts, as a Sentinel does not"),
    ],
    ids=["cluster", "sentinel"],
)
async def test_what_keeps_names_elsewhere_is_said_to_be_of_no_use(
    valkey: Valkey, begin: Callable[[Valkey], None], reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    valkey.kill()
    begin(valkey)
    async with opened(valkey.url) as redis:
        assert not redis.is_there
    assert reason in caplog.text
    assert caplog.text.rstrip().endswith(": name one server that takes all changes in CACHE_URL")


async def test_it_is_looked_for_where_it_is_said_to_be(valkey: Valkey) -> None:
    async with opened(f"redis://no.invalid:{valkey.port}") as redis:
        assert not redis.is_there


@pytest.mark.parametrize(
    ("host", "why"),
    [("127.0.0.1:1", "Connection refused"), ("localhost:1", "Connection refused"), ("no.invalid", "no such host name")],
)
async def test_one_that_cannot_be_reached_is_told_in_words(
    host: str, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(f"redis://{host}") as redis:
        assert not redis.is_there
    assert caplog.messages[0].endswith(f": it cannot be reached ({why})")


async def test_what_is_no_redis_is_away() -> None:
    async def answer(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    other = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = other.sockets[0].getsockname()[1]
    for url in (f"redis://127.0.0.1:{port}", f"rediss://127.0.0.1:{port}", "redis://127.0.0.1:1", "redis://no.invalid"):
        async with opened(url) as redis:
            assert not redis.is_there
    other.close()
    await other.wait_closed()
