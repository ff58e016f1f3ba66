"""Imports in the database, of both kinds."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from typing import Any, cast

import pytest

from bot.account.seal import Sealer
from bot.account.token import Tokens
from bot.http import Secret
from bot.store.store import Store
from bot.transfer.plan import Plan, Row, Summary
from bot.transfer.record import KEPT_S, LEASE_S, PORTION, UNREADABLE, ImportRecords, Job, Settled
from bot.vndb.api.list_change import EntryChange
from tests.store.database import IMPORT_KEY, fetch_everything, run_sql
from tests.support.clock import FakeClock

PERSON = 80351110224678912
SEALER = Sealer([IMPORT_KEY])


class NotingSealer(Sealer):
    """Notes the threads that it seals and opens in."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        super().__init__(keys)
        self.threads: list[int] = []

    def seal(self, secret: Secret, *, person: int) -> str:
        self.threads.append(threading.get_ident())
        return super().seal(secret, person=person)

    def open(self, sealed: str, *, person: int) -> Secret:
        self.threads.append(threading.get_ident())
        return super().open(sealed, person=person)


SUMMARY = Summary(
    file_name="list.csv",
    account="testreader",
    entries=3,
    new=2,
    changed=1,
    same=0,
    releases=1,
    differs={"vote": 1},
    unknown=("v999",),
    unknown_count=1,
    labels={"Nakige": 1},
    label_count=1,
    problems=(),
    left_out=0,
)
ROWS = [
    Row("v17", "Ever17", EntryChange(vote=85, notes="mine alone", labels_set=(2,)), is_new=False),
    Row("v4", "Clannad", EntryChange(), is_new=True),
    Row("r40", "Ever17", 3, is_new=True),
]


@pytest.fixture
async def records(store: Store, clock: FakeClock) -> ImportRecords:
    tokens = Tokens(store.database, SEALER, clock=clock)
    await tokens.keep(PERSON, Secret("efsobr1czbzoyjah4u8ybtma56pogbzk"), uid="u3", name="x", permissions=())
    return ImportRecords(store.database, SEALER)


async def offer(records: ImportRecords, clock: FakeClock, rows: list[Row] = ROWS) -> Job:
    job = await records.offer(PERSON, "u3", Plan(rows, SUMMARY), now_s=int(clock.time()))
    assert job is not None
    return job


async def begin(records: ImportRecords, clock: FakeClock, *, overwrite: bool = True) -> Job:
    job = await offer(records, clock)
    assert await records.begin(PERSON, job.created_s, overwrite=overwrite, now_s=int(clock.time()))
    return job


async def test_what_is_offered_comes_back_as_it_was(records: ImportRecords, clock: FakeClock) -> None:
    job = await offer(records, clock)
    assert (job.state, job.summary) == ("offered", SUMMARY)
    assert await records.list_first(PERSON, 5) == ROWS
    assert await records.claim(now_s=int(clock.time())) == []


async def test_thousands_of_rows_are_kept_and_given_a_portion_at_a_time(
    records: ImportRecords, clock: FakeClock
) -> None:
    rows = [Row(f"v{number}", "x", EntryChange(vote=50), is_new=True) for number in range(1, 2001)]
    await offer(records, clock, rows)
    assert await records.count(PERSON) == {"waiting": 2000}
    assert [task.number for task in await records.list_tasks(PERSON)] == list(range(PORTION))


async def test_what_is_kept_is_not_written(records: ImportRecords, clock: FakeClock) -> None:
    await begin(records, clock, overwrite=False)
    assert await records.count(PERSON) == {"kept": 1, "waiting": 2}
    assert [task.row.target for task in await records.list_tasks(PERSON)] == ["v4", "r40"]


async def test_it_is_begun_once_and_nothing_comes_in_its_place(records: ImportRecords, clock: FakeClock) -> None:
    job = await begin(records, clock)
    now_s = int(clock.time())
    assert not await records.begin(PERSON, job.created_s, overwrite=False, now_s=now_s)
    assert await records.offer(PERSON, "u3", Plan(ROWS, SUMMARY), now_s=now_s) is None
    assert not await records.discard(PERSON, job.created_s)
    assert await records.stop(PERSON, job.created_s, now_s=now_s)
    assert await records.offer(PERSON, "u3", Plan(ROWS, SUMMARY), now_s=now_s) is None
    assert await records.discard(PERSON, job.created_s)
    assert await records.count(PERSON) == {}


async def test_a_process_has_it_until_its_lease_is_over(store: Store, records: ImportRecords, clock: FakeClock) -> None:
    job = await begin(records, clock)
    other = ImportRecords(store.database, SEALER)
    now_s = int(clock.time())
    assert [one.created_s for one in await records.claim(now_s=now_s)] == [job.created_s]
    assert await other.claim(now_s=now_s + LEASE_S - 1) == []
    assert await records.begin_row(job, 0, now_s=now_s + 30)
    assert not await other.begin_row(job, 1, now_s=now_s)
    assert await other.claim(now_s=now_s + 30 + LEASE_S - 1) == []
    assert len(await other.claim(now_s=now_s + 30 + LEASE_S)) == 1
    assert not await records.begin_row(job, 1, now_s=now_s)
    await other.release()
    assert len(await records.claim(now_s=now_s)) == 1


