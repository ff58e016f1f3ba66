"""Questions to VNDB through the real client."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from bot.errors import (
    BadAnswer,
    InvalidInput,
    NotFound,
    QueryTimedOut,
    Rejected,
    ServiceError,
    Throttled,
    TimedOut,
    Unavailable,
    UnknownToken,
)
from bot.http import Lifetime, Priority, asking
from bot.service.record import Card
from bot.vndb.api import where
from bot.vndb.api.client import policy
from bot.vndb.api.filter import Filter, all_of
from bot.vndb.api.kind import RELEASE, STAFF, VN, VN_DETAILS
from bot.vndb.api.model import Vn
from bot.vndb.api.names import BUILT_IN
from bot.vndb.api.query import ListQuery
from tests.support.transport import Reply
from tests.vndb.fake import URL, FakeVndb, Record

RECORDS: list[Record] = [{"id": f"v{number}", "title": f"Novel {number}"} for number in range(1, 301) if number % 7]
UNTIL_MIDNIGHT_S = 16 * 3600  # the clock begins at 08:00 UTC


async def test_eighty_ids_at_once_are_one_request() -> None:
    fake = FakeVndb(RECORDS)
    ids = [str(record["id"]) for record in RECORDS[:80]]
    task = asyncio.ensure_future(asyncio.gather(*(fake.vndb.fetch(VN, one) for one in ids)))
    await fake.clock.run(task)  # type: ignore[arg-type]
    assert [card.entry.id for card in task.result()] == ids
    assert fake.sent == 1
    assert fake.queries[0]["results"] == 80


async def test_more_ids_than_the_server_gives_at_once_are_all_found() -> None:
    fake = FakeVndb(RECORDS)
    ids = [str(record["id"]) for record in RECORDS[:250]]
    task = asyncio.ensure_future(asyncio.gather(*(fake.vndb.fetch(VN, one) for one in ids)))
    await fake.clock.run(task)  # type: ignore[arg-type]
    assert [card.entry.id for card in task.result()] == ids
    assert fake.sent == 4


async def test_two_sides_of_a_novel_are_two_questions() -> None:
    fake = FakeVndb(RECORDS)
    for kind in (VN, VN_DETAILS, VN):
        task = asyncio.create_task(fake.vndb.fetch(kind, "v8"))
        await fake.clock.run(task)
    assert [query["fields"] for query in fake.queries] == [VN.card_fields, VN_DETAILS.card_fields]


async def test_of_somebodys_names_the_main_one_is_asked_for() -> None:
    fake = FakeVndb([{"id": "s33", "aid": 142, "ismain": 1}])
    task = asyncio.create_task(fake.vndb.fetch(STAFF, "s33"))
    await fake.clock.run(task)
    assert task.result().entry.aid == 142
    assert fake.queries[0]["filters"] == ["and", ["id", "=", "s33"], ["ismain", "=", 1]]


async def test_a_missing_id_is_not_found_and_the_others_are() -> None:
    fake = FakeVndb(RECORDS)
    there = asyncio.create_task(fake.vndb.fetch(VN, "v8"))
    missing = asyncio.create_task(fake.vndb.fetch(VN, "v7"))
    await fake.clock.advance(1)
    assert there.result().entry.title == "Novel 8"
    with pytest.raises(NotFound):
        missing.result()
    assert fake.sent == 1


async def test_a_nothing_is_remembered_for_ten_minutes() -> None:
    fake = FakeVndb(RECORDS)
    for wait_s, requests in ((0, 1), (599, 1), (2, 2)):
        await fake.clock.advance(wait_s)
        task = asyncio.create_task(fake.vndb.fetch(VN, "v7"))
        await fake.clock.advance(1)
        assert isinstance(task.exception(), NotFound)
        assert fake.sent == requests


async def test_a_novel_is_remembered_for_a_day() -> None:
    fake = FakeVndb(RECORDS)
    for wait_s in (0, 3600):
        await fake.clock.advance(wait_s)
        task = asyncio.create_task(fake.vndb.fetch(VN, "v8"))
        await fake.clock.advance(1)
    assert task.result().age_s >= 3600
    assert not task.result().stale
    assert fake.sent == 1


async def test_an_old_novel_is_shown_with_its_age_while_vndb_is_down() -> None:
    fake = FakeVndb(RECORDS)
    task = asyncio.create_task(fake.vndb.fetch(VN, "v8"))
    await fake.clock.advance(1)
    fake.reply = Reply(status=500, body=b"Internal server error.\n")
    await fake.clock.advance(2 * 86400)
    for _ in range(2):  # the first reader's refresh finds out
        task = asyncio.create_task(fake.vndb.fetch(VN, "v8"))
        await fake.clock.advance(10)
    assert task.result().stale
    assert task.result().age_s > 86400


async def test_zeros_before_a_number_do_not_matter() -> None:
    fake = FakeVndb(RECORDS)
    task = asyncio.create_task(fake.vndb.fetch(VN, "v008"))
    await fake.clock.run(task)
    assert task.result().entry.id == "v8"


@pytest.mark.parametrize("text", ["17", "r17", "v", "vx", "v1.5", "v١٧", "", "v-1"])
async def test_what_is_no_id_is_not_asked_for(text: str) -> None:
    fake = FakeVndb()
    with pytest.raises(InvalidInput):
        await fake.vndb.fetch(VN, text)


@pytest.mark.parametrize("text", ["v0", "v12345678", "v" + "9" * 50])
async def test_an_id_no_novel_can_have_spoils_nobodys_batch(text: str) -> None:
    fake = FakeVndb()
    with pytest.raises(NotFound):
        await fake.vndb.fetch(VN, text)
    assert fake.sent == 0


async def test_a_query_is_what_the_server_takes() -> None:
    fake = FakeVndb(RECORDS)
    await fake.vndb.search(VN, "novel 8")
    request = fake.transport.sent[0].request
    assert (request.method, request.url) == ("POST", f"{URL}/vn")
    assert dict(request.headers) == {"content-type": "application/json"}
    query = fake.queries[0]
    assert (query["time"], query["sort"], query["filters"]) == (True, "searchrank", ["search", "=", "novel 8"])


async def test_a_text_of_any_length_is_asked_for_whole() -> None:
    fake = FakeVndb(RECORDS)
    await fake.vndb.search(VN, "novel ㌔" * 100)  # one sign that is two in the form that is sent
    assert fake.queries[0]["filters"] == ["search", "=", ("novel キロ" * 100)]


async def test_equal_searches_are_one_request() -> None:
    fake = FakeVndb(RECORDS)
    found = await fake.vndb.search(VN, "novel 1", results=5)
    again = await fake.vndb.search(VN, "  NOVEL\t 1 ")
    assert (len(found.items), found.more, fake.sent) == (5, True, 1)
    assert len(again.items) == 25


@pytest.mark.parametrize("text", ["", "  ", "\x00\n", "\ud800"])
async def test_a_search_needs_text(text: str) -> None:
    with pytest.raises(InvalidInput):
        await FakeVndb().vndb.search(VN, text)


@pytest.mark.parametrize(
    ("reply", "expected", "words"),
    [
        (Reply(status=400, body=b"Invalid 'search' filter: Invalid value.\n"), Rejected, "Invalid value"),
        (Reply(status=401, body=b"Invalid token.\n"), UnknownToken, ""),
        (Reply(status=404, body=b"Not found.\n"), Rejected, "Not found"),
        (Reply(status=429, body=b"Throttled on query execution time.\n"), Throttled, ""),
        (Reply(status=429, body=b"<html>429</html>"), Throttled, ""),
        (Reply(status=500, body=b"Processing timeout\n"), QueryTimedOut, ""),
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
    task = asyncio.create_task(fake.vndb.search(VN, "clannad"))
    await fake.clock.advance(31)
    error = task.exception()
    assert isinstance(error, expected)
    assert words in error.reason


async def test_a_query_that_is_too_much_is_not_repeated_and_its_time_is_counted() -> None:
    fake = FakeVndb()
    fake.reply = Reply(status=500, body=b"Processing timeout\n", after_s=4.3)
    task = asyncio.create_task(fake.vndb.search(VN, "clannad"))
    await fake.clock.run(task)
    assert isinstance(task.exception(), QueryTimedOut)
    assert fake.sent == 1
    assert fake.client.lane("VNDB").debt_s == pytest.approx(258, abs=1)


async def test_an_error_is_not_remembered() -> None:
    fake = FakeVndb(RECORDS)
    fake.reply = Reply(body=b'{"results":7}')
    with pytest.raises(BadAnswer):
        await fake.vndb.search(VN, "novel 8")
    fake.reply = None
    assert (await fake.vndb.search(VN, "novel 8")).items


async def test_what_a_query_cost_reaches_the_account() -> None:
    fake = FakeVndb(RECORDS)
    fake.time_ms, fake.after_s = 250, 0.3
    await fake.clock.run(asyncio.create_task(fake.vndb.search(VN, "novel")))
    assert fake.client.lane("VNDB").debt_s == pytest.approx(15, abs=0.5)  # pyright: ignore[reportUnknownMemberType]


async def test_execution_time_is_spent_before_the_server_would_refuse() -> None:
    fake = FakeVndb(RECORDS)
    fake.time_ms, fake.after_s = 3000, 3.0
    for number in range(2):
        await fake.clock.run(asyncio.create_task(fake.vndb.search(VN, f"novel {number}")))
    with asking(fake.clock, within_s=2.5, priority=Priority.COMMAND), pytest.raises(Throttled) as caught:
        await fake.vndb.search(VN, "novel 2")
    assert caught.value.retry_after_s is not None
    assert fake.sent == 2


async def test_names_of_the_schema_are_asked_for_once_a_day() -> None:
    fake = FakeVndb()
    fake.get["schema"] = b'{"enums":{"language":[{"id":"tlh","label":"Klingon"}]}}'
    for _ in range(3):
        assert (await fake.vndb.fetch_names()).language("tlh") == "Klingon"
    assert fake.sent == 1


@pytest.mark.parametrize(
    "reply", [Reply(status=500), Reply(body=b"<html>"), Reply(body=b'{"enums":5}'), Reply(after_s=4)]
)
async def test_names_are_built_in_when_the_schema_is_away(reply: Reply) -> None:
    fake = FakeVndb()
    fake.reply = reply
    task = asyncio.create_task(fake.vndb.fetch_names())
    await fake.clock.advance(1.01)  # longer nobody waits for names
    assert task.result() is BUILT_IN
    asked = fake.sent
    assert await fake.vndb.fetch_names() is BUILT_IN
    assert fake.sent == asked


async def test_the_schema_is_asked_for_again_when_vndb_is_back() -> None:
    fake = FakeVndb()
    fake.reply = Reply(status=500)
    task = asyncio.create_task(fake.vndb.fetch_names())
    await fake.clock.advance(61)
    assert task.done()
    fake.reply = Reply(body=msgspec.json.encode({"enums": {"platform": [{"id": "ps9", "label": "PlayStation 9"}]}}))
    assert (await fake.vndb.fetch_names()).platform("ps9") == "PlayStation 9"


async def test_statistics_are_read() -> None:
    fake = FakeVndb()
    fake.get["stats"] = b'{"chars":15,"producers":21,"releases":64,"staff":21,"tags":19,"traits":18,"vn":35}'
    stats = (await fake.vndb.fetch_stats()).entry
    assert (stats.vn, stats.releases) == (35, 64)


async def test_odd_statistics_are_a_bad_answer_and_not_kept() -> None:
    fake = FakeVndb()
    fake.get["stats"] = b"7"
    with pytest.raises(BadAnswer):
        await fake.vndb.fetch_stats()
    fake.get["stats"] = b'{"vn":35}'
    assert (await fake.vndb.fetch_stats()).entry.vn == 35


async def test_an_entry_of_a_strange_id_is_left_out() -> None:
    fake = FakeVndb()
    fake.reply = Reply(body=b'{"results":[{"id":"v1"},{"id":"r2"},{"id":"v03"},{"id":"v4"}],"more":false}')
    assert [vn.id for vn in (await fake.vndb.fetch_list(ListQuery(VN))).items] == ["v1", "v4"]


async def fetch_or_fail(fake: FakeVndb, vn_id: str) -> object:
    task = asyncio.create_task(fake.vndb.fetch(VN, vn_id))
    await fake.clock.run(task)
    return task.exception() or task.result()


ODD_ROWS = ['{"id":17}', "null", "{}", '{"id":"r17"}', '{"id":"v0"},7']


@pytest.mark.parametrize("rows", ODD_ROWS)
async def test_rows_of_which_none_can_be_read_are_not_nothing_and_not_kept(rows: str) -> None:
    fake = FakeVndb(RECORDS)
    fake.reply = Reply(body=f'{{"results":[{rows}],"more":false}}'.encode())
    with pytest.raises(BadAnswer):
        await fake.vndb.search(VN, "novel 8")
    with pytest.raises(BadAnswer):
        await fake.vndb.fetch_list(ListQuery(VN))
    assert isinstance(await fetch_or_fail(fake, "v8"), BadAnswer)
    with pytest.raises(BadAnswer):
        await fake.vndb.fetch_random_quote()
    fake.reply = None
    assert (await fake.vndb.search(VN, "novel 8")).items
    assert (await fake.vndb.fetch_list(ListQuery(VN))).items
    assert isinstance(await fetch_or_fail(fake, "v8"), Card)


async def test_an_entry_without_a_row_is_not_missing_where_a_row_cannot_be_read() -> None:
    fake = FakeVndb()
    fake.reply = Reply(body=b'{"results":[{"id":"v1"},{"id":2}],"more":false}')
    first, second = await asyncio.gather(fetch_or_fail(fake, "v1"), fetch_or_fail(fake, "v2"))
    assert isinstance(first, Card)
    assert isinstance(second, BadAnswer)


async def test_a_list_has_pages_and_a_count() -> None:
    fake = FakeVndb(RECORDS)
    query = ListQuery(VN, page=2, results=10, count=True)
    found = await fake.vndb.fetch_list(query)
    assert [vn.id for vn in found.items] == [record["id"] for record in RECORDS[10:20]]
    assert (found.count, found.more) == (len(RECORDS), True)


async def test_a_list_is_asked_for_again_as_soon_as_it_was_wanted_to_be() -> None:
    fake = FakeVndb(RECORDS)
    for _ in range(2):
        await fake.vndb.fetch_list(ListQuery(VN), lifetime=Lifetime(fresh_s=1800.0, stale_s=0.0, empty_s=600.0))
        await fake.clock.advance(1801)
    assert len(fake.queries) == 2


async def test_past_the_last_page_there_is_no_count() -> None:
    fake = FakeVndb(RECORDS[:35])
    found = await fake.vndb.fetch_list(ListQuery(VN, page=99, results=10, count=True))
    assert (found.items, found.count, found.more) == ([], None, False)


async def test_an_empty_list_counts_nothing() -> None:
    assert (await FakeVndb().vndb.fetch_list(ListQuery(VN, count=True))).count == 0


async def test_a_list_is_fresh_for_a_day_and_then_renewed_behind_its_readers() -> None:
    fake = FakeVndb(RECORDS)
    for wait_s, asked in ((0, 1), (86_000, 1), (1_000, 2)):
        await fake.clock.advance(wait_s)
        found = await fake.vndb.fetch_list(ListQuery(VN))
        await fake.clock.settle()
        assert fake.sent == asked
    assert found.age_s == 87_000


@pytest.mark.parametrize(
    ("filters", "asked"),
    [
        (where.VN.label.eq(("u3", 5)), 2),
        (all_of(where.VN.id.ge("v1"), where.VN.label.eq(("u3", 5))), 2),
        (where.VN.id.ge("v1"), 1),
    ],
)
async def test_what_somebodys_list_decides_is_fresh_for_ten_minutes(filters: Filter[Vn], asked: int) -> None:
    fake = FakeVndb(RECORDS)
    for wait_s in (0, 700):
        await fake.clock.advance(wait_s)
        await fake.vndb.fetch_list(ListQuery(VN, filters))
        await fake.clock.settle()
    assert fake.sent == asked


@pytest.mark.parametrize("later_s", [2 * 3600.0, 3 * 86_400.0])
async def test_what_is_found_by_the_day_is_asked_for_anew_on_another_day(later_s: float) -> None:
    """Yesterday's answer says of what came out today that it is still to come."""
    fake = FakeVndb([{"id": "r1", "released": "today"}])  # as the fake compares it
    later: Record = {"id": "r2", "released": "today"}
    query = ListQuery(RELEASE, where.RELEASE.released.gt("today"))

    async def ask() -> list[str]:
        task = asyncio.create_task(fake.vndb.fetch_list(query))
        await fake.clock.run(task)
        return [release.id for release in task.result().items]

    await fake.clock.advance(UNTIL_MIDNIGHT_S - 60)
    assert await ask() == ["r1"]
    fake.records = [later]
    await fake.clock.advance(later_s)
    assert await ask() == ["r2"]


