"""How much there is of everything in the database: for its host, who looks from outside of the running bot."""

from __future__ import annotations

import msgspec
from sqlalchemy import ColumnElement, Table, func, inspect, select, text, true

from bot.store.connection import Connection
from bot.store.database import Database
from bot.store.schema import fetch_version
from bot.store.table import account, follow, kept_list, known_work, notice, preview, setting, vndb_token

_SIZE = {
    True: "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
    False: "SELECT pg_database_size(current_database())",
}


class Counts(msgspec.Struct, frozen=True):
    """`version` is that of the tables (None: there are none). `rows` by what they are, where there is a table yet.

    `size_bytes`: what the database takes, without what is still to be written into it.
    """

    version: str | None
    size_bytes: int
    rows: dict[str, int]


# What people know it by, and which rows of which table that is.
_COUNTED: dict[str, tuple[Table, ColumnElement[bool]]] = {
    "servers with settings": (setting, setting.c.kind == "server"),
    "channels with settings": (setting, setting.c.kind == "channel"),
    "persons with settings": (setting, setting.c.kind == "person"),
    "follows": (follow, true()),
    "notices known of": (notice, true()),
    "previews and answers": (preview, preview.c.removed.is_(False)),
    "linked accounts": (account, true()),
    "linked tokens": (vndb_token, true()),
    "lists kept": (kept_list, true()),
    "works whose names are at hand": (known_work, true()),
}


async def count_rows(database: Database) -> Counts:
    """Look at it as it is: nothing is made or migrated. Raises StoreError."""
    version = await fetch_version(database)
    async with database.read() as connection:
        size_bytes = int(await connection.scalar(text(_SIZE[database.is_sqlite])))
        rows = {} if version is None else await _count(connection)
    return Counts(version, size_bytes, rows)


async def _count(connection: Connection) -> dict[str, int]:
    there = await connection.run_sync(lambda one: inspect(one).get_table_names())
    return {
        name: int(await connection.scalar(select(func.count()).select_from(table).where(counts)))
        for name, (table, counts) in _COUNTED.items()
        if table.name in there
    }
