"""Foreign text in a message: shown as it stands, mentioning nobody, cut between characters."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ui.text import BREAK, clip, escape, escape_line, size
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


@pytest.mark.parametrize(
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
    assert cut == text or not limit or cut.endswith("…")


@given(NASTY, st.integers(0, 60))
def test_a_clipped_escape_is_whole_or_gone(text: str, limit: int) -> None:
    cut = clip(escape(text), limit)
    assert find_mentions(cut) == []
    assert show(cut).hidden == ""
    if cut.endswith("…"):
        before = cut[:-1]
        assert (len(before) - len(before.rstrip("\\"))) % 2 == 0


@pytest.mark.parametrize(
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
        ("abc", 1, "…"),
        ("abc", 0, ""),
    ],
)
def test_clip_cuts_between_characters(text: str, limit: int, cut: str) -> None:
    assert clip(text, limit) == cut
