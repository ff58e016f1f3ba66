"""E-Hentai behind a scripted transport: answers gdata and gtoken over a few galleries, as strictly as published."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Iterable
from typing import TypeVar, cast

import msgspec

from bot.gallery.api.client import Ehentai, policy
from bot.gallery.api.model import GalleryKey, PageKey
from bot.http import Client, Entry, MemoryCache, Request, Window
from tests.support.clock import FakeClock
from tests.support.judge import ConcurrencyJudge, WindowJudge
from tests.support.transport import Reply, ScriptedTransport

T = TypeVar("T")


class OpenCache(MemoryCache):
    """Shows what it keeps, by key."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[str, Entry] = {}

    async def set(self, key: str, entry: Entry) -> None:
        self.kept[key] = entry
        await super().set(key, entry)

    @property
    def text(self) -> str:
        """All of it as one text."""
        return repr(self.kept)


URL = "https://api.e-hentai.test/api.php"
SECRET = "459562--archiver"
WRONG_KEY = "Key missing, or incorrect key provided."
NO_PAGE = "File not found"
BAN_PAGE = (
    b"Your IP address has been temporarily banned for excessive pageloads which indicates that you are using "
    b"automated mirroring/harvesting software. The ban expires in 59 minutes and 23 seconds"
)

Row = dict[str, object]


def make_key(gid: int) -> GalleryKey:
    """The right key of the gallery of this number."""
    return GalleryKey(gid, f"{gid:010x}")


def make_page(gid: int, page: int = 1) -> PageKey:
    """The right key of a page."""
    return PageKey(gid, f"{gid * 1000 + page:010x}", page)


def make_entry(gid: int, **fields: object) -> Row:
    """What gdata answers of a gallery; `fields` differ."""
    return {
        "gid": gid,
        "token": make_key(gid).token,
        "archiver_key": SECRET,
        "title": f"Gallery {gid}",
        "title_jpn": "",
        "category": "Artist CG",
        "thumb": f"https://ehgt.org/1f/f5/{gid}_l.jpg",
        "uploader": "Crane",
        "posted": "1653702810",
        "filecount": "12",
        "filesize": 419547,
        "expunged": False,
        "rating": "4.50",
        "torrentcount": "0",
        "torrents": [],
        "tags": ["artist:paper crane", "female:apron"],
    } | fields


class FakeEhentai:
    """Has `entries`, by number. `reply`: what answers everything instead, if it is set."""

    def __init__(self, gids: Iterable[int] = (), *, seed: int = 1, after_s: float = 0.0) -> None:
        self.entries = {gid: make_entry(gid) for gid in gids}
        self.reply: Reply | None = None
        self.after_s = after_s
        self.left_out: set[int] = set()  # what gets no entry in an answer, though it was asked for
        self.once_each = False  # whether each number gets one entry, however many keys of it were asked for
        self.questions: list[Row] = []
        self._rng = random.Random(seed)
        self.clock = FakeClock()
        self.transport = ScriptedTransport(self.clock)
        self.transport.answer = self._answer
        self.cache = OpenCache()
        self.client = Client(
            self.transport, clock=self.clock, cache=self.cache, policies=[policy()], rng=random.Random(seed)
        )
        self.ehentai = Ehentai(self.client, base_url=URL, clock=self.clock)
        self.by_arrival = WindowJudge(Window(5, 5.0))
        self.by_answer = WindowJudge(Window(5, 5.0))
        self.sequence = ConcurrencyJudge(concurrency=1)

    @property
    def sent(self) -> int:
        return len(self.transport.sent)

    @property
    def violations(self) -> list[str]:
        return self.by_arrival.violations + self.by_answer.violations + self.sequence.violations

    def list_questions(self, method: str) -> list[Row]:
        """The questions of one method, in their order."""
        return [question for question in self.questions if question["method"] == method]

    def list_asked(self, question: Row) -> list[list[object]]:
        """The keys in a question."""
        return cast("list[list[object]]", question["gidlist" if question["method"] == "gdata" else "pagelist"])

    async def run(self, asked: Awaitable[T]) -> T:
        """What comes of it, with the clock turned as far as needed."""
        task = asyncio.ensure_future(asked)
        await self.clock.run(task)
        return task.result()

    def _answer(self, request: Request) -> Reply:
        now = self.clock.monotonic()
        self.by_arrival.arrive(now)
        self.sequence.arrive(now)
        reply = self.reply or Reply(body=self._find(request), after_s=self.after_s)

        def note() -> None:
            self.sequence.answer(self.clock.monotonic())
            self.by_answer.arrive(self.clock.monotonic())

        if reply.after_s:
            self.clock.call_at(now + reply.after_s, note)
        else:
            note()
        return reply

    def _find(self, request: Request) -> bytes:
        question = msgspec.json.decode(request.body or b"", type=Row)
        self.questions.append(question)
        asked = self.list_asked(question)
        assert len(asked) <= 25
        if question["method"] == "gdata":
            assert question["namespace"] == 1
            name, found = "gmetadata", [self._find_gallery(*cast("tuple[int, str]", key)) for key in asked]
        else:
            name, found = "tokenlist", [self._find_page(*cast("tuple[int, str, int]", key)) for key in asked]
        if self.once_each:
            found = list({entry["gid"]: entry for entry in found}.values())
        found = [entry for entry in found if entry["gid"] not in self.left_out]
        self._rng.shuffle(found)
        return msgspec.json.encode({name: found})

    def _find_gallery(self, gid: int, token: str) -> Row:
        entry = self.entries.get(gid)
        return entry if entry and make_key(gid).token == token else {"gid": gid, "error": WRONG_KEY}

    def _find_page(self, gid: int, token: str, page: int) -> Row:
        if gid in self.entries and make_page(gid, page).token == token:
            return {"gid": gid, "token": make_key(gid).token}
        return {"gid": gid, "error": NO_PAGE}
