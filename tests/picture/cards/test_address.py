"""Places of pictures: they carry a wish whole."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.picture.api.model import RATINGS, Artist, PictureWish, normalise_tag
from bot.picture.api.pattern import Searched
from bot.picture.cards.address import (
    ARTIST_PATTERN,
    SEARCH_PATTERN,
    WISH_PATTERN,
    build_artist_place,
    build_search_place,
    build_wish_place,
    parse_rating,
    parse_wish,
)

ARTIST_ID = "a0000000-0000-4000-8000-000000000002"
TAGS = st.lists(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12).map(normalise_tag).filter(bool), max_size=3
).map(tuple)
WISHES = st.builds(PictureWish, st.sampled_from(RATINGS), TAGS, TAGS)


@given(WISHES)
def test_a_wish_survives_its_place(wish: PictureWish) -> None:
    place = build_wish_place(wish)
    match = re.fullmatch(WISH_PATTERN, place)
    assert match is not None
    assert parse_wish(*match.groups("")) == wish
    assert not re.fullmatch(ARTIST_PATTERN, place)
    assert not re.fullmatch(SEARCH_PATTERN, place)


def test_a_place_is_readable() -> None:
    wish = PictureWish("suggestive", ("catgirl", "school_uniform"), ("night",))
    assert build_wish_place(wish) == "picture/g/t/catgirl.school_uniform/x/night"


def test_an_artist_s_place_carries_the_number_of_pictures_once_it_is_known() -> None:
    unknown = build_artist_place(Artist(id=ARTIST_ID, name="Aoba"), rating="safe")
    known = build_artist_place(Artist(id=ARTIST_ID, name="Aoba", images=14), rating="borderline")
    assert known is not None
    assert unknown == f"picture/s/a/{ARTIST_ID}"
    match = re.fullmatch(ARTIST_PATTERN, known)
    assert match is not None
    assert match.groups() == ("b", ARTIST_ID, "14")
    assert parse_rating(match[1]) == "borderline"
    assert not re.fullmatch(WISH_PATTERN, known)


def test_an_id_that_is_none_has_no_place() -> None:
    assert build_artist_place(Artist(id="../x", name="Aoba"), rating="safe") is None


@pytest.mark.parametrize("kind", ["artist", "category"])
def test_a_search_is_read_back_and_is_no_picture(kind: Searched) -> None:
    place = build_search_place(kind, "JW1vb24l", rating="borderline")
    assert place == f"picture/b/{kind}/JW1vb24l"
    match = re.fullmatch(SEARCH_PATTERN, place)
    assert match is not None
    assert match.groups() == ("b", kind, "JW1vb24l")
    assert not re.fullmatch(WISH_PATTERN, place)
    assert not re.fullmatch(ARTIST_PATTERN, place)
