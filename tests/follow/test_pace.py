"""How soon what is followed is told: the schedule is read in time, and channels do not wait for each other."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from dataclasses import dataclass, field

import pytest

from bot.follow.follower import ROUND_S, SCHEDULE_S, Follower
from bot.follow.model import Notice
from bot.http import Lifetime
from bot.service.record import Found
from bot.vndb.api.model import Release, ReleaseVn
from bot.vndb.api.query import ListQuery
from tests.follow.support import MINUTE_S, OTHER, WORK, FakeDiscord, FakeVndb, Scene, build_release

SOON_S = 30
CHANNELS = range(1, 5)


async def run_until_told(scene: Scene, follower: Follower) -> float:
    """Let rounds pass until something is told. Return when that was."""
    for _ in range(120):
        await follower.work()
        if scene.discord.messages:
            return scene.discord.messages[-1][2]
        await scene.clock.advance(ROUND_S)
    raise AssertionError("nothing was told")


# In time


@pytest.mark.parametrize("read_before_s", [MINUTE_S, 5 * MINUTE_S, SCHEDULE_S - 30])
@pytest.mark.parametrize("made_before_s", [10, 25])
async def test_a_follow_that_is_made_shortly_before_an_episode_is_told_in_time(
    scene: Scene, read_before_s: int, made_before_s: int
) -> None:
    await scene.follow(2, OTHER)
    _, airs_s = scene.find_next()
    follower = scene.build(scene.records[0])
    await scene.go_to(airs_s - read_before_s)
    await follower.work()
    await scene.go_to(airs_s - made_before_s)
    await scene.follow(1, WORK)
    assert airs_s <= await run_until_told(scene, follower) <= airs_s + SOON_S


async def test_a_follow_of_what_is_followed_already_is_told_in_time(scene: Scene) -> None:
    await scene.follow(1, WORK)
    _, airs_s = scene.find_next()
    follower = scene.build(scene.records[0])
    await scene.go_to(airs_s - 2 * MINUTE_S)
    await follower.work()
    await scene.follow(2, WORK)
    assert await run_until_told(scene, follower) <= airs_s + SOON_S
    assert sorted(follow_id for follow_id, _ in scene.discord.told) == [1, 2]


async def test_only_what_was_added_is_asked_for_and_once(scene: Scene) -> None:
    await scene.follow(1, WORK)
    follower = scene.build(scene.records[0])
    await follower.work()
    await scene.follow(2, OTHER)
    for _ in range(10):
        await scene.clock.advance(ROUND_S)
        await follower.work()
    assert scene.anilist.asked == [[WORK], [OTHER]]


async def test_processes_that_look_within_a_minute_ask_the_same_and_look_together_from_then_on(scene: Scene) -> None:
    await scene.follow(1, WORK)
    await scene.go_to((scene.clock.time() // 600 + 1) * 600 + 400)
    one, other = scene.build(scene.records[0]), scene.build(scene.records[0])
    await one.work()
    await scene.clock.advance(4 * ROUND_S)  # the other process is started a little later
    for _ in range(6):
        await other.work()
        await one.work()
        await scene.clock.advance(SCHEDULE_S / 2 + 1)
    first, second, *others = scene.anilist.questions
    assert first == second  # which is one request where answers are shared
    assert others[::2] == others[1::2]
    assert len(others) == 2 * len(set(others)) >= 4


async def test_after_a_start_what_is_due_is_told_in_time(scene: Scene) -> None:
    await scene.follow(1, WORK)
    _, airs_s = scene.find_next()
    await scene.go_to(airs_s)
    scene.discord.ready = False
    follower = scene.build(scene.records[0])
    await follower.work()
    await scene.clock.advance(ROUND_S)
    scene.discord.ready = True
    assert await run_until_told(scene, follower) <= airs_s + SOON_S


# Independent of each other


@dataclass
class HeldDiscord(FakeDiscord):
    """Does not answer for one channel. `others`: set once so many others were told."""

    held: int = 1
    wanted: int = 0
    others: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, notice: Notice) -> int:
        if notice.follow.channel_id == self.held:
            await self.released.wait()
        message_id = await super().send(notice)
        if len(self.messages) == self.wanted:
            self.others.set()
        return message_id


async def test_a_channel_that_does_not_answer_holds_up_no_other(scene: Scene) -> None:
    for follow_id in range(1, 31):
        await scene.follow(follow_id, WORK)
    _, airs_s = scene.find_next()
    scene.discord = discord = HeldDiscord(scene.clock, wanted=29)
    await scene.go_to(airs_s)
    task = asyncio.create_task(scene.build(scene.records[0]).work())
    async with asyncio.timeout(60):
        await discord.others.wait()
    assert 1 not in {follow_id for follow_id, _ in discord.told}
    discord.released.set()
    await task
    assert len(discord.told) == 30


@dataclass
class HeldVndb(FakeVndb):
    """Does not answer."""

    async def fetch_list(self, query: ListQuery[Release], *, lifetime: Lifetime) -> Found[Release]:
        await asyncio.Event().wait()
        return await super().fetch_list(query, lifetime=lifetime)


async def test_a_service_that_does_not_answer_holds_up_nothing(scene: Scene) -> None:
    await scene.follow(1, WORK)
    await scene.follow(2, 17, kind="vn", channel_id=9)
    _, airs_s = scene.find_next()
    await scene.go_to(airs_s - MINUTE_S)
    await scene.build(scene.records[0]).work()
    await scene.go_to(airs_s)
    scene.vndb = HeldVndb()
    scene.discord = discord = HeldDiscord(scene.clock, held=0, wanted=1)
    follower = scene.build(scene.records[0])
    follower.start()
    async with asyncio.timeout(60):
        await discord.others.wait()
    await follower.close()


@dataclass
class LimitedDiscord(FakeDiscord):
    """Takes five messages in five seconds in each channel, and a while for each, as Discord does. A channel is done
    with `each`.
    """

    PER_WINDOW, WINDOW_S, ANSWER_S = 5, 5.0, 0.2
    each: int = 0
    waiting: int = 0
    sent: Counter[int] = field(default_factory=Counter[int])
    recent: dict[int, deque[float]] = field(default_factory=dict[int, deque[float]])

    async def send(self, notice: Notice) -> int:
        channel = notice.follow.channel_id or 0
        recent = self.recent.setdefault(channel, deque(maxlen=self.PER_WINDOW))
        now_s = self.clock.monotonic()
        free_s = recent[0] + self.WINDOW_S if len(recent) == self.PER_WINDOW else now_s
        recent.append(max(now_s, free_s))
        self.waiting += 1
        await self.clock.sleep(max(0.0, free_s - now_s) + self.ANSWER_S)
        self.waiting -= 1
        message_id = await super().send(notice)
        self.sent[channel] += 1
        return message_id

    @property
    def busy(self) -> int:
        """How many channels are not done."""
        return sum(self.sent[channel] < self.each for channel in CHANNELS)

    @property
    def fastest_s(self) -> float:
        """How long Discord's limit alone would take for a channel."""
        return (self.each / self.PER_WINDOW - 1) * self.WINDOW_S + self.ANSWER_S


@pytest.mark.parametrize("each", [20, pytest.param(50, marks=pytest.mark.deep)])
async def test_many_in_four_channels_take_hardly_longer_than_discord_s_limit(scene: Scene, each: int) -> None:
    for channel in CHANNELS:
        for number in range(each):
            await scene.follow(channel * 1000 + number, number, kind="vn", channel_id=channel, guild_id=channel)
    scene.vndb.releases = [
        build_release(scene, f"r{number}", vns=[ReleaseVn(id=f"v{number}")]) for number in range(each)
    ]
    scene.discord = discord = LimitedDiscord(scene.clock, each=each)
    start_s = scene.clock.monotonic()
    task = asyncio.create_task(scene.build(scene.records[0]).work())
    while discord.busy:
        # Time passes only while each channel waits for Discord: what the database takes is not counted.
        if discord.waiting >= discord.busy and (due := scene.clock.next_at) is not None:
            await scene.clock.advance(max(0.0, due - scene.clock.monotonic()))
        await asyncio.sleep(0)
    await task
    assert len(set(discord.told)) == len(discord.told) == each * len(CHANNELS)
    assert scene.clock.monotonic() - start_s <= 1.2 * discord.fastest_s
