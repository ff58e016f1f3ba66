"""Which accounts people linked, and to which servers they show them."""

from __future__ import annotations

import asyncio

import msgspec

from bot.account.model import Account
from bot.account.record import AccountRecords
from bot.store.store import Store
from tests.store.database import Opener, fetch_everything

PERSON, OTHER = 812345678901234567, 812345678901234568
SERVER, ELSEWHERE = 712345678901234567, 712345678901234568
VNDB = Account("VNDB", "u2", "yorhel", public=True)
ANILIST = Account("AniList", "5", "Nozomi", public=False)


async def test_what_is_linked_is_found_by_its_service_alone(accounts: AccountRecords) -> None:
    await accounts.link(PERSON, VNDB, now_s=1)
    assert await accounts.find(PERSON, "VNDB") == VNDB
    assert await accounts.find(PERSON, "AniList") is None
    assert await accounts.find(OTHER, "VNDB") is None
    await accounts.link(PERSON, ANILIST, now_s=2)
    assert await accounts.list_linked(PERSON) == [VNDB, ANILIST]


async def test_another_account_takes_the_place_of_the_one_before(accounts: AccountRecords) -> None:
    other = Account("VNDB", "u3", "somebody", public=False)
    await accounts.link(PERSON, VNDB, now_s=1)
    await accounts.link(PERSON, other, now_s=2)
    assert await accounts.list_linked(PERSON) == [other]


async def test_nothing_is_shown_before_somebody_opted_in_and_only_there(accounts: AccountRecords) -> None:
    await accounts.link(PERSON, VNDB, now_s=1)
    assert await accounts.shown(SERVER, "VNDB") == []
    assert await accounts.find_shown(PERSON, SERVER, "VNDB") is None
    assert await accounts.opt_in(PERSON, SERVER, now_s=2)
    assert await accounts.shown(SERVER, "VNDB") == [(PERSON, VNDB)]
    assert await accounts.find_shown(PERSON, SERVER, "VNDB") == VNDB
    assert await accounts.list_servers(PERSON) == [SERVER]
    assert await accounts.shown(ELSEWHERE, "VNDB") == []
    assert await accounts.shown(SERVER, "AniList") == []
    assert await accounts.find_shown(OTHER, SERVER, "VNDB") is None


async def test_who_opted_out_is_shown_no_more_and_still_elsewhere(accounts: AccountRecords) -> None:
    await accounts.link(PERSON, VNDB, now_s=1)
    for server in (SERVER, ELSEWHERE):
        await accounts.opt_in(PERSON, server, now_s=2)
    await accounts.opt_out(PERSON, SERVER)
    assert await accounts.shown(SERVER, "VNDB") == []
    assert await accounts.shown(ELSEWHERE, "VNDB") == [(PERSON, VNDB)]


async def test_those_are_first_who_have_shown_it_for_longest_and_opting_in_again_changes_nothing(
    accounts: AccountRecords,
) -> None:
    for person, now_s in ((OTHER, 2), (PERSON, 1), (OTHER, 0)):
        await accounts.link(person, VNDB, now_s=now_s)
        await accounts.opt_in(person, SERVER, now_s=now_s)
    assert [user_id for user_id, _ in await accounts.shown(SERVER, "VNDB")] == [PERSON, OTHER]


async def test_without_an_account_nobody_opts_in(accounts: AccountRecords) -> None:
    assert not await accounts.opt_in(PERSON, SERVER, now_s=1)
    await accounts.link(PERSON, VNDB, now_s=2)
    assert SERVER not in await accounts.list_servers(PERSON)


async def test_with_the_last_account_the_servers_go_that_it_was_shown_to(accounts: AccountRecords) -> None:
    for one in (VNDB, ANILIST):
        await accounts.link(PERSON, one, now_s=1)
    await accounts.opt_in(PERSON, SERVER, now_s=2)
    await accounts.unlink(PERSON, "VNDB")
    assert SERVER in await accounts.list_servers(PERSON)
    await accounts.unlink(PERSON, "AniList")
    await accounts.link(PERSON, VNDB, now_s=3)
    assert SERVER not in await accounts.list_servers(PERSON)


async def test_unlinking_both_at_once_leaves_nothing(accounts: AccountRecords, opened: Opener, url: str) -> None:
    other = AccountRecords((await opened()).database)
    for one in (VNDB, ANILIST):
        await accounts.link(PERSON, one, now_s=1)
    await accounts.opt_in(PERSON, SERVER, now_s=2)
    await asyncio.gather(accounts.unlink(PERSON, "VNDB"), other.unlink(PERSON, "AniList"))
    assert str(PERSON) not in await fetch_everything(url)


async def test_who_opts_in_while_they_unlink_is_not_left_behind(
    accounts: AccountRecords, opened: Opener, url: str
) -> None:
    other = AccountRecords((await opened()).database)
    for _ in range(5):
        await accounts.link(PERSON, VNDB, now_s=1)
        await asyncio.gather(other.opt_in(PERSON, SERVER, now_s=2), accounts.unlink(PERSON, "VNDB"))
        assert str(PERSON) not in await fetch_everything(url)


async def test_a_new_name_is_noted_for_everybody_who_linked_that_account(accounts: AccountRecords) -> None:
    for person in (PERSON, OTHER):
        await accounts.link(person, VNDB, now_s=1)
    await accounts.link(PERSON, ANILIST, now_s=1)
    renamed = Account("VNDB", "u2", "ayo", public=False)
    await accounts.note(renamed)
    assert await accounts.list_linked(PERSON) == [renamed, ANILIST]
    assert await accounts.list_linked(OTHER) == [renamed]


async def test_a_person_can_take_all_of_it_with_them_and_nothing_stays(
    store: Store, accounts: AccountRecords, url: str
) -> None:
    for person in (PERSON, OTHER):
        await accounts.link(person, VNDB, now_s=1)
        await accounts.opt_in(person, SERVER, now_s=2)
    exported = (await store.export_person(PERSON))["accounts"]
    assert exported == [
        {"service": "VNDB", "id": "u2", "name": "yorhel", "public": True, "linked_s": 1},
        {"shown_to_server": SERVER, "since_s": 2},
    ]
    assert msgspec.json.decode(msgspec.json.encode(exported)) == exported
    assert await store.delete_person(PERSON) == 2
    assert str(PERSON) not in await fetch_everything(url)
    assert await accounts.shown(SERVER, "VNDB") == [(OTHER, VNDB)]


async def test_a_server_that_the_bot_left_is_shown_nothing_when_it_comes_back(
    store: Store, accounts: AccountRecords
) -> None:
    await accounts.link(PERSON, VNDB, now_s=1)
    for server in (SERVER, ELSEWHERE):
        await accounts.opt_in(PERSON, server, now_s=2)
    assert await store.list_servers() == {SERVER, ELSEWHERE}
    await store.delete_server(SERVER)
    assert await accounts.shown(SERVER, "VNDB") == []
    assert await accounts.list_linked(PERSON) == [VNDB]
    assert ELSEWHERE in await accounts.list_servers(PERSON)
