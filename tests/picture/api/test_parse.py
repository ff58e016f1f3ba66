"""Answers of the Nekos API, read: ratings, credits, and what is left out."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadAnswer, InvalidInput
from bot.picture.api.client import PICTURE_HOSTS
from bot.picture.api.model import Artist, Category, Picture, parse_tags
from bot.picture.api.parse import (
    Drawn,
    parse_url,
    parse_v1_artist,
    parse_v1_artists,
    parse_v1_categories,
    parse_v1_pictures,
    parse_v4_pictures,
)
from bot.service.picture_host import PictureHosts
from tests.support.each import each

Row = dict[str, Any]
V4: Row = {
    "id": 17,
    "url": "https://cdn.nekosapi.com/17.webp",
    "rating": "safe",
    "color_dominant": [16, 32, 48],
    "artist_name": "Aoba Moon",
    "tags": ["lake", "paper_boat"],
    "source_url": "https://source.example/17",
}
HOSTS = PictureHosts(PICTURE_HOSTS[1])
V1: Row = {
    "id": "d0000000-0000-4000-8000-000000000280",
    "url": "https://cdn.nekosapi.com/280.png?token=h.e-s_",
    "artist": {"id": "a", "name": "Aoba Moon", "url": "https://artist.example"},
    "source": {"name": None, "url": "https://source.example/280"},
    "original": True,
    "nsfw": "sfw",
    "categories": [{"id": "c", "name": "Paper boat", "nsfw": False, "type": "setting"}],
    "characters": [],
    "meta": {"color": "#aabbcc", "dimens": {"width": 1920, "height": 1080}},
}


def read_v4(**fields: object) -> Drawn:
    (found,) = parse_v4_pictures(msgspec.json.encode([V4 | fields]), HOSTS)
    return found


def read_v1(**fields: object) -> Drawn:
    (found,) = parse_v1_pictures(msgspec.json.encode({"data": [V1 | fields], "success": True}), HOSTS)
    return found


def test_a_picture_of_v4_is_read_with_its_credits() -> None:
    assert read_v4() == Picture(
        id="17",
        url="https://cdn.nekosapi.com/17.webp",
        rating="safe",
        artist_name="Aoba Moon",
        source_url="https://source.example/17",
        tags=("lake", "paper_boat"),
        color=0x102030,
    )


def test_a_picture_of_v1_is_read_with_its_credits() -> None:
    assert read_v1() == Picture(
        id="d0000000-0000-4000-8000-000000000280",
        url="https://cdn.nekosapi.com/280.png?token=h.e-s_",
        rating="safe",
        artist_name="Aoba Moon",
        artist_url="https://artist.example",
        source_url="https://source.example/280",
        tags=("Paper boat",),
        color=0xAABBCC,
        width=1920,
        height=1080,
    )


def test_v4_may_wrap_its_list_in_items() -> None:
    assert parse_v4_pictures(msgspec.json.encode({"items": [V4], "count": 1}), HOSTS) == [read_v4()]


@pytest.mark.parametrize(("word", "rating"), [("sfw", "safe"), ("questionable", "suggestive"), ("nsfw", "borderline")])
def test_ratings_of_v1_are_read_as_those_of_v4(word: str, rating: str) -> None:
    found = read_v1(nsfw=word)
    assert isinstance(found, Picture)
    assert found.rating == rating


@pytest.mark.parametrize("rating", [None, "explicit", "unrated", "", 1, True, ["safe"], "SAFE"])
def test_explicit_and_unknown_ratings_are_left_out(rating: object) -> None:
    assert read_v4(rating=rating) is None
    assert read_v1(nsfw=rating) is None


def test_a_missing_rating_is_left_out() -> None:
    without = {name: value for name, value in V4.items() if name != "rating"}
    assert parse_v4_pictures(msgspec.json.encode([without]), HOSTS) == [None]


def test_a_safe_picture_in_a_category_that_is_not_is_left_out() -> None:
    assert read_v1(categories=[{"name": "Evening wear", "nsfw": True}]) is None


@pytest.mark.parametrize("tags", [[], None, [None], ["loli"], ["Shota", "lake"], ["young_person"], ["lake", "KIDS"]])
def test_what_is_not_safe_and_may_be_of_a_minor_is_left_out(tags: object) -> None:
    assert read_v4(rating="suggestive", tags=tags) is None
    assert read_v4(rating="borderline", tags=tags) is None


def test_what_is_not_safe_is_left_out_if_one_of_its_characters_is_a_minor() -> None:
    assert read_v1(nsfw="questionable", characters=[{"name": "A", "ages": [19]}, {"name": "B", "ages": [17]}]) is None
    assert read_v1(nsfw="questionable", characters=[{"name": "A", "ages": [19]}]) is not None
    assert read_v1(nsfw="sfw", characters=[{"name": "B", "ages": [17]}]) is not None


@pytest.mark.parametrize("tag", ["lolicon", "oppai_loli", "Shotacon"])
def test_a_tag_that_is_shown_nowhere_is_shown_nowhere(tag: str) -> None:
    assert read_v4(rating="safe", tags=[tag]) is None


@pytest.mark.parametrize("url", ["", "javascript:alert(1)", "ftp://a.example/1", "https://a b.example/", "https://x\n"])
def test_a_picture_without_a_web_address_cannot_be_read(url: str) -> None:
    assert isinstance(read_v4(url=url), BadAnswer)
    assert isinstance(read_v1(url=url), BadAnswer)


def test_credits_that_are_no_web_addresses_are_left_out_alone() -> None:
    found = read_v1(artist={"id": "a", "name": "Aoba", "url": "javascript:alert(1)"}, source={"url": "see profile"})
    assert isinstance(found, Picture)
    assert (found.artist_name, found.artist_url, found.source_url) == ("Aoba", None, None)


def test_nulls_where_the_documentation_shows_objects_cost_only_themselves() -> None:
    found = read_v1(artist=None, source=None, meta=None, characters=None, categories=None)
    assert found == Picture(id=V1["id"], url=V1["url"], rating="safe")


@pytest.mark.parametrize("colour", [[1, 2], [1, 2, 256], [1, 2, -3], None, "red", [[1, 2, 3]]])
def test_a_colour_that_is_none_is_left_out(colour: object) -> None:
    found = read_v4(color_dominant=colour)
    assert isinstance(found, Picture)
    assert found.color is None


def test_an_odd_picture_does_not_cost_the_others() -> None:
    *odd, found = parse_v4_pictures(msgspec.json.encode([None, 7, {}, V4]), HOSTS)
    assert found == read_v4()
    assert [type(one) for one in odd] == [BadAnswer] * 3


@pytest.mark.parametrize("body", [b"", b"null", b"7", b"<html>", b'{"success":true}', b'{"data":null}', b"\xff"])
def test_what_is_no_answer_is_said_to_be_none(body: bytes) -> None:
    for parse in (parse_v4_pictures, parse_v1_pictures):
        with pytest.raises(BadAnswer):
            parse(body, HOSTS)
    for parse_list in (parse_v1_artists, parse_v1_categories):
        with pytest.raises(BadAnswer):
            parse_list(body)


@pytest.mark.parametrize("odd", [b'"\xff"', b"[" * 100_000 + b"]" * 100_000, b'"\\ud800"'])
def test_what_cannot_be_read_at_all_is_no_picture(odd: bytes) -> None:
    for parse, body in ((parse_v4_pictures, b"[%b]"), (parse_v1_pictures, b'{"data":[%b]}')):
        try:
            found = parse(body % (b'{"id":"1","url":%b}' % odd), HOSTS)
        except BadAnswer:
            continue
        assert [type(one) for one in found] == [BadAnswer]


@each("sign", ["a", "ü", "ﷺ"])
def test_more_than_is_judged_is_no_answer_however_it_is_shared_out(sign: str) -> None:
    """Who judges it answers nobody else meanwhile. The last sign stands for eighteen letters, one of ü for two."""
    per_sign = {"a": 1, "ü": 2, "ﷺ": 18}[sign]
    tag = sign * (990 // per_sign)
    rows = 50_000 // (len(tag) * per_sign + 1)
    asked = msgspec.json.encode([V4 | {"rating": "borderline", "tags": [tag]} for _ in range(rows)])
    assert len(parse_v4_pictures(asked, HOSTS)) == rows
    told = [V1 | {"characters": [{"description": tag}], "categories": []} for _ in range(rows)]
    assert len(parse_v1_pictures(msgspec.json.encode({"data": told}), HOSTS)) == rows
    with pytest.raises(BadAnswer):
        parse_v4_pictures(msgspec.json.encode([V4 | {"rating": "safe", "tags": [tag]} for _ in range(rows + 1)]), HOSTS)
    with pytest.raises(BadAnswer):
        parse_v1_pictures(msgspec.json.encode({"data": [*told, told[0]]}), HOSTS)


def test_an_artist_is_read_with_the_number_of_pictures() -> None:
    row = {"id": "a1", "name": "Aoba Moon", "url": None, "images": 14}
    assert parse_v1_artist(msgspec.json.encode({"data": row})) == Artist(id="a1", name="Aoba Moon", images=14)
    with pytest.raises(BadAnswer):
        parse_v1_artist(b'{"data":{}}')


def test_a_category_that_does_not_say_so_is_not_safe() -> None:
    rows = [{"name": "Lake", "nsfw": False}, {"name": "Night"}, {"name": "Tea", "nsfw": None}, {}]
    found = parse_v1_categories(msgspec.json.encode({"data": rows}))
    assert found == [Category(name="Lake", nsfw=False), Category(name="Night"), Category(name="Tea"), None]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(sorted({*V1, *V4})), JSON))
def test_no_field_can_break_a_picture_or_make_it_safe(fields: Row) -> None:
    for base, name in ((V4, "rating"), (V1, "nsfw")):
        row = base | {name: None} | {key: value for key, value in fields.items() if key not in {"rating", "nsfw"}}
        assert not isinstance(parse_v4_pictures(msgspec.json.encode([row]), HOSTS)[0], Picture)
        assert not isinstance(parse_v1_pictures(msgspec.json.encode({"data": [row]}), HOSTS)[0], Picture)


@given(st.text())
def test_a_web_address_has_a_host_and_only_printable_ascii(text: str) -> None:
    found = parse_url(f"https://{text}")
    assert found is None or (found.isascii() and found.isprintable() and " " not in found)


# Tags


def test_tags_are_read_as_they_are_compared() -> None:
    assert parse_tags(" Cat  Girl, school_uniform,,LAKE , lake") == ("cat_girl", "school_uniform", "lake")
    assert parse_tags(None) == ()


@pytest.mark.parametrize("text", [",".join(map(str, range(11))), "a" * 51, "a\x00b", "\ud800", " , ", " "])
def test_tags_that_cannot_be_sent_are_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_tags(text)
