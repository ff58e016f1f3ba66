"""What is promised of each setting: what holds before anybody chose, and what while a choice cannot be read."""

from __future__ import annotations

import pytest

from bot.gate.declaration import Choice, Level, Need
from bot.gate.setting import SETTINGS, normalise_tag

BEFORE: dict[str, tuple[object, object]] = {
    "galleries": (True, False),
    "vndb": (True, False),
    "anime": (True, False),
    "non_h": (False, False),
    "suppress": (True, False),
    "notes": (False, False),
    "bots": (False, False),
    "previews": (True, False),
    "dm_galleries": (False, False),
    "channel_rule": ("all", None),
    "channels": ((), None),
    "roles": ((), None),
    "blocked_tags": ((), None),
    "adult": (True, False),
    "image_level": (2, -1),
    "spoiler_level": (0, 0),
    "title_language": ("romanised", "romanised"),
}
"""The default, and what is safe; None: nothing is, so that every setting has its safe value."""

LEVELS: dict[tuple[Level, ...], set[str]] = {
    ("server",): {"bots", "channel_rule", "channels", "roles"},
    ("server", "channel"): {"galleries", "vndb", "anime", "non_h", "suppress", "notes", "adult", "image_level"},
    ("server", "channel", "person"): {"blocked_tags", "spoiler_level", "title_language"},
    ("person",): {"previews", "dm_galleries"},
}

NEEDS: dict[Need, set[str]] = {
    "galleries": {"galleries", "non_h", "dm_galleries", "blocked_tags"},
    "adult": {"adult"},
}


def test_what_holds_before_anybody_chose_and_while_a_choice_cannot_be_read() -> None:
    found = {name: (one.default, one.safe) for name, one in SETTINGS.items()}
    assert list(found.items()) == list(BEFORE.items())
    assert all(type(found[name][0]) is type(BEFORE[name][0]) for name in BEFORE)  # True is not 1


def test_who_may_choose() -> None:
    assert {name: one.levels for name, one in SETTINGS.items()} == {
        name: levels for levels, names in LEVELS.items() for name in names
    }


def test_what_is_of_use_only_where_the_host_shows_it() -> None:
    for need, names in NEEDS.items():
        assert {name for name, one in SETTINGS.items() if one.needs == need} == names


def test_only_lists_of_tags_hold_together_and_cards_change_with_what_they_show() -> None:
    assert {name for name, one in SETTINGS.items() if one.sums} == {"blocked_tags"}
    cards = {"adult", "blocked_tags", "image_level", "spoiler_level", "title_language"}
    assert {name for name, one in SETTINGS.items() if one.on_cards} == cards


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("galleries", (True, False)),
        ("channel_rule", ("all", "only", "except")),
        ("image_level", (-1, 0, 1, 2)),
        ("spoiler_level", (0, 1, 2)),
        ("title_language", ("romanised", "english", "native")),
    ],
)
def test_a_choice_takes_these_values_and_no_others(name: str, values: tuple[object, ...]) -> None:
    form = SETTINGS[name].form
    assert isinstance(form, Choice)
    assert tuple(form.labels) == values
    assert [form.parse(value) for value in values] == list(values)
    assert [form.parse(value) for value in ("", -2, 3, None)] == [None] * 4


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("Big  Glasses ", "big glasses"),
        (" Female : Big  Glasses", "female:big glasses"),
        ("a:b:C", "a:b:c"),
        (":x", "x"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("female:big_glasses", "female:big glasses"),
        ("female：big+glasses", "female:big glasses"),
    ],
)
def test_a_tag_is_compared_without_what_does_not_matter(written: str, compared: str) -> None:
    assert normalise_tag(written) == compared
