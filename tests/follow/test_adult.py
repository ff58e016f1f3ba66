"""What turns out to be for adults after it was followed."""

from __future__ import annotations

from tests.follow.support import OTHER, WORK, Scene


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
    assert scene.discord.explained == [1]
    assert [(one.id, one.adult) for one in await scene.records[0].list_follows()] == [(2, True), (3, False)]
    assert [told for told in scene.discord.told if told[0] == 1] == []
