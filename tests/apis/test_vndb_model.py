"""Records as VNDB sends them, and as it might."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.apis.vndb_model import Image, Vn, parse_page, parse_stats, parse_tag, parse_vn
from bot.apis.vndb_names import BUILT_IN, parse_schema

RECORD: dict[str, object] = {
    "id": "v17",
    "title": "Ever17 -the out of infinity-",
    "alttitle": None,
    "titles": [{"lang": "ja", "title": "Ever17", "latin": None, "official": True, "main": True}],
    "aliases": ["E17"],
    "olang": "ja",
    "devstatus": 0,
    "released": "2002-08-29",
    "languages": ["en", "ja"],
    "platforms": ["win", "ps2"],
    "image": {
        "id": "cv1",
        "url": "https://t.vndb.org/cv/1.jpg",
        "dims": [256, 400],
        "sexual": 0,
        "violence": 0.25,
        "votecount": 12,
        "thumbnail": "https://t.vndb.org/cv.t/1.jpg",
        "thumbnail_dims": [256, 400],
    },
    "length": 4,
    "length_minutes": 2070,
    "length_votes": 180,
    "description": "A theme park under the sea.",
    "rating": 86.2,
    "votecount": 9000,
    "developers": [{"id": "p30", "name": "KID", "original": None}],
    "tags": [
        {"id": "g19", "name": "Mystery", "rating": 2.66666674613953, "spoiler": 0, "lie": False, "category": "cont"}
    ],
}

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def read(**changes: object) -> Vn:
    vn = parse_vn(msgspec.json.encode({**RECORD, **changes}))
    assert vn is not None
    return vn


def test_a_record_is_read_whole() -> None:
    vn = read()
    assert vn.titles[0].title == "Ever17"
    assert vn.image is not None
    assert vn.image.is_safe
    assert (vn.rating, vn.votecount, vn.developers[0].name, vn.tags[0].spoiler) == (86.2, 9000, "KID", 0)


def test_new_fields_and_unknown_values_break_nothing() -> None:
    vn = read(colour="blue", devstatus=9, length=12, olang="tlh", platforms=["ps9"])
    assert (vn.devstatus, vn.length, vn.olang, vn.platforms) == (9, 12, "tlh", ["ps9"])


@pytest.mark.parametrize("name", [name for name in RECORD if name != "id"])
def test_null_is_ordinary_everywhere(name: str) -> None:
    assert read(**{name: None}) == msgspec.structs.replace(read(), **{name: getattr(Vn("v17"), name)})


def test_all_nulls_at_once_still_are_a_novel() -> None:
    assert parse_vn(msgspec.json.encode(dict.fromkeys(RECORD) | {"id": "v17"})) == Vn("v17")


def test_an_id_alone_is_a_novel() -> None:
    assert parse_vn(b'{"id":"v17"}') == Vn("v17")


@pytest.mark.parametrize("released", ["2027", "2027-04", "TBA", "2002-08-29"])
def test_every_release_date_is_ordinary(released: str) -> None:
    assert read(released=released).released == released


@pytest.mark.parametrize(
    "raw", [b"7", b"null", b"[]", b"{}", b'{"id":7}', b'{"id":"r1"}', b'{"id":"v0"}', b'{"id":null,"title":"x"}']
)
def test_a_record_without_an_id_is_none(raw: bytes) -> None:
    assert parse_vn(raw) is None


def test_an_odd_field_costs_only_itself() -> None:
    vn = read(rating="high", votecount=[], languages=["en", 7, None], developers=[{"id": "p1"}, RECORD["developers"]])
    assert (vn.rating, vn.votecount, vn.languages, vn.developers) == (None, 0, ["en"], [])
    assert vn.title == RECORD["title"]


def test_an_odd_member_of_a_list_costs_only_itself() -> None:
    good = {"id": "g1", "name": "Horror", "rating": 1, "spoiler": 0, "lie": False, "category": "cont"}
    vn = read(tags=[good, {"id": "g2"}, "g3", {**good, "id": "g4", "spoiler": None}])
    assert [(tag.id, tag.spoiler) for tag in vn.tags] == [("g1", 0), ("g4", 2)]


@given(st.sampled_from(sorted(set(RECORD) - {"id"})), ANYTHING)
def test_no_value_of_any_field_loses_the_record(name: str, value: object) -> None:
    assert read(**{name: value}).id == "v17"


@pytest.mark.parametrize(
    ("sexual", "violence", "votecount", "safe"),
    [
        (0, 0, 1, True),
        (0.4, 0.4, 9, True),
        (0, 0, 0, False),
        (2, 2, 0, False),
        (0.41, 0, 9, False),
        (0, 0.5, 9, False),
        (None, 0, 9, False),
        (0, None, 9, False),
        (-0.1, 0, 9, False),
        (0, -1, 9, False),
        (float("nan"), 0, 9, False),
        (0, float("nan"), 9, False),
        (float("inf"), 0, 9, False),
        (0, 0, -3, False),
    ],
)
def test_only_what_was_voted_safe_is_safe(
    sexual: float | None, violence: float | None, votecount: int, *, safe: bool
) -> None:
    assert Image(url="x", sexual=sexual, violence=violence, votecount=votecount).is_safe is safe


def test_an_image_with_odd_flags_is_not_safe() -> None:
    image = read(image={"url": "x", "sexual": "none", "violence": 0, "votecount": 5}).image
    assert image is not None
    assert not image.is_safe


def test_an_odd_record_does_not_lose_the_page() -> None:
    page = parse_page(b'{"results":[{"id":"v1"},7,{"id":"x"},{"id":"v2"}],"more":true,"new":1}')
    read_ones = [vn.id for raw in page.results if (vn := parse_vn(raw))]
    assert (read_ones, page.more) == (["v1", "v2"], True)


def test_a_tag_is_read() -> None:
    tag = parse_tag(
        b'{"id":"g24","name":"Horror","category":"cont","searchable":false,"vn_count":3,"aliases":["Scary"]}'
    )
    assert tag is not None
    assert (tag.name, tag.searchable, tag.vn_count, tag.aliases) == ("Horror", False, 3, ["Scary"])
    assert parse_tag(b'{"id":"g24"}') is None


def test_statistics_may_lack_or_gain_members() -> None:
    stats = parse_stats(b'{"vn":36880,"tags":null,"quotes":5}')
    assert (stats.vn, stats.tags) == (36880, 0)


def test_names_come_from_the_schema_over_the_built_in_ones() -> None:
    names = parse_schema(
        b'{"enums":{"language":[{"id":"ja","label":"Nihongo"},{"id":"tlh","label":"Klingon"},5,{"id":"x"}]},"new":1}'
    )
    assert [names.language(code) for code in ("ja", "tlh", "en", "xx")] == ["Nihongo", "Klingon", "English", "xx"]
    assert (names.platform("win"), names.platform("ps9")) == ("Windows", "ps9")
    assert BUILT_IN.language("ja") == "Japanese"