async def test_what_is_drawn_by_the_day_is_drawn_anew_on_another_day() -> None:
    fake = FakeVndb([{"id": "v1", "released": "today"}])
    later: Record = {"id": "v2", "released": "today"}

    async def draw() -> str:
        task = asyncio.create_task(fake.vndb.fetch_random(where.VN.released.ge("today")))
        await fake.clock.run(task)
        return task.result().card.entry.id

    await fake.clock.advance(UNTIL_MIDNIGHT_S - 60)
    assert await draw() == "v1"
    fake.records = [later]
    await fake.clock.advance(2 * 3600)
    assert await draw() == "v2"


async def test_a_page_too_large_for_one_query_is_put_together() -> None:
    fake = FakeVndb(RECORDS)
    fields = "title,screenshots{url,release{title,vns{title,tags.name}}}"
    found = await fake.vndb.fetch_list(ListQuery(VN, fields=fields, results=60, page=2, count=True))
    assert [vn.id for vn in found.items] == [record["id"] for record in RECORDS[60:120]]
    assert (found.more, found.count) == (True, len(RECORDS))
    assert fake.sent > 1


async def test_no_more_is_asked_for_than_there_is() -> None:
    fake = FakeVndb(RECORDS[:3])
    fields = "title,screenshots{url,release{title,vns{title,tags.name}}}"
    found = await fake.vndb.fetch_list(ListQuery(VN, fields=fields, results=60))
    assert (len(found.items), found.more, fake.sent) == (3, False, 1)


