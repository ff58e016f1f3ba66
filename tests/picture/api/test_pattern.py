"""The search operators of Nekos API v1: what is sent, and what is refused before."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import InvalidInput
from bot.picture.api.pattern import Searched, check_pattern, quote_name
from bot.playground.service.nekos.pattern import compile_similar
from tests.support.each import each

KINDS: tuple[Searched, ...] = ("artist", "category")

# The documentation's own examples: what matches, and what does not.
PUBLISHED = [
    ("%aguya%", ["kaguya-sama", "aguya"], ["kagu"]),
    ("k_guya", ["kaguya", "KXGUYA"], ["kguya"]),
    ("kaguya|megumin", ["kaguya", "megumin"], ["kaguyamegumin"]),
    ("k*aguya", ["aguya", "kaguya", "kkaguya"], ["xaguya"]),
    ("kaguya+", ["kaguya", "kaguyaaa"], ["kaguy"]),
    ("kaguya?", ["kaguy", "kaguya"], ["kaguyaa"]),
    ("kaguya{3}", ["kaguyaaa"], ["kaguyaa"]),
    ("kaguya{2,}", ["kaguyaa", "kaguyaaaa"], ["kaguya"]),
    ("kaguya{2,4}", ["kaguyaa", "kaguyaaaa"], ["kaguyaaaaa"]),
    ("(kaguya){1,3}", ["kaguya", "kaguyakaguya"], ["kaguyakagu"]),
    ("[a-z]kaguya", ["akaguya", "bkaguya"], ["1kaguya"]),
    ("%?kaguya(-sama)?%?", ["kaguya", "abckaguya-samadef", "kaguya123"], ["kagu"]),
]


@each(("pattern", "right", "wrong"), PUBLISHED)
def test_every_published_example_passes_and_means_what_is_said(
    pattern: str, right: list[str], wrong: list[str]
) -> None:
    similar = compile_similar(check_pattern(pattern, kind="artist"))
    assert all(similar.fullmatch(name) for name in right)
    assert not any(similar.fullmatch(name) for name in wrong)


@each(
    ("pattern", "reason"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("(", "without a closing one"),
        ("((a)", "without a closing one"),
        (")", "without an opening one"),
        ("()", "nothing in its parentheses"),
        ("*a", "nothing before"),
        ("a|+", "nothing before"),
        ("(?a)", "nothing before"),
        ("{2}", "nothing before"),
        ("a**", "another repetition"),
        ("a{2}{3}", "another repetition"),
        ("%*", "another repetition"),
        ("%{2}", "another repetition"),
        ("%??", "another repetition"),
        ("a{", "not like {2}"),
        ("a{x}", "not like {2}"),
        ("a{,2}", "not like {2}"),
        ("a{4,2}", "from less to more"),
        ("a{256}", "255"),
        ("(_{255}){255}", "repetitions within repetitions"),
        ("((a{16}){4}){4}", "repetitions within repetitions"),
        ("(a|b{99}c){3}", "repetitions within repetitions"),
        ("([ß-z]a)", "not like a-z"),
        ("a}", "without its beginning"),
        ("a]", "without its beginning"),
        ("[a-z", "not like [a-z]"),
        ("[]", "not like [a-z]"),
        ("[^]", "not like [a-z]"),
        ("[[:alpha:]]", "not like [a-z]"),
        ("[z-a]", "not like a-z"),
        ("[a-c-e]", "not like a-z"),
        ("[a--]", "not like a-z"),
        ("a\\", "backslash"),
        ("a\x00", "cannot be searched for"),
        ("\ud800", "cannot be searched for"),
        ("a" * 21, "20 characters"),
        ("😀" * 11, "20 characters"),
    ],
)
def test_a_bad_pattern_is_refused_with_its_reason(pattern: str, reason: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        check_pattern(pattern, kind="artist")
    assert caught.value.what == "artist"
    assert reason in caught.value.reason


@pytest.mark.parametrize(
    "pattern", ["(a{15}){17}", "(a{99}b{99}){2}", "(_{200})_{200}", "(a{2})*b{200}", "((a+)*){255}", "[ßz]", "[a-ÿ]"]
)
def test_repetitions_that_are_not_too_many_together_pass(pattern: str) -> None:
    assert check_pattern(pattern, kind="artist") == pattern


def test_a_category_may_have_fifty_characters() -> None:
    assert check_pattern("a" * 50, kind="category") == "a" * 50
    with pytest.raises(InvalidInput):
        check_pattern("a" * 51, kind="category")


def test_blanks_and_line_breaks_become_single_blanks() -> None:
    assert check_pattern("  school \n uniform ", kind="category") == "school uniform"


LETTERS = st.sampled_from("abkz09-é猫")
ATOMS = st.one_of(LETTERS, st.just("_"), st.sampled_from(["[a-z]", "[^0-9]", "[-ab]", "[ab-]", "[a-cx-z]"]))
COUNTS = st.sampled_from(["", "", "*", "+", "?", "{2}", "{2,}", "{0,3}"])


def group(members: list[str], count: str) -> str:
    return f"({'|'.join(members)}){count}"


PIECES = st.recursive(
    st.one_of(st.sampled_from(["%", "%?"]), st.builds(str.__add__, ATOMS, COUNTS)),
    lambda inner: st.builds(group, st.lists(inner, min_size=1, max_size=3), COUNTS),
    max_leaves=4,
)


@given(st.lists(PIECES, min_size=1, max_size=4).map("".join).filter(lambda text: len(text) <= 50))
def test_every_well_formed_pattern_passes(pattern: str) -> None:
    assert check_pattern(pattern, kind="category") == pattern


@given(st.one_of(st.text(max_size=20), st.text("ab%_|*+?{}()[]-^,19\\ ", max_size=12)))
def test_whatever_passes_can_be_searched_for(text: str) -> None:
    try:
        pattern = check_pattern(text, kind="artist")
    except InvalidInput:
        return
    compile_similar(pattern).fullmatch("")


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("Aoba  Moon", "Aoba Moon"),
        ("C++ (artist)", "C__ _artist_"),
        ("A name of more than twenty letters", "A name of more than%"),
        ("猫" * 21, "猫" * 19 + "%"),
        ("😺" * 11, "😺" * 9 + "%"),
    ],
)
def test_a_name_has_a_pattern_that_finds_it(name: str, pattern: str) -> None:
    assert quote_name(name, kind="artist") == pattern


@given(
    st.text(min_size=1, max_size=60).filter(lambda name: bool(name.strip()) and " ".join(name.split()).isprintable())
)
def test_every_name_can_be_searched_for_and_is_found(name: str) -> None:
    for kind in KINDS:
        pattern = check_pattern(quote_name(name, kind=kind), kind=kind)
        assert compile_similar(pattern).fullmatch(" ".join(name.split()).lower())
