from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from xml.etree import ElementTree as ET

import pytest

from bot.playground.service.cover import draw_cover, draw_scene
from bot.playground.service.query_error import QueryError
from bot.playground.service.search import matches, rank
from bot.playground.service.vndb.compact import decode_filter, encode_filter, encode_number
from bot.playground.service.vndb.data import Novel, load_schema
from bot.playground.service.vndb.date import parse_date
from bot.playground.service.vndb.index import Index
from bot.playground.service.vndb.library import load_library
from bot.playground.service.vndb.link import Link, find_link
from bot.playground.service.vndb.list import Lists
from bot.playground.service.vndb.row import Fielded
from bot.playground.service.vndb.token import ANONYMOUS
from bot.playground.service.vndb.view import View


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


def test_people_and_releases_lead_somewhere_too() -> None:
    library, schema = load_library(), load_schema()
    index = Index(library)
    traits, editions = set(index.traits), {vn: {one.eid for one in it.editions} for vn, it in library.details.items()}
    for character in library.characters:
        assert {one.vn for one in character.vns} <= set(index.novels), character.id
        assert {one.trait for one in character.traits} <= traits, character.id
    for release in library.releases:
        assert {one.vn for one in release.vns} <= set(index.novels), release.id
        assert {one.producer for one in release.producers} <= set(index.producers), release.id
        assert {one.lang for one in release.languages} <= schema.ids("language"), release.id
        assert set(release.platforms) <= schema.ids("platform"), release.id
        assert {medium for medium, _ in release.media} <= schema.ids("medium"), release.id
    for credit in library.credits:
        assert credit.role in schema.ids("staff_role")
        assert credit.eid is None or credit.eid in editions[credit.vn]
    for voice in library.voices:
        assert voice.vn in {one.vn for one in index.characters[voice.character].vns}


def test_pictures_are_of_every_kind() -> None:
    library = load_library()
    kinds = {
        "screenshots": [one.image for detail in library.details.values() for one in detail.screenshots],
        "characters": [one.image for one in library.characters if one.image],
        "releases": [one.image for release in library.releases for one in release.images],
    }
    for name, images in kinds.items():
        assert any(one.votecount == 0 for one in images), name
        assert any(one.votecount and one.sexual > 1.3 for one in images), name
        assert any(one.votecount and 0.4 < one.sexual < 1.3 for one in images), name
        assert any(one.votecount and one.violence > 1.3 for one in images), name
        assert any(one.votecount and not one.sexual and not one.violence for one in images), name


def test_every_field_of_the_schema_can_be_shown() -> None:
    index, known = Index(load_library()), load_schema().api_fields
    view = View(index, image_url="http://127.0.0.1/img")
    rows: dict[str, Iterable[Fielded]] = {
        "/vn": map(view.novel, index.novels.values()),
        "/release": map(view.release, index.releases.values()),
        "/character": map(view.character, index.characters.values()),
        "/producer": map(view.producer, index.producers.values()),
        "/staff": map(view.staff, index.names.values()),
        "/tag": map(view.tag, index.tags.values()),
        "/trait": map(view.trait, index.traits.values()),
        "/quote": map(view.quote, index.library.quotes),
        "/ulist": map(view.listed, Lists(index).find_listed("u5", ANONYMOUS)),
    }
    assert set(rows) == set(known)
    for path, entries in rows.items():
        for row in entries:
            assert row.names() == set(known[path])
            assert [row.get(name) for name in known[path]]


def test_ids_are_unique() -> None:
    library = load_library()
    for entries in (library.producers, library.tags, library.releases, library.characters, library.staff):
        ids = [one.id for one in entries]
        assert len(set(ids)) == len(ids)
    assert len({one.id for one in (*library.traits, *library.quotes, *library.users)}) == len(
        [*library.traits, *library.quotes, *library.users]
    )


def test_pictures_are_unique_too() -> None:
    library = load_library()
    numbers = [one.image.number for one in library.characters if one.image]
    assert len(set(numbers)) == len(numbers)
    covers = [one.image.number for release in library.releases for one in release.images]
    covers += [one.number for one in library.vn if one.image]
    assert len(set(covers)) == len(covers)
    shots = [one.image.number for detail in library.details.values() for one in detail.screenshots]
    assert len(set(shots)) == len(shots)


