"""What the tests with a real Valkey share."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Iterator

import pytest

from bot.http import Policy, SystemClock
from bot.redis.connection import ANSWER_WITHIN_S, Redis
from bot.redis.lane import LaneBook
from tests.redis.book import One, Open, Recorder
from tests.support.clock import FakeClock
from tests.support.valkey import Valkey, run_valkey


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    """The server of this process of the run, in whatever state the last test left it."""
    with run_valkey(tmp_path_factory.mktemp("valkey")) as one:
        yield one


@pytest.fixture
def valkey(server: Valkey) -> Valkey:
    """A server with nothing in it. A test may do to it what it likes."""
    if not server.is_as_new:
        server.restore()
    server.run("FLUSHALL")
    return server


@pytest.fixture
async def redis(valkey: Valkey) -> AsyncGenerator[Redis]:
    """A connection to it, as a process has one."""
    one = Redis(valkey.url, clock=SystemClock())
    await one.open()
    assert one.is_there
    yield one
    await one.close()


@pytest.fixture
async def open_one(redis: Redis) -> AsyncGenerator[Open]:
    """Opens the book of a process that is yet to be started."""
    opened: list[One] = []

    def open_book(*policies: Policy, redis: Redis = redis) -> One:
        clock = FakeClock(1000.0 * (len(opened) + 1))
        book = LaneBook(redis, clock=clock)
        member = Recorder()
        one = One(clock, book, member, {policy.service: book.open(policy, member) for policy in policies})
        opened.append(one)
        return one

    yield open_book
    for one in opened:
        await one.book.close()


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine may let the server stand still for a moment, which is no fault that a test is about."""
    monkeypatch.setattr("bot.redis.connection.ANSWER_WITHIN_S", 5.0)


@pytest.fixture
def hurried(unhurried: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """For a test in which it stands still."""
    monkeypatch.setattr("bot.redis.connection.ANSWER_WITHIN_S", ANSWER_WITHIN_S)


@pytest.fixture(autouse=True)
def no_errors(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """What goes wrong with the server is no error of ours."""
    yield
    errors = [record.message for record in caplog.get_records("call") if record.levelno >= logging.ERROR]
    assert all("unknown command 'NOSUCH'" in error for error in errors), errors
