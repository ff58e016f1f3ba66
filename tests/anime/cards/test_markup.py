"""AniList's descriptions as Discord shows them: nothing leaks, nothing mentions, nothing is too long."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.anime.cards.markup import build_codes, render_description
from bot.cards.markup import has_spoiler, render_markup, render_markup_pages
from bot.cards.text import BREAK, clean, size
from tests.support.each import each
from tests.support.markdown import find_mentions, show

_MARKUP = [
    *("<b>", "</b>", "<i>", "</i>", "<br>", "<br/>", "<p>", "</p>", "<a href='https://a.example'>", "</a>", "<b "),
    *("<a href=", "<script>", "<span class='markdown_spoiler'>", "<span>", "</span>", "~!", "!~", "~~~", "~~", "~"),
    *("__", "_", "**", "*", "[a](https://a.example/b_(c))", "[a](", "](https://a.example)", "[", "](", ")", "img220("),
    *("https://x.example/a_b", "https://", "&amp;", "&lt;b&gt;", "&#64;everyone", "&lt;@123&gt;", "&#126;!", "&"),
    *("[/raw]", "[raw]", "[spoiler]", "[/spoiler]", "[b]", "[url=https://x.example]", "[/url]", "[code]", "v17"),
    *("||", "|", "`", "```", "\\", "@everyone", "<@123>", "#", ">", "-", "1.", "!", "\n", "\n\n", " ", "\t", "# "),
]
MARKUP = st.lists(st.one_of(st.sampled_from(_MARKUP), st.text(max_size=4)), max_size=30).map("".join)
SECRET = "butler"


def _drop_ends(text: str) -> str:
    return re.sub("!+~", "~", clean(text))


def _drop_signs(text: str) -> str:
    """A text that leaves no spoiler open, nor one half of a sign that another half would complete."""
    return re.sub("[!~]", "", clean(text))


@each(
    ("markup", "markdown"),
    [
        ("", ""),
        ("a<br>b<br/>c<BR />d", "a\nb\nc\nd"),
        ("a<br><br>\n\nb", "a\n\nb"),
        ("<b>a</b> <i>b</i> <strong>c</strong> <em>d</em> <u>e</u> <del>f</del>", "**a** *b* **c** *d* __e__ ~~f~~"),
        ("<i>a <b>b</i> c</b>", "*a* ***b* c**"),
        ("<b>never closed", "**never closed**"),
        ("</b></i>a", "a"),
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("<script>a</script> <img src='x'>", "a"),
        ("a < b > c <3", "a \\< b > c \\<3"),
        ("Tom &amp; Jerry &lt;b&gt; &quot;x&quot;", 'Tom & Jerry \\<b> "x"'),
        ("__Height:__ 170 cm\n**Age:** 17", "**Height:** 170 cm\n**Age:** 17"),
        ("*a*, _b_ ~~c~~", "*a*, *b* ~~c~~"),
        ("5 * 3 and snake_case_name", r"5 \* 3 and snake\_case\_name"),
        ("*never closed", r"\*never closed"),
        ("*a\n\nb*", "\\*a\n\nb\\*"),
        ("~~~a~~~", "a"),
        ("~!a!~b", "||a||b"),
        ("a!~!b!~!c!~", r"a!||b||!c!\~"),
        ("~!~a~!~b", r"||\~a\~||b"),
        ("~~~!a!~b ~~!c!~", "\\~\\~||a||b \\~||c||"),
        ("a ~!never closed", "a ||never closed||"),
        ("<span class='markdown_spoiler'><span>a</span></span>b", "||a||b"),
        ("<b>a ~!b</b> c!~ d", "**a** ||**b** c|| d"),
        ("[a](https://a.example/b_(c))", "[a](<https://a.example/b_%28c%29>)"),
        ('<a href="https://a.example/?a=1&amp;b=2">a</a>', "[a](<https://a.example/?a=1&b=2>)"),
        ("<a href='javascript:x'>a</a> [b](javascript:x) [c](//x.example)", "a b c"),
        ("<a>a</a>", "a"),
        ("[https://b.example](https://a.example)", "<https://a.example>"),
        ("https://a.example/b.", "<https://a.example/b>."),
        ("img220(https://a.example/x.jpg)a youtube(https://b.example)", "a"),
        ("v17 [b]a[/b] [spoiler]b[/spoiler]", r"v17 \[b\]a\[/b\] \[spoiler\]b\[/spoiler\]"),
        ("[/raw][b]a", f"\\[{BREAK}/raw\\]\\[b\\]a"),
        ("@every<i></i>one &#64;here &lt;@123&gt;", f"@{BREAK}everyone @{BREAK}here \\<@{BREAK}123>"),
    ],
)
def test_html_and_markdown_become_discords(markup: str, markdown: str) -> None:
    assert render_description(markup, limit=1000, spoilers=True) == markdown


@pytest.mark.parametrize(
    ("markup", "markdown"),
    [
        ("a ~!b!~ c", "a  c"),
        ("~!b!~", ""),
        ("a ~!never closed", "a"),
        ("~!a <b>b!~ c</b>", "**c**"),
        ("[~!b!~](https://a.example)", r"\[\](<https://a.example>)"),
        ("@every~!b!~one", f"@{BREAK}everyone"),
    ],
)
def test_spoilers_can_be_left_out(markup: str, markdown: str) -> None:
    assert render_description(markup, limit=1000, spoilers=False) == markdown


@given(MARKUP, st.integers(0, 200), st.booleans())
def test_any_text_fits_and_mentions_nobody(markup: str, limit: int, spoilers: bool) -> None:
    markdown = render_description(markup, limit=limit, spoilers=spoilers)
    assert size(markdown) <= limit
    assert find_mentions(markdown) == []
    assert show(markdown).stray_bars == 0


@given(MARKUP, MARKUP, MARKUP, st.integers(0, 400))
def test_what_a_spoiler_hides_stays_hidden(before: str, inside: str, after: str, limit: int) -> None:
    before, inside = _drop_signs(before), _drop_ends(inside)
    markup = f"{before}~!{SECRET} {inside} {SECRET}!~{after}"
    assert SECRET not in show(render_description(markup, limit=limit, spoilers=True)).visible
    assert SECRET not in render_description(markup, limit=limit, spoilers=False)


@given(MARKUP, MARKUP, MARKUP)
def test_what_a_spoiler_among_the_facts_hides_stays_hidden_without_them(before: str, inside: str, after: str) -> None:
    before, inside = _drop_signs(before), _drop_ends(inside)
    codes = build_codes(f"__Race:__ {before}~!{SECRET} {inside}\n{SECRET}!~{after}", facts=False)
    assert SECRET not in show(render_markup(codes, limit=1000, spoilers=True)).visible
    assert SECRET not in render_markup(codes, limit=1000, spoilers=False)


@given(MARKUP, st.integers(0, 400))
def test_a_spoiler_that_is_never_closed_hides_the_rest(inside: str, limit: int) -> None:
    inside = _drop_ends(inside)
    visible = show(render_description(f"a ~!{inside}", limit=limit, spoilers=True)).visible
    assert re.sub(r"[\s>…]", "", visible) in {"", "a"}


@given(MARKUP)
def test_links_lead_only_to_the_web(markup: str) -> None:
    for link in show(render_description(markup, limit=2000, spoilers=True)).links:
        assert link.lower().startswith(("https://", "http://"))


@given(markup=MARKUP, times=st.integers(1, 8))
def test_every_page_fits_and_mentions_nobody(markup: str, times: int) -> None:
    for page in render_markup_pages(build_codes(markup * times), first=150, further=200, spoilers=True):
        assert size(page) <= 200
        assert find_mentions(page) == []


@pytest.mark.parametrize(
    ("markup", "said"),
    [("a", False), ("~!a!~", True), ("a ~!never closed", True), ("~! !~a", False), ("<span>a</span>", False)],
)
def test_a_text_says_whether_it_has_spoilers(markup: str, *, said: bool) -> None:
    assert has_spoiler(build_codes(markup)) is said


@each(
    "piece",
    ["<b>", "<a href='", "~!", "[a](", "[", "(", "https://!", "_a", "*", "&amp;", "img(", "<span>a", "\n ", "<b "],
)
def test_hostile_texts_take_no_time(piece: str) -> None:
    text = piece * 20_000
    started = time.perf_counter()
    render_description(text, limit=1_000_000, spoilers=True)
    assert time.perf_counter() - started < 10
