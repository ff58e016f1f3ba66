"""Lists of blocked tags: read from what a person typed, and shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards.text import size
from bot.gate.setting import BLOCKED_TAGS_AT_MOST, normalise_tag
from bot.settings.tag import TAG_LIMIT, change_tags, format_tags, read_tags, sign_tags
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
        (
            "glasses; kimono、swimsuit，full color；windmill",
            ("glasses", "kimono", "swimsuit", "full color", "windmill"),
        ),
    ],
)
def test_tags_are_read_as_they_are_compared(typed: str, tags: tuple[str, ...]) -> None:
    assert read_tags(typed).tags == tags


@pytest.mark.parametrize(
    ("typed", "tag"),
    [
        ('female:"school uniform$"', "female:school uniform"),
        ("f:glasses$", "female:glasses"),
        ("M:glasses", "male:glasses"),
        ("series:example", "parody:example"),
        ("a:someone", "artist:someone"),
        ("f:straw_hat$", "female:straw hat"),
        ("female:straw+hat", "female:straw hat"),
        ("female：glasses", "female:glasses"),
        ("tag:glasses", "glasses"),
    ],
)
def test_a_tag_copied_from_a_search_blocks_what_the_search_finds(typed: str, tag: str) -> None:
    assert read_tags(typed).tags == (tag,)


def test_as_many_tags_are_taken_as_are_kept() -> None:
    assert len(read_tags("\n".join(map(str, range(BLOCKED_TAGS_AT_MOST)))).tags) == BLOCKED_TAGS_AT_MOST


@pytest.mark.parametrize(
    ("typed", "tags", "said"),
    [
        ("x" * (TAG_LIMIT + 1), (), "longer than 60 characters"),
        ("female:", (), "a namespace without a tag"),
        (":", (), "“:” (no tag)"),
        ('"$"', (), "no tag"),
        ("xyz:glasses, kimono", ("kimono",), "“xyz:glasses” (E-Hentai has no such namespace)"),
        ("female:male:glasses", (), "E-Hentai has no such namespace"),
        ("glasses*, f:glass%", (), "“glasses\\*” (no tag has “\\*”); “f:glass%” (no tag has “%”)"),
        ("~f:glasses, #glasses", (), "“\\~f:glasses” (no tag has “\\~”); “\\#glasses” (no tag has “\\#”)"),
        ("-f:glasses, f:-glasses, t-shirt", ("t-shirt",), "(no tag begins with “-”)"),
        ("tag:, _, kimono", ("kimono",), "no tag"),
        ("a:, b:x, c:, xyz:a, :", (), "; and 2 more."),
        ("temp:glasses, reclass:manga, loc:here", ("temp:glasses", "reclass:manga", "location:here"), ""),
        ("glasses, , \n", ("glasses",), ""),
    ],
)
def test_what_is_not_taken_is_said_and_keeps_nothing_else_away(typed: str, tags: tuple[str, ...], said: str) -> None:
    found = read_tags(typed)
    assert found.tags == tags
    assert said in found.sentence
    assert bool(found.sentence) is bool(said)


def test_more_than_are_kept_are_named() -> None:
    found = read_tags(",".join(map(str, range(BLOCKED_TAGS_AT_MOST + 1))))
    assert len(found.tags) == BLOCKED_TAGS_AT_MOST
    assert found.refused == ("“100” (100 are kept at most)",)


def test_a_refused_tag_mentions_nobody() -> None:
    said = read_tags("@everyone " * 10).sentence
    assert "Not taken" in said
    assert find_mentions(said) == []


@pytest.mark.parametrize(
    ("known", "shown", "tags"),
    [
        (("glasses",), ("glasses",), ("kimono",)),
        ((), (), ("kimono",)),
        (("glasses", "apron"), ("glasses",), ("glasses", "apron", "kimono")),
        (("kimono",), (), ("kimono",)),
        ((), ("glasses",), ("kimono",)),
    ],
)
def test_what_is_typed_takes_the_place_of_the_list_that_was_there_and_of_no_other(
    known: tuple[str, ...], shown: tuple[str, ...], tags: tuple[str, ...]
) -> None:
    changed = change_tags(known, ["kimono"], [sign_tags(shown)])
    assert changed.tags == tags
    assert ("changed meanwhile" in changed.sentence) is (known != shown)


def test_what_was_there_meanwhile_is_kept_before_what_is_typed_where_there_is_no_room_for_both() -> None:
    known = tuple(map(str, range(BLOCKED_TAGS_AT_MOST)))
    changed = change_tags(known, ["glasses"], [sign_tags(())])
    assert changed.tags == known
    assert "“glasses” (100 are kept at most)" in changed.sentence


words = st.one_of(
    st.text(max_size=80), st.sampled_from(["female", "f", ":", ": ", "@everyone", '"', "$", " ", "İ", "ß"])
)


@given(st.lists(st.one_of(words, st.lists(words, max_size=4).map("".join)), max_size=120).map(",".join))
def test_what_is_taken_of_whatever_is_typed_is_read_for_good(typed: str) -> None:
    tags = read_tags(typed).tags
    assert len(tags) == len(set(tags)) <= BLOCKED_TAGS_AT_MOST
    assert all(0 < size(tag) <= TAG_LIMIT for tag in tags)
    assert [normalise_tag(tag) for tag in tags] == list(tags)
    assert read_tags("\n".join(tags)).tags == tags


# Shown


def test_tags_are_shown_as_harmless_text() -> None:
    assert format_tags(["*bold*", "@everyone"], limit=100) == "\\*bold\\*, @\u200beveryone"


def test_tags_that_do_not_fit_are_counted() -> None:
    assert format_tags(["a" * 20, "b" * 20, "c" * 20], limit=45) == f"{'a' * 20} and 2 more"


@given(st.lists(st.text(min_size=1, max_size=TAG_LIMIT), max_size=BLOCKED_TAGS_AT_MOST), st.integers(200, 2000))
def test_shown_tags_keep_their_limit(tags: list[str], limit: int) -> None:
    assert size(format_tags(tags, limit=limit)) <= limit
