"""What following has around it: a Discord that fails, an airing schedule, a database that is opened anew."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from msgspec.structs import replace

from bot.anime.api.model import AiringEpisode, MediaRow
from bot.errors import StoreError, Unavailable
from bot.follow.follower import RELEASES_S, Follower
from bot.follow.model import Digested, Follow, Notice
from bot.follow.record import FollowRecords
from bot.http import Lifetime
from bot.playground.service.anilist.airing import Schedule
from bot.playground.service.anilist.data import load_library
from bot.service.record import Found
from bot.store.database import Database
from bot.store.schema import migrate
from bot.vndb.api.model import Release, ReleaseProducer, ReleaseTitle, ReleaseVn
from bot.vndb.api.query import ListQuery
from tests.support.clock import FakeClock

MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86_400
NONCE_S = 5 * MINUTE_S
WORK, OTHER = 200_001, 200_002


class Crash(BaseException):
    """The process ends here."""


@dataclass
class FakeDiscord:
    """A `Messenger` that keeps what was sent, and knows a nonce for five minutes.

    `before` and `after` are called around each sending, and may raise. `explained`: which follows ended, and whether
    because they are for adults.
    """

    clock: FakeClock
    ready: bool = True
    age_restricted: set[int] = field(default_factory=set[int])
    elsewhere: set[int] = field(default_factory=set[int])
    messages: list[tuple[int, str, float]] = field(default_factory=list[tuple[int, str, float]])
    explained: dict[int, bool] = field(default_factory=dict[int, bool])
    readable: bool = True
    before: Callable[[], None] = lambda: None
    after: Callable[[], None] = lambda: None
    before_thread: Callable[[], None] = lambda: None
    after_thread: Callable[[], None] = lambda: None
    threads: list[int] = field(default_factory=list[int])
    thread_error: int = 0
    sendings: int = 0
    digests: dict[int, list[tuple[int, str]]] = field(default_factory=dict[int, list[tuple[int, str]]])
    nonces: dict[str, float] = field(default_factory=dict[str, float])

    def may_look(self, notice: Notice) -> bool:
        return notice.follow.channel_id not in self.elsewhere

    def may_tell(self, notice: Notice) -> bool:
        return not (notice.adult or notice.follow.adult) or notice.follow.channel_id in self.age_restricted

    async def send(self, notice: Notice) -> int:
        self.before()
        self.sendings += 1
        now_s = self.clock.time()
        assert len(notice.nonce) <= 25
        if now_s - self.nonces.get(notice.nonce, 0.0) > NONCE_S:
            self.messages.append((notice.follow.id, notice.key, now_s))
            self.nonces[notice.nonce] = now_s
        self.after()
        return self._find_message(notice, 0.0)

    async def send_digest(self, digest: Notice, told: Sequence[Notice]) -> Digested:
        shown = [one for one in told if self.may_tell(one)]
        if not shown:
            return Digested(0)
        before = len(self.messages)
        try:
            return Digested(await self.send(digest))
        finally:
            if len(self.messages) > before:
                self.digests[len(self.messages)] = [(one.follow.id, one.key) for one in shown]

    async def find(self, notice: Notice) -> int | None:
        self.before()
        return self._find_message(notice, notice.begun_s - MINUTE_S) if self.readable else None

    def _find_message(self, notice: Notice, since_s: float) -> int:
        """The id of a message: its place among all, from 1. 0: there is none."""
        return max(
            (
                number
                for number, (follow_id, key, sent_s) in enumerate(self.messages, 1)
                if (follow_id, key) == (notice.follow.id, notice.key) and sent_s >= since_s
            ),
            default=0,
        )

    async def open_thread(self, notice: Notice, message_id: int) -> int:
        assert self.messages[message_id - 1][:2] == (notice.follow.id, notice.key)
        self.before_thread()
        if self.thread_error == 0 and message_id not in self.threads:
            self.threads.append(message_id)
        self.after_thread()
        return self.thread_error

    async def explain(self, follow: Follow, *, for_adults: bool) -> None:
        self.explained[follow.id] = for_adults

    @property
    def told(self) -> list[tuple[int, str]]:
        return [message[:2] for message in self.messages]


@dataclass
class FakeAniList:
    """The sample schedule. `adult` are works for adults."""

    schedule: Schedule
    away: bool = False
    adult: set[int] = field(default_factory=set[int])
    asked: list[Sequence[int]] = field(default_factory=list[Sequence[int]])
    questions: list[tuple[tuple[int, ...], int, int]] = field(default_factory=list[tuple[tuple[int, ...], int, int]])

    async def fetch_schedule(self, media_ids: Sequence[int], start_s: int, end_s: int) -> list[AiringEpisode]:
        if self.away:
            raise Unavailable("AniList")
        self.asked.append(media_ids)
        self.questions.append((tuple(media_ids), start_s, end_s))
        return [
            AiringEpisode(MediaRow(id=one.work.id, is_adult=one.work.id in self.adult), one.number, one.airs_s)
            for one in self.schedule.list_all()
            if one.work.id in media_ids and start_s <= one.airs_s < end_s
        ]


@dataclass
class FakeVndb:
    """Releases, whatever is asked."""

    releases: list[Release] = field(default_factory=list[Release])
    queries: list[ListQuery[Release]] = field(default_factory=list[ListQuery[Release]])

    async def fetch_list(self, query: ListQuery[Release], *, lifetime: Lifetime) -> Found[Release]:
        assert lifetime.fresh_s < RELEASES_S  # or the next look would see the same
        assert lifetime.stale_s == 0
        self.queries.append(query)
        return Found(self.releases, more=False)


class FlakyRecords(FollowRecords):
    """Records that fail to record that something was told, or do so and then say that it failed."""

    def __init__(self, database: Database, *, rng: random.Random) -> None:
        super().__init__(database)
        self.rng = rng

    async def finish_notice(self, told: Notice) -> None:
        chance = self.rng.random()
        if chance < 0.1:
            raise StoreError("away")
        await super().finish_notice(told)
        if chance > 0.95:
            raise StoreError("away")


class Scene:
    """Everything but the process, which `restart` begins anew on the same database."""

    def __init__(self, path: Path, *, seed: int = 0) -> None:
        self.url = f"sqlite:///{path / 'shiori.db'}"
        self.rng = random.Random(seed)
        self.clock = FakeClock()
        self.schedule = Schedule(load_library(), self.clock.time)
        self.discord = FakeDiscord(self.clock)
        self.anilist = FakeAniList(self.schedule)
        self.vndb = FakeVndb()
        self.databases: list[Database] = []
        self.records: list[FollowRecords] = []

    def build(self, records: FollowRecords) -> Follower:
        """A process on those records."""
        return Follower(records, self.discord, anilist=self.anilist, vndb=self.vndb, clock=self.clock)

    async def open(self, *, flaky: bool = False) -> FollowRecords:
        """One more connection to the database. `flaky`: `FlakyRecords`."""
        database = Database(self.url)
        await migrate(database)
        records = FlakyRecords(database, rng=self.rng) if flaky else FollowRecords(database)
        self.databases.append(database)
        self.records.append(records)
        return records

    async def close(self) -> None:
        """Close every connection."""
        for database in self.databases:
            await database.close()
        self.databases.clear()
        self.records.clear()

    async def restart(self, *, flaky: bool = False) -> Follower:
        """The next process."""
        await self.close()
        return self.build(await self.open(flaky=flaky))

    @property
    def now_s(self) -> int:
        return int(self.clock.time())

    async def follow(self, follow_id: int, subject_id: int, **changed: object) -> Follow:
        """Have a channel (of the same number as the follow) follow an anime, or what is changed of that."""
        made = Follow(
            id=follow_id,
            kind="anime",
            subject_id=subject_id,
            title="A title",
            adult=False,
            user_id=7,
            guild_id=8,
            channel_id=follow_id,
            role_id=None,
            delay_s=0,
            language=None,
            platform=None,
            created_s=self.now_s,
        )
        made = replace(made, **changed)  # pyright: ignore[reportArgumentType]
        assert await self.records[-1].add_follow(made) == "added"
        return made

    def find_next(self, work: int = WORK) -> tuple[str, int]:
        """The key of the next episode and when it airs."""
        now_s = self.clock.time()
        airing = (one for one in self.schedule.list_all() if one.work.id == work and one.airs_s > now_s)
        episode = min(airing, key=lambda one: one.airs_s)
        return f"e{episode.number}", episode.airs_s

    async def go_to(self, time_s: float) -> None:
        """Turn the clock to that time."""
        assert time_s >= self.clock.time()
        await self.clock.advance(time_s - self.clock.time())


def build_release(scene: Scene, release_id: str = "r9", *, days: int = 0, **changed: object) -> Release:
    """A release of `days` from today."""
    values: dict[str, object] = {
        "title": "The release",
        "released": datetime.fromtimestamp(scene.now_s + days * DAY_S, UTC).date().isoformat(),
        "vns": [ReleaseVn(id="v17")],
        "languages": [ReleaseTitle("en"), ReleaseTitle("ja")],
        "platforms": ["win"],
        "producers": [ReleaseProducer(id="p5", developer=True), ReleaseProducer(id="p6", publisher=True)],
    }
    return Release(id=release_id, **(values | changed))  # pyright: ignore[reportArgumentType]
