"""Presses of one person are worked on one after the other, and nobody waits for another person's."""

from __future__ import annotations

import asyncio

import pytest

from bot.vndb.my_list.at_hand import AT_MOST, OF_ONE_AT_MOST
from bot.vndb.my_list.card import Kept
from bot.vndb.my_list.draft import KEPT_S as DRAFT_S
from bot.vndb.my_list.draft import Drafts
from bot.vndb.my_list.modal import Typed
from bot.vndb.my_list.seen import KEPT_S, SeenEntries
from bot.vndb.my_list.turn import Turns
from tests.support.clock import FakeClock


async def test_a_persons_presses_have_their_turns_in_the_order_in_which_they_came() -> None:
    turns, seen = Turns(), list[str]()
    free = asyncio.Event()

    async def press(person: int, name: str, wait: bool = False) -> None:
        with turns.join(person) as turn:
            await turn.wait()
            if wait:
                await free.wait()
            seen.append(name)

    presses = [asyncio.create_task(press(1, "first", wait=True))]
    await asyncio.sleep(0)
    presses += [asyncio.create_task(press(1, name)) for name in ("second", "third")]
    presses.append(asyncio.create_task(press(2, "of another")))
    await FakeClock().settle()
    assert seen == ["of another"]
    free.set()
    await asyncio.gather(*presses)
    assert seen == ["of another", "first", "second", "third"]


async def test_a_press_that_fails_lets_the_next_one_have_its_turn() -> None:
    turns = Turns()

    async def fail() -> None:
        with turns.join(1) as turn:
            await turn.wait()
            raise ValueError

    first = asyncio.create_task(fail())
    await asyncio.sleep(0)
    with turns.join(1) as turn, pytest.raises(ValueError):
        await turn.wait()
        await first


async def test_what_was_seen_is_at_hand_for_ten_minutes_and_for_its_person() -> None:
    clock = FakeClock()
    seen = SeenEntries(clock)
    seen.keep(1, "v17", Kept(None, ()), uid="u3")
    await clock.advance(KEPT_S)
    found = seen.find(1, "v17")
    assert found is not None
    assert found.age_s == KEPT_S
    assert seen.find(2, "v17") is None
    await clock.advance(1)
    assert seen.find(1, "v17") is None


async def test_of_what_was_seen_it_is_known_on_whose_list_and_of_another_nothing_stays() -> None:
    seen = SeenEntries(FakeClock())
    seen.keep(1, "v17", Kept(None, ()), uid="u3")
    seen.keep(1, "v19", Kept(None, ()), uid="u7")
    assert (seen.find_uid(1, "v17"), seen.find_uid(1, "v19"), seen.find_uid(2, "v17")) == ("u3", "u7", None)
    seen.forget(1, but_of="u7")
    assert seen.find(1, "v17") is None
    assert seen.find(1, "v19") is not None


async def test_of_who_leaves_nothing_stays_at_hand() -> None:
    seen = SeenEntries(FakeClock())
    for person in (1, 2):
        seen.keep(person, "v17", Kept(None, ()), uid="u3")
    seen.forget(1)
    assert seen.find(1, "v17") is None
    assert seen.find(2, "v17") is not None


async def test_at_most_so_many_are_at_hand_the_latest() -> None:
    seen = SeenEntries(FakeClock())
    for number in range(AT_MOST + 1):
        seen.keep(number, "v17", Kept(None, ()), uid="u3")
    assert seen.find(0, "v17") is None
    assert seen.find(1, "v17") is not None


async def test_who_has_much_at_hand_takes_nothing_from_others() -> None:
    seen = SeenEntries(FakeClock())
    seen.keep(2, "v17", Kept(None, ()), uid="u3")
    for number in range(AT_MOST + 1):
        seen.keep(1, f"v{number}", Kept(None, ()), uid="u3")
    assert seen.find(2, "v17") is not None
    assert seen.find(1, f"v{AT_MOST - OF_ONE_AT_MOST}") is None
    assert seen.find(1, f"v{AT_MOST - OF_ONE_AT_MOST + 1}") is not None


async def test_what_was_typed_is_at_hand_for_an_hour_and_for_its_list() -> None:
    clock = FakeClock()
    drafts = Drafts(clock)
    drafts.keep(1, Typed("notes", "v17", "a" * 16, "", ["a thought", ""]))
    await clock.advance(DRAFT_S)
    assert drafts.find(1, "v17", "a" * 16) == "a thought"
    assert drafts.find(1, "v17", "b" * 16) is None
    assert drafts.find(2, "v17", "a" * 16) is None
    await clock.advance(1)
    assert drafts.find(1, "v17", "a" * 16) is None
