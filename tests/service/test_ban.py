"""What may be shown nowhere, case by case."""

from __future__ import annotations

import html
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.service.ban import BANNED_TAGS, NON_H, is_banned
from tests.support.each import each

NAMESPACES = [
    "artist",
    "character",
    "cosplayer",
    "female",
    "group",
    "language",
    "location",
    "male",
    "mixed",
    "other",
    "parody",
    "reclass",
    "temp",
    "",
    "never heard of",
]
CATEGORIES = ["Doujinshi", "Manga", "Artist CG", "Western", NON_H, "Private", "Misc", "never heard of", ""]
HARMLESS = ["language:english", "female:apron"]


def test_the_list_is_the_published_one() -> None:
    assert sorted(BANNED_TAGS) == [
        "kodomo doushi",
        "kodomo only",
        "lolicon",
        "low lolicon",
        "low shotacon",
        "mesugaki",
        "oppai loli",
        "shotacon",
        "toddlercon",
    ]


@pytest.mark.parametrize("tag", sorted(BANNED_TAGS))
def test_each_is_banned_in_each_namespace_and_category(tag: str) -> None:
    for namespace, category in itertools.product(NAMESPACES, CATEGORIES):
        written = f"{namespace}:{tag}" if namespace else tag
        assert is_banned(category, [*HARMLESS, written])
        assert is_banned(category, {"language": ("english",), namespace: ("apron", tag)})


@each(
    "tag",
    [
        "LOLICON",
        "Female:LoliCon",
        " lolicon ",
        "female: lolicon",
        "female :\tlolicon\n",
        "female:oppai  loli",
        "female:oppai\u00a0loli",
        "female:oppai\u3000loli",
        "female:oppai_loli",
        "female:_oppai__loli_",
        "female:low&#32;lolicon",
        "female&#58;lolicon",
        "female:&#108;olicon",
        "female:&amp;#108;olicon",
        "female:&amp;amp;#108;olicon",
        "female:&amp;amp;amp;amp;#108;olicon",
        "female:lolicon&nbsp;",
        "female:lolicon:",
        "lolicon:apron",
        "a:b:lolicon",
        ":lolicon",
        "::lolicon",
        "female\uff1alolicon",
        "female\ufe55lolicon",
        "female:\uff4c\uff4f\uff4c\uff49\uff43\uff4f\uff4e",
        "female:lo\u200blicon",
        "female:lo\u00adlicon",
        "\ufefffemale:lolicon\u2060",
        "female:loli\ufe0fcon",
        "female:lo\u20ddlicon",
        "female:lolicon\x00",
        "female:\u202elolicon",
        "female:loli\u3164con",
        "ｆｅｍａｌｅ：ＬＯＬＩＣＯＮ",
        "female:lolicons",
        "female:oppai lolis",
        "female:low-lolicon",
        "female:low\u2010shotacon",
        "female:oppai\u2013loli",
        "female:oppai\u30fbloli",
        "female:oppailoli",
        "female:loli-con",
        "female:loli con",
        "female:toddler_con",
        "female:kodomo-only",
        "female:kodomodoushi",
        "female:mesugaki 2",
        "male:shotacon2",
        "female:ロリコン",
        "female:ﾛﾘｺﾝ",
        "female:ろりこん",
        "male:ショタコン",
        "male:しょたこん",
        "female:メスガキ",
        "female:めすがき",
        "female:おっぱいロリ",
        "female:おっぱいろり",
        "female:ロリ巨乳",
        "female:巨乳ロリ",
        "female:雌ガキ",
        "other:子供同士",
        "other:子ども同士",
        "other:こども同士",
        "other:子供のみ",
        "other:子どものみ",
        "other:こどものみ",
        "female:lólicon",
        "female:lo\u0301licon",
        "female:l0l1con",
        "male:5h0tac0n",
        "female:lоlicon",
        "female:lolikon",
        "female:rorikon",
        "female:roricon",
        "male:shotakon",
        "male:shoutacon",
        "male:shoutakon",
        "female:萝莉控",
        "female:蘿莉控",
        "male:正太控",
        "female:로리콘",
        "male:쇼타콘",
        "female:лоликон",
        "male:шотакон",
        "female:lo\ue000licon",
        "female:lo\u0378licon",
        "female:lo\ud800licon",
        "female:lo\u115flicon",
        "female:lo\u1160licon",
        "female:lo\uffa0licon",
    ],
)
def test_no_way_to_write_it_gets_past(tag: str) -> None:
    assert is_banned("Manga", [*HARMLESS, tag])


