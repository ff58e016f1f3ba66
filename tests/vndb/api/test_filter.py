"""Filters: what each kind of field takes, and how filters combine."""

from __future__ import annotations

from typing import cast

import pytest

from bot.errors import InvalidInput
from bot.vndb.api import where
from bot.vndb.api.filter import MAX_NODES, Equality, Json, Match, Order, all_of, any_of, compact
from bot.vndb.api.model import Release, Vn


def test_equality_has_two_operators() -> None:
    assert where.VN.olang.eq("ja").json == ("olang", "=", "ja")
    assert where.VN.olang.ne("ja").json == ("olang", "!=", "ja")


def test_an_order_has_four_more() -> None:
    rating = where.VN.rating
    assert [one(80).json for one in (rating.eq, rating.ne, rating.ge, rating.gt, rating.le, rating.lt)] == [
        ("rating", operator, 80) for operator in ("=", "!=", ">=", ">", "<=", "<")
    ]


@pytest.mark.parametrize("field", [where.RELEASE.platform, where.RELEASE.minage, where.VN.released])
def test_what_may_be_unknown_equals_none(field: Equality[Vn | Release, object]) -> None:
    assert field.eq(None).json == (field.name, "=", None)
    assert field.ne(None).json == (field.name, "!=", None)


@pytest.mark.parametrize("field", [where.RELEASE.lang, where.VN.olang, where.VN.rating])
def test_what_is_always_known_is_never_none(field: Equality[Vn | Release, object]) -> None:
    with pytest.raises(InvalidInput):
        field.eq(None)


def test_the_unknown_has_no_order() -> None:
    minage = cast("Order[Release, object]", where.RELEASE.minage)
    with pytest.raises(InvalidInput):
        minage.ge(None)


def test_a_refusal_names_the_filter_and_what_it_takes() -> None:
    with pytest.raises(InvalidInput) as caught:
        where.VN.rating.ge(800)
    assert (caught.value.what, caught.value.reason) == ("filter rating", "must be a whole number from 10 to 100")


def test_a_match_checks_its_value() -> None:
    field = cast("Match[Vn, int]", where.QUOTE.random)
    assert field.eq(1).json == ("random", "=", 1)
    with pytest.raises(InvalidInput):
        field.eq(2)


@pytest.mark.parametrize(
    ("operator", "classes"), [("ge", [4, 5]), ("gt", [5]), ("le", [1, 2, 3, 4]), ("lt", [1, 2, 3])]
)
def test_an_order_of_lengths_is_counted_up(operator: str, classes: list[int]) -> None:
    # The server's code takes only = and != for length, whatever the page says.
    length = where.VN.length
    expected: list[Json] = [("length", "=", one) for one in classes]
    found = {"ge": length.ge, "gt": length.gt, "le": length.le, "lt": length.lt}[operator](4)
    assert found.json == (("or", *expected) if len(expected) > 1 else expected[0])


@pytest.mark.parametrize("length", [0, 6])
def test_a_length_is_one_of_five(length: int) -> None:
    with pytest.raises(InvalidInput):
        where.VN.length.ge(length)


def test_a_length_that_nothing_has_is_refused() -> None:
    with pytest.raises(InvalidInput):
        where.VN.length.gt(5)


def test_a_filter_of_another_kind_nests() -> None:
    inner = all_of(where.RELEASE.official.eq(1), where.RELEASE.producer.ne(where.PRODUCER.id.eq("p24")))
    assert where.VN.release.eq(inner).json == (
        "release",
        "=",
        ("and", ("official", "=", 1), ("producer", "!=", ("id", "=", "p24"))),
    )


def test_what_is_nested_counts() -> None:
    inner = all_of(where.RELEASE.official.eq(1), where.RELEASE.producer.eq(where.PRODUCER.id.eq("p24")))
    assert inner.nodes == 4
    assert where.VN.release.eq(inner).nodes == 5


def test_filters_combine() -> None:
    one, two = where.VN.olang.eq("ja"), where.VN.rating.ge(80)
    assert all_of(one, any_of(one, two)).json == ("and", one.json, ("or", one.json, two.json))


def test_one_filter_needs_no_combination() -> None:
    one = where.VN.olang.eq("ja")
    assert all_of(one) == any_of(one) == one


def test_no_filter_is_no_combination() -> None:
    with pytest.raises(InvalidInput):
        all_of()


def test_more_predicates_than_the_server_takes_are_refused() -> None:
    many = [where.VN.id.eq(number) for number in range(1, MAX_NODES)]
    assert any_of(*many).nodes == MAX_NODES
    with pytest.raises(InvalidInput, match="1000"):
        any_of(*many, where.VN.id.eq(MAX_NODES))


def test_nesting_can_be_one_predicate_too_many() -> None:
    full = any_of(*(where.VN.id.eq(number) for number in range(1, MAX_NODES)))
    with pytest.raises(InvalidInput, match="1000"):
        where.RELEASE.vn.eq(full)


@pytest.mark.parametrize("text", ["033gja72_0bG5k80j", "a-", "x" * 4000, "Nw0wシュタインズ-"])
def test_a_compact_filter_is_kept_as_it_is(text: str) -> None:
    assert compact(text, Vn).text == text


@pytest.mark.parametrize("text", ["", "zzzz!!", '["id","=","v17"]', "a b", "x" * 4001, "a\ud800"])
def test_what_is_no_compact_filter_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        compact(text, Vn)
