from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.gate.chosen import NOTHING_CHOSEN, Chosen, resolve
from bot.gate.declaration import AnySetting, Level
from bot.gate.setting import GALLERIES, ROLES, SETTINGS, VNDB
from bot.store.document import find_kept, parse_document, render_document
from tests.support.choose import choose
from tests.support.each import each

LEVELS: tuple[Level, ...] = ("server", "channel", "person")
DECLARED = [(level, one) for one in SETTINGS.values() for level in one.levels]
LIMITS = [(level, one) for level, one in DECLARED if one.safe is None]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def write(**stored: object) -> str:
    return msgspec.json.encode(stored).decode()


def find_safe(setting: AnySetting) -> object:
    return setting.default if setting.safe is None else setting.safe


def test_a_document_is_read_as_it_was_written() -> None:
    chosen = choose(vndb=True, channels=(1 << 62,), blocked_tags=("a", "b"), image_level=1)
    assert parse_document(render_document(chosen), "server") == chosen


def test_a_setting_of_a_later_version_or_another_level_is_passed_over() -> None:
    assert parse_document(write(vndb=True, later={"x": 1}, previews=False), "server") == choose(vndb=True)


@pytest.mark.parametrize("value", [1, 0, "true", 1.0, None, [True]])
def test_a_switch_is_on_or_off_and_nothing_else(value: object) -> None:
    assert parse_document(write(vndb=value), "server") == Chosen(lost=frozenset({VNDB}))


@pytest.mark.parametrize("damaged", [0, -1, 1 << 63, True])
def test_what_is_no_id_of_discord_is_lost(damaged: object) -> None:
    assert parse_document(write(roles=[7, damaged]), "server") == Chosen(lost=frozenset({ROLES}))


@each("damage", [{"odd": 1}, None, [[]], 10**6, 1.5])
@each(("level", "setting"), DECLARED)
def test_a_setting_that_cannot_be_read_has_its_safe_value_and_the_others_stay(
    level: Level, setting: AnySetting, damage: object
) -> None:
    others = {one: one.default for where, one in DECLARED if where == level and one is not setting}
    stored = {one.name: value for one, value in others.items()}
    chosen = parse_document(write(**stored, **{setting.name: damage}), level)
    assert chosen == Chosen(others, frozenset({setting}))
    assert resolve(setting, chosen) == find_safe(setting)
    if setting.safe is not None:
        assert {one: resolve(one, chosen) for one in others} == others


@each(("level", "setting"), DECLARED)
def test_what_was_chosen_further_out_does_not_stand_in_for_what_cannot_be_read(
    level: Level, setting: AnySetting
) -> None:
    nonsense: dict[str, object] = {}
    damaged = parse_document(write(**{setting.name: nonsense}), level)
    for value in [setting.default, find_safe(setting)]:
        outer = NOTHING_CHOSEN.put(setting, value)
        assert resolve(setting, outer, damaged) == find_safe(setting)


@each("others", SETTINGS.values())
@each(("level", "setting"), LIMITS)
def test_a_limit_that_cannot_be_read_makes_every_setting_safe_at_each_level(
    level: Level, setting: AnySetting, others: AnySetting
) -> None:
    damaged = parse_document(write(**{setting.name: 5}), level)
    for value in [others.default, *([True] if others.default is False else [])]:
        chosen = NOTHING_CHOSEN.put(others, value)
        for levels in ((damaged, chosen), (chosen, damaged)):
            assert resolve(others, *levels) == find_safe(others)


def test_the_limits_are_those_that_only_take_away() -> None:
    assert {one.name for _, one in LIMITS} == {"blocked_tags", "channel_rule", "channels", "roles"}


@each("text", ["", "{", "null", "[1]", "[" * 100_000])
@each("level", LEVELS)
def test_a_document_that_cannot_be_read_at_all_makes_every_setting_safe(level: Level, text: str) -> None:
    chosen = parse_document(text, level)
    for one in SETTINGS.values():
        assert resolve(one, NOTHING_CHOSEN.put(one, one.default), chosen) == find_safe(one)


def test_what_cannot_be_read_stays_so_until_it_is_chosen_again() -> None:
    chosen = parse_document(write(galleries=3, roles={}), "server").put(VNDB, True)
    chosen = parse_document(render_document(chosen), "server")
    assert chosen.lost == {GALLERIES, SETTINGS["roles"]}
    mended = chosen.put(SETTINGS["roles"], ()).put(GALLERIES, None)
    assert parse_document(render_document(mended), "server") == choose(vndb=True, roles=())


@given(st.dictionaries(st.sampled_from(list(SETTINGS)), JSON), st.sampled_from(LEVELS))
def test_no_damage_switches_anything_on(document: dict[str, object], level: Level) -> None:
    chosen = parse_document(write(**document), level)
    for one in SETTINGS.values():
        if level in one.levels and one.safe is False and resolve(one, chosen):
            assert document.get(one.name, one.default) is True
    told = {name for name in document if level in SETTINGS[name].levels}
    assert {one.name for one in (*chosen.values, *chosen.lost)} == told


@given(JSON, st.sampled_from(LEVELS))
def test_whatever_was_read_can_be_written(document: object, level: Level) -> None:
    text = msgspec.json.encode(document).decode()
    chosen = parse_document(text, level)
    assert parse_document(render_document(chosen), level) == chosen
    assert parse_document(render_document(chosen, find_kept(text, chosen, level)), level) == chosen
