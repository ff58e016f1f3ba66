"""Which messages may have a preview, from memory."""

from __future__ import annotations

from bot.preview.known import Known


def test_until_it_is_loaded_every_message_may_have_one() -> None:
    assert Known().may_have(1)


def test_what_is_recorded_or_about_to_be_is_known_and_nothing_else() -> None:
    known = Known()
    known.load([9, 5])
    known.add(12)
    assert [message_id for message_id in range(1, 15) if known.may_have(message_id)] == [5, 9, 12]


def test_what_is_added_before_it_is_loaded_stays_known() -> None:
    known = Known()
    known.add(12)
    known.load([9])
    assert [message_id for message_id in range(1, 15) if known.may_have(message_id)] == [9, 12]


def test_where_more_is_recorded_than_is_remembered_older_messages_may_have_one() -> None:
    known = Known(at_most=3)
    known.load([9, 7, 5])
    assert [message_id for message_id in range(1, 11) if known.may_have(message_id)] == [1, 2, 3, 4, 5, 7, 9]


def test_what_is_remembered_is_bounded_and_no_preview_is_forgotten_by_that() -> None:
    known = Known(at_most=100)
    known.load([])
    for message_id in range(2, 2002, 2):
        known.add(message_id)
    assert all(known.may_have(message_id) for message_id in range(2, 2002, 2))
    assert not known.may_have(1999)
    assert sum(not known.may_have(message_id) for message_id in range(1, 2001, 2)) >= 50  # those not long ago
