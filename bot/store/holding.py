"""What a feature keeps in the database: so that the store knows no feature, and yet forgets all of a person at once."""

from __future__ import annotations

from typing import Literal, Protocol

from sqlalchemy import Select

from bot.store.connection import Connection

Owner = Literal["server", "channel", "person"]


class Holding(Protocol):
    """The records of one feature, as far as they are of a server, a channel or a person."""

    name: str
    """What they are called in the export of a person."""

    def select_servers(self) -> Select[int]:
        """The query for the servers that something is kept of."""
        ...

    def select_channels(self) -> Select[int, int] | None:
        """The query for the channels that something is kept of until somebody ends it, each after its server; None: of
        no channel anything is.
        """
        return None

    async def forget(self, connection: Connection, owner: Owner, id_: int) -> int:
        """Delete what is of the owner, in the transaction that the connection is in. Return how many rows."""
        ...

    async def export(self, connection: Connection, user_id: int) -> list[object]:
        """What is of a person, ready for JSON."""
        ...
