from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from bot.playground.service.cover import draw_cover
from bot.playground.service.vndb_compact import decode_filter, encode_number
from bot.playground.service.vndb_data import Novel, build_novels, load_library, load_schema, parse_date
from bot.playground.service.vndb_search import matches, rank


def novel(number: int) -> Novel:
    return next(one for one in load_library().vn if one.id == f"v{number}")


def test_there_is_enough_to_be_interesting() -> None:
    numbers = [one.number for one in load_library().vn]
    assert len(numbers) >= 120
    assert len(set(numbers)) == len(numbers)
    gaps = [second - first for first, second in zip(sorted(numbers), sorted(numbers)[1:], strict=False)]
    assert max(gaps) > 500
    assert min(gaps) == 1


def test_every_reference_leads_somewhere() -> None:
    library, schema = load_library(), load_schema()
    tags = {one.id for one in library.tags}
    producers = {one.id for one in library.producers}
    for one in library.vn:
        assert {applied.tag for applied in one.tags} <= tags, one.id
        assert set(one.developers) <= producers, one.id
        assert {one.olang, *one.languages} <= schema.ids("language"), one.id
        assert set(one.platforms) <= schema.ids("platform"), one.id


def test_every_field_of_the_schema_is_answered() -> None:
    rows = build_novels(load_library(), image_url="http://127.0.0.1/img")
    for row in rows.values():
        assert set(row) == set(load_schema().api_fields["/vn"])


def test_odd_entries_are_there() -> None:
    library = load_library()
    dates = {one.released for one in library.vn}
    assert {"TBA", "2027", "2027-04", "2023", None} <= dates
    assert any(one.image is None for one in library.vn)
    assert any(one.image and one.image.votecount == 0 and one.image.sexual == 2 for one in library.vn)
    assert any(one.image and one.image.votecount and one.image.sexual > 1.5 for one in library.vn)
    assert any(one.rating is None and one.votecount for one in library.vn)
    assert any(len(one.title) == 250 for one in library.vn)
    assert any("@everyone" in one.title for one in library.vn)
    assert any(re.search("[\u0600-\u06ff]", one.title) for one in library.vn)
    assert any("\u200d" in one.title for one in library.vn)
    assert any(applied.spoiler == 2 for one in library.vn for applied in one.tags)
    assert any(applied.lie for one in library.vn for applied in one.tags)
    descriptions = [one.description or "" for one in library.vn]
    assert any(text.count("[spoiler]") > text.count("[/spoiler]") for text in descriptions)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2004-01-30", 20040130),
        ("2027-04", 20270499),
        ("2027", 20279999),
        ("TBA", 99999999),
        ("unknown", 0),
    ],
)
def test_date_is_a_number_that_sorts(text: str, expected: int) -> None:
    assert parse_date(text) == expected


@pytest.mark.parametrize("text", ["2020-13-01", "2020-1-1", "20", "", "2020-01-01-01", "soon", "２０２０"])
def test_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^"):
        parse_date(text)


def test_length_is_by_votes_if_there_are_any() -> None:
    assert novel(19).length_minutes is None
    assert novel(19).length_class == 3
    assert novel(34).length_class == 2


@pytest.mark.parametrize("text", ["STEINS gate", "ＳＴＥＩＮＳ；ＧＡＴＥ", "gate steins", "", "!!"])
def test_words_are_found_whatever_their_form(text: str) -> None:
    assert matches(["Steins;Gate 0"], text)


def test_better_names_rank_first() -> None:
    assert rank(["Kanon"], "kanon") < rank(["Kanon 2"], "kanon") < rank(["X", "My Kanon"], "kanon")


@pytest.mark.parametrize(
    ("number", "expected"),
    [(0, "0"), (48, "M"), (49, "N0"), (80, "Nv"), (2002, "Xkx"), (20100101, "_0bG5k")],
)
def test_compact_numbers(number: int, expected: str) -> None:
    assert encode_number(number) == expected


def test_compact_filter_of_the_published_page() -> None:
    assert decode_filter("03132gen2gde2gfr3hjaN180272_0c2vQN6830u") == [
        "and",
        ["or", [2, "=", "en"], [2, "=", "de"], [2, "=", "fr"]],
        [3, "!=", "ja"],
        [50, "=", ["and", [7, ">=", 20200101], [55, "=", [3, "=", 30]]]],
    ]


def test_cover_is_a_picture_whatever_the_title() -> None:
    for one in load_library().vn:
        picture = draw_cover(one.title, subtitle="<&>", width=600, height=848)
        assert ET.fromstring(picture).attrib["width"] == "600"  # noqa: S314
