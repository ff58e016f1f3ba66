"""What began before its person had everything deleted, and would be stored after it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from msgspec.structs import replace
from sqlalchemy import BigInteger, Boolean, Float, Integer, Table, delete, insert, select, update
from sqlalchemy.types import TypeEngine

from bot.account.list_record import ListRecords
from bot.account.model import Account
from bot.account.record import AccountRecords
from bot.account.seal import Sealer
from bot.account.token import Tokens
from bot.errors import Forgotten
from bot.follow.record import FollowRecords
from bot.gate.chosen import NOTHING_CHOSEN
from bot.gate.setting import VNDB
from bot.http import Secret
from bot.preview.record import PreviewRecords
from bot.store.connection import Connection
from bot.store.forgetting import acting
from bot.store.store import Store, open_store
from bot.store.table import list_import, list_import_row, metadata, note, setting
from bot.transfer.plan import Plan
from bot.transfer.record import ImportRecords
from bot.vndb.api.list_change import EntryChange, Remake
from bot.vndb.my_list.record import RemakeRecords
from tests.store.database import Opener, fetch_everything, find_record
from tests.store.test_follow import FOLLOW
from tests.store.test_import import ROWS, SUMMARY
from tests.support.choose import choose
from tests.support.clock import FakeClock

PERSON, OTHER = 80351110224678912, 80351110224678913
TOKEN = Secret("efsobr1czbzoyjah4u8ybtma56pogbzk")
BEFORE, DELETION, AFTER = 812345678901234567, 812345679901234567, 812345680901234567
"""What they did, in this order."""

_NOT_PERSONS = {
    *("guild_id", "channel_id", "parent_id", "role_id", "message_id", "reply_id"),
    *("follow_id", "subject_id", "work_id", "bot_id"),
}
_NOBODYS = {
    *("revision", "owner", "process", "claim", "greeting", "rest", "spent"),
    *("kept_place", "known_work", "filling"),
}
"""Tables in which nothing is anybody's."""
PERSONAL = [
    pytest.param(table, column.name, id=str(column))
    for table in metadata.sorted_tables
    for column in table.columns
    if isinstance(column.type, BigInteger) and column.name.endswith("_id") and column.name not in _NOT_PERSONS
]
"""Where somebody's id stands: in every column of an id that is not known to be something else's."""
PERSONAL.append(pytest.param(setting, "id", id="setting.id"))


def build_row(table: Table, **values: object) -> dict[str, object]:
    return {column.name: values.get(column.name, _invent(column.type)) for column in table.columns}


def _invent(kind: TypeEngine[object]) -> object:
    if isinstance(kind, Boolean):
        return False
    return 0 if isinstance(kind, Integer | Float) else "person"


async def test_what_they_began_before_is_not_kept_and_what_they_begin_anew_is(
    store: Store, opened: Opener, accounts: AccountRecords, follows: FollowRecords, url: str, clock: FakeClock
) -> None:
    sealer, now_s, elsewhere = Sealer([b"k" * 32]), int(clock.time()), await opened()
    tokens, imports = Tokens(store.database, sealer, clock=clock), ImportRecords(store.database, sealer)
    linked = Account("VNDB", "u3", "x", public=True)
    follow = replace(FOLLOW, user_id=PERSON)
    daily = replace(follow, id=2, kind="quote", guild_id=7, channel_id=8)
    digest = replace(follow, id=3, kind="digest", guild_id=7, channel_id=8)
    writes: list[Callable[[], Awaitable[object]]] = [
        lambda: tokens.keep(PERSON, TOKEN, uid="u3", name="x", permissions=()),
        lambda: accounts.link(PERSON, linked, now_s=now_s),
        lambda: follows.add_follow(follow),
        lambda: follows.add_follow(daily),
        lambda: follows.add_follow(digest),
        lambda: imports.offer(PERSON, "u3", Plan(ROWS, SUMMARY), now_s=now_s),
        lambda: store.change_person(PERSON, lambda _: choose(dm_galleries=True)),
        lambda: store.take_note(PERSON, 20_000, ""),
        lambda: begin_preview(store, PERSON),
    ]
    with acting(PERSON, DELETION):
        await elsewhere.delete_person(PERSON)
    for write in writes:
        with acting(PERSON, BEFORE), pytest.raises(Forgotten):
            await write()
    remake = Remake("v17", ("started",), EntryChange(notes="my notes"), ())
    with pytest.raises(Forgotten):  # there is no token of theirs
        await RemakeRecords(store.database, sealer).keep(PERSON, "u3", remake)
    assert str(PERSON) not in await fetch_everything(url)
    assert store.person(PERSON) == NOTHING_CHOSEN
    with acting(PERSON, AFTER):
        for write in writes:
            await write()
    later: list[Callable[[], Awaitable[object]]] = [  # of what they linked anew
        lambda: accounts.opt_in(PERSON, 7, now_s=now_s),
        lambda: RemakeRecords(store.database, sealer).keep(PERSON, "u3", remake),
    ]
    for write in later:
        with acting(PERSON, BEFORE), pytest.raises(Forgotten):
            await write()
    with acting(PERSON, AFTER):
        for write in later:
            await write()


