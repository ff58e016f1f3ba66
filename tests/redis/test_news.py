"""Who hears what is said on a channel of a real Valkey: whenever it is there, once, and for as long as they like."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest

from bot.errors import SharedAway
from bot.redis.connection import Redis
from bot.redis.news import News
from tests.redis.process import until
from tests.store.database import eventually
from tests.support.clock import FakeClock
from tests.support.valkey import Valkey

pytestmark = pytest.mark.usefixtures("unhurried")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def turned(valkey: Valkey, clock: FakeClock) -> AsyncGenerator[Redis]:
    """A connection whose clock is turned by hand, and which is yet to be opened."""
    redis = Redis(valkey.url, clock=clock)
    yield redis
    await redis.close()


async def test_who_began_while_it_was_away_hears_all_once_whenever_it_is_there(
    turned: Redis, valkey: Valkey, clock: FakeClock
) -> None:
    heard: list[bytes] = []

    async def hear(said: bytes) -> None:
        heard.append(said)

    valkey.kill()
    await turned.open()
    news, channel = News(turned), turned.build_channel("a")
    news.hear("a", hear)
    news.start()
    for number in (b"1", b"2"):
        valkey.start()
        await eventually(lambda: turned.is_there, clock=clock)
        await asyncio.wait_for(news.is_listening.wait(), timeout=15)
        await clock.advance(3.0)
        await until(lambda: turned.run("PUBLISH", channel, "and"), lambda hearers: hearers == 1)
        for _ in range(3):
            assert await turned.run("PUBLISH", channel, number) == 1
        await eventually(lambda number=number: heard.count(number) == 3)
        valkey.kill()
        await eventually(lambda: not turned.is_there and not news.is_listening.is_set())
    await news.close()


async def test_who_cannot_look_up_what_was_missed_tries_again_after_a_second(turned: Redis, clock: FakeClock) -> None:
    tries: list[float] = []

    async def look_up() -> None:
        tries.append(clock.monotonic())
        if len(tries) < 3:
            raise SharedAway("not now")

    await turned.open()
    news = News(turned)
    news.hear("a", lambda _said: look_up())
    news.begin(look_up)
    news.start()
    began = clock.monotonic()
    for number in range(3):
        await eventually(lambda number=number: len(tries) == number + 1)
        for _ in range(3):
            await turned.run("PING")
        assert news.is_listening.is_set() == (number == 2)
        await clock.advance(1.0)
    assert tries == [began, began + 1.0, began + 2.0]
    await news.close()
    assert not news.is_listening.is_set()
    await news.close()
