"""Foreign text in a message: shown as it stands, mentioning nobody, cut between characters."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.anime.cards.markup import build_codes, render_description
from bot.cards.markup import MARKUP_AT_MOST, has_spoiler, render_markup, render_markup_pages
from bot.cards.text import (
    BREAK,
    TEXT_AT_MOST,
    clean,
    clip,
    clip_field,
    clip_middle,
    count_units,
    cut,
    escape,
    escape_line,
    one_line,
    size,
)
from tests.support.each import each
from tests.support.markdown import find_mentions, show

NASTY = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "@everyone",
                "@here",
                "<@123>",
                "<@!123>",
                "<@&123>",
                "<#123>",
                "<:a:1>",
                "<t:1:R>",
                "||",
                "**",
                "__",
                "~~",
                "`",
                "```",
                "\n",
                "\r\n",
                "\u2028",
                "# ",
                "-# ",
                "> ",
                ">>> ",
                "- ",
                "1. ",
                "[a](http://b)",
                "https://x.example/a_b",
                "\\",
                "\u202e",
                "\ud800",
                "👩‍👩‍👧",
                "🇯🇵",
                "é",
                "e\u0301",
            ]
        ),
        st.text(max_size=5),
    ),
    max_size=12,
).map("".join)


@each(
    ("text", "escaped"),
    [
        ("plain text", "plain text"),
        ("*a* _b_ ~~c~~ `d` ||e||", r"\*a\* \_b\_ \~\~c\~\~ \`d\` \|\|e\|\|"),
        ("# Title", r"\# Title"),
        ("-# small", r"\-# small"),
        ("> quote", r"\> quote"),
        (">>> quote", r"\>>> quote"),
        ("a\n - b", "a\n \\- b"),
        ("1. one", r"1\. one"),
        ("a - b # c > d 1. e", "a - b # c > d 1. e"),
        ("[a](https://b.example)", r"\[a\](https\://b.example)"),
        ("<https://b.example>", r"\<https\://b.example>"),
        ("@everyone @here", f"@{BREAK}everyone @{BREAK}here"),
        ("<@123> <@!1> <@&9>", rf"\<@{BREAK}123> \<@{BREAK}!1> \<@{BREAK}&9>"),
        ("<#1> <:x:1> <t:1:R> </a:1>", r"\<#1> \<:x:1> \<t:1:R> \</a:1>"),
        ("me@example.org", "me@example.org"),
        ("a\u202eb\x00c\ud800d", "abcd"),
        ("シュタインズ・ゲート", "シュタインズ・ゲート"),
    ],
)
def test_escape_leaves_nothing_to_interpret(text: str, escaped: str) -> None:
    assert escape(text) == escaped


@given(NASTY)
def test_escaped_text_is_shown_as_it_was(text: str) -> None:
    shown = show(escape(text))
    assert shown.hidden == ""
    expected = re.sub("\r\n|[\r\x0b\x0c\x85\u2028\u2029]", "\n", text)
    expected = "".join(c for c in expected if c in "\n\t" or (c.isprintable() and c != BREAK) or c == " ")
    visible = "".join(c for c in shown.visible if c in "\n\t" or (c.isprintable() and c != BREAK) or c == " ")
    assert visible == expected


@given(NASTY)
def test_escaped_text_mentions_nobody(text: str) -> None:
    assert find_mentions(escape(text)) == []
    assert "\n" not in escape_line(text)


@given(NASTY, st.integers(0, 60))
def test_clipped_text_fits_and_says_that_it_was_cut(text: str, limit: int) -> None:
    cut = clip(text, limit)
    assert size(cut) <= limit
    assert cut == text or limit < 2 or cut.endswith("…")
    assert len(cut.encode("utf-8", "surrogatepass")) <= max(limit, 1) * 10_000 / 4_000


@given(st.lists(NASTY, max_size=5))
def test_texts_together_take_no_more_room_than_each_for_itself(texts: list[str]) -> None:
    assert size("".join(texts)) <= sum(map(size, texts))


@given(NASTY, st.integers(1, 60))
def test_a_clipped_label_counts_characters_alone(text: str, limit: int) -> None:
    cut = clip_field(text, limit)
    assert count_units(cut) <= limit
    assert clip_field("漢" * limit, limit) == "漢" * limit


LONG = (
    "* " * 50_000,
    "漢字かな" * 25_000,
    "[b][/b]" * 15_000,
    "~!x!~" * 20_000,
    "a\n" * 50_000,
    "[url=https://a.example/" * 4_000,
)


@pytest.mark.parametrize("text", LONG, ids=lambda text: text[:7])
def test_of_a_long_text_only_the_beginning_is_read(text: str) -> None:
    beginning = cut(text)
    assert len(beginning) == TEXT_AT_MOST
    assert beginning.endswith("…")
    for read in (clean, one_line, escape, escape_line):
        assert read(text) == read(beginning)
    assert build_codes(text) == build_codes(beginning)
    assert len(build_codes(text)) <= MARKUP_AT_MOST
    assert render_description(text, limit=2000, spoilers=True) == render_description(
        beginning, limit=2000, spoilers=True
    )
    of_codes = cut(text, MARKUP_AT_MOST)
    assert render_markup(text, limit=2000, spoilers=True) == render_markup(of_codes, limit=2000, spoilers=True)
    assert has_spoiler(text) == has_spoiler(of_codes)
    pages = render_markup_pages(text, first=500, further=1000, spoilers=True)
    assert pages == render_markup_pages(of_codes, first=500, further=1000, spoilers=True)


def test_what_a_long_description_hides_stays_hidden() -> None:
    secret = "~!" + "a secret " * 20_000
    assert "secret" not in render_description(secret, limit=2000, spoilers=False)
    assert "secret" not in render_markup("[spoiler]" + "a secret " * 20_000, limit=2000, spoilers=False)


@given(NASTY, st.integers(0, 60))
def test_a_clipped_escape_is_whole_or_gone(text: str, limit: int) -> None:
    cut = clip(escape(text), limit)
    assert find_mentions(cut) == []
    assert show(cut).hidden == ""
    if cut.endswith("…"):
        before = cut[:-1]
        assert (len(before) - len(before.rstrip("\\"))) % 2 == 0


@each(
    ("text", "limit", "cut"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdef", 5, "abcd…"),
        ("ab   def", 5, "ab…"),
        (r"ab\*cd", 4, "ab…"),
        (r"ab\\cd", 4, "ab…"),
        (r"ab\\cd", 5, "ab\\\\…"),
        ("ab👩‍👩‍👧cd", 8, "ab…"),
        ("a🇯🇵🇩🇪b", 7, "a🇯🇵…"),
        ("ae\u0301xyz", 3, "a…"),
        ("a👍🏽bcdef", 4, "a…"),
        ("𝔸𝔹ℂ", 4, "𝔸…"),
        ("abc", 2, "a…"),
        ("abc", 1, ""),
        ("漢字かな交じり", 9, "漢字かな交じり"),
        ("漢字かな交じり", 8, "漢字かな交…"),
        ("abc", 0, ""),
    ],
)
def test_clip_cuts_between_characters(text: str, limit: int, cut: str) -> None:
    assert clip(text, limit) == cut


@pytest.mark.parametrize(
    ("text", "limit", "cut"),
    [
        ("A long title 2nd Season", 23, "A long title 2nd Season"),
        ("A very long title 2nd Season", 23, "A very long… 2nd Season"),
        ("A very long title 2nd Season", 12, "A very long…"),
        ("A very longtitleofonewordalone", 20, "A very longtitleofo…"),
        ("漢字かな交じりの長い題名 第2期", 13, "漢字かな交じりの… 第2期"),
    ],
)
def test_a_long_title_keeps_its_last_words_if_there_is_room(text: str, limit: int, cut: str) -> None:
    assert clip_middle(text, limit, field=True) == cut


@given(NASTY, st.integers(min_value=0, max_value=200))
def test_what_is_cut_in_its_middle_fits(text: str, limit: int) -> None:
    text = one_line(text)
    assert size(clip_middle(escape(text), limit)) <= limit
    assert count_units(clip_middle(text, limit, field=True)) <= limit
