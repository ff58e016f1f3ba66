"""What began before its person had everything deleted is not kept afterwards.

Asking a service for what is to be stored takes seconds. Who does so takes the moment first and gives it to what stores:

    since = await tokens.find_moment()
    access = await fetch_access(token)
    await tokens.keep(user_id, token, ..., since=since)

Whose deletion it was is written down nowhere, as nothing of them may be: so what somebody else began in that second is
refused as well, and done once more.
"""

from __future__ import annotations

from sqlalchemy import case, select

from bot.errors import Forgotten
from bot.store.connection import Connection
from bot.store.database import Database
from bot.store.table import claim, revision

_NAME = "forgotten"
_KEPT_MS = 3_600_000  # nothing goes on for so long


class Begun:
    """Records of persons which can be stored by what takes a while."""

    _database: Database

    async def find_moment(self) -> int:
        """The moment at which something begins. Raises StoreError."""
        async with self._database.read() as connection:
            return await _read(connection)


async def note_forgotten(connection: Connection, database: Database, *, now_s: float) -> None:
    """Somebody's records are deleted in this transaction, which counts the revision first."""
    moment_ms = int(now_s * 1000) + _KEPT_MS
    row = database.build_insert(claim).values(name=_NAME, until_ms=moment_ms)
    later = case((claim.c.until_ms >= moment_ms, claim.c.until_ms + 1), else_=moment_ms)
    await connection.execute(row.on_conflict_do_update(index_elements=[claim.c.name], set_={"until_ms": later}))


async def check_forgotten(connection: Connection, since: int | None) -> None:
    """To be called first in a transaction that stores something: nobody is forgotten until it has ended.

    Raises:
        Forgotten: somebody was since that moment.
    """
    if since is None:
        return
    await connection.execute(select(revision.c.number).with_for_update(read=True))
    moment = await _read(connection)
    if moment not in {0, since}:  # 0: the last time was long ago
        raise Forgotten


async def _read(connection: Connection) -> int:
    return await connection.scalar(select(claim.c.until_ms).where(claim.c.name == _NAME)) or 0
