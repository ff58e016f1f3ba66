"""AniList behind a scripted transport: what each operation is answered with, and a count of its limit."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import cast

import msgspec

from bot.anime.api.anilist.client import AniList, policy
from bot.http import Client, MemoryCache, Request
from tests.support.clock import FakeClock
from tests.support.transport import Reply, ScriptedTransport

URL = "https://anilist.test"
Record = dict[str, object]
Answer = Callable[[Record], object]

MEDIA: Record = msgspec.json.decode((Path(__file__).parent / "data" / "anilist_media.json").read_bytes(), type=Record)


class FakeAniList:
    """Answers each operation with `data[name]` (what stands under "data", or a function of the variables).

    More than `limit` requests in a minute are counted in `violations` and answered with 429. `reply` answers
    everything instead, if it is set.
    """

    def __init__(self, *, after_s: float = 0.0, limit: int = 30, **data: object) -> None:
        self.data = data
        self.after_s = after_s
        self.limit = limit
        self.reply: Reply | None = None
        self.headers: Mapping[str, str] = {}
        self.questions: list[tuple[str, Record]] = []
        self.violations = 0
        self._stamps: deque[float] = deque()
        self.clock = FakeClock()
        self.transport = ScriptedTransport(self.clock)
        self.transport.answer = self._answer
        self.client = Client(
            self.transport, clock=self.clock, cache=MemoryCache(), policies=[policy()], rng=random.Random(1)
        )
        self.anilist = AniList(self.client, base_url=URL, clock=self.clock)

    @property
    def sent(self) -> int:
        return len(self.transport.sent)

    @property
    def variables(self) -> Record:
        """Those of the latest question."""
        return self.questions[-1][1]

    def _answer(self, request: Request) -> Reply:
        question = cast("dict[str, object]", msgspec.json.decode(request.body or b""))
        name = str(question["query"]).split("(", maxsplit=1)[0].split()[-1]
        variables = cast("Record", question["variables"])
        self.questions.append((name, variables))
        if self.reply is not None:
            return self.reply
        if not self._let_through():
            self.violations += 1
            return fail("Too Many Requests.", status=429, headers={"Retry-After": "60"})
        data = self.data[name]
        found = cast("Answer", data)(variables) if callable(data) else data
        return Reply(body=msgspec.json.encode({"data": found}), headers=self.headers, after_s=self.after_s)

    def _let_through(self) -> bool:
        now = self.clock.monotonic()
        while self._stamps and now - self._stamps[0] >= 60:
            self._stamps.popleft()
        self._stamps.append(now)
        return len(self._stamps) <= self.limit


def fail(
    message: str, *, status: int, http_status: int | None = None, headers: Mapping[str, str] | None = None
) -> Reply:
    """An error as AniList has it."""
    body = {"errors": [{"message": message, "status": status, "locations": [{"line": 2, "column": 3}]}], "data": None}
    return Reply(status if http_status is None else http_status, msgspec.json.encode(body), headers or {})


def make_row(media_id: int, **fields: object) -> Record:
    """A work as lists have it."""
    title = {"romaji": f"Sakuhin {media_id}", "english": None, "native": f"作品{media_id}"}
    return {"id": media_id, "type": "ANIME", "title": title, "isAdult": False, **fields}


def make_page(name: str, members: object, *, more: bool = False) -> Record:
    """A page of a list."""
    return {"Page": {"pageInfo": {"hasNextPage": more}, name: members}}


def make_edges(root: str, name: str, edges: object, *, more: bool = False) -> Record:
    """A page of what belongs to an entry."""
    return {root: {name: {"pageInfo": {"hasNextPage": more}, "edges": edges}}}
