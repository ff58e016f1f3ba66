"""Daily posts: once a day, by the server's own day, and not made up for on another."""

from __future__ import annotations

import shutil
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.follow.follower import NotMade
from tests.follow.support import DAY_S, HOUR_S, MINUTE_S, Crash, Scene


@pytest.fixture
async def scene(tmp_path: Path, new_database: Path) -> AsyncGenerator[Scene]:
    """Midnight in UTC."""
    shutil.copy(new_database, tmp_path)
    scene = Scene(tmp_path)
    await scene.open()
    await scene.go_to((scene.now_s // DAY_S + 1) * DAY_S)
    yield scene
    await scene.close()


async def post_daily(scene: Scene, *, hour: int = 9, offset_s: int = 0) -> None:
    await scene.follow(1, 0, kind="birthday", delay_s=hour * HOUR_S, offset_s=offset_s)


def end(error: BaseException) -> None:
    raise error


@pytest.mark.parametrize(
    ("offset_s", "first_s"), [(0, 9 * HOUR_S), (2 * HOUR_S, 7 * HOUR_S), (-5 * HOUR_S, 14 * HOUR_S)]
)
async def test_each_day_has_one_at_its_hour_whatever_restarts(scene: Scene, offset_s: int, first_s: int) -> None:
    await post_daily(scene, offset_s=offset_s)
    begun_s = scene.now_s
    follower = scene.build(scene.records[0])
    # Around its hour and around the server's midnight; in between, nothing is new.
    near = {(at_s // HOUR_S + beside) % 24 for at_s in (first_s, -offset_s) for beside in (-1, 0, 1)}
    for count, hour in enumerate(hour for hour in range(1, 3 * 24 + 1) if hour % 24 in near):
        await scene.go_to(begun_s + hour * HOUR_S)
        await follower.work()
        if count % 2 == 0:
            follower = await scene.restart()
    told = [sent_s - begun_s for _, _, sent_s in scene.discord.messages]
    assert told == [first_s, first_s + DAY_S, first_s + 2 * DAY_S]
    assert len({key for _, key in scene.discord.told}) == 3


async def test_two_processes_post_it_once_and_a_crash_does_not_double_it(scene: Scene) -> None:
    await post_daily(scene)
    await scene.clock.advance(9 * HOUR_S)
    first, second = scene.build(scene.records[0]), scene.build(await scene.open())
    scene.discord.after = lambda: end(Crash())
    with pytest.raises(Crash):
        await first.work()
    scene.discord.after = lambda: None
    for _ in range(3):
        await second.work()
        await scene.clock.advance(HOUR_S)
    assert len(scene.discord.told) == 1


@pytest.mark.parametrize("sent", [True, False])
async def test_what_a_crash_left_is_looked_for_the_day_after_and_not_posted_then(scene: Scene, sent: bool) -> None:
    await post_daily(scene, hour=23)
    await scene.clock.advance(24 * HOUR_S - MINUTE_S)
    if sent:
        scene.discord.after = lambda: end(Crash())
    else:
        scene.discord.before = lambda: end(Crash())
    with pytest.raises(Crash):
        await scene.build(scene.records[0]).work()
    scene.discord.before = scene.discord.after = lambda: None
    await scene.clock.advance(HOUR_S)
    await (await scene.restart()).work()
    assert len(scene.discord.told) == int(sent)
    (made,) = await scene.records[-1].list_follows()
    assert await scene.records[-1].change_follow(replace(made, channel_id=6), scene.now_s) == "changed"


async def test_what_was_missed_is_made_up_for_on_the_same_day_only(scene: Scene) -> None:
    await post_daily(scene)
    await scene.build(scene.records[0]).work()
    await scene.clock.advance(DAY_S - MINUTE_S)
    await (await scene.restart()).work()
    assert len(scene.discord.told) == 1
    await scene.clock.advance(DAY_S + MINUTE_S)  # the whole next day was missed; it is just after midnight
    await (await scene.restart()).work()
    assert len(scene.discord.told) == 1


async def test_what_cannot_be_made_waits_and_is_posted_later_that_day(scene: Scene) -> None:
    await post_daily(scene)
    await scene.clock.advance(9 * HOUR_S)
    follower = scene.build(scene.records[0])
    scene.discord.before = lambda: end(NotMade("VNDB is away"))
    await follower.work()
    scene.discord.before = lambda: None
    await follower.work()
    assert scene.discord.told == []
    await scene.clock.advance(HOUR_S)
    await follower.work()
    assert len(scene.discord.told) == 1


async def test_another_hour_gives_no_second_post_of_the_day(scene: Scene) -> None:
    await post_daily(scene, hour=1)
    await scene.clock.advance(HOUR_S)
    follower = scene.build(scene.records[0])
    await follower.work()
    (made,) = await scene.records[0].list_follows()
    assert await scene.records[0].add_follow(replace(made, id=2, delay_s=20 * HOUR_S)) == "changed"
    await scene.clock.advance(20 * HOUR_S)
    await follower.work()
    assert len(scene.discord.told) == 1


async def play_hours(scene: Scene, hours: int) -> list[float]:
    """When something was posted in that time."""
    before = len(scene.discord.messages)
    follower = scene.build(scene.records[0])
    await follower.work()
    for _ in range(hours):
        await scene.clock.advance(HOUR_S)
        await follower.work()
    return [sent_s for _, _, sent_s in scene.discord.messages[before:]]


async def test_changed_to_an_hour_that_has_passed_it_comes_tomorrow(scene: Scene) -> None:
    midnight_s = scene.now_s
    await post_daily(scene, hour=20)
    assert await play_hours(scene, 15) == []
    (made,) = await scene.records[0].list_follows()
    changed = replace(made, id=2, delay_s=9 * HOUR_S, created_s=scene.now_s)
    assert await scene.records[0].add_follow(changed) == "changed"
    assert await play_hours(scene, 24) == [midnight_s + DAY_S + 9 * HOUR_S]


async def test_another_clock_is_that_of_all_the_servers_posts_and_makes_up_for_no_hour_that_passed(
    scene: Scene,
) -> None:
    midnight_s = scene.now_s
    await post_daily(scene, hour=9)
    assert await play_hours(scene, 8) == []
    other = replace((await scene.records[0].list_follows())[0], id=2, kind="quote", created_s=scene.now_s)
    assert await scene.records[0].add_follow(replace(other, offset_s=5 * HOUR_S)) == "added"
    assert {one.offset_s for one in await scene.records[0].list_follows()} == {5 * HOUR_S}
    assert await play_hours(scene, 24) == 2 * [midnight_s + DAY_S + 4 * HOUR_S]
