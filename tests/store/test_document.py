from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.gate.setting import SERVER_DEFAULT, ChannelSettings, PersonalSettings, ServerSettings
from bot.store.document import parse_document, render_document

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def test_a_document_is_read_as_it_was_written() -> None:
    settings = ServerSettings(vndb=True, channels=(1 << 62,), blocked_tags=("a", "b"), image_level=1)
    assert parse_document(render_document(settings), ServerSettings) == (settings, [])


def test_a_field_of_a_later_version_is_passed_over() -> None:
    assert parse_document('{"vndb": true, "later": {"x": 1}}', ServerSettings) == (ServerSettings(vndb=True), [])


def test_a_field_that_cannot_be_read_has_its_default_and_the_others_stay() -> None:
    text = '{"title_language": "klingon", "vndb": true}'
    assert parse_document(text, ServerSettings) == (ServerSettings(vndb=True), ["title_language"])


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ('{"galleries": 3, "vndb": true}', ServerSettings(galleries=False, vndb=True)),
        ('{"image_level": 9}', ServerSettings(image_level=0)),
    ],
)
def test_a_switch_that_cannot_be_read_is_off(text: str, safe: ServerSettings) -> None:
    assert parse_document(text, ServerSettings)[0] == safe


@pytest.mark.parametrize(
    "text", ['{"blocked_tags": ["a", 5]}', '{"roles": "x"}', '{"channels": {}}', '{"channel_rule": "odd"}']
)
def test_a_limit_that_cannot_be_read_switches_everything_off(text: str) -> None:
    settings, _ = parse_document(text[:-1] + ', "vndb": true, "non_h": true}', ServerSettings)
    assert not (settings.galleries or settings.vndb or settings.anime or settings.non_h)


@pytest.mark.parametrize("text", ["", "{", "null", "[1]", "[" * 100_000])
def test_a_document_that_cannot_be_read_at_all_shows_nothing(text: str) -> None:
    assert parse_document(text, ServerSettings)[0].galleries is False
    assert parse_document(text, ChannelSettings)[0].galleries is False
    assert parse_document('{"previews": 1}', PersonalSettings)[0].previews is False


@given(st.dictionaries(st.sampled_from(ServerSettings.__struct_fields__), JSON))
def test_no_damage_switches_anything_on(document: dict[str, object]) -> None:
    settings, lost = parse_document(msgspec.json.encode(document).decode(), ServerSettings)
    if lost:
        for name in ("galleries", "vndb", "anime", "non_h"):
            chosen = document.get(name, getattr(SERVER_DEFAULT, name))
            assert getattr(settings, name) in {False, chosen is True}


@given(JSON)
def test_whatever_was_read_can_be_written(document: object) -> None:
    settings, _ = parse_document(msgspec.json.encode(document).decode(), ChannelSettings)
    assert parse_document(render_document(settings), ChannelSettings) == (settings, [])
