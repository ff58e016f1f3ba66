"""Panels of settings: every field is there, the current value is marked, and Discord takes the largest of them."""

from __future__ import annotations

import gzip
import json
import re
from typing import Any

import pytest

from bot.cards.text import size
from bot.gate.chosen import NOTHING_CHOSEN, Chosen
from bot.gate.declaration import AnySetting, Choice, IdList, Level
from bot.gate.rules import HOSTED_DEFAULT, Hosted
from bot.gate.setting import ADULT, BLOCKED_TAGS, BLOCKED_TAGS_AT_MOST, LISTED_AT_MOST, ROLES, SETTINGS, VNDB
from bot.navigation.frame import PageView
from bot.playground.engine.components import walk
from bot.settings.form import Option, apply_change, find_page, list_options, list_pages
from bot.settings.hint import Saved
from bot.settings.panel_card import (
    render_channel_panel,
    render_delete_question,
    render_deleted,
    render_export_offer,
    render_personal_panel,
    render_server_panel,
)
from bot.settings.stored import build_file
from bot.settings.tag import TAG_LIMIT
from tests.support.choose import choose
from tests.support.discord_limits import check_view, read_texts

PAGES = [page.key for page in list_pages("server", HOSTED_DEFAULT)]
IDS = tuple(2**63 - 1 - number for number in range(LISTED_AT_MOST))
TAGS = tuple(f"female:{number:03}".ljust(TAG_LIMIT, "_") for number in range(BLOCKED_TAGS_AT_MOST))
LEVELS: tuple[Level, ...] = ("server", "channel", "person")
CHOICES = {
    level: [(one, option) for one in SETTINGS.values() if level in one.levels for option in list_options(one, level)]
    for level in LEVELS
}
LARGE = Saved(BLOCKED_TAGS, "x" * 999)
LONG = ["The bot lacks something. " * 40] * 9


def server(settings: Chosen | None = None, page: str = "previews", *, hosted: bool = True, **more: Any) -> PageView:
    return render_server_panel(settings or NOTHING_CHOSEN, page=page, hosted=Hosted(galleries=hosted), **more)


def channel(
    settings: Chosen | None = None,
    of: Chosen | None = None,
    *,
    channel_id: int = 123,
    page: str = "",
    hosted: bool = True,
    saved: Saved | None = None,
) -> PageView:
    return render_channel_panel(
        settings or NOTHING_CHOSEN,
        of or NOTHING_CHOSEN,
        channel_id=channel_id,
        page=page,
        hosted=Hosted(galleries=hosted),
        saved=saved,
    )


def personal(settings: Chosen | None = None, *, hosted: bool = True, saved: Saved | None = None) -> PageView:
    return render_personal_panel(settings or NOTHING_CHOSEN, hosted=Hosted(galleries=hosted), saved=saved)


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


@pytest.mark.parametrize(
    ("view", "said"),
    [
        (server(choose(vndb=False), saved=Saved(VNDB)), "✅ Saved: VNDB links: Off"),
        (channel(choose(vndb=False), saved=Saved(VNDB)), "✅ Saved: VNDB links: Off"),
        (channel(saved=Saved(VNDB)), "✅ Saved: VNDB links: As in the server"),
        (server(page="where", saved=Saved(ROLES)), "✅ Saved: Roles: none"),
        (
            personal(choose(blocked_tags=("a", "b")), saved=Saved(BLOCKED_TAGS, "More.")),
            "✅ Saved: Blocked tags: 2\nMore.",
        ),
    ],
)
def test_what_was_just_saved_stands_with_its_control(view: PageView, said: str) -> None:
    (there,) = [str(part["content"]) for part in walk(check_view(view)) if "✅" in str(part.get("content"))]
    label = said.split(": ")[1]
    assert there.startswith(f"**{label}**")
    assert said in there


@pytest.mark.parametrize(
    ("view", "said"),
    [
        (server(choose(vndb=False)), "**VNDB links** · *changed; at first: On*"),
        (server(choose(roles=(1,)), "where"), "**Roles** · *changed*"),
        (channel(choose(vndb=True), choose(vndb=False)), "**VNDB links** · *only here; the server: Off*"),
        (channel(choose(blocked_tags=("a",)), page="cards"), "**Blocked tags** · *only here*"),
        (personal(choose(spoiler_level=2)), "**Spoilers** · *your choice*"),
    ],
)
def test_what_differs_is_marked(view: PageView, said: str) -> None:
    assert said in read_texts(view)


def test_nothing_is_marked_where_nothing_was_chosen() -> None:
    views = [*(server(page=page) for page in PAGES), channel(), channel(page="cards"), personal()]
    assert not any("** · *" in read_texts(view) for view in views)