async def begin_preview(store: Store, poster_id: int) -> bool:
    return await PreviewRecords(store.database).begin_preview(
        message_id=BEFORE, channel_id=2, guild_id=3, poster_id=poster_id
    )


@pytest.mark.parametrize(("table", "column"), PERSONAL)
async def test_no_table_takes_what_a_forgotten_person_began_before(
    store: Store, opened: Opener, url: str, table: Table, column: str
) -> None:
    row, others = build_row(table, **{column: PERSON}), build_row(table, **{column: OTHER, "target": "other"})
    with acting(PERSON, DELETION):
        await (await opened()).delete_person(PERSON)
    with acting(OTHER, BEFORE):
        async with store.database.write() as connection:
            await connection.execute(insert(table).values(others))
    with acting(PERSON, BEFORE):
        for statement in (insert(table).values(row), insert(table).values([row]), update(table).values(row)):
            with pytest.raises(Forgotten):
                async with store.database.write() as connection:
                    await connection.execute(statement)
        with pytest.raises(Forgotten):
            async with store.database.write() as connection:
                await connection.execute(insert(table), [row])
    text = await fetch_everything(url)
    assert str(PERSON) not in text
    assert str(OTHER) in text


@pytest.mark.parametrize(("table", "column"), PERSONAL)
async def test_every_table_is_emptied_of_a_person(store: Store, url: str, table: Table, column: str) -> None:
    is_gone = {"removed": True}  # a preview that stands is forgotten when it is gone
    tables = [list_import, table] if table is list_import_row else [table]  # which are written at once
    async with store.database.write() as connection:
        for one in tables:
            await connection.execute(insert(one).values(build_row(one, **{column: PERSON}, **is_gone)))
    assert str(PERSON) in await fetch_everything(url)
    await store.delete_person(PERSON)
    assert str(PERSON) not in await fetch_everything(url)


async def test_all_that_goes_with_a_person_is_in_their_export(store: Store) -> None:
    """Without what is kept in a table, the export is another one."""
    values = {"user_id": PERSON, "poster_id": PERSON, "removed": True, "summary": "{}", "change": "{}"}
    rows = {
        table: build_row(table, **values, **({"id": PERSON} if table is setting else {}))
        for table in metadata.sorted_tables
        if table.name not in _NOBODYS
    }
    async with store.database.write() as connection:
        for table, row in rows.items():
            await connection.execute(insert(table).values(row))
    whole, not_named = await store.export_person(PERSON), list[str]()
    for table, row in rows.items():
        async with store.database.write() as connection:
            await connection.execute(delete(table))
        if await store.export_person(PERSON) == whole:
            not_named.append(table.name)
        async with store.database.write() as connection:
            await connection.execute(insert(table).values(row))
    assert not_named == []
    await store.delete_person(PERSON)
    async with store.database.read() as connection:
        left = [table.name for table in rows if (await connection.execute(select(table))).all()]
    assert left == []


