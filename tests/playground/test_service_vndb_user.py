"""People and their lists on the sample VNDB, as somebody without a token sees them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.vndb.sample import Asker, open_asker

INVALID = (400, "Invalid argument\n")
NO_USER = 'Missing "user" parameter and not authenticated.\n'


@pytest.fixture
async def asker() -> AsyncIterator[Asker]:
    async with open_asker() as opened:
        yield opened


async def list_of(asker: Asker, user: str, **members: object) -> list[dict[str, Any]]:
    return (await asker.ask_at("/ulist", {"user": user, "results": 100} | members))["results"]


async def test_a_user_by_name(asker: Asker) -> None:
    assert await asker.get("/user?q=testreader") == (200, '{"testreader":{"id":"u3","username":"testreader"}}')


async def test_users_by_id_and_in_any_case_under_what_was_asked(asker: Asker) -> None:
    path = "/user?q=u3&q=AYAREADS&q=NoUserWithThisNameExists&fields=lengthvotes,lengthvotes_sum"
    status, text = await asker.get(path)
    assert status == 200
    assert json.loads(text) == {
        "AYAREADS": {"id": "u5", "lengthvotes": 2, "lengthvotes_sum": 600, "username": "AyaReads"},
        "NoUserWithThisNameExists": None,
        "u3": {"id": "u3", "lengthvotes": 3, "lengthvotes_sum": 9150, "username": "testreader"},
    }


@pytest.mark.parametrize("query", ["", "?q=", "?q=u3&q=", "?q=u3&fields=nosuch"])
async def test_a_user_must_be_asked_for_rightly(asker: Asker, query: str) -> None:
    assert await asker.get(f"/user{query}") == INVALID


async def test_a_hundred_users_are_not_too_many(asker: Asker) -> None:
    names = [f"q=u{number}" for number in range(1, 102)]
    assert (await asker.get(f"/user?{'&'.join(names[:100])}"))[0] == 200
    assert await asker.get(f"/user?{'&'.join(names)}") == INVALID


async def test_the_same_name_twice_is_the_servers_fault(asker: Asker) -> None:
    assert (await asker.get("/user?q=u3&q=u3"))[0] == 500
    assert (await asker.get("/user?q=u3&q=testreader"))[0] == 200


async def test_labels_with_counts(asker: Asker) -> None:
    status, text = await asker.get("/ulist_labels?user=u3&fields=count")
    labels = json.loads(text)["labels"]
    assert status == 200
    assert labels[0] == {"count": 1, "id": 1, "label": "Playing", "private": False}
    assert labels[-1] == {"count": 2, "id": 10, "label": "Favourites", "private": False}
    assert [one["count"] for one in labels] == [1, 5, 1, 1, 2, 0, 6, 2]


async def test_labels_without_counts(asker: Asker) -> None:
    _, text = await asker.get("/ulist_labels?user=u3")
    assert json.loads(text)["labels"][1] == {"id": 2, "label": "Finished", "private": False}


async def test_an_unknown_user_has_no_labels(asker: Asker) -> None:
    assert await asker.get("/ulist_labels?user=u99999") == (200, '{"labels":[]}')


@pytest.mark.parametrize("query", ["", "?user=nosuch", "?user=testreader", "?user=u3&fields=nosuch"])
async def test_labels_must_be_asked_for_rightly(asker: Asker, query: str) -> None:
    assert await asker.get(f"/ulist_labels{query}") == INVALID


async def test_an_entry_of_a_list(asker: Asker) -> None:
    fields = (
        "id,added,lastmod,voted,vote,started,finished,notes,labels{id,label},vn{title},releases{id,title,list_status}"
    )
    rows = await list_of(asker, "u3", fields=fields)
    assert [row["id"] for row in rows] == [
        "v4", "v7", "v11", "v17", "v24", "v97", "v945", "v2002", "v5154", "v15538",
    ]  # fmt: skip
    assert rows[7] == {
        "added": 1682942400,
        "finished": "2023-06-10",
        "id": "v2002",
        "labels": [{"id": 2, "label": "Finished"}, {"id": 7, "label": "Voted"}, {"id": 10, "label": "Favourites"}],
        "lastmod": 1682942400,
        "notes": "Best one.",
        "releases": [{"id": "r129", "list_status": 2, "title": "STEINS;GATE"}],
        "started": "2023-05-01",
        "vn": {"title": "STEINS;GATE"},
        "vote": 95,
        "voted": 1682942400,
    }


async def test_the_best_votes_first(asker: Asker) -> None:
    rows = await list_of(asker, "u3", filters=["label", "=", 7], sort="vote", reverse=True, fields="vote")
    assert [row["vote"] for row in rows] == [95, 90, 85, 80, 70, 30]


async def test_what_has_no_vote_comes_last(asker: Asker) -> None:
    rows = await list_of(asker, "u3", sort="vote", fields="vote")
    assert [row["vote"] for row in rows][-4:] == [None] * 4


@pytest.mark.parametrize("sort", ["vote", "voted", "started", "finished"])
async def test_what_has_none_comes_first_when_it_is_reversed(asker: Asker, sort: str) -> None:
    values = [row[sort] for row in await list_of(asker, "u3", sort=sort, reverse=True, fields=sort)]
    known = [value for value in values if value is not None]
    assert values == [None] * (10 - len(known)) + sorted(known, reverse=True)
    assert 0 < len(known) < 10


async def test_today_is_normalised_as_text(asker: Asker) -> None:
    answer = await asker.ask(filters=["released", "<=", "today"], results=0, normalized_filters=True)
    assert answer["normalized_filters"] == ["released", "<=", "1"]


@pytest.mark.parametrize("sort", ["title", "rating", "voted", "added", "lastmod", "started", "finished"])
async def test_a_list_is_sorted_in_many_ways(asker: Asker, sort: str) -> None:
    assert len(await list_of(asker, "u3", sort=sort)) == 10


async def test_a_list_knows_the_filters_of_novels(asker: Asker) -> None:
    rows = await list_of(asker, "u3", filters=["and", ["search", "=", "steins"], ["label", "=", ["u3", 10]]])
    assert rows == [{"id": "v2002"}]


async def test_a_list_may_take_pages(asker: Asker) -> None:
    first = await asker.ask_at("/ulist", {"user": "u5", "results": 100})
    second = await asker.ask_at("/ulist", {"user": "u5", "results": 100, "page": 2})
    assert (first["more"], second["more"]) == (True, False)
    assert len(second["results"]) == 38


@pytest.mark.parametrize(
    ("page", "results", "counted"), [(1, 100, False), (1, 0, False), (2, 100, True), (1, 2, False)]
)
async def test_a_list_is_counted_on_its_last_page_alone(asker: Asker, page: int, results: int, counted: bool) -> None:
    status, _, text = await asker.post({"user": "u5", "results": results, "page": page, "count": True}, "/ulist")
    assert (status, text) == (200, text) if counted else (400, NO_USER)


async def test_the_user_may_be_a_number(asker: Asker) -> None:
    answer = await asker.ask_at("/ulist", {"user": 3, "results": 1})
    assert answer["results"] == [{"id": "v4"}]


async def test_a_list_needs_somebody(asker: Asker) -> None:
    assert await asker.post({"fields": "vote"}, "/ulist") == (400, "text", NO_USER)
    answer = await asker.post({"user": "testreader", "fields": "vote"}, "/ulist")
    assert answer == (400, "text", "Invalid 'user' member.\n")


@pytest.mark.parametrize("user", ["u4", "u99999"])
async def test_empty_list_and_missing_user_look_the_same(asker: Asker, user: str) -> None:
    answer = await asker.ask_at("/ulist", {"user": user, "fields": "vote", "count": True})
    assert answer == {"count": 0, "more": False, "results": []}


async def test_novels_by_somebodys_label(asker: Asker) -> None:
    assert await asker.ids(["label", "=", ["u3", 10]]) == ["v17", "v2002"]
    assert await asker.ids(["label", "=", 10], user="u3") == ["v17", "v2002"]


async def test_a_private_label_finds_nothing(asker: Asker) -> None:
    assert await asker.ids(["label", "=", ["u3", 11]]) == []


async def test_labels_work_within_other_filters(asker: Asker) -> None:
    filters = ["and", ["vn", "=", ["label", "=", 10]], ["rtype", "=", "trial"]]
    assert await asker.ids_at("/release", filters, user="u3") == ["r135"]


async def test_on_list_ignores_the_user(asker: Asker) -> None:
    assert await asker.ids(["on_list", "=", 1], user="u3") == []


async def test_a_token_is_of_nobody(asker: Asker) -> None:
    headers = {"Authorization": "token txho-y6ju3-3noyx-kppg-tobb8-83o7o-8jep"}
    for path, status in (("/user?q=u3", 200), ("/ulist_labels?user=u3", 400)):
        async with asker.http.get(asker.services.vndb.api_url + path, headers=headers) as answer:
            assert answer.status == status


async def test_some_people_have_novels_in_common_and_some_none(asker: Asker) -> None:
    voted = {
        user: {row["id"] for row in await list_of(asker, user, filters=["label", "=", 7])}
        for user in ("u3", "u5", "u7", "u8")
    }
    assert len(voted["u3"] & voted["u5"]) == 5
    assert len(voted["u3"] & voted["u8"]) == 4
    assert not voted["u3"] & voted["u7"]
