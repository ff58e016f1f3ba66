"""`python -m bot keys`: makes keys, says which are in use, and seals all that is stored with the first one."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from sqlalchemy import Column, select, update

from bot import PROGRAM
from bot.account.seal import Sealer, Unopened, build_key, is_sealed, read_key_id
from bot.errors import StoreError
from bot.store.database import Database
from bot.store.table import list_import, list_import_row, metadata

NO_KEYS = f"SECRET_KEYS is not set, so nobody can link a VNDB token (`{PROGRAM} keys new` makes a key)."

SEALED = (
    *(table.c.sealed for table in metadata.sorted_tables if "sealed" in table.c),
    list_import.c.summary,
    list_import_row.c.change,
)
"""The columns in which something lies sealed, in a row with the `user_id` that it is sealed for."""


class _Sealed(NamedTuple):
    column: Column[str]
    user_id: int
    text: str

    def opens(self, sealer: Sealer) -> bool:
        try:
            sealer.open(self.text, person=self.user_id)
        except Unopened:
            return False
        return True


def print_new_key() -> int:
    """Print a key and nothing else, so that it can be written into a file. The exit code."""
    _say(build_key())
    return 0


async def tell_keys(database: Database, sealer: Sealer, *, rotate: bool) -> int:
    """Say what is sealed with which key; before that, if it is to `rotate`, seal all with the first one.

    The exit code: 0 all can be opened, 1 something cannot, or the database failed.
    """
    try:
        if not sealer.key_ids:
            _say(f"Keys: {NO_KEYS}")
        elif rotate:
            await _rotate(database, sealer)
        return await _check(database, sealer)
    except StoreError as error:
        _say(f"The database failed: {error.reason}. What was done is done; the same call goes on from there.")
        return 1


async def count_sealed(database: Database, sealer: Sealer) -> tuple[int, int]:
    """How much is sealed, and how much of it opens with none of the keys. Raises StoreError."""
    opened = [one.opens(sealer) for one in await _list_all(database)]
    return len(opened), opened.count(False)


async def _rotate(database: Database, sealer: Sealer) -> None:
    """One after the other, so that a stop in between leaves each whole, and the next call does the rest."""
    done = 0
    for one in await _list_all(database):
        if not sealer.seals_now(one.text) and one.opens(sealer):
            await _reseal(database, sealer, one)
            done += 1
    _say(f"Sealed anew: {done}.")


async def _reseal(database: Database, sealer: Sealer, one: _Sealed) -> None:
    """Unless it was changed or deleted meanwhile."""
    anew = sealer.seal(sealer.open(one.text, person=one.user_id), person=one.user_id)
    table = one.column.table
    same = (table.c.user_id == one.user_id) & (one.column == one.text)
    async with database.write() as connection:
        await connection.execute(update(table).where(same).values({one.column: anew}))


async def _check(database: Database, sealer: Sealer) -> int:
    used: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    for one in await _list_all(database):
        (used if one.opens(sealer) else lost)[read_key_id(one.text)] += 1
    for number, key_id in enumerate(sealer.key_ids, start=1):
        role = "seals" if number == 1 else "is still needed" if used[key_id] else "can go"
        _say(f"Key {number} ({key_id}): {used[key_id]} sealed with it; it {role}.")
    for key_id, count in sorted(lost.items()):
        known = "although that key is there: damaged" if key_id in sealer.key_ids else "which is not there"
        _say(f"Key {key_id}: {count} sealed with it cannot be opened, {known}. Their people have to link again.")
    return 1 if lost else 0


async def _list_all(database: Database) -> list[_Sealed]:
    found: list[_Sealed] = []
    for column in SEALED:
        owner = column.table.c.user_id
        async with database.read() as connection:
            rows = await connection.execute(select(owner, column).order_by(owner))
            found += [_Sealed(column, user_id, text) for user_id, text in rows if is_sealed(text)]
    return found


def _say(line: str) -> None:
    print(line)  # noqa: T201
