"""A gallery's tags: how they are read, and in how much room they stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hypothesis import given
from hypothesis import strategies as st

from bot.cards.text import one_line, size
from bot.gallery.cards.tag import list_tags, name_tag, name_tags, summarise_tags
from tests.gallery import strategies as ehentai
from tests.support.each import each
from tests.support.examples import examples
from tests.support.markdown import show


def read(tags: Mapping[str, Sequence[str]], *, room: int = 3000) -> str:
    return "\n".join(list_tags(tags, room=room))


# How they are read


@each(
    ("namespace", "tag", "read_as"),
    [
        ("language", "japanese", "Japanese"),
        ("language", "text cleaned", "Text Cleaned"),
        ("artist", "foo bar", "Foo Bar"),
        ("artist", "jean-luc o'neill", "Jean-Luc O'neill"),
        ("artist", "j.c. yukino", "J.C. Yukino"),
        ("artist", "éloïse", "Éloïse"),
        ("artist", "46 cm ball", "46 Cm Ball"),
        ("artist", "青葉道草", "青葉道草"),
        ("group", "the lantern works (north)", "The Lantern Works (North)"),
        ("parody", "tale of the river no kami", "Tale of the River no Kami"),
        ("character", "of the hill", "Of the Hill"),
        ("artist", "McDonald", "McDonald"),
        ("female", "school uniform", "school uniform"),
        ("other", "full color", "full color"),
        ("", "sketch", "sketch"),
        ("new one", "some thing", "some thing"),
    ],
)
def test_names_have_capitals_and_words_have_none(namespace: str, tag: str, read_as: str) -> None:
    assert name_tag(namespace, tag) == read_as


@examples(200)
@given(st.sampled_from(["artist", "language", "female", ""]), ehentai.words)
def test_only_capitals_are_changed(namespace: str, tag: str) -> None:
    assert name_tag(namespace, tag).casefold() == one_line(tag).casefold()


def test_a_tag_that_stands_twice_is_shown_once() -> None:
    assert name_tags("artist", {"artist": ("some one", "some  one", "", "Some One")}) == ["Some One"]


# In one line


def test_a_summary_says_who_and_what_and_leaves_the_language_to_others() -> None:
    tags = {
        "language": ("english",),
        "artist": ("some one",),
        "female": ("a", "b", "c", "d", "e", "f"),
        "male": ("hat",),
        "temp": ("checked",),
    }
    assert summarise_tags(tags, limit=200) == "-# Some One · female: a, b, c, d and 2 more · male: hat"
    assert summarise_tags({"language": ("english",)}, limit=200) == ""


@examples(150)
@given(st.dictionaries(st.sampled_from(["artist", "female", "other", ""]), st.lists(ehentai.words, max_size=5)))
def test_a_summary_is_one_harmless_line(tags: dict[str, list[str]]) -> None:
    line = summarise_tags(tags, limit=180)
    assert size(line) <= 180
    assert "\n" not in line
    assert (show(line).links, show(line).hidden) == ((), "")


# In lines


def test_a_long_list_of_tags_says_how_many_more_there_are() -> None:
    line = read({"other": [f"quiet subject {number}" for number in range(100)]})
    shown = line.count("quiet subject")
    assert line.startswith("**Other:** quiet subject 0, ")
    assert line.endswith(f" and {100 - shown} more")
    assert size(line) <= 1000


def test_in_little_room_short_lists_stay_whole_and_long_ones_give_way() -> None:
    many = [f"quiet subject {number}" for number in range(50)]
    text = read({"artist": ("someone",), "female": many, "male": many}, room=600)
    assert "**Artist:** Someone\n" in text
    assert len([line for line in text.split("\n") if " more" in line]) == 2
    assert 500 < size(text) <= 600


def test_tags_that_find_no_room_are_counted() -> None:
    text = read({f"odd {number}": ("one", "two") for number in range(40)}, room=600)
    shown = text.count("**Odd ")
    assert 0 < shown < 40
    assert text.endswith(f"-# {2 * (40 - shown)} more tags")


def test_short_lists_find_room_where_as_many_long_ones_would_not() -> None:
    assert read({f"odd {number}": ("one",) for number in range(20)}, room=600).count("**Odd ") == 20


def test_tags_of_every_length_fit_into_every_room() -> None:
    tags = {f"odd {number}": ("long " * 11 * (number % 2) + "one", *"abcdefgh" * 9) for number in range(40)}
    for room in range(400, 3400, 13):
        assert size(read(tags, room=room)) <= room
