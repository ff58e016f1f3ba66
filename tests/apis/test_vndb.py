"""Questions to VNDB through the real client."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from bot.apis.vndb import policy
from bot.apis.vndb_names import BUILT_IN
from bot.errors import BadAnswer, InvalidInput, NotFound, Rejected, ServiceError, Throttled, TimedOut, Unavailable
from bot.http import Priority, asking
from tests.apis.fake_vndb import URL, FakeVndb, Record
from tests.support.transport import Reply

RECORDS: list[Record] = [{"id": f"v{number}", "title": f"Novel {number}"} for number in range(1, 301) if number % 7]


async def settle(fake: FakeVndb, *tasks: asyncio.Task[object]) -> None:
    for task in tasks:
        await fake.clock.run(task)


async def test_a_hundred_ids_at_once_are_one_request() -> None:
    fake = FakeVndb(RECORDS)
    ids = [str(record["id"]) for record in RECORDS[:100]]
    task = asyncio.ensure_future(asyncio.gather(*(fake.vndb.fetch_vn(one) for one in ids)))
    await fake.clock.run(task)  # type: ignore[arg-type]
    assert [card.vn.id for card in task.result()] == ids
    assert fake.sent == 1
    assert fake.queries[0]["results"] == 100


async def test_a_missing_id_is_not_found_and_the_others_are() -> None:
    fake = FakeVndb(RECORDS)
    there = asyncio.create_task(fake.vndb.fetch_vn("v8"))
    missing = asyncio.create_task(fake.vndb.fetch_vn("v7"))
    await fake.clock.advance(1)
    assert there.result().vn.title == "Novel 8"
    with pytest.raises(NotFound):
        missing.result()
    assert fake.sent == 1


async def test_a_nothing_is_remembered_for_ten_minutes() -> None:
    fake = FakeVndb(RECORDS)
    for wait_s, requests in ((0, 1), (599, 1), (2, 2)):
        await fake.clock.advance(wait_s)
        task = asyncio.create_task(fake.vndb.fetch_vn("v7"))
        await fake.clock.advance(1)
        assert isinstance(task.exception(), NotFound)
        assert fake.sent == requests


async def test_a_novel_is_remembered_for_a_day() -> None:
    fake = FakeVndb(RECORDS)
    for wait_s in (0, 3600):
        await fake.clock.advance(wait_s)
        task = asyncio.create_task(fake.vndb.fetch_vn("v8"))
        await fake.clock.advance(1)
    assert task.result().age_s >= 3600
    assert not task.result().stale
    assert fake.sent == 1


async def test_an_old_novel_is_shown_with_its_age_while_vndb_is_down() -> None:
    fake = FakeVndb(RECORDS)
    task = asyncio.create_task(fake.vndb.fetch_vn("v8"))
    await fake.clock.advance(1)
    fake.reply = Reply(status=500, body=b"Internal server error.\n")
    await fake.clock.advance(2 * 86400)
    for _ in range(2):  # the first reader's refresh finds out
        task = asyncio.create_task(fake.vndb.fetch_vn("v8"))
        await fake.clock.advance(10)
    assert task.result().stale
    assert task.result().age_s > 86400


@pytest.mark.parametrize("text", ["17", "r17", "v", "vx", "v1.5", "v١٧", "", "v-1"])
async def test_what_is_no_id_is_not_asked_for(text: str) -> None:
    fake = FakeVndb()
    with pytest.raises(InvalidInput):
        await fake.vndb.fetch_vn(text)


@pytest.mark.parametrize("text", ["v0", "v12345678", "v" + "9" * 50])
async def test_an_id_no_novel_can_have_spoils_nobodys_batch(text: str) -> None:
    fake = FakeVndb()
    with pytest.raises(NotFound):
        await fake.vndb.fetch_vn(text)
    assert fake.sent == 0


async def test_a_query_is_what_the_server_takes() -> None:
    fake = FakeVndb(RECORDS)
    await fake.vndb.search("novel 8")
    request = fake.transport.sent[0].request
    assert (request.method, request.url) == ("POST", f"{URL}/vn")
    assert dict(request.headers) == {"content-type": "application/json"}
    query = fake.queries[0]
    assert (query["time"], query["sort"], query["filters"]) == (True, "searchrank", ["search", "=", "novel 8"])


async def test_equal_searches_are_one_request() -> None:
    fake = FakeVndb(RECORDS)
    found = await fake.vndb.search("novel 1", results=5)
    again = await fake.vndb.search("  NOVEL\t 1 ")
    assert (len(found.items), found.more, fake.sent) == (5, True, 1)
    assert len(again.items) == 25


@pytest.mark.parametrize("text", ["", "  ", "\x00\n", "\ud800"])
async def test_a_search_needs_text(text: str) -> None:
    with pytest.raises(InvalidInput):
        await FakeVndb().vndb.search(text)


@pytest.mark.parametrize(
    ("reply", "expected", "words"),
    [
        (Reply(status=400, body=b"Invalid 'search' filter: Invalid value.\n"), Rejected, "Invalid value"),
        (Reply(status=401, body=b"Invalid token.\n"), Rejected, "Invalid token"),
        (Reply(status=404, body=b"Not found.\n"), Rejected, "Not found"),
        (Reply(status=429, body=b"Throttled on query execution time.\n"), Throttled, ""),
        (Reply(status=429, body=b"<html>429</html>"), Throttled, ""),
        (Reply(status=500, body=b"Processing timeout\n"), Unavailable, ""),
        (Reply(status=502, body=b"<html>Bad gateway</html>"), Unavailable, ""),
        (Reply(status=302, body=b""), BadAnswer, ""),
        (Reply(body=b"<html>maintenance</html>"), BadAnswer, ""),
        (Reply(body=b""), BadAnswer, ""),
        (Reply(body=b"[]"), BadAnswer, ""),
        (Reply(body=b'{"more":false}'), BadAnswer, ""),
        (Reply(body=b'{"results":{},"more":false}'), BadAnswer, ""),
        (Reply(body=b'{"results":[{"id":'), BadAnswer, ""),
        (Reply(after_s=60), TimedOut, ""),
    ],
)
async def test_what_goes_wrong_is_an_error_of_the_tree(reply: Reply, expected: type[ServiceError], words: str) -> None:
    fake = FakeVndb()
    fake.reply = reply
    task = asyncio.create_task(fake.vndb.search("clannad"))
    await fake.clock.advance(31)
    error = task.exception()
    assert isinstance(error, expected)
    assert words in error.reason


async def test_an_error_is_not_remembered() -> None:
    fake = FakeVndb(RECORDS)
    fake.reply = Reply(body=b'{"results":7}')
    with pytest.raises(BadAnswer):
        await fake.vndb.search("novel 8")
    fake.reply = None
    assert (await fake.vndb.search("novel 8")).items


async def test_what_a_query_cost_reaches_the_account() -> None:
    fake = FakeVndb(RECORDS)
    fake.time_ms = 250
    await fake.vndb.search("novel")
    assert fake.client.lane("vndb").debt_s == pytest.approx(15, abs=0.5)  # pyright: ignore[reportUnknownMemberType]


async def test_execution_time_is_spent_before_the_server_would_refuse() -> None:
    fake = FakeVndb(RECORDS)
    fake.time_ms = 3000
    with asking(fake.clock, within_s=2.5, priority=Priority.COMMAND):
        for number in range(2):
            await fake.vndb.search(f"novel {number}")
        with pytest.raises(Throttled) as caught:
            await fake.vndb.search("novel 2")
    assert caught.value.retry_after_s is not None
    assert fake.sent == 2


async def test_names_of_the_schema_are_asked_for_once_a_day() -> None:
    fake = FakeVndb()
    fake.get["schema"] = b'{"enums":{"language":[{"id":"tlh","label":"Klingon"}]}}'
    for _ in range(3):
        assert (await fake.vndb.fetch_schema()).language("tlh") == "Klingon"
    assert fake.sent == 1


@pytest.mark.parametrize(
    "reply", [Reply(status=500), Reply(body=b"<html>"), Reply(body=b'{"enums":5}'), Reply(after_s=4)]
)
async def test_names_are_built_in_when_the_schema_is_away(reply: Reply) -> None:
    fake = FakeVndb()
    fake.reply = reply
    task = asyncio.create_task(fake.vndb.fetch_schema())
    await fake.clock.advance(1.01)  # longer nobody waits for names
    assert task.result() is BUILT_IN
    asked = fake.sent
    assert await fake.vndb.fetch_schema() is BUILT_IN
    assert fake.sent == asked


async def test_the_schema_is_asked_for_again_when_vndb_is_back() -> None:
    fake = FakeVndb()
    fake.reply = Reply(status=500)
    task = asyncio.create_task(fake.vndb.fetch_schema())
    await fake.clock.advance(61)
    assert task.done()
    fake.reply = Reply(body=msgspec.json.encode({"enums": {"platform": [{"id": "ps9", "label": "PlayStation 9"}]}}))
    assert (await fake.vndb.fetch_schema()).platform("ps9") == "PlayStation 9"


async def test_statistics_are_read() -> None:
    fake = FakeVndb()
    fake.get["stats"] = b'{"chars":15,"producers":21,"releases":64,"staff":21,"tags":19,"traits":18,"vn":35}'
    stats = await fake.vndb.fetch_stats()
    assert (stats.vn, stats.releases) == (35, 64)


async def test_odd_statistics_are_a_bad_answer_and_not_kept() -> None:
    fake = FakeVndb()
    fake.get["stats"] = b"7"
    with pytest.raises(BadAnswer):
        await fake.vndb.fetch_stats()
    fake.get["stats"] = b'{"vn":35}'
    assert (await fake.vndb.fetch_stats()).vn == 35


async def test_only_searchable_tags_are_found_and_once() -> None:
    fake = FakeVndb(
        [
            {"id": "g1", "name": "Horror", "searchable": True},
            {"id": "g2", "name": "Horror group", "searchable": False},
            {"id": "g3", "name": "Horror Comedy", "searchable": True, "aliases": ["Funny"]},
        ]
    )
    assert [tag.id for tag in await fake.vndb.search_tags("horr")] == ["g1", "g3"]
    assert [tag.id for tag in await fake.vndb.search_tags("horror com")] == ["g3"]
    assert fake.sent == 1
    assert fake.transport.sent[0].request.url == f"{URL}/tag"


async def test_tags_never_raise() -> None:
    fake = FakeVndb()
    fake.reply = Reply(status=400, body=b"no")
    assert await fake.vndb.search_tags("horror") == []


def test_the_policy_holds_the_published_limits() -> None:
    limits = policy()
    assert [(window.count, window.seconds) for window in limits.windows] == [(200, 300.0)]
    assert limits.time_account is not None
    assert (limits.time_account.debt_per_s, limits.time_account.refuse_at_s) == (60.0, 300.0)
