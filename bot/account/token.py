"""The tokens that people linked: sealed in the database, opened for the moment of a question.

    held = await tokens.require(user_id, "listwrite")
    request = Request(SERVICE, "ulist", "PATCH", url, body, credential=held.credential)

The shared client does the rest: it keeps and joins answers for that person alone, the transport writes the header, and
a token that VNDB knows no more is marked so here by itself.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal, Protocol

import msgspec
from sqlalchemy import Row, Select, delete, false, select, update

from bot.account.own import drop_unused
from bot.account.seal import Sealer, Unopened, read_key_id
from bot.errors import NoToken, StoreError
from bot.http import Credential, Secret
from bot.store.connection import Connection
from bot.store.database import Database
from bot.store.holding import Holding, Owner
from bot.store.table import vndb_token

SERVICE = "VNDB"
_SCHEME = "Token"

Why = Literal["unknown", "sealed"]

log = logging.getLogger(__name__)


class Clock(Protocol):
    """What keeping a token needs of a clock."""

    def time(self) -> float:
        """Seconds since the epoch."""
        ...


class LinkedToken(msgspec.Struct, frozen=True):
    """What is known of somebody's token without opening it.

    `uid` is whose it is on VNDB (`u2`), who is called `name` there; `permissions` are as VNDB calls them. `fault`: it
    is of no use any more, since VNDB knew it no more (`unknown`), or no key opens it (`sealed`).
    """

    uid: str
    name: str
    permissions: frozenset[str]
    linked_s: int
    fault: Why | None = None


@dataclass(frozen=True, slots=True)
class HeldToken:
    """A token that can be used now: `credential` goes into a `Request`. The rest as in `LinkedToken`."""

    user_id: int
    uid: str
    name: str
    permissions: frozenset[str]
    credential: Credential = field(repr=False)


class Tokens(Holding):
    """Everybody's tokens, in the database alone. Every method raises StoreError when it cannot be asked.

    `is_on`: whether there is a key to seal with. Without one nothing is linked, and nothing that was is of use.
    """

    name = "vndb_token"

    def __init__(self, database: Database, sealer: Sealer, *, clock: Clock) -> None:
        self._database = database
        self.sealer = sealer
        self._clock = clock

    @property
    def is_on(self) -> bool:
        return bool(self.sealer.key_ids)

    async def keep(
        self,
        user_id: int,
        token: Secret,
        *,
        uid: str,
        name: str,
        permissions: Iterable[str],
    ) -> None:
        """Seal somebody's token, in place of an earlier one. What VNDB said of it goes with it."""
        values = {
            "sealed": self.sealer.seal(token, person=user_id),
            "uid": uid,
            "name": name,
            "permissions": " ".join(sorted(permissions)),
            "linked_s": int(self._clock.time()),
            "unknown": False,
        }
        row = self._database.build_insert(vndb_token).values(user_id=user_id, **values)

        async def change() -> None:
            async with self._database.write() as connection:
                await connection.execute(row.on_conflict_do_update(index_elements=["user_id"], set_=values))
                await drop_unused(connection)  # it may be another account's

        await self._database.repeat(change)

    async def find(self, user_id: int) -> LinkedToken | None:
        """What is known of somebody's token; None if they linked none."""
        row = await self._read(user_id)
        return None if row is None else self._describe(row)

    async def open(self, user_id: int) -> HeldToken | None:
        """Somebody's token; None if there is none that can be used, for whatever reason."""
        try:
            return await self.require(user_id)
        except NoToken:
            return None

    async def require(self, user_id: int, *permissions: str) -> HeldToken:
        """Somebody's token that permits all of `permissions` (`listread`, `listwrite`). Raises `NoToken`."""
        if not self.is_on:
            raise NoToken(SERVICE, "off")
        row = await self._read(user_id)
        if row is None:
            raise NoToken(SERVICE, "none")
        known = self._describe(row)
        missing = [one for one in permissions if one not in known.permissions]
        if known.fault is None and missing:
            raise NoToken(SERVICE, "permissions", missing=missing)
        try:
            if known.fault is not None:
                raise NoToken(SERVICE, known.fault)
            token = self.sealer.open(row.sealed, person=user_id)
        except Unopened as error:
            log.error("the token of %d cannot be opened: %s", user_id, error)  # noqa: TRY400 - its words say it all
            raise NoToken(SERVICE, "sealed") from None
        # Another token of the same person, or of another account, may be shown other things.
        owner = f"{user_id} as {known.uid} since {known.linked_s}"
        on_unknown = partial(self._mark_unknown, user_id, known.linked_s)
        credential = Credential(token, _SCHEME, owner=owner, on_unknown=on_unknown)
        return HeldToken(user_id, known.uid, known.name, known.permissions, credential)

    async def remove(self, user_id: int) -> bool:
        """Forget somebody's token. Whether there was one."""
        counts: list[int] = []

        async def change() -> None:
            async with self._database.write() as connection:
                counts.append(await self.forget(connection, "person", user_id))

        await self._database.repeat(change)
        return any(counts)  # the second time there may be none left

    async def _mark_unknown(self, user_id: int, linked_s: int) -> None:
        """VNDB knows a token no more. One that was linked meanwhile is another one."""
        this = (vndb_token.c.user_id == user_id) & (vndb_token.c.linked_s == linked_s)
        try:
            async with self._database.write() as connection:
                await connection.execute(update(vndb_token).where(this).values(unknown=True))
        except StoreError as error:
            log.warning("VNDB knows the token of %d no more, which is found out again each time: %s", user_id, error)

    async def _read(self, user_id: int) -> Row[Any] | None:
        async with self._database.read() as connection:
            return (await connection.execute(select(vndb_token).where(vndb_token.c.user_id == user_id))).first()

    def _describe(self, row: Row[Any]) -> LinkedToken:
        lost = read_key_id(row.sealed) not in self.sealer.key_ids
        fault: Why | None = "unknown" if row.unknown else "sealed" if lost else None
        return LinkedToken(row.uid, row.name, frozenset(row.permissions.split()), row.linked_s, fault)

    # Of whom they are (documented in `Holding`)

    def select_servers(self) -> Select[int]:
        return select(vndb_token.c.user_id).where(false())  # they are people's alone

    async def forget(self, connection: Connection, owner: Owner, id_: int) -> int:
        if owner != "person":
            return 0
        count = (await connection.execute(delete(vndb_token).where(vndb_token.c.user_id == id_))).rowcount
        await drop_unused(connection, id_)
        return count

    async def export(self, connection: Connection, user_id: int) -> list[object]:
        """That there is one, and all that is known of it; the token stays where it is."""
        rows = (await connection.execute(select(vndb_token).where(vndb_token.c.user_id == user_id))).all()
        return [
            {
                "service": SERVICE,
                "id": row.uid,
                "name": row.name,
                "permissions": row.permissions.split(),
                "linked_s": row.linked_s,
                "unknown": row.unknown,
                "token": "is stored sealed, and shown to nobody",
            }
            for row in rows
        ]
