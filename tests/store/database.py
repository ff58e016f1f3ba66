"""What the tests of the store share."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager

from sqlalchemy import Engine, event

from bot.account.record import AccountRecords
from bot.account.seal import Sealer
from bot.account.token import Tokens
from bot.follow.record import FollowRecords
from bot.preview.record import PreviewRecord, PreviewRecords
from bot.store.database import Database
from bot.store.store import Store, open_store
from bot.store.table import metadata
from bot.transfer.record import ImportRecords
from bot.vndb.my_list.record import RemakeRecords
from tests.support.clock import FakeClock

Opener = Callable[[], Awaitable[Store]]
"""Opens one more store on the test's database, as another process would."""

IMPORT_KEY = b"k" * 32


async def open_whole(url: str, *, clock: FakeClock) -> Store:
    """A store with what each feature keeps in it, as the bot has."""
    store = await open_store(url, clock=clock)
    store.hold(PreviewRecords(store.database))
    store.hold(FollowRecords(store.database))
    store.hold(AccountRecords(store.database))
    store.hold(Tokens(store.database, Sealer(()), clock=clock))
    store.hold(RemakeRecords(store.database, Sealer(())))
    store.hold(ImportRecords(store.database, Sealer([IMPORT_KEY])))
    return store


async def find_record(previews: PreviewRecords, message_id: int) -> PreviewRecord:
    """The record of a message that has one."""
    record = await previews.find_preview(message_id)
    assert record is not None
    return record


async def eventually(condition: Callable[[], bool], *, clock: FakeClock | None = None, within_s: float = 15) -> None:
    """Wait for another thread or process, and turn the clock by a second again and again if there is one."""
    async with asyncio.timeout(within_s):
        while not condition():
            if clock is not None:
                await clock.advance(1)
            await asyncio.sleep(0.01)


async def migrate_to(url: str, version: str) -> None:
    """Make the tables of an older version."""
    from alembic import command  # every process of a run reads this file, and a few tests need it

    from bot.store.migrations import build_config

    database = Database(url)
    async with database.write() as connection:
        await connection.run_sync(lambda one: command.upgrade(build_config(one), version))
    await database.close()


async def run_sql(url: str, *statements: str) -> None:
    """Run all of them in one transaction."""
    database = Database(url)
    async with database.write() as connection:
        for statement in statements:
            await connection.exec_driver_sql(statement)
    await database.close()


async def fetch_value(url: str, query: str) -> object:
    """The first column of the first row."""
    database = Database(url)
    async with database.read() as connection:
        found = await connection.exec_driver_sql(query)
        value: object = found.scalar()
    await database.close()
    return value


async def fetch_everything(url: str) -> str:
    """All rows of all tables, as text."""
    database = Database(url)
    async with database.read() as connection:
        rows = [repr(row) for table in metadata.sorted_tables for row in await connection.execute(table.select())]
    await database.close()
    return "\n".join(rows)


@contextmanager
def noted_statements() -> Generator[list[str]]:
    """What any database is asked inside of the block."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", note)
