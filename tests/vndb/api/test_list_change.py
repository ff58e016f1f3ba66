"""What is typed of an entry of one's own list, and which changes are made of it."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from bot.errors import InvalidInput
from bot.vndb.api.list_change import (
    EntryChange,
    choose_labels,
    choose_status,
    parse_day,
    parse_notes,
    parse_vote,
)
from bot.vndb.api.model import Label, ListEntry

TODAY = date(2026, 11, 29)


@pytest.mark.parametrize(
    ("typed", "vote"),
    [
        ("1", 10),
        ("10", 100),
        ("8.5", 85),
        ("8,5", 85),
        (" 8.50 ", 85),
        ("10.0", 100),
        ("7.3/10", 73),
        ("7 / 10", 70),
        ("８．５", 85),
        ("٨", 80),
        ("", None),
        (" \n", None),
    ],
)
def test_a_vote_is_read_as_people_write_it(typed: str, vote: int | None) -> None:
    assert parse_vote(typed) == vote


@pytest.mark.parametrize(
    "typed", ["0", "0.9", "10.1", "11", "85", "8.55", "8.", ".5", "-8", "eight", "8 9", "1e1", "8/5"]
)
def test_what_is_no_vote_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput, match="from 1 to 10"):
        parse_vote(typed)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2024-02-29", "2024-02-29"),
        ("2024-1-5", "2024-01-05"),
        ("2024/01/05", "2024-01-05"),
        ("2024.1.5", "2024-01-05"),
        ("２０２４－０１－０５", "2024-01-05"),
        ("1970-01-01", "1970-01-01"),
        ("2099-12-31", "2099-12-31"),
        (" Today ", "2026-11-29"),
        ("", None),
    ],
)
def test_a_day_is_read_as_people_write_it(typed: str, day: str | None) -> None:
    assert parse_day("start", typed, today=TODAY) == day


@pytest.mark.parametrize(
    "typed",
    [
        *("2023-02-29", "2024-02-30", "2022-11-31", "2024-13-01", "2024-00-01", "2024-01-00", "1969-12-31"),
        *("2100-01-01", "2024-01", "20240101", "05.01.2024", "2024-01/05", "tomorrow", "2024-01-01T00:00:00"),
    ],
)
def test_a_day_that_vndb_would_not_take_is_refused_before_it_is_sent(typed: str) -> None:
    with pytest.raises(InvalidInput, match=r"^start: "):
        parse_day("start", typed, today=TODAY)


@pytest.mark.parametrize(
    ("typed", "notes"),
    [
        ("  hi\n\n", "hi"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\x07b\x00c\x7fd\x85e", "abcd\ne"),
        ("a\tb\u200bc", "a\tb\u200bc"),
        ("x\ud83d", "x"),
        ("x" * 2000 + "  ", "x" * 2000),
        ("\U0001f600" * 2000, "\U0001f600" * 2000),
        (" \n ", None),
        ("\x07", None),
    ],
)
def test_notes_are_sent_without_what_vndb_refuses(typed: str, notes: str | None) -> None:
    assert parse_notes(typed) == notes


def test_notes_that_are_too_long_are_refused_with_their_length() -> None:
    with pytest.raises(InvalidInput, match="2,001 characters"):
        parse_notes("x" * 2001)


def test_a_status_takes_the_place_of_every_other_one() -> None:
    change = choose_status(2)
    assert msgspec.to_builtins(change) == {"labels_set": (2,), "labels_unset": (1, 3, 4, 5, 6)}
    assert msgspec.to_builtins(choose_status(0)) == {"labels_set": (), "labels_unset": (1, 2, 3, 4, 5, 6)}
    for other in (7, 10, 8):
        with pytest.raises(InvalidInput):
            choose_status(other)


def test_of_labels_only_those_are_taken_off_that_were_offered() -> None:
    assert msgspec.to_builtins(choose_labels([10, 12], [11, 12])) == {"labels_set": (10,), "labels_unset": (11,)}


def test_the_label_of_votes_is_never_sent() -> None:
    with pytest.raises(ValueError, match="follows the vote"):
        EntryChange(labels_set=(7,))
    with pytest.raises(ValueError, match="follows the vote"):
        EntryChange(labels_unset=(2, 7))


def test_no_change_holds_all_labels() -> None:
    assert "labels" not in EntryChange.__struct_fields__


ENTRY = ListEntry("v17", vote=85, notes="hi", started="2024-01-05", labels=[Label(2), Label(7), Label(10)])


@pytest.mark.parametrize(
    ("change", "made"),
    [
        (EntryChange(), True),
        (EntryChange(vote=85), True),
        (EntryChange(vote=80), False),
        (EntryChange(vote=None), False),
        (EntryChange(notes="hi"), True),
        (EntryChange(notes=None), False),
        (EntryChange(started="2024-01-05", vote=85), True),
        (EntryChange(started="2024-01-05", vote=84), False),
        (EntryChange(finished="2024-01-05"), False),
        (EntryChange(labels_set=(2,), labels_unset=(1, 3)), True),
        (EntryChange(labels_set=(2,), labels_unset=(10,)), False),
        (EntryChange(labels_set=(11,)), False),
    ],
)
def test_whether_an_entry_shows_a_change(change: EntryChange, made: bool) -> None:
    assert change.is_made(ENTRY) is made
    assert not change.is_made(None)
