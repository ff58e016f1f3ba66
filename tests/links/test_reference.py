"""What counts as a reference to an entry or a gallery, or as a search, and what only looks like one."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.links.target import (
    AnimeKind,
    AnimeTarget,
    GalleryTarget,
    OtherTarget,
    PageTarget,
    Reference,
    SearchLink,
    UserTarget,
    VndbTarget,
    parse_gallery_reference,
    parse_reference,
    parse_search_link,
    read_reference,
    read_references,
)
from tests.support.each import each

COMPACT = "022gja3gen0Nv17-Xy_z"
GALLERY_URL = "https://e-hentai.org/g/2000001/0123abcde6/"
GALLERY = GalleryTarget(2000001, "0123abcde6")
PAGE_URL = "https://e-hentai.org/s/fedcba9876/2000001-11"
PAGE = PageTarget(2000001, "fedcba9876", 11)


@each(
    "text",
    [
        "v17",
        "V17",
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
    assert parse_reference(text, "v") == "v17"


@each(
    "text",
    [
        "",
        "v",
        "v0",
        "17",
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
        "https://vndb.org/t17 v17",
    ],
)
def test_everything_else_is_not_a_reference(text: str) -> None:
    assert parse_reference(text, "v") is None


@given(st.text())
def test_any_text_is_read_without_an_error(text: str) -> None:
    found = parse_reference(text, "v")
    assert found is None or found[1:].isdecimal()
    assert read_references(text, "v") == list(dict.fromkeys(read_references(text, "v")))


WRITTEN = [
    "{}",
    " {}\n",
    "({})",
    "[{}]",
    "<{}>",
    "{},",
    "{}.",
    "{}!?",
    '"{}"',
    "“{}”",
    "«{}»",
    "「{}」",
    "'{}'",
    "`{}`",
    "```{}```",
    "**{}**",
    "_{}_",
    "~~{}~~",
    "|{}|",
    "||{}||",
    "|| <{}> ||",
    "\u200b{}\ufeff",
    "（{}）",
    "・{}",
    "• {}",
    "- {}",
    "— {}",
]
WRITTEN_LINKS = [
    "see {} there",
    "[a novel]({})",
    "[a novel](<{}>)",
    "Clannad: {}, which I like",
    "{}，です",
    "Steins;Gate ({})",
    "a. {}",
]


@pytest.mark.parametrize("text", ["v17", "V17", "v17.3", "ｖ１７", "v 17", "https://vndb.org/v17", "vndb.org/v17.3"])
def test_a_reference_may_be_written_in_any_marks(text: str) -> None:
    written = [around.format(text) for around in WRITTEN]
    assert [one for one in written if read_references(one, "v") != [VndbTarget("v", "v17")]] == []
    assert [one for one in written if parse_reference(one, "v") != "v17"] == []


@each(
    ("text", "target"),
    [
        ("https://vndb.org/c34/chars?x=y#z", VndbTarget("c", "c34")),
        ("VNDB.ORG/V17", VndbTarget("v", "v17")),
        ("m.vndb.org/v17", VndbTarget("v", "v17")),
        ("ｈｔｔｐｓ：／／ｖｎｄｂ．ｏｒｇ／ｖ１７", VndbTarget("v", "v17")),
        ("www.anilist.co/anime/9253/SteinsGate/", AnimeTarget("anilist", "anime", 9253)),
        ("anilist.co/character/40", AnimeTarget("anilist", "character", 40)),
        ("https://anilist.co/user/Aya/mangalist", UserTarget("anilist", "Aya")),
        ("myanimelist.net/anime/1/Cowboy_Bebop", AnimeTarget("myanimelist", "anime", 1)),
        ("https://myanimelist.net/people/8/x", AnimeTarget("myanimelist", "staff", 8)),
        ("exhentai.org/g/2000001/0123abcde6/?p=1", GALLERY),
        ("https://vndb.org/t123", OtherTarget("VNDB")),
        ("anilist.co", OtherTarget("AniList")),
        (f"https://vndb.org/v?f={COMPACT}", SearchLink("v", COMPACT)),
    ],
)
def test_a_link_counts_wherever_it_stands(text: str, target: Reference) -> None:
    written = [around.format(text) for around in WRITTEN + WRITTEN_LINKS]
    assert [one for one in written if read_references(one) != [target]] == []


@pytest.mark.parametrize(
    "text",
    [
        "https://vndb.org/v17 https://vndb.org/v18",
        "vndb.org/v17,vndb.org/v18;vndb.org/v17",
        "[a](https://vndb.org/v17)vndb.org/v18",
    ],
)
def test_several_links_come_in_their_order(text: str) -> None:
    assert read_references(text) == [VndbTarget("v", "v17"), VndbTarget("v", "v18")]


@pytest.mark.parametrize("text", ["v17・", "･v17･", "vndb.org/v17・", "https://vndb.org/v17・", "v17 -", "v17 ・ "])
def test_a_middle_dot_may_follow_a_reference(text: str) -> None:
    assert read_references(text, "v") == [VndbTarget("v", "v17")]


@each(
    "text",
    [
        "v17, v18",
        "v17,v18,",
        "v17; V18; v17",
        "v17、v18",
        "v17・v18",
        "・v17 ・v18",
        "v17 / v18",
        "v17/v18",
        "v17 | v18",
        "v17 & v18",
        "v17\nv18",
        "- v17\n- v18",
        "(v17, v18.2)",
        "`v17`, `v18`",
        "“v17”, “v18”",
        "ｖ１７，ｖ１８",
        "v 17, v 18",
        "vndb.org/v17・vndb.org/v18",
    ],
)
def test_bare_ids_may_be_listed(text: str) -> None:
    assert read_references(text, "v") == [VndbTarget("v", "v17"), VndbTarget("v", "v18")]
    assert parse_reference(text, "v") == "v17"


def test_other_services_bare_ids_may_be_listed_too() -> None:
    assert read_references("#9253, #40", "anime") == [AnimeTarget("anilist", "anime", id_) for id_ in (9253, 40)]
    assert read_references("#1 / #2", "user") == [UserTarget("anilist", "1"), UserTarget("anilist", "2")]
    galleries = [GALLERY, GalleryTarget(7, "fedcba9876")]
    assert read_references("2000001/0123abcde6, 7/fedcba9876/", "gallery") == galleries
    assert read_reference("c34, v17", "v") == VndbTarget("v", "v17")


@each(
    "text",
    ["v17, Steins;Gate", "v17/Clannad", "P3, P4", "v17 v18", "v17-v18", ", ;", "/", "・", "17, 18", "v17 steins, v18"],
)
def test_a_list_with_anything_else_in_it_is_a_title(text: str) -> None:
    assert read_references(text, "v") == []
    assert parse_reference(text, "v") is None


def test_the_wanted_kind_comes_first() -> None:
    text = "vndb.org/c34 of https://vndb.org/v17"
    assert read_reference(text, "v") == VndbTarget("v", "v17")
    assert read_reference(text, "r") == VndbTarget("c", "c34")


def test_bare_ids_mean_something_only_for_the_site_that_is_asked() -> None:
    assert read_references("r12", "v") == [VndbTarget("r", "r12")]
    assert read_references("cv12", "v") == [VndbTarget("cv", "cv12")]
    assert read_references("#9253", "anime") == [AnimeTarget("anilist", "anime", 9253)]
    assert read_references("# 40,", "character") == [AnimeTarget("anilist", "character", 40)]
    assert read_references("#5", "user") == [UserTarget("anilist", "5")]
    # An anime is called R15, people search for "R 11", and a message may hold any of these.
    assert read_references("R15", "anime") == read_references("R 11", "v") == read_references("#9253", "v") == []
    assert read_references("v17") == read_references("2000001/0123abcde6") == read_references("#9253") == []


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


@each(
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


@each(
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


@each(
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


@pytest.mark.parametrize("kind", ["anime", "manga", "character", "staff", "studio"])
def test_a_number_is_an_entry_of_anilist_of_each_kind(kind: AnimeKind) -> None:
    assert read_reference("#9253", kind) == AnimeTarget("anilist", kind, 9253)


@each("kind", ["v", "r", "p", "c", "s", "g", "i", "u", "cv", "sf", "ch"])
def test_a_bare_id_is_one_of_vndb_of_each_kind(kind: str) -> None:
    assert read_reference(f"{kind}17", kind) == VndbTarget(kind, f"{kind}17")


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("https://vndb.org/g?q=romance", SearchLink("g", None, "romance")),
        ("https://vndb.org/i/list?q=tall", SearchLink("i", None, "tall")),
        ("https://vndb.org/v?f=022gja_", SearchLink("v", "022gja_")),
        ("Look here: https://vndb.org/v?q=ever17 there", SearchLink("v", None, "ever17")),
        ("https://vndb.org/v?f=022gja,https://vndb.org/v?f=022gen", SearchLink("v", "022gja")),
    ],
)
def test_a_search_is_read_alone_and_among_other_text(text: str, link: SearchLink) -> None:
    assert parse_search_link(text) == link
