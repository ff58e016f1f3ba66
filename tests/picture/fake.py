"""The Nekos API behind a scripted transport: whatever a test says it answers, and a judge of its limit."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

import msgspec

from bot.http import Client, Request, Window, asking
from bot.http.ask import Priority
from bot.picture.api.client import Nekos, policy
from tests.gallery.fake import OpenCache
from tests.support.clock import FakeClock
from tests.support.judge import ConcurrencyJudge, WindowJudge
from tests.support.transport import Reply, ScriptedTransport

T = TypeVar("T")
Row = dict[str, Any]
V4_URL = "https://api.nekos.test/v4"
V1_URL = "https://nekos.test/api"
Answer = Callable[[str, dict[str, str]], Reply]


def make_v4(number: int = 1, **fields: object) -> Row:
    """What v4 answers of a picture; `fields` differ."""
    url = f"https://cdn.nekosapi.com/{number}.webp"
    return {"id": number, "url": url, "rating": "safe", "tags": ["lake"], "artist_name": "Aoba Moon"} | fields


def make_v1(number: int = 1, **fields: object) -> Row:
    """What v1 answers of a picture; `fields` differ."""
    categories = [{"name": "Lake", "nsfw": False}]
    return (
        {"id": f"i{number}", "url": f"https://cdn.nekosapi.com/{number}.png", "nsfw": "sfw"}
        | {"categories": categories}
        | fields
    )


def reply(body: object, *, status: int = 200) -> Reply:
    """An answer in JSON."""
    return Reply(status=status, body=msgspec.json.encode(body))


class FakeNekos:
    """Answers each request with `answer(path, query)`; `path` is what follows the base address."""

    def __init__(self, base_url: str, answer: Answer, *, token: str = "", seed: int = 1) -> None:
        self.clock = FakeClock()
        self.transport = ScriptedTransport(self.clock)
        self.transport.answer = self._answer
        self.cache = OpenCache()
        self.client = Client(
            self.transport, clock=self.clock, cache=self.cache, policies=[policy(base_url)], rng=random.Random(seed)
        )
        self.nekos = Nekos(self.client, base_url=base_url, token=token, rng=random.Random(seed))
        self.window = WindowJudge(Window(1, 0.999))
        self.sequence = ConcurrencyJudge(concurrency=1, min_gap_s=1.0)
        self.asked: list[tuple[str, dict[str, str]]] = []
        self._base_url = base_url
        self._reply = answer

    @property
    def sent(self) -> int:
        return len(self.transport.sent)

    @property
    def urls(self) -> list[str]:
        """The addresses, as they were sent."""
        return [sent.request.url for sent in self.transport.sent]

    @property
    def violations(self) -> list[str]:
        return self.window.violations + self.sequence.violations

    async def run(self, asked: Awaitable[T], *, within_s: float = 100_000.0) -> T:
        """What comes of it, with the clock turned as far as needed."""
        with asking(self.clock, within_s=within_s, priority=Priority.COMMAND):
            task = asyncio.ensure_future(asked)
        await self.clock.run(task)
        return task.result()

    def _answer(self, request: Request) -> Reply:
        now = self.clock.monotonic()
        self.window.arrive(now)
        self.sequence.arrive(now)
        assert request.method == "GET"
        parts = urlsplit(request.url)
        path = parts.path.removeprefix(urlsplit(self._base_url).path)
        query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        self.asked.append((path, query))
        found = self._reply(path, query)
        if found.after_s:
            self.clock.call_at(now + found.after_s, lambda: self.sequence.answer(self.clock.monotonic()))
        else:
            self.sequence.answer(now)
        return found
