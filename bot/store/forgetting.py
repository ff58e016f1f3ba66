"""What a person began before they had everything deleted stores nothing of them afterwards, in whichever process.

Whatever comes of what somebody did happens within `acting`, which says who it was, and by Discord's id of it when. All
that comes of an interaction does by itself; what is done for a person without one says so:

    with acting(message.author.id, message.id):
        await store.take_note(message.author.id, ...)

The database itself then refuses every row with that person's id, if they had everything deleted since (`Forgotten`).
Records need not know of it. Who had that is known for a while, by a name that only the bot can find (`Digests`).
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import sqlalchemy
from sqlalchemy import select, text

from bot.errors import Forgotten
from bot.store.connection import Connection
from bot.store.table import claim, metadata

if TYPE_CHECKING:
    from bot.store.database import Database

_KEPT_MS = 3_600_000  # nothing goes on for so long; what is older goes once a day
_DISCORD_EPOCH_MS = 1_420_070_400_000
_FORGOTTEN = "shiori_forgotten"
_COLUMNS = {column.name for table in metadata.tables.values() for column in table.columns}

_act: ContextVar[tuple[int, int] | None] = ContextVar("shiori_act", default=None)


@contextmanager
def acting(person: int, since: int) -> Generator[None]:
    """What is done within comes of what that person did. `since`: Discord's id of that, such as a message's."""
    token = _act.set((person, (since >> 22) + _DISCORD_EPOCH_MS))
    try:
        yield
    finally:
        _act.reset(token)


async def guard(connection: Connection, database: Database) -> None:
    """Have a transaction that has just begun refuse rows with the id of who acts, if they were forgotten since.

    Until it has ended they are not forgotten: so what it stores is found by who forgets them then.
    """
    act = _act.get()
    if act is None:
        return
    person, at_ms = act
    await _lock(connection, database, person)
    until_ms = await connection.scalar(select(claim.c.until_ms).where(claim.c.name == _name(database, person)))
    if at_ms < (until_ms or 0) - _KEPT_MS:
        connection.set_option(_FORGOTTEN, person)


def refuse_forgotten(
    connection: sqlalchemy.Connection, _cursor: object, _statement: str, _values: object, context: Any, _many: object
) -> None:
    """Look at a statement that is about to be run: SQLAlchemy calls this. Raises `Forgotten`."""
    person = connection.get_execution_options().get(_FORGOTTEN)
    if person is None or not (context.isinsert or context.isupdate):
        return
    # Of an update, only what is set is called as a column is: it may well look for them.
    values = [
        value
        for row in context.compiled_parameters
        for name, value in row.items()
        if context.isinsert or name in _COLUMNS
    ]
    if person in values:
        raise Forgotten


async def note_forgotten(connection: Connection, database: Database, person: int, *, now_s: float) -> None:
    """To be called first in the transaction that deletes somebody's records: by what they do, or else now."""
    await _lock(connection, database, person)
    actor, at_ms = _act.get() or (None, 0)
    until_ms = (at_ms if actor == person else int(now_s * 1000)) + _KEPT_MS
    row = database.build_insert(claim).values(name=_name(database, person), until_ms=until_ms)
    later = row.on_conflict_do_update(
        index_elements=[claim.c.name], set_={"until_ms": until_ms}, where=claim.c.until_ms < until_ms
    )
    await connection.execute(later)


async def _lock(connection: Connection, database: Database, person: int) -> None:
    """Have others who act for this person, or forget them, wait until the transaction has ended. It is the first lock
    that each of them takes. In a file they wait already.
    """
    if not database.is_sqlite:
        await connection.execute(text("SELECT pg_advisory_xact_lock(:person)"), {"person": person})


def _name(database: Database, person: int) -> str:
    return f"forgotten {database.digests.find(f'forgotten {person}', size=14)}"
