"""Panels of settings: every field is there, the current value is marked, and Discord takes the largest of them."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from bot.cards.text import size
from bot.gate.chosen import NOTHING_CHOSEN, Chosen
from bot.gate.declaration import AnySetting, Choice, IdList, Level
from bot.gate.rules import HOSTED_DEFAULT, Hosted
from bot.gate.setting import BLOCKED_TAGS_AT_MOST, LISTED_AT_MOST, SETTINGS
from bot.navigation.frame import PageView
from bot.playground.engine.components import walk
from bot.settings.form import Option, apply_change, find_page, list_options, list_pages
from bot.settings.panel_card import (
    render_channel_panel,
    render_delete_question,
    render_deleted,
    render_export_offer,
    render_personal_panel,
    render_server_panel,
)
from bot.settings.tag import TAG_LIMIT
from tests.support.choose import choose
from tests.support.discord_limits import check_view, read_texts

PAGES = [page.key for page in list_pages("server", HOSTED_DEFAULT)]
IDS = tuple(2**63 + number for number in range(LISTED_AT_MOST))
TAGS = tuple(f"female:{number:03}".ljust(TAG_LIMIT, "_") for number in range(BLOCKED_TAGS_AT_MOST))
LEVELS: tuple[Level, ...] = ("server", "channel", "person")
CHOICES = {
    level: [(one, option) for one in SETTINGS.values() if level in one.levels for option in list_options(one, level)]
    for level in LEVELS
}
LONG = ["The bot lacks something. " * 40] * 9


def server(settings: Chosen | None = None, page: str = "previews", *, hosted: bool = True, **more: Any) -> PageView:
    return render_server_panel(settings or NOTHING_CHOSEN, page=page, hosted=Hosted(galleries=hosted), **more)


def channel(
    settings: Chosen | None = None,
    of: Chosen | None = None,
    *,
    channel_id: int = 123,
    channel_name: str = "general",
    hosted: bool = True,
    note: str = "",
) -> PageView:
    return render_channel_panel(
        settings or NOTHING_CHOSEN,
        of or NOTHING_CHOSEN,
        channel_id=channel_id,
        channel_name=channel_name,
        hosted=Hosted(galleries=hosted),
        note=note,
    )


def personal(settings: Chosen | None = None, *, hosted: bool = True, note: str = "") -> PageView:
    return render_personal_panel(settings or NOTHING_CHOSEN, hosted=Hosted(galleries=hosted), note=note)


def list_wanted(level: Level, scope: str) -> set[str]:
    """The custom ids of the controls of all settings of a level."""
    return {f"{name_control(one)}:{scope}:{one.name}" for one in SETTINGS.values() if level in one.levels}


def name_control(setting: AnySetting) -> str:
    if isinstance(setting.form, Choice):
        return "set"
    return {"channels": "setc", "roles": "setr"}[setting.form.of] if isinstance(setting.form, IdList) else "tags"


def find_part(view: PageView, custom_id: str) -> dict[str, Any]:
    return next(part for part in walk(check_view(view)) if part.get("custom_id") == custom_id)


def read_custom_ids(view: PageView) -> list[str]:
    """All of them; a switch is called as the select of the same setting is."""
    found = [part["custom_id"] for part in walk(check_view(view)) if part.get("custom_id")]
    return [_SWITCH.sub(r"set:\1", custom_id) for custom_id in found]


def read_options(view: PageView, custom_id: str) -> list[tuple[str, str, bool]]:
    options = find_part(view, custom_id)["options"]
    return [(option["value"], option["label"], bool(option.get("default"))) for option in options]


def read_marked(view: PageView, custom_id: str) -> list[str]:
    name = custom_id.removeprefix("set:")
    buttons = [part for part in walk(check_view(view)) if str(part.get("custom_id")).startswith(f"sw:{name}:")]
    if buttons:
        return [button["label"].lower() for button in buttons]
    return [value for value, _, marked in read_options(view, custom_id) if marked]


_SWITCH = re.compile(r"^sw:(.*):(?:on|off)$")


# A server


def test_every_field_of_a_server_can_be_changed_on_one_of_its_pages() -> None:
    pressed = [custom_id for page in PAGES for custom_id in read_custom_ids(server(page=page))]
    assert list_wanted("server", "s") <= set(pressed)


@pytest.mark.parametrize("page", PAGES)
def test_the_select_of_pages_marks_this_one(page: str) -> None:
    assert read_marked(server(page=page), "panel:s") == [page]


def test_a_page_that_there_is_not_is_the_first_one() -> None:
    assert read_marked(server(page="nonsense"), "panel:s") == ["previews"]


@pytest.mark.parametrize(("setting", "option"), CHOICES["server"], ids=str)
def test_the_current_value_of_a_server_is_marked(setting: AnySetting, option: Option) -> None:
    settings = apply_change(NOTHING_CHOSEN, "server", setting.name, [option.value])
    assert read_marked(server(settings, find_page("server", setting.name)), f"set:s:{setting.name}") == [option.value]


@pytest.mark.parametrize(("name", "word"), [("channels", "channel"), ("roles", "role")])
def test_listed_channels_and_roles_are_picked_beforehand(name: str, word: str) -> None:
    view = server(choose(channels=(7, 8), roles=(7, 8)), "where")
    part = find_part(view, f"set{name[0]}:s:{name}")
    assert part["default_values"] == [{"id": 7, "type": word}, {"id": 8, "type": word}]
    assert (part["min_values"], part["max_values"]) == (0, 25)


def test_channels_of_every_kind_that_has_messages_can_be_listed_and_categories() -> None:
    assert sorted(find_part(server(page="where"), "setc:s:channels")["channel_types"]) == [0, 2, 4, 5, 13, 15, 16]


def test_where_the_host_has_no_galleries_nothing_is_said_of_them() -> None:
    views = [server(page=page, hosted=False) for page in PAGES]
    views += [channel(hosted=False), personal(hosted=False)]
    assert not any("galler" in read_texts(view).casefold() for view in views)


def test_what_the_bot_lacks_stands_on_top() -> None:
    first = next(part["content"] for part in walk(check_view(server(missing=["One.", "Two."]))) if "content" in part)
    assert first == "## Settings of this server\n⚠️ One.\n⚠️ Two."


@pytest.mark.parametrize("view", [server(note="Saved."), channel(note="Saved."), personal(note="Saved.")])
def test_what_was_just_done_stands_last(view: PageView) -> None:
    assert [part["content"] for part in walk(check_view(view)) if "content" in part][-1] == "Saved."


def test_the_panel_of_a_channel_is_opened_from_the_servers() -> None:
    assert find_part(server(), "panelc")["channel_types"] == [0, 5, 15, 16, 2, 13]


# A channel


def test_every_field_of_a_channel_can_be_changed() -> None:
    wanted = list_wanted("channel", "c123")
    assert set(read_custom_ids(channel())) == {*wanted, "panelb:s"}


def test_a_channel_says_what_it_would_have_from_its_server() -> None:
    assert read_options(channel(), "set:c123:galleries") == [
        ("inherit", "As in the server (on)", True),
        ("on", "On", False),
        ("off", "Off", False),
    ]


def test_what_a_channel_would_have_follows_the_server() -> None:
    view = channel(of=choose(title_language="native"))
    assert read_options(view, "set:c123:title_language")[0] == ("inherit", "As in the server (original script)", True)


@pytest.mark.parametrize(("setting", "option"), CHOICES["channel"], ids=str)
def test_the_current_value_of_a_channel_is_marked(setting: AnySetting, option: Option) -> None:
    settings = apply_change(NOTHING_CHOSEN, "channel", setting.name, [option.value])
    assert read_marked(channel(settings), f"set:c123:{setting.name}") == [option.value]


def test_the_name_of_a_channel_is_harmless_text() -> None:
    assert "## Settings of #\\*x\\* @\u200beveryone\n" in read_texts(channel(channel_name="*x*\n@everyone"))


# A person


def test_every_field_of_a_person_can_be_changed() -> None:
    wanted = list_wanted("person", "me")
    assert set(read_custom_ids(personal())) == {*wanted, "me:export", "me:delete"}


@pytest.mark.parametrize(("setting", "option"), CHOICES["person"], ids=str)
def test_the_current_value_of_a_person_is_marked(setting: AnySetting, option: Option) -> None:
    settings = apply_change(NOTHING_CHOSEN, "person", setting.name, [option.value])
    assert read_marked(personal(settings), f"set:me:{setting.name}") == [option.value]


def test_what_is_stored_comes_as_a_file() -> None:
    stored: dict[str, object] = {"user_id": 7, "settings": {}}
    view = render_export_offer(stored)
    assert json.loads(view.files[0].fp.read()) == stored
    shown = [part["file"]["url"] for part in walk(check_view(view)) if part.get("file")]
    assert shown == [f"attachment://{view.files[0].filename}"]


def test_nothing_is_deleted_without_a_question() -> None:
    assert "me:delete!" not in read_custom_ids(personal())
    assert read_custom_ids(render_delete_question()) == ["me:delete!", "panelb:me"]


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "Nothing was stored about you."),
        (1, "1 record about you was deleted. Nothing is stored about you now."),
        (2, "2 records about you were deleted. Nothing is stored about you now."),
    ],
)
def test_deleting_says_how_much_it_was(count: int, said: str) -> None:
    assert read_texts(render_deleted(count)).startswith(said)


# Limits


@pytest.mark.parametrize(
    "view",
    [
        *[
            server(choose(blocked_tags=TAGS, channels=IDS, roles=IDS), page, missing=LONG, note="x" * 999)
            for page in PAGES
        ],
        channel(choose(blocked_tags=TAGS), channel_name="*" * 100, channel_id=2**64 - 1, note="x" * 999),
        personal(choose(blocked_tags=TAGS), note="x" * 999),
    ],
)
def test_the_largest_panel_fits_into_a_message(view: PageView) -> None:
    parts = list(walk(check_view(view)))
    assert sum(size(part.get("content", "")) for part in parts) <= 4000


@pytest.mark.parametrize("view", [server(), channel(), personal(), render_delete_question(), render_deleted(1)])
def test_a_panel_outlives_a_restart(view: PageView) -> None:
    assert view.is_persistent()


def test_a_long_list_of_tags_says_how_many_are_not_shown() -> None:
    texts = read_texts(server(choose(blocked_tags=TAGS), "where"))
    shown = texts.count("female:")
    assert 0 < shown < len(TAGS)
    assert f" and {len(TAGS) - shown} more" in texts


def test_tags_are_shown_as_harmless_text() -> None:
    assert "a\\*b, @\u200beveryone" in read_texts(personal(choose(blocked_tags=("a*b", "@everyone"))))
