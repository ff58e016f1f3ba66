"""Queries as the server takes them."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from bot.errors import InvalidInput
from bot.vndb.api import kind as vndb_kind
from bot.vndb.api import where
from bot.vndb.api.filter import compact
from bot.vndb.api.kind import CHARACTER, LIST_ENTRY, VN, Kind
from bot.vndb.api.query import ListQuery, build_query, choose_results, estimate_fields, split_query
from tests.support.each import each

REFUSED = [
    (
        "title,va{character{name,vns{title,tags{name,rating,spoiler}}}},tags{name,rating,spoiler,lie,category,vn_count}",
        648_400,
    ),
    ("screenshots{url,release{title,vns{title,tags.name}}}", 315_200),
]
KINDS: list[Kind[Any]] = [kind for kind in vars(vndb_kind).values() if isinstance(kind, Kind)]


def build(query: ListQuery[Any], *, normalized: bool = False) -> dict[str, object]:
    return msgspec.json.decode(build_query(query, normalized=normalized))


def test_a_plain_query_holds_only_what_it_needs() -> None:
    assert build(ListQuery(VN, fields="title")) == {"fields": "title", "sort": "id", "results": 25, "time": True}


def test_every_wish_is_a_member_of_the_body() -> None:
    query = ListQuery(
        LIST_ENTRY,
        compact("022gja", LIST_ENTRY.model),
        sort="vote",
        reverse=True,
        page=3,
        results=10,
        count=True,
        compact=True,
        user="u2",
    )
    assert build(query, normalized=True) == {
        "fields": LIST_ENTRY.row_fields,
        "filters": "022gja",
        "sort": "vote",
        "reverse": True,
        "page": 3,
        "results": 10,
        "count": True,
        "compact_filters": True,
        "normalized_filters": True,
        "user": "u2",
        "time": True,
    }


def test_a_filter_is_an_array() -> None:
    query = ListQuery(CHARACTER, where.CHARACTER.vn.eq(where.VN.id.eq("v17")))
    assert build(query)["filters"] == ["vn", "=", ["id", "=", "v17"]]


def test_equal_queries_have_equal_bodies() -> None:
    assert build_query(ListQuery(VN, page=2, count=True)) == build_query(ListQuery(VN, count=True, page=2))


@pytest.mark.parametrize(
    "query",
    [
        ListQuery(VN, results=101),
        ListQuery(VN, results=-1),
        ListQuery(VN, page=0),
        ListQuery(VN, page=1_000_001),
        ListQuery(LIST_ENTRY, user="yorhel"),
        ListQuery(LIST_ENTRY, user="v2"),
    ],
)
def test_what_the_server_would_refuse_is_refused(query: ListQuery[Any]) -> None:
    with pytest.raises(InvalidInput):
        build_query(query)


@pytest.mark.parametrize(("fields", "estimate"), REFUSED)
def test_the_estimate_is_that_of_the_server_or_a_little_more(fields: str, estimate: int) -> None:
    assert estimate <= estimate_fields(fields, 100) <= 1.01 * estimate


def test_a_dot_and_braces_select_the_same() -> None:
    assert estimate_fields("image.url,image.dims,tags.name", 1) == estimate_fields("tags{name},image{url,dims}", 1)


def test_an_id_is_counted_once_asked_for_or_not() -> None:
    assert estimate_fields("id,tags{id,name}", 7) == estimate_fields("tags{name}", 7) == 7 * (1 + 1 + 50 * 2)


@pytest.mark.parametrize("fields", [fields for fields, _ in REFUSED])
def test_a_page_of_too_much_is_split_into_pages_that_cover_it(fields: str) -> None:
    parts = split_query(ListQuery(VN, fields=fields, results=100, page=3))
    assert all(estimate_fields(fields, part.results) <= 50_000 for part in parts)
    rows = [row for part in parts for row in range((part.page - 1) * part.results, part.page * part.results)]
    assert rows == list(range(200, 300))


@pytest.mark.parametrize("results", [0, 1, 25, 100])
def test_a_page_of_little_is_one_query(results: int) -> None:
    query = ListQuery(VN, results=results, page=4)
    assert split_query(query) == [query]


def test_a_page_of_little_is_as_large_as_wanted() -> None:
    assert [choose_results("id", wanted) for wanted in (0, 25, 100, 500)] == [0, 25, 100, 100]


@each("kind", KINDS)
def test_a_hundred_rows_of_each_kind_are_one_page(kind: Kind[Any]) -> None:
    assert choose_results(kind.row_fields, 100) == 100