@pytest.mark.parametrize("today", [date(2026, 11, 21), date(2024, 2, 29), date(2031, 12, 31)])
def test_something_is_always_new_and_something_always_comes(today: date) -> None:
    dates = [parse_date(one.released) for one in load_library(today).releases if one.released]
    number = int(today.strftime("%Y%m%d"))
    assert sum(number - 200 < one <= number for one in dates) >= 3
    assert sum(number < one < 99999999 for one in dates) >= 15
    assert dates.count(99999999) >= 2


def test_somebody_is_born_on_every_day() -> None:
    days = {one.birthday for one in load_library().characters if one.birthday}
    assert len(days) == 366
    assert {(12, 14), (2, 29)} <= days


def test_the_long_series_has_very_much_of_everything() -> None:
    index = Index(load_library())
    huge = index.novels["v90001"]
    assert len(huge.title) == 250
    assert len(huge.tags) == 300
    assert len(index.relations_of[huge.id]) == 100
    assert len(index.releases_of[huge.id]) == 80
    assert len(index.characters_of[huge.id]) == 120
    assert len(index.credits_of[huge.id]) == len(index.voices_of[huge.id]) == 60
    assert len(index.library.details[huge.id].screenshots) == 60
    assert sum(one.vn == huge.id for one in index.library.quotes) == 40


def test_lists_need_pages_and_every_vote_is_given() -> None:
    votes = [one.listed.vote for one in Lists(Index(load_library())).find_listed("u5", ANONYMOUS) if one.listed.vote]
    assert len(votes) == 130
    assert {vote // 10 for vote in votes} == set(range(1, 11))


@pytest.mark.parametrize(
    ("url", "site", "identifier"),
    [
        ("https://store.steampowered.com/app/412830/", "steam", "412830"),
        ("https://x.com/key_official", "twitter", "key_official"),
    ],
)
def test_links_are_known_by_their_address(url: str, site: str, identifier: str) -> None:
    assert find_link(url) == Link(site, identifier)
    assert Link(site, identifier).url == url


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


@pytest.mark.parametrize(
    ("text", "compact"),
    [
        ("en", "2gen"),
        ("e", "2we-"),
        ("a b-c", "2wa_0b_dc-"),
        ("zh-Hans", "2wzh_dHans-"),
        ("シュタインズ", "2wシュタインズ-"),
        ("_", "2g_r"),
    ],
)
def test_compact_texts(text: str, compact: str) -> None:
    numbers = {"/vn": {"lang": 2}}
    encoded = encode_filter(["lang", "=", text], numbers, "/vn")
    assert decode_filter(encoded) == [2, "=", text]
    assert encoded == compact


def test_compact_pairs() -> None:
    """As the server's code writes them: type 5, and two numbers."""
    encoded = encode_filter(["resolution", ">=", [1280, 720]], {"/release": {"resolution": 8}}, "/release")
    assert encoded == "8GX9fX0v"
    assert decode_filter(encoded) == [8, ">=", [1280, 720]]
    assert (
        encode_filter(["trait", "=", ["i73", 2]], {"/character": {"trait": 13}}, "/character")
        == f"dE{encode_number(73)}2"
    )


@pytest.mark.parametrize("compact", ["2wa", "2wa_-", "2wa_Z-", "2g_"])
def test_compact_texts_that_do_not_end(compact: str) -> None:
    with pytest.raises(QueryError, match="Invalid compact encoded form"):
        decode_filter(compact)


def test_cover_is_a_picture_whatever_the_title() -> None:
    for one in load_library().vn:
        picture = draw_cover(one.title, subtitle="<&>", width=600, height=848)
        assert ET.fromstring(picture).attrib["width"] == "600"  # noqa: S314


def test_screenshot_is_a_picture_whatever_the_title() -> None:
    for one in load_library().vn:
        picture = draw_scene(one.title, subtitle="<&>", width=1280, height=720)
        assert ET.fromstring(picture).attrib["width"] == "1280"  # noqa: S314
