"""Notices that wait for the weekly digest of their channel, in the database.

A digest has what was held when it was taken on for the first time, and no more, however often it is sent again: so
nothing is in two of them, and nothing counts as told that was held while one was being sent.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Select, and_, func, not_, select, update

from bot.follow.model import DIGEST, HELD, TOLD, WAITING, WORKS, Follow, Notice
from bot.store.connection import Connection
from bot.store.table import follow, notice

WAITS = and_(notice.c.state == HELD, notice.c.begun_s == 0)
"""It is held, and no digest has it yet."""

_digest = follow.alias("digest")


def is_in_digest() -> ColumnElement[bool]:
    """Whether a follow is told in the digest of its channel."""
    channels = select(_digest.c.channel_id).where(_digest.c.kind == DIGEST, _digest.c.channel_id.is_not(None))
    return and_(follow.c.kind.in_(WORKS), follow.c.channel_id.is_not(None), follow.c.channel_id.in_(channels))


def is_held_for(digest: Follow) -> ColumnElement[bool]:
    """Whether a notice is one of those that a digest has which was taken on."""
    return and_(notice.c.state == HELD, notice.c.begun_s == digest.id)


def build_held(now_s: int, late_s: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Which notices are to be held from now on, and which no longer since their channel has no digest any more."""
    in_digest = notice.c.follow_id.in_(select(follow.c.id).where(is_in_digest()))
    due = and_(notice.c.state == WAITING, notice.c.due_s <= now_s, notice.c.due_s > now_s - late_s, in_digest)
    return due, and_(WAITS, not_(in_digest))


async def hold(connection: Connection, now_s: int, late_s: int) -> None:
    """Hold what is due, and give back what has no digest to wait for."""
    due, free = build_held(now_s, late_s)
    await connection.execute(update(notice).where(due).values(state=HELD, begun_s=0, claimed_s=now_s))
    await connection.execute(update(notice).where(free).values(state=WAITING, claimed_s=0))


async def is_any_to_hold(connection: Connection, now_s: int, late_s: int) -> bool:
    """Whether `hold` would change anything."""
    for condition in build_held(now_s, late_s):
        if await connection.scalar(select(func.count()).select_from(notice).where(condition)):
            return True
    return False


async def bind(connection: Connection, digest: Follow) -> None:
    """Put into the digest what is held for its channel. What an earlier one had of which nobody knows was told."""
    await settle(connection, digest)
    here = select(follow.c.id).where(follow.c.channel_id == digest.channel_id, follow.c.kind.in_(WORKS))
    await connection.execute(update(notice).where(WAITS, notice.c.follow_id.in_(here)).values(begun_s=digest.id))


async def settle(connection: Connection, digest: Follow) -> None:
    """Record that what the digest has was told."""
    await connection.execute(update(notice).where(is_held_for(digest)).values(state=TOLD))


async def release(connection: Connection, digest: Follow) -> None:
    """Record that the digest was not sent: what it has waits for the next."""
    await connection.execute(update(notice).where(is_held_for(digest)).values(begun_s=0))


async def let_go_of(connection: Connection, digest_ids: Select[int]) -> None:
    """Record that these digests have nothing any more: they end, and what they had waits."""
    had = and_(notice.c.state == HELD, notice.c.begun_s.in_(digest_ids))
    await connection.execute(update(notice).where(had).values(begun_s=0))


async def hold_again(connection: Connection, left_out: Iterable[Notice]) -> None:
    """Record that a digest was made without these, which wait for the next one."""
    for one in left_out:
        this = and_(notice.c.state == HELD, notice.c.follow_id == one.follow.id, notice.c.key == one.key)
        await connection.execute(update(notice).where(this).values(begun_s=0))


async def count_late(connection: Connection, one: Follow, late_since_s: int) -> int:
    """How many notices that are held for this digest, or of this follow, are too old to be told singly."""
    here = select(follow.c.id).where(follow.c.channel_id == one.channel_id, follow.c.kind.in_(WORKS))
    meant = notice.c.follow_id.in_(here) if one.kind == DIGEST else notice.c.follow_id == one.id
    is_held = and_(notice.c.state == HELD, notice.c.begun_s.in_([0, one.id]))
    counted = select(func.count()).select_from(notice).where(is_held, meant, notice.c.due_s <= late_since_s)
    return int(await connection.scalar(counted) or 0)
