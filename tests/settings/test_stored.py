"""What is stored about a person, as lines."""

from __future__ import annotations

import pytest

from bot.client import Shiori
from bot.settings.stored import NAMES, list_stored
from bot.store.holding import Holding


def test_each_thing_has_a_line() -> None:
    stored = {
        "user_id": 7,
        "settings": {"dm_galleries": True, "spoiler_level": 2, "blocked_tags": ["kimono", "a*b"]},
        "notes": ["2026-01-01"],
        "previews": [{"message_id": 1}, {"message_id": 2}],
        "follows": [{"title": "One *Piece*", "adult": False}],
        "accounts": [{"service": "VNDB", "name": "yor_hel"}, {"shown_to_server": 9}],
    }
    assert list(list_stored(stored)) == [
        "**Galleries in direct messages**: on",
        "**Spoilers**: all of them",
        "**Blocked tags**: kimono, a\\*b",
        "**Told why there was no preview**: 1 time",
        "**Previews below your messages, and answers to you**: 2 records",
        "**What you follow**: 1 subject (One \\*Piece\\*)",
        "**Your linked accounts, servers that see them, and lists that are kept**: 2 records (yor\\_hel)",
    ]


def test_all_that_the_bot_keeps_of_people_has_a_name_and_nothing_else_does() -> None:
    assert Shiori.__module__ == "bot.client"  # with which all that keeps something is there
    kept = {one.name for one in Holding.__subclasses__() if one.__module__.startswith("bot.")}
    assert set(NAMES) == kept | {"notes"}


def test_nothing_is_said_to_be_nothing() -> None:
    assert list(list_stored({"settings": {}, "follows": []})) == [
        "**Settings**: none chosen",
        "**What you follow**: nothing",
    ]


def test_what_is_for_adults_is_counted_and_not_named() -> None:
    follows = [{"title": "Secret", "adult": True}, {"title": "Open", "adult": False}]
    assert list(list_stored({"settings": {}, "follows": follows}))[-1] == "**What you follow**: 2 subjects (Open)"


def test_of_many_a_few_are_named() -> None:
    follows = [{"title": f"T{number}", "adult": False} for number in range(9)]
    said = list(list_stored({"settings": {}, "follows": follows}))[-1]
    assert said == "**What you follow**: 9 subjects (T0, T1, T2, T3, T4 …)"


@pytest.mark.parametrize("settings", ["{damaged", None, 7, []])
def test_what_cannot_be_read_is_said_to_be_so(settings: object) -> None:
    (said,) = list_stored({"settings": settings})
    assert "cannot be read" in said


def test_a_value_that_there_is_not_is_said_to_be_so() -> None:
    lines = list(list_stored({"settings": {"spoiler_level": 99}}))
    assert lines == ["**Spoilers**: cannot be read any more"]


def test_what_another_version_stored_has_a_line() -> None:
    said = "**Settings**: some of another version of Shiori; the file has them as they are"
    assert list(list_stored({"settings": {"unknown": 1}})) == [said]
    assert list(list_stored({"settings": {"unknown": 1, "spoiler_level": 0}})) == ["**Spoilers**: none", said]
