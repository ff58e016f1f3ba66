"""Places that are too long for a button, on both databases."""

from __future__ import annotations

from bot.store.store import Store
from tests.support.clock import FakeClock

DAY_S = 86_400
PLACE = "al/a/0.0.0.0.0.0.0.0.0/" + "x" * 500


async def test_a_place_is_found_under_its_key_and_the_same_one_is_kept_once(store: Store) -> None:
    key = await store.keep_place(PLACE)
    assert await store.keep_place(PLACE) == key
    assert await store.keep_place(PLACE + "y") != key
    assert await store.find_place(key) == PLACE
    assert await store.find_place(key[:-1] + "_") is None


async def test_a_place_is_forgotten_thirty_days_after_it_was_last_used(store: Store, clock: FakeClock) -> None:
    key = await store.keep_place(PLACE)
    # Set forward, not turned: a store looks once a second whether another process wrote.
    clock.set_back(-20 * DAY_S)
    await store.keep_place(PLACE)
    clock.set_back(-20 * DAY_S)
    await store.prune()
    assert await store.find_place(key) == PLACE
    clock.set_back(-11 * DAY_S)
    assert await store.find_place(key) is None