@pytest.mark.parametrize(
    ("view", "said"),
    [
        (server(choose(channel_rule="only"), "where"), "so nothing is previewed anywhere"),
        (server(choose(channel_rule="except"), "where"), "so links are previewed in all channels"),
        (server(choose(channels=(1,)), "where"), "The list does nothing"),
        (server(choose(non_h=True, galleries=False)), "does nothing while “Gallery links” is off"),
        (server(choose(adult=False)), "does nothing while “Adult content” is off"),
        (channel(choose(adult=False)), "does nothing while “Adult content” is off"),
    ],
)
def test_what_does_not_do_what_it_looks_like_is_said(view: PageView, said: str) -> None:
    assert said in read_texts(view)


def test_nothing_is_wrong_at_first_nor_with_a_list_that_is_used() -> None:
    views = [
        *(server(page=page) for page in PAGES),
        channel(),
        server(choose(channel_rule="only", channels=(1,)), "where"),
    ]
    assert not any("⚠️" in read_texts(view) for view in views)


def test_what_holds_at_first_is_called_so_to_lead_back() -> None:
    labels = [label for _, label, _ in read_options(server(page="cards"), "set:s:spoiler_level")]
    assert labels == ["None (default)", "Minor ones", "All of them"]


@pytest.mark.parametrize(
    ("different", "said"),
    [
        ([], "Nothing is, so far."),
        ([7, 8], "So far in <#7> <#8>."),
        (list(range(1, 13)), "<#10> and 2 more."),
    ],
)
def test_the_channels_that_differ_are_named(different: list[int], said: str) -> None:
    assert said in read_texts(server(different=different))


def test_what_is_not_known_of_channels_is_not_said() -> None:
    assert "so far" not in read_texts(server(different=None)).casefold()


def test_the_panel_of_a_channel_is_opened_from_the_servers() -> None:
    assert find_part(server(), "panelc")["channel_types"] == [0, 5, 15, 16, 2, 13]


# A channel


def test_every_field_of_a_channel_can_be_changed() -> None:
    wanted = list_wanted("channel", "c123")
    pressed = {custom_id for page in ("previews", "cards") for custom_id in read_custom_ids(channel(page=page))}
    assert pressed == {*wanted, "panel:c123", "panelb:s", "why"}


def test_a_channel_says_what_it_would_have_from_its_server() -> None:
    assert read_options(channel(), "set:c123:galleries") == [
        ("inherit", "As in the server (on)", True),
        ("on", "On", False),
        ("off", "Off", False),
    ]


def test_what_a_channel_would_have_follows_the_server() -> None:
    view = channel(of=choose(title_language="native"), page="cards")
    assert read_options(view, "set:c123:title_language")[0] == ("inherit", "As in the server (original script)", True)


@pytest.mark.parametrize(("setting", "option"), CHOICES["channel"], ids=str)
def test_the_current_value_of_a_channel_is_marked(setting: AnySetting, option: Option) -> None:
    settings = apply_change(NOTHING_CHOSEN, "channel", setting.name, [option.value])
    view = channel(settings, page=find_page("channel", setting.name))
    assert read_marked(view, f"set:c123:{setting.name}") == [option.value]


def test_a_channel_is_named_as_discord_does_of_whatever_kind_it_is() -> None:
    assert read_texts(channel()).startswith("## Settings of <#123>\n")


# A person


def test_every_field_of_a_person_can_be_changed() -> None:
    wanted = list_wanted("person", "me")
    assert set(read_custom_ids(personal())) == {*wanted, "me:export", "me:delete", "acc:open"}


@pytest.mark.parametrize(("setting", "option"), CHOICES["person"], ids=str)
def test_the_current_value_of_a_person_is_marked(setting: AnySetting, option: Option) -> None:
    settings = apply_change(NOTHING_CHOSEN, "person", setting.name, [option.value])
    assert read_marked(personal(settings), f"set:me:{setting.name}") == [option.value]


@pytest.mark.parametrize("packed", [False, True])
def test_what_is_stored_comes_as_a_file_that_is_packed_where_it_is_too_large(*, packed: bool) -> None:
    stored: dict[str, object] = {"user_id": 7, "settings": {}}
    view = render_export_offer(stored, *build_file(stored, at_most=20 if packed else 1000))
    document = view.files[0].fp.read()
    assert json.loads(gzip.decompress(document) if packed else document) == stored
    assert view.files[0].filename == ("shiori-about-me.json.gz" if packed else "shiori-about-me.json")
    assert ("packed (gzip) since it is larger than Discord takes" in read_texts(view)) is packed
    shown = [part["file"]["url"] for part in walk(check_view(view)) if part.get("file")]
    assert shown == [f"attachment://{view.files[0].filename}"]


