"""Filters as VNDB understood them."""

from __future__ import annotations

import msgspec
import pytest

from bot.errors import InvalidInput
from bot.vndb.api.filter import Json
from bot.vndb.api.normal import parse_normalized


def parse(filters: object) -> tuple[Json, int]:
    read = parse_normalized(msgspec.json.encode({"normalized_filters": filters, "results": []}))
    return read.json, read.nodes


def test_a_filter_keeps_its_shape_and_counts_its_parts() -> None:
    filters = ["and", ["olang", "=", "ja"], ["or", ["tag", "=", ["g19", 0, 0]], ["label", "=", ["u3", 10]]]]
    json, nodes = parse(filters)
    assert msgspec.json.decode(msgspec.json.encode(json)) == filters
    assert nodes == 5


@pytest.mark.parametrize(
    ("number", "date"),
    [
        (20100101, "2010-01-01"),
        (20041299, "2004-12"),
        (20049999, "2004"),
        (99999999, "TBA"),
        (1, "today"),
        ("1", "today"),  # as the server has it
        ("20100101", "2010-01-01"),
        (0, None),
    ],
)
def test_a_date_is_one_again(number: int | str, date: str | None) -> None:
    assert parse(["released", ">=", number]) == (("released", ">=", date), 1)


def test_only_dates_are_turned_into_dates() -> None:
    assert parse(["votecount", ">=", 20100101]) == (("votecount", ">=", 20100101), 1)


def test_filters_inside_filters_are_read_too() -> None:
    filters = ["release", "=", ["and", ["released", "=", 1], ["producer", "=", ["id", "=", "p30"]]]]
    inner = ("and", ("released", "=", "today"), ("producer", "=", ("id", "=", "p30")))
    assert parse(filters) == (("release", "=", inner), 5)


@pytest.mark.parametrize("filters", [[], ["and", *[["olang", "=", "ja"]] * 998]], ids=["nothing", "too much"])
def test_what_cannot_be_joined_with_others_is_refused(filters: object) -> None:
    with pytest.raises(InvalidInput):
        parse(filters)


def test_a_filter_nested_too_deeply_is_refused() -> None:
    filters: object = ["olang", "=", "ja"]
    for _ in range(200):
        filters = ["and", filters]
    with pytest.raises(InvalidInput):
        parse(filters)


@pytest.mark.parametrize("filters", ["022gja", ["and"], ["olang", "="], ["olang", "like", "ja"], [["x"]], {}, None])
def test_what_is_no_filter_is_no_answer(filters: object) -> None:
    with pytest.raises(msgspec.DecodeError):
        parse(filters)
