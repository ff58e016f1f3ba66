"""The settings as a form: every setting is there, and a changed one is read or refused."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import InvalidInput
from bot.gate.chosen import NOTHING_CHOSEN, Chosen
from bot.gate.declaration import AnySetting, Level, PanelPage, TagList
from bot.gate.rules import HOSTED_DEFAULT, Hosted
from bot.gate.setting import BLOCKED_TAGS, LISTED_AT_MOST, SETTINGS
from bot.settings.form import (
    ME,
    SERVER,
    Option,
    Scope,
    apply_change,
    find_page,
    list_options,
    list_pages,
    parse_scope,
    read_current,
)
from bot.store.document import parse_document, render_document
from tests.support.choose import choose

LEVELS: tuple[Level, ...] = ("server", "channel", "person")
DECLARED: list[tuple[Level, AnySetting]] = [
    (level, one) for level in LEVELS for one in SETTINGS.values() if level in one.levels
]
CHOICES: list[tuple[Level, AnySetting, Option]] = [
    (level, one, option) for level, one in DECLARED for option in list_options(one, level)
]


def name_case(value: object) -> str:
    return value.value if isinstance(value, Option) else str(value)


@pytest.mark.parametrize("level", LEVELS)
def test_every_setting_of_a_level_is_in_the_form_once(level: Level) -> None:
    shown = [one for page in list_pages(level, HOSTED_DEFAULT) for one in page.settings]
    assert sorted(map(str, shown)) == sorted(str(one) for one in SETTINGS.values() if level in one.levels)


def test_what_needs_something_that_the_host_does_not_show_is_left_out() -> None:
    shown = {one.needs for level in LEVELS for page in list_pages(level, Hosted(adult=False)) for one in page.settings}
    assert shown == {None}


@pytest.mark.parametrize("level", LEVELS)
def test_what_shuts_all_else_can_be_chosen_again_wherever_it_is_lost(level: Level) -> None:
    lost = frozenset(one for where, one in DECLARED if where == level)
    shown = {one for page in list_pages(level, Hosted(adult=False), lost) for one in page.settings}
    assert shown == {one for one in lost if one.needs is None or one is BLOCKED_TAGS}


def test_a_level_with_more_settings_than_fit_at_once_has_pages() -> None:
    assert [page.key for page in list_pages("server", HOSTED_DEFAULT)] == [page.name.lower() for page in PanelPage]
    assert [len(list_pages(level, HOSTED_DEFAULT)) for level in ("channel", "person")] == [2, 1]


@pytest.mark.parametrize(("level", "setting"), DECLARED, ids=name_case)
def test_a_declaration_is_whole(level: Level, setting: AnySetting) -> None:
    assert SETTINGS[setting.name] is setting
    assert setting.label
    assert setting.describe(level)
    assert setting.form.parse(setting.default) == setting.default
    assert setting.safe is None or setting.form.parse(setting.safe) == setting.safe
    assert list(setting.levels) == sorted(setting.levels, key=LEVELS.index)


@pytest.mark.parametrize(("level", "setting", "option"), CHOICES, ids=name_case)
def test_a_choice_is_stored_and_kept(level: Level, setting: AnySetting, option: Option) -> None:
    changed = apply_change(NOTHING_CHOSEN, level, setting.name, [option.value])
    assert read_current(changed, setting, level) is option.stored
    assert parse_document(render_document(changed), level) == changed


@pytest.mark.parametrize(("level", "setting", "option"), CHOICES, ids=name_case)
def test_only_what_differs_from_the_beginning_is_stored(level: Level, setting: AnySetting, option: Option) -> None:
    changed = apply_change(NOTHING_CHOSEN, level, setting.name, [option.value])
    first = None if setting.inherits(level) else setting.default
    assert (changed == NOTHING_CHOSEN) == (option.stored == first)


@pytest.mark.parametrize(("level", "setting"), DECLARED, ids=name_case)
def test_a_change_leaves_the_other_settings(level: Level, setting: AnySetting) -> None:
    known = Chosen({one: one.default for where, one in DECLARED if where == level and one is not setting})
    options = list_options(setting, level)
    picked = [options[-1].value] if options else ["glasses"] if isinstance(setting.form, TagList) else ["7"]
    changed = apply_change(known, level, setting.name, picked)
    assert {one: value for one, value in changed.values.items() if one is not setting} == known.values


@pytest.mark.parametrize("level", LEVELS)
def test_tags_are_stored_as_they_are_compared(level: Level) -> None:
    changed = apply_change(NOTHING_CHOSEN, level, "blocked_tags", ["Glasses", "f:glasses"])
    assert changed.get(BLOCKED_TAGS) == ("glasses", "female:glasses")


@pytest.mark.parametrize("name", ["channels", "roles"])
def test_ids_are_stored_once_each_in_their_order(name: str) -> None:
    assert apply_change(NOTHING_CHOSEN, "server", name, ["9", "7", "9"]).get(SETTINGS[name]) == (9, 7)


@pytest.mark.parametrize("name", ["channels", "roles"])
def test_nothing_picked_is_an_empty_list(name: str) -> None:
    known = choose(channels=(1,), roles=(1,))
    assert SETTINGS[name] not in apply_change(known, "server", name, [], shown=["1"]).values


@pytest.mark.parametrize("name", ["channels", "roles"])
@pytest.mark.parametrize(
    ("known", "shown", "values", "ids"),
    [
        ((1, 2), ["1", "2"], ["2", "1", "3"], (1, 2, 3)),
        ((1, 2), ["1", "2"], ["2"], (2,)),
        ((1, 2), ["1"], ["1", "3"], (1, 2, 3)),
        ((1, 2), ["1"], [], (2,)),
        ((1, 2), [], ["2"], (1, 2)),
        ((2,), ["1", "2"], ["1", "2", "3"], (2, 3)),
        ((), ["1"], ["1", "3"], (3,)),
    ],
)
def test_of_a_list_that_others_changed_meanwhile_only_what_was_picked_changes(
    name: str, known: tuple[int, ...], shown: list[str], values: list[str], ids: tuple[int, ...]
) -> None:
    changed = apply_change(choose(**{name: known}), "server", name, values, shown=shown)
    assert changed.get(SETTINGS[name]) == ids


def test_a_list_is_not_changed_to_more_than_it_takes() -> None:
    known = choose(roles=tuple(range(1, LISTED_AT_MOST + 1)))
    with pytest.raises(InvalidInput):
        apply_change(known, "server", "roles", ["99"], shown=[])


@pytest.mark.parametrize(
    ("level", "name", "values"),
    [
        ("server", "galleries", ["inherit"]),
        ("server", "galleries", ["yes"]),
        ("server", "galleries", []),
        ("server", "galleries", ["on", "off"]),
        ("server", "image_level", ["3"]),
        ("server", "image_level", ["on"]),
        ("server", "image_level", ["²"]),
        ("server", "channel_rule", ["none"]),
        ("server", "channels", ["x"]),
        ("server", "channels", ["-1"]),
        ("server", "channels", ["٣"]),
        ("server", "roles", ["1" * 21]),
        ("server", "roles", [str(2**63)]),
        ("server", "roles", [str(number) for number in range(1, 27)]),
        ("server", "previews", ["on"]),
        ("server", "__class__", ["on"]),
        ("channel", "bots", ["on"]),
        ("channel", "channels", ["1"]),
        ("person", "galleries", ["on"]),
    ],
)
def test_a_forged_change_is_refused(level: Level, name: str, values: Sequence[str]) -> None:
    with pytest.raises(InvalidInput):
        apply_change(NOTHING_CHOSEN, level, name, values)


@given(st.sampled_from(DECLARED), st.lists(st.one_of(st.text(max_size=5), st.integers().map(str)), max_size=30))
def test_whatever_is_sent_is_refused_or_can_be_stored(case: tuple[Level, AnySetting], values: list[str]) -> None:
    level, setting = case
    try:
        changed = apply_change(NOTHING_CHOSEN, level, setting.name, values)
    except InvalidInput:
        return
    assert parse_document(render_document(changed), level) == changed


# Scopes and pages


@pytest.mark.parametrize(
    ("scope", "text"), [(SERVER, "s"), (ME, "me"), (Scope("channel", 123), "c123"), (Scope("channel", 2**64 - 1), None)]
)
def test_a_scope_is_read_as_it_was_written(scope: Scope, text: str | None) -> None:
    assert text in {None, scope.encode()}
    assert parse_scope(scope.encode()) == scope


@pytest.mark.parametrize("text", ["", "c", "c0", "cx", "x", "s1", "me1", "c" + "1" * 21, "c٣", "s\n"])
def test_nothing_else_is_a_scope(text: str) -> None:
    assert parse_scope(text) is None


@pytest.mark.parametrize(("level", "setting"), DECLARED, ids=name_case)
def test_the_page_of_a_setting_is_the_one_that_it_stands_on(level: Level, setting: AnySetting) -> None:
    [page] = [page for page in list_pages(level, HOSTED_DEFAULT) if setting in page.settings]
    assert find_page(level, setting.name) == page.key


def test_a_setting_that_there_is_not_stands_on_no_page() -> None:
    assert find_page("server", "nonsense") == ""
