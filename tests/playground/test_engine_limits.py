"""Discord's limits: what is refused, where, and with which code. Pure."""

from __future__ import annotations

from typing import Any

import pytest

from bot.playground.engine.command import build_commands, check_commands
from bot.playground.engine.fault import ApiError
from bot.playground.engine.validate import check_choices, check_message, check_modal
from tests.support.each import each

Payload = dict[str, Any]
V2 = 1 << 15


def text(content: str) -> Payload:
    return {"type": 10, "content": content}


def button(custom_id: str = "a", **more: Any) -> Payload:
    return {"type": 2, "style": 1, "label": "A", "custom_id": custom_id, **more}


def row(*components: Payload) -> Payload:
    return {"type": 1, "components": list(components)}


def select(count: int = 1, **more: Any) -> Payload:
    options = [{"label": str(number), "value": str(number)} for number in range(count)]
    return {"type": 3, "custom_id": "s", "options": options, **more}


def picture(url: str) -> Payload:
    return {"type": 12, "items": [{"media": {"url": url}}]}


def faults_of(body: Payload, flags: int = 0) -> list[str]:
    """`path: CODE` of every fault; the bare code of a refusal without fields."""
    try:
        check_message(body, flags=flags, files=0)
    except ApiError as error:
        return list(flatten(error.errors or {})) or [str(error.code)]
    return []


def flatten(tree: Payload, path: str = "") -> list[str]:
    found = [f"{path}: {one['code']}" for one in tree.get("_errors", [])]
    for key, inner in tree.items():
        if key != "_errors":
            found += flatten(inner, f"{path}.{key}" if path else key)
    return found


TAKEN: list[Payload] = [
    {"content": "x" * 2000},
    {"embeds": [{"title": "x" * 256, "description": "y" * 4096, "fields": []}]},
    {"content": "x", "components": [row(*(button(str(n)) for n in range(5)))]},
    {"content": "x", "components": [row(select(25))]},
]


@pytest.mark.parametrize("body", TAKEN)
def test_what_discord_takes(body: Payload):
    assert faults_of(body) == []


@each(
    ("body", "fault"),
    [
        ({"content": ""}, "50006"),
        ({"content": "  \n"}, "50006"),
        ({"content": "x" * 2001}, "content: BASE_TYPE_MAX_LENGTH"),
        ({"embeds": [{"title": "x" * 257}]}, "embeds.0.title: BASE_TYPE_MAX_LENGTH"),
        ({"embeds": [{"description": "x" * 4097}]}, "embeds.0.description: BASE_TYPE_MAX_LENGTH"),
        (
            {"embeds": [{"fields": [{"name": "", "value": "x"}]}]},
            "embeds.0.fields.0.name: BASE_TYPE_REQUIRED",
        ),
        ({"embeds": [{"title": "x"}] * 11}, "embeds: BASE_TYPE_MAX_LENGTH"),
        ({"embeds": [{"description": "x" * 3001}] * 2}, "embeds: MAX_EMBED_SIZE_EXCEEDED"),
        ({"embeds": [{"url": "javascript://x"}]}, "embeds.0.url: URL_TYPE_INVALID_SCHEME"),
        ({"content": "x", "components": [text("x")]}, "components.0.type: UNION_TYPE_CHOICES"),
        (
            {"content": "x", "components": [row(button("a" * 101))]},
            "components.0.components.0.custom_id: BASE_TYPE_BAD_LENGTH",
        ),
        (
            {"content": "x", "components": [row(button(), button())]},
            "components: COMPONENT_CUSTOM_ID_DUPLICATED",
        ),
        (
            {"content": "x", "components": [row(button(label="x" * 81))]},
            "components.0.components.0.label: BASE_TYPE_MAX_LENGTH",
        ),
        (
            {"content": "x", "components": [row(select(26))]},
            "components.0.components.0.options: BASE_TYPE_BAD_LENGTH",
        ),
        (
            {"content": "x", "components": [row(select(), button())]},
            "components.0.components: COMPONENT_LAYOUT_WIDTH_EXCEEDED",
        ),
        ({"content": "x", "components": [row()]}, "components.0.components: BASE_TYPE_BAD_LENGTH"),
    ],
)
def test_limits_of_ordinary_messages(body: Payload, fault: str):
    assert faults_of(body) == [fault]


def container(*components: Payload) -> Payload:
    return {"components": [{"type": 17, "components": list(components)}]}


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"components": []}, "50006"),
        (
            {"content": "x", "components": [text("x")]},
            "content: MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
        ),
        (container(*[text("x")] * 40), "components: COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED"),
        (
            container(text("x" * 4000), text("x")),
            "components: COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
        ),
        (
            container(text("漢" * 3334)),
            "components: COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
        ),
        (container(text("")), "components.0.components.0.content: BASE_TYPE_REQUIRED"),
        (container(container()), "components.0.components.0.type: UNION_TYPE_CHOICES"),
        (
            container({"type": 9, "components": [text("x")]}),
            "components.0.components.0.accessory: BASE_TYPE_REQUIRED",
        ),
        (
            container(picture("file:///etc/passwd")),
            "components.0.components.0.items.0.media.url: URL_TYPE_INVALID_SCHEME",
        ),
    ],
)
def test_limits_of_components_v2(body: Payload, fault: str):
    assert faults_of(body, V2) == [fault]


