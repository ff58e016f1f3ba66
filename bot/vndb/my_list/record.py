"""Entries that are being made anew: between taking one off a list and putting it back, nothing of it may be lost."""

from __future__ import annotations

import logging

import msgspec
from sqlalchemy import ColumnElement, Select, delete, false, select

from bot.account.seal import Sealer, Unopened
from bot.http import Secret
from bot.service.body import decode
from bot.store.connection import Connection
from bot.store.database import Database
from bot.store.holding import Holding, Owner
from bot.store.table import vndb_remake
from bot.vndb.api.list_change import Remake

log = logging.getLogger(__name__)


class RemakeRecords(Holding):
    """What is to be put back, sealed as tokens are: it holds notes. Every method raises StoreError when the database
    cannot be asked.
    """

    name = "vndb_remakes"

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    async def keep(self, user_id: int, remake: Remake) -> None:
        """Note what is to be put back, before it is taken off."""
        text = msgspec.json.encode(remake).decode()
        sealed = self._sealer.seal(Secret(text), person=user_id)
        row = self._database.build_insert(vndb_remake).values(user_id=user_id, vn_id=remake.vn_id, sealed=sealed)

        async def change() -> None:
            async with self._database.write() as connection:
                await connection.execute(
                    row.on_conflict_do_update(index_elements=["user_id", "vn_id"], set_={"sealed": sealed})
                )

        await self._database.repeat(change)

    async def drop(self, user_id: int, vn_id: str) -> None:
        """It is put back, or is not to be any more."""

        async def change() -> None:
            async with self._database.write() as connection:
                await connection.execute(delete(vndb_remake).where(_is(user_id, vn_id)))

        await self._database.repeat(change)

    async def find(self, user_id: int, vn_id: str) -> Remake | None:
        """What is to be put back of a novel; None if nothing is, or it cannot be read any more."""
        async with self._database.read() as connection:
            sealed = await connection.scalar(select(vndb_remake.c.sealed).where(_is(user_id, vn_id)))
        return None if sealed is None else self._read(user_id, sealed)

    async def list_begun(self) -> list[tuple[int, str]]:
        """Whose entries are being made anew, and of which novels."""
        async with self._database.read() as connection:
            rows = await connection.execute(select(vndb_remake.c.user_id, vndb_remake.c.vn_id))
            return [(user_id, vn_id) for user_id, vn_id in rows]

    def _read(self, user_id: int, sealed: str) -> Remake | None:
        try:
            return decode(self._sealer.open(sealed, person=user_id).reveal().encode(), Remake)
        except (Unopened, msgspec.DecodeError) as error:
            log.warning("what was to be put back on the list of %d cannot be read: %s", user_id, type(error).__name__)
            return None

    # Of whom they are (documented in `Holding`)

    def select_servers(self) -> Select[int]:
        return select(vndb_remake.c.user_id).where(false())  # they are people's alone

    async def forget(self, connection: Connection, owner: Owner, id_: int) -> int:
        if owner != "person":
            return 0
        return (await connection.execute(delete(vndb_remake).where(vndb_remake.c.user_id == id_))).rowcount

    async def export(self, connection: Connection, user_id: int) -> list[object]:
        """Whole: it is the person's own."""
        rows = await connection.execute(select(vndb_remake.c.sealed).where(vndb_remake.c.user_id == user_id))
        remakes = [self._read(user_id, sealed) for (sealed,) in rows]
        return [msgspec.to_builtins(remake) for remake in remakes if remake is not None]


def _is(user_id: int, vn_id: str) -> ColumnElement[bool]:
    return (vndb_remake.c.user_id == user_id) & (vndb_remake.c.vn_id == vn_id)
