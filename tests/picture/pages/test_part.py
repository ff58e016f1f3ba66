"""Places of pictures: they carry a wish whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.navigation.page import Page
from bot.picture.api.model import RATINGS, Artist, PictureWish, normalise_tag
from bot.picture.pages.part import has_place
from bot.picture.pages.picture import PAGES, ArtistPicture, ArtistSearch, CategorySearch, RandomPicture
from bot.picture.pages.source import PictureSources

ARTIST_ID = "a0000000-0000-4000-8000-000000000002"
TAGS = st.lists(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12).map(normalise_tag).filter(bool), max_size=3
).map(tuple)
WISHES = st.builds(PictureWish, st.sampled_from(RATINGS), TAGS, TAGS)


def read(place: str) -> list[object]:
    """All the pages that can read a place: it is to be one."""
    return [found for page in PAGES if (found := page.parse(place)) is not None]


@given(WISHES)
def test_a_wish_survives_its_place(wish: PictureWish) -> None:
    assert read(str(RandomPicture(wish))) == [RandomPicture(wish)]


def test_a_place_is_readable() -> None:
    wish = PictureWish("suggestive", ("catgirl", "school_uniform"), ("night",))
    assert str(RandomPicture(wish)) == "picture/g/t/catgirl.school_uniform/x/night"


def test_an_artist_s_place_carries_the_number_of_pictures_once_it_is_known() -> None:
    unknown = ArtistPicture("safe", Artist(id=ARTIST_ID, name=""))
    known = ArtistPicture("borderline", Artist(id=ARTIST_ID, name="", images=14))
    assert str(unknown) == f"picture/s/a/{ARTIST_ID}"
    assert str(known) == f"picture/b/a/{ARTIST_ID}/14"
    assert [read(str(page)) for page in (unknown, known)] == [[unknown], [known]]


def test_an_id_that_is_none_has_no_place() -> None:
    assert not has_place(Artist(id="../x", name="Aoba"))


@pytest.mark.parametrize(
    ("page", "place"),
    [
        (ArtistSearch("borderline", "%moon%"), "picture/b/artist/JW1vb24l"),
        (CategorySearch("borderline", "%moon%"), "picture/b/category/JW1vb24l"),
    ],
)
def test_a_search_is_read_back_and_is_no_picture(page: Page[PictureSources, object], place: str) -> None:
    assert str(page) == place
    assert read(place) == [page]
