"""People on VNDB and their lists."""

from __future__ import annotations

import asyncio
from urllib.parse import parse_qsl, urlsplit

import msgspec
import pytest

from bot.errors import BadAnswer, InvalidInput, NotFound
from bot.http import Request
from bot.vndb.api.kind import LIST_ENTRY
from bot.vndb.api.query import ListQuery
from bot.vndb.api.user import Labels, find_label
from tests.support.transport import Reply
from tests.vndb.fake import FakeVndb, Record

PEOPLE = {"yorhel": "u2", "ayo": "u3"}


def list_names(request: Request) -> list[str]:
    return [value for name, value in parse_qsl(urlsplit(request.url).query) if name == "q"]


def answer_users(request: Request) -> Reply:
    """As the server: names in any case, ids, null for nobody, and 500 for the same name twice."""
    names = list_names(request)
    if len(set(names)) < len(names):
        return Reply(status=500)
    ids = {name: name if name in PEOPLE.values() else PEOPLE.get(name.lower()) for name in names}
    users = {name: {"id": one, "username": "Somebody", "lengthvotes": 9} if one else None for name, one in ids.items()}
    return Reply(body=msgspec.json.encode(users))


def build_fake() -> FakeVndb:
    fake = FakeVndb()
    fake.transport.answer = answer_users
    return fake


async def ask(fake: FakeVndb, *names: str) -> list[str]:
    task = asyncio.ensure_future(asyncio.gather(*map(fake.vndb.users.fetch_user, names), return_exceptions=True))
    await fake.clock.run(task)
    return [type(one).__name__ if isinstance(one, BaseException) else one.entry.id for one in task.result()]


async def test_who_is_asked_for_at_once_is_one_request() -> None:
    fake = build_fake()
    assert await ask(fake, "yorhel", "nobody", "u3") == ["u2", "NotFound", "u3"]
    assert fake.sent == 1


async def test_a_name_in_two_cases_is_asked_for_once() -> None:
    fake = build_fake()
    assert await ask(fake, "Yorhel", "YORHEL", " yorhel ", "yorhel") == ["u2"] * 4
    assert [list_names(sent.request) for sent in fake.transport.sent] == [["yorhel"]]


async def test_a_name_is_remembered_for_ten_minutes() -> None:
    fake = build_fake()
    for wait_s, requests in ((0, 1), (599, 1)):
        await fake.clock.advance(wait_s)
        await ask(fake, "ayo", "nobody")
        assert fake.sent == requests


@pytest.mark.parametrize("name", ["a b", "x" * 41, "q=1&q=2", "<@123>"])
async def test_what_is_no_name_is_nobody_and_not_asked_for(name: str) -> None:
    fake = build_fake()
    with pytest.raises(NotFound):
        await fake.vndb.users.fetch_user(name)
    assert fake.sent == 0


async def test_more_people_than_one_request_takes_are_all_found() -> None:
    fake = build_fake()
    await ask(fake, *(f"user{number}" for number in range(150)))
    assert [len(list_names(sent.request)) for sent in fake.transport.sent] == [100, 50]


async def test_blanks_are_nobodys_name_and_not_asked_for() -> None:
    fake = build_fake()
    assert await ask(fake, "", "  ", "~~~", "@here") == ["InvalidInput"] * 3 + ["NotFound"]
    assert fake.sent == 0


async def test_an_odd_person_is_a_bad_answer() -> None:
    fake = FakeVndb()
    fake.reply = Reply(body=b'{"yorhel":{"username":"Yorhel"}}')
    assert await ask(fake, "yorhel") == [BadAnswer.__name__]


@pytest.mark.parametrize("user_id", ["12", "", "U2", "u0", "u12345678"])
async def test_somebody_of_a_strange_id_is_a_bad_answer_and_not_kept(user_id: str) -> None:
    fake = FakeVndb()
    fake.reply = Reply(body=msgspec.json.encode({"yorhel": {"id": user_id}}))
    assert await ask(fake, "yorhel") == [BadAnswer.__name__]
    fake.reply = Reply(body=b'{"yorhel":{"id":"u2"}}')
    assert await ask(fake, "yorhel") == ["u2"]


@pytest.mark.parametrize("labels", ["[7]", "[null]", '[{"id":"7"}]'])
async def test_labels_of_which_none_can_be_read_are_a_bad_answer_and_not_kept(labels: str) -> None:
    fake = FakeVndb()
    fake.get["ulist_labels"] = f'{{"labels":{labels}}}'.encode()
    with pytest.raises(BadAnswer):
        await fake.vndb.users.fetch_labels("u3")
    fake.get["ulist_labels"] = b'{"labels":[]}'
    assert await fake.vndb.users.fetch_labels("u3") == Labels([])


async def test_labels_have_counts_and_odd_ones_are_left_out_and_counted() -> None:
    fake = FakeVndb()
    fake.get["ulist_labels"] = (
        b'{"labels":[{"id":1,"label":"Playing","private":false,"count":3},{"id":null},7,{"id":7,"label":"Voted"}]}'
    )
    found = await fake.vndb.users.fetch_labels("u3")
    assert [(one.id, one.label, one.count) for one in found.labels] == [(1, "Playing", 3), (7, "Voted", None)]
    assert found.unread == 2
    with pytest.raises(
        InvalidInput, match=r"is none of that person's public lists that can be read \(Playing, Voted\)"
    ):
        find_label(found, "Favourites")
    assert fake.transport.sent[0].request.url.endswith("/ulist_labels?user=u3&fields=count")


