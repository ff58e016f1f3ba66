"""What counts as a reference to an entry of VNDB, and what only looks like one."""

from __future__ import annotations

import time
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.links import SearchLink, VndbLink, find_vndb_links, parse_reference, parse_search_link, parse_vn_reference

COMPACT = "022gja3gen0Nv17-Xy_z"


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


def links_of(text: str) -> list[str]:
    return [link.id for link in find_vndb_links(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("https://vndb.org/v17", ["v17"]),
        ("see http://www.vndb.org/v17/chars#c34, it is good", ["v17"]),
        ("(https://vndb.org/v17)", ["v17"]),
        ("**https://vndb.org/v17**!", ["v17"]),
        ("[Ever17](https://vndb.org/v17) and [her](https://vndb.org/c34).", ["v17", "c34"]),
        (
            "https://vndb.org/v17.4 https://vndb.org/r1 https://vndb.org/p2 https://vndb.org/s3",
            ["v17", "r1", "p2", "s3"],
        ),
        ("https://vndb.org/g1 https://vndb.org/i2 https://vndb.org/u3/ulist?l=1", ["g1", "i2", "u3"]),
        ("https://vndb.org/v17 https://vndb.org/c1 https://VNDB.org/V17", ["v17", "c1"]),
        ("> https://vndb.org/v17\nyes", ["v17"]),
        ("\\`https://vndb.org/v17", ["v17"]),
        ("a `b https://vndb.org/v17", ["v17"]),
        ("`a` https://vndb.org/v17 `b`", ["v17"]),
        ("5 < 6 https://vndb.org/v17 > 4", ["v17"]),
        (" ".join(f"https://vndb.org/v{number}" for number in range(1, 9)), ["v1", "v2", "v3", "v4", "v5"]),
    ],
)
def test_links_in_a_message_are_found(text: str, found: list[str]) -> None:
    assert links_of(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "v17",
        "vndb.org/v17",
        "<https://vndb.org/v17>",
        "[x](<https://vndb.org/v17>)",
        "`https://vndb.org/v17`",
        "``a ` https://vndb.org/v17``",
        "```\nhttps://vndb.org/v17\n```",
        "```py\n`x` https://vndb.org/v17 ```",
        "https://vndb.org/",
        "https://vndb.org/v",
        "https://vndb.org/t17",
        "https://vndb.org/v17x",
        "https://vndb.org/v12345678",
        "https://vndb.org.evil.example/v17",
        "https://evil.example/?u=https://vndb.org/v17",
        "https://evil.example/vndb.org/v17",
        "https://vndb.org/v?f=" + COMPACT,
    ],
)
def test_what_is_no_link_or_wants_no_preview_is_passed_over(text: str) -> None:
    assert links_of(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "||https://vndb.org/v17||",
        "|| a ` https://vndb.org/v17 || `",
        "|| <x> https://vndb.org/v17/ ||",
        "||||https://vndb.org/v17||",
    ],
)
def test_a_link_that_was_posted_as_a_spoiler_says_so(text: str) -> None:
    assert find_vndb_links(text) == [VndbLink("v", "v17", spoiler=True)]


@pytest.mark.parametrize(
    "text", ["|| https://vndb.org/v17", "`||` https://vndb.org/v17 ||", "||x|| https://vndb.org/v17"]
)
def test_a_link_outside_a_spoiler_is_none(text: str) -> None:
    assert find_vndb_links(text) == [VndbLink("v", "v17")]


def test_a_link_that_was_also_posted_openly_is_no_spoiler() -> None:
    assert find_vndb_links("||https://vndb.org/v17|| https://vndb.org/v17") == [VndbLink("v", "v17")]


@pytest.mark.parametrize(
    ("url", "image"),
    [
        ("https://s.vndb.org/sf/12/3412.jpg", "sf3412"),
        ("https://t.vndb.org/cv/02/24602.jpg", "cv24602"),
        ("https://t.vndb.org/cv.t/02/24602.jpg", "cv24602"),
        ("https://s2.vndb.org/ch/99/99.jpg", "ch99"),
        ("https://s.vndb.org/st/12/3412.jpg", "sf3412"),
        ("https://vndb.org/img/cv24602", "cv24602"),
        ("https://vndb.org/sf3412", "sf3412"),
    ],
)
def test_links_to_pictures_are_found(url: str, image: str) -> None:
    [link] = find_vndb_links(f"look: {url}.")
    assert (link.id, link.kind, link.is_image) == (image, image[:2], True)


@pytest.mark.parametrize(
    "text",
    [
        "`" * 4000,
        "".join("`" * length + "x" for length in range(1, 90)),
        "||x" * 1300,
        "<https://" * 450,
        "https://" * 500,
        "\\" * 4000,
        "[" * 4000,
        "https://vndb.org/v17/" + "/" * 4000,
        "https://vndb.org/v?" + "f=&" * 1300,
    ],
)
def test_hostile_text_is_read_in_no_time(text: str) -> None:
    started = time.perf_counter()
    find_vndb_links(text * 10)
    parse_search_link(text * 10)
    assert time.perf_counter() - started < 2


@given(st.lists(st.sampled_from(["`", "``", "```", "||", "|", "<", ">", "\\", " ", "\n", "https://vndb.org/v17", "a"])))
def test_any_message_is_read_without_an_error(parts: list[str]) -> None:
    assert links_of("".join(parts)) in ([], ["v17"])


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
