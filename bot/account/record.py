"""Which accounts people linked, and to which servers they show them."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, delete, func, or_, select, update

from bot.account.model import Account, Service
from bot.account.own import drop_unused, export_lists, find_own
from bot.store.connection import Connection
from bot.store.database import Database
from bot.store.holding import Holding, Owner
from bot.store.table import account, opt_in


class AccountRecords(Holding):
    """The records, in the database alone. Every method raises StoreError when it cannot be asked.

    Nobody shows a server anything without an account: who unlinks the last one opts out everywhere.
    """

    name = "accounts"

    def __init__(self, database: Database) -> None:
        self._database = database

    # Accounts

    async def link(self, user_id: int, linked: Account, *, now_s: int) -> None:
        """Link an account, in place of another one on the same service."""
        values = {"account_id": linked.id, "name": linked.name, "public": linked.public, "linked_s": now_s}
        row = self._database.build_insert(account).values(user_id=user_id, service=linked.service, **values)
        keys = [account.c.user_id, account.c.service]

        async def change() -> None:
            async with self._database.write() as connection:
                await connection.execute(row.on_conflict_do_update(index_elements=keys, set_=values))
                await drop_unused(connection)

        await self._database.repeat(change)

    async def unlink(self, user_id: int, service: Service) -> None:
        """Forget the account on a service, with the follow of its list if there is no token either; with the last one,
        to which servers they were shown.
        """

        async def change() -> None:
            async with self._database.write() as connection:
                await _lock(connection, user_id)
                await connection.execute(delete(account).where(_is(user_id, service)))
                left = select(func.count()).select_from(account).where(account.c.user_id == user_id)
                if not await connection.scalar(left):
                    await connection.execute(delete(opt_in).where(opt_in.c.user_id == user_id))
                await drop_unused(connection, user_id, service)

        await self._database.repeat(change)

    async def find(self, user_id: int, service: Service) -> Account | None:
        """Somebody's own account."""
        return next((one for one in await self.list_linked(user_id) if one.service == service), None)

    async def find_own(self, user_id: int, service: Service) -> Account | None:
        """Somebody's own account: the one they named, else that of the token they linked, which no server is shown."""
        async with self._database.read() as connection:
            return await find_own(connection, user_id, service)

    async def list_linked(self, user_id: int) -> list[Account]:
        """All accounts of somebody."""
        query = select(*_ACCOUNT).where(account.c.user_id == user_id).order_by(account.c.service.desc())
        async with self._database.read() as connection:
            return [Account(*row) for row in await connection.execute(query)]

    async def note(self, seen: Account) -> None:
        """Keep what an account is called now, and whether its list is public, for whoever linked it."""
        same = (account.c.service == seen.service) & (account.c.account_id == seen.id)
        different = same & or_(account.c.name != seen.name, account.c.public != seen.public)
        async with self._database.read() as connection:
            if not await connection.scalar(select(func.count()).select_from(account).where(different)):
                return
        async with self._database.write() as connection:
            await connection.execute(update(account).where(different).values(name=seen.name, public=seen.public))

    # Servers

    async def opt_in(self, user_id: int, guild_id: int, *, now_s: int) -> bool:
        """Show a person's accounts to a server, those too that they link later. False: they have none."""

        async def change() -> bool:
            async with self._database.write() as connection:
                if not await _lock(connection, user_id):
                    return False
                row = self._database.build_insert(opt_in).values(user_id=user_id, guild_id=guild_id, since_s=now_s)
                await connection.execute(row.on_conflict_do_nothing())
                return True

        return await self._database.repeat(change)

    async def opt_out(self, user_id: int, guild_id: int | None = None) -> None:
        """Show nothing of a person to a server any more, or to any: they said so, or they are no member."""
        everywhere = opt_in.c.user_id == user_id
        gone = everywhere if guild_id is None else _is_shown(user_id, guild_id)

        async def change() -> None:
            async with self._database.write() as connection:
                await connection.execute(delete(opt_in).where(gone))
                await drop_unused(connection)

        await self._database.repeat(change)

    async def list_servers(self, user_id: int) -> list[int]:
        """The servers that a person's accounts are shown to."""
        query = select(opt_in.c.guild_id).where(opt_in.c.user_id == user_id).order_by(opt_in.c.guild_id)
        async with self._database.read() as connection:
            return list(await connection.scalars(query))

    async def find_shown(self, user_id: int, guild_id: int, service: Service) -> Account | None:
        """The account of somebody who shows it to a server. Discord alone knows whether they are still a member."""
        query = select(*_ACCOUNT).join(opt_in, opt_in.c.user_id == account.c.user_id)
        async with self._database.read() as connection:
            here = _is(user_id, service) & (opt_in.c.guild_id == guild_id)
            row = (await connection.execute(query.where(here))).first()
        return Account(*row) if row else None

    async def shown(self, guild_id: int, service: Service) -> list[tuple[int, Account]]:
        """Who shows a server an account on a service, those first that have done so for longest; likewise."""
        query = (
            select(account.c.user_id, *_ACCOUNT)
            .join(opt_in, opt_in.c.user_id == account.c.user_id)
            .where(opt_in.c.guild_id == guild_id, account.c.service == service)
            .order_by(opt_in.c.since_s, account.c.user_id)
        )
        async with self._database.read() as connection:
            return [(user_id, Account(*rest)) for user_id, *rest in await connection.execute(query)]

    # Of whom they are (documented in `Holding`)

    def select_servers(self) -> Select[int]:
        return select(opt_in.c.guild_id).distinct()

    async def forget(self, connection: Connection, owner: Owner, id_: int) -> int:
        if owner == "server":
            count = (await connection.execute(delete(opt_in).where(opt_in.c.guild_id == id_))).rowcount
            await drop_unused(connection)
            return count
        if owner == "channel":
            return 0
        await _lock(connection, id_)
        counts = [
            (await connection.execute(delete(table).where(table.c.user_id == id_))).rowcount
            for table in (account, opt_in)
        ]
        await drop_unused(connection)
        return sum(counts)

    async def export(self, connection: Connection, user_id: int) -> list[object]:
        accounts = select(*_ACCOUNT, account.c.linked_s).where(account.c.user_id == user_id)
        servers = select(opt_in.c.guild_id, opt_in.c.since_s).where(opt_in.c.user_id == user_id)
        linked: list[object] = [
            {"service": service, "id": id_, "name": name, "public": public, "linked_s": linked_s}
            for service, id_, name, public, linked_s in await connection.execute(accounts.order_by(account.c.service))
        ]
        shown: list[object] = [
            {"shown_to_server": guild_id, "since_s": since_s}
            for guild_id, since_s in await connection.execute(servers.order_by(opt_in.c.guild_id))
        ]
        return [*linked, *shown, *await export_lists(connection, user_id)]


_ACCOUNT = (account.c.service, account.c.account_id, account.c.name, account.c.public)
"""The columns of an `Account`, in its order."""


async def _lock(connection: Connection, user_id: int) -> bool:
    """Have whoever unlinks or opts in for a person wait until this transaction ends. Whether they have an account."""
    accounts = select(account.c.service).where(account.c.user_id == user_id).order_by(account.c.service)
    return bool((await connection.execute(accounts.with_for_update())).all())


def _is(user_id: int, service: Service) -> ColumnElement[bool]:
    return (account.c.user_id == user_id) & (account.c.service == service)


def _is_shown(user_id: int, guild_id: int) -> ColumnElement[bool]:
    return (opt_in.c.user_id == user_id) & (opt_in.c.guild_id == guild_id)
