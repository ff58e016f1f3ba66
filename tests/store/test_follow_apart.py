"""What is done to one follow, or to one notice, is done to no other."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from msgspec.structs import replace

from bot.follow.model import Follow, Notice, Wanted
from bot.follow.record import FollowRecords
from bot.store.connection import Connection
from bot.store.database import Database
from bot.store.table import notice
from tests.store.test_follow import FOLLOW, MOVED_S, NOW_S, OWN, REFUSED_S

ONE, OTHER = FOLLOW, replace(FOLLOW, id=5, channel_id=90)
NOTICES = [Wanted(follow.id, key, NOW_S, adult=False) for follow in (ONE, OTHER) for key in ("e5", "e6")]
MOVED = NOW_S + MOVED_S + 1

Rows = dict[tuple[int, str], tuple[object, ...]]


async def fetch_notices(url: str) -> Rows:
    """All that is recorded of each notice."""
    database = Database(url)
    async with database.read() as connection:
        rows = [tuple(row) for row in await connection.execute(notice.select())]
    await database.close()
    return {(row[0], row[1]): row[2:] for row in rows}


async def add_notices(follows: FollowRecords) -> dict[tuple[int, str], Notice]:
    """Two follows of the same, with two notices each. They are due."""
    assert [await follows.add_follow(one) for one in (ONE, OTHER)] == ["added", "added"]
    await follows.keep_notices(["anime"], NOTICES, exact=True)
    return {(one.follow.id, one.key): one for one in await follows.find_due(NOW_S)}


async def tell(follows: FollowRecords, one: Notice) -> None:
    await follows.claim_notice(one, NOW_S)
    await follows.finish_notice(one)


async def claim(follows: FollowRecords, one: Notice) -> None:
    await follows.claim_notice(one, NOW_S)


async def begin_again(follows: FollowRecords, one: Notice) -> None:
    await follows.claim_notice(one, NOW_S)
    await follows.begin_again(one, NOW_S + 1)


async def refuse(follows: FollowRecords, one: Notice) -> None:
    await follows.claim_notice(one, NOW_S)
    await follows.refuse_notice(one, NOW_S)


async def move(follows: FollowRecords, one: Notice) -> None:
    wanted = [replace(each, due_s=MOVED) if _is(each, one) else each for each in NOTICES]
    await follows.keep_notices(["anime"], wanted, exact=True)


async def drop(follows: FollowRecords, one: Notice) -> None:
    await follows.keep_notices(["anime"], [each for each in NOTICES if not _is(each, one)], exact=True)


def _is(wanted: Wanted, one: Notice) -> bool:
    return (wanted.follow_id, wanted.key) == (one.follow.id, one.key)


CHANGES: list[Callable[[FollowRecords, Notice], Awaitable[None]]] = [claim, begin_again, tell, refuse, move, drop]


@pytest.mark.parametrize("change", CHANGES)
async def test_what_becomes_of_a_notice_is_of_no_other(
    follows: FollowRecords, url: str, change: Callable[[FollowRecords, Notice], Awaitable[None]]
) -> None:
    """Neither of another episode, nor of another follow of the same."""
    due = await add_notices(follows)
    before = await fetch_notices(url)
    await change(follows, due[ONE.id, "e5"])
    after = await fetch_notices(url)
    assert len(before) == len(NOTICES)
    assert {name for name in before if before[name] != after.get(name)} == {(ONE.id, "e5")}


async def test_of_two_follows_that_were_told_the_one_that_moved_waits_again(follows: FollowRecords, url: str) -> None:
    for one in (await add_notices(follows)).values():
        await tell(follows, one)
    told = await fetch_notices(url)
    wanted = [replace(one, due_s=MOVED) if (one.follow_id, one.key) == (ONE.id, "e5") else one for one in NOTICES]
    await follows.keep_notices(["anime"], wanted, exact=True)
    now = await fetch_notices(url)
    assert {name for name in told if told[name] != now[name]} == {(ONE.id, "e5")}
    assert [(one.follow, one.key) for one in await follows.find_due(MOVED)] == [(ONE, "e5")]


async def test_where_both_moved_both_wait_again_each_for_its_own_time(follows: FollowRecords) -> None:
    for one in (await add_notices(follows)).values():
        await tell(follows, one)
    later = {ONE.id: MOVED, OTHER.id: MOVED + 60}
    wanted = [replace(one, due_s=later[one.follow_id]) if one.key == "e5" else one for one in NOTICES]
    await follows.keep_notices(["anime"], wanted, exact=True)
    assert [one.follow for one in await follows.find_due(MOVED)] == [ONE]
    assert [(one.follow, one.key) for one in await follows.find_due(MOVED + 60)] == [(ONE, "e5"), (OTHER, "e5")]


async def test_refusals_of_one_follow_end_no_other(follows: FollowRecords) -> None:
    due = await add_notices(follows)
    ended: list[bool] = []
    for hour in range(3):
        refused = due[ONE.id, "e5"]
        await follows.claim_notice(refused, NOW_S + hour * REFUSED_S)
        ended.append(await follows.refuse_notice(refused, NOW_S + hour * REFUSED_S))
    assert ended == [False, False, True]
    assert await follows.list_follows() == [OTHER]
    assert {one.follow for one in await follows.find_due(NOW_S)} == {OTHER}


class Interrupted(Database):
    """A database in which another process comes first when something is to be written."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.first: list[Callable[[], Awaitable[object]]] = []

    @asynccontextmanager
    async def write(self, *, timeout_s: float | None = None) -> AsyncGenerator[Connection]:
        if self.first:
            await self.first.pop()()
        async with super().write(timeout_s=timeout_s) as connection:
            yield connection


