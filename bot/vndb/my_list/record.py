"""Entries that are being made anew: between taking one off a list and putting it back, nothing of it may be lost."""

from __future__ import annotations

import logging

import msgspec
from sqlalchemy import ColumnElement, Select, and_, delete, false, select, true, update

from bot.account.seal import Sealer, Unopened
from bot.errors import Forgotten
from bot.http import Secret
from bot.service.body import decode
from bot.store.connection import Connection
from bot.store.database import Database
from bot.store.holding import Holding, Owner
from bot.store.table import vndb_remake, vndb_token
from bot.vndb.api.list_change import Remake

log = logging.getLogger(__name__)


class _Kept(msgspec.Struct, frozen=True):
    """What is sealed: whose list it is on (`u2`), and what is to be put back there."""

    uid: str
    remake: Remake


class RemakeRecords(Holding):
    """What is to be put back, sealed as tokens are: it holds notes. Every method raises StoreError when the database
    cannot be asked.
    """

    name = "vndb_remakes"

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    async def keep(self, user_id: int, uid: str, remake: Remake) -> None:
        """Note what is to be put back on the list of `uid`, before it is taken off.

        Raises `Forgotten`: they unlinked that account, or had everything deleted, meanwhile.
        """
        text = msgspec.json.encode(_Kept(uid, remake)).decode()
        sealed = self._sealer.seal(Secret(text), person=user_id)
        row = self._database.build_insert(vndb_remake).values(
            user_id=user_id, uid=uid, vn_id=remake.vn_id, sealed=sealed
        )

        async def change() -> None:
            async with self._database.write() as connection:
                linked = select(vndb_token.c.uid).where(vndb_token.c.user_id == user_id, vndb_token.c.uid == uid)
                if await connection.scalar(linked.with_for_update()) is None:
                    raise Forgotten
                await connection.execute(
                    row.on_conflict_do_update(index_elements=["user_id", "uid", "vn_id"], set_={"sealed": sealed})
                )

        await self._database.repeat(change)

    async def drop(self, user_id: int, uid: str, vn_id: str) -> None:
        """It is put back on that list, or is not to be any more."""

        async def change() -> None:
            async with self._database.write() as connection:
                await connection.execute(delete(vndb_remake).where(_is(user_id, uid, vn_id)))

        await self._database.repeat(change)

    async def find(self, user_id: int, uid: str, vn_id: str) -> Remake | None:
        """What is to be put back of a novel on that list; None if nothing is, or it cannot be read any more."""
        async with self._database.read() as connection:
            sealed = await connection.scalar(select(vndb_remake.c.sealed).where(_is(user_id, uid, vn_id)))
        kept = None if sealed is None else self._read(user_id, sealed)
        return kept and kept.remake

    async def tell_apart(self) -> None:
        """Note at whose list it is where that lies sealed alone, as it did before there was a column for it."""

        async def change() -> None:
            async with self._database.write() as connection:
                for row in (await connection.execute(select(vndb_remake).where(vndb_remake.c.uid == ""))).all():
                    kept = self._read(row.user_id, row.sealed)
                    if kept is None:
                        continue
                    old = _is(row.user_id, "", row.vn_id)
                    later = select(vndb_remake.c.uid).where(_is(row.user_id, kept.uid, row.vn_id))
                    if await connection.scalar(later) is None:
                        await connection.execute(update(vndb_remake).where(old).values(uid=kept.uid))
                    else:
                        await connection.execute(delete(vndb_remake).where(old))

        await self._database.repeat(change)

    async def list_begun(self, *, person: int | None = None) -> list[tuple[int, str]]:
        """Whose entries are being made anew on any list, and of which novels: everybody's, or one person's."""
        whose = true() if person is None else vndb_remake.c.user_id == person
        query = select(vndb_remake.c.user_id, vndb_remake.c.vn_id).where(whose).distinct()
        async with self._database.read() as connection:
            return [(user_id, vn_id) for user_id, vn_id in await connection.execute(query)]

    async def list_of(self, user_id: int, uid: str) -> frozenset[str]:
        """The novels that are being made anew on that list."""
        theirs = and_(vndb_remake.c.user_id == user_id, vndb_remake.c.uid == uid)
        async with self._database.read() as connection:
            return frozenset(await connection.scalars(select(vndb_remake.c.vn_id).where(theirs)))

    def _read(self, user_id: int, sealed: str) -> _Kept | None:
        try:
            return decode(self._sealer.open(sealed, person=user_id).reveal().encode(), _Kept)
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
        """Whole: it is the person's own. Of what no key opens any more, that there is it."""
        rows = (await connection.execute(select(vndb_remake).where(vndb_remake.c.user_id == user_id))).all()
        return [
            {"uid": row.uid, "vn_id": row.vn_id, "remake": "is stored sealed, and cannot be opened"}
            if (one := self._read(user_id, row.sealed)) is None
            else msgspec.to_builtins(one)
            for row in rows
        ]


def _is(user_id: int, uid: str, vn_id: str) -> ColumnElement[bool]:
    return and_(vndb_remake.c.user_id == user_id, vndb_remake.c.uid == uid, vndb_remake.c.vn_id == vn_id)
