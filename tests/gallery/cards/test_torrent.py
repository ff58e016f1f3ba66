"""The list of a gallery's torrents."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.gallery.api.model import Gallery, GalleryKey, Torrent
from bot.gallery.cards.torrent import render_torrents
from bot.navigation.address import Address
from bot.navigation.frame import Shown
from bot.navigation.viewer import Viewer
from bot.playground.engine.components import walk
from bot.service.record import Card
from tests.gallery import strategies as ehentai
from tests.support.discord_limits import check_view, read_addresses, read_pictures, read_texts
from tests.support.examples import examples
from tests.support.markdown import show

PLACE = "gallery/618395/0439fa3666/torrents"
READER = Viewer(7, age_restricted=True)
ADDED = datetime(2013, 7, 24, 12, 0, tzinfo=UTC)
TORRENT = Torrent("0" * 40, "A Quiet Afternoon.zip", ADDED, 36_909_875)
GALLERY = Gallery(
    key=GalleryKey(618395, "0439fa3666"),
    title="A Quiet Afternoon",
    title_jpn="",
    category="Doujinshi",
    uploader="librarian",
    posted=ADDED,
    pages=24,
    size_bytes=36_909_875,
    rating=4.43,
    expunged=False,
    tags={"language": ("english",)},
    thumb="https://ehgt.org/t/aa/1.jpg",
)


def page(*torrents: Torrent, number: int = 1) -> Shown:
    gallery = replace(GALLERY, torrents=torrents, torrent_count=len(torrents))
    return render_torrents(Card(gallery), viewer=READER, address=Address(PLACE, number))


def test_a_torrent_is_its_name_what_is_known_of_it_and_its_magnet_link() -> None:
    assert read_texts(page(TORRENT)).split("\n")[:7] == [
        "### A Quiet Afternoon",
        "-# Torrents",
        "**1. A Quiet Afternoon.zip**",
        "-# 35.2 MiB · 24 July 2013",
        "```",
        f"magnet:?xt=urn:btih:{'0' * 40}",
        "```",
    ]


def test_what_is_not_known_of_a_torrent_is_left_out() -> None:
    text = read_texts(page(replace(TORRENT, hash="", name=" ", added=None, size_bytes=0)))
    assert "\n**1. Untitled**\n" in text
    assert "magnet" not in text


def test_no_torrents_are_one_sentence() -> None:
    assert read_texts(page()).split("\n")[2] == "Nobody shares a torrent of this gallery."


def test_the_page_is_marked_in_its_menu_also_without_torrents() -> None:
    for shown in (page(), page(TORRENT)):
        options = [option for part in walk(check_view(shown)) for option in part.get("options") or ()]
        assert [option["value"] for option in options if option.get("default")] == [PLACE]


def test_the_list_leads_to_the_torrents_on_the_site() -> None:
    links = [part["url"] for part in walk(check_view(page(TORRENT))) if part.get("url")]
    assert links == [
        "https://e-hentai.org/gallerytorrents.php?gid=618395&t=0439fa3666",
        "https://e-hentai.org/g/618395/0439fa3666/",
    ]


def test_five_torrents_stand_on_a_page() -> None:
    torrents = [replace(TORRENT, name=f"Part {number}.") for number in range(1, 8)]
    first, last = page(*torrents), page(*torrents, number=2)
    assert read_texts(first).count("Part") == 5
    assert f"{PLACE}~2" in read_addresses(first)
    assert "**7. Part 7.**" in read_texts(last)
    assert "E-Hentai · Page 2 of 2" in read_texts(last)


def test_a_page_after_the_last_one_is_the_last_one() -> None:
    assert "**1. A Quiet Afternoon.zip**" in read_texts(page(TORRENT, number=9))


@examples(80)
@given(ehentai.cards(), ehentai.viewers, st.integers(1, 6))
def test_any_torrents_make_a_page_without_a_picture(drawn: Card[Gallery], viewer: Viewer, number: int) -> None:
    view = render_torrents(drawn, viewer=viewer, address=Address(PLACE, number))
    body = next(str(part["content"]) for part in walk(check_view(view)) if part.get("content"))
    assert read_pictures(view) == []
    assert show(body).links == ()
    assert show(body).hidden == ""
    # A link that is cut off leads nowhere.
    assert body.count("magnet:") == len(re.findall(r"^magnet:\?xt=urn:btih:[0-9a-f]{40}$", body, re.MULTILINE))
