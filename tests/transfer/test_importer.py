"""Imports, written over a real socket to the sample VNDB, out of a real database: each row once, whatever happens."""

from __future__ import annotations

import asyncio
import random
import shutil
import sys
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import update

from bot.account.seal import Sealer
from bot.account.token import HeldToken, Tokens
from bot.http import AiohttpTransport, Client, MemoryCache, Secret, SystemClock
from bot.playground.service import SampleVndb, start_sample_services
from bot.playground.service.fault import Fault
from bot.playground.service.query_error import QueryError
from bot.playground.service.sample import Call
from bot.playground.service.vndb.entry import Listed
from bot.playground.service.vndb.list import UserList
from bot.playground.service.vndb.token import Access
from bot.playground.service.vndb.token import Tokens as SampleTokens
from bot.store.store import Store, open_store
from bot.store.table import list_import_row
from bot.transfer.importer import FAILED, GONE, UNREAD, Importer
from bot.transfer.plan import Plan, Row, Summary
from bot.transfer.record import PORTION, ImportRecords, Job
from bot.vndb.api.client import Vndb, policy
from bot.vndb.api.list_change import EntryChange

ROOT = Path(__file__).parents[2]
TOKEN, NEXT = "efsobr1czbzoyjah4u8ybtma56pogbzk", "7ycyyyyy9juob4bryo7ybjjna34yqxxf"
BOTH = frozenset({"listread", "listwrite"})
PERSON, KEY = 80351110224678912, b"k" * 32
SUMMARY = Summary(file_name="list.csv", account="testreader")


@dataclass
class Running:
    """An import, and what it talks to. `faults` are what the next writes meet; `on_write` says it
    in their place, by what is written.
    """

    service: SampleVndb
    store: Store
    url: str
    clients: list[Client] = field(default_factory=list[Client])
    faults: list[Fault | None] = field(default_factory=list[Fault | None])
    on_write: Callable[[str], Fault | None] | None = None
    written: Counter[str] = field(default_factory=Counter[str])
    """How often each novel or release was really written."""

    def __post_init__(self) -> None:
        self.service.choose_fault = self._choose_fault
        self.records = ImportRecords(self.store.database, Sealer([KEY]))
        self.store.hold(self.records)
        self.tokens = Tokens(self.store.database, Sealer([KEY]), clock=SystemClock())
        self.store.hold(self.tokens)

    def _choose_fault(self, call: Call) -> Fault | None:
        if call.request.method != "PATCH":
            return None
        target = call.request.path.rsplit("/", 1)[1]
        fault = self.faults.pop(0) if self.faults else None
        fault = fault if self.on_write is None else self.on_write(target)
        if fault in {None, "lost"} and self._is_known(call.request.headers["Authorization"]):
            self.written[target] += 1
        return fault

    def _is_known(self, authorization: str) -> bool:
        try:
            return self.service.tokens.find(authorization).writes
        except QueryError:
            return False

    def build_importer(
        self, on_change: Callable[[int], Awaitable[None]] | None = None, records: ImportRecords | None = None
    ) -> Importer:
        clock = SystemClock()
        transport = AiohttpTransport("tests")
        client = Client(transport, clock=clock, cache=MemoryCache(), policies=[policy()], rng=random.Random(1))
        self.clients.append(client)
        vndb = Vndb(client, base_url=self.service.api_url, rng=random.Random(1))
        return Importer(
            records or self.records,
            self.tokens,
            vndb,
            put_back=_put_nothing_back,
            on_change=on_change or _hear_nothing,
            clock=clock,
        )

    @property
    def list(self) -> UserList:
        found = self.service.lists.find("u3")
        assert found is not None
        return found

    async def link(self, token: str = TOKEN) -> None:
        await self.tokens.keep(PERSON, Secret(token), uid="u3", name="testreader", permissions=BOTH)

    async def begin(self, rows: Sequence[Row], *, overwrite: bool = True) -> Job:
        """An import of these rows, begun."""
        await self.link()
        now_s = int(SystemClock().time())
        job = await self.records.offer(PERSON, "u3", Plan(list(rows), SUMMARY), now_s=now_s)
        assert job is not None
        assert await self.records.begin(PERSON, job.created_s, overwrite=overwrite, now_s=now_s)
        return job

    async def find(self) -> Job:
        job = await self.records.find(PERSON)
        assert job is not None
        return job


