"""Tokens in the database: sealed, opened for their person, replaced, marked, and gone with them."""

from __future__ import annotations

import base64
import json

import msgspec
import pytest

from bot.account.keys import SEALED
from bot.account.seal import Sealer
from bot.account.token import HeldToken, LinkedToken, Tokens
from bot.config import Config
from bot.errors import NoToken
from bot.http import Secret
from bot.store.database import Database
from bot.store.store import Store, open_store
from bot.transfer.plan import Plan
from bot.transfer.record import ImportRecords
from bot.verb.keys import run_keys
from bot.vndb.api.list_change import EntryChange, Remake
from bot.vndb.my_list.record import RemakeRecords
from tests.store.database import Opener, fetch_everything, fetch_value, migrate_to, run_sql
from tests.store.test_import import ROWS, SUMMARY
from tests.support.clock import FakeClock

OLD, NEW = b"o" * 32, b"n" * 32
TOKEN, OTHER = "efsobr1czbzoyjah4u8ybtma56pogbzk", "b8uymg154p49kuas1xwqyobcs5sx6mfi"
BOTH = ("listread", "listwrite")
PERSON = 80351110224678912


def build(store: Store, clock: FakeClock, *keys: bytes) -> Tokens:
    return Tokens(store.database, Sealer(keys), clock=clock)


@pytest.fixture
def tokens(store: Store, clock: FakeClock) -> Tokens:
    return build(store, clock, NEW)


async def keep(tokens: Tokens, user_id: int = PERSON, token: str = TOKEN, permissions: tuple[str, ...] = BOTH) -> None:
    await tokens.keep(user_id, Secret(token), uid="u3", name="testreader", permissions=permissions)


async def open_(tokens: Tokens, user_id: int = PERSON) -> HeldToken:
    held = await tokens.open(user_id)
    assert held is not None
    return held


async def find_why(tokens: Tokens, *permissions: str) -> str:
    with pytest.raises(NoToken) as raised:
        await tokens.require(PERSON, *permissions)
    return raised.value.why


async def test_what_is_kept_can_be_used(tokens: Tokens, clock: FakeClock) -> None:
    await keep(tokens)
    held = await tokens.require(PERSON, *BOTH)
    assert (held.user_id, held.uid, held.name, held.permissions) == (PERSON, "u3", "testreader", frozenset(BOTH))
    assert held.credential.render() == f"Token {TOKEN}"
    assert TOKEN not in repr(held)
    assert await tokens.find(PERSON) == LinkedToken("u3", "testreader", frozenset(BOTH), int(clock.time()))


async def test_nothing_of_it_lies_in_the_clear(tokens: Tokens, url: str) -> None:
    await keep(tokens)
    stored = repr(await fetch_everything(url))
    assert "testreader" in stored
    assert TOKEN not in stored


async def test_a_person_has_their_own_alone(tokens: Tokens) -> None:
    await keep(tokens, 1, TOKEN)
    await keep(tokens, 2, OTHER)
    one, other = await open_(tokens, 1), await open_(tokens, 2)
    assert (one.credential.token.reveal(), other.credential.token.reveal()) == (TOKEN, OTHER)
    assert one.credential.owner != other.credential.owner
    assert await tokens.open(3) is None


