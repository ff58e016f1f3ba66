"""What stands on the lists that somebody shows to a server, or is told of, kept for a day."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, delete, func, select

from bot.account.model import ListedWork, Service, Status
from bot.account.own import drop_unused, used
from bot.navigation.here import RankedWork, Ranking, Reader
from bot.store.connection import Connection
from bot.store.database import Database
from bot.store.table import account, kept_list, listed_work, opt_in

DAY_S = 86_400
FRESH_S = DAY_S
"""After that a list is asked for anew."""
BELIEVED_S = 3 * DAY_S
"""What is older is shown no more: its owner may have made it private, and the service was not to be asked."""
LEASE_S = 600
"""How long a list belongs to the process that asks for it; after that another one does."""

READ: tuple[Status, ...] = ("finished", "current", "paused", "dropped")
_ROWS_AT_ONCE = 1000

SURVEYED_AT_MOST = 2000
"""Lists of one server that are looked into at once: of those who have shown them for longest."""
RANKED_AT_MOST = 90
VOTES_AT_LEAST = 2
"""Of members on a work, to be one of the best rated."""
IN_COMMON_AT_LEAST = 5
"""Works that two people voted on, to tell how near their tastes are."""
TASTES_AT_MOST = 10


class ShownList(NamedTuple):
    """Whose list a server is shown, and whether what is kept of it is believed."""

    user_id: int
    account_id: str
    is_there: bool


class AccountTaste(NamedTuple):
    """How far an account's votes lie apart from another's on average (0 to 90), over the works `in_common`."""

    account_id: str
    apart: float
    in_common: int


class ListRecords:
    """The records, in the database alone. Every method raises StoreError when it cannot be asked.

    Lists are kept by account, however many people linked it and wherever they show it. One that nobody shows, or is
    told of, goes in the transaction in which the last one stopped (`drop_unused`).
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    # Keeping them

    async def take(self, service: Service, *, at_most: int, now_s: int) -> list[str]:
        """Take it on to ask for these lists: those that were never asked for first, then those not asked for longest.

        One that was asked for in vain comes alone: it may be what failed for all that were asked for with it.
        """
        shown = select(used.c.account_id).distinct().where(used.c.service == service)
        kept = select(kept_list.c.account_id, kept_list.c.fetched_s, kept_list.c.claimed_s)
        async with self._database.read() as connection:
            wanted = set(await connection.scalars(shown))
            known = {row[0]: (row[1], row[2]) for row in await connection.execute(kept.where(_of(service)))}
        asked = {one: known.get(one, (0, 0)) for one in wanted}
        due = [one for one, (fetched_s, claimed_s) in asked.items() if _is_due(fetched_s, claimed_s, now_s)]
        due.sort(key=lambda one: (max(asked[one]), one))
        if not due:
            return []
        in_vain = {one for one in due if asked[one][1]}  # it was taken on, and not kept
        together = due[:1] if due[0] in in_vain else [one for one in due if one not in in_vain][:at_most]
        async with self._database.write() as connection:
            taken = [one for one in together if await self._claim(connection, service, one, now_s)]
            await drop_unused(connection)  # their owners may have stopped showing them since they were looked up
            return taken

    async def _claim(self, connection: Connection, service: Service, account_id: str, now_s: int) -> bool:
        values = {"service": service, "account_id": account_id, "fetched_s": 0, "claimed_s": now_s}
        row = self._database.build_insert(kept_list).values(**values)
        keys = [kept_list.c.service, kept_list.c.account_id]
        free = (kept_list.c.claimed_s <= now_s - LEASE_S) | (kept_list.c.claimed_s > now_s)  # the clock was set back
        taken = row.on_conflict_do_update(index_elements=keys, set_={"claimed_s": now_s}, where=free)
        return bool((await connection.execute(taken)).rowcount)

    async def keep(self, service: Service, account_id: str, works: Sequence[ListedWork], *, now_s: int) -> None:
        """Keep a list in place of the one before, unless nobody uses it any more."""
        rows = {
            one.work_id: {
                "service": service,
                "account_id": account_id,
                "work_id": one.work_id,
                "kind": one.kind,
                "status": one.status,
                "vote": one.vote,
            }
            for one in works
        }
        this = _of(service) & (kept_list.c.account_id == account_id)

        async def change() -> None:
            async with self._database.write() as connection:
                # Whoever stops showing it waits for this row, and then finds all that is written here.
                known = select(kept_list.c.account_id).where(this).with_for_update()
                if await connection.scalar(known) is None:
                    return
                await drop_unused(connection)  # it may have been taken on after that
                if await connection.scalar(known) is None:
                    return
                await connection.execute(kept_list.update().where(this).values(fetched_s=now_s, claimed_s=0))
                old = (listed_work.c.service == service) & (listed_work.c.account_id == account_id)
                await connection.execute(delete(listed_work).where(old))
                values = list(rows.values())
                for first in range(0, len(values), _ROWS_AT_ONCE):
                    portion = values[first : first + _ROWS_AT_ONCE]
                    await connection.execute(self._database.build_insert(listed_work).values(portion))

        await self._database.repeat(change)

    # Looking into them

    async def list_readers(self, guild_id: int, service: str, work_id: int, *, now_s: int) -> list[Reader]:
        """Who shows a server that they have read a work, or do just now; the highest votes first.

        Whether they are members still, Discord alone knows.
        """
        this = (listed_work.c.work_id == work_id) & (listed_work.c.status.in_(READ) | (listed_work.c.vote > 0))
        query = (
            select(account.c.user_id, listed_work.c.status, listed_work.c.vote)
            .select_from(opt_in)
            .join(account, account.c.user_id == opt_in.c.user_id)
            .join(listed_work, _of_account(listed_work.c.service, listed_work.c.account_id))
            .join(kept_list, _of_account(kept_list.c.service, kept_list.c.account_id))
            .where(opt_in.c.guild_id == guild_id, account.c.service == service, this, _is_believed(now_s))
            .order_by(listed_work.c.vote.desc(), account.c.user_id)
        )
        async with self._database.read() as connection:
            return [Reader(*row) for row in await connection.execute(query)]

    async def list_shown_to(self, guild_id: int, service: str, *, now_s: int) -> list[ShownList]:
        """Whose lists a server is shown. Whether they are members still, Discord alone knows."""
        query = (
            select(account.c.user_id, account.c.account_id, func.coalesce(kept_list.c.fetched_s, 0))
            .select_from(opt_in)
            .join(account, account.c.user_id == opt_in.c.user_id)
            .outerjoin(kept_list, _of_account(kept_list.c.service, kept_list.c.account_id))
            .where(opt_in.c.guild_id == guild_id, account.c.service == service)
            .order_by(opt_in.c.since_s, account.c.user_id)
            .limit(SURVEYED_AT_MOST)
        )
        async with self._database.read() as connection:
            return [
                ShownList(user_id, account_id, now_s - BELIEVED_S < fetched_s <= now_s + DAY_S)
                for user_id, account_id, fetched_s in await connection.execute(query)
            ]

    async def rank_works(
        self, service: str, kind: str, account_ids: Sequence[str], ranking: Ranking
    ) -> list[RankedWork]:
        """What stands on these lists: by the mean vote (`best`, of those that enough voted on), else by how many have
        read it or do just now.
        """
        read, voted = func.count(), func.nullif(listed_work.c.vote, 0)
        votes, mean = func.count(voted), func.coalesce(func.avg(voted), 0)
        query = (
            select(listed_work.c.work_id, read, votes, mean)
            .where(listed_work.c.service == service, listed_work.c.kind == kind)
            .where(listed_work.c.account_id.in_(account_ids))
            .where(listed_work.c.status.in_(READ) | (listed_work.c.vote > 0))
            .group_by(listed_work.c.work_id)
            .limit(RANKED_AT_MOST)
        )
        if ranking == "best":
            query = query.having(votes >= VOTES_AT_LEAST).order_by(mean.desc(), votes.desc(), listed_work.c.work_id)
        else:
            query = query.order_by(read.desc(), votes.desc(), mean.desc(), listed_work.c.work_id)
        async with self._database.read() as connection:
            return [
                RankedWork(id_, readers, voters, float(average))
                for id_, readers, voters, average in await connection.execute(query)
            ]

    async def list_tastes(self, service: str, kind: str, account_id: str, others: Sequence[str]) -> list[AccountTaste]:
        """Which of the others vote most as this account does: by the mean distance of their votes on the works that
        both voted on; of equals, those with more of these.
        """
        mine, theirs = listed_work.alias(), listed_work.alias()
        same = (mine.c.service == theirs.c.service) & (mine.c.work_id == theirs.c.work_id)
        apart, in_common = func.avg(func.abs(mine.c.vote - theirs.c.vote)), func.count()
        query = (
            select(theirs.c.account_id, apart, in_common)
            .join(mine, same & (mine.c.kind == theirs.c.kind))
            .where(mine.c.service == service, mine.c.kind == kind, mine.c.account_id == account_id, mine.c.vote > 0)
            .where(theirs.c.account_id.in_(others), theirs.c.account_id != account_id, theirs.c.vote > 0)
            .group_by(theirs.c.account_id)
            .having(in_common >= IN_COMMON_AT_LEAST)
            .order_by(apart, in_common.desc(), theirs.c.account_id)
            .limit(TASTES_AT_MOST)
        )
        async with self._database.read() as connection:
            return [AccountTaste(one, float(far), count) for one, far, count in await connection.execute(query)]

    async def list_shown(self) -> frozenset[tuple[int, Service]]:
        """The servers that anything is shown to, each with a service on which."""
        query = select(opt_in.c.guild_id, account.c.service).distinct()
        query = query.join(account, account.c.user_id == opt_in.c.user_id)
        async with self._database.read() as connection:
            return frozenset((guild_id, service) for guild_id, service in await connection.execute(query))


def _of(service: Service) -> ColumnElement[bool]:
    return kept_list.c.service == service


def _of_account(service: ColumnElement[str], account_id: ColumnElement[str]) -> ColumnElement[bool]:
    return (service == account.c.service) & (account_id == account.c.account_id)


def _is_due(fetched_s: int, claimed_s: int, now_s: int) -> bool:
    """A time that lies ahead was noted before the clock was set back."""
    is_old = not 0 <= now_s - fetched_s < FRESH_S
    return is_old and not 0 <= now_s - claimed_s < LEASE_S


def _is_believed(now_s: int) -> ColumnElement[bool]:
    return (kept_list.c.fetched_s > now_s - BELIEVED_S) & (kept_list.c.fetched_s <= now_s + DAY_S)
