"""E-Hentai's answers as values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadAnswer
from bot.gallery.api.client import PICTURE_HOSTS
from bot.gallery.api.model import WITHHELD, Gallery, GalleryKey, Torrent
from bot.gallery.api.parse import (
    match_galleries,
    parse_entries,
    parse_gallery,
    parse_tags,
    parse_thumb,
    parse_torrents,
)
from bot.service.ban import NON_H
from bot.service.picture_host import PictureHosts
from tests.gallery.fake import make_entry, make_key
from tests.support.each import each

HOSTS = PictureHosts(PICTURE_HOSTS, "https://api.e-hentai.org/api.php")
PUBLISHED = (Path(__file__).parent / "data" / "ehentai_gdata.json").read_bytes()


def parse(entry: Mapping[str, object]) -> Gallery:
    gallery = parse_gallery(entry, hosts=HOSTS)
    assert isinstance(gallery, Gallery)
    return gallery


def parse_one(**fields: object) -> Gallery:
    return parse(make_entry(7, **fields))


# A gallery as it is published


def test_a_published_entry_is_read_whole() -> None:
    entries = parse_entries(PUBLISHED, "gmetadata")
    assert parse(entries[0]) == Gallery(
        key=GalleryKey(1200345, "0f1e2d3c4b"),
        title="[Paper Crane] A Baker's Dozen & One [Digital]",
        title_jpn="[折り鶴] パン屋の一ダース & ひとつ [DL版]",
        category="Artist CG",
        uploader="Crane <3",
        posted=datetime(2022, 5, 28, 1, 53, 30, tzinfo=UTC),
        pages=329,
        size_bytes=419547090,
        rating=4.78,
        expunged=False,
        tags={
            "language": ("english", "translated"),
            "artist": ("paper crane",),
            "female": ("apron",),
            "other": ("full color",),
            "character": ("rye: the second",),
            "": ("bread & butter",),
        },
        thumb="https://ehgt.org/1f/f5/1ff5e361bbf7eaa235e9560dc5d12e624959e9e7-2722367-1882-3000-jpg_l.jpg",
        torrent_count=2,
        torrents=(
            Torrent(
                hash="25198ccc3cd88393897aa5c630eb95d5ec4f695e",
                name="Baker's Dozen (first half).zip",
                added=datetime(2021, 10, 23, 3, 7, 8, tzinfo=UTC),
                size_bytes=310511523,
            ),
            Torrent(
                hash="62c960eb1c7a0e00dc2933a0c83dd43e2e6ebd48",
                name="Baker's Dozen (complete).zip",
                added=datetime(2021, 12, 14, 15, 22, 42, tzinfo=UTC),
                size_bytes=357426803,
            ),
        ),
        newer=GalleryKey(1200999, "aaaaaaaaa2"),
        older=GalleryKey(1200001, "aaaaaaaaa1"),
        first=GalleryKey(1100001, "aaaaaaaaa0"),
    )


def test_a_published_error_says_that_there_is_no_such_gallery() -> None:
    entries = parse_entries(PUBLISHED, "gmetadata")
    assert match_galleries([GalleryKey(1200346, "0f1e2d3c4b")], entries) == [None]


# Fields


def test_the_japanese_title_stands_in_for_a_missing_one() -> None:
    assert parse_one(title="", title_jpn="折り鶴").title == "折り鶴"


def test_a_gallery_may_have_no_title_at_all() -> None:
    assert parse_one(title=None, title_jpn="").title == ""


def test_an_unknown_category_is_kept_and_counts_as_adult() -> None:
    gallery = parse_one(category="Sketch &amp; Study")
    assert gallery.category == "Sketch & Study"
    assert gallery.is_adult


def test_category_non_h_is_no_adult_one() -> None:
    gallery = parse_one(category=NON_H, tags=[])
    assert not gallery.is_adult


@pytest.mark.parametrize("category", [None, "", 7, []])
def test_a_missing_category_counts_as_adult(category: object) -> None:
    assert parse_one(category=category).is_adult
    assert parse_gallery(make_entry(7, category=category, tags=[]), hosts=HOSTS) is WITHHELD


@pytest.mark.parametrize("expunged", [True, "1", "true"])
def test_an_expunged_gallery_is_marked(expunged: object) -> None:
    assert parse_one(expunged=expunged).expunged


def name_versions(**gids: int) -> dict[str, object]:
    """The fields that name these versions: the service sends their numbers as text."""
    named = {f"{which}_gid": str(gid) for which, gid in gids.items()}
    return {**named, **{f"{which}_key": make_key(gid).token for which, gid in gids.items()}}


@pytest.mark.parametrize(
    ("named", "versions"),
    [
        ({}, (None, None, None)),
        ({"current": 9}, (9, None, None)),
        ({"current": 9, "parent": 5, "first": 3}, (9, 5, 3)),
        ({"parent": 5, "first": 5}, (None, 5, None)),  # of the second there is one before it alone
        ({"first": 3}, (None, None, 3)),
        ({"current": 7, "parent": 7, "first": 7}, (None, None, None)),  # none is another version of itself
        ({"current": 9, "parent": 9, "first": 9}, (9, None, None)),
    ],
)
def test_other_versions_are_named_once_each(named: dict[str, int], versions: tuple[int | None, ...]) -> None:
    gallery = parse_one(**name_versions(**named))
    assert [key and key.gid for key in (gallery.newer, gallery.older, gallery.first)] == [*versions]


@each("which", ["current", "parent", "first"])
@each(("gid", "key"), [("9", None), ("9", "0123"), ("0", "0123456789"), (None, "0123456789")])
def test_a_version_that_cannot_be_asked_for_is_none(which: str, gid: object, key: object) -> None:
    gallery = parse_one(**{f"{which}_gid": gid, f"{which}_key": key})
    assert (gallery.newer, gallery.older, gallery.first) == (None, None, None)


def test_a_magnet_link_is_made_of_a_hash_that_is_one() -> None:
    right, wrong = parse_torrents([{"name": "a.zip", "hash": "AB" * 20}, {"name": "b.zip", "hash": "`" * 40}])
    assert right.magnet == f"magnet:?xt=urn:btih:{'ab' * 20}"
    assert wrong.magnet == ""


@each("rating", ["0.00", 0, None, "", "NaN", "-1", "5.01", "Infinity", [], True, "4" * 5000])
def test_a_rating_that_makes_no_sense_is_none(rating: object) -> None:
    assert parse_one(rating=rating).rating is None


@pytest.mark.parametrize(("rating", "read"), [("4.78", 4.78), (5, 5.0), (0.5, 0.5), (" 3 ", 3.0)])
def test_a_rating_is_read_from_text_and_number(rating: object, read: float) -> None:
    assert parse_one(rating=rating).rating == read


NO_NUMBER: list[object] = [None, "", "x", -1, "-1", [], {}, True, 1e300, "9" * 5000, 2**70, float("inf")]


@each("value", NO_NUMBER)
def test_a_number_that_makes_no_sense_is_nothing(value: object) -> None:
    gallery = parse_one(filecount=value, filesize=value, posted=value, torrentcount=value)
    assert (gallery.pages, gallery.size_bytes, gallery.posted, gallery.torrent_count) == (0, 0, None, 0)


def test_a_time_after_the_year_9999_is_none() -> None:
    assert parse_one(posted="253402300800").posted is None


@pytest.mark.parametrize(
    "fields", [{"gid": None}, {"gid": 0}, {"gid": "x"}, {"token": None}, {"token": "x"}, {"token": 7}]
)
def test_an_entry_that_names_no_gallery_is_a_bad_answer(fields: dict[str, object]) -> None:
    with pytest.raises(BadAnswer):
        parse_gallery(make_entry(7) | fields, hosts=HOSTS)


def test_references_that_name_nothing_are_left_as_they_are() -> None:
    assert parse_one(title="AT&T &#xD800;&nosuch; &#;").title == "AT&T \ufffd&nosuch; &#;"


def test_an_endless_reference_does_no_harm() -> None:
    assert parse_one(title="&#" + "9" * 100_000).title


# Tags


def test_tags_are_by_namespace_in_their_order() -> None:
    tags = ["female:b", "plain", "artist:x", "Female : a", "", "female:", ":bare", 7, "parody:a:b"]
    assert parse_tags(tags) == {
        "female": ("b", "a"),
        "": ("plain", "bare"),
        "artist": ("x",),
        "parody": ("a:b",),
    }


@pytest.mark.parametrize("tags", [None, "female:apron", {"female": "apron"}, 7])
def test_tags_of_another_shape_are_none(tags: object) -> None:
    assert parse_tags(tags) == {}


@pytest.mark.parametrize(
    "tags", [["female:lolicon"], ["apron", "LOLICON "], [], None, "apron", ["apron", 7], {"female": ["apron"]}]
)
def test_what_may_be_shown_nowhere_never_becomes_a_gallery(tags: object) -> None:
    assert parse_gallery(make_entry(7, tags=tags), hosts=HOSTS) is WITHHELD


# Torrents


def test_a_torrent_without_name_and_hash_is_left_out() -> None:
    assert parse_torrents([{}, 7, None, {"hash": "x"}, {"name": ""}, {"tsize": "5"}]) == ()


def test_fields_of_a_torrent_that_make_no_sense_are_nothing() -> None:
    odd: dict[str, object] = {"name": "all.zip", "hash": "xyz", "added": "soon", "fsize": []}
    assert parse_torrents([odd]) == (Torrent("", "all.zip", None, 0),)


def test_torrents_are_counted_where_no_count_is_given() -> None:
    assert parse_one(torrentcount=None, torrents=[{"name": "a"}, {"name": "b"}]).torrent_count == 2


# Thumbs


@pytest.mark.parametrize(
    ("thumb", "kept"),
    [
        ("https://ehgt.org/1f/f5/a_l.jpg", "https://ehgt.org/1f/f5/a_l.jpg"),
        ("http://ehgt.org/1f/f5/a_l.jpg", "https://ehgt.org/1f/f5/a_l.jpg"),
        ("https://EHGT.org/w/01/Cover.webp", "https://ehgt.org/w/01/Cover.webp"),
        ("https://exhentai.org/t/1f/f5/a_l.jpg", "https://ehgt.org/t/1f/f5/a_l.jpg"),
        ("https://s.exhentai.org/t/1f/f5/a_l.jpg", "https://ehgt.org/t/1f/f5/a_l.jpg"),
        ("http://s.exhentai.org/t/1f/f5/a_l.jpg", "https://ehgt.org/t/1f/f5/a_l.jpg"),
        ("https://ehgt.org/a.jpg?x=1&amp;y=2", "https://ehgt.org/a.jpg?x=1&y=2"),
    ],
)
def test_thumbs_are_brought_to_the_host_that_serves_everybody(thumb: str, kept: str) -> None:
    assert parse_thumb(thumb, hosts=HOSTS) == kept


@each(
    "thumb",
    [
        None,
        "",
        7,
        "ehgt.org/a.jpg",
        "//ehgt.org/a.jpg",
        "ftp://ehgt.org/a.jpg",
        "javascript://ehgt.org/a.jpg",
        "https://ehgt.org",
        "https://ehgt.org/",
        "https://ehgt.org.evil.example/a.jpg",
        "https://ehgt.org@evil.example/a.jpg",
        "https://user:pass@ehgt.org/a.jpg",
        "https://ehgt.org:8443/a.jpg",
        "https://evil.example/https://ehgt.org/a.jpg",
        "https://evil.example/t/a.jpg",
        "https://exhentai.org/g/1/0123456789/",
        "https://exhentai.org/a.jpg",
        "https://ehgt.org/a b.jpg",
        "https://ehgt.org/a.jpg)",
        "https://ehgt.org/a.jpg#x",
        "https://ehgt.org/\u202e.jpg",
        "https://ehgt.org/" + "a" * 600,
        "https://api.e-hentai.org.evil.example/a.jpg",
        "https://api.e-hentai.org:81/a.jpg",
    ],
)
def test_no_other_address_is_shown(thumb: object) -> None:
    assert parse_thumb(thumb, hosts=HOSTS) is None


@pytest.mark.parametrize("origin", ["http://127.0.0.1:8081", "https://sample.example", "http://[::1]:9000"])
def test_thumbs_of_the_apis_own_host_and_port_are_kept(origin: str) -> None:
    assert (
        parse_thumb(f"{origin}/t/7.png", hosts=PictureHosts(PICTURE_HOSTS, f"{origin}/api.php")) == f"{origin}/t/7.png"
    )


def test_another_port_of_the_apis_host_is_another_host() -> None:
    hosts = PictureHosts(PICTURE_HOSTS, "http://127.0.0.1:8081/api.php")
    assert parse_thumb("http://127.0.0.1:8082/t/7.png", hosts=hosts) is None


# Properties

json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
FIELDS = sorted([*make_entry(7), "parent_gid", "parent_key", "current_gid", "current_key", "error"])


@given(st.dictionaries(st.sampled_from(FIELDS), json))
def test_property_nonsense_in_any_field_is_a_gallery_withheld_or_a_bad_answer(fields: dict[str, object]) -> None:
    try:
        found = parse_gallery(make_entry(7) | fields, hosts=HOSTS)
    except BadAnswer:
        assert {"gid", "token"} & fields.keys()
    else:
        assert found is WITHHELD or isinstance(found, Gallery)


@given(st.binary())
def test_property_bytes_are_entries_or_a_bad_answer(body: bytes) -> None:
    with pytest.raises(BadAnswer):
        parse_entries(body, "gmetadata")


@given(st.lists(st.dictionaries(st.sampled_from(["gid", "token", "error"]), json | st.just(7))))
def test_property_strange_entries_never_raise(entries: list[dict[str, object]]) -> None:
    (found,) = match_galleries([make_key(7)], entries)
    assert found is None or isinstance(found, BadAnswer)
