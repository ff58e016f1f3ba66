"""What the pages of anime show at their own addresses."""

from __future__ import annotations

from bot.anime.api.model import Media, Title
from bot.anime.pages.media import DetailsPage, MediaCard
from bot.navigation.address import Address
from bot.navigation.viewer import Viewer
from bot.service.record import Card
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
