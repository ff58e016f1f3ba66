"""amvstrm behind a scripted transport, in both generations, with the quirks that each of them has."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Literal, TypeVar, cast
from urllib.parse import parse_qs, urlsplit

import msgspec

from bot.anime.api.amvstrm.client import Amvstrm, policy
from bot.http import Client, MemoryCache, Request, Window
from tests.support.clock import FakeClock
from tests.support.judge import WindowJudge
from tests.support.transport import Reply, ScriptedTransport

T = TypeVar("T")
Row = dict[str, object]
Generation = Literal["2.7.0", "bun"]

URL = "https://amv.test"
DATA = msgspec.json.decode((Path(__file__).parent / "data" / "amvstrm.json").read_bytes(), type=dict[str, list[Row]])

NO_ENTRY = "The requested resource could not be found but may be available in the future."
SUCCESS_WITHOUT_RESULTS = Reply(body=b'{"code":200,"message":"success"}')
HTML_500 = Reply(500, b"<!DOCTYPE html><pre>RangeError</pre>", {"content-type": "text/html; charset=utf-8"})
TEXT_500 = Reply(500, b'{"name":"Error","message":"Unable to connect."}', {"content-type": "text/plain;charset=utf-8"})


def make_row(media_id: int, **fields: object) -> Row:
    """A row of a list; `fields` differ."""
    return DATA["rows"][0] | {"id": media_id, "siteUrl": None} | fields


def in_band(code: object, message: str = "no") -> Reply:
    """An error as amvstrm has most of them: with a 200."""
    return Reply(body=msgspec.json.encode({"code": code, "message": message}))


class FakeAmvstrm:
    """Has the entries of the sample data, and `rows` in every list. `reply`: what answers everything instead."""

    def __init__(self, generation: Generation = "bun", *, base_url: str = URL) -> None:
        self.generation = generation
        self.rows: list[object] = list(DATA["rows"])
        self.reply: Reply | None = None
        self.after_s = 0.0
        self.kept: dict[str, Reply] = {}  # 2.7.0 knows an answer again by its address alone, whatever the body was
        self.clock = FakeClock()
        self.transport = ScriptedTransport(self.clock)
        self.transport.answer = self._answer
        self.client = Client(
            self.transport, clock=self.clock, cache=MemoryCache(), policies=[policy()], rng=random.Random(1)
        )
        self.amvstrm = Amvstrm(self.client, base_url=base_url)
        self.judge = WindowJudge(Window(60, 60.0))

    @property
    def sent(self) -> list[Request]:
        return [sent.request for sent in self.transport.sent]

    @property
    def paths(self) -> list[str]:
        return [urlsplit(request.url).path for request in self.sent]

    @property
    def bodies(self) -> list[Row]:
        """What was posted."""
        return [msgspec.json.decode(request.body, type=Row) for request in self.sent if request.body]

    async def run(self, asked: Awaitable[T]) -> T:
        """What comes of it, with the clock turned as far as needed."""
        task = asyncio.ensure_future(asked)
        await self.clock.run(task)
        return task.result()

    async def outcome(self, asked: Awaitable[object]) -> object:
        """What it brings, or the error that it raises."""
        (found,) = await self.run(asyncio.gather(asked, return_exceptions=True))
        return found

    def _answer(self, request: Request) -> Reply:
        self.judge.arrive(self.clock.monotonic())
        if self.reply is not None:
            return self.reply
        if self.generation == "2.7.0" and request.url in self.kept:
            return self.kept[request.url]
        parts = urlsplit(request.url)
        assert parts.path.startswith("/api/v2/")
        route, *rest = parts.path.removeprefix("/api/v2/").split("/")
        routes: dict[str, Callable[[Request, list[str]], Reply]] = {
            "info": self._info,
            "recommendations": self._recommendations,
            "search": self._search,
            "trending": self._list,
            "popular": self._list,
            "season": self._season,
        }
        reply = routes[route](request, rest)
        self.kept[request.url] = reply
        return Reply(reply.status, reply.body, self._headers(reply), after_s=self.after_s)

    def _headers(self, reply: Reply) -> dict[str, str]:
        if self.generation == "bun":
            limits = {"RateLimit-Limit": "60", "RateLimit-Remaining": "59", "RateLimit-Reset": "60"}
        else:
            reset = str(int(self.clock.time()) + 60)
            limits = {"X-RateLimit-Limit": "60", "X-RateLimit-Remaining": "59", "X-RateLimit-Reset": reset}
        return {"content-type": "application/json;charset=utf-8", **limits, **reply.headers}

    def _info(self, _request: Request, rest: list[str]) -> Reply:
        found = [entry for entry in DATA["info"] if str(entry["id"]) == rest[0]]
        return Reply(body=msgspec.json.encode(found[0])) if found else in_band(404, NO_ENTRY)

    def _recommendations(self, _request: Request, rest: list[str]) -> Reply:
        if all(str(entry["id"]) != rest[0] for entry in DATA["info"]):
            return in_band(404, NO_ENTRY)
        info = {"id": int(rest[0]), "idMal": None, "title": {"romaji": "Kami no Hashi"}}
        return _success(info=info, results=[*self.rows, None])

    def _search(self, request: Request, _rest: list[str]) -> Reply:
        if request.method == "GET":
            query = parse_qs(urlsplit(request.url).query)
            return self._page(query["q"][0], 1, int(query["limit"][0]))  # always the first page
        question = msgspec.json.decode(request.body or b"", type=Row)
        return self._page(str(question["search"]), cast("int", question["page"]), cast("int", question["size"]))

    def _page(self, text: str, page: int, size: int) -> Reply:
        rows = [row for row in self.rows if text.casefold() in msgspec.json.encode(row).decode().casefold()]
        return self._paged(rows, page, size)

    def _list(self, request: Request, _rest: list[str]) -> Reply:
        query = parse_qs(urlsplit(request.url).query)
        return self._paged(self.rows, int(query["p"][0]), int(query["limit"][0]))

    def _season(self, request: Request, rest: list[str]) -> Reply:
        season, _year = rest
        if self.generation == "bun":
            if not season.islower():
                return Reply(422, b'{"code":500,"message":"Something went wrong"}')
            return self._list(request, rest)
        if not season.isupper():
            return HTML_500
        query = parse_qs(urlsplit(request.url).query)
        page, size = int(query["p"][0]), int(query["limit"][0])
        return _success(results=self.rows[(page - 1) * size : page * size])  # nothing about paging

    def _paged(self, rows: list[object], page: int, size: int) -> Reply:
        more = len(rows) > page * size
        info = {"total": 5000, "perPage": size, "currentPage": page, "lastPage": 200, "hasNextPage": more}
        name = "page" if self.generation == "bun" else "pageInfo"
        return _success(**{name: info}, results=rows[(page - 1) * size : page * size])


def _success(**fields: object) -> Reply:
    return Reply(body=msgspec.json.encode({"code": 200, "message": "success", **fields}))
