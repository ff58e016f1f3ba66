"""What counts as a reference to an entry or a gallery, or as a search, and what only looks like one."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.links import (
    GalleryTarget,
    PageTarget,
    SearchLink,
    parse_gallery_reference,
    parse_reference,
    parse_search_link,
    parse_vn_reference,
)

COMPACT = "022gja3gen0Nv17-Xy_z"
GALLERY_URL = "https://e-hentai.org/g/2000001/0123abcde6/"
GALLERY = GalleryTarget(2000001, "0123abcde6")
PAGE_URL = "https://e-hentai.org/s/fedcba9876/2000001-11"
PAGE = PageTarget(2000001, "fedcba9876", 11)


@pytest.mark.parametrize(
    "text",
    [
        "v17",
        "V17",
        "17",
        "  v17 ",
        "https://vndb.org/v17",
        "http://vndb.org/v17",
        "HTTPS://VNDB.ORG/v17",
        "vndb.org/v17",
        "https://www.vndb.org/v17",
        "vndb.org/v17/chars?x",
        "https://vndb.org/v17.4",
        "https://vndb.org/v17#screenshots",
        "https://vndb.org/v17?view=1",
        "<https://vndb.org/v17>",
    ],
)
def test_references_are_understood(text: str) -> None:
    assert parse_vn_reference(text) == "v17"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "v",
        "v0",
        "017",
        "v12345678",
        "v17 steins",
        "p17",
        "Ever17",
        "٣",
        "https://vndb.org/p17",
        "https://vndb.org/v",
        "https://vndb.org/v17x",
        "https://vndb.org.evil.example/v17",
        "https://notvndb.org/v17",
        "https://vndb.org@evil.example/v17",
        "https://evil.example/vndb.org/v17",
        "https://evil.example/?u=https://vndb.org/v17",
        "ftp://vndb.org/v17",
        "//vndb.org/v17",
        "https://vndb.org/v17 https://vndb.org/v18",
        "<https://vndb.org/v17",
    ],
)
def test_everything_else_is_not_a_reference(text: str) -> None:
    assert parse_vn_reference(text) is None


@given(st.text())
def test_any_text_is_read_without_an_error(text: str) -> None:
    found = parse_vn_reference(text)
    assert found is None or found[1:].isdecimal()


@pytest.mark.parametrize("text", ["c34", "C34", " c34 ", "https://vndb.org/c34", "<https://vndb.org/c34/chars#x>"])
def test_references_to_other_kinds_are_understood(text: str) -> None:
    assert parse_reference(text, "c") == "c34"


@pytest.mark.parametrize("prefix", list("vrpcsgiu"))
def test_every_kind_has_references(prefix: str) -> None:
    assert parse_reference(f"{prefix}1234567", prefix) == f"{prefix}1234567"
    assert parse_reference(f"https://vndb.org/{prefix}5", prefix) == f"{prefix}5"


@pytest.mark.parametrize("text", ["34", "v34", "cc34", "c0", "c12345678", "https://vndb.org/v34", "c34 c35", ""])
def test_what_names_no_entry_of_the_kind_is_no_reference_to_it(text: str) -> None:
    assert parse_reference(text, "c") is None


@pytest.mark.parametrize(
    "text",
    [
        GALLERY_URL,
        f"  {GALLERY_URL}\n",
        f"<{GALLERY_URL}>",
        f"||{GALLERY_URL}||",
        f"|| <{GALLERY_URL}> ||",
        "e-hentai.org/g/2000001/0123abcde6",
        "EXHENTAI.org/mpv/2000001/0123abcde6/#page2",
        "2000001/0123abcde6",
        "2000001/0123ABCDE6/",
        "<2000001/0123abcde6>",
    ],
)
def test_references_to_a_gallery_are_understood(text: str) -> None:
    assert parse_gallery_reference(text) == GALLERY


@pytest.mark.parametrize("text", [PAGE_URL, f"<{PAGE_URL}>", f"||{PAGE_URL}||", "e-hentai.org/s/fedcba9876/2000001-11"])
def test_references_to_a_page_are_understood(text: str) -> None:
    assert parse_gallery_reference(text) == PAGE


@pytest.mark.parametrize(
    "text",
    [
        "",
        "||",
        "||||",
        "<>",
        "2000001",
        "0123abcde6",
        "02000001/0123abcde6",
        "2000001/0123abcde",
        "2000001 / 0123abcde6",
        "2000001/0123abcde6?p=1",
        f"{GALLERY_URL} {GALLERY_URL}",
        f"see {GALLERY_URL}",
        f"<{GALLERY_URL}",
        f"||{GALLERY_URL}",
        "https://vndb.org/v17",
    ],
)
def test_everything_else_is_no_reference_to_a_gallery(text: str) -> None:
    assert parse_gallery_reference(text) is None


@given(st.text())
def test_any_text_is_read_for_a_gallery_without_an_error(text: str) -> None:
    assert parse_gallery_reference(text) is None or "/" in text


@pytest.mark.parametrize(
    "text",
    [
        f"https://vndb.org/v?f={COMPACT}",
        f"<https://vndb.org/v?f={COMPACT}>",
        f"vndb.org/v?f={COMPACT}",
        f"https://www.vndb.org/v?q=&s=26w&f={COMPACT}&p=2#results",
        f"https://vndb.org/v?s=26w;f={COMPACT}",
        "https://vndb.org/v?f=" + COMPACT.replace("-", "%2D").replace("_", "%5f"),
    ],
)
def test_a_link_to_an_advanced_search_holds_its_filter(text: str) -> None:
    assert parse_search_link(text) == SearchLink("v", COMPACT)


@pytest.mark.parametrize("compact", ["2gen", "Nd01", "Nw0wシュタインズ-"])
def test_an_advanced_search_may_have_a_single_part_and_any_text(compact: str) -> None:
    assert parse_search_link(f"https://vndb.org/v?f={compact}") == SearchLink("v", compact)
    assert parse_search_link(f"https://vndb.org/v?f={quote(compact)}") == SearchLink("v", compact)


def test_a_link_may_search_for_a_text_alone_or_beside_its_filter() -> None:
    assert parse_search_link("https://vndb.org/v?q=steins%3Bgate") == SearchLink("v", text="steins;gate")
    assert parse_search_link(f"https://vndb.org/v?q=key+air&f={COMPACT}") == SearchLink("v", COMPACT, "key air")


@pytest.mark.parametrize("kind", list("vrpcs"))
def test_an_advanced_search_says_what_it_searches(kind: str) -> None:
    assert parse_search_link(f"https://vndb.org/{kind}?f={COMPACT}") == SearchLink(kind, COMPACT)


@pytest.mark.parametrize(
    "text",
    [
        "",
        COMPACT,
        "https://vndb.org/v",
        "https://vndb.org/v?f=",
        "https://vndb.org/v?f=%00",
        "https://vndb.org/v?f=0" + "a" * 4000,
        f"https://vndb.org/g?f={COMPACT}",
        f"https://vndb.org/v17?f={COMPACT}",
        f"https://vndb.org.evil.example/v?f={COMPACT}",
        f"https://vndb.org/v?ff={COMPACT}",
    ],
)
def test_everything_else_holds_no_search(text: str) -> None:
    assert parse_search_link(text) is None


def test_a_bare_filter_is_one_where_a_filter_is_expected() -> None:
    assert parse_search_link(COMPACT, bare="r") == SearchLink("r", COMPACT)
    assert parse_search_link("Steins;Gate", bare="r") is None
    assert parse_search_link("3gja", bare="r") == SearchLink("r", "3gja")
    assert parse_search_link(f"https://vndb.org/v?f={COMPACT}", bare="r") == SearchLink("v", COMPACT)


@given(st.text(), st.sampled_from(["v", None]))
def test_any_text_is_searched_for_a_filter_without_an_error(text: str, bare: str | None) -> None:
    found = parse_search_link(text, bare=bare)
    assert found is None or (found.filter or found.text or "?") in text or "%" in text or "+" in text
