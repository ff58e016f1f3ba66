"""Weekly digests: each week one, with all that was told, once, whatever ends the process between two steps."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.follow.follower import Follower, NotMade, Refused, Undecided
from bot.follow.model import WEEK_S
from bot.follow.record import DIGEST_LATE_S
from tests.follow.support import DAY_S, HOUR_S, MINUTE_S, OTHER, WORK, Crash, Scene, build_release

CHANNEL = 1
TOLD = tuple[int, str]


@pytest.fixture
async def scene(tmp_path: Path, new_database: Path) -> AsyncGenerator[Scene]:
    """Monday, midnight in UTC; a channel follows two series, and has a digest on Mondays at nine."""
    shutil.copy(new_database, tmp_path)
    scene = Scene(tmp_path, seed=3)
    await scene.open()
    monday_s = (scene.now_s // WEEK_S + 1) * WEEK_S + 4 * DAY_S  # 1 January 1970 was a Thursday
    await scene.go_to(monday_s)
    await scene.follow(1, WORK)
    await scene.follow(2, OTHER, channel_id=CHANNEL)
    await scene.follow(9, 0, kind="digest", channel_id=CHANNEL, delay_s=9 * HOUR_S)
    yield scene
    await scene.close()


async def play(scene: Scene, hours: int, *, follower: Follower | None = None) -> None:
    """Let so many hours pass, with a round at both ends and every six at least."""
    follower, end_s = follower or scene.build(scene.records[-1]), scene.clock.time() + hours * HOUR_S
    await follower.work()
    while scene.clock.time() < end_s:
        await scene.clock.advance(min(6 * HOUR_S, end_s - scene.clock.time()))
        await follower.work()


def list_aired(scene: Scene, start_s: float, end_s: float) -> set[TOLD]:
    """What aired in that time of what is followed."""
    follows = {WORK: 1, OTHER: 2}
    return {
        (follows[one.work.id], f"e{one.number}")
        for one in scene.schedule.list_all()
        if one.work.id in follows and start_s <= one.airs_s < end_s
    }


def list_digested(scene: Scene) -> list[TOLD]:
    return [told for one in scene.discord.digests.values() for told in one]


def end(error: BaseException) -> None:
    raise error


async def test_a_week_is_told_in_one_message_and_nothing_singly(scene: Scene) -> None:
    monday_s = scene.now_s
    await play(scene, 9)
    assert scene.discord.messages == []  # nothing aired yet
    await play(scene, 7 * 24)
    await play(scene, 7 * 24)
    assert [(follow_id, sent_s) for follow_id, _, sent_s in scene.discord.messages] == [
        (9, monday_s + 9 * HOUR_S + weeks * WEEK_S) for weeks in (1, 2)
    ]
    first, second = scene.discord.digests.values()
    assert set(first) == list_aired(scene, monday_s, monday_s + WEEK_S + 9 * HOUR_S)
    assert set(second) == list_aired(scene, monday_s + WEEK_S + 9 * HOUR_S, monday_s + 2 * WEEK_S + 9 * HOUR_S)
    assert len(first) == len(second) == 2


@pytest.mark.parametrize("offset_s", [5 * HOUR_S + 1800, -11 * HOUR_S])
async def test_the_week_is_that_of_the_servers_clock(scene: Scene, offset_s: int) -> None:
    monday_s = scene.now_s
    (digest,) = await scene.records[0].list_follows(kinds=["digest"])
    changed = replace(digest, offset_s=offset_s, created_s=scene.now_s, delay_s=6 * DAY_S + 23 * HOUR_S)
    assert await scene.records[0].add_follow(changed) == "changed"
    first_s = monday_s + 6 * DAY_S + 23 * HOUR_S - offset_s
    for at_s in (first_s - MINUTE_S, first_s, first_s + WEEK_S):
        await play(scene, int(at_s - scene.clock.time()) // HOUR_S)
        await scene.go_to(at_s)
        await scene.build(scene.records[0]).work()
        assert len(scene.discord.messages) == (at_s >= first_s) + (at_s > first_s)
    assert Counter(list_digested(scene)).most_common(1)[0][1] == 1


@pytest.mark.parametrize("seed", [0, *(pytest.param(each, marks=pytest.mark.deep) for each in range(1, 8))])
async def test_over_weeks_of_crashes_outages_and_two_processes_all_is_told_once(scene: Scene, seed: int) -> None:
    rng, monday_s = random.Random(seed), scene.now_s
    chance = {Crash: 0.2, Undecided: 0.15, NotMade: 0.1}

    def fail() -> None:
        for error, share in chance.items():
            if rng.random() < share:
                raise error("away")

    def fail_later() -> None:
        if rng.random() < 0.3:
            raise rng.choice([Crash, Undecided])("away")

    scene.discord.before, scene.discord.after = fail, fail_later
    await scene.open()
    followers = [scene.build(records) for records in scene.records]
    while scene.clock.time() < monday_s + 2 * WEEK_S + DAY_S:
        for index, follower in enumerate(followers):
            try:
                await follower.work()
            except Crash:
                followers[index] = scene.build(scene.records[index])
        near = 8 * HOUR_S <= (scene.clock.time() - monday_s) % WEEK_S < 11 * HOUR_S
        await scene.clock.advance(rng.choice([130, 700]) if near else 8 * HOUR_S)
    scene.discord.before = scene.discord.after = lambda: None
    await play(scene, 18)
    told = Counter(list_digested(scene))
    expected = list_aired(scene, monday_s, monday_s + 2 * WEEK_S)
    assert told == dict.fromkeys(expected | set(told), 1)
    assert len(expected) >= 4
    assert {follow_id for follow_id, _ in scene.discord.told} == {9}


@pytest.mark.parametrize("step", ["before", "after"])
async def test_what_is_held_while_one_is_being_sent_is_told_by_the_next(scene: Scene, step: str) -> None:
    await play(scene, 7 * 24 + 8)
    await scene.clock.advance(HOUR_S)
    setattr(scene.discord, step, lambda: end(Crash()))
    with pytest.raises(Crash):
        await scene.build(scene.records[0]).work()
    setattr(scene.discord, step, lambda: None)
    scene.vndb.releases.append(build_release(scene))
    await scene.follow(3, 17, kind="vn", channel_id=CHANNEL)
    await play(scene, 2 * 24, follower=await scene.restart())
    assert len(scene.discord.digests) == 1
    assert (3, "r9") not in list_digested(scene)
    await play(scene, 6 * 24)
    assert list_digested(scene).count((3, "r9")) == 1


async def test_one_that_was_missed_for_days_comes_late_and_with_all(scene: Scene) -> None:
    monday_s = scene.now_s
    await play(scene, 7 * 24)
    await scene.go_to(monday_s + WEEK_S + 9 * HOUR_S + DIGEST_LATE_S - HOUR_S)
    await play(scene, 1)
    assert set(list_digested(scene)) >= list_aired(scene, monday_s, monday_s + WEEK_S)


async def test_where_it_was_ended_what_is_due_is_told_singly(scene: Scene) -> None:
    await play(scene, 9)
    await scene.go_to(scene.find_next()[1])
    await play(scene, 1)
    assert scene.discord.told == []
    await scene.records[0].delete_follow(9)
    await play(scene, 1)
    assert [follow_id for follow_id, _ in scene.discord.told] == [1]
    assert scene.discord.digests == {}


async def test_an_episode_that_is_put_off_is_not_in_the_digest_before_it_airs(scene: Scene) -> None:
    key, airs_s = scene.find_next()
    await scene.go_to(airs_s - MINUTE_S)
    await scene.build(scene.records[0]).work()
    scene.schedule.delays[WORK, int(key[1:])] = 8 * DAY_S
    await scene.go_to(airs_s)
    await scene.build(scene.records[0]).work()  # held, as it was known
    await play(scene, 7 * 24)
    assert (1, key) not in list_digested(scene)
    await play(scene, 7 * 24)
    assert list_digested(scene).count((1, key)) == 1


async def test_where_it_is_refused_it_ends_and_its_maker_is_told(scene: Scene) -> None:
    await play(scene, 7 * 24 + 8)
    scene.discord.before = lambda: end(Refused("gone"))
    await play(scene, 24)
    assert 9 in scene.discord.explained
    assert [one.id for one in await scene.records[0].list_follows(kinds=["digest"])] == []


async def test_what_may_not_be_named_there_makes_no_message(scene: Scene) -> None:
    scene.anilist.adult = {WORK, OTHER}
    await play(scene, 8 * 24)
    assert scene.discord.messages == []
    assert await scene.records[0].find_due(scene.now_s) == []


@pytest.mark.parametrize(("hours", "late"), [(1, 0), (3 * 24, 1)])
async def test_what_a_digest_holds_for_more_than_a_day_is_counted_since_it_is_told_by_that_digest_alone(
    scene: Scene, hours: int, late: int
) -> None:
    await play(scene, 9)
    key, airs_s = scene.find_next()
    await scene.go_to(airs_s)
    await play(scene, hours)
    records = scene.records[0]
    follows = {one.id: one for one in await records.list_follows()}
    assert await records.count_late(follows[1], scene.now_s) == late
    assert await records.count_late(follows[9], scene.now_s) >= late
    await records.delete_follow(9)
    await play(scene, 24)
    assert ((1, key) in scene.discord.told) == (late == 0)


@pytest.mark.parametrize("days", [5, 30])
async def test_what_is_held_outlasts_a_clock_that_is_set_back_and_put_right(scene: Scene, days: float) -> None:
    await play(scene, 9)
    key, airs_s = scene.find_next()
    await scene.go_to(airs_s + MINUTE_S)
    await play(scene, 2 * 24)
    scene.clock.set_back(days * DAY_S)
    follower = scene.build(scene.records[0])
    await follower.work()
    scene.clock.set_back(-days * DAY_S)
    await play(scene, 7 * 24)
    assert (1, key) in list_digested(scene)


@pytest.mark.parametrize("hours", [6, 48])
async def test_a_mark_that_is_taken_back_comes_off_what_is_held_too(scene: Scene, hours: int) -> None:
    """So many hours after it aired; the digest comes days later."""
    await play(scene, 9)
    key, airs_s = scene.find_next()
    scene.anilist.adult = {WORK}  # by mistake
    await scene.go_to(airs_s - HOUR_S)
    await play(scene, 1 + hours)
    scene.anilist.adult = set()
    await play(scene, 7 * 24 - hours)
    assert not next(one.adult for one in await scene.records[0].list_follows() if one.id == 1)
    assert (1, key) in list_digested(scene)


async def test_what_a_digest_had_that_is_ended_before_it_arrived_is_told_singly(scene: Scene) -> None:
    follower = scene.build(scene.records[0])
    await follower.work()
    key, airs_s = scene.find_next()
    await scene.go_to(airs_s - HOUR_S)
    # The digest comes two hours after that episode.
    (digest,) = await scene.records[0].list_follows(kinds=["digest"])
    await scene.records[0].delete_follow(digest.id)
    since_monday_s = int(airs_s + 2 * HOUR_S - 4 * 86_400) % (7 * 86_400)
    await scene.follow(9, 0, kind="digest", channel_id=1, delay_s=since_monday_s)
    await follower.work()
    await scene.go_to(airs_s + MINUTE_S)
    await follower.work()
    scene.discord.before = lambda: end(Undecided("502 Bad Gateway"))  # it was not sent
    await scene.go_to(airs_s + 2 * HOUR_S)
    await follower.work()
    assert scene.discord.messages == []
    scene.discord.before = lambda: None
    late = await scene.records[0].count_late((await scene.records[0].list_follows(kinds=["digest"]))[0], scene.now_s)
    await scene.records[0].delete_follow(9)
    for _ in range(12):
        await scene.clock.advance(10 * MINUTE_S)
        await follower.work()
    assert (late, scene.discord.told) == (0, [(1, key)])