async def _hear_nothing(_user_id: int) -> None:
    """Nobody looks."""


async def _put_nothing_back(_held: HeldToken) -> frozenset[str]:
    """There is nothing to be put back."""
    return frozenset()


@pytest.fixture
async def running(tmp_path: Path, new_database: Path) -> AsyncGenerator[Running]:
    shutil.copy(new_database, tmp_path / "shiori.db")
    url = f"sqlite:///{tmp_path / 'shiori.db'}"
    tokens = {TOKEN: Access("u3", BOTH), NEXT: Access("u3", BOTH)}
    services = await start_sample_services(vndb=SampleVndb(tokens=tokens))
    store = await open_store(url, clock=SystemClock())
    running = Running(services.vndb, store, url)
    yield running
    for client in running.clients:
        await client.close()
    await store.close()
    await services.stop()


def make_rows(service: SampleVndb, count: int) -> list[Row]:
    """Rows for so many novels that are not on the list."""
    found = service.lists.find("u3")
    assert found is not None
    novels = [one.id for one in service.library.vn if one.id not in found.entries and len(one.id) < 6]
    return [
        Row(vn_id, f"Novel {vn_id}", EntryChange(vote=10 + number, labels_set=(2,)), is_new=True)
        for number, vn_id in enumerate(novels[:count])
    ]


async def finish(importer: Importer) -> None:
    while await importer.work():
        pass


async def test_every_row_is_written_once_and_looked_at_many_at_once(running: Running) -> None:
    rows = make_rows(running.service, 30)
    await running.begin([*rows, Row("r129", "STEINS;GATE", 4, is_new=False)])
    await finish(running.build_importer())
    assert (await running.find()).state == "done"
    assert await running.records.count(PERSON) == {"done": 31}
    assert all(running.list.entries[row.target].vote == 10 + number for number, row in enumerate(rows))
    assert running.list.releases["r129"] == 4
    assert running.written == Counter([*(row.target for row in rows), "r129"])
    # Two portions, each looked at before and after, and once whether all of the list was shown.
    assert len(running.service.requests) == 31 + 6


async def test_what_vndb_has_is_kept_if_that_was_chosen(running: Running) -> None:
    new, late = make_rows(running.service, 2)
    job = await running.begin([new, late, Row("v17", "Ever17", EntryChange(vote=10), is_new=False)], overwrite=False)
    running.list.entries[late.target] = Listed(late.target, 1, vote=30)  # somebody adds it after the look at the list
    await finish(running.build_importer())
    assert await running.records.count(PERSON) == {"done": 1, "kept": 2}
    assert running.list.entries["v17"].vote == 90
    assert running.written == Counter([new.target])
    assert job.user_id == PERSON


@pytest.mark.parametrize(("fault", "after"), [("lost", {"done": 2, "waiting": 1}), ("502", {"done": 1, "begun": 1})])
async def test_a_write_whose_answer_was_lost_is_looked_up_and_made_if_it_was_not(
    running: Running, fault: Fault, after: dict[str, int]
) -> None:
    rows = make_rows(running.service, 3)
    running.faults = [None, fault]
    await running.begin(rows)
    importer = running.build_importer()
    await finish(importer)
    assert await running.records.count(PERSON) == {"waiting": 1, **after}
    assert importer.find_trouble(PERSON) is not None
    importer.wake(PERSON)
    await finish(importer)
    assert (await running.find()).state == "done"
    assert running.written == Counter(row.target for row in rows)
    assert importer.find_trouble(PERSON) is None


async def test_a_row_that_vndb_fails_on_is_given_up_and_the_others_are_not(running: Running) -> None:
    bad, *others = make_rows(running.service, 3)

    running.on_write = lambda target: "500" if target == bad.target else None
    await running.begin([bad, *others])
    importer = running.build_importer()
    for _ in range(4):
        await finish(importer)
        importer.wake(PERSON)
    assert await running.records.list_refused(PERSON, 5) == [(bad.title, FAILED)]
    assert (await running.find()).state == "done"
    assert running.written == Counter(row.target for row in others)


