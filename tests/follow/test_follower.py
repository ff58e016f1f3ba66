"""Following, with everything around it: a real database, an airing schedule, and a Discord that fails in every way."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.follow.follower import SCHEDULE_S, Closed, Follower, Refused, Undecided
from tests.follow.support import DAY_S, HOUR_S, MINUTE_S, OTHER, WORK, Crash, Scene, build_release

# A week


@dataclass
class Mishaps:
    """What goes wrong in the week: Discord fails or the process ends before or after a message is sent."""

    rng: random.Random
    discord_away: bool = False

    def before(self) -> None:
        if self.discord_away or self.rng.random() < 0.1:
            raise Undecided("away")
        if self.rng.random() < 0.1:
            raise Crash

    def after(self) -> None:
        chance = self.rng.random()
        if chance < 0.15:
            raise Crash
        if chance < 0.3:
            raise Undecided("500, but the message is there")


async def play_days(scene: Scene, mishaps: Mishaps, end_s: float, *, steps_s: Sequence[int]) -> int:
    """Run until then, with outages of hours and restarts, and one of these steps between two rounds.

    Return how many restarts there were.
    """
    restarts = 0
    follower = await scene.restart(flaky=True)
    while scene.clock.time() < end_s:
        hour = int(scene.clock.time() // HOUR_S)
        mishaps.discord_away = hour % 19 in {0, 1, 2, 3}
        scene.anilist.away = hour % 23 in {5, 6, 7, 8, 9}
        try:
            await follower.work()
        except Crash:
            restarts += 1
            await scene.clock.advance(scene.rng.choice([10, 100, 150, 1000, 2 * HOUR_S]))
            follower = await scene.restart(flaky=True)
            continue
        if scene.rng.random() < 0.01:
            restarts += 1
            follower = await scene.restart(flaky=True)
        await scene.clock.advance(scene.rng.choice(steps_s))
    return restarts


# A day of it every day, in larger steps, the weeks with the thorough ones: each takes seconds.
@pytest.mark.parametrize(("days", "seed"), [(1, 0), *(pytest.param(7, n, marks=pytest.mark.deep) for n in range(8))])
async def test_over_days_with_restarts_and_outages_each_episode_is_told_exactly_once(
    tmp_path: Path, days: int, seed: int
) -> None:
    scene = Scene(tmp_path, seed=seed)
    await scene.open()
    works = sorted({one.work.id for one in scene.schedule.list_all()})
    follows = [
        await scene.follow(100 + index, work, delay_s=index % 3 * HOUR_S) for index, work in enumerate([*works, *works])
    ]
    start_s = scene.now_s
    end_s = start_s + days * DAY_S
    # The second half of them is put off by three hours, before anybody is told.
    airing = [one for one in scene.schedule.list_all() if start_s <= one.airs_s < end_s]
    for one in airing[::2]:
        scene.schedule.delays[one.work.id, one.number] = 3 * HOUR_S
    mishaps = Mishaps(scene.rng)
    scene.discord.before, scene.discord.after = mishaps.before, mishaps.after
    steps_s = [60, 130, 300, 300, 600] if days > 1 else [60, 130, 600, 1800]
    restarts = await play_days(scene, mishaps, end_s + DAY_S, steps_s=steps_s)
    await scene.close()
    airs_s = {(one.work.id, f"e{one.number}"): one.airs_s for one in scene.schedule.list_all()}
    expected = {
        (follow.id, key): due_s + follow.delay_s
        for follow in follows
        for (work, key), due_s in airs_s.items()
        if work == follow.subject_id and start_s <= due_s + follow.delay_s < end_s and due_s >= start_s
    }
    counts = Counter(told for told in scene.discord.told if told in expected)
    assert counts == dict.fromkeys(expected, 1)
    assert max(Counter(scene.discord.told).values()) == 1
    late_s = [
        sent_s - expected[follow_id, key]
        for follow_id, key, sent_s in scene.discord.messages
        if (follow_id, key) in expected
    ]
    assert min(late_s) >= 0
    assert max(late_s) < DAY_S
    assert restarts > days
    assert len(expected) > days


# One episode


async def test_an_episode_is_told_when_it_airs_and_not_before(scene: Scene) -> None:
    await scene.follow(1, WORK)
    key, airs_s = scene.find_next()
    follower = scene.build(scene.records[0])
    await scene.go_to(airs_s - 1)
    await follower.work()
    assert scene.discord.told == []
    await scene.go_to(airs_s)
    await follower.work()
    assert scene.discord.told == [(1, key)]


async def test_with_a_delay_it_is_told_later(scene: Scene) -> None:
    await scene.follow(1, WORK, delay_s=HOUR_S)
    key, airs_s = scene.find_next()
    follower = scene.build(scene.records[0])
    await scene.go_to(airs_s + HOUR_S - 1)
    await follower.work()
    assert scene.discord.told == []
    await scene.go_to(airs_s + HOUR_S)
    await follower.work()
    assert scene.discord.told == [(1, key)]


async def test_an_episode_that_is_put_off_for_weeks_is_not_told(scene: Scene) -> None:
    await scene.follow(1, WORK)
    key, airs_s = scene.find_next()
    follower = scene.build(scene.records[0])
    await scene.go_to(airs_s - HOUR_S)
    await follower.work()
    scene.schedule.delays[WORK, int(key[1:])] = 14 * DAY_S
    await scene.go_to(airs_s - 10 * MINUTE_S)
    await follower.work()
    await scene.go_to(airs_s + MINUTE_S)
    await follower.work()
    assert scene.discord.told == []


async def read_then_postpone(scene: Scene, *, by_s: int) -> tuple[Follower, str, int]:
    """The schedule was read five minutes before an episode, which was then put off. Its key and when it was to air."""
    await scene.follow(1, WORK)
    await scene.follow(2, OTHER)
    key, airs_s = scene.find_next()
    follower = scene.build(scene.records[0])
    await scene.go_to(airs_s - 5 * MINUTE_S)
    await follower.work()
    scene.schedule.delays[WORK, int(key[1:])] = by_s
    scene.anilist.asked.clear()
    await scene.go_to(airs_s)
    return follower, key, airs_s


@pytest.mark.parametrize("by_s", [HOUR_S, 7 * DAY_S])
async def test_an_episode_that_is_put_off_in_the_last_minutes_is_told_when_it_airs(scene: Scene, by_s: int) -> None:
    follower, key, airs_s = await read_then_postpone(scene, by_s=by_s)
    await follower.work()
    assert scene.discord.told == []
    assert scene.anilist.asked == [[WORK]]
    await scene.go_to(airs_s + by_s)
    await follower.work()
    assert (1, key) in scene.discord.told


async def test_when_the_schedule_cannot_be_read_again_an_episode_is_told_as_known(scene: Scene) -> None:
    follower, key, airs_s = await read_then_postpone(scene, by_s=7 * DAY_S)
    scene.anilist.away = True
    await follower.work()
    assert scene.discord.told == [(1, key)]
    scene.anilist.away = False
    await scene.go_to(airs_s + 7 * DAY_S)
    await follower.work()
    assert [told for told in scene.discord.told if told[0] == 1].count((1, key)) == 2


async def test_an_episode_that_was_told_and_moves_by_a_little_is_told_once(scene: Scene) -> None:
    follower, key, airs_s = await read_then_postpone(scene, by_s=HOUR_S)
    scene.anilist.away = True
    await follower.work()
    scene.anilist.away = False
    await scene.go_to(airs_s + HOUR_S)
    await follower.work()
    assert scene.discord.told == [(1, key)]


async def test_a_schedule_that_was_just_read_is_not_read_again(scene: Scene) -> None:
    await scene.follow(1, WORK)
    key, airs_s = scene.find_next()
    await scene.go_to(airs_s)
    await scene.build(scene.records[0]).work()
    assert (scene.discord.told, len(scene.anilist.asked)) == ([(1, key)], 1)


async def test_a_clock_that_is_set_back_delays_no_look_at_the_schedule(scene: Scene) -> None:
    await scene.follow(1, WORK)
    follower = scene.build(scene.records[0])
    await follower.work()
    asked = len(scene.anilist.asked)
    scene.clock.set_back(5 * HOUR_S)
    await scene.clock.advance(SCHEDULE_S)
    await follower.work()
    assert len(scene.anilist.asked) == asked + 1


async def test_what_may_not_be_told_costs_no_further_question(scene: Scene) -> None:
    await scene.follow(1, WORK)
    scene.anilist.adult = {WORK}
    _, airs_s = scene.find_next()
    await scene.go_to(airs_s)
    follower = scene.build(scene.records[0])
    for _ in range(5):
        await follower.work()
        await scene.clock.advance(MINUTE_S + 1)
    assert len(scene.anilist.asked) == 1


async def test_an_episode_from_before_the_follow_is_not_told(scene: Scene) -> None:
    _, airs_s = scene.find_next()
    await scene.go_to(airs_s + MINUTE_S)
    await scene.follow(1, WORK)
    await scene.build(scene.records[0]).work()
    assert scene.discord.told == []


async def test_after_more_than_a_day_it_is_not_told(scene: Scene) -> None:
    await scene.follow(1, WORK)
    _, airs_s = scene.find_next()
    follower = scene.build(scene.records[0])
    await scene.go_to(airs_s - HOUR_S)
    await follower.work()
    await scene.go_to(airs_s + DAY_S)
    await follower.work()
    assert scene.discord.told == []


async def test_one_question_serves_everybody(scene: Scene) -> None:
    for follow_id in range(1, 11):
        await scene.follow(follow_id, WORK if follow_id % 2 else OTHER)
    follower = scene.build(scene.records[0])
    for _ in range(10):
        await follower.work()
        await scene.clock.advance(MINUTE_S)
    assert scene.anilist.asked in ([[WORK, OTHER]], 2 * [[WORK, OTHER]])  # ten minutes may have begun meanwhile


async def test_who_follows_nothing_costs_no_question(scene: Scene) -> None:
    await scene.build(scene.records[0]).work()
    assert (scene.anilist.asked, scene.vndb.queries) == ([], [])


async def test_two_processes_tell_it_once(scene: Scene) -> None:
    for follow_id in range(1, 6):
        await scene.follow(follow_id, WORK)
    _, airs_s = scene.find_next()
    both = [scene.build(scene.records[0]), scene.build(await scene.open())]
    await scene.go_to(airs_s)
    await asyncio.gather(*(one.work() for one in both))
    assert sorted(follow_id for follow_id, _ in scene.discord.told) == [1, 2, 3, 4, 5]


async def test_an_outage_is_one_line_of_the_log(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    await scene.follow(1, WORK)
    scene.anilist.away = True
    follower = scene.build(scene.records[0])
    for _ in range(5):
        await follower.work()
        await scene.clock.advance(MINUTE_S)
    assert len([one for one in caplog.records if "AniList" in one.getMessage()]) == 1
    scene.anilist.away = False
    await follower.work()
    assert "it works again" in caplog.text


# Between "sending" and "told"


def fail(error: BaseException) -> Callable[[], None]:
    def raise_it() -> None:
        raise error

    return raise_it


async def crash_after_sending(scene: Scene) -> tuple[str, Follower]:
    """A notice that was sent by a process that ended before it could record that; and the next process."""
    await scene.follow(1, WORK)
    key, airs_s = scene.find_next()
    await scene.go_to(airs_s)
    scene.discord.after = fail(Crash())
    with pytest.raises(Crash):
        await scene.build(scene.records[0]).work()
    scene.discord.after = lambda: None
    return key, await scene.restart()


async def test_what_another_process_sends_is_left_to_it(scene: Scene) -> None:
    _, follower = await crash_after_sending(scene)
    await scene.clock.advance(100)
    await follower.work()
    assert scene.discord.sendings == 1


async def test_a_notice_that_arrived_is_found_and_not_sent_again(scene: Scene) -> None:
    key, follower = await crash_after_sending(scene)
    await scene.clock.advance(HOUR_S)
    await follower.work()
    await scene.clock.advance(HOUR_S)
    await follower.work()
    assert (scene.discord.told, scene.discord.sendings) == ([(1, key)], 1)


async def test_where_nothing_may_be_read_the_nonce_keeps_it_from_being_there_twice(scene: Scene) -> None:
    key, follower = await crash_after_sending(scene)
    scene.discord.readable = False
    await scene.clock.advance(150)
    await follower.work()
    assert (scene.discord.told, scene.discord.sendings) == ([(1, key)], 2)


async def test_where_nothing_may_be_read_it_is_not_sent_again_later(scene: Scene) -> None:
    key, follower = await crash_after_sending(scene)
    scene.discord.readable = False
    await scene.clock.advance(HOUR_S)
    await follower.work()
    assert (scene.discord.told, scene.discord.sendings) == ([(1, key)], 1)


async def test_a_notice_that_never_arrived_is_sent_again(scene: Scene) -> None:
    await scene.follow(1, WORK)
    key, airs_s = scene.find_next()
    await scene.go_to(airs_s)
    scene.discord.before = fail(Undecided("away"))
    follower = scene.build(scene.records[0])
    await follower.work()
    assert scene.discord.told == []
    scene.discord.before = lambda: None
    await scene.clock.advance(HOUR_S)
    await follower.work()
    assert scene.discord.told == [(1, key)]


async def test_each_time_that_it_is_sent_it_begins_anew(scene: Scene) -> None:
    await scene.follow(1, WORK)
    _, airs_s = scene.find_next()
    await scene.go_to(airs_s)
    scene.discord.before = fail(Undecided("away"))
    follower = scene.build(scene.records[0])
    await follower.work()
    await scene.clock.advance(HOUR_S)
    again_s = scene.now_s
    scene.discord.before, scene.discord.after = lambda: None, fail(Undecided("500"))
    await follower.work()
    (lost,) = await scene.records[0].find_due(again_s + HOUR_S)
    assert (lost.sending, lost.begun_s) == (True, again_s)


# Refusals


async def refuse(scene: Scene, error: BaseException, *, hours: int) -> None:
    _, airs_s = scene.find_next()
    await scene.go_to(airs_s)
    scene.discord.before = fail(error)
    follower = scene.build(scene.records[0])
    for _ in range(hours):
        await follower.work()
        await scene.clock.advance(HOUR_S)


async def test_after_three_refusals_the_follow_is_deleted_and_its_maker_told(scene: Scene) -> None:
    await scene.follow(1, WORK)
    await refuse(scene, Refused("gone"), hours=2)
    assert await scene.records[0].find_follow(1)
    await scene.build(scene.records[0]).work()
    assert await scene.records[0].find_follow(1) is None
    assert scene.discord.explained == {1: False}


async def test_a_person_who_takes_no_messages_for_an_evening_is_told_afterwards(scene: Scene) -> None:
    await scene.follow(1, WORK, channel_id=None, guild_id=None)
    await refuse(scene, Closed("no"), hours=9)
    (kept,) = await scene.records[0].list_follows()
    assert kept.refusals == 1
    scene.discord.before = lambda: None
    await scene.build(scene.records[0]).work()
    assert len(scene.discord.told) == 1
    (kept,) = await scene.records[0].list_follows()
    assert kept.refusals == 0


async def test_a_person_who_took_no_messages_at_three_notices_is_told_no_more(scene: Scene) -> None:
    await scene.follow(1, WORK, channel_id=None, guild_id=None)
    for number in range(3):
        assert [one.refusals for one in await scene.records[0].list_follows()] == [number]
        await refuse(scene, Closed("no"), hours=26)
    assert (await scene.records[0].list_follows(), scene.discord.explained) == ([], {})


async def test_refusals_of_one_place_do_not_count_in_another(scene: Scene) -> None:
    await scene.follow(1, WORK)
    await refuse(scene, Refused("no"), hours=2)
    (refused,) = await scene.records[0].list_follows()
    assert await scene.records[0].change_follow(replace(refused, channel_id=99), scene.now_s) == "changed"
    (moved,) = await scene.records[0].list_follows()
    assert (refused.refusals, moved.refusals) == (2, 0)


async def test_a_refusal_that_passes_is_forgotten(scene: Scene) -> None:
    await scene.follow(1, WORK)
    await refuse(scene, Refused("no"), hours=2)
    scene.discord.before = lambda: None
    await scene.build(scene.records[0]).work()
    assert len(scene.discord.told) == 1
    await refuse(scene, Refused("no"), hours=2)
    assert await scene.records[0].find_follow(1)


async def test_an_adult_episode_is_told_in_age_restricted_channels_only(scene: Scene) -> None:
    await scene.follow(1, WORK)
    await scene.follow(2, WORK)
    await scene.follow(3, WORK, channel_id=None, guild_id=None)
    scene.anilist.adult, scene.discord.age_restricted = {WORK}, {2}
    key, airs_s = scene.find_next()
    await scene.go_to(airs_s)
    await scene.build(scene.records[0]).work()
    assert scene.discord.told == [(2, key)]


# Releases


@pytest.mark.parametrize(
    ("wish", "told"),
    [
        ({"kind": "vn"}, True),
        ({"kind": "vn", "language": "en"}, True),
        ({"kind": "vn", "language": "ja", "platform": "win"}, True),
        ({"kind": "vn", "language": "de"}, False),
        ({"kind": "vn", "platform": "swi"}, False),
    ],
)
async def test_a_release_is_told_to_those_who_want_such_ones(scene: Scene, wish: dict[str, object], told: bool) -> None:
    await scene.follow(1, 17, **wish)
    scene.vndb.releases = [build_release(scene)]
    await scene.build(scene.records[0]).work()
    assert scene.discord.told == [(1, "r9")] * told


@pytest.mark.parametrize(
    ("kind", "subject_id", "told"),
    [("vn", 17, True), ("vn", 18, False), ("developer", 5, True), ("developer", 6, False), ("developer", 17, False)],
)
async def test_a_release_is_told_to_those_who_follow_its_novel_or_developer(
    scene: Scene, kind: str, subject_id: int, told: bool
) -> None:
    await scene.follow(1, subject_id, kind=kind)
    scene.vndb.releases = [build_release(scene)]
    await scene.build(scene.records[0]).work()
    assert scene.discord.told == [(1, "r9")] * told


async def test_a_release_is_told_once_however_often_it_is_found(scene: Scene) -> None:
    await scene.follow(1, 17, kind="vn")
    scene.vndb.releases = [build_release(scene)]
    for _ in range(26):  # into the next day
        follower = await scene.restart()
        await follower.work()
        await scene.clock.advance(HOUR_S)
    assert scene.discord.told == [(1, "r9")]


async def test_a_release_of_another_day_is_not_told(scene: Scene) -> None:
    await scene.follow(1, 17, kind="vn")
    scene.vndb.releases = [
        build_release(scene, "r1", days=1),
        build_release(scene, "r2", days=-1),
        build_release(scene, "r3", released="2027"),
        build_release(scene, "r4", released=None),
    ]
    await scene.build(scene.records[0]).work()
    assert scene.discord.told == []


async def test_vndb_is_asked_once_an_hour_for_everybody(scene: Scene) -> None:
    for follow_id in range(1, 6):
        await scene.follow(follow_id, follow_id, kind="vn")
    follower = scene.build(scene.records[0])
    for _ in range(60):
        await follower.work()
        await scene.clock.advance(MINUTE_S)
    assert len(scene.vndb.queries) == 1


async def test_a_fault_in_one_round_does_not_end_the_others(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    await scene.follow(1, WORK)
    await scene.go_to(scene.find_next()[1])
    scene.discord.before = fail(ValueError("a fault of ours"))
    follower = scene.build(scene.records[0])
    await follower.work()
    assert "notices failed" in caplog.text
    assert scene.discord.messages == []
    scene.discord.before = lambda: None
    await scene.clock.advance(20 * 60)
    await follower.work()
    assert len(scene.discord.messages) == 1
