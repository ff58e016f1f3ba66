"""A thread for each episode: one, whatever ends the process between two steps."""

from __future__ import annotations

import shutil
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from bot.follow.follower import Undecided
from bot.follow.model import Follow
from tests.follow.support import HOUR_S, WORK, Crash, Scene


@pytest.fixture
async def scene(tmp_path: Path, new_database: Path) -> AsyncGenerator[Scene]:
    """Somebody follows an anime, with a thread for each episode; one airs."""
    shutil.copy(new_database, tmp_path)
    scene = Scene(tmp_path)
    await scene.open()
    await scene.follow(1, WORK, threads=True)
    await scene.go_to(scene.find_next()[1])
    yield scene
    await scene.close()


async def find_follow(scene: Scene) -> Follow:
    (found,) = await scene.records[-1].list_follows()
    return found


def end(error: BaseException) -> None:
    raise error


@pytest.mark.parametrize("step", ["before_thread", "after_thread", "after"])
@pytest.mark.parametrize("error", [Crash(), Undecided("500")])
async def test_between_any_two_steps_there_is_one_notice_and_one_thread(
    scene: Scene, step: str, error: BaseException
) -> None:
    setattr(scene.discord, step, lambda: end(error))
    follower = scene.build(scene.records[0])
    if isinstance(error, Crash):
        with pytest.raises(Crash):
            await follower.work()
    else:
        await follower.work()
    setattr(scene.discord, step, lambda: None)
    for _ in range(2):
        follower = await scene.restart()
        await scene.clock.advance(HOUR_S)
        await follower.work()
    assert len(scene.discord.told) == 1
    assert scene.discord.threads == [1]


async def test_where_no_thread_can_be_the_notice_is_told_and_the_follow_knows_why(scene: Scene) -> None:
    scene.discord.thread_error = 50013
    follower = scene.build(scene.records[0])
    await follower.work()
    assert len(scene.discord.told) == 1
    assert (await find_follow(scene)).thread_error == 50013
    scene.discord.thread_error = 0
    await scene.go_to(scene.find_next()[1])
    await follower.work()
    assert (await find_follow(scene)).thread_error == 0
    assert scene.discord.threads == [2]