@each(
    "tag",
    [
        "gothic lolita",
        "female:gothic lolita",
        "tall girl",
        "female:tall girl",
        "female:sweet lolita",
        "lolita channel",
        "parody:lolita",
        "artist:lolicon-free",
        "artist:mesugakiya",
        "kodomo",
        "oppai",
        "low",
        "other:only",
    ],
)
def test_what_only_resembles_it_is_not_banned(tag: str) -> None:
    assert not is_banned("Manga", [*HARMLESS, tag])
    assert not is_banned(NON_H, [tag])


NOTHING: list[object] = [None, [], {}, [""], [" ", "\u200b"], ["female:"], {"female": ()}, {"female": ("",)}]
UNREADABLE: list[object] = [
    "apron",
    5,
    True,
    1.5,
    b"apron",
    ["apron", 5],
    ["apron", None],
    [["apron"]],
    ["a" * 5000],
    {"0": "female:apron"},
    {"female": ["apron"]},
    {"female": ("apron", 5)},
    {"female": None},
]


@pytest.mark.parametrize("tags", NOTHING)
def test_without_tags_only_category_non_h_is_not_banned(tags: object) -> None:
    assert is_banned("Manga", tags)
    assert is_banned("Private", tags)
    assert is_banned("", tags)
    assert is_banned("non-h", tags)
    assert not is_banned(NON_H, tags)


@each("tags", UNREADABLE)
def test_tags_that_cannot_be_read_are_banned(tags: object) -> None:
    assert all(is_banned(category, tags) for category in CATEGORIES)


def test_a_tag_may_have_a_thousand_signs() -> None:
    assert not is_banned("Manga", ["a" * 1000])
    assert is_banned("Manga", ["a" * 1001])


def test_all_tags_together_may_have_fifty_thousand_signs() -> None:
    assert not is_banned("Manga", ["a" * 99] * 500)
    assert is_banned("Manga", ["a" * 99] * 501)
    assert is_banned(NON_H, {"female": ("a",) * 10_000})
    assert is_banned("Manga", ["apron", *[""] * 50_000])


def test_a_sign_that_stands_for_many_letters_counts_as_these() -> None:
    assert not is_banned("Manga", ["\ufdfa" * 10] * 276)  # of eighteen each
    assert is_banned("Manga", ["\ufdfa" * 10] * 277)


# Properties

blanks = st.text(" \t\n_\u00a0\u3000\u2003", min_size=1, max_size=3)
unseen = st.text("\u200b\u200c\u200d\u2060\ufeff\u00ad", max_size=2)
harmless = st.lists(st.sampled_from(["language:english", "female:apron", "tall girl", "gothic lolita"]), max_size=5)


@st.composite
def written(draw: st.DrawFn) -> str:
    """A banned tag as somebody may have written it: case, blanks, what cannot be seen, references, namespaces."""
    words = draw(st.sampled_from(sorted(BANNED_TAGS))).split()
    name = draw(blanks).join(words)
    letters = [
        draw(st.sampled_from([letter, letter.upper(), f"&#{ord(letter)};", f"&#x{ord(letter):x};"])) + draw(unseen)
        for letter in name
    ]
    namespace = draw(st.sampled_from(["", *(f"{one}:" for one in NAMESPACES if one), "Female\uff1a", "a:b:", " x : "]))
    return namespace + draw(st.just("") | blanks) + "".join(letters) + draw(st.just("") | blanks)


@given(st.sampled_from(CATEGORIES), harmless, written(), harmless)
def test_property_it_is_banned_however_it_is_written(
    category: str, before: list[str], tag: str, after: list[str]
) -> None:
    assert is_banned(category, [*before, tag, *after])


# Nothing that is listed, however it is spelt or looks, does without "c", "k" and "g".
@given(st.sampled_from(CATEGORIES), st.lists(st.text("abehilmnorstvw ", min_size=1, max_size=14), min_size=1))
def test_property_no_other_tag_is_banned(category: str, names: list[str]) -> None:
    others = [name for name in names if name.strip()]
    assert is_banned(category, others) is (not others and category != NON_H)


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(st.text(), st.lists(json) | st.text() | st.integers() | st.none())
def test_property_whatever_the_tags_are_there_is_an_answer(category: str, tags: object) -> None:
    assert is_banned(category, tags) in (True, False)


@given(st.lists(st.text(max_size=20).map(html.escape), min_size=1))
def test_property_one_banned_tag_bans_whatever_is_beside_it(tags: list[str]) -> None:
    assert is_banned(NON_H, [*tags, "lolicon"])
