"""A gallery's card: what it says, in how much room, and when it has no picture."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.cards.text import size
from bot.gallery.api.model import Gallery, GalleryKey
from bot.gallery.cards.gallery import COVERLESS_NOTE, TEXT_AT_LEAST, build_gallery, render_details, render_gallery
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

TEXT_DISPLAY, MEDIA_GALLERY = 10, 12
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


def details(gallery: Gallery = AFTERNOON) -> Shown:
    return render_details(Card(gallery), viewer=READER, address=Address(f"{ADDRESS.place}/details"))


def read_body(view: Shown | PageView) -> str:
    return next(str(part["content"]) for part in walk(check_view(view)) if part.get("content"))


def read_container(view: Shown | PageView) -> dict[str, Any]:
    return check_view(view)[0]


def read_links(view: Shown | PageView) -> list[tuple[str, str]]:
    return [(part["label"], part["url"]) for part in walk(check_view(view)) if part.get("url")]


def list_labels(view: Shown | PageView) -> list[str]:
    """What the menu is made of."""
    return [option["label"] for part in walk(check_view(view)) for option in part.get("options") or ()]


def list_versions(view: Shown | PageView) -> dict[str, str]:
    """Where each button for another version leads."""
    return {
        part["label"]: part["custom_id"].rsplit(":", 1)[1]
        for part in walk(check_view(view))
        if str(part.get("label", "")).endswith(" version")
    }


# What it says


def test_a_card_says_what_it_is_in_few_lines() -> None:
    assert read_body(card()).split("\n") == [
        "### \\[Someone\\] A Quiet Afternoon \\[English\\]",
        "-# 静かな午後",
        "Doujinshi · 8.86/10 · 24 pages · English, Translated",
        "-# Someone · female: glasses, long hair · Library, Park · sketch",
    ]


def test_details_say_all_that_is_known_besides() -> None:
    assert read_body(details()).split("\n") == [
        "### \\[Someone\\] A Quiet Afternoon \\[English\\]",
        "-# Details",
        "**Posted:** 24 July 2013",
        "**Uploader:** librarian",
        "**Size:** 35.2 MiB",
        "**Language:** English, Translated",
        "**Artist:** Someone",
        "**Female:** glasses, long hair",
        "**Locations:** Library, Park",
        "**Tag:** sketch",
    ]


def test_what_is_not_known_makes_no_empty_lines() -> None:
    bare = Gallery(KEY, "", "", "", "", None, 0, 0, None, expunged=False, tags={"artist": ("", " ")})
    assert read_body(card(bare)).split("\n") == ["### Untitled", "Unknown category · Not rated yet"]
    assert read_body(details(bare)).split("\n") == ["### Untitled", "-# Details", "No tags yet."]


@pytest.mark.parametrize(
    ("language", "titles"),
    [
        ("romanised", ["### Romaji", "-# 日本語"]),
        ("english", ["### Romaji", "-# 日本語"]),
        ("native", ["### 日本語", "-# Romaji"]),
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
    assert text.startswith("### One\nDoujinshi")


@pytest.mark.parametrize(
    ("rating", "said"),
    [
        (None, "Not rated yet"),
        (0.0, "0.00/10"),
        (0.4, "0.80/10"),
        (3.1, "6.20/10"),
        (4.74, "9.48/10"),
        (5.0, "10.00/10"),
    ],
)
def test_a_rating_is_out_of_ten(rating: float | None, said: str) -> None:
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
    assert f"\n**Size:** {said}\n" in read_body(details(replace(AFTERNOON, size_bytes=size_bytes)))


@pytest.mark.parametrize(
    ("category", "colour"), [("Doujinshi", 0x9E2720), ("Non-H", 0x5FA9CF), ("Private", ACCENT.value)]
)
def test_a_card_has_the_colour_of_its_category(category: str, colour: int) -> None:
    gallery = replace(AFTERNOON, category=category)
    assert read_container(card(gallery))["accent_color"] == colour
    assert read_container(page(gallery))["accent_color"] == colour
    assert f"\n{category} · " in read_body(card(gallery))


def test_marks_are_set_only_where_they_are_true() -> None:
    assert "Expunged" not in read_texts(card())
    assert "newer version" not in read_texts(card(limit=TEXT_AT_LEAST)).lower()
    marked = replace(AFTERNOON, expunged=True, newer=NEWER)
    assert "⚠️ Expunged" in read_body(card(marked))
    assert "🆕 There is a newer version." in read_body(card(marked, limit=TEXT_AT_LEAST))
    assert "There is a newer" not in read_body(card(marked))  # the button says so
    assert "⚠️ Expunged" in read_texts(page(marked))


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


# What can be pressed


def test_a_card_leads_to_its_gallery() -> None:
    url = "https://e-hentai.org/g/618395/0439fa3666/"
    assert read_links(card()) == [("Open", url)]
    assert read_links(page()) == [("Open on E-Hentai", url)]


def test_a_short_card_leads_to_the_page_and_that_to_its_others() -> None:
    place = "gallery/618395/0439fa3666"
    assert read_addresses(card()) == {place}
    assert read_addresses(page()) == {place, f"{place}/details"}
    gallery = replace(AFTERNOON, torrent_count=2)
    assert read_addresses(page(gallery)) == {place, f"{place}/details", f"{place}/torrents"}
    assert list_labels(page(gallery)) == ["Overview", "Details", "Torrents (2)"]


def test_versions_are_pages_to_be_asked_for_and_no_links() -> None:
    gallery = replace(AFTERNOON, newer=NEWER, older=GalleryKey(618300, "1123456789"), first=GalleryKey(6, "2123456789"))
    shown = page(gallery)
    assert list_versions(shown) == {
        "Newest version": "gallery/618400/0123456789",
        "Older version": "gallery/618300/1123456789",
        "First version": "gallery/6/2123456789",
    }
    assert list_versions(card(gallery)) == {"Newest version": "gallery/618400/0123456789"}
    assert len(read_links(shown)) == len(read_links(card(gallery))) == 1
    assert list_versions(page()) == {}


def test_one_card_of_five_only_mentions_the_newer_version() -> None:
    view = card(replace(AFTERNOON, newer=NEWER), limit=TEXT_AT_LEAST)
    assert "There is a newer version." in read_texts(view)
    assert list_versions(view) == {}


# Pictures and spoilers


def test_the_cover_stands_beside_a_short_card_and_above_a_page() -> None:
    assert [part["type"] for part in read_container(page())["components"]][:2] == [MEDIA_GALLERY, TEXT_DISPLAY]
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
    assert size(text) <= TEXT_AT_LEAST
    assert "\n\n" not in text
    assert not (coverless and read_pictures(view))
    assert all(is_spoiler is spoiler for _, is_spoiler in read_pictures(view))


@examples(100)
@given(ehentai.cards(), ehentai.viewers, st.booleans())
def test_any_gallery_makes_a_page_that_may_be_sent(drawn: Card[Gallery], viewer: Viewer, coverless: bool) -> None:
    view = render_gallery(drawn, coverless=coverless, viewer=viewer, address=ADDRESS)
    assert check_view(view)
    assert check_view(render_details(drawn, viewer=viewer, address=ADDRESS))
    assert not (coverless and read_pictures(view))


@examples(150)
@given(ehentai.galleries(), st.integers(TEXT_AT_LEAST, 3750))
def test_what_people_wrote_is_never_read_as_markdown(gallery: Gallery, limit: int) -> None:
    for text in (read_body(card(gallery, limit=limit)), read_texts(page(gallery)), read_body(details(gallery))):
        shown = show(text)
        assert shown.links == ()
        assert shown.hidden == ""
