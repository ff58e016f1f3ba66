from __future__ import annotations

import asyncio
import datetime as dt

import msgspec
from sqlalchemy import text

from bot.gate.chosen import NOTHING_CHOSEN
from bot.gate.setting import DM_GALLERIES, VNDB
from bot.preview.record import PreviewRecords
from bot.store.connection import Connection
from bot.store.holding import Owner
from bot.store.store import DAY_S, Store
from tests.store.database import Opener, eventually, fetch_everything, find_record, run_sql
from tests.support.choose import choose
from tests.support.clock import FakeClock

PERSON = 812345678901234567


async def fill(store: Store, user_id: int, *, message_id: int) -> None:
    await store.change_person(user_id, lambda _: choose(dm_galleries=True, blocked_tags=("a",)))
    await PreviewRecords(store.database).begin_preview(
        message_id=message_id, channel_id=2, guild_id=3, poster_id=user_id
    )
    await store.take_note(user_id, 20_000, "")


async def test_a_note_is_taken_once_a_day_and_person(store: Store) -> None:
    asked = [(1, 10), (1, 10), (1, 11), (2, 10)]
    assert [await store.take_note(user_id, day, "") for user_id, day in asked] == [True, False, True, True]


async def test_another_reason_is_another_note(store: Store) -> None:
    asked = ["SERVER_TAG", "SERVER_TAG", "NON_H_ONLY", "SERVER_TAG"]
    assert [await store.take_note(1, 10, reason) for reason in asked] == [True, False, True, False]
    assert (await store.export_person(1))["notes"] == ["1970-01-11 NON_H_ONLY", "1970-01-11 SERVER_TAG"]


async def test_of_two_processes_one_takes_the_note(store: Store, opened: Opener) -> None:
    other = await opened()
    assert sorted(await asyncio.gather(store.take_note(1, 10, ""), other.take_note(1, 10, ""))) == [False, True]


async def test_notes_of_past_days_are_forgotten(store: Store, clock: FakeClock) -> None:
    today = int(clock.time() // DAY_S)
    await store.take_note(1, today - 1, "")
    await store.take_note(1, today, "")
    await store.prune()
    assert (await store.export_person(1))["notes"] == [(dt.date(1970, 1, 1) + dt.timedelta(days=today)).isoformat()]


async def test_the_export_holds_everything_and_is_json(store: Store) -> None:
    await fill(store, PERSON, message_id=1)
    await fill(store, PERSON + 1, message_id=2)
    exported = await store.export_person(PERSON)
    assert msgspec.json.decode(msgspec.json.encode(exported)) == exported
    assert exported == {
        "user_id": PERSON,
        "settings": {"dm_galleries": True, "blocked_tags": ["a"]},
        "previews": [
            {
                "message_id": 1,
                "channel_id": 2,
                "parent_id": 2,
                "guild_id": 3,
                "poster_id": PERSON,
                "reply_id": None,
                "removed": False,
                "restricted": True,
                "leaving": False,
                "shown": "",
            }
        ],
        "notes": ["2024-10-04"],
        "follows": [],
        "accounts": [],
        "vndb_token": [],
        "vndb_remakes": [],
        "vndb_import": [],
    }
    assert [await store.count_kept(name, PERSON) for name in ("previews", "follows")] == [1, 0]


async def test_of_who_is_not_known_nothing_is_exported(store: Store) -> None:
    held = ("previews", "notes", "follows", "accounts", "vndb_token", "vndb_remakes", "vndb_import")
    nothing: dict[str, object] = {name: [] for name in held}
    assert await store.export_person(1) == {"user_id": 1, "settings": {}, **nothing}


async def test_a_deleted_person_is_nowhere_in_the_database(store: Store, opened: Opener, url: str) -> None:
    other = await opened()
    await fill(store, PERSON, message_id=1)
    await fill(store, PERSON + 1, message_id=2)
    await other.refresh()
    assert str(PERSON) in await fetch_everything(url)
    previews = PreviewRecords(store.database)
    await previews.mark_removed(await find_record(previews, 1))  # its reply is gone
    assert await store.delete_person(PERSON) == 3
    found = await fetch_everything(url)
    assert str(PERSON) not in found
    assert str(PERSON + 1) in found
    await other.refresh()
    for one in (store, other):
        assert one.person(PERSON) == NOTHING_CHOSEN
        assert one.person(PERSON + 1).get(DM_GALLERIES)


class Hiding(PreviewRecords):
    """Records with which the settings go, too: nobody can read them from the moment on when they are forgotten."""

    async def forget(self, connection: Connection, owner: Owner, id_: int) -> int:
        await connection.execute(text("ALTER TABLE setting RENAME TO hidden"))
        return await super().forget(connection, owner, id_)


async def test_what_is_deleted_is_said_to_be_though_nothing_can_be_read_after_that(
    store: Store, url: str, clock: FakeClock
) -> None:
    await store.change_person(PERSON, lambda _: choose(dm_galleries=True))
    store.hold(Hiding(store.database))
    assert await store.delete_person(PERSON) == 1
    await run_sql(url, "ALTER TABLE hidden RENAME TO setting")
    await eventually(lambda: store.person(PERSON) == NOTHING_CHOSEN, clock=clock)


async def test_a_server_that_the_bot_left_is_forgotten_and_no_other(store: Store, url: str) -> None:
    for guild_id, channel_id in ((1001, 2001), (1002, 2002)):
        await store.change_server(guild_id, lambda known: known.put(VNDB, True))
        await store.change_channel(guild_id, channel_id, lambda known: known.put(VNDB, True))
        await PreviewRecords(store.database).begin_preview(
            message_id=guild_id, channel_id=channel_id, guild_id=guild_id, poster_id=4
        )
    await store.delete_server(1001)
    assert (store.server(1001), store.channel(2001)) == (NOTHING_CHOSEN, NOTHING_CHOSEN)
    assert store.server(1002).get(VNDB)
    assert store.channel(2002).get(VNDB)
    found = await fetch_everything(url)
    assert "1001" not in found
    assert "2001" not in found


async def test_a_channel_that_is_gone_is_forgotten(store: Store) -> None:
    await store.change_channel(1, 2, lambda known: known.put(VNDB, True))
    await store.change_server(1, lambda known: known.put(VNDB, True))
    await PreviewRecords(store.database).begin_preview(message_id=5, channel_id=2, guild_id=1, poster_id=4)
    await store.delete_channel(2)
    assert store.channel(2) == NOTHING_CHOSEN
    assert store.server(1).get(VNDB)
    assert await PreviewRecords(store.database).find_preview(5) is None