@pytest.mark.parametrize("user_id", ["3", "ayo", "v3", "u3&x=1", "u0"])
async def test_a_list_is_somebodys_by_id(user_id: str) -> None:
    fake = FakeVndb()
    with pytest.raises(InvalidInput):
        await fake.vndb.users.fetch_labels(user_id)
    with pytest.raises(InvalidInput):
        await fake.vndb.users.fetch_votes(user_id)
    with pytest.raises(InvalidInput):
        await fake.vndb.fetch_list(ListQuery(LIST_ENTRY, user=user_id))
    assert fake.sent == 0


def build_votes(number: int) -> list[Record]:
    return [{"id": f"v{one}", "label": 7, "vote": 10 + one % 91} for one in range(1, number + 1)]


async def test_all_votes_are_fetched_page_by_page_and_once() -> None:
    fake = FakeVndb(build_votes(250))
    for _ in range(2):
        votes = await fake.vndb.users.fetch_votes("u3")
        assert (len(votes.entries), votes.complete) == (250, True)
    assert fake.sent == 3
    first = fake.queries[0]
    assert (first["user"], first["sort"], first["reverse"], first["results"]) == ("u3", "voted", True, 100)
    assert first["filters"] == ["label", "=", 7]


async def test_of_more_than_five_hundred_votes_the_latest_are_fetched() -> None:
    fake = FakeVndb(build_votes(1200))
    votes = await fake.vndb.users.fetch_votes("u3")
    assert (len(votes.entries), votes.complete, fake.sent) == (500, False, 5)


async def test_a_vote_between_two_pages_is_not_counted_twice() -> None:
    fake = FakeVndb()
    pages = [["v3", "v2"], ["v2", "v1"]]
    for more, page in zip((True, False), pages, strict=True):
        body = {"results": [{"id": one, "vote": 80} for one in page], "more": more}
        fake.transport.replies.append(Reply(body=msgspec.json.encode(body)))
    assert [entry.id for entry in (await fake.vndb.users.fetch_votes("u3")).entries] == ["v3", "v2", "v1"]


async def test_nobodys_votes_are_none() -> None:
    votes = await FakeVndb().vndb.users.fetch_votes("u99999")
    assert (votes.entries, votes.complete) == ([], True)


async def test_a_page_of_a_list_is_remembered_for_ten_minutes_only() -> None:
    fake = FakeVndb(build_votes(5))
    for wait_s in (0, 599, 86_400):
        await fake.clock.advance(wait_s)
        await fake.vndb.fetch_list(ListQuery(LIST_ENTRY, user="u3", sort="vote"))
    assert fake.sent == 2


async def test_somebody_found_by_name_is_known_by_id_as_well() -> None:
    fake = build_fake()
    assert await ask(fake, "yorhel") == ["u2"]
    assert await ask(fake, "u2") == ["u2"]
    assert fake.sent == 1


def answer_pages(fake: FakeVndb, entries: list[Record]) -> None:
    """Answer page after page of these, a hundred each."""
    for start in range(0, len(entries), 100):
        body = {"results": entries[start : start + 100], "more": start + 100 < len(entries)}
        fake.transport.replies.append(Reply(body=msgspec.json.encode(body)))


async def test_all_that_two_people_voted_on_is_fetched() -> None:
    fake = FakeVndb()
    answer_pages(fake, build_votes(2000))
    votes = await fake.vndb.users.fetch_common("u3", "u2")
    assert (len(votes.entries), votes.complete, fake.sent) == (2000, True, 20)
    first = msgspec.json.decode(fake.transport.sent[0].request.body or b"")
    assert first["filters"] == ["and", ["label", "=", 7], ["label", "=", ["u2", 7]]]
    assert "count" not in first


async def test_the_novels_that_two_people_voted_on_are_asked_for_once_in_whichever_order() -> None:
    fake = FakeVndb(build_votes(5))
    for first, second in (("u2", "u3"), ("u3", "u2"), ("u2", "u3")):
        await fake.vndb.users.fetch_common(first, second)
    asked = [msgspec.json.decode(sent.request.body or b"") for sent in fake.transport.sent]
    assert {one["user"]: "title" in one["fields"] for one in asked} == {"u2": True, "u3": False}
    assert fake.sent == 2


async def test_of_more_than_three_thousand_novels_the_newest_are_read() -> None:
    fake = FakeVndb([{"id": f"v{one}", "vote": None, "labels": [{"id": 5}]} for one in range(1, 3401)])
    entries = await fake.vndb.users.fetch_whole("u3")
    assert {int(one.id[1:]) for one in entries} == set(range(401, 3401))


@pytest.mark.parametrize(("unknown", "known"), [(0, 5), (7, 300), (100, 100), (99, 0), (0, 0), (1234, 66), (300, 0)])
async def test_what_stands_before_the_first_with_a_date_is_counted(unknown: int, known: int) -> None:
    dates: list[str | None] = [None] * unknown + ["2020-01-01"] * known
    fake = FakeVndb([{"id": f"v{number}", "started": date} for number, date in enumerate(dates, 1)])
    query = ListQuery(LIST_ENTRY, sort="started", user="u3")
    assert await fake.vndb.users.count_unknown(query) == unknown
    assert fake.sent <= 9
