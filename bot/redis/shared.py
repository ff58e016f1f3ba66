"""All that a process shares with the others, joined."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator

import msgspec

from bot.http import Client, Clock, MemoryCache
from bot.http.digest import Digests
from bot.redis.cache import RedisCache
from bot.redis.connection import Redis
from bot.redis.lane import LaneBook
from bot.redis.news import News
from bot.redis.rest import SharedRests


class Shared(msgspec.Struct, frozen=True):
    """What the client is built with. `join` it once that is there."""

    redis: Redis
    news: News
    cache: RedisCache
    rests: SharedRests
    book: LaneBook

    async def join(self, http: Client, *, others: int | None = 0) -> None:
        """From now on this process hears of the others. `others`: how many there are, if that is known."""
        self.rests.serve(http)
        self.news.start()
        await self.book.start(others=others)


@contextlib.asynccontextmanager
async def open_shared(url: str, *, clock: Clock, secret: str = "") -> AsyncGenerator[Shared]:
    """To be closed after the client. While the server is away everything works in this process alone.

    `secret`: what all processes have, and nobody else; without it nobody knows what things are called there.
    """
    digests = Digests(secret)
    redis = Redis(url, clock=clock)
    news = News(redis)
    cache = RedisCache(redis, news, MemoryCache(), clock=clock, digests=digests)
    rests = SharedRests(redis, news, clock=clock)
    book = LaneBook(redis, clock=clock, digests=digests, before_end=rests.tell_all)
    await redis.open()
    try:
        yield Shared(redis, news, cache, rests, book)
    finally:
        await book.close()
        await rests.tell_all()
        await cache.close()
        await news.close()
        await redis.close()