async def test_a_row_whose_entry_cannot_be_read_is_refused_and_the_others_are_written(running: Running) -> None:
    rows = make_rows(running.service, 3)
    await running.begin([Row("v17", "Ever17", EntryChange(vote=10), is_new=False), *rows])
    odd = msgspec.structs.replace(running.list.entries["v17"], vote="85")
    running.list.entries["v17"] = odd
    await finish(running.build_importer())
    assert await running.records.list_refused(PERSON, 5) == [("Ever17", UNREAD)]
    assert (await running.find()).state == "done"
    assert running.written == Counter(row.target for row in rows)
    assert running.list.entries["v17"] == odd


async def test_what_was_deleted_meanwhile_is_said(running: Running) -> None:
    gone, other = make_rows(running.service, 2)
    running.service.lists.hidden.add(gone.target)
    await running.begin([gone, other])
    await finish(running.build_importer())
    assert await running.records.list_refused(PERSON, 5) == [(gone.title, GONE)]
    assert await running.records.count(PERSON) == {"done": 1, "refused": 1}


async def test_a_token_that_was_taken_back_stops_it_and_a_new_one_goes_on(running: Running) -> None:
    rows = make_rows(running.service, 4)
    job = await running.begin(rows)

    revoked = asyncio.Event()

    async def revoke(_user_id: int) -> None:
        if running.written.total() == 2 and not revoked.is_set():
            revoked.set()
            running.service.tokens.revoke(TOKEN)

    await finish(running.build_importer(revoke))
    stopped = await running.find()
    assert (stopped.state, stopped.trouble) == ("stopped", "unknown")
    await running.link(NEXT)
    assert await running.records.resume(PERSON, job.created_s, now_s=job.created_s)
    await finish(running.build_importer())
    assert (await running.find()).state == "done"
    assert running.written == Counter(row.target for row in rows)


async def test_what_was_written_and_is_not_shown_any_more_is_not_said_to_be_refused(running: Running) -> None:
    """`listread` is taken from the token between the look before and the one after."""
    first, second = make_rows(running.service, 2)
    private = next(number for number, name in running.list.labels.items() if name == "Secret shelf")
    rows = [msgspec.structs.replace(one, change=EntryChange(labels_set=(private,))) for one in (first, second)]
    job = await running.begin(rows)

    def take_listread(_target: str) -> Fault | None:
        running.service.tokens = SampleTokens({TOKEN: Access("u3", frozenset({"listwrite"}))})
        return None

    running.on_write = take_listread
    await finish(running.build_importer())
    stopped = await running.find()
    assert (stopped.state, stopped.trouble) == ("stopped", "permissions")
    assert await running.records.count(PERSON) == {"begun": 2}
    running.on_write = None
    running.service.tokens = SampleTokens({TOKEN: Access("u3", BOTH)})
    assert await running.records.resume(PERSON, job.created_s, now_s=job.created_s)
    await finish(running.build_importer())
    assert await running.records.count(PERSON) == {"done": 2}
    assert running.written == Counter(row.target for row in rows)


async def test_it_is_stopped_between_two_rows_and_resumed(running: Running) -> None:
    rows = make_rows(running.service, 5)
    job = await running.begin(rows)

    async def stop(_user_id: int) -> None:
        if running.written.total() == 2:
            await running.records.stop(PERSON, job.created_s, now_s=job.created_s)

    await finish(running.build_importer(stop))
    assert await running.records.count(PERSON) == {"done": 2, "waiting": 3}
    assert running.written.total() == 2
    assert await running.records.resume(PERSON, job.created_s, now_s=job.created_s)
    await finish(running.build_importer())
    assert running.written == Counter(row.target for row in rows)


