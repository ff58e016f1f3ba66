"""A gallery's card: what it says, in how much room, and when it has no picture."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards.text import size
from bot.gallery.api.model import Gallery, GalleryKey
from bot.gallery.cards.gallery import COVERLESS_NOTE, TEXT_AT_LEAST, build_gallery, render_gallery
from bot.gate.rules import Rules
from bot.gate.setting import TitleLanguage
from bot.navigation.address import Address
from bot.navigation.frame import ACCENT, PageView, Shown
from bot.navigation.viewer import Viewer
from bot.playground.engine.components import walk
from bot.service.record import Card
from tests.gallery import strategies as ehentai
from tests.support.choose import choose
from tests.support.discord_limits import check_view, read_addresses, read_pictures, read_texts
from tests.support.examples import examples
from tests.support.markdown import show

COVER = "https://ehgt.org/t/aa/1.jpg"
KEY = GalleryKey(618395, "0439fa3666")
NEWER = GalleryKey(618400, "0123456789")
ADDRESS = Address("gallery/618395/0439fa3666")
READER = Viewer(7, age_restricted=True)
AFTERNOON = Gallery(
    key=KEY,
    title="[Someone] A Quiet Afternoon [English]",
    title_jpn="静かな午後",
    category="Doujinshi",
    uploader="librarian",
    posted=datetime(2013, 7, 24, 12, 0, tzinfo=UTC),
    pages=24,
    size_bytes=36_909_875,
    rating=4.43,
    expunged=False,
    tags={
        "female": ("glasses", "long hair"),
        "artist": ("someone",),
        "language": ("english", "translated"),
        "location": ("library", "park"),
        "": ("sketch",),
    },
    thumb=COVER,
)


def card(
    gallery: Gallery = AFTERNOON,
    *,
    coverless: bool = False,
    spoiler: bool = False,
    title_language: TitleLanguage = "romanised",
    limit: int = 3000,
    age_s: float = 0.0,
    stale: bool = False,
) -> PageView:
    block = build_gallery(
        Card(gallery, age_s=age_s, stale=stale),
        coverless=coverless,
        spoiler=spoiler,
        title_language=title_language,
        limit=limit,
    )
    return PageView().add_item(block)


def page(gallery: Gallery = AFTERNOON, *, coverless: bool = False, viewer: Viewer = READER) -> Shown:
    return render_gallery(Card(gallery), coverless=coverless, viewer=viewer, address=ADDRESS)


def read_body(view: Shown | PageView) -> str:
    return next(str(part["content"]) for part in walk(check_view(view)) if part.get("content"))


def read_container(view: Shown | PageView) -> dict[str, Any]:
    return check_view(view)[0]


def read_links(view: Shown | PageView) -> list[tuple[str, str]]:
    return [(part["label"], part["url"]) for part in walk(check_view(view)) if part.get("url")]


# What it says


def test_a_card_says_all_that_is_known() -> None:
    assert read_body(card()).split("\n") == [
        "### \\[Someone\\] A Quiet Afternoon \\[English\\]",
        "静かな午後",
        "**Doujinshi** · ★★★★½ 4.43/5 · 24 pages · 35.2 MiB",
        "Posted <t:1374667200:D> by librarian",
        "**Language:** english, translated",
        "**Artist:** someone",
        "**Female:** glasses, long hair",
        "**Locations:** library, park",
        "**Tag:** sketch",
    ]


def test_what_is_not_known_makes_no_empty_lines() -> None:
    bare = Gallery(KEY, "", "", "", "", None, 0, 0, None, expunged=False, tags={"artist": ("", " ")})
    assert read_body(card(bare)).split("\n") == ["### Untitled", "**Unknown category** · Not rated yet"]


def test_a_poster_is_named_though_nobody_knows_when() -> None:
    assert "\nPosted by librarian\n" in read_body(card(replace(AFTERNOON, posted=None)))


@pytest.mark.parametrize(
    ("language", "titles"),
    [
        ("romanised", ["### Romaji", "日本語"]),
        ("english", ["### Romaji", "日本語"]),
        ("native", ["### 日本語", "Romaji"]),
    ],
)
def test_titles_stand_in_the_order_that_was_chosen(language: TitleLanguage, titles: list[str]) -> None:
    gallery = replace(AFTERNOON, title="Romaji", title_jpn="日本語")
    assert read_body(card(gallery, title_language=language)).split("\n")[:2] == titles
    viewer = replace(READER, rules=Rules(server=choose(title_language=language)))
    assert read_body(page(gallery, viewer=viewer)).split("\n")[:2] == titles


@pytest.mark.parametrize(("title", "title_jpn"), [("One", ""), ("", "One"), ("One", " One\n")])
@pytest.mark.parametrize("language", ["romanised", "native"])
def test_the_only_title_stands_once(title: str, title_jpn: str, language: TitleLanguage) -> None:
    text = read_body(card(replace(AFTERNOON, title=title, title_jpn=title_jpn), title_language=language))
    assert text.startswith("### One\n**")


@pytest.mark.parametrize(
    ("rating", "said"),
    [
        (None, "Not rated yet"),
        (0.0, "☆☆☆☆☆ 0.00/5"),
        (0.4, "½☆☆☆☆ 0.40/5"),
        (3.1, "★★★☆☆ 3.10/5"),
        (4.74, "★★★★½ 4.74/5"),
        (4.76, "★★★★★ 4.76/5"),
    ],
)
def test_a_rating_is_stars_and_a_number(rating: float | None, said: str) -> None:
    assert f" · {said} · " in read_body(card(replace(AFTERNOON, rating=rating)))


@pytest.mark.parametrize(
    ("size_bytes", "said"),
    [
        (300, "0.3 KiB"),
        (1_048_575, "1.0 MiB"),
        (35 * 2**20, "35.0 MiB"),
        (3 * 2**30, "3.0 GiB"),
        (2**52, "4,096.0 TiB"),
    ],
)
def test_a_size_stands_in_the_unit_that_suits_it(size_bytes: int, said: str) -> None:
    assert read_body(card(replace(AFTERNOON, size_bytes=size_bytes))).split("\n")[2].endswith(f" · {said}")


@pytest.mark.parametrize(
    ("category", "colour"), [("Doujinshi", 0x9E2720), ("Non-H", 0x5FA9CF), ("Private", ACCENT.value)]
)
def test_a_card_has_the_colour_of_its_category(category: str, colour: int) -> None:
    gallery = replace(AFTERNOON, category=category)
    assert read_container(card(gallery))["accent_color"] == colour
    assert read_container(page(gallery))["accent_color"] == colour
    assert f"**{category}**" in read_body(card(gallery))


def test_marks_are_set_only_where_they_are_true() -> None:
    assert "Expunged" not in read_texts(card())
    assert "newer version" not in read_texts(card()).lower()
    marked = read_body(card(replace(AFTERNOON, expunged=True, newer=NEWER)))
    assert "⚠️ Expunged" in marked
    assert "🆕 A newer version exists." in marked


# Tags


def test_a_long_list_of_tags_says_how_many_more_there_are() -> None:
    gallery = replace(AFTERNOON, tags={"other": tuple(f"quiet subject {number}" for number in range(50))})
    line = read_body(card(gallery)).split("\n")[-1]
    shown = line.count("quiet subject")
    assert line.startswith("**Other:** quiet subject 0, ")
    assert line.endswith(f" and {50 - shown} more")
    assert size(line) <= 350


def test_in_little_room_short_lists_stay_whole_and_long_ones_give_way() -> None:
    many = tuple(f"quiet subject {number}" for number in range(50))
    gallery = replace(AFTERNOON, tags={"artist": ("someone",), "female": many, "male": many})
    text = read_body(card(gallery, limit=TEXT_AT_LEAST))
    assert "**Artist:** someone\n" in text
    lines = [line for line in text.split("\n") if " more" in line]
    assert len(lines) == 2
    assert size(text) > TEXT_AT_LEAST - 80


def test_tags_that_find_no_room_are_counted() -> None:
    gallery = replace(AFTERNOON, tags={f"odd {number}": ("one", "two") for number in range(40)})
    text = read_body(card(gallery, limit=TEXT_AT_LEAST))
    shown = text.count("**Odd ")
    assert 0 < shown < 40
    assert text.endswith(f"-# {2 * (40 - shown)} more tags")


def test_short_lists_find_room_where_as_many_long_ones_would_not() -> None:
    gallery = replace(AFTERNOON, tags={f"odd {number}": ("one",) for number in range(20)})
    assert read_body(card(gallery, limit=TEXT_AT_LEAST)).count("**Odd ") == 20


def test_tags_of_every_length_fit_into_every_room() -> None:
    tags = {f"odd {number}": ("long " * 11 * (number % 2) + "one", *"abcdefgh" * 9) for number in range(40)}
    for limit in range(TEXT_AT_LEAST, 3750, 13):
        assert size(read_body(card(replace(AFTERNOON, tags=tags), limit=limit))) <= limit


def test_the_longest_of_everything_fits_into_the_least_room() -> None:
    longest = replace(
        AFTERNOON,
        title="A" * 300,
        title_jpn="静" * 300,
        category="C" * 99,
        uploader="U" * 99,
        pages=10**12,
        size_bytes=10**18,
        expunged=True,
        newer=NEWER,
    )
    assert size(read_body(card(longest, limit=TEXT_AT_LEAST, age_s=1e9, stale=True))) <= TEXT_AT_LEAST


def test_a_tag_that_stands_twice_is_shown_once() -> None:
    assert "**Artist:** someone\n" in read_body(card(replace(AFTERNOON, tags={"artist": ("someone",) * 3, "": ("x",)})))


# What can be pressed


def test_a_card_leads_to_its_gallery() -> None:
    url = "https://e-hentai.org/g/618395/0439fa3666/"
    assert read_links(card()) == [("Open", url)]
    assert read_links(page()) == [("Open on E-Hentai", url)]


def test_torrents_are_led_to_where_there_are_some() -> None:
    gallery = replace(AFTERNOON, torrent_count=2)
    for view in (card(gallery), page(gallery)):
        assert read_addresses(view) == {"gallery/618395/0439fa3666/torrents"}
        assert "Torrents (2)" in read_texts(view)
    assert read_addresses(card()) == set()


def test_a_newer_version_is_a_page_to_be_asked_for_and_no_link() -> None:
    gallery = replace(AFTERNOON, newer=NEWER)
    for view in (card(gallery), page(gallery)):
        assert read_addresses(view) == {"gallery/618400/0123456789"}
        assert len(read_links(view)) == 1


def test_one_card_of_five_only_mentions_the_newer_version() -> None:
    view = card(replace(AFTERNOON, newer=NEWER), limit=TEXT_AT_LEAST)
    assert "A newer version exists." in read_texts(view)
    assert read_addresses(view) == set()


# Pictures and spoilers


def test_the_cover_stands_beside_the_text() -> None:
    assert read_pictures(card()) == [(COVER, False)]
    assert read_pictures(page()) == [(COVER, False)]


def test_the_card_of_a_covered_link_and_its_cover_are_spoilers() -> None:
    view = card(spoiler=True)
    assert read_pictures(view) == [(COVER, True)]
    assert read_container(view)["spoiler"] is True
    assert read_container(card())["spoiler"] is False


def test_a_page_says_why_there_is_no_cover() -> None:
    assert COVERLESS_NOTE in read_texts(page(coverless=True))
    assert COVERLESS_NOTE not in read_texts(page(replace(AFTERNOON, thumb=None), coverless=True))
    assert COVERLESS_NOTE not in read_texts(page())


# Age


def test_an_old_answer_says_how_old_it_is() -> None:
    assert read_body(card(age_s=7300, stale=True)).endswith("\n-# E-Hentai · from 2 h ago (E-Hentai is away)")
    assert "E-Hentai" not in read_body(card(age_s=7300))


def test_a_page_says_who_asked_and_whom() -> None:
    assert read_texts(page()).split("\n-# ")[-1].startswith("E-Hentai")


def test_a_page_is_the_only_one() -> None:
    address = Address(ADDRESS.place, 3)
    view = render_gallery(Card(AFTERNOON), coverless=False, viewer=READER, address=address)
    assert read_addresses(view) == set()
    assert "page" not in read_texts(view).split("\n-# ")[-1]


# Whatever it is


@examples(150)
@given(ehentai.cards(), st.integers(TEXT_AT_LEAST, 3750), st.booleans(), st.booleans())
def test_any_gallery_makes_a_card_in_the_room_there_is(
    drawn: Card[Gallery], limit: int, coverless: bool, spoiler: bool
) -> None:
    block = build_gallery(drawn, coverless=coverless, spoiler=spoiler, title_language="native", limit=limit)
    view = PageView().add_item(block)
    parts = list(walk(check_view(view)))
    text = read_body(view)
    assert size(text) <= limit
    assert len(parts) <= (7 if limit < 900 else 8)
    assert "\n\n" not in text
    assert not (coverless and read_pictures(view))
    assert all(is_spoiler is spoiler for _, is_spoiler in read_pictures(view))


@examples(100)
@given(ehentai.cards(), ehentai.viewers, st.booleans())
def test_any_gallery_makes_a_page_that_may_be_sent(drawn: Card[Gallery], viewer: Viewer, coverless: bool) -> None:
    view = render_gallery(drawn, coverless=coverless, viewer=viewer, address=ADDRESS)
    assert check_view(view)
    assert not (coverless and read_pictures(view))


@examples(150)
@given(ehentai.galleries(), st.integers(TEXT_AT_LEAST, 3750))
def test_what_people_wrote_is_never_read_as_markdown(gallery: Gallery, limit: int) -> None:
    shown = show(read_body(card(gallery, limit=limit)))
    assert shown.links == ()
    assert shown.hidden == ""
