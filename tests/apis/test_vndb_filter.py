"""Filters of POST /vn: every name, operator and value that VNDB takes, and none that it refuses."""

from __future__ import annotations

import re

import pytest

from bot.apis.vndb import build_query
from bot.apis.vndb_filter import Filter, Json, all_of, any_of, compact, field
from bot.errors import InvalidInput

ORDERED = {"id": "v17", "released": "2004-01-30", "rating": 80, "votecount": 100}
UNORDERED: dict[str, Json] = {
    "search": "steins;gate",
    "lang": "zh-Hans",
    "olang": "ja",
    "platform": "win",
    "has_description": 1,
    "has_anime": 1,
    "has_screenshot": 1,
    "has_review": 1,
    "devstatus": 0,
    "tag": "g19",
    "dtag": ("g19", 2, 1.2),
    "anime_id": 7,
    "label": ("u3", 2),
    "release": ("and", ("released", ">=", "2020-01-01"), ("producer", "=", ("id", "=", "p30"))),
    "character": ("sex", "=", "f"),
    "staff": ("id", "=", "s1"),
    "developer": ("id", "=", "p29"),
}


def build(name: str, operator: str, value: Json) -> Filter:
    one = field(name)
    methods = {"=": one.eq, "!=": one.ne, ">=": one.ge, ">": one.gt, "<=": one.le, "<": one.lt}
    return methods[operator](value)


@pytest.mark.parametrize("operator", ["=", "!=", ">=", ">", "<=", "<"])
@pytest.mark.parametrize(("name", "value"), ORDERED.items())
def test_what_has_an_order_takes_every_operator(name: str, value: Json, operator: str) -> None:
    assert build(name, operator, value).json == (name, operator, value)


@pytest.mark.parametrize("operator", ["=", "!="])
@pytest.mark.parametrize(("name", "value"), UNORDERED.items())
def test_what_has_no_order_takes_equality(name: str, value: Json, operator: str) -> None:
    assert build(name, operator, value).json == (name, operator, value)


@pytest.mark.parametrize("operator", [">=", ">", "<=", "<"])
@pytest.mark.parametrize(("name", "value"), UNORDERED.items())
def test_what_has_no_order_refuses_one(name: str, value: Json, operator: str) -> None:
    with pytest.raises(InvalidInput, match="order"):
        build(name, operator, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("id", value) for value in ("17", "r1", "v0", "v", "v17x", "v12345678", 0, True, 1.5, None, ("v1",))],
        *[("search", value) for value in (7, None, "a\nb")],
        *[("lang", value) for value in ("japanese", "JA", "", 1, None)],
        *[("olang", value) for value in ("j", "zh_Hans")],
        *[("platform", value) for value in ("Windows", "w", "", None)],
        *[("length", value) for value in (0, 6, "2", None, True, 2.5)],
        *[("rating", value) for value in (9, 101, 80.5, "80", None)],
        *[("votecount", value) for value in (-1, "1", None)],
        *[("devstatus", value) for value in (-1, 3, None)],
        *[("released", value) for value in ("2020-13-01", "2020-02-30", "20200101", "soon", "", 2020)],
        *[("has_anime", value) for value in (0, 2, True, None)],
        *[("has_description", value) for value in ("1", 0)],
        *[
            ("tag", value)
            for value in ("time travel", "v1", None, ("g1", 3, 0), ("g1", 0, 4), ("g1", 0), ("g1", 0, "1"))
        ],
        *[("dtag", value) for value in (0, ("x", 0, 0))],
        *[("anime_id", value) for value in (0, "a1")],
        *[("label", value) for value in ("u3", ("ayo", 1), ("u3",), None)],
        *[("release", value) for value in ("r1", (), ("and",), ("id", "="), ("id", "~", 1), None, 5)],
    ],
)
def test_a_value_that_vndb_would_refuse_is_refused(name: str, value: Json) -> None:
    with pytest.raises(InvalidInput):
        field(name).eq(value)


@pytest.mark.parametrize("value", ["2004", "2004-05", "2004-05-31", "tba", "unknown", "today", None])
def test_every_form_of_date_is_taken(value: str | None) -> None:
    assert field("released").ne(value).json == ("released", "!=", value)


def test_tba_is_sent_as_the_server_writes_it() -> None:
    assert field("released").eq("TBA").json == ("released", "=", "tba")


@pytest.mark.parametrize(("name", "value"), [("id", 17), ("tag", 19), ("label", 2), ("dtag", ("g1", 0, 0))])
def test_numbers_stand_for_ids(name: str, value: Json) -> None:
    assert field(name).eq(value).json == (name, "=", value)


@pytest.mark.parametrize(("operator", "classes"), [(">=", [4, 5]), (">", [5]), ("<=", [1, 2, 3, 4]), ("<", [1, 2, 3])])
def test_an_order_of_lengths_is_counted_up(operator: str, classes: list[int]) -> None:
    # The server's code takes only = and != for length, whatever the page says.
    expected = [("length", "=", one) for one in classes]
    assert build("length", operator, 4).json == (("or", *expected) if len(expected) > 1 else expected[0])


def test_a_length_that_nothing_has_is_refused() -> None:
    with pytest.raises(InvalidInput):
        field("length").gt(5)


def test_an_unknown_filter_is_refused() -> None:
    with pytest.raises(InvalidInput, match="unknown"):
        field("popularity_of_the_author")


def test_filters_combine() -> None:
    one, two = field("olang").eq("ja"), field("rating").ge(80)
    assert all_of(one, any_of(one, two)).json == ("and", one.json, ("or", one.json, two.json))


def test_one_filter_needs_no_combination() -> None:
    one = field("olang").eq("ja")
    assert all_of(one) == any_of(one) == one


def test_no_filter_is_no_combination() -> None:
    with pytest.raises(InvalidInput):
        all_of()


def test_more_predicates_than_the_server_takes_are_refused() -> None:
    many = [field("id").eq(number) for number in range(1, 1000)]
    assert any_of(*many).nodes == 1000
    with pytest.raises(InvalidInput, match="1000"):
        any_of(*many, field("id").eq(1000))


def test_a_compact_filter_is_the_whole_query() -> None:
    body = build_query(compact("03132gen2gde2gfr3hjaN180272_0c2vQN6830u"), fields="title")
    assert b'"filters":"03132gen2gde2gfr3hjaN180272_0c2vQN6830u"' in body


@pytest.mark.parametrize("text", ["", "zzzz!!", '["id","=","v17"]', "a b"])
def test_what_is_no_compact_filter_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        compact(text)


@pytest.mark.parametrize("results", [-1, 101])
def test_a_page_has_up_to_a_hundred_results(results: int) -> None:
    with pytest.raises(InvalidInput):
        build_query(None, fields="title", results=results)


def test_every_query_asks_for_its_time() -> None:
    assert re.search(rb'"time":true', build_query(None, fields="title"))
