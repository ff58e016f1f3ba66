"""What somebody has on a list is told, as the list has it: once, to them alone, and never what is for adults."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.account.list_record import BELIEVED_S, ListRecords
from bot.account.model import Account, ListedWork, Service, Status
from bot.account.record import AccountRecords
from bot.follow.follower import SCHEDULE_S, Closed
from bot.follow.record import PER_PERSON
from bot.vndb.api.model import ReleaseTitle
from tests.follow.support import DAY_S, HOUR_S, OTHER, WORK, Scene, build_release
from tests.follow.test_follower import Mishaps, fail, play_days

PERSON, ELSE = 7, 8
LIST, SINGLE = 500, 501


async def put(scene: Scene, *works: int, service: Service = "AniList", status: Status = "current") -> None:
    """Have that be on the list of account 5, which is due."""
    lists = ListRecords(scene.databases[-1])
    kind = "anime" if service == "AniList" else "vn"
    await lists.take(service, at_most=9, now_s=scene.now_s)
    await lists.keep(service, "5", [ListedWork(work, kind, status, 0) for work in works], now_s=scene.now_s)


async def follow_list(
    scene: Scene, *works: int, service: Service = "AniList", status: Status = "current", by: int = PERSON
) -> None:
    if service == "AniList":  # a list is believed for days
        await scene.go_to(max(scene.clock.time(), scene.find_next()[1] - 2 * HOUR_S))
    await follow_list_now(scene, *works, service=service, status=status, by=by)


async def follow_list_now(
    scene: Scene, *works: int, service: Service = "AniList", status: Status = "current", by: int = PERSON
) -> None:
    accounts = AccountRecords(scene.databases[-1])
    await accounts.link(by, Account(service, "5", "somebody", public=True), now_s=1)
    direct = {"user_id": by, "guild_id": None, "channel_id": None}
    number = LIST if by == PERSON else LIST + 100
    await scene.follow(number, 0, kind="mine", title=service, **direct)
    await put(scene, *works, service=service, status=status)


async def work_around(scene: Scene, time_s: float) -> None:
    """Rounds well before that time, and just after it."""
    follower = scene.build(scene.records[-1])
    await scene.go_to(max(scene.clock.time(), time_s - 600))
    await follower.work()
    await scene.go_to(time_s + 1)
    for _ in range(3):
        await follower.work()


def list_keys(scene: Scene) -> list[str]:
    return [key for _, key in scene.discord.told]


@pytest.mark.parametrize("status", ["current", "planned"])
async def test_what_is_on_the_list_is_told_once(scene: Scene, status: Status) -> None:
    await follow_list(scene, WORK, status=status)
    key, airs_s = scene.find_next()
    await work_around(scene, airs_s)
    await work_around(scene, airs_s + 60)
    assert list_keys(scene) == [key]


@pytest.mark.parametrize("late_s", [300, 3000])
async def test_what_airs_before_the_schedule_of_a_new_list_is_read_is_told_once(scene: Scene, late_s: int) -> None:
    key, airs_s = scene.find_next()
    await scene.go_to(airs_s - 120)
    await follow_list(scene, WORK)
    await scene.go_to(airs_s + late_s)  # AniList was away
    for _ in range(3):
        await scene.build(scene.records[-1]).work()
        await scene.clock.advance(SCHEDULE_S)
    assert list_keys(scene) == [key]


@pytest.mark.parametrize("ago_s", [30, HOUR_S])
async def test_what_aired_before_the_list_was_followed_is_not_new(scene: Scene, ago_s: int) -> None:
    await scene.go_to(scene.find_next()[1] + ago_s)
    await follow_list_now(scene, WORK)
    for _ in range(2):
        await scene.build(scene.records[-1]).work()
    assert list_keys(scene) == []


async def test_what_aired_long_before_a_work_was_on_the_list_is_not_new(scene: Scene) -> None:
    _, airs_s = scene.find_next()
    await scene.go_to(airs_s - HOUR_S)
    await follow_list(scene)
    await scene.go_to(airs_s + HOUR_S)
    await put(scene, WORK)
    for _ in range(2):
        await scene.build(scene.records[-1]).work()
    assert list_keys(scene) == []


@pytest.mark.parametrize("status", ["finished", "paused", "dropped", "other"])
async def test_what_is_neither_watched_nor_planned_is_not_told(scene: Scene, status: Status) -> None:
    await follow_list(scene, WORK, status=status)
    await work_around(scene, scene.find_next()[1])
    assert list_keys(scene) == []


@pytest.mark.parametrize("left", [(), (OTHER,)])
async def test_a_work_that_leaves_the_list_is_told_no_more(scene: Scene, left: tuple[int, ...]) -> None:
    await follow_list(scene, WORK)
    _, airs_s = scene.find_next()
    follower = scene.build(scene.records[-1])
    await scene.go_to(airs_s - HOUR_S)
    await follower.work()
    await put(scene, *left)
    await scene.clock.advance(SCHEDULE_S)
    await follower.work()
    await scene.go_to(airs_s + 1)
    await follower.work()
    assert list_keys(scene) == []


async def test_one_question_is_for_all_followers(scene: Scene) -> None:
    await follow_list(scene, WORK)
    await follow_list(scene, WORK, by=ELSE)
    await scene.follow(3, OTHER)
    await scene.build(scene.records[-1]).work()
    assert scene.anilist.asked == [[WORK, OTHER]]


async def test_two_people_are_told_each_once_by_two_processes(scene: Scene) -> None:
    await follow_list(scene, WORK)
    await follow_list(scene, WORK, by=ELSE)
    key, airs_s = scene.find_next()
    processes = [scene.build(scene.records[-1]), scene.build(await scene.open())]
    for time_s in (airs_s - HOUR_S, airs_s + 1, airs_s + 2):
        await scene.go_to(time_s)
        await asyncio.gather(*(one.work() for one in processes))
    assert list_keys(scene) == [key, key]
    assert len({follow_id for follow_id, _ in scene.discord.told}) == 2


async def test_what_is_followed_singly_too_is_told_once(scene: Scene) -> None:
    await scene.follow(SINGLE, WORK, guild_id=None, channel_id=None)
    await follow_list(scene, WORK)
    key, airs_s = scene.find_next()
    await work_around(scene, airs_s)
    assert scene.discord.told == [(SINGLE, key)]


async def test_what_is_followed_singly_after_it_was_told_is_not_told_again(scene: Scene) -> None:
    await follow_list(scene, 17, service="VNDB", status="planned")
    scene.vndb.releases = [build_release(scene)]
    follower = scene.build(scene.records[-1])
    await follower.work()
    await follower.work()
    assert list_keys(scene) == ["r9"]
    await scene.follow(SINGLE, 17, kind="vn", guild_id=None, channel_id=None, language="en")
    await scene.clock.advance(2 * HOUR_S)
    await follower.work()
    await follower.work()
    assert list_keys(scene) == ["r9"]
    single, of_list = sorted(await scene.records[-1].list_follows(user_id=PERSON), key=lambda one: one.kind != "vn")
    assert (single.kind, single.language, single.part_of, of_list.kind) == ("vn", "en", None, "mine")


async def end(scene: Scene, how: str) -> None:
    """Have the single follow end, or be told in a channel."""
    single = await scene.records[-1].find_follow(SINGLE)
    assert single is not None
    if how == "ended":
        await scene.records[-1].delete_follow(SINGLE)
    else:
        moved = replace(single, guild_id=8, channel_id=9)
        assert await scene.records[-1].change_follow(moved, scene.now_s) == "changed"


@pytest.mark.parametrize("how", ["ended", "moved"])
@pytest.mark.parametrize("delay_s", [0, 60])
async def test_a_list_goes_on_where_a_single_follow_ends(scene: Scene, how: str, delay_s: int) -> None:
    key, airs_s = scene.find_next()
    await scene.go_to(airs_s - 1200)
    await scene.follow(SINGLE, WORK, guild_id=None, channel_id=None, delay_s=delay_s)
    await follow_list_now(scene, WORK)
    await work_around(scene, airs_s + delay_s)
    assert scene.discord.told == [(SINGLE, key)]
    await end(scene, how)
    for _ in range(2):
        await scene.clock.advance(SCHEDULE_S)
        await scene.build(scene.records[-1]).work()
    assert scene.discord.told == [(SINGLE, key)]
    later, airs_s = scene.find_next()
    await scene.go_to(airs_s - HOUR_S)
    await put(scene, WORK)
    await work_around(scene, airs_s + delay_s)
    direct = [told for follow_id, told in scene.discord.told if follow_id != SINGLE]
    assert direct == [later]


@pytest.mark.parametrize("how", ["ended", "moved"])
@pytest.mark.parametrize("language", ["en", None])
async def test_a_release_that_a_single_follow_told_is_not_told_by_the_list(
    scene: Scene, how: str, language: str | None
) -> None:
    await scene.follow(SINGLE, 17, kind="vn", guild_id=None, channel_id=None, language=language)
    await follow_list(scene, 17, service="VNDB", status="planned")
    scene.vndb.releases = [build_release(scene)]
    for _ in range(2):
        await scene.build(scene.records[-1]).work()
    assert scene.discord.told == [(SINGLE, "r9")]
    await end(scene, how)
    scene.vndb.releases = [build_release(scene), build_release(scene, "r10")]
    await scene.clock.advance(2 * HOUR_S)
    for _ in range(2):
        await scene.build(scene.records[-1]).work()
    direct = [told for follow_id, told in scene.discord.told if follow_id != SINGLE]
    assert direct == ["r10"]


async def test_what_one_of_two_single_follows_does_not_tell_any_more_the_other_may(scene: Scene) -> None:
    for number, language in ((SINGLE, "en"), (SINGLE + 1, "ja")):
        await scene.follow(number, 17, kind="vn", guild_id=None, channel_id=None, language=language)
    await follow_list(scene, 17, service="VNDB", status="planned")
    await end(scene, "ended")
    scene.vndb.releases = [build_release(scene)]
    for _ in range(2):
        await scene.build(scene.records[-1]).work()
    assert scene.discord.told == [(SINGLE + 1, "r9")]


@pytest.mark.parametrize("how", ["ended", "moved"])
async def test_what_one_of_two_single_follows_told_is_told_when_both_have_ended(scene: Scene, how: str) -> None:
    for number, language in ((SINGLE, "en"), (SINGLE + 1, "ja")):
        await scene.follow(number, 17, kind="vn", guild_id=None, channel_id=None, language=language)
    await follow_list(scene, 17, service="VNDB", status="planned")
    scene.vndb.releases = [build_release(scene, languages=[ReleaseTitle("en")])]
    for _ in range(2):
        await scene.build(scene.records[-1]).work()
    await end(scene, how)
    await scene.records[-1].delete_follow(SINGLE + 1)
    await scene.clock.advance(2 * HOUR_S)
    for _ in range(2):
        await scene.build(scene.records[-1]).work()
    assert scene.discord.told == [(SINGLE, "r9")]


async def test_a_follow_that_moves_to_direct_messages_tells_nothing_that_the_list_told(scene: Scene) -> None:
    key, airs_s = scene.find_next()
    await scene.follow(SINGLE, WORK, delay_s=HOUR_S)
    await follow_list(scene, WORK)
    await work_around(scene, airs_s)
    ((part_id, told),) = scene.discord.told
    assert (part_id != SINGLE, told) == (True, key)
    single = await scene.records[-1].find_follow(SINGLE)
    assert single is not None
    moved = replace(single, guild_id=None, channel_id=None, delay_s=2 * HOUR_S)
    assert await scene.records[-1].change_follow(moved, scene.now_s) == "changed"
    await work_around(scene, airs_s + 2 * HOUR_S)
    assert scene.discord.told == [(part_id, key)]


async def test_a_move_that_is_refused_leaves_the_part_of_the_list_alone(scene: Scene) -> None:
    await scene.follow(SINGLE, 17, kind="vn")
    await follow_list(scene, 17, service="VNDB", status="planned")
    scene.vndb.releases = [build_release(scene)]
    for _ in range(2):
        await scene.build(scene.records[-1]).work()
    told = sorted(scene.discord.told)
    assert len(told) == 2
    for number in range(PER_PERSON - 1):
        await scene.follow(1000 + number, 100 + number, kind="vn", guild_id=None, channel_id=None)
    single = await scene.records[-1].find_follow(SINGLE)
    assert single is not None
    moved = replace(single, guild_id=None, channel_id=None)
    assert await scene.records[-1].change_follow(moved, scene.now_s) == "full"
    await scene.clock.advance(2 * HOUR_S)
    for _ in range(2):
        await scene.build(scene.records[-1]).work()
    assert sorted(scene.discord.told) == told


async def test_what_is_for_adults_is_not_told(scene: Scene) -> None:
    scene.anilist.adult = {WORK}
    await follow_list(scene, WORK)
    await work_around(scene, scene.find_next()[1])
    assert (scene.discord.sendings, scene.discord.explained) == (0, {})


async def test_what_becomes_adult_is_told_no_more(scene: Scene) -> None:
    await follow_list(scene, WORK)
    _, airs_s = scene.find_next()
    follower = scene.build(scene.records[-1])
    await scene.go_to(airs_s - HOUR_S)
    await follower.work()
    scene.anilist.adult = {WORK}
    await scene.go_to(airs_s + 1)
    await follower.work()
    assert (scene.discord.sendings, scene.discord.explained) == (0, {})


@pytest.mark.parametrize("how", ["unlinked", "stopped", "deleted"])
async def test_with_its_end_nothing_of_it_is_kept_or_told(scene: Scene, how: str) -> None:
    await follow_list(scene, WORK)
    _, airs_s = scene.find_next()
    follower, records = scene.build(scene.records[-1]), scene.records[-1]
    await scene.go_to(airs_s - HOUR_S)
    await follower.work()
    assert [one.part_of for one in await records.list_follows(kinds=("anime",))] == [LIST]
    if how == "unlinked":
        await AccountRecords(scene.databases[-1]).unlink(PERSON, "AniList")
    elif how == "stopped":
        await records.delete_follow(LIST)
    elif how == "deleted":
        async with scene.databases[-1].write() as connection:
            assert await records.forget(connection, "person", PERSON) == 1

    await scene.go_to(airs_s + 1)
    await follower.work()
    await follower.work()
    assert (await records.list_follows(), scene.discord.told) == ([], [])
    assert await ListRecords(scene.databases[-1]).take("AniList", at_most=9, now_s=scene.now_s + 2 * DAY_S) == []
    assert scene.discord.sendings == 0


async def refuse_next(scene: Scene) -> None:
    """An episode is told to a person who takes no messages."""
    _, airs_s = scene.find_next()
    await scene.go_to(airs_s - HOUR_S)
    await put(scene, WORK)
    await scene.build(scene.records[-1]).work()
    scene.discord.before = fail(Closed("no"))
    await work_around(scene, airs_s)
    scene.discord.before = lambda: None


async def test_a_list_ends_with_all_its_parts_when_three_notices_in_a_row_found_no_direct_messages(
    scene: Scene,
) -> None:
    await follow_list(scene, WORK)
    records = scene.records[-1]
    for number in (1, 2):
        await refuse_next(scene)
        (kept,) = await records.list_follows(user_id=PERSON)
        assert (kept.id, kept.refusals) == (LIST, number)
    await refuse_next(scene)
    assert (await records.list_follows(), scene.discord.told, scene.discord.explained) == ([], [], {})


async def test_a_notice_that_arrives_makes_up_for_what_a_list_was_refused(scene: Scene) -> None:
    await follow_list(scene, WORK)
    await refuse_next(scene)
    await scene.clock.advance(HOUR_S)
    await scene.build(scene.records[-1]).work()
    assert len(scene.discord.told) == 1
    (kept,) = await scene.records[-1].list_follows(user_id=PERSON)
    assert kept.refusals == 0


async def test_a_list_that_could_not_be_read_for_days_is_not_gone_by(scene: Scene) -> None:
    await follow_list(scene, WORK)
    key, airs_s = scene.find_next()
    await work_around(scene, airs_s)
    await scene.go_to(airs_s + BELIEVED_S)
    await work_around(scene, scene.find_next()[1])
    assert list_keys(scene) == [key]


async def test_a_long_list_takes_no_place_of_single_follows(scene: Scene) -> None:
    works = sorted({one.work.id for one in scene.schedule.list_all()})
    await follow_list(scene, *works)
    await scene.build(scene.records[-1]).work()
    records = scene.records[-1]
    assert len(await records.list_follows(kinds=("anime",))) > 1
    assert [one.id for one in await records.list_follows(user_id=PERSON)] == [LIST]
    assert await records.lists.count_works(PERSON, "AniList", scene.now_s) == len(works)


async def test_over_days_with_restarts_and_outages_each_episode_is_told_exactly_once(tmp_path: Path) -> None:
    scene = Scene(tmp_path, seed=3)
    await scene.open()
    works = sorted({one.work.id for one in scene.schedule.list_all()})
    await follow_list(scene, *works)
    await follow_list(scene, *works, by=ELSE)
    await scene.restart()
    start_s = scene.now_s
    airing = [one for one in scene.schedule.list_all() if start_s <= one.airs_s < start_s + DAY_S]
    assert airing
    mishaps = Mishaps(scene.rng)
    scene.discord.before, scene.discord.after = mishaps.before, mishaps.after
    assert await play_days(scene, mishaps, start_s + DAY_S + 8 * HOUR_S, steps_s=[60, 130, 600, 1800]) > 0
    owners = {one.id: (one.user_id, one.subject_id) for one in await scene.records[-1].list_follows(kinds=("anime",))}
    told = Counter((*owners[follow_id], key) for follow_id, key in scene.discord.told)
    wanted = {(person, one.work.id, f"e{one.number}") for one in airing for person in (PERSON, ELSE)}
    assert wanted <= set(told)
    assert set(told.values()) == {1}
    await scene.close()