async def test_what_was_begun_is_told_apart(records: ImportRecords, clock: FakeClock) -> None:
    job = await begin(records, clock)
    now_s = int(clock.time())
    await records.claim(now_s=now_s)
    assert await records.begin_row(job, 0, now_s=now_s)
    await records.settle(job, [Settled(1, "refused", 1, "why")], now_s=now_s)
    assert [(task.number, task.begun) for task in await records.list_tasks(PERSON)] == [(0, True), (2, False)]
    assert await records.list_refused(PERSON, 5) == [("Clannad", "why")]


@pytest.mark.parametrize("state", ["offered", "stopped", "done", "running"])
async def test_what_is_over_is_forgotten_after_a_day(records: ImportRecords, clock: FakeClock, state: str) -> None:
    job = await (offer(records, clock) if state == "offered" else begin(records, clock))
    now_s = int(clock.time())
    if state in {"stopped", "done"}:
        await (records.stop if state == "stopped" else records.finish)(PERSON, job.created_s, now_s=now_s)
    await records.prune(now_s=now_s + KEPT_S - 1)
    assert await records.find(PERSON) is not None
    await records.prune(now_s=now_s + KEPT_S)
    assert (await records.find(PERSON) is None) == (state != "running")


@pytest.mark.parametrize("linked", ["", "u9"])
async def test_who_unlinks_or_links_another_account_loses_it(
    store: Store, records: ImportRecords, clock: FakeClock, linked: str
) -> None:
    job = await begin(records, clock)
    tokens = Tokens(store.database, SEALER, clock=clock)
    await records.claim(now_s=int(clock.time()))
    await tokens.remove(PERSON)
    if linked:
        await tokens.keep(PERSON, Secret("x"), uid=linked, name="y", permissions=())
    assert not await records.begin_row(job, 0, now_s=int(clock.time()))
    await records.prune(now_s=int(clock.time()))
    assert await records.find(PERSON) is None
    assert await records.count(PERSON) == {}


async def test_all_of_it_is_in_the_export_and_goes_with_the_person(
    store: Store, records: ImportRecords, clock: FakeClock
) -> None:
    await begin(records, clock)
    exported = json.loads(json.dumps((await store.export_person(PERSON))["vndb_import"]))
    assert exported[0]["state"] == "running"
    assert exported[0]["rows"][0]["change"] == {"vote": 85, "notes": "mine alone", "labels_set": [2]}
    assert (await store.export_person(PERSON + 1))["vndb_import"] == []
    assert await store.delete_person(PERSON) >= 1 + len(ROWS)
    assert (await store.export_person(PERSON))["vndb_import"] == []
    assert await records.count(PERSON) == {}


async def test_thousands_of_rows_hold_nobody_up_while_they_are_sealed_and_opened(
    store: Store, clock: FakeClock
) -> None:
    sealer = NotingSealer([IMPORT_KEY])
    records = ImportRecords(store.database, sealer)
    await offer(records, clock)
    async with store.database.read() as connection:
        await records.export(connection, PERSON)
    here = sealer.threads.count(threading.get_ident())
    assert here == 2, "the thread of the loop opens what is told of the file, a few lines, and nothing else"
    assert len(sealer.threads) - here == 2 * len(ROWS) + 1


async def test_what_cannot_be_read_is_in_the_export_as_it_is(
    store: Store, records: ImportRecords, clock: FakeClock, url: str
) -> None:
    await begin(records, clock)
    await run_sql(url, "UPDATE list_import SET summary = '{'", "UPDATE list_import_row SET change = '['")
    exported = json.loads(json.dumps((await store.export_person(PERSON))["vndb_import"]))
    assert (exported[0]["summary"], {one["change"] for one in exported[0]["rows"]}) == ("{", {"["})


async def test_notes_lie_sealed_and_one_that_was_begun_before_goes_on(
    records: ImportRecords, store: Store, clock: FakeClock, url: str
) -> None:
    await begin(records, clock)
    assert "mine alone" not in await fetch_everything(url)
    assert (await records.list_tasks(PERSON))[0].row == ROWS[0]
    other_key = ImportRecords(store.database, Sealer([b"o" * 32]))
    assert await other_key.list_first(PERSON, 5) == []
    async with store.database.read() as connection:
        (exported,) = cast("list[Any]", await other_key.export(connection, PERSON))
    assert [row["change"] for row in exported["rows"]] == [UNREADABLE] * len(ROWS)
    await run_sql(url, 'UPDATE list_import_row SET change = \'{"notes": "mine alone"}\' WHERE number = 0')
    assert (await records.list_tasks(PERSON))[0].row.change == EntryChange(notes="mine alone")


async def test_what_another_version_wrote_down_otherwise_holds_up_nothing(
    records: ImportRecords, clock: FakeClock, url: str
) -> None:
    await begin(records, clock)
    await run_sql(
        url,
        """UPDATE list_import SET summary = '{"entries": "many"}'""",
        'UPDATE list_import_row SET change = \'{"vote": "high"}\' WHERE number = 0',
    )
    assert [one.summary for one in await records.claim(now_s=int(clock.time()))] == [Summary()]
    assert [task.number for task in await records.list_tasks(PERSON)] == [1, 2]
    assert await records.list_refused(PERSON, 5) == [("Ever17", UNREADABLE)]
    assert [row.target for row in await records.list_first(PERSON, 5)] == ["v4", "r40"]