async def test_what_is_moved_to_another_person_does_not_open(
    tokens: Tokens, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    await keep(tokens, PERSON - 1)
    await run_sql(url, "UPDATE vndb_token SET user_id = user_id + 1")
    assert await find_why(tokens) == "sealed"
    assert "cannot be opened" in caplog.text


async def test_another_token_takes_the_place_of_the_first(tokens: Tokens, clock: FakeClock) -> None:
    await keep(tokens, permissions=("listread",))
    before = await open_(tokens)
    await clock.advance(5.0)
    await keep(tokens, token=OTHER)
    held = await tokens.require(PERSON, "listwrite")
    assert held.credential.token.reveal() == OTHER
    assert held.credential.owner != before.credential.owner  # it may be shown other things


async def test_why_there_is_none_is_told(tokens: Tokens, store: Store, clock: FakeClock) -> None:
    assert await find_why(tokens) == "none"
    await keep(tokens, permissions=("listread",))
    with pytest.raises(NoToken) as raised:
        await tokens.require(PERSON, "listread", "listwrite")
    assert (raised.value.why, raised.value.missing) == ("permissions", ("listwrite",))
    assert await find_why(build(store, clock, OLD)) == "sealed"
    assert await find_why(build(store, clock)) == "off"
    assert await build(store, clock, OLD).open(PERSON) is None
    assert (await build(store, clock, NEW).require(PERSON, "listread")).uid == "u3"


async def test_one_that_vndb_knows_no_more_is_marked_until_another_is_linked(tokens: Tokens, clock: FakeClock) -> None:
    await keep(tokens)
    held = await open_(tokens)
    assert held.credential.on_unknown is not None
    await held.credential.on_unknown()
    found = await tokens.find(PERSON)
    assert found is not None
    assert found.fault == "unknown"
    assert await find_why(tokens, *BOTH) == "unknown"
    await clock.advance(5.0)
    await keep(tokens, token=OTHER)
    await held.credential.on_unknown()  # an answer to the first one that came late
    assert (await open_(tokens)).credential.token.reveal() == OTHER


async def test_marking_it_fails_without_an_error(
    tokens: Tokens, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    await keep(tokens)
    held = await open_(tokens)
    assert held.credential.on_unknown is not None
    await store.database.close()
    await held.credential.on_unknown()
    assert "found out again each time" in caplog.text


async def test_it_is_removed_once(tokens: Tokens, url: str) -> None:
    await keep(tokens)
    assert await tokens.remove(PERSON)
    assert not await tokens.remove(PERSON)
    assert "testreader" not in repr(await fetch_everything(url))


async def test_who_is_forgotten_has_none_and_the_export_says_only_that_there_is_one(
    tokens: Tokens, store: Store, clock: FakeClock
) -> None:
    await keep(tokens)
    await keep(tokens, 2, OTHER)
    exported = (await store.export_person(PERSON))["vndb_token"]
    assert exported == [
        {
            "service": "VNDB",
            "id": "u3",
            "name": "testreader",
            "permissions": ["listread", "listwrite"],
            "linked_s": int(clock.time()),
            "unknown": False,
            "token": "is stored sealed, and shown to nobody",
        }
    ]
    assert TOKEN not in json.dumps(exported)
    assert await store.list_servers() == set()
    assert await store.delete_person(PERSON) == 1
    assert await tokens.find(PERSON) is None
    assert await tokens.find(2) is not None


async def test_a_server_or_a_channel_of_the_same_number_takes_nothing(tokens: Tokens, store: Store) -> None:
    await keep(tokens)
    await store.delete_server(PERSON)
    await store.delete_channel(PERSON)
    assert await tokens.find(PERSON) is not None


async def test_everything_that_is_sealed_is_sealed_anew_on_both_databases(
    tokens: Tokens, store: Store, clock: FakeClock, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    await keep(build(store, clock, OLD), 1, TOKEN)
    remake = Remake("v17", ("started",), EntryChange(notes="my notes"), (("r64", 2),))
    await RemakeRecords(store.database, Sealer([OLD])).keep(1, "u3", remake)
    imports = ImportRecords(store.database, Sealer([OLD]))
    await imports.offer(1, "u3", Plan(ROWS, SUMMARY), now_s=0)
    keys = ",".join(base64.b64encode(key).decode() for key in (NEW, OLD))
    assert await run_keys(Config(database_url=url, secret_keys=keys), rotate=True) == 0
    assert capsys.readouterr().out.startswith(f"Sealed anew: {3 + len(ROWS)}.")
    assert (await open_(tokens, 1)).credential.token.reveal() == TOKEN
    assert await RemakeRecords(store.database, Sealer([NEW])).find(1, "u3", "v17") == remake
    assert await ImportRecords(store.database, Sealer([NEW])).list_first(1, 5) == ROWS


def test_every_table_with_something_sealed_is_known() -> None:
    assert {column.table.name for column in SEALED} == {"vndb_token", "vndb_remake", "list_import", "list_import_row"}
    assert all("user_id" in column.table.c for column in SEALED)


async def test_another_process_sees_it_at_once(tokens: Tokens, opened: Opener, clock: FakeClock) -> None:
    elsewhere = build(await opened(), clock, NEW)
    await keep(tokens)
    assert await elsewhere.open(PERSON) is not None
    await elsewhere.remove(PERSON)
    assert await tokens.open(PERSON) is None


async def test_what_is_to_be_put_back_and_cannot_be_opened_is_in_the_export_all_the_same(
    tokens: Tokens, store: Store
) -> None:
    await keep(tokens)
    remake = Remake("v17", ("started",), EntryChange(vote=80), ())
    await RemakeRecords(store.database, Sealer([OLD])).keep(PERSON, "u3", remake)
    exported = (await store.export_person(PERSON))["vndb_remakes"]
    assert exported == [{"uid": "u3", "vn_id": "v17", "remake": "is stored sealed, and cannot be opened"}]


async def test_what_is_to_be_put_back_is_kept_for_each_account(tokens: Tokens, store: Store) -> None:
    records = RemakeRecords(store.database, Sealer([NEW]))
    first, second = (Remake("v17", ("started",), EntryChange(vote=vote), ()) for vote in (80, 90))
    await keep(tokens)
    await records.keep(PERSON, "u3", first)
    await tokens.keep(PERSON, Secret(OTHER), uid="u7", name="other", permissions=BOTH)
    await records.keep(PERSON, "u7", second)
    assert await records.list_begun() == [(PERSON, "v17")]
    assert await records.find(PERSON, "u7", "v17") == second
    await records.drop(PERSON, "u7", "v17")
    assert await records.list_of(PERSON, "u7") == frozenset()
    assert await records.list_of(PERSON, "u3") == {"v17"}
    assert await records.find(PERSON, "u3", "v17") == first


@pytest.mark.parametrize("linked", ["u3", "u7", None])
async def test_what_was_to_be_put_back_before_accounts_were_told_apart_is_so_for_its_own(
    url: str, clock: FakeClock, linked: str | None
) -> None:
    sealer = Sealer([NEW])
    remake = Remake("v17", ("started",), EntryChange(vote=80), ())
    sealed = sealer.seal(Secret(msgspec.json.encode({"uid": "u3", "remake": remake}).decode()), person=PERSON)
    await migrate_to(url, "0019")
    if linked is not None:
        await run_sql(url, f"INSERT INTO vndb_token VALUES ({PERSON}, 'sealed', '{linked}', 'name', '', 0, false)")  # noqa: S608
    for person in (PERSON, 2):  # whose list that of the second is for, no key opens
        await run_sql(url, f"INSERT INTO vndb_remake VALUES ({person}, 'v17', '{sealed}')")  # noqa: S608
    store = await open_store(url, clock=clock)
    records = RemakeRecords(store.database, sealer)
    await records.tell_apart()
    assert await records.find(PERSON, "u3", "v17") == remake
    assert await records.find(PERSON, "u7", "v17") is None
    assert sorted(await records.list_begun()) == [(2, "v17"), (PERSON, "v17")]
    await store.close()
    database = Database(url)
    async with database.write() as connection:
        from alembic import command  # where it is used, as in test_schema.py

        from bot.store.migrations import build_config

        await connection.run_sync(lambda one: command.downgrade(build_config(one), "0019"))
    await database.close()
    assert await fetch_value(url, "SELECT count(*) FROM vndb_remake") == 2


async def test_of_what_is_to_be_put_back_on_one_list_the_latest_is(tokens: Tokens, store: Store, url: str) -> None:
    """What was to be before accounts were told apart may be opened again when its key is back."""
    records = RemakeRecords(store.database, Sealer([NEW]))
    old, late = (Remake("v17", ("started",), EntryChange(vote=vote), ()) for vote in (80, 90))
    await keep(tokens)
    await records.keep(PERSON, "u3", old)
    await run_sql(url, "UPDATE vndb_remake SET uid = ''")
    await records.keep(PERSON, "u3", late)
    await records.tell_apart()
    assert await records.find(PERSON, "u3", "v17") == late
    assert await fetch_value(url, "SELECT count(*) FROM vndb_remake") == 1