@pytest.mark.parametrize("wanted", [[], [replace(one, due_s=MOVED) for one in NOTICES]], ids=["dropped", "moved"])
@pytest.mark.parametrize(("began", "state"), [(claim, "sending"), (tell, "told")])
async def test_a_notice_that_another_process_began_meanwhile_is_neither_moved_nor_dropped(
    follows: FollowRecords,
    url: str,
    wanted: list[Wanted],
    began: Callable[[FollowRecords, Notice], Awaitable[None]],
    state: str,
) -> None:
    due = await add_notices(follows)
    database = Interrupted(url)
    database.first.append(lambda: began(follows, due[ONE.id, "e5"]))
    await FollowRecords(database).keep_notices(["anime"], wanted, exact=True)
    await database.close()
    due_s, _, _, now, *_ = (await fetch_notices(url))[ONE.id, "e5"]
    assert (due_s, now) == (NOW_S, state)


async def test_a_notice_that_another_process_moved_and_began_meanwhile_does_not_wait_again(
    follows: FollowRecords, url: str
) -> None:
    due = await add_notices(follows)
    await tell(follows, due[ONE.id, "e5"])
    wanted = [replace(one, due_s=MOVED) for one in NOTICES]

    async def move_and_begin() -> None:
        await follows.keep_notices(["anime"], wanted, exact=True)
        for one in await follows.find_due(MOVED):
            await follows.claim_notice(one, MOVED)

    database = Interrupted(url)
    database.first.append(move_and_begin)
    await FollowRecords(database).keep_notices(["anime"], wanted, exact=True)
    await database.close()
    assert await follows.find_due(MOVED) == []


RELEASES = replace(OWN, kind="vn", subject_id=17, language="en", platform="win")

DIFFERENT: list[tuple[Follow, Follow]] = [
    (OWN, replace(OWN, id=3, user_id=70)),  # two people, each by direct message
    (OWN, replace(FOLLOW, id=3, channel_id=OWN.user_id)),  # a channel whose number is a person's
    (RELEASES, replace(RELEASES, id=3, platform="swi")),
    (RELEASES, replace(RELEASES, id=3, platform=None)),
    (RELEASES, replace(RELEASES, id=3, language="ja")),
    (RELEASES, replace(RELEASES, id=3, language=None)),
    (replace(RELEASES, platform=None), replace(RELEASES, id=3, language=None, platform="en")),
    (RELEASES, replace(RELEASES, id=3, kind="developer")),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
async def test_follows_that_tell_something_else_or_somebody_else_stand_beside_each_other(
    follows: FollowRecords, one: Follow, other: Follow
) -> None:
    assert await follows.add_follow(one) == "added"
    assert await follows.add_follow(other) == "added"
    assert await follows.add_follow(replace(other, id=4)) == "known"
    # A change of one is none of the other.
    assert await follows.add_follow(replace(other, id=4, delay_s=other.delay_s + 60)) == "changed"
    assert sorted(await follows.list_follows(), key=lambda each: each.id) == sorted(
        [one, replace(other, delay_s=other.delay_s + 60)], key=lambda each: each.id
    )
