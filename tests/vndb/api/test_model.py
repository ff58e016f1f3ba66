"""Records as VNDB sends them, and as it might."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.service.image import Image
from bot.service.record import parse_record
from bot.vndb.api.endpoint import parse_page
from bot.vndb.api.model import Character, CharacterVn, ListEntry, Quote, Release, Staff, Stats, Tag, Trait, Vn, find_id
from tests.support.each import each

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
    vn = parse_record(msgspec.json.encode({**RECORD, **changes}), Vn)
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


@each("name", [name for name in RECORD if name != "id"])
def test_null_is_ordinary_everywhere(name: str) -> None:
    assert read(**{name: None}) == msgspec.structs.replace(read(), **{name: getattr(Vn("v17"), name)})


def test_all_nulls_at_once_still_are_a_novel() -> None:
    record = msgspec.json.encode(dict.fromkeys(RECORD) | {"id": "v17"})
    assert parse_record(record, Vn) == Vn("v17")


def test_an_id_alone_is_a_novel() -> None:
    assert parse_record(b'{"id":"v17"}', Vn) == Vn("v17")


@pytest.mark.parametrize("released", ["2027", "2027-04", "TBA", "2002-08-29"])
def test_every_release_date_is_ordinary(released: str) -> None:
    assert read(released=released).released == released


@pytest.mark.parametrize("raw", [b"7", b"null", b"[]", b"{}", b'{"id":7}', b'{"id":null,"name":"x"}'])
def test_a_record_without_an_id_is_none(raw: bytes) -> None:
    assert parse_record(raw, Character) is None


@pytest.mark.parametrize(("text", "known"), [("v17", "v17"), ("v1234567", "v1234567")])
def test_an_id_is_a_prefix_and_a_number(text: str, known: str) -> None:
    assert find_id(text, "v") == known


@each("text", ["", "v", "v0", "v017", "r17", "17", "v17 ", "v12345678", "v1.5", "v١٧", "cv17"])
def test_what_no_entry_can_have_is_no_id(text: str) -> None:
    assert find_id(text, "v") is None


def test_an_odd_field_costs_only_itself() -> None:
    vn = read(rating="high", votecount=[], languages=["en", 7, None], developers=[{"name": "x"}, RECORD["developers"]])
    assert (vn.rating, vn.votecount, vn.languages, vn.developers) == (None, 0, ["en"], [])
    assert vn.title == RECORD["title"]


def test_an_odd_member_of_a_list_costs_only_itself() -> None:
    good = {"id": "g1", "name": "Horror", "rating": 1, "spoiler": 0, "lie": False, "category": "cont"}
    vn = read(tags=[good, {"name": "g2"}, "g3", {**good, "id": "g4", "spoiler": None}])
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
    page = parse_page(b'{"results":[{"id":"v1"},7,{"name":"x"},{"id":"g2"}],"more":true,"new":1}')
    read_ones = [tag.id for raw in page.results if (tag := parse_record(raw, Tag))]
    assert (read_ones, page.more) == (["v1", "g2"], True)


def test_what_is_not_known_is_taken_for_the_worst() -> None:
    tag, trait = Tag("g1"), Trait("i1")
    assert (tag.spoils, tag.is_sexual, trait.spoils, trait.sexual) == (2, True, 2, True)
    assert not Image(url="x", sexual=0, violence=0).is_safe
    assert (CharacterVn("v1").spoiler, Release("r1").has_ero, Release("r1").official) == (2, True, False)


@pytest.mark.parametrize(("spoiler", "lie", "spoils"), [(0, False, 0), (1, False, 1), (0, True, 2)])
def test_a_lie_spoils_as_much_as_anything(*, spoiler: int, lie: bool, spoils: int) -> None:
    assert Tag("g1", spoiler=spoiler, lie=lie).spoils == Trait("i1", spoiler=spoiler, lie=lie).spoils == spoils


@pytest.mark.parametrize(("category", "sexual"), [("cont", False), ("tech", False), ("ero", True), ("new", True)])
def test_a_tag_of_an_unknown_category_is_sexual(category: str, *, sexual: bool) -> None:
    assert Tag("g1", category=category).is_sexual is sexual


def test_entries_inside_entries_are_read() -> None:
    vn = read(va=[{"note": None, "staff": {"id": "s33", "aid": 142}, "character": {"id": "c35", "sex": ["f", None]}}])
    assert [(one.staff.id, one.character.id, one.character.sex) for one in vn.va] == [("s33", "c35", ["f", None])]
    assert not read(va=[{"note": None, "staff": None, "character": {"id": "c35"}}]).va


def test_a_quote_may_have_no_speaker() -> None:
    quote = parse_record(b'{"id":"q7","quote":"...","vn":{"id":"v11"},"character":null}', Quote)
    assert quote is not None
    assert (quote.vn, quote.character) == (Vn("v11"), None)


def test_an_entry_of_a_list_holds_a_novel_without_an_id() -> None:
    entry = parse_record(b'{"id":"v4","vote":85,"voted":1704189600,"vn":{"title":"CLANNAD"}}', ListEntry)
    assert entry is not None
    assert entry.vn is not None
    assert (entry.vote, entry.vn.title) == (85, "CLANNAD")


def test_a_resolution_is_a_size_or_a_word() -> None:
    found = [parse_record(b'{"id":"r1","resolution":' + size + b"}", Release) for size in (b"[800,600]", b'"x"', b"7")]
    assert [one.resolution for one in found if one] == [[800, 600], "x", None]


def test_a_name_of_staff_is_read_with_the_others() -> None:
    staff = parse_record(b'{"id":"s33","aid":143,"ismain":false,"aliases":[{"name":"a"},{"latin":"b"}]}', Staff)
    assert staff is not None
    assert [alias.name for alias in staff.aliases] == ["a"]


def test_statistics_may_lack_or_gain_members() -> None:
    assert parse_record(b'{"vn":36880,"tags":null,"quotes":5}', Stats) == Stats(vn=36880)


@pytest.mark.parametrize("minage", [0, 17])
def test_a_release_without_sexual_scenes_for_people_under_18_is_for_everyone(minage: int) -> None:
    assert Release(id="r1", has_ero=False, minage=minage).is_for_everyone


@pytest.mark.parametrize(("has_ero", "minage"), [(True, 0), (False, 18), (False, None), (False, -1)])
def test_a_release_of_which_anything_is_adult_or_not_known_is_not_for_everyone(
    *, has_ero: bool, minage: int | None
) -> None:
    assert not Release(id="r1", has_ero=has_ero, minage=minage).is_for_everyone
