"""Names of codes: those of GET /schema, the built-in ones, and codes that nobody has named yet."""

from __future__ import annotations

from typing import cast

import msgspec
import pytest

from bot.vndb.api.names import BUILT_IN, Names, parse_schema
from tests.support.each import each


def parse(enums: object) -> Names:
    return parse_schema(msgspec.json.encode({"enums": enums, "api_fields": {}, "extlinks": {}}))


@each(
    ("name", "expected"),
    [
        (BUILT_IN.language("ja"), "Japanese"),
        (BUILT_IN.platform("win"), "Windows"),
        (BUILT_IN.medium("cd"), "CD"),
        (BUILT_IN.medium("cd", quantity=2), "CDs"),
        (BUILT_IN.medium("cd", quantity=0), "CD"),
        (BUILT_IN.medium("in", quantity=2), "Internet download"),
        (BUILT_IN.staff_role("chardesign"), "Character design"),
        (BUILT_IN.staff_role("seiyuu"), "Voice actor"),
        (BUILT_IN.relation("preq"), "Prequel"),
        (BUILT_IN.character_role("main"), "Protagonist"),
        (BUILT_IN.producer_type("ng"), "Amateur group"),
        (BUILT_IN.release_type("trial"), "Trial"),
        (BUILT_IN.image_type("pkgfront"), "Package (front)"),
        (BUILT_IN.tag_category("ero"), "Sexual content"),
        (BUILT_IN.sex("b"), "Both"),
        (BUILT_IN.gender("o"), "Non-binary"),
        (BUILT_IN.blood_type("ab"), "AB"),
        (BUILT_IN.voiced(4), "Fully voiced"),
    ],
)
def test_a_code_has_a_name(name: str, expected: str) -> None:
    assert name == expected


@each(
    "name",
    [
        BUILT_IN.language("x9"),
        BUILT_IN.platform("x9"),
        BUILT_IN.medium("x9", quantity=3),
        BUILT_IN.staff_role("x9"),
        BUILT_IN.relation("x9"),
        BUILT_IN.character_role("x9"),
        BUILT_IN.producer_type("x9"),
        BUILT_IN.release_type("x9"),
        BUILT_IN.image_type("x9"),
        BUILT_IN.tag_category("x9"),
        BUILT_IN.sex("x9"),
        BUILT_IN.gender("x9"),
        BUILT_IN.blood_type("x9"),
    ],
)
def test_a_code_without_a_name_is_its_own(name: str) -> None:
    assert name == "x9"


def test_a_number_without_a_name_is_its_own() -> None:
    assert BUILT_IN.voiced(9) == "9"


def test_the_schema_names_what_is_new() -> None:
    names = parse(
        {
            "language": [{"id": "tlh", "label": "Klingon"}],
            "platform": [{"id": "ps6", "label": "PlayStation 6"}],
            "medium": [{"id": "mus", "label": "Music sheet", "plural": "Music sheets"}],
            "staff_role": [{"id": "cat", "label": "Cat"}],
        }
    )
    assert (names.language("tlh"), names.platform("ps6"), names.staff_role("cat")) == (
        "Klingon",
        "PlayStation 6",
        "Cat",
    )
    assert (names.medium("mus"), names.medium("mus", quantity=2)) == ("Music sheet", "Music sheets")


def test_the_schema_goes_before_what_is_built_in() -> None:
    names = parse({"medium": [{"id": "cd", "label": "Disc", "plural": "Discs"}]})
    assert (names.medium("cd"), names.medium("cd", quantity=2)) == ("Disc", "Discs")


def test_what_the_schema_does_not_name_keeps_its_name() -> None:
    names = parse({"staff_role": [{"id": "art", "label": "Painter"}]})
    assert (names.staff_role("art"), names.staff_role("seiyuu"), names.language("ja")) == (
        "Painter",
        "Voice actor",
        "Japanese",
    )


@pytest.mark.parametrize("odd", [{"id": "cd"}, {"label": "CD"}, "cd", None, {"id": 1, "label": "x"}])
def test_an_odd_entry_of_the_schema_is_left_out(odd: object) -> None:
    names = parse({"medium": [odd, {"id": "umd", "label": "Tiny disc", "plural": None}]})
    assert (names.medium("cd"), names.medium("umd")) == ("CD", "Tiny disc")


def test_a_schema_without_enums_leaves_what_is_built_in() -> None:
    assert vars(parse_schema(b"{}")) == vars(BUILT_IN)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"enums":[]}'])
def test_what_is_no_schema_is_refused(body: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        parse_schema(body)


def test_what_has_a_plural_has_a_singular() -> None:
    assert BUILT_IN.media_plurals.keys() < BUILT_IN.media.keys()


def test_no_name_is_empty() -> None:
    tables = [cast("dict[str, str]", one) for one in vars(BUILT_IN).values() if isinstance(one, dict)]
    assert all(name.strip() for table in tables for name in table.values())
