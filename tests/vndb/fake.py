"""VNDB behind a scripted transport: just enough of its queries to answer what the bot asks."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import cast

import msgspec

from bot.http import Client, MemoryCache, Request
from bot.vndb.api.client import Vndb, policy
from tests.support.clock import FakeClock
from tests.support.transport import Reply, ScriptedTransport

URL = "https://vndb.test/kana"
Record = dict[str, object]
Predicate = Callable[[Record], bool]


class FakeVndb:
    """Answers queries over `records`, whatever the endpoint. `reply` answers everything instead, if it is set."""

    def __init__(self, records: list[Record] | None = None, *, seed: int = 1) -> None:
        self.records = sorted(records or [], key=_number)
        self.reply: Reply | None = None
        self.get: dict[str, bytes] = {}
        self.compact_filters = "022gja"
        self.normalized_filters: object = []
        self.time_ms = 1
        self.after_s = 0.0
        self.queries: list[Record] = []
        self.clock = FakeClock()
        self.transport = ScriptedTransport(self.clock)
        self.transport.answer = self._answer
        self.client = Client(
            self.transport,
            clock=self.clock,
            cache=MemoryCache(),
            policies=[policy()],
            rng=random.Random(seed),
        )
        self.vndb = Vndb(self.client, base_url=URL, rng=random.Random(seed), clock=self.clock)

    @property
    def sent(self) -> int:
        return len(self.transport.sent)

    def _answer(self, request: Request) -> Reply:
        if self.reply is not None:
            return self.reply
        if request.method == "GET":
            return Reply(body=self.get[request.url.rsplit("/", 1)[1].split("?")[0]], after_s=self.after_s)
        query = msgspec.json.decode(request.body or b"", type=Record)
        self.queries.append(query)
        return Reply(body=msgspec.json.encode(self._find(query)), after_s=self.after_s)

    def _find(self, query: Record) -> Record:
        matches = build_predicate(query.get("filters"))
        found = [record for record in self.records if matches(record)]
        if query.get("reverse"):
            found.reverse()
        results, page = cast("int", query["results"]), cast("int", query.get("page", 1))
        shown = found[results * (page - 1) : results * page]
        answer: Record = {"results": shown, "more": len(found) > results * page, "time": self.time_ms}
        if query.get("count"):  # wrong past the last page, as the server's
            answer["count"] = len(found) if shown or not results else results * (page - 1)
        for name in ("compact_filters", "normalized_filters"):
            if query.get(name):
                answer[name] = getattr(self, name)
        return answer


def build_predicate(filters: object) -> Predicate:
    if not filters or isinstance(filters, str):
        return lambda _record: True
    name, *rest = cast("list[object]", filters)
    if name == "and":
        parts = [build_predicate(part) for part in rest]
        return lambda record: all(part(record) for part in parts)
    if name == "or":
        # Hundreds of ids in one question, thousands of records: a set keeps the tests quick.
        ids = {cast("list[object]", part)[2] for part in rest}
        return lambda record: record["id"] in ids
    operator, value = rest
    if name == "search":
        words = str(value).split()
        return lambda record: all(word in str(record).lower() for word in words)
    if name == "id" and operator == ">=":
        return lambda record: _number(record) >= int(str(value)[1:])
    return lambda record: record.get(cast("str", name)) == value


def _number(record: Record) -> int:
    return int(str(record["id"])[1:])
