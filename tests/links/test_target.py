"""Which links of a message lead to something known, and what only looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.links.target import (
    AnimeTarget,
    GalleryTarget,
    Link,
    PageTarget,
    Target,
    UserTarget,
    VndbTarget,
    find_links,
    has_other_links,
    list_services,
    parse_gallery_reference,
    parse_search_link,
)
from tests.support.each import each

GALLERY_URL = "https://e-hentai.org/g/2000001/0123abcde6/"
GALLERY = GalleryTarget(2000001, "0123abcde6")
PAGE_URL = "https://e-hentai.org/s/fedcba9876/2000001-11"
PAGE = PageTarget(2000001, "fedcba9876", 11)
NOVEL = VndbTarget("v", "v17")


def targets_of(text: str) -> list[Target]:
    return [link.target for link in find_links(text)]


def vndb_ids_of(text: str) -> list[str]:
    return [target.id for target in targets_of(text) if isinstance(target, VndbTarget)]


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
        ("https://vndb.org:443/v17 http://vndb.org:80/v18", ["v17", "v18"]),
    ],
)
def test_links_to_entries_of_vndb_are_found(text: str, found: list[str]) -> None:
    assert vndb_ids_of(text) == found


@each(
    "text",
    [
        "v17",
        "vndb.org/v17",
        "<https://vndb.org/v17>",
        "[x](<https://vndb.org/v17>)",
        "`https://vndb.org/v17`",
        "```py\n`x` https://vndb.org/v17 ```",
        "https://vndb.org/",
        "https://vndb.org/v",
        "https://vndb.org/t17",
        "https://vndb.org/v17x",
        "https://vndb.org/v12345678",
        "https://vndb.org:8080/v17",
        "https://vndb.org.evil.example/v17",
        "https://evil.example/?u=https://vndb.org/v17",
        "https://evil.example/vndb.org/v17",
        "https://vndb.org/v?f=022gja3gen0Nv17",
        "https://vndb.org/\u017f17",
    ],
)
def test_what_is_no_link_to_vndb_or_wants_no_preview_is_passed_over(text: str) -> None:
    assert find_links(text) == []
    assert find_links(f"{text}\n{GALLERY_URL}") == [Link(GALLERY, spoiler=False)]


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
    assert targets_of(f"look: {url}.") == [VndbTarget(image[:2], image)]


@each(
    "url",
    [
        GALLERY_URL,
        "https://e-hentai.org/g/2000001/0123abcde6",
        "http://e-hentai.org/g/2000001/0123abcde6/",
        "https://exhentai.org/g/2000001/0123abcde6/",
        "https://g.e-hentai.org/g/2000001/0123abcde6/",
        "https://www.e-hentai.org/g/2000001/0123abcde6/",
        "https://www.exhentai.org/g/2000001/0123abcde6/",
        "https://e-hentai.org/mpv/2000001/0123abcde6/#page3",
        "https://exhentai.org/mpv/2000001/0123abcde6",
        "https://e-hentai.org/g/2000001/0123abcde6/?p=3",
        "https://e-hentai.org/g/2000001/0123abcde6?p=3&nw=always#c123",
        "https://e-hentai.org/g/2000001/0123abcde6/#c123",
        "https://e-hentai.org:443/g/2000001/0123abcde6/",
        "http://e-hentai.org:80/g/2000001/0123abcde6/",
        "HTTPS://E-Hentai.ORG/g/2000001/0123abcde6/",
        "https://EXHENTAI.org/g/2000001/0123abcde6",
        "https://e-hentai.org/g/2000001/0123ABCDE6/",
    ],
)
def test_links_to_a_gallery_are_found(url: str) -> None:
    assert find_links(f"見て{url}。") == find_links(f"**[this]({url} 'title')**") == [Link(GALLERY, spoiler=False)]


@pytest.mark.parametrize(
    "url",
    [
        PAGE_URL,
        "http://g.e-hentai.org/s/fedcba9876/2000001-11",
        "https://exhentai.org/s/fedcba9876/2000001-11/",
        "https://www.e-hentai.org/s/fedcba9876/2000001-11?nl=1#x",
        "HTTPS://E-HENTAI.org:443/s/FEDCBA9876/2000001-11",
    ],
)
def test_links_to_a_page_of_a_gallery_are_found(url: str) -> None:
    assert find_links(f"({url})") == [Link(PAGE, spoiler=False)]


NOT_GALLERIES = [
    "https://e-hentai.org/",
    "https://e-hentai.org/g/2000001/",
    "https://e-hentai.org/g/2000001/0123abcde/",
    "https://e-hentai.org/g/2000001/0123abcde66/",
    "https://e-hentai.org/g/2000001/0123abcdeg/",
    "https://e-hentai.org/g/2000001/0123abcde6x",
    "https://e-hentai.org/g/2000001/0123abcde6.html",
    "https://e-hentai.org/g/0/0123abcde6/",
    "https://e-hentai.org/g/02000001/0123abcde6/",
    "https://e-hentai.org/g/-2000001/0123abcde6/",
    "https://e-hentai.org/g/12345678901/0123abcde6/",
    "https://e-hentai.org/g/\u0661\u0662/0123abcde6/",
    "https://e-hentai.org/g/2000001%2F0123abcde6/",
    "https://e-hentai.org//g/2000001/0123abcde6/",
    "https://e-hentai.org/x/g/2000001/0123abcde6/",
    "https://e-hentai.org/s/fedcba9876/2000001",
    "https://e-hentai.org/s/fedcba9876/2000001-0",
    "https://e-hentai.org/s/fedcba9876/2000001-011",
    "https://e-hentai.org/s/fedcba9876/2000001-1x",
    "https://e-hentai.org/s/fedcba9876/2000001-100000",
    "https://e-hentai.org/tag/x",
    "https://e-hentai.org.evil.example/g/2000001/0123abcde6/",
    "https://e-hentai.org-evil.example/g/2000001/0123abcde6/",
    "https://xe-hentai.org/g/2000001/0123abcde6/",
    "https://x.e-hentai.org/g/2000001/0123abcde6/",
    "https://x-e-hentai.org/g/2000001/0123abcde6/",
    "https://ehentai.org/g/2000001/0123abcde6/",
    "https://e-hentai.com/g/2000001/0123abcde6/",
    "https://e-hentai.org./g/2000001/0123abcde6/",
    "https://e-hentai\u3002org/g/2000001/0123abcde6/",
    "https://\u0435-hentai.org/g/2000001/0123abcde6/",
    "https://e\u2010hentai.org/g/2000001/0123abcde6/",
    "https://\uff45-hentai.org/g/2000001/0123abcde6/",
    "https://e-h\u200bentai.org/g/2000001/0123abcde6/",
    "https://xn---hentai-8yf.org/g/2000001/0123abcde6/",
    "https://%65-hentai.org/g/2000001/0123abcde6/",
    "https://g.exhentai.org/g/2000001/0123abcde6/",
    "https://api.e-hentai.org/g/2000001/0123abcde6/",
    "https://e-hentai.org@evil.example/g/2000001/0123abcde6/",
    "https://e-hentai.org:443@evil.example/g/2000001/0123abcde6/",
    "https://x@e-hentai.org/g/2000001/0123abcde6/",
    "https://x:y@e-hentai.org/g/2000001/0123abcde6/",
    "https://evil.example/e-hentai.org/g/2000001/0123abcde6/",
    "https://evil.example/?u=https://e-hentai.org/g/2000001/0123abcde6/",
    "https://evil.example#https://e-hentai.org/g/2000001/0123abcde6/",
    "https://e-hentai.org:8443/g/2000001/0123abcde6/",
    "https://e-hentai.org:80/g/2000001/0123abcde6/",
    "http://e-hentai.org:443/g/2000001/0123abcde6/",
    "https://e-hentai.org:/g/2000001/0123abcde6/",
    "https:///e-hentai.org/g/2000001/0123abcde6/",
    "ftp://e-hentai.org/g/2000001/0123abcde6/",
]


@each("url", NOT_GALLERIES)
def test_what_only_looks_like_a_gallery_is_passed_over(url: str) -> None:
    assert find_links(f"see {url} there") == []
    assert find_links(f"see {url} there, {GALLERY_URL}") == [Link(GALLERY, spoiler=False)]


@each("url", [url for url in NOT_GALLERIES if "\uff45" not in url])
def test_nor_is_it_one_where_it_is_typed(url: str) -> None:
    assert parse_gallery_reference(url) is None


@each(
    ("url", "target"),
    [
        ("https://anilist.co/anime/1/Cowboy-Bebop/", AnimeTarget("anilist", "anime", 1)),
        ("https://www.anilist.co/manga/30013", AnimeTarget("anilist", "manga", 30013)),
        ("HTTPS://AniList.co/character/40/Monkey-D-Luffy", AnimeTarget("anilist", "character", 40)),
        ("https://anilist.co:443/staff/95269?x#y", AnimeTarget("anilist", "staff", 95269)),
        ("http://anilist.co/studio/14/Sunrise", AnimeTarget("anilist", "studio", 14)),
        ("https://myanimelist.net/anime/1/Cowboy_Bebop/characters", AnimeTarget("myanimelist", "anime", 1)),
        ("https://www.myanimelist.net/manga/2#x", AnimeTarget("myanimelist", "manga", 2)),
        ("https://myanimelist.net/anime.php?id=1", AnimeTarget("myanimelist", "anime", 1)),
        ("https://myanimelist.net/manga.php?q=x&id=25&y=z", AnimeTarget("myanimelist", "manga", 25)),
        ("https://anilist.co/user/Aya_1/animelist", UserTarget("anilist", "Aya_1")),
        ("https://myanimelist.net/character/40/Luffy", AnimeTarget("myanimelist", "character", 40)),
        ("https://myanimelist.net/people/8", AnimeTarget("myanimelist", "staff", 8)),
        ("https://myanimelist.net/anime/producer/14/Sunrise", AnimeTarget("myanimelist", "studio", 14)),
        ("https://myanimelist.net/profile/Xinil", UserTarget("myanimelist", "Xinil")),
    ],
)
def test_links_to_anime_and_manga_are_found(url: str, target: Target) -> None:
    assert targets_of(f"see {url}!") == [target]


@each(
    "url",
    [
        "https://anilist.co/anime/",
        "https://anilist.co/anime/0",
        "https://anilist.co/anime/1x",
        "https://anilist.co/anime/1234567890",
        "https://anilist.co/user/",
        "https://anilist.co/user/Aya.x",
        "https://anilist.co.evil.example/anime/1",
        "https://xanilist.co/anime/1",
        "https://anilistXco/anime/1",
        "https://anili\u017ft.co/anime/1",
        "https://x@anilist.co/anime/1",
        "https://anilist.co:8080/anime/1",
        "https://myanimelist.net/forum/1",
        "https://myanimelist.net/character/x",
        "https://myanimelist.net/anime.php?q=1",
        "https://myanimelist.net/anime.php?uid=1",
        "https://myanimelist.net/anime.php?id=1x",
        "https://myanimelist.net/anime.php#id=1",
        "https://myanimelist.net@evil.example/anime/1",
        "https://myanimelist.net.evil.example/anime/1",
    ],
)
def test_what_only_looks_like_anime_or_manga_is_passed_over(url: str) -> None:
    assert find_links(f"see {url} there") == []
    assert find_links(f"see {url} there, {GALLERY_URL}") == [Link(GALLERY, spoiler=False)]


def test_everything_is_found_once_and_in_the_order_of_the_message() -> None:
    urls = [f"https://e-hentai.org/g/{gid}/{gid:010x}/" for gid in range(1, 31)]
    text = f"https://anilist.co/anime/1 {' '.join(urls)}\nhttps://vndb.org/v17 {urls[4]} https://anilist.co/anime/1/x"
    galleries = [GalleryTarget(gid, f"{gid:010x}") for gid in range(1, 31)]
    assert targets_of(text) == [AnimeTarget("anilist", "anime", 1), *galleries, NOVEL]


def test_one_gallery_on_two_hosts_is_one() -> None:
    assert targets_of(f"{GALLERY_URL} https://exhentai.org/g/2000001/0123abcde6") == [GALLERY]


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        (f"{PAGE_URL} https://vndb.org/v17 {GALLERY_URL}", [GALLERY, NOVEL]),
        (f"{GALLERY_URL} https://vndb.org/v17 {PAGE_URL}", [GALLERY, NOVEL]),
        (f"{PAGE_URL} https://e-hentai.org/s/fedcba9877/2000001-12", [PAGE]),
        (f"{PAGE_URL} https://e-hentai.org/s/fedcba9877/2000002-12", [PAGE, PageTarget(2000002, "fedcba9877", 12)]),
    ],
)
def test_pages_of_a_gallery_are_one_with_it(text: str, targets: list[Target]) -> None:
    assert targets_of(text) == targets


def test_a_gallery_with_another_token_is_another_and_takes_no_pages() -> None:
    other = "https://e-hentai.org/g/2000001/1111111111/"
    assert targets_of(f"{GALLERY_URL} {other} {PAGE_URL}") == [GALLERY, GalleryTarget(2000001, "1111111111")]


@pytest.mark.parametrize(
    "text",
    [
        f"||{GALLERY_URL}||",
        f"||{GALLERY_URL}|| ||{PAGE_URL}||",
        f"||{PAGE_URL}|| and ||see {GALLERY_URL} ||",
    ],
)
def test_what_was_only_posted_as_a_spoiler_is_one(text: str) -> None:
    assert find_links(text) == [Link(GALLERY, spoiler=True)]


@pytest.mark.parametrize(
    "text",
    [
        f"||{GALLERY_URL}|| {GALLERY_URL}",
        f"{GALLERY_URL} ||{GALLERY_URL}||",
        f"||{GALLERY_URL}|| {PAGE_URL}",
        f"{PAGE_URL} ||{GALLERY_URL}||",
    ],
)
def test_what_was_also_posted_openly_is_no_spoiler(text: str) -> None:
    assert find_links(text) == [Link(GALLERY, spoiler=False)]


def test_a_suppressed_link_takes_no_part() -> None:
    assert find_links(f"||{GALLERY_URL}|| <{GALLERY_URL}> `{GALLERY_URL}`") == [Link(GALLERY, spoiler=True)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no address",
        GALLERY_URL,
        f"{GALLERY_URL} {PAGE_URL} ||https://vndb.org/v17/chars||",
        f"{GALLERY_URL} <https://other.example> `https://other.example`",
    ],
)
def test_a_message_that_links_to_nothing_else_has_no_other_links(text: str) -> None:
    assert not has_other_links(text, [GALLERY, NOVEL])


@pytest.mark.parametrize(
    "text",
    [
        "https://other.example",
        f"{GALLERY_URL} https://other.example",
        f"{GALLERY_URL} ||https://other.example||",
        "https://vndb.org/v18",
        "https://e-hentai.org/g/2000001/1111111111/",
        "https://e-hentai.org/s/fedcba9876/2000002-11",
        *NOT_GALLERIES[:3],
    ],
)
def test_a_message_that_links_to_something_else_has_other_links(text: str) -> None:
    assert has_other_links(text, [GALLERY, NOVEL])


def test_another_page_of_the_same_gallery_is_no_other_link() -> None:
    assert not has_other_links(f"{PAGE_URL} https://e-hentai.org/s/fedcba9877/2000001-12", {PAGE})


def test_without_targets_every_link_is_another() -> None:
    assert has_other_links(GALLERY_URL, ())


PIECES = [
    "`",
    "```",
    "||",
    "|",
    "<",
    ">",
    "\\",
    " ",
    "\n",
    "(",
    ")",
    "[",
    "](",
    "a",
    "0",
    "/",
    "?",
    "#",
    ".",
    "@",
    ":80",
]
ADDRESSES = [GALLERY_URL, PAGE_URL, "https://vndb.org/v17", "https://anilist.co/anime/1", "https://"]


@given(st.lists(st.sampled_from([*PIECES, *ADDRESSES])).map("".join))
def test_any_message_is_read_without_an_error_and_nothing_is_found_twice(text: str) -> None:
    targets = targets_of(text)
    assert len(set(targets)) == len(targets)
    assert {GALLERY, PAGE}.intersection(targets) != {GALLERY, PAGE}


@given(st.lists(st.sampled_from([*ADDRESSES[:-1], f"||{GALLERY_URL}||", f"<{GALLERY_URL}>", "text", "`code`"])))
def test_a_message_has_other_links_only_if_there_is_one_to_nothing_known(parts: list[str]) -> None:
    text = " ".join(parts)
    assert not has_other_links(text, targets_of(text))
    assert has_other_links(f"{text} https://other.example", targets_of(text))


@pytest.mark.parametrize(
    "text",
    [
        "https://e-hentai.org/g/2000001/" * 10_000,
        "https://e-hentai.org/g/" + "1" * 100_000,
        "https://e-hentai.org/s/fedcba9876/2000001-" + "1" * 100_000,
        "https://myanimelist.net/anime.php?" + "id=x&" * 50_000,
        "https://vndb.org/v?" + "f=&" * 50_000,
        "<" * 100_000,
        "||" * 100_000,
    ],
)
def test_long_texts_with_no_link_in_them_hold_none(text: str) -> None:
    assert find_links(text) == []
    assert find_links(f"{GALLERY_URL} {text}") == [Link(GALLERY, spoiler=False)]
    assert parse_gallery_reference(text) is None
    assert parse_search_link(text) is None


TYPED = [
    GALLERY_URL,
    PAGE_URL,
    "HTTP://WWW.ExHentai.org/g/1/0123abcde6/",
    "https://VNDB.org/v17",
    "https://t.vndb.org/cv/17/17.jpg",
    "https://anilist.co/anime/1",
    "https://myanimelist.net/profile/one",
    "https://example.org/",
    "vndb.org",
]


@given(st.lists(st.sampled_from([*TYPED, "||", "`", "<", ">", "\\", " ", "İ", "look"]), max_size=8).map("".join))
def test_a_first_look_overlooks_no_link(text: str) -> None:
    assert list_services(text) or not find_links(text)


@pytest.mark.parametrize("text", ["", "look", "vndb.org/v17", "https://example.org/v17", "Who reads vndb.org?"])
def test_a_first_look_passes_most_texts_over(text: str) -> None:
    assert not list_services(text)


def test_a_first_look_sees_every_site() -> None:
    named = [*(["galleries"],) * 3, *(["vndb"],) * 2, *(["anime"],) * 2, [], []]
    assert [list(list_services(one)) for one in TYPED] == named
    assert list_services(" ".join(TYPED)) == {"galleries", "vndb", "anime"}
