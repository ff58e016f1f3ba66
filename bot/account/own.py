"""Whose account is somebody's own: one answer for all that ask, and which lists are kept for it."""

from __future__ import annotations

from sqlalchemy import delete, exists, false, literal, select, true, tuple_, union_all

from bot.account.model import Account, Service
from bot.store.connection import Connection
from bot.store.table import account, follow, kept_list, listed_work, notice, opt_in, vndb_token

_VNDB: Service = "VNDB"
_named = account.alias()
_has_named = exists(select(_named.c.user_id).where(_named.c.user_id == vndb_token.c.user_id, _named.c.service == _VNDB))

own = union_all(
    select(
        account.c.user_id,
        account.c.service,
        account.c.account_id,
        account.c.name,
        account.c.public,
        false().label("by_token"),
    ),
    select(
        vndb_token.c.user_id, literal(_VNDB), vndb_token.c.uid, vndb_token.c.name, false().label("public"), true()
    ).where(~_has_named),
).subquery("own")
"""The account that somebody named on a service, else that of the token they linked, which no server is shown."""

_mine = (follow.c.kind == "mine") & (follow.c.user_id == own.c.user_id) & (follow.c.title == own.c.service)
used = union_all(
    select(account.c.service, account.c.account_id).join(opt_in, opt_in.c.user_id == account.c.user_id),
    select(own.c.service, own.c.account_id).join(follow, _mine),
).subquery("used")
"""The accounts whose owners show them to a server, or are told of what stands on their lists."""


async def find_own(connection: Connection, user_id: int, service: Service) -> Account | None:
    """Somebody's own account."""
    columns = (own.c.account_id, own.c.name, own.c.public, own.c.by_token)
    query = select(*columns).where(own.c.user_id == user_id, own.c.service == service)
    row = (await connection.execute(query)).first()
    return Account(service, row[0], row[1], public=bool(row[2]), by_token=bool(row[3])) if row else None


async def drop_unused(connection: Connection, user_id: int | None = None, service: Service = _VNDB) -> None:
    """Forget the lists that nobody shows to any server, or is told of, in the transaction that the connection is in;
    and before that the follow of a person's list on a service where they have no account any more.
    """
    if user_id is not None and await find_own(connection, user_id, service) is None:
        await _end_follow(connection, user_id, service)
    kept = (kept_list.c.service, kept_list.c.account_id)
    gone = select(*kept).where(tuple_(*kept).not_in(select(used.c.service, used.c.account_id))).with_for_update()
    for of, account_id in (await connection.execute(gone)).all():
        for table in (listed_work, kept_list):
            await connection.execute(delete(table).where(table.c.service == of, table.c.account_id == account_id))


async def export_lists(connection: Connection, user_id: int) -> list[object]:
    """What is kept of the lists of a person's own accounts, ready for JSON."""
    mine = (own.c.service == kept_list.c.service) & (own.c.account_id == kept_list.c.account_id)
    lists = select(kept_list).join(own, mine).where(own.c.user_id == user_id).order_by(kept_list.c.service)
    exported: list[object] = []
    for one in (await connection.execute(lists)).all():
        this = (listed_work.c.service == one.service) & (listed_work.c.account_id == one.account_id)
        columns = (listed_work.c.kind, listed_work.c.work_id, listed_work.c.status, listed_work.c.vote)
        works = (await connection.execute(select(*columns).where(this).order_by(*columns[:2]))).mappings()
        head = {"list_of": one.service, "id": one.account_id, "fetched_s": one.fetched_s}
        exported.append({**head, "works": [dict(work) for work in works]})
    return exported


async def _end_follow(connection: Connection, user_id: int, service: Service) -> None:
    """Have a person be told no longer of what stands on their list there."""
    mine = (follow.c.user_id == user_id) & (follow.c.kind == "mine") & (follow.c.title == service)
    lists = (await connection.scalars(select(follow.c.id).where(mine).with_for_update())).all()
    meant = follow.c.id.in_(lists) | follow.c.part_of.in_(lists)
    await connection.execute(delete(notice).where(notice.c.follow_id.in_(select(follow.c.id).where(meant))))
    await connection.execute(delete(follow).where(meant))