@pytest.mark.parametrize("leave", ["unlink", "delete"])
async def test_who_unlinks_or_has_all_deleted_ends_it(running: Running, leave: str) -> None:
    await running.begin(make_rows(running.service, 5))

    async def go(_user_id: int) -> None:
        if running.written.total() == 2:
            await (running.tokens.remove(PERSON) if leave == "unlink" else running.store.delete_person(PERSON))

    importer = running.build_importer(go)
    await finish(importer)
    await importer.work()
    assert await running.records.find(PERSON) is None
    assert await running.records.count(PERSON) == {}
    assert running.written.total() == 2


async def test_two_processes_write_nothing_twice(running: Running) -> None:
    rows = make_rows(running.service, 12)
    await running.begin(rows)
    other = ImportRecords(running.store.database, Sealer([KEY]))
    await asyncio.gather(finish(running.build_importer()), finish(running.build_importer(records=other)))
    assert (await running.find()).state == "done"
    assert running.written == Counter(row.target for row in rows)


CHILD = """
import asyncio, random, sys
from bot.account.seal import Sealer
from bot.account.token import Tokens
from bot.http import AiohttpTransport, Client, MemoryCache, SystemClock
from bot.store.database import Database
from bot.transfer.importer import Importer
from bot.transfer.record import ImportRecords
from bot.vndb.api.client import Vndb, policy

class Later(SystemClock):
    def time(self):
        return super().time() + float(sys.argv[3])

async def hear(_who):
    return frozenset()

async def main():
    clock, database = Later(), Database(sys.argv[1])
    policies, rng = [policy()], random.Random(1)
    client = Client(AiohttpTransport("tests"), clock=clock, cache=MemoryCache(), policies=policies, rng=rng)
    vndb = Vndb(client, base_url=sys.argv[2], rng=rng)
    sealer = Sealer([b"k" * 32])
    tokens = Tokens(database, sealer, clock=clock)
    records = ImportRecords(database, sealer)
    importer = Importer(records, tokens, vndb, put_back=hear, on_change=hear, clock=clock)
    while await importer.work():
        pass
    await client.close()
    await database.close()

asyncio.run(main())
"""


async def test_kill_9_at_any_moment_writes_nothing_twice_and_loses_nothing(running: Running) -> None:
    """The process is killed while a write is on its way, which VNDB then makes or not, and another one goes on after
    the lease is over.
    """
    rows = make_rows(running.service, 26)
    await running.begin(rows)
    rng = random.Random(5)
    moments = sorted(rng.sample(range(1, 26), 5))
    process: asyncio.subprocess.Process | None = None

    def kill(_target: str) -> Fault | None:
        if moments and running.written.total() >= moments[0]:
            moments.pop(0)
            assert process is not None
            process.kill()
            return rng.choice((None, "502"))
        return None

    running.on_write = kill
    codes: list[int | None] = []
    while codes[-1:] != [0]:
        arguments = (running.url, running.service.api_url, str(100 * len(codes)))
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", CHILD, *arguments, cwd=ROOT)
        codes.append(await process.wait())
        assert len(codes) < 10, codes
    assert codes == [-9] * 5 + [0]
    assert (await running.find()).state == "done"
    assert await running.records.count(PERSON) == {"done": len(rows)}
    assert running.written == Counter(row.target for row in rows)
    assert all(running.list.entries[row.target].vote == 10 + number for number, row in enumerate(rows))


async def test_what_cannot_be_read_any_more_is_told_of_every_row(running: Running) -> None:
    """Also where none of the next rows can be read, and with others after them that can."""
    rows = make_rows(running.service, PORTION * 2 + 5)
    await running.begin(rows)
    key = Sealer([b"o" * 32])
    last = key.seal(Secret(msgspec.json.encode(rows[-1].change).decode()), person=PERSON)
    async with running.store.database.write() as connection:
        this = list_import_row.c.number == len(rows) - 1
        await connection.execute(update(list_import_row).where(this).values(change=last))
    records = ImportRecords(running.store.database, key)
    running.tokens = Tokens(running.store.database, key, clock=SystemClock())
    await running.link()
    await finish(running.build_importer(records=records))
    assert (await running.find()).state == "done"
    assert await running.records.count(PERSON) == {"refused": len(rows) - 1, "done": 1}
