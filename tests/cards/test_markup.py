"""VNDB's formatting codes as Discord shows them: nothing leaks, nothing mentions, nothing is too long."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards.link import format_link
from bot.cards.markup import has_spoiler, render_excerpt, render_markup, render_markup_pages
from bot.cards.text import BREAK, size
from tests.support.each import each
from tests.support.markdown import find_mentions, show

PIECES = st.one_of(
    st.sampled_from(
        [
            "[b]",
            "[/b]",
            "[i]",
            "[/i]",
            "[u]",
            "[/u]",
            "[s]",
            "[/s]",
            "[spoiler]",
            "[/spoiler]",
            "[SPOILER]",
            "[quote]",
            "[/quote]",
            "[code]",
            "[/code]",
            "[raw]",
            "[/raw]",
            "[url=/v17]",
            "[url=https://a.example/b_(c)|d]",
            "[url=javascript:x]",
            "[/url]",
            "v17",
            "c12.3",
            "d9.4.1",
            "https://x.example/a_b|c",
            "||",
            "|",
            "`",
            "```",
            "**",
            "*",
            "__",
            "~~",
            "\\",
            "@everyone",
            "<@123>",
            "#",
            ">",
            "-",
            "1.",
        ]
    ),
    st.sampled_from(["\n", "\n\n", " ", "\t", "# ", "> ", "-# ", "1. "]),
    st.text(max_size=4),
)
MARKUP = st.lists(PIECES, max_size=30).map("".join)


@each(
    ("markup", "markdown"),
    [
        ("", ""),
        ("[b]a[/b] [i]b[/i] [u]c[/u] [s]d[/s]", "**a** *b* __c__ ~~d~~"),
        ("[B]a[/b]", "**a**"),
        ("[b]a[i]b[/i]c[/b]", "**a*b*c**"),
        ("[i]a[b]b[/b][/i]", f"*a*{BREAK}***b***"),
        ("[b] a [/b]b", "**a** b"),
        ("[b]a\nb[/b]", "**a**\n**b**"),
        ("[b]never closed", "**never closed**"),
        ("[b][/b]a", "a"),
        ("a[/b] [x]b[/x]", r"a\[/b\] \[x\]b\[/x\]"),
        ("[spoiler]a[/spoiler]b", "||a||b"),
        ("[spoiler]a\n\nb[/spoiler]", "||a\n\nb||"),
        ("[spoiler] [/spoiler]a", "a"),
        ("[spoiler]a[spoiler]b[/spoiler]c[/spoiler]d", "||abc||d"),
        ("a\n\n\n\n\nb", "a\n\nb"),
        ("see [url=/v17102]Steins;Gate 0[/url]", "see [Steins;Gate 0](<https://vndb.org/v17102>)"),
        ("[url=https://a.example/x_(y)]W[/url]", "[W](<https://a.example/x_%28y%29>)"),
        ("[url=javascript:alert]W[/url]", "W"),
        ("[url=//evil.example]W[/url]", "W"),
        ("[url=https://evil.example]https://vndb.org[/url]", "<https://evil.example>"),
        ("https://a.example/b.", "<https://a.example/b>."),
        ("v17 and c12.3", "[v17](<https://vndb.org/v17>) and [c12.3](<https://vndb.org/c12.3>)"),
        ("d9.4.1", "[d9.4.1](<https://vndb.org/d9#4.1>)"),
        ("V17 xv17 v17x v0 a/v17", "V17 xv17 v17x v0 a/v17"),
        ("[raw][b]v17[/b][/raw]", r"\[b\]v17\[/b\]"),
        ("[code]a*b[/code]", "`a*b`"),
        ("[code]\na\n`b`\n[/code]c", "```\na\nˋbˋ\n```\nc"),
        ("[spoiler][code]a\nb[/code][/spoiler]", "||a\nb||"),
        ("a[quote]b\nc[/quote]d", "a\n> b\n> c\nd"),
        ("[quote][spoiler]a\nb[/spoiler][/quote]", "> ||a||\n> ||b||"),
        ("# a\n- b\n1. c", "\\# a\n\\- b\n1\\. c"),
        ("@every[i][/i]one", f"@{BREAK}everyone"),
    ],
)  # fmt: skip
def test_codes_become_markdown(markup: str, markdown: str) -> None:
    assert render_markup(markup, limit=1000, spoilers=True) == markdown


@each(
    ("markup", "elsewhere", "age_restricted"),
    [
        (
            "see [url=https://www.fakku.net/x]the [b]shop[/b][/url].",
            "see the **shop**.",
            "see [the](<https://www.fakku.net/x>) **[shop](<https://www.fakku.net/x>)**.",
        ),
        ("see https://e-hentai.org/g/1/ab/.", "see ….", "see <https://e-hentai.org/g/1/ab/>."),
        ("[url=https://e-hentai.org]https://a.example[/url]", "…", "<https://e-hentai.org>"),
        ("[url=https://ｅ-hentai.org]W[/url]", "W", "[W](<https://%EF%BD%85-hentai.org>)"),
        (
            "@every[url=https://www.fakku.net]one[/url]",
            f"@{BREAK}everyone",
            "@every[one](<https://www.fakku.net>)",
        ),
        ("[url=https://a.example]W[/url]", "[W](<https://a.example>)", "[W](<https://a.example>)"),
    ],
)
def test_what_links_to_a_site_for_adults_is_text_but_in_age_restricted_channels(
    markup: str, elsewhere: str, age_restricted: str
) -> None:
    for adult, markdown in ((False, elsewhere), (True, age_restricted)):
        assert render_markup(markup, limit=1000, spoilers=True, adult=adult) == markdown
        assert render_markup_pages(markup, first=1000, further=1000, spoilers=True, adult=adult) == (markdown,)
        assert render_excerpt(markup, spoilers=True, adult=adult) == markdown


@given(MARKUP, st.integers(0, 200))
def test_any_text_fits_and_mentions_nobody(markup: str, limit: int) -> None:
    markdown = render_markup(markup, limit=limit, spoilers=True)
    assert size(markdown) <= limit
    assert find_mentions(markdown) == []
    assert show(markdown).stray_bars == 0


SECRET = "butler"


@given(MARKUP, MARKUP, MARKUP, st.integers(0, 400))
def test_what_a_spoiler_hides_stays_hidden(before: str, inside: str, after: str, limit: int) -> None:
    before = before.replace("[code]", "").replace("[raw]", "")
    inside = inside.replace("[/spoiler]", "")
    markup = f"{before}[spoiler]{SECRET} {inside} {SECRET}[/spoiler]{after}"
    assert SECRET not in show(render_markup(markup, limit=limit, spoilers=True)).visible


@given(MARKUP, st.integers(0, 400))
def test_a_spoiler_that_is_never_closed_hides_the_rest(inside: str, limit: int) -> None:
    inside = inside.replace("[/spoiler]", "")
    visible = show(render_markup(f"a [spoiler]{inside}", limit=limit, spoilers=True)).visible
    assert re.sub(r"[\s>…]", "", visible) in {"", "a"}


def test_every_cut_through_a_spoiler_leaves_it_closed() -> None:
    markup = f"At [spoiler][b]The {SECRET}[/b] did it, the {SECRET}, see [url=/v1]{SECRET}[/url].[/spoiler] End."
    for limit in range(120):
        shown = show(render_markup(markup, limit=limit, spoilers=True))
        assert SECRET not in shown.visible
        assert shown.stray_bars == 0


def test_a_cut_text_says_so() -> None:
    assert render_markup("word " * 100, limit=50, spoilers=True).endswith("…")
    assert render_markup("[b]" + "word " * 100, limit=50, spoilers=True).endswith("…**")
    assert not render_markup("word", limit=50, spoilers=True).endswith("…")


@given(MARKUP)
def test_links_lead_only_to_the_web(markup: str) -> None:
    for link in show(render_markup(markup, limit=2000, spoilers=True)).links:
        assert link.startswith(("https://", "http://"))


@pytest.mark.parametrize("piece", ["[b]", "[url=", "[spoiler]", "https://!", "[url=/v1]", "v1 ", "\n ", "[quote]", "|"])
def test_hostile_texts_take_no_time(piece: str) -> None:
    text = piece * 20_000
    started = time.perf_counter()
    render_markup(text, limit=1_000_000, spoilers=True)
    render_markup(text, limit=1_000_000, spoilers=False)
    render_markup_pages(text, first=100, further=2000, spoilers=True)
    has_spoiler(text)
    assert time.perf_counter() - started < 10


@pytest.mark.parametrize(
    ("markup", "markdown"),
    [
        ("a [spoiler]b[/spoiler] c", "a  c"),
        ("[spoiler]b[/spoiler]", ""),
        ("a [spoiler]never closed", "a"),
        ("[spoiler]a[b]b[/b][/spoiler] [b]c[/b]", "**c**"),
        ("[quote]a[spoiler]b[/spoiler][/quote]", "> a"),
        ("[raw][spoiler]a[/spoiler][/raw]", r"\[spoiler\]a\[/spoiler\]"),
        ("@every[spoiler]b[/spoiler]one", f"@{BREAK}everyone"),
    ],
)
def test_spoilers_can_be_left_out(markup: str, markdown: str) -> None:
    assert render_markup(markup, limit=1000, spoilers=False) == markdown


@given(MARKUP, MARKUP, MARKUP, st.integers(0, 400))
def test_what_is_left_out_is_not_there_at_all(before: str, inside: str, after: str, limit: int) -> None:
    before = before.replace("[code]", "").replace("[raw]", "")
    inside = inside.replace("[/spoiler]", "")
    markdown = render_markup(
        f"{before}[spoiler]{SECRET} {inside} {SECRET}[/spoiler]{after}", limit=limit, spoilers=False
    )
    assert SECRET not in markdown
    assert show(markdown).hidden == ""
    assert find_mentions(markdown) == []
    assert size(markdown) <= limit


@pytest.mark.parametrize(
    ("markup", "said"),
    [
        ("a", False),
        ("[spoiler]a[/spoiler]", True),
        ("a [spoiler]never closed", True),
        ("[spoiler] [/spoiler]a", False),
        ("[raw][spoiler]a[/spoiler][/raw]", False),
    ],
)
def test_a_text_says_whether_it_has_spoilers(markup: str, *, said: bool) -> None:
    assert has_spoiler(markup) is said


def test_pages_hold_all_of_a_text_and_keep_its_format() -> None:
    markup = "[b]" + " ".join(f"word{number}" for number in range(300)) + "[/b]\n\nThe end."
    pages = render_markup_pages(markup, first=500, further=800, spoilers=True)
    assert len(pages) > 2
    assert all(page.startswith("**") for page in pages)
    shown = " ".join(show(page).visible for page in pages).split()
    assert shown == [*(f"word{number}" for number in range(300)), "The", "end."]


def test_a_text_that_fits_is_one_page() -> None:
    assert render_markup_pages("", first=200, further=400, spoilers=True) == ("",)
    assert render_markup_pages("a\n\n[i]b c[/i] d", first=200, further=400, spoilers=True) == ("a\n\n*b c* d",)


@given(markup=MARKUP, times=st.integers(1, 8), limit=st.integers(100, 300), spoilers=st.booleans())
def test_every_page_fits_and_mentions_nobody(markup: str, times: int, limit: int, *, spoilers: bool) -> None:
    for page in render_markup_pages(markup * times, first=limit, further=limit + 50, spoilers=spoilers):
        assert size(page) <= limit + 50
        assert find_mentions(page) == []
        assert show(page).stray_bars == 0


@given(MARKUP, MARKUP, MARKUP)
def test_no_page_shows_what_a_spoiler_hides(before: str, inside: str, after: str) -> None:
    before = before.replace("[code]", "").replace("[raw]", "")
    inside = inside.replace("[/spoiler]", "")
    markup = f"{before}[spoiler]{SECRET} {inside * 10} {SECRET}[/spoiler]{after}"
    for page in render_markup_pages(markup, first=150, further=150, spoilers=True):
        assert SECRET not in show(page).visible
    for page in render_markup_pages(markup, first=150, further=150, spoilers=False):
        assert SECRET not in page


@pytest.mark.parametrize(
    ("label", "url", "markdown"),
    [
        ("Steam", "https://s.example/a_(b)", "[Steam](<https://s.example/a_%28b%29>)"),
        ("[x](y)", "https://s.example", r"[(x)(y)](<https://s.example>)"),
        ("a\nb", "http://s.example", "[a b](<http://s.example>)"),
        ("https://vndb.org", "https://evil.example", "<https://evil.example>"),
        ("", "https://s.example", "<https://s.example>"),
        ("a", "javascript:x", ""),
        ("a", "/v17", ""),
        ("a", "https://s.example/\ud800@everyone", "[a](<https://s.example/%40everyone>)"),
    ],
)
def test_links_are_written_so_that_they_lead_where_they_say(label: str, url: str, markdown: str) -> None:
    assert format_link(label, url) == markdown
