"""The reply to a message with links: cards of any mix, within what Discord takes of one message."""

from __future__ import annotations

from typing import Any

import pytest
from discord import ui
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.cards.text import size
from bot.gallery.api.model import Gallery, GalleryKey
from bot.gallery.cards.gallery import build_gallery
from bot.navigation.address import Address
from bot.navigation.frame import PageView
from bot.navigation.item import SeeButton
from bot.navigation.viewer import Viewer
from bot.playground.engine.components import walk
from bot.preview.card import LINKS_AT_MOST, build_note, build_preview, share_text
from bot.preview.item import PREVIEW_ITEMS, RemoveButton
from bot.service.record import Card
from bot.vndb.api.names import BUILT_IN
from bot.vndb.cards.preview import EntryCard, build_vndb_preview
from tests.gallery import strategies as ehentai
from tests.support.discord_limits import check_view, read_addresses, read_texts
from tests.support.examples import examples
from tests.vndb import strategies as vndb

READER = Viewer(7, age_restricted=True)
FULL = Gallery(
    key=GalleryKey(1, "0123456789"),
    title="*A* " * 100,
    title_jpn="静 " * 200,
    category="Doujinshi",
    uploader="_" * 100,
    posted=None,
    pages=24,
    size_bytes=36_909_875,
    rating=4.43,
    expunged=True,
    tags=dict.fromkeys(("artist", "group", "female", "male", "other", "x"), ("one",) * 9 + ("*" * 50,)),
    thumb="https://ehgt.org/t/aa/1.jpg",
    torrent_count=3,
    newer=GalleryKey(9, "0123456789"),
)


def gallery(number: int, *, links: int) -> ui.Container[Any]:
    one = replace(FULL, key=GalleryKey(number, "0123456789"))
    return build_gallery(
        Card(one, age_s=1e7, stale=True),
        coverless=False,
        spoiler=False,
        title_language="native",
        limit=share_text(links),
    )


def block(*items: ui.Item[Any]) -> ui.Container[Any]:
    return ui.Container[Any](ui.TextDisplay("card"), ui.ActionRow[Any](*items))


def measure(view: PageView) -> int:
    return sum(size(str(part.get("content") or "")) for part in walk(check_view(view)))


def test_cards_stand_in_the_order_of_their_links() -> None:
    view = build_preview([ui.Container(ui.TextDisplay("one")), ui.TextDisplay("two")], more=0)
    assert read_texts(view) == "one\ntwo\nRemove"


@pytest.mark.parametrize(("more", "said"), [(1, "-# and 1 more link"), (3, "-# and 3 more links")])
def test_links_without_a_card_are_counted(more: int, said: str) -> None:
    assert read_texts(build_preview([block(SeeButton(Address("v1"), label="x"))], more=more)).split("\n")[-2] == said


def test_whoever_may_can_remove_the_preview_even_after_a_restart() -> None:
    view = build_preview([build_note("No.")], more=0)
    assert view.is_persistent()
    custom_id = next(part["custom_id"] for part in walk(check_view(view)) if part.get("custom_id"))
    assert custom_id == "preview:remove"
    assert [item for item in PREVIEW_ITEMS if item.__discord_ui_compiled_template__.fullmatch(custom_id)] == [
        RemoveButton
    ]


def test_what_only_the_asker_sees_needs_no_removing() -> None:
    assert read_texts(build_preview([build_note("No.")], more=1, removable=False)) == "-# No.\n-# and 1 more link"


async def test_what_two_cards_lead_to_can_be_pressed_once() -> None:
    same = SeeButton(Address("v1"), label="x")
    blocks = [block(same), block(SeeButton(Address("v1"), label="y"), SeeButton(Address("v2"), label="z")), block(same)]
    view = build_preview(blocks, more=0)
    assert read_texts(view) == "card\nx\ncard\nz\ncard\nRemove"
    assert read_addresses(view) == {"v1", "v2"}


@pytest.mark.parametrize("links", range(1, LINKS_AT_MOST + 1))
def test_the_largest_galleries_and_a_note_fit_into_a_message(links: int) -> None:
    blocks = [gallery(number, links=links) for number in range(1, links + 1)]
    view = build_preview([*blocks, build_note("Not shown here. " * 30)], more=245)
    assert measure(view) <= 4000
    assert len(read_addresses(view)) == links + (links < LINKS_AT_MOST)


def test_a_note_is_one_line_of_small_print() -> None:
    assert build_note("Galleries are\nnot shown here.").content == "-# Galleries are not shown here."


def test_the_shares_of_all_links_fit_into_a_message() -> None:
    assert [share_text(links) * links <= 3750 for links in range(1, LINKS_AT_MOST + 1)] == [True] * LINKS_AT_MOST


entries = st.one_of(vndb.cards(vndb.novels), vndb.cards(vndb.releases), vndb.cards(vndb.characters))


@examples(40)
@given(
    st.lists(st.tuples(ehentai.cards(), st.booleans(), st.booleans()), max_size=3),
    st.lists(entries, max_size=2),
    st.booleans(),
)
async def test_any_mix_of_links_makes_a_message_that_may_be_sent(
    galleries: list[tuple[Card[Gallery], bool, bool]], novels: list[EntryCard], spoiler: bool
) -> None:
    limit = share_text(LINKS_AT_MOST)
    blocks = [
        build_gallery(drawn, coverless=coverless, spoiler=covered, title_language="english", limit=limit)
        for drawn, coverless, covered in galleries
    ]
    blocks += [
        build_vndb_preview([novel], names=BUILT_IN, viewer=READER, spoiler=spoiler ^ bool(number))
        for number, novel in enumerate(novels)
    ]
    assert measure(build_preview([*blocks, build_note("Not shown here.")], more=1)) <= 4000
