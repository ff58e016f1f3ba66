"""What the pages of anime show at their own addresses."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from bot.anime.api.anilist.error import SERVICE
from bot.anime.api.model import Media, Title
from bot.anime.api.wish import PAGE_SIZE, MediaWish
from bot.anime.cards.page import find_block
from bot.anime.pages.list import MediaList, search_title
from bot.anime.pages.media import DetailsPage, MediaCard
from bot.anime.pages.source import AnimeSources
from bot.errors import NotFound
from bot.navigation.address import Address
from bot.navigation.frame import ROWS
from bot.navigation.page import State, Visit
from bot.navigation.viewer import Viewer
from bot.service.near_find import NearFinder
from bot.service.record import Card
from tests.anime.api.test_provider import Both
from tests.anime.fake_amvstrm import make_row
from tests.support.discord_limits import read_addresses, read_texts

READER = Viewer(asker_id=7, age_restricted=False)
LONG = " ".join(f"word{number}" for number in range(1200))
GATE = Card(Media(id=9253, type="ANIME", title=Title(romaji="Gate"), is_adult=False, description=LONG))


def test_a_description_that_is_longer_than_a_page_goes_on_on_the_next() -> None:
    first, second = (
        DetailsPage("anime", 9253).show(GATE, READER, Address("anime/9253/details", number)) for number in (1, 2)
    )
    assert "word1 " in read_texts(first)
    assert "word1 " not in read_texts(second)
    assert "Page 2" in read_texts(second)
    assert "anime/9253/details~2" in read_addresses(first)


def test_what_may_not_stand_here_has_no_pages_of_its_own() -> None:
    adult = Card(Media(id=5, type="ANIME", title=Title(romaji="Late"), is_adult=True))
    page = MediaCard("anime", 5).show(adult, READER, Address("anime/5"))
    assert "for adults" in read_texts(page)
    assert read_addresses(page) == set()


async def test_no_page_of_a_season_is_missing_where_amvstrm_has_many_works_for_adults() -> None:
    both = Both("amvstrm")
    both.amvstrm.rows = [
        make_row(number, genres=["Hentai" if 20 < number <= 28 else "Comedy"]) for number in range(1, 91)
    ]
    both.anilist.marks = dict.fromkeys(range(1, 91), False)
    wish = MediaWish(kind="ANIME", season="FALL", season_year=2011, sort="popularity", adult=False)
    page, last = MediaList(wish), 90 // ROWS
    texts: list[str] = []
    for number in range(1, last + 1):
        address = Address("al/a/2.4.2011.0.0.0.0.0.0", number)
        found = await both.amvstrm.run(both.anime.search(wish, page=find_block(address, PAGE_SIZE)))
        shown = page.show(found, READER, address)
        assert shown.frame.extent.has_next(number) is (number < last)
        texts.append(read_texts(shown))
    assert "**1. " in texts[0]
    assert "Nothing on this page may be shown here." in texts[4]
    assert "**31. " in texts[5]
    assert "**90. " in texts[14]


def visit_first_page(both: Both, address: str) -> Visit[AnimeSources]:
    anilist = SimpleNamespace(near=NearFinder(SERVICE, clock=both.amvstrm.clock), at_hand=both.anilist.at_hand)
    sources = cast("AnimeSources", SimpleNamespace(anime=both.anime, anilist=anilist))
    return Visit(READER, sources, State(Address(address)))


async def test_a_season_whose_whole_first_page_is_for_adults_leads_on_to_the_next() -> None:
    both = Both("amvstrm")
    both.amvstrm.rows = [make_row(number, genres=["Hentai" if number <= 30 else "Comedy"]) for number in range(1, 91)]
    both.anilist.marks = dict.fromkeys(range(1, 91), False)
    visit = visit_first_page(both, "al/a/2.4.2011.0.0.0.0.0.0")
    page = MediaList(MediaWish(kind="ANIME", season="FALL", season_year=2011, sort="popularity"))
    shown = page.show(await both.amvstrm.run(page.ask(visit)), READER, visit.address)
    assert "Nothing on this page may be shown here." in read_texts(shown)
    assert shown.frame.extent.has_next(1)


async def test_a_title_whose_whole_first_page_is_for_adults_is_not_found() -> None:
    both = Both("amvstrm")
    both.amvstrm.rows = [make_row(number) for number in range(1, 91)]
    both.anilist.marks = {number: number <= 30 for number in range(1, 91)}
    with pytest.raises(NotFound):
        await both.amvstrm.run(search_title("ANIME", "gate", visit_first_page(both, "al/a/0.0.0.0.0.0.0.0.0")))
