"""Lists of blocked tags: read from what a person typed, and shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards.text import size
from bot.errors import InvalidInput
from bot.gate.setting import BLOCKED_TAGS_AT_MOST, normalise_tag
from bot.interaction.error import render_error
from bot.settings.tag import TAG_LIMIT, format_tags, parse_tags
from tests.support.markdown import find_mentions


@pytest.mark.parametrize(
    ("typed", "tags"),
    [
        ("", ()),
        (" \n , ,\n", ()),
        ("glasses", ("glasses",)),
        ("glasses\nswimsuit", ("glasses", "swimsuit")),
        ("glasses\r\nswimsuit", ("glasses", "swimsuit")),
        ("glasses, swimsuit ,glasses", ("glasses", "swimsuit")),
        ("  Full   COLOR ", ("full color",)),
        ("Female : Glasses", ("female:glasses",)),
        ("glass\u202ees", ("glasses",)),
    ],
)
def test_tags_are_read_as_they_are_compared(typed: str, tags: tuple[str, ...]) -> None:
    assert parse_tags(typed, of="Blocked tags") == tags


@pytest.mark.parametrize(
    ("typed", "tag"),
    [
        ('female:"school uniform$"', "female:school uniform"),
        ("f:glasses$", "female:glasses"),
        ("M:glasses", "male:glasses"),
        ("series:example", "parody:example"),
        ("a:someone", "artist:someone"),
    ],
)
def test_a_tag_copied_from_a_search_blocks_what_the_search_finds(typed: str, tag: str) -> None:
    assert parse_tags(typed, of="Blocked tags") == (tag,)


def test_as_many_tags_are_taken_as_are_kept() -> None:
    assert len(parse_tags("\n".join(map(str, range(BLOCKED_TAGS_AT_MOST))), of="Blocked tags")) == BLOCKED_TAGS_AT_MOST


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (",".join(map(str, range(BLOCKED_TAGS_AT_MOST + 1))), "has 101 tags; 100 are kept at most"),
        ("x" * (TAG_LIMIT + 1), "has a tag of more than 60 characters"),
        ("female:", "has a namespace without a tag"),
    ],
)
def test_a_list_that_cannot_be_kept_says_why(typed: str, said: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_tags(typed, of="Blocked tags")
    assert said in render_error(caught.value)


def test_a_refused_tag_mentions_nobody() -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_tags("@everyone " * 10, of="Blocked tags")
    assert find_mentions(render_error(caught.value)) == []


words = st.one_of(
    st.text(max_size=80), st.sampled_from(["female", "f", ":", ": ", "@everyone", '"', "$", " ", "İ", "ß"])
)


@given(st.lists(st.one_of(words, st.lists(words, max_size=4).map("".join)), max_size=120).map(",".join))
def test_whatever_is_typed_is_refused_or_read_for_good(typed: str) -> None:
    try:
        tags = parse_tags(typed, of="Blocked tags")
    except InvalidInput:
        return
    assert len(tags) == len(set(tags)) <= BLOCKED_TAGS_AT_MOST
    assert all(0 < size(tag) <= TAG_LIMIT for tag in tags)
    assert [normalise_tag(tag) for tag in tags] == list(tags)
    assert parse_tags("\n".join(tags), of="Blocked tags") == tags


# Shown


def test_tags_are_shown_as_harmless_text() -> None:
    assert format_tags(["*bold*", "@everyone"], limit=100) == "\\*bold\\*, @\u200beveryone"


def test_tags_that_do_not_fit_are_counted() -> None:
    assert format_tags(["a" * 20, "b" * 20, "c" * 20], limit=45) == f"{'a' * 20} and 2 more"


@given(st.lists(st.text(min_size=1, max_size=TAG_LIMIT), max_size=BLOCKED_TAGS_AT_MOST), st.integers(200, 2000))
def test_shown_tags_keep_their_limit(tags: list[str], limit: int) -> None:
    assert size(format_tags(tags, limit=limit)) <= limit
