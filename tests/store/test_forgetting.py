"""What began before its person had everything deleted, and would be stored after it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.account.model import Account
from bot.account.record import AccountRecords
from bot.account.seal import Sealer
from bot.account.token import Tokens
from bot.errors import Forgotten
from bot.follow.record import FollowRecords
from bot.http import Secret
from bot.store.forgetting import Begun
from bot.store.store import Store
from bot.transfer.plan import Plan
from bot.transfer.record import ImportRecords
from bot.vndb.api.list_change import EntryChange, Remake
from bot.vndb.my_list.record import RemakeRecords
from tests.store.database import Opener, fetch_everything
from tests.store.test_follow import FOLLOW
from tests.store.test_import import ROWS, SUMMARY
from tests.support.clock import FakeClock

PERSON = 80351110224678912
TOKEN = Secret("efsobr1czbzoyjah4u8ybtma56pogbzk")


async def test_what_began_before_its_person_was_forgotten_is_not_kept(
    store: Store, opened: Opener, accounts: AccountRecords, follows: FollowRecords, url: str, clock: FakeClock
) -> None:
    sealer, now_s, elsewhere = Sealer([b"k" * 32]), int(clock.time()), await opened()
    tokens, imports = Tokens(store.database, sealer, clock=clock), ImportRecords(store.database, sealer)

    async def keep(records: Begun, since: int | None) -> object:
        match records:
            case Tokens():
                return await records.keep(PERSON, TOKEN, uid="u3", name="x", permissions=(), since=since)
            case AccountRecords():
                linked = Account("VNDB", "u3", "x", public=True)
                return await records.link(PERSON, linked, now_s=now_s, since=since)
            case FollowRecords():
                return await records.add_follow(replace(FOLLOW, user_id=PERSON), since=since)
            case _:
                return await imports.offer(PERSON, "u3", Plan(ROWS, SUMMARY), now_s=now_s, since=since)

    for records in (tokens, accounts, follows, imports):
        for _ in range(2):  # the second one in the same moment
            since = await records.find_moment()
            await elsewhere.delete_person(PERSON)
            with pytest.raises(Forgotten):
                await keep(records, since)
    remake = Remake("v17", ("started",), EntryChange(notes="my notes"), ())
    with pytest.raises(Forgotten):
        await RemakeRecords(store.database, sealer).keep(PERSON, "u3", remake)
    assert str(PERSON) not in await fetch_everything(url)
    for records in (tokens, accounts, follows, imports):
        await keep(records, await records.find_moment())
    await RemakeRecords(store.database, sealer).keep(PERSON, "u3", remake)


async def test_what_takes_long_is_kept_when_nobody_was_forgotten(
    store: Store, opened: Opener, clock: FakeClock
) -> None:
    tokens, elsewhere = Tokens(store.database, Sealer([b"k" * 32]), clock=clock), await opened()
    await elsewhere.delete_person(PERSON + 1)
    since = await tokens.find_moment()
    await clock.advance(4_000)
    await elsewhere.prune()
    await tokens.keep(PERSON, TOKEN, uid="u3", name="x", permissions=(), since=since)
    assert await tokens.find(PERSON) is not None
