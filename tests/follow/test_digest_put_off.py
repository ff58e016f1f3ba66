"""An episode that was held for a digest as it was known, and is then found to be put off."""

from __future__ import annotations

import pytest

from tests.follow.support import DAY_S, MINUTE_S, WORK, Scene
from tests.follow.test_digest import list_digested, play, scene

__all__ = ["scene"]


@pytest.mark.parametrize("days", [0.05, 1, 2, 6, 8, 20])
async def test_an_episode_that_is_put_off_is_not_in_the_digest(scene: Scene, days: float) -> None:
    """As stations do: in the last minutes, after the schedule was read for the last time."""
    await play(scene, 9)
    key, airs_s = scene.find_next()
    await scene.go_to(airs_s - 5 * MINUTE_S)
    follower = scene.build(scene.records[0])
    await follower.work()
    await scene.go_to(airs_s - MINUTE_S)
    scene.schedule.delays[WORK, int(key[1:])] = int(days * DAY_S)
    await scene.go_to(airs_s)
    await follower.work()  # held, as it was known
    aired_s = airs_s + days * DAY_S
    while scene.clock.time() < aired_s - 60 and scene.clock.time() < airs_s + 9 * DAY_S:
        await scene.clock.advance(min(3600, aired_s - scene.clock.time() - 1))
        await follower.work()
        assert (1, key) not in list_digested(scene), f"{(scene.clock.time() - airs_s) / DAY_S:.1f} days after"