async def test_another_person_is_refused_nothing(store: Store, opened: Opener, accounts: AccountRecords) -> None:
    with acting(PERSON, DELETION):
        await (await opened()).delete_person(PERSON)
    with acting(OTHER, BEFORE):
        await accounts.link(OTHER, Account("VNDB", "u3", "x", public=True), now_s=0)
        await store.change_person(OTHER, lambda _: choose(dm_galleries=True))
    assert await accounts.find(OTHER, "VNDB") is not None


async def test_what_they_chose_for_a_server_is_the_servers(store: Store, opened: Opener) -> None:
    with acting(PERSON, DELETION):
        await (await opened()).delete_person(PERSON)
    with acting(PERSON, BEFORE):
        await store.change_server(1001, lambda known: known.put(VNDB, True))
    assert store.server(1001).get(VNDB)


async def test_of_a_webhooks_preview_a_forgotten_person_is_not_noted_as_the_poster(
    store: Store, opened: Opener
) -> None:
    records = PreviewRecords(store.database)
    await begin_preview(store, 4)
    with acting(PERSON, DELETION):
        await (await opened()).delete_person(PERSON)
    with acting(PERSON, BEFORE), pytest.raises(Forgotten):
        await records.move_preview(BEFORE, poster_id=PERSON)
    with acting(PERSON, AFTER):
        await records.move_preview(BEFORE, poster_id=PERSON)


async def test_an_earlier_deletion_that_comes_later_forgets_as_well(store: Store, opened: Opener, url: str) -> None:
    elsewhere = await opened()
    with acting(PERSON, DELETION):
        await elsewhere.delete_person(PERSON)
    with acting(PERSON, AFTER):
        await begin_preview(store, PERSON)
        previews = PreviewRecords(store.database)
        await previews.mark_removed(await find_record(previews, BEFORE))
    with acting(PERSON, DELETION - 1):
        await elsewhere.delete_person(PERSON)
    assert str(PERSON) not in await fetch_everything(url)
    with acting(PERSON, BEFORE), pytest.raises(Forgotten):
        await begin_preview(store, PERSON)


async def test_what_is_being_stored_is_waited_for_and_forgotten(store: Store, opened: Opener, url: str) -> None:
    elsewhere = await opened()
    with acting(PERSON, BEFORE):
        async with store.database.write() as connection:
            deleting = asyncio.create_task(elsewhere.delete_person(PERSON))
            await asyncio.sleep(0.2)
            await connection.execute(insert(note).values(user_id=PERSON, day=1, reason=""))
    await deleting
    assert str(PERSON) not in await fetch_everything(url)


async def test_that_somebody_was_forgotten_is_itself_forgotten(store: Store, url: str) -> None:
    with acting(PERSON, DELETION):
        await store.delete_person(PERSON)
    assert "forgotten" in await fetch_everything(url)
    await store.prune()
    assert "forgotten" not in await fetch_everything(url)


async def test_who_reads_the_database_cannot_try_all_persons_to_find_who_was_forgotten(
    store: Store, url: str, clock: FakeClock
) -> None:
    await store.delete_person(PERSON)
    told = await fetch_everything(url)
    other = await open_store(url, clock=clock, secret="another bot's")
    await other.delete_person(PERSON)
    await other.close()
    assert len((await fetch_everything(url)).splitlines()) == len(told.splitlines()) + 1


async def test_a_list_that_was_taken_on_while_its_owner_was_forgotten_is_not_noted(
    store: Store, opened: Opener, accounts: AccountRecords, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere, write = await opened(), store.database.write
    await accounts.link(PERSON, Account("VNDB", "u31415", "x", public=True), now_s=0)
    await accounts.opt_in(PERSON, 7, now_s=0)

    @asynccontextmanager
    async def write_after_that() -> AsyncGenerator[Connection]:
        await elsewhere.delete_person(PERSON)
        async with write() as connection:
            yield connection

    monkeypatch.setattr(store.database, "write", write_after_that)
    await ListRecords(store.database).take("VNDB", at_most=5, now_s=100_000)
    assert "u31415" not in await fetch_everything(url)
