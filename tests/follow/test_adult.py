"""What turns out to be for adults after it was followed."""

from __future__ import annotations

from msgspec.structs import replace

from bot.follow.follower import Undecided
from bot.follow.record import LEASE_S
from tests.follow.support import HOUR_S, OTHER, WORK, Scene


async def test_what_became_one_for_adults_ends_by_direct_message_and_is_said_once(scene: Scene) -> None:
    await scene.follow(1, WORK, channel_id=None, guild_id=None)
    await scene.follow(2, WORK)
    await scene.follow(3, OTHER, channel_id=None, guild_id=None)
    scene.anilist.adult = {WORK}
    await scene.go_to(scene.find_next()[1])
    processes = [scene.build(scene.records[0]), scene.build(await scene.open())]
    for _ in range(2):
        for process in processes:
            await process.work()
    assert scene.discord.explained == {1: True}
    assert [(one.id, one.adult) for one in await scene.records[0].list_follows()] == [(2, True), (3, False)]
    assert [told for told in scene.discord.told if told[0] == 1] == []


async def test_one_that_may_have_arrived_is_looked_for_though_it_may_be_told_no_more(scene: Scene) -> None:
    made = await scene.follow(2, WORK, adult=True)
    scene.anilist.adult = {WORK}
    follower, discord = scene.build(scene.records[0]), scene.discord
    key, airs_s = scene.find_next()
    looked: list[str] = []

    def lose() -> None:
        raise Undecided("the answer was lost")

    discord.age_restricted, discord.after = {made.channel_id or 0}, lose
    await scene.go_to(airs_s)
    await follower.work()
    discord.age_restricted, discord.after, discord.before = set(), lambda: None, lambda: looked.append("")
    await scene.clock.advance(LEASE_S)
    await follower.work()
    assert discord.told == [(made.id, key)]
    assert looked
    assert await scene.records[0].find_due(scene.now_s + LEASE_S) == []


async def test_one_that_may_have_arrived_is_left_to_the_process_that_is_told_of_its_server(scene: Scene) -> None:
    made = await scene.follow(2, WORK, adult=True)
    scene.anilist.adult = {WORK}
    follower, discord = scene.build(scene.records[0]), scene.discord
    looked: list[str] = []

    def lose() -> None:
        raise Undecided("the answer was lost")

    discord.age_restricted, discord.after = {made.channel_id or 0}, lose
    await scene.go_to(scene.find_next()[1])
    await follower.work()
    discord.after, discord.before, discord.elsewhere = lambda: None, lambda: looked.append(""), {made.channel_id or 0}
    await scene.clock.advance(LEASE_S)
    await follower.work()
    assert not looked
    discord.elsewhere = set()
    await follower.work()  # nobody had claimed it
    assert looked


async def test_one_that_did_not_arrive_waits_where_it_may_be_told_no_more_and_is_told_where_it_may(
    scene: Scene,
) -> None:
    made = await scene.follow(2, WORK, adult=True)
    scene.anilist.adult = {WORK}
    follower, discord = scene.build(scene.records[0]), scene.discord
    key, airs_s = scene.find_next()

    def lose() -> None:
        raise Undecided("it never arrived")

    discord.age_restricted, discord.before = {made.channel_id or 0}, lose
    await scene.go_to(airs_s)
    await follower.work()
    discord.age_restricted, discord.before = set(), lambda: None
    for _ in range(2):
        await scene.clock.advance(LEASE_S)
        await follower.work()
    assert discord.told == []
    assert discord.explained == {}
    discord.age_restricted = {made.channel_id or 0}
    await scene.clock.advance(LEASE_S)
    await follower.work()
    assert discord.told == [(made.id, key)]


async def test_a_mark_that_was_a_mistake_is_taken_back_where_anilist_takes_it_back(scene: Scene) -> None:
    made = await scene.follow(2, WORK)
    follower = scene.build(scene.records[0])
    key, airs_s = scene.find_next()
    await scene.go_to(airs_s - 2 * HOUR_S)
    scene.anilist.adult = {WORK}
    await follower.work()
    scene.anilist.adult = set()
    await scene.clock.advance(HOUR_S)
    await follower.work()
    await scene.go_to(airs_s)
    await follower.work()
    assert [one.adult for one in await scene.records[0].list_follows()] == [False]
    assert (made.id, key) in scene.discord.told


async def test_who_follows_it_again_once_it_is_for_everybody_is_not_told_that_it_is_there_already(scene: Scene) -> None:
    made = await scene.follow(2, WORK)
    await scene.records[0].marks.mark_adult({WORK})
    again = replace(made, id=3, created_s=scene.now_s)
    assert await scene.records[0].add_follow(again) == "changed"
    assert [one.adult for one in await scene.records[0].list_follows()] == [False]