def test_a_full_card_is_taken():
    assert faults_of(container(*[text("x" * 100)] * 39), V2) == []
    assert faults_of(container(text("漢" * 3333)), V2) == []


def test_modals_have_limits():
    entry = {"type": 4, "custom_id": "w", "style": 1}
    good: Payload = {
        "custom_id": "m",
        "title": "A",
        "components": [{"type": 18, "label": "Word", "component": entry}],
    }
    check_modal(good)
    with pytest.raises(ApiError) as caught:
        check_modal({**good, "title": "x" * 46, "components": [row(entry)]})
    assert flatten(caught.value.errors or {}) == [
        "data.title: BASE_TYPE_BAD_LENGTH",
        "data.components.0.components.0.label: BASE_TYPE_REQUIRED",
    ]


def test_choices_have_limits():
    check_choices({"choices": [{"name": "x" * 100, "value": "v"}] * 25})
    with pytest.raises(ApiError) as caught:
        check_choices({"choices": [{"name": "x" * 101, "value": "v"}] * 26})
    found = flatten(caught.value.errors or {})
    assert "data.choices: BASE_TYPE_MAX_LENGTH" in found
    assert "data.choices.0.name: BASE_TYPE_BAD_LENGTH" in found


def test_command_definitions_have_limits():
    option = {"type": 3, "name": "a", "description": "A"}
    with pytest.raises(ApiError) as caught:
        check_commands([{"name": "x", "description": "X", "options": [option, {**option, "required": True}]}])
    assert flatten(caught.value.errors or {}) == [
        "0.options.1: APPLICATION_COMMAND_OPTIONS_NAME_NOT_UNIQUE",
        "0.options.1: APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
    ]
    with pytest.raises(ApiError) as caught:
        check_commands([{"name": f"c{n}", "description": "X"} for n in range(101)])
    assert caught.value.code == 30032


def command(*options: Payload, kind: int = 1, name: str = "x") -> Payload:
    return {"type": kind, "name": name, "description": "X", "options": list(options)}


@pytest.mark.parametrize("size", [8000, 8001])
def test_a_command_may_have_eight_thousand_characters_with_all_that_is_in_it(size: int) -> None:
    choices = [{"name": "a" * 50, "value": "b" * 50}] * 25
    option = {"type": 3, "name": "o", "description": "d" * 99, "choices": choices}
    full = command(*(command(option, name=name) for name in "abc"))
    rest = size - 2 - 3 * (2 + 100 + 2500) - len("lXod")
    full["options"].append(command({"type": 3, "name": "o", "description": "d" + "x" * (rest // 2)}, name="l"))
    full["options"][-1]["description"] += "x" * (rest - rest // 2)
    if size <= 8000:
        check_commands([full])
    else:
        with pytest.raises(ApiError) as caught:
            check_commands([full])
        assert flatten(caught.value.errors or {}) == ["0: APPLICATION_COMMAND_TOO_LARGE"]


def test_groups_hold_subcommands_and_these_hold_neither() -> None:
    subcommand = command(name="s")
    check_commands([command(command(subcommand, kind=2, name="g"))])
    for nested in (command(command(subcommand, kind=2, name="h"), kind=2, name="g"), command(subcommand, name="t")):
        with pytest.raises(ApiError) as caught:
            check_commands([command(nested)])
        assert "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID" in str(caught.value.errors)


def test_a_changed_command_keeps_its_id_and_gets_a_new_version():
    ids = iter(map(str, range(100)))

    def build(command: Payload, before: list[Payload]) -> list[Payload]:
        return build_commands([command], before=before, application_id="1", new_id=lambda: next(ids))

    first = build({"name": "x", "description": "X"}, [])
    same = build({"name": "x", "description": "X", "options": []}, first)
    other = build({"name": "x", "description": "Y"}, first)
    assert same == first
    assert other[0]["id"] == first[0]["id"]
    assert other[0]["version"] != first[0]["version"]


def test_a_number_of_0_is_kept_as_a_bound_and_what_holds_nothing_is_left_out():
    option: Payload = {"type": 4, "name": "x", "description": "X", "min_value": 0, "required": False, "choices": []}
    command: Payload = {"name": "x", "description": "X", "options": [option]}
    (built,) = build_commands([command], before=[], application_id="1", new_id=lambda: "1")
    assert built["options"][0]["min_value"] == 0
    assert not {"required", "choices"} & set(built["options"][0])