def test_nothing_is_deleted_without_a_question() -> None:
    assert "me:delete!" not in read_custom_ids(personal())
    assert read_custom_ids(render_delete_question()) == ["me:delete!", "panelb:me"]


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "Nothing is stored about you now."),
        (1, "1 record about you was deleted. Nothing is stored about you now."),
        (2, "2 records about you were deleted. Nothing is stored about you now."),
    ],
)
def test_deleting_says_how_much_it_was(count: int, said: str) -> None:
    assert read_texts(render_deleted(count)).startswith(said)


@pytest.mark.parametrize(
    ("deleted", "left", "said"),
    [
        (0, 1, "1 card could not be taken away yet, so its record is kept until then;"),
        (1, 2, "1 record about you was deleted. 2 cards could not be taken away yet, so their records are kept"),
    ],
)
def test_deleting_says_what_is_left(deleted: int, left: int, said: str) -> None:
    text = read_texts(render_deleted(deleted, left=left))
    assert text.startswith(said)
    assert "Nothing is stored" not in text


# Limits


@pytest.mark.parametrize(
    "view",
    [
        *[
            server(choose(blocked_tags=TAGS, channels=IDS, roles=IDS), page, missing=LONG, different=IDS, saved=LARGE)
            for page in PAGES
        ],
        *[channel(choose(blocked_tags=TAGS), page=page, channel_id=2**64 - 1, saved=LARGE) for page in ("", "cards")],
        personal(choose(blocked_tags=TAGS), saved=LARGE),
    ],
)
def test_the_largest_panel_fits_into_a_message(view: PageView) -> None:
    parts = list(walk(check_view(view)))
    assert sum(size(part.get("content", "")) for part in parts) <= 4000


@pytest.mark.parametrize(
    "view", [server(), channel(), personal(), render_delete_question(off_list=True), render_deleted(1)]
)
def test_a_panel_outlives_a_restart(view: PageView) -> None:
    assert view.is_persistent()


def test_a_long_list_of_tags_says_how_many_are_not_shown() -> None:
    texts = read_texts(server(choose(blocked_tags=TAGS), "cards"))
    shown = texts.count("female:")
    assert 0 < shown < len(TAGS)
    assert f" and {len(TAGS) - shown} more" in texts


def test_tags_are_shown_as_harmless_text() -> None:
    assert "a\\*b, @\u200beveryone" in read_texts(personal(choose(blocked_tags=("a*b", "@everyone"))))


def list_picture_levels(view: PageView) -> tuple[list[str], list[str]]:
    """The levels of pictures that a panel offers, and the one that is marked."""
    (select,) = [one for one in walk(check_view(view)) if str(one.get("custom_id")).endswith(":image_level")]
    options = select["options"]
    return [one["value"] for one in options], [one["value"] for one in options if one.get("default")]


EVERY_LEVEL, WITHOUT_ADULT = ["-1", "0", "1", "2"], ["-1", "0"]


@pytest.mark.parametrize(
    ("adult", "hosted", "offered", "marked"),
    [
        (None, HOSTED_DEFAULT, EVERY_LEVEL, "2"),
        (False, HOSTED_DEFAULT, WITHOUT_ADULT, "0"),
        (None, Hosted(adult=False), WITHOUT_ADULT, "0"),
    ],
)
def test_levels_of_pictures_that_do_nothing_are_not_offered(
    adult: bool | None, hosted: Hosted, offered: list[str], marked: str
) -> None:
    chosen = NOTHING_CHOSEN if adult is None else NOTHING_CHOSEN.put(ADULT, adult)
    assert list_picture_levels(render_server_panel(chosen, page="cards", hosted=hosted)) == (offered, [marked])


@pytest.mark.parametrize(
    ("server", "own", "offered"),
    [(None, None, EVERY_LEVEL), (False, None, WITHOUT_ADULT), (False, True, EVERY_LEVEL), (None, False, WITHOUT_ADULT)],
)
def test_a_channel_offers_the_levels_of_pictures_that_do_something_there(
    server: bool | None, own: bool | None, offered: list[str]
) -> None:
    of_server, of_channel = (
        NOTHING_CHOSEN if value is None else NOTHING_CHOSEN.put(ADULT, value) for value in (server, own)
    )
    view = render_channel_panel(of_channel, of_server, channel_id=5, page="cards", hosted=HOSTED_DEFAULT)
    assert list_picture_levels(view) == (["inherit", *offered], ["inherit"])
