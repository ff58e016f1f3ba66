"""The settings as a form: every field is there, and a changed one is read or refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import InvalidInput
from bot.gate.setting import ChannelSettings, PersonalSettings, ServerSettings
from bot.settings.form import (
    FIELDS,
    ME,
    SERVER,
    SERVER_PAGES,
    Field,
    Option,
    Scope,
    apply_change,
    find_page,
    parse_scope,
)

STRUCTS: list[Any] = [ServerSettings, ChannelSettings, PersonalSettings]
ALL_FIELDS = [(struct, field) for struct in STRUCTS for field in FIELDS[struct]]
CHOICES = [(struct, field, option) for struct, field in ALL_FIELDS for option in field.options]


def name_case(value: object) -> str:
    if isinstance(value, Field):
        return value.name
    return value.value if isinstance(value, Option) else getattr(value, "__name__", repr(value))


@pytest.mark.parametrize("struct", STRUCTS)
def test_every_field_of_the_settings_is_in_the_form_once(struct: type[msgspec.Struct]) -> None:
    assert sorted(field.name for field in FIELDS[struct]) == sorted(struct.__struct_fields__)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(("struct", "field"), [one for one in ALL_FIELDS if one[1].options], ids=name_case)
def test_a_choice_offers_every_value_that_its_setting_may_have(struct: type[Any], field: Field) -> None:
    offered = {repr(option.stored) for option in field.options}
    assert offered == set(map(repr, list_values(get_type_hints(struct)[field.name])))


def list_values(hint: Any) -> list[object]:
    if hint is bool:
        return [True, False]
    if hint is type(None):
        return [None]
    parts = get_args(hint)
    return list(parts) if get_origin(hint) is Literal else [value for part in parts for value in list_values(part)]


@pytest.mark.parametrize(("struct", "field"), ALL_FIELDS, ids=name_case)
def test_only_a_choice_has_options(struct: type[Any], field: Field) -> None:
    assert (field.kind == "choice") == bool(field.options)


@pytest.mark.parametrize(("struct", "field", "option"), CHOICES, ids=name_case)
def test_a_choice_is_stored_and_kept(struct: type[Any], field: Field, option: Option) -> None:
    changed = apply_change(struct(), field.name, [option.value])
    assert getattr(changed, field.name) is option.stored
    assert msgspec.json.decode(msgspec.json.encode(changed), type=struct) == changed


@pytest.mark.parametrize(("struct", "field"), ALL_FIELDS, ids=name_case)
def test_a_change_leaves_the_other_fields(struct: type[Any], field: Field) -> None:
    values = {"choice": [field.options[-1].value] if field.options else [], "tags": ["glasses"]}
    changed = apply_change(struct(), field.name, values.get(field.kind, ["7"]))
    others = [name for name in struct.__struct_fields__ if name != field.name]
    assert [getattr(changed, name) for name in others] == [getattr(struct(), name) for name in others]


@pytest.mark.parametrize("struct", STRUCTS)
def test_tags_are_stored_as_they_are_compared(struct: type[Any]) -> None:
    assert apply_change(struct(), "blocked_tags", ["Glasses", "f:glasses"]).blocked_tags == (
        "glasses",
        "female:glasses",
    )


@pytest.mark.parametrize("name", ["channels", "roles"])
def test_ids_are_stored_once_each_in_their_order(name: str) -> None:
    assert getattr(apply_change(ServerSettings(), name, ["9", "7", "9"]), name) == (9, 7)


@pytest.mark.parametrize("name", ["channels", "roles"])
def test_nothing_picked_is_an_empty_list(name: str) -> None:
    assert getattr(apply_change(ServerSettings(channels=(1,), roles=(1,)), name, []), name) == ()


@pytest.mark.parametrize(
    ("settings", "name", "values"),
    [
        (ServerSettings(), "galleries", ["inherit"]),
        (ServerSettings(), "galleries", ["yes"]),
        (ServerSettings(), "galleries", []),
        (ServerSettings(), "galleries", ["on", "off"]),
        (ServerSettings(), "image_level", ["3"]),
        (ServerSettings(), "image_level", ["on"]),
        (ServerSettings(), "image_level", ["²"]),
        (ServerSettings(), "channel_rule", ["none"]),
        (ServerSettings(), "channels", ["x"]),
        (ServerSettings(), "channels", ["-1"]),
        (ServerSettings(), "channels", ["٣"]),
        (ServerSettings(), "roles", ["1" * 21]),
        (ServerSettings(), "roles", [str(number) for number in range(1, 27)]),
        (ServerSettings(), "blocked_tags", ["x" * 61]),
        (ServerSettings(), "previews", ["on"]),
        (ServerSettings(), "__class__", ["on"]),
        (ChannelSettings(), "bots", ["on"]),
        (ChannelSettings(), "channels", ["1"]),
        (PersonalSettings(), "galleries", ["on"]),
    ],
)
def test_a_forged_change_is_refused(settings: Any, name: str, values: Sequence[str]) -> None:
    with pytest.raises(InvalidInput):
        apply_change(settings, name, values)


@given(st.sampled_from(ALL_FIELDS), st.lists(st.one_of(st.text(max_size=5), st.integers().map(str)), max_size=30))
def test_whatever_is_sent_is_refused_or_can_be_stored(case: tuple[type[Any], Field], values: list[str]) -> None:
    struct, field = case
    try:
        changed = apply_change(struct(), field.name, values)
    except InvalidInput:
        return
    assert msgspec.json.decode(msgspec.json.encode(changed), type=struct) == changed


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


@pytest.mark.parametrize(("page", "field"), [(page, field) for page in SERVER_PAGES for field in page.fields])
def test_the_page_of_a_field_is_the_one_that_it_stands_on(page: Any, field: Field) -> None:
    assert find_page(field.name) == page.key


def test_a_field_that_there_is_not_stands_on_the_first_page() -> None:
    assert find_page("nonsense") == "previews"