async def test_an_advanced_search_becomes_a_filter_and_is_remembered() -> None:
    fake = FakeVndb()
    fake.normalized_filters = ["and", ["olang", "=", "ja"], ["released", ">=", 20100101]]
    for _ in range(2):
        wanted = await fake.vndb.normalise(VN, "033gja72_0bG5k80j")
        assert wanted.json == ("and", ("olang", "=", "ja"), ("released", ">=", "2010-01-01"))
    assert (fake.sent, fake.queries[0]["results"], fake.queries[0]["filters"]) == (1, 0, "033gja72_0bG5k80j")


async def test_an_advanced_search_that_vndb_refuses_is_the_persons_and_is_remembered() -> None:
    fake = FakeVndb()
    fake.reply = Reply(status=400, body=b"Invalid 'filters' member: Invalid compact encoded form\n")
    for _ in range(2):
        with pytest.raises(InvalidInput, match="VNDB understands"):
            await fake.vndb.normalise(VN, "zzzz")
    assert fake.sent == 1


@pytest.mark.parametrize("text", ["", "zzzz!!", '["id","=","v17"', "a" * 5000])
async def test_what_is_no_advanced_search_is_not_asked_about(text: str) -> None:
    fake = FakeVndb()
    with pytest.raises(InvalidInput):
        await fake.vndb.normalise(VN, text)
    assert fake.sent == 0


async def test_an_advanced_search_for_anything_is_none() -> None:
    with pytest.raises(InvalidInput):
        await FakeVndb().vndb.normalise(VN, "022gja")


@pytest.mark.parametrize("reply", [Reply(status=502), Reply(status=401), Reply(body=b'{"results":[]}')])
async def test_what_an_advanced_search_means_may_not_be_known_now(reply: Reply) -> None:
    fake = FakeVndb()
    fake.reply = reply
    task = asyncio.create_task(fake.vndb.normalise(VN, "022gja"))
    await fake.clock.run(task)
    assert isinstance(task.exception(), ServiceError)
    fake.reply, fake.normalized_filters = None, ["olang", "=", "ja"]
    assert (await fake.vndb.normalise(VN, "022gja")).nodes == 1


def test_the_policy_holds_the_published_limits() -> None:
    limits = policy()
    assert [(window.count, window.seconds) for window in limits.windows] == [(200, 300.0)]
    assert limits.time_account is not None
    assert (limits.time_account.debt_per_s, limits.time_account.refuse_at_s) == (60.0, 300.0)
