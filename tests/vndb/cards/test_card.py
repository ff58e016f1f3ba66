"""The first page of an entry: whatever has no room on it goes on over further ones, and nothing is cut."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import discord
import pytest
from discord import ui

from bot.cards.fact import join_whole
from bot.cards.text import size
from bot.navigation.address import Address
from bot.navigation.frame import BODY_LIMIT, Frame, Shown
from bot.navigation.sheet import Sheet, render_sheet
from bot.navigation.viewer import Viewer
from bot.playground.engine.components import walk
from bot.service.record import Card, Found
from bot.vndb.api.model import (
    Character,
    CharacterVn,
    Link,
    Medium,
    Producer,
    Release,
    ReleaseProducer,
    ReleaseTitle,
    ReleaseVn,
    Staff,
    StaffAlias,
    Tag,
    Trait,
    Vn,
)
from bot.vndb.api.names import BUILT_IN
from bot.vndb.cards.character import render_character, render_character_details
from bot.vndb.cards.producer import render_producer, render_producer_details
from bot.vndb.cards.release import render_release, render_release_details
from bot.vndb.cards.staff import render_staff, render_staff_details
from bot.vndb.cards.tag import render_tag, render_tag_details, render_trait, render_trait_details
from tests.support.discord_limits import check_view, read_pictures, read_texts
from tests.support.each import each

READER = Viewer(asker_id=7 * 100, age_restricted=True)
STORY = " ".join(f"word{number}." for number in range(900))
WORDS = STORY.split()
SHORT = " ".join(WORDS[:100])


def sheet(number: int = 1, *, spoiler: int = 0, files: bool = False, **changes: Any) -> Shown:
    chart = discord.File(io.BytesIO(b"x"), "chart.png")
    gallery = ui.MediaGallery[ui.LayoutView](discord.MediaGalleryItem("attachment://chart.png"))
    whole = Sheet("## Heading", picture=gallery if files else None, **changes)
    return render_sheet(
        whole, Frame(READER, Address("p1", number, spoiler), source="VNDB", menu=()), files=[chart] if files else ()
    )


def read_pages(render: Callable[[int], Shown]) -> list[str]:
    """All pages, up to the one that comes twice because there is none after it."""
    pages = [read_texts(render(1))]
    while (page := read_texts(render(len(pages) + 1))) != pages[-1]:
        pages.append(page)
    return pages


def count_words(pages: list[str]) -> list[str]:
    return [word for word in " ".join(pages).split() if word.startswith("word")]


def test_a_long_description_goes_on_over_further_pages_to_its_end() -> None:
    pages = read_pages(lambda number: sheet(number, description=STORY))
    assert f"Page 1 of {len(pages)}" in pages[0]
    assert count_words(pages) == WORDS


def test_facts_and_blocks_stand_on_the_first_page_only() -> None:
    pages = read_pages(lambda number: sheet(number, facts=["Fact"], description=STORY, blocks=["Block"]))
    assert [("Fact" in page, "Block" in page) for page in pages] == [(True, True)] + [(False, False)] * (len(pages) - 1)


def test_the_heading_stands_on_every_page() -> None:
    assert all(page.startswith("## Heading\n") for page in read_pages(lambda number: sheet(number, description=STORY)))


def test_a_short_description_is_one_page() -> None:
    assert "page" not in read_texts(sheet(description="A company."))


def test_a_sheet_of_a_heading_alone_is_a_page() -> None:
    assert read_texts(sheet()).startswith("## Heading\n-# VNDB")


def test_a_page_after_the_last_one_is_the_last_one() -> None:
    pages = read_pages(lambda number: sheet(number, description=STORY))
    assert read_texts(sheet(999_999, description=STORY)) == pages[-1]


def test_the_picture_and_its_file_are_on_the_first_page() -> None:
    page = sheet(description=STORY, files=True)
    assert read_pictures(page) == [("attachment://chart.png", False)]
    assert len(page.files) == 1


def test_the_picture_and_its_file_are_on_no_further_page() -> None:
    page = sheet(2, description=STORY, files=True)
    assert read_pictures(page) == []
    assert list(page.files) == []


@pytest.mark.parametrize("spoiler", [0, 1, 2])
def test_spoilers_are_left_out_of_further_pages_as_well(spoiler: int) -> None:
    hiding = f"{STORY} [spoiler]The butler.[/spoiler] {SHORT}"
    pages = read_pages(lambda number: sheet(number, spoiler=spoiler, description=hiding))
    assert ("The butler." in " ".join(pages)) is (spoiler == 2)
    assert count_words(pages) == WORDS + SHORT.split()


@each("filled", range(2600, BODY_LIMIT - 15, 55))
def test_no_word_is_cut_however_little_room_the_rest_leaves(filled: int) -> None:
    pages = read_pages(lambda number: sheet(number, description=STORY, blocks=["x" * filled]))
    assert count_words(pages) == WORDS


def test_a_block_that_has_no_room_on_the_first_page_stands_on_a_further_one() -> None:
    pages = read_pages(lambda number: sheet(number, blocks=["a" * 1500, "b" * 1500, "c" * 1500]))
    assert ["".join(letter for letter in "abc" if letter * 1500 in page) for page in pages] == ["ab", "c"]


def cut(number: int, *, letter: str = "W", to: int = 300) -> str:
    """A name that is as long as a name gets, and another one for each number."""
    return f"{number}{letter * to}"


LINKS = [Link(f"https://x.example/{number}{'y' * 300}", label=cut(number)) for number in range(50)]
NOVELS = Found([Vn(f"v{n}", title=cut(n), released="2009", rating=88.0) for n in range(1, 50)], more=True)
HUGE_CHARACTER = Character(
    "c1",
    name=cut(1),
    original=cut(2),
    aliases=[cut(number) for number in range(50)],
    description=STORY,
    sex=[cut(1), cut(2)],
    gender=[cut(1), cut(2)],
    blood_type=cut(1),
    height=10**12,
    weight=10**12,
    bust=10**12,
    waist=10**12,
    hips=10**12,
    cup=cut(1),
    age=10**12,
    birthday=[9, 20],
    vns=[
        CharacterVn(f"v{n}", title=cut(n), released="2009", spoiler=0, role=cut(n), release=Release("r1", title=cut(n)))
        for n in range(1, 30)
    ],
    traits=[Trait(f"i{n}", name=cut(n), group_name=cut(n), spoiler=0, sexual=False, lie=True) for n in range(1, 30)],
)
HUGE_RELEASE = Release(
    "r1",
    title=cut(1),
    alttitle=cut(2),
    languages=[ReleaseTitle(cut(number)) for number in range(9)],
    platforms=[cut(number) for number in range(9)],
    media=[Medium(cut(number)) for number in range(9)],
    vns=[ReleaseVn(f"v{number}", title=cut(number)) for number in range(1, 9)],
    producers=[ReleaseProducer(f"p{number}", cut(number), developer=True, publisher=True) for number in range(9)],
    minage=18,
    uncensored=True,
    engine=cut(1),
    catalog=cut(1),
    gtin=cut(1),
    resolution=cut(1),
    voiced=4,
    notes=STORY,
    extlinks=LINKS,
)
HUGE_PRODUCER = Producer(
    "p1", cut(1), cut(2), [cut(n) for n in range(50)], lang=cut(1), type=cut(1), description=STORY, extlinks=LINKS
)
HUGE_STAFF = Staff(
    "s1",
    name=cut(1),
    original=cut(2),
    lang=cut(1),
    gender=cut(1),
    description=STORY,
    extlinks=LINKS,
    aliases=[StaffAlias(cut(number), latin=cut(number, letter="x")) for number in range(50)],
)
HUGE_TAG = Tag("g1", name=cut(1), category="ero", aliases=[cut(n) for n in range(50)], description=STORY)
HUGE_TRAIT = Trait("i1", name=cut(1), group_name=cut(1), aliases=[cut(n) for n in range(50)], description=STORY)
PEOPLE = Found([Character(f"c{n}", name=cut(n), original=cut(n, letter="x")) for n in range(1, 50)], more=True)
CARDS: dict[str, Callable[[Address], Shown]] = {
    "c1": lambda address: render_character(Card(HUGE_CHARACTER), names=BUILT_IN, viewer=READER, address=address),
    "r1": lambda address: render_release(Card(HUGE_RELEASE), names=BUILT_IN, viewer=READER, address=address),
    "p1": lambda address: render_producer(Card(HUGE_PRODUCER), NOVELS, names=BUILT_IN, viewer=READER, address=address),
    "s1": lambda address: render_staff(Card(HUGE_STAFF), NOVELS, names=BUILT_IN, viewer=READER, address=address),
    "g1": lambda address: render_tag(Card(HUGE_TAG), NOVELS, names=BUILT_IN, viewer=READER, address=address),
    "i1": lambda address: render_trait(Card(HUGE_TRAIT), PEOPLE, viewer=READER, address=address),
}
DETAILS: dict[str, Callable[[Address], Shown]] = {
    "c1": lambda at: render_character_details(Card(HUGE_CHARACTER), names=BUILT_IN, viewer=READER, address=at),
    "r1": lambda at: render_release_details(Card(HUGE_RELEASE), names=BUILT_IN, viewer=READER, address=at),
    "p1": lambda at: render_producer_details(Card(HUGE_PRODUCER), names=BUILT_IN, viewer=READER, address=at),
    "s1": lambda at: render_staff_details(Card(HUGE_STAFF), names=BUILT_IN, viewer=READER, address=at),
    "g1": lambda at: render_tag_details(Card(HUGE_TAG), viewer=READER, address=at),
    "i1": lambda at: render_trait_details(Card(HUGE_TRAIT), viewer=READER, address=at),
}


@pytest.mark.parametrize("place", CARDS)
def test_the_whole_description_of_every_kind_of_entry_can_be_read(place: str) -> None:
    pages = read_pages(lambda number: DETAILS[place](Address(f"{place}/details", number, 2)))
    assert count_words(pages) == WORDS


@pytest.mark.parametrize("place", CARDS)
def test_a_card_has_the_beginning_of_the_description_and_is_one_page(place: str) -> None:
    (page,) = read_pages(lambda number: CARDS[place](Address(place, number, 2)))
    words = count_words([page])
    assert words == WORDS[: len(words)] and 12 < len(words) < 35


@pytest.mark.parametrize("place", CARDS)
def test_the_card_of_which_everything_is_as_long_as_can_be_fits_into_messages(place: str) -> None:
    card, details = CARDS[place], DETAILS[place]
    for shown in (card(Address(place, 1, 2)), *(details(Address(place, number, 2)) for number in (1, 2, 3))):
        parts = walk(check_view(shown))
        texts = [str(part["content"]) for part in parts if part.get("content")]
        # All but the last of them, which is the small print, are the page's body.
        assert sum(map(size, texts[:-1])) <= BODY_LIMIT


@pytest.mark.parametrize(
    ("parts", "joined"),
    [
        ([], ""),
        (["aa", "", "bb", "aa"], "aa, bb"),
        (["aa", "bb", "cc", "dd"], "aa, bb and 2 more"),
        (["a" * 20, "bb"], "2 names"),
    ],
)
def test_names_are_cut_between_two_of_them(parts: list[str], joined: str) -> None:
    assert join_whole(parts, ", ", limit=10) == joined
