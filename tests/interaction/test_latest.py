"""Which press a message was changed for."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.interaction.latest import IS_BEHIND, Latest


def press(id_: int, message_id: int | None) -> Any:
    message = None if message_id is None else SimpleNamespace(id=message_id)
    return cast("Any", SimpleNamespace(id=id_, message=message, extras={}))


def test_a_press_before_the_one_that_is_shown_is_behind_on_that_message_alone() -> None:
    latest, first, second = Latest(), press(1, 7), press(2, 7)
    assert latest.claim(second)
    assert not latest.claim(first)
    assert (first.extras[IS_BEHIND], second.extras[IS_BEHIND]) == (True, False)
    assert latest.claim(second)
    assert latest.claim(press(1, 8))


def test_what_discord_did_not_take_leaves_the_message_to_what_was_pressed_before() -> None:
    latest, first, second, third = Latest(), press(1, 7), press(2, 7), press(3, 7)
    assert latest.claim(second)
    for _ in range(2):  # it is sent once more
        assert latest.claim(third)
    latest.give_back(third)
    assert not latest.claim(first)
    assert latest.claim(second)
    latest.give_back(third)
    assert not latest.claim(first)


def test_what_changes_no_message_is_never_behind() -> None:
    latest = Latest()
    assert all(latest.claim(press(id_, None)) for id_ in (2, 1))


def test_of_messages_that_were_changed_long_ago_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.interaction.latest._KNOWN_AT_MOST", 2)
    latest = Latest()
    for message_id in (1, 2, 1, 3):
        assert latest.claim(press(5, message_id))
    assert latest.claim(press(4, 2))
    assert not latest.claim(press(4, 3))
